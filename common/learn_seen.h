/* SPDX-License-Identifier: GPL-2.0-only */
/* A set of items with how often each was added, and the names of what was done. */
#ifndef KWP_LEARN_SEEN_H
#define KWP_LEARN_SEEN_H

#include "baseline.h"

#define SEEN_MAX (1u << 17) /* different items; more are counted as dropped */

struct seen_by {
	const char *process;
	const char *act; /* borrowed for ever */
	uint32_t pid;
	uint64_t time; /* ns since 1970 */
};

/* All zero is empty. */
struct seen_set {
	struct items items;
	uint64_t *counts;
	struct seen_by *by; /* the last one; process is a copy. NULL: nobody asked */
	uint32_t *index;    /* of 1 + position, 0: free */
	size_t slots;	    /* a power of two */
	uint64_t dropped;
};

/* Adds one, or counts it once more; by: who did it (NULL: not kept). true: it is new. */
bool seen_add(struct seen_set *set, const struct item *item, const struct seen_by *by);
/* Adds one that was seen so often. */
void seen_add_many(struct seen_set *set, const struct item *item, uint64_t times);
/* Who was the last to be seen at it, NULL: nobody. */
const struct seen_by *seen_who(const struct seen_set *set, const struct item *item);
/* Adds all with their SEEN_COUNT. */
void seen_items(const struct seen_set *set, struct items *out);
/* Each container that an item names, once; 64 at most. */
void seen_containers(const struct seen_set *set, void (*visit)(struct text name, void *data),
		     void *data);
void seen_free(struct seen_set *set);

/* Names. of an address: false: it is none that a profile knows (unix, netlink). */
void seen_capability(unsigned bit, char *out, size_t size);
void seen_call(const struct kwp_record *record, char *out, size_t size);
bool seen_address(unsigned type, const struct kwp_net *net, char *out, size_t size);

#endif
