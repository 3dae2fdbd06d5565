/* SPDX-License-Identifier: GPL-2.0-only */
/* A policy as entries of maps, in the slot of its generation. */
#ifndef KWP_ENFORCE_FILL_H
#define KWP_ENFORCE_FILL_H

#include "policy.h"
#include "sensor.h"

/* Writes what programs look up in this generation. Nothing of it is in force before the generation
 * is. 0 or -errno; fill_sweep() takes away what a failure leaves. */
int fill_generation(const struct sensor *sensor, const struct policy *policy,
		    uint32_t generation) MUST_CHECK;
/* More nodes of a generation. */
int fill_nodes(const struct sensor *sensor, const struct policy_node *nodes, size_t count,
	       uint32_t generation) MUST_CHECK;
/* Removes the nodes and address ranges of all other generations. */
int fill_sweep(const struct sensor *sensor, uint32_t generation) MUST_CHECK;
/* Entries of a map, keys and values one after another. */
int fill_add(int map, const void *keys, const void *values, uint32_t count, size_t key_size,
	     size_t value_size) MUST_CHECK;
/* The same, and removes all others. */
int fill_exactly(int map, const void *keys, const void *values, uint32_t count, size_t key_size,
		 size_t value_size) MUST_CHECK;

#endif
