/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files by the paths that lead to them, and the policy's rules for them.
 *
 * The path is hashed from the root of the mount namespace down, a step a name; where no
 * node is, no rule can follow (bpf/policy.h). What was found is kept in kwp_known, so that a
 * file that is opened again costs no walk.
 */
#ifndef KWP_PLACE_BPF_H
#define KWP_PLACE_BPF_H

#include "core.bpf.h"

#define KNOWN_COUNT 8192 /* entries of kwp_known, a power of two */

struct place {
	u64 vfsmount, dentry; /* asked; vfsmount 0: unknown */
	u64 key[2];	      /* of the path; of the path at home, the same in most cases */
	union {
		struct {
			u32 above; /* kwp_node.above of the directory that this is */
			u32 flags; /* kwp_node.flags */
		};
		u64 node;
	};
	union {
		u16 rule[KWP_ACCESS_COUNT]; /* the strictest of all names, 0: none */
		u64 rules;
	};
	u32 generation; /* asked */
	u32 pad;
};

/* By what a file is known again: while none of this changes, its path doesn't. A rename
 * of the file changes dentry's parent or name, one of a directory the epoch, another mount the
 * event of the namespace; a file that comes where another was has another number or version. */
struct known_id {
	u64 mount, dentry, parent, hash_len;
	u64 inode, number;
	u64 event; /* mnt_namespace.event, each number of which is given once; 0: none yet */
	u32 version, epoch;
	u32 generation, pad;
};
#define KNOWN_WORDS (sizeof(struct known_id) / 8)

/* An entry that two writers, or a writer and a reader, meet in has the wrong sum. */
struct kwp_known {
	struct known_id id;
	u64 key[2], node, rules;
	u64 sum;
};

struct kwp_known_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, KNOWN_COUNT);
	__type(key, u32);
	__type(value, struct kwp_known);
};
extern struct kwp_known_map kwp_known SEC(".maps");

/* Grows when paths change that no known_id tells of. */
extern u32 kwp_epoch;

static __always_inline void place_epoch_end(void)
{
	__sync_fetch_and_add(&kwp_epoch, 1);
}

/* By numbers only: open_known() has pointers, with which the verifier lets nobody reckon. hash_len
 * is of the name and its directory's address. */
static __always_inline struct kwp_known *known_entry(const struct known_id *id)
{
	u64 mixed = id->hash_len ^ id->hash_len >> 13 ^ id->number ^ id->event << 3;
	u32 at = mixed & (KNOWN_COUNT - 1);

	return bpf_map_lookup_elem(&kwp_known, &at);
}

static __always_inline u64 known_add(u64 sum, u64 word)
{
	return (sum ^ word) * 0x9e3779b97f4a7c15ull;
}

static __always_inline u64 known_sum(u64 sum, const struct place *place)
{
	sum = known_add(sum, place->key[0]);
	sum = known_add(sum, place->key[1]);
	sum = known_add(sum, place->node);
	return known_add(sum, place->rules);
}

/* Fills what place_find() would, if the file is known. */
static __always_inline bool known_get(const struct known_id *id, struct place *place)
{
	volatile struct kwp_known *known = known_entry(id);
	volatile u64 *words = (volatile u64 *)known;
	u64 sum = 0;

	if (!known)
		return false;
#pragma unroll
	for (u32 i = 0; i < KNOWN_WORDS; i++) {
		u64 word = words[i];

		/* Before it is known to equal what may be a pointer. */
		sum = known_add(sum, word);
		asm volatile("" : "+r"(sum));
		if (word != ((const u64 *)id)[i])
			return false;
	}
	place->key[0] = known->key[0];
	place->key[1] = known->key[1];
	place->node = known->node;
	place->rules = known->rules;
	return known->sum == known_sum(sum, place);
}

/* Finds the rules for (vfsmount, dentry), which need not exist yet. 0; -EAGAIN: no scratch
 * was free, or there are too many directories above it. */
int place_find(struct place *place);
/* The same for the caller's words of a path that begins at (vfsmount, dentry), or at the task's
 * root: nothing resolved them, so that symbolic links in them are taken for directories. */
int place_find_named(struct place *place, u64 words);
/* The key of the path at home of a program's file, 0: it has none. */
u64 place_program(u32 generation, u64 file);
/* The same of what the current task executes, or the one that it was forked of. */
u64 place_executable(u32 generation, u32 of_parent);
/* kwp_hash_pair(), once a program for the verifier. */
u64 place_pair(struct kwp_seed *seed, u64 a, u64 b);

#endif
