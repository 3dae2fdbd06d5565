/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From records to whole events: puts together what came in parts, remembers
 * processes, containers and looked-up names, and adds what it knows. Pure: it
 * learns from records only, so a recording enriches as the live stream did.
 */
#ifndef KWP_ENRICH_H
#define KWP_ENRICH_H

#include "event.h"

struct enrich;

struct enrich_options {
	const char *host;     /* id of the machine, copied */
	uint64_t boot_time;   /* ns since 1970 at which CLOCK_BOOTTIME was 0 */
	size_t processes;     /* most that are remembered, 0: 8,192 */
	bool drop_unfinished; /* forget acts whose result never came */
	bool relays;	      /* emit RELAY events: see relay.h */
	bool existing;	      /* emit what already ran too (records of an iterator) */
	/* Called with each event; it and all it points to live until it returns. */
	void (*emit)(const struct event *event, void *data);
	void *data;
};

/* 0 or -ENOMEM. */
int enrich_new(const struct enrich_options *options, struct enrich **out) MUST_CHECK;
void enrich_free(struct enrich *enrich);

/*
 * Takes one record. Records that only inform (of what already ran, of a container, of a
 * rule, the rest of some arguments) emit nothing; one that waits for its completion is
 * emitted with it; what the policy said before an act is emitted at once. 0, or what
 * event_decode() said of it; such a record is dropped.
 */
int enrich_record(struct enrich *enrich, const void *record, size_t size);
/* Emits what has waited for its completion since before this record time (ns of
 * CLOCK_BOOTTIME); ~0: everything. */
void enrich_flush(struct enrich *enrich, uint64_t before);

/* Emits what already ran from now on, or no more. */
void enrich_set_existing(struct enrich *enrich, bool existing);
/* The event of a record that was emitted before, with what is known now: of a process that was
 * forgotten only what the record says of it. 0, or what event_decode() said of it. */
int enrich_again(struct enrich *enrich, const void *record, size_t size,
		 struct event *out) MUST_CHECK;

/* Is it time (ns of CLOCK_BOOTTIME) for records of what all processes hold? Asking counts as
 * making them. */
bool enrich_look_due(struct enrich *enrich, uint64_t now);
/* Milliseconds until that may be so, -1: nothing is looked for. */
int enrich_look_timeout(const struct enrich *enrich, uint64_t now);
/* Was this cgroup id explained by a CONTAINER record yet? */
bool enrich_knows_cgroup(const struct enrich *enrich, uint64_t cgroup);
/* What the bounded tables had to forget while it was still of use, or had no room for: of one, and
 * of all. */
enum enrich_table {
	ENRICH_PROCESSES,
	ENRICH_HOLDERS,
	ENRICH_DOMAINS,
	ENRICH_CONTAINERS,
	ENRICH_TABLES
};
uint64_t enrich_evicted_of(const struct enrich *enrich, enum enrich_table table);
uint64_t enrich_evicted(const struct enrich *enrich);
/* The table, for --tree and -s. */
struct process_table *enrich_processes(struct enrich *enrich);

#endif
