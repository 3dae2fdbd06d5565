/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Containers, by the control group of their processes. Pure: what the guest
 * knows of them comes as CONTAINER records (guest.h makes those), so that a
 * recording holds it too.
 */
#ifndef KWP_CONTAINER_H
#define KWP_CONTAINER_H

#include "event.h"

struct container {
	uint64_t cgroup; /* id */
	char *path;	 /* of the cgroup below its root */
	char *id;	 /* NULL: the guest itself, as all below */
	char *name, *image, *pod, *namespace; /* each NULL: unknown */
	struct container *next;
};

struct container_table;

struct container_table *container_table_new(void);
void container_table_free(struct container_table *table);
/* The container (or NULL) of that cgroup id. */
const struct container *container_find(const struct container_table *table, uint64_t cgroup);
/* Adds one from the strings of its record; returns it, or NULL without memory or beyond
 * 4,096. The first word about an id stays. */
const struct container *container_learn(struct container_table *table, uint64_t cgroup,
					const struct text names[5]);
/* How often there was no room for one. */
uint64_t container_table_refused(const struct container_table *table);
/* The container's id in a cgroup path, to be freed; NULL: it is none. */
char *container_id_of(const char *path);

#endif
