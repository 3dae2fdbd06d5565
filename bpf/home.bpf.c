/* SPDX-License-Identifier: GPL-2.0-only */
/* The places of a file besides the path that led to it. */
#include "said.bpf.h"
#include "walk.bpf.h"

/* Keeps for later a place that a directory on the way is mounted in. */
static __always_inline void home_keep(struct kwp_walk *walk, const struct home *home, u32 n)
{
	u32 at = walk->homes_count;

	if (walk->depth == walk->first && home->key == walk->own.key) {
		walk->known = 1;
		if (!n)
			walk->outermost = 0;
		return;
	}
	asm volatile("" : "+r"(at));
	if (at >= WALK_HOMES)
		return;
	walk->homes[at].key = home->key;
	__builtin_memcpy(walk->homes[at].below, home->below, sizeof(home->below));
	walk->homes[at].depth = walk->depth;
	walk->homes_count = at + 1;
	if (!n)
		walk->outermost = at + 1;
}

__noinline int home_look(struct kwp_walk *walk, u64 inode)
{
	struct home *home;
	u32 generation;

	if (!walk || !inode) /* what is to be made has none, and is the root of nothing */
		return 0;
	generation = walk->place.generation;
	bpf_core_read(&walk->home_key.inode, 8, &((struct inode *)inode)->i_ino);
	for (u32 n = 0; n < HOMES_OF_ROOT; n++) {
		walk->home_key.index = home_index(generation, n);
		home = home_get(&walk->home_key, generation);
		if (!home)
			break;
		home_keep(walk, home, n);
	}
	return 0;
}

/* From the file up to the root of its file system, past where this is mounted. */
static long home_up(u32 index, struct walk_way *way)
{
	struct kwp_walk *walk = way->walk;
	struct climb_name *step = &walk->step;
	u32 depth = walk->depth;

	climb_read(step, walk->climb.dentry);
	if (depth >= walk->first || walk->all)
		home_look(walk, step->inode);
	if (!step->parent || step->parent == walk->climb.dentry)
		return 1;
	walk->climb.dentry = step->parent;
	if (depth >= walk->first)
		return !walk_add(walk);
	walk->depth = depth + 1;
	return 0;
}

/* Keeps where the file's own mount is, for files that are reached by other mounts. */
static __noinline int home_learn(struct kwp_walk *walk)
{
	struct home home = {.key = walk->own.key, .generation = walk->place.generation};
	struct home_key key = walk->home_key;
	struct home *there;
	u64 inode;

	__builtin_memcpy(home.below, walk->own.below, sizeof(home.below));
	climb_read(&walk->step, walk->root);
	inode = walk->step.inode;
	bpf_core_read(&key.inode, 8, &((struct inode *)inode)->i_ino);
	for (u32 n = 0; n < HOMES_OF_ROOT; n++) {
		key.index = home_index(home.generation, n);
		there = bpf_map_lookup_elem(&kwp_homes, &key);
		if (there && there->generation == home.generation)
			continue;
		bpf_map_update_elem(&kwp_homes, &key, &home, BPF_ANY);
		break;
	}
	if (walk->step.parent != walk->root) {
		key.inode = 0;
		key.index = home_index(home.generation, 0);
		bpf_map_update_elem(&kwp_homes, &key, &home, BPF_ANY);
	}
	place_epoch_end();
	return 0;
}

static __always_inline void home_rules(struct kwp_walk *walk)
{
	walk->first = ~0u;
	for (u32 n = 0; n < WALK_HOMES && n < walk->homes_count; n++) {
		walk->key = walk->homes[n].key;
		__builtin_memcpy(walk->below, walk->homes[n].below, sizeof(walk->below));
		walk_rules(walk, walk->homes[n].depth);
		if (n + 1 == walk->outermost)
			walk->place.key[1] = walk->key;
	}
}

__noinline int home_find(struct kwp_walk *walk)
{
	struct walk_way way = {walk};
	u64 number;

	if (!walk)
		return 0;
	number = walk->ns ? ns_number(walk->ns) : 0;
	walk->home_key.domain = home_domain_of(number ? number : ns_number(ns_of_task()));
	walk->home_key.device = dentry_device(walk->place.dentry);
	walk->home_key.inode = 0;
	walk->home_key.index = home_index(walk->place.generation, 0);
	walk->all = !walk->root || home_get(&walk->home_key, walk->place.generation);
	walk->climb.dentry = walk->all ? walk->place.dentry : walk->root;
	walk->depth = walk->all ? walk->named : walk->first;
	walk->homes_count = walk->outermost = walk->known = 0;
	bpf_loop(KWP_DEPTH_MAX + 1, home_up, &way, 0);
	if (!walk->known && number && walk->root)
		home_learn(walk);
	home_rules(walk);
	return 0;
}
