/* SPDX-License-Identifier: GPL-2.0-only */
/* A policy that is in force as long as kwp runs: nothing of it is pinned. */
#ifndef KWP_ENFORCE_HOLD_H
#define KWP_ENFORCE_HOLD_H

#include "enforce.h"

struct hold;

/*
 * Brings the policy into the maps of an open sensor (whose options named the policy, and
 * whose scope is complete), switches it on and proves it. 0 and *out; -ENOTSUP: nothing that
 * it asks for can be enforced here; other -errno; report->reason has the sentence.
 */
int hold_begin(struct sensor *sensor, const struct sensor_view *view,
	       const struct policy *policy, struct hold **out,
	       struct enforce_report *report) MUST_CHECK;
/* Frees what user space keeps; the policy ends with the sensor. */
void hold_end(struct hold *hold);
/* See reader_skips(). */
bool hold_skips(struct hold *hold, const struct kwp_record *record,
		void (*take)(void *data, const void *record, size_t size), void *data);

#endif
