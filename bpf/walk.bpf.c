/* SPDX-License-Identifier: GPL-2.0-only */
/* The path of a file as keys, and the rules on the way. */
#include "said.bpf.h"
#include "walk.bpf.h"

__noinline u64 place_pair(struct kwp_seed *seed, u64 a, u64 b)
{
	return seed ? kwp_hash_pair(seed, a, b) : 0;
}

/* ---- up ---- */

static long walk_up(u32 index, struct walk_way *way)
{
	struct kwp_walk *walk = way->walk;
	u32 step = climb_step(&walk->climb, &walk->step);

	if (step == CLIMB_NAME)
		return !walk_add(walk);
	if (!walk->crossed)
		walk->first = walk->depth;
	walk->crossed = 1;
	walk->ended = step == CLIMB_END;
	return walk->ended;
}

/* ---- down ---- */

/* What the node of the directory that is left names above the file says of it. */
static __always_inline void walk_note(struct kwp_walk *walk, const struct kwp_node *node, u32 left)
{
	for (int i = 0; i < KWP_PATH_CLASSES; i++) {
		if (!left) {
			walk->exact[i] = node->exact[i];
			continue;
		}
		if (node->subtree[i])
			walk->below[i] = node->subtree[i];
		if (left == 1)
			walk->children[i] = node->children[i];
	}
	if (left)
		return;
	walk->above = node->above;
	walk->flags = node->flags;
}

static long walk_down(u32 index, struct walk_way *way)
{
	struct kwp_walk *walk = way->walk;
	struct kwp_node *node = walk->alive ? guard_node(walk->key) : NULL;
	u32 left = walk->depth;

	walk->alive = node != NULL;
	if (left == walk->first) {
		walk->own.key = walk->key;
		__builtin_memcpy(walk->own.below, walk->below, sizeof(walk->below));
	}
	if (node)
		walk_note(walk, node, left);
	if (!left)
		return 1;
	left--;
	walk->depth = left;
	asm volatile("" : "+r"(left));
	/* Not place_pair(): this is as deep as calls can be. */
	walk->key = kwp_hash_pair(&walk->seed, walk->key, walk->parts[left & (KWP_DEPTH_MAX - 1)]);
	return 0;
}

/* ---- the rules of what was found ---- */

/* The first of these rules that speaks of the access. */
__noinline u32 walk_rule(struct kwp_walk *walk, u32 access)
{
	u32 class = access >= KWP_READ ? KWP_PATH_FILE : KWP_PATH_PROCESS, generation;

	if (!walk)
		return 0;
	generation = walk->place.generation;

	if (rule_action(generation, walk->exact[class], access))
		return walk->exact[class];
	if (rule_action(generation, walk->name_rule[class], access))
		return walk->name_rule[class];
	if (rule_action(generation, walk->children[class], access))
		return walk->children[class];
	if (rule_action(generation, walk->below[class], access))
		return walk->below[class];
	return 0;
}

__noinline int walk_take_rule(struct kwp_walk *walk, u32 access, u32 rule)
{
	u32 generation;

	if (!walk || !rule)
		return 0;
	access &= KWP_ACCESS_COUNT - 1;
	if (walk->only && !(walk->only & 1u << access))
		return 0;
	generation = walk->place.generation;
	if (rule_action(generation, rule, access) >
	    rule_action(generation, walk->place.rule[access], access))
		walk->place.rule[access] = rule;
	return 0;
}

__noinline int walk_rules(struct kwp_walk *walk, u32 depth)
{
	struct walk_way way = {walk};
	struct kwp_node *node;

	if (!walk)
		return 0;
	walk->depth = depth;
	walk->alive = 1;
	walk->exact[0] = walk->exact[1] = walk->children[0] = walk->children[1] = 0;
	walk->name_rule[0] = walk->name_rule[1] = walk->above = walk->flags = 0;
	bpf_loop(KWP_DEPTH_MAX + 1, walk_down, &way, 0);
	if (depth) {
		node = guard_node(place_pair(&walk->seed, KWP_DOMAIN_NAME, walk->parts[0]));
		if (node)
			__builtin_memcpy(walk->name_rule, node->exact, sizeof(node->exact));
	}
	for (u32 access = 0; access < KWP_ACCESS_COUNT; access++)
		walk_take_rule(walk, access, walk_rule(walk, access));
	if (!walk->place.above && !walk->only)
		walk->place.above = walk->above;
	walk->place.flags |= walk->flags;
	return 0;
}

/* ---- all ---- */

__noinline int walk_path(struct kwp_walk *walk)
{
	struct walk_way way = {walk};

	if (!walk)
		return 0;
	climb_enter(&walk->climb, climb_mount_of(walk->place.vfsmount));
	if (walk->climb.of.flags & MNT_INTERNAL) /* a memfd, a pipe */
		return 1;
	walk->root = walk->climb.of.root;
	walk->ns = ns_of_mount(walk->climb.mount);
	walk->climb.dentry = walk->place.dentry;
	bpf_loop(KWP_PATH_MAX, walk_up, &way, 0);
	if (!walk->ended)
		return -EAGAIN;
	walk->key = place_pair(&walk->seed, KWP_DOMAIN_PATH, 0);
	walk_rules(walk, walk->depth);
	walk->place.key[0] = walk->place.key[1] = walk->key;
	return 0;
}
