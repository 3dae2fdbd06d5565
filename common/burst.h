/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bursts: a finding that repeats is told at once the first time, and with a count when it
 * has stopped, or each minute while it goes on. Time is the events', so that a recording
 * gives what the live stream gave.
 */
#ifndef KWP_BURST_H
#define KWP_BURST_H

#include "incident.h"

struct burst_table;

/* A finding as it is kept; texts are the table's. */
struct burst_told {
	const void *record;
	size_t size;
	const struct rule *rule;
	enum verdict verdict;
	struct text ruleset, message, path, target_path; /* bytes NULL: none */
	struct incident incident;
};

/* tell is called for what is due. NULL when memory is out. */
struct burst_table *burst_table_new(void (*tell)(const struct burst_told *told, void *data),
				    void *data);
void burst_table_free(struct burst_table *table);
/*
 * Takes a finding of the incident. true: it is the first of its kind, to be told now. false: it
 * repeats one: the same rule on the same process and what it acts upon, or in the same
 * incident with the same words a moment later, or one of very many of a rule on one process.
 */
bool burst_take(struct burst_table *table, const struct event *finding, const char *incident);
/* Tells of repeats that are due at this time (ns since 1970; ~0: all), and forgets what
 * was long ago. */
void burst_flush(struct burst_table *table, uint64_t now);
/* How many findings repeated others, and how many kinds were forgotten for new ones. */
uint64_t burst_repeats(const struct burst_table *table);
uint64_t burst_evicted(const struct burst_table *table);

#endif
