/* SPDX-License-Identifier: GPL-2.0-only */
/* A walk: up from a file to the root by the hashes of names, and down again by keys. */
#ifndef KWP_WALK_BPF_H
#define KWP_WALK_BPF_H

#include "climb.bpf.h"
#include "home.bpf.h"

#define WALK_HOMES 8   /* other places of a file that are looked at */
#define WALK_LAYERS 32 /* files beneath one of an overlay that are, a power of two */

struct walk_home {
	u64 key;
	u16 below[KWP_PATH_CLASSES]; /* rules for what is anywhere below, from above it */
	u32 depth;		     /* names between it and the file */
};

/* Scratch, taken as kwp_slots are. */
struct kwp_walk {
	u32 busy;
	u32 unknown; /* the caller's words lead to the file: which one it is nobody knows */
	struct place place;
	struct known_id id;
	struct kwp_seed seed; /* of the generation */
	u64 root, ns;	      /* of the file's own mount: its directory, its namespace */

	/* up */
	struct climb climb;
	struct climb_name step;
	u32 depth; /* names so far; on the way down: those that are left */
	u32 first; /* of them on the file's own mount */
	u32 crossed, ended;

	/* down */
	u64 key;
	u32 above, flags;
	u32 alive;						  /* nodes can still follow */
	u16 exact[KWP_PATH_CLASSES], name_rule[KWP_PATH_CLASSES]; /* what was found */
	u16 children[KWP_PATH_CLASSES], below[KWP_PATH_CLASSES];
	u32 named; /* names below the place, that words gave */
	u32 only;  /* accesses whose rules are taken, as bits; 0: all, and what may not be moved */
	u32 pad2;

	/* home */
	struct home_key home_key;
	u32 all;   /* every directory on the way may be mounted somewhere */
	u32 known; /* the file's own mount is */
	u32 homes_count;
	u32 outermost; /* 1 + which of homes is the furthest; 0: the own mount */
	struct walk_home own, homes[WALK_HOMES]; /* the own mount's place, and others */

	u64 layers[WALK_LAYERS]; /* their dentries, 0: none */
	struct kwp_sip sip;
	u64 parts[KWP_DEPTH_MAX]; /* hashes of the names, the file's own first */
	u64 name[KWP_NAME_WORDS];
};

struct kwp_walks_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, KWP_WALKS + KWP_WALK_TRIES); /* KWP_WALKS times CPUs, the same */
	__type(key, u32);
	__type(value, struct kwp_walk);
};
extern struct kwp_walks_map kwp_walks SEC(".maps");

/* What callbacks get: bpf_loop() hands over nothing but a place on the stack. */
struct walk_way {
	struct kwp_walk *walk;
};

/* Takes a scratch; NULL: all are in use. Others than this CPU's are taken if tasks that
 * were pre-empted have those. */
static __always_inline struct kwp_walk *walk_begin(void)
{
	u32 key = bpf_get_smp_processor_id() * KWP_WALKS;
	struct kwp_walk *walk;

	for (int i = 0; i < KWP_WALK_TRIES; i++, key++) {
		walk = bpf_map_lookup_elem(&kwp_walks, &key);
		if (walk && !__sync_lock_test_and_set(&walk->busy, 1))
			return walk;
	}
	__sync_fetch_and_add(&kwp_counters.unwalked, 1);
	return NULL;
}

static __always_inline void walk_end(struct kwp_walk *walk)
{
	__sync_lock_test_and_set(&walk->busy, 0);
}

static __attribute__((unused)) long walk_word(u32 index, struct walk_way *way)
{
	struct kwp_walk *walk = way->walk;
	struct kwp_sip sip = walk->sip;

	kwp_sip_word(&sip, walk->name[index & (KWP_NAME_WORDS - 1)]);
	walk->sip = sip;
	return 0;
}

/* kwp_hash_name() of the first size bytes, KWP_NAME_MAX at most, of walk->name; the verifier looks
 * at one word of it. */
static __always_inline u64 walk_name(struct kwp_walk *walk, u32 size)
{
	struct walk_way way = {walk};
	struct kwp_sip sip;

	kwp_sip_begin(&walk->sip, &walk->seed);
	bpf_loop((size + 7) / 8, walk_word, &way, 0);
	sip = walk->sip;
	kwp_sip_word(&sip, size);
	return kwp_sip_end(&sip);
}

static __always_inline u64 walk_part(struct kwp_walk *walk)
{
	u32 size = walk->step.hash_len >> 32, last = (size - 1) / 8;

	if (!size || size > KWP_NAME_MAX)
		return 0;
	asm volatile("" : "+r"(last), "+r"(size));
	last &= KWP_NAME_WORDS - 1;
	size &= 255;
	walk->name[last] = 0;
	bpf_probe_read_kernel(walk->name, size, (void *)walk->step.name);
	return walk_name(walk, size);
}

/* kwp_hash_name() of a part of a text, 0: it is empty or no name. */
static __always_inline u64 walk_text(struct kwp_walk *walk, const char *text, u32 at, u32 size)
{
	u32 last = (size - 1) / 8;

	if (!size || size > KWP_NAME_MAX)
		return 0;
	asm volatile("" : "+r"(at), "+r"(last), "+r"(size));
	at &= KWP_PATH_MAX - 1;
	last &= KWP_NAME_WORDS - 1;
	size &= 255;
	walk->name[last] = 0;
	bpf_probe_read_kernel(walk->name, size, &text[at]);
	return walk_name(walk, size);
}

/* Puts the hash of the name that the last step found before the others. False: too many. */
static __always_inline bool walk_add(struct kwp_walk *walk)
{
	u32 depth = walk->depth;

	asm volatile("" : "+r"(depth));
	if (depth >= KWP_DEPTH_MAX)
		return false;
	walk->parts[depth] = walk_part(walk);
	walk->depth = depth + 1;
	return true;
}

/* The first of the rules that were found that speaks of the access, 0: none does. */
u32 walk_rule(struct kwp_walk *walk, u32 access);
/* Along the way through mounts. 0; 1: no path leads to the file; -EAGAIN: too deep. */
int walk_path(struct kwp_walk *walk);
/* Takes the names of a path in the caller's words, and changes the place to where they begin. */
int named_take(struct kwp_walk *walk, u64 words);
/* Goes down from walk->key through the first parts, and takes the rules that are stricter than
 * those so far. walk->key is then that of the file. */
int walk_rules(struct kwp_walk *walk, u32 depth);
/* Takes a rule into the file's place if it is stricter than what it has. */
int walk_take_rule(struct kwp_walk *walk, u32 access, u32 rule);
/* Looks where a directory on the way is mounted as well. */
int home_look(struct kwp_walk *walk, u64 inode);
/* Takes the rules of the file's other places, and learns the one by which it was reached. */
int home_find(struct kwp_walk *walk);

#endif
