/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Incidents: the findings of one tree of processes carry one id, which is the entity
 * id of the tree's root: the first process of its session, or of its container's session,
 * unless an ancestor is the root of an incident already.
 */
#ifndef KWP_INCIDENT_H
#define KWP_INCIDENT_H

#include "event.h"

#define INCIDENT_ID 17 /* bytes of an id with its NUL */

/* What a finding says beside itself. */
struct incident {
	char id[INCIDENT_ID];	/* "": the process is not known */
	uint64_t count;		/* how often it was found so far; 1: for the first time */
	uint64_t first, last;	/* ns since 1970 */
};

struct incident_table;

/* NULL when memory is out. */
struct incident_table *incident_table_new(void);
void incident_table_free(struct incident_table *table);
/* Writes the id of what this process belongs to into id; "" without a process. */
void incident_name(struct incident_table *table, const struct process *process,
		   char id[INCIDENT_ID]);
/* How many roots had to be forgotten for others. */
uint64_t incident_evicted(const struct incident_table *table);

#endif
