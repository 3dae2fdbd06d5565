/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs that are what they are called (busybox): rules for a file by the name that it is
 * invoked by. */
#ifndef KWP_ALIAS_BPF_H
#define KWP_ALIAS_BPF_H

#include "place.bpf.h"

/* Addresses of texts that end in names, 0: none. */
struct alias {
	u64 path;   /* kernel memory: the path that was executed */
	u64 first;  /* the caller's: its first argument */
	u64 second; /* which programs of this kind take for a name as well */
	u32 joined; /* it follows the first */
	u32 size;   /* of the text that was read last, NUL included */
};

/* The rule that an exec was judged by, by thread: what follows it looks whether its arguments
 * are still the same. */
struct kwp_aliased_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 256);
	__type(key, u32);
	__type(value, u32);
};
extern struct kwp_aliased_map kwp_aliased SEC(".maps");

/* Makes the rule for EXECUTE that of the names: the strictest of the first two; what the
 * second argument adds only makes it stricter. */
int alias_find(struct place *place, struct alias *alias);

#endif
