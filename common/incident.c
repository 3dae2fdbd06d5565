/* SPDX-License-Identifier: GPL-2.0-only */
#include "incident.h"

#include <string.h>

#include "process.h"

#define SETS 128 /* a power of two */
#define WAYS 8

/* The root of an incident. */
struct root {
	uint64_t start;
	uint64_t used; /* when, by the table's clock; 0: nobody is here */
	uint32_t pid;
};

struct incident_table {
	struct root root[SETS][WAYS];
	uint64_t clock, evicted;
};

struct incident_table *incident_table_new(void)
{
	return calloc(1, sizeof(struct incident_table));
}

void incident_table_free(struct incident_table *table)
{
	free(table);
}

static struct root *root_find(struct incident_table *table, const struct process *process)
{
	struct root *set = table->root[process->pid & (SETS - 1)];

	for (size_t i = 0; i < WAYS; i++)
		if (set[i].used && set[i].pid == process->pid && set[i].start == process->start)
			return &set[i];
	return NULL;
}

/* The one that was not asked for the longest time leaves its place. */
static struct root *root_add(struct incident_table *table, const struct process *process)
{
	struct root *set = table->root[process->pid & (SETS - 1)], *oldest = set;

	for (size_t i = 1; i < WAYS; i++)
		if (set[i].used < oldest->used)
			oldest = &set[i];
	table->evicted += oldest->used != 0;
	*oldest = (struct root){.pid = process->pid, .start = process->start};
	return oldest;
}

/* Does the tree end below this parent? pid 1, and whoever is it in a container, would make one
 * incident of all that happens; sessions are what one person or one service does. */
static bool is_outside(const struct process *process, const struct process *parent)
{
	return !parent || parent->pid == 1 || parent->ns_init || process->entered ||
	       parent->session != process->session || parent->cgroup != process->cgroup;
}

void incident_name(struct incident_table *table, const struct process *process,
		   char id[INCIDENT_ID])
{
	const struct process *root = process;
	struct root *known = NULL;

	id[0] = 0;
	if (!process)
		return;
	for (int i = 0; process && i < PROCESS_CHAIN; i++, process = process->parent) {
		known = root_find(table, process);
		if (known) {
			root = process;
			break;
		}
	}
	for (int i = 0; !known && i < PROCESS_CHAIN && !is_outside(root, root->parent); i++)
		root = root->parent;
	if (!known)
		known = root_add(table, root);
	known->used = ++table->clock;
	memcpy(id, root->entity_id, INCIDENT_ID);
}

uint64_t incident_evicted(const struct incident_table *table)
{
	return table->evicted;
}
