/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who holds which pipes, pseudo terminals and sockets, as far as records tell: what HELD records
 * list, what is on descriptors 0 to 2, and connections that are made later. Bounded.
 */
#ifndef KWP_HOLDER_H
#define KWP_HOLDER_H

#include "event.h"

#define HOLDERS_MAX 2048
#define HOLDER_ENTRIES 128 /* that one has at most */
#define HOLDER_NETWORKS 8  /* of them, that are learnt from connects and accepts */
#define HOLDERS_ENTRIES 32768 /* that all have together */

struct holder;

/* A descriptor of a holder. Those that can be one end of a channel are found by its number. */
struct holder_entry {
	struct kwp_held held;
	struct holder *holder;
	struct holder_entry *next; /* with the same hash */
};

struct holder {
	uint32_t pid; /* initial pid namespace */
	uint64_t start;
	char comm[KWP_COMM];
	struct holder_entry *entry;
	unsigned count;
	bool ended; /* what it wrote can still be in a pipe */
	struct holder *next; /* with the same hash */
	struct holder *newer, *older;
};

struct holder_table;

struct holder_table *holder_table_new(void); /* NULL: no memory */
void holder_table_free(struct holder_table *table);

struct holder *holder_find(const struct holder_table *table, uint32_t pid, uint64_t start);
/* All that a process holds. */
void holder_held(struct holder_table *table, const struct kwp_hold *hold, struct text list);
/* What its standard descriptors are, of a record that says so; exec: it holds nothing else that
 * is known. A process without any channel on them is not kept for them alone. */
void holder_streams(struct holder_table *table, const struct kwp_record *record,
		    const struct kwp_stdio *io, bool exec);
/* A connection that it has now. Of processes that are known alone. Returns the holder if this
 * is its first. */
struct holder *holder_connection(struct holder_table *table, const struct kwp_record *record,
				 const struct kwp_net *net);
/* It ended. What it brought from a connection may still be read. */
void holder_end(struct holder_table *table, uint32_t pid, uint64_t start);

/* Does it lead out of the machine? */
bool io_is_network(const struct kwp_io *io);
/* Does it lead to another process of this machine? */
bool io_is_channel(const struct kwp_io *io);

/* Calls visit for each descriptor that is the same channel's as io: either end of a pipe or pseudo
 * terminal, the far end of a unix socket. It returns true to stop. */
void holder_each(const struct holder_table *table, const struct kwp_io *io,
		 bool (*visit)(void *data, const struct holder_entry *entry), void *data);

/* Holders that were forgotten while they still ran. */
uint64_t holder_evicted(const struct holder_table *table);

#endif
