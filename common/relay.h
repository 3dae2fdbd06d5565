/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Network to shell, whatever lies between: joins programs that take their commands from a pipe, a
 * terminal or a unix socket with the connections of those who hold its other end, directly or
 * through further processes, whichever of the two comes first. Pure: of records only.
 */
#ifndef KWP_RELAY_H
#define KWP_RELAY_H

#include "buffer.h"
#include "event.h"
#include "process.h"

#define RELAY_SHELLS 256 /* programs that are remembered */

struct relay_table;

struct relay_table *relay_table_new(void); /* NULL: no memory */
void relay_table_free(struct relay_table *table);

/* Does a program with these arguments take its commands from its standard input? Not one that
 * has a script or a command among them. */
bool relay_asks(const struct process *process);

/* Learns from an event, after it was emitted, or from a HELD record. */
void relay_take(struct relay_table *table, const struct event *event);
/* A list of what all processes hold (HELD records of an iterator) may be complete. */
void relay_listed(struct relay_table *table);
/* Makes in *out the RELAY record of the next program of which more is known than was told, if
 * there is one. */
bool relay_next(struct relay_table *table, struct process_table *processes, struct buffer *out);

/* Is there a program whose streams lead to nobody known, so that it is time (ns of
 * CLOCK_BOOTTIME) to list what all processes hold? Asking counts as doing it. */
bool relay_look_due(struct relay_table *table, uint64_t now);

/* Milliseconds until that may be so, -1: nothing is looked for. */
int relay_look_timeout(const struct relay_table *table, uint64_t now);

/* What was forgotten while it was still of use. */
uint64_t relay_evicted(const struct relay_table *table);

#endif
