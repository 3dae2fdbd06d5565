/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records that wait for their completion: an act that a hook saw waits for its
 * result, an exec for the rest of its arguments. At most 64; of a thread, one act and one
 * system call.
 */
#ifndef KWP_PENDING_H
#define KWP_PENDING_H

#include "event.h"

#define PENDING_MAX 64
#define PENDING_ARGS_MAX (6u << 20) /* bytes of arguments, three quarters of _STK_LIM */

struct pending {
	uint32_t tid;
	bool call;	  /* a SYSCALL record */
	uint64_t since;	  /* time of the record */
	char *record;	  /* a copy, 8-aligned; NULL: a free slot */
	size_t size;
	char *hook;	  /* a hook's record that this one completed, or NULL */
	char *args;	  /* an exec's arguments, as far as they came */
	size_t args_size, args_total;
};

struct pending_table {
	struct pending slot[PENDING_MAX];
	unsigned count;
};

/* What waits for this thread, or NULL. Told system calls wait beside the acts
 * that are done by them. */
struct pending *pending_find(struct pending_table *table, uint32_t tid, bool call);
/* A hook's exec record of any thread of this process, or NULL. */
struct pending *pending_of_process(struct pending_table *table, uint32_t pid);
/* A new one with a copy of the record. NULL: no memory or no free slot. */
struct pending *pending_add(struct pending_table *table, const struct kwp_record *record);
/* The record that waited becomes the hook's; this one waits on. false: no memory. */
bool pending_continue(struct pending *pending, const struct kwp_record *record);
/* Room for total bytes of arguments, of which the first came. false: no memory, or more
 * than any kernel allows: they stay incomplete. */
bool pending_args(struct pending *pending, struct text first, size_t total);
void pending_remove(struct pending_table *table, struct pending *pending);
/* The one that has waited longest, NULL: none. */
struct pending *pending_oldest(struct pending_table *table);

#endif
