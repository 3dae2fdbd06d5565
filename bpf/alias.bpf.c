/* SPDX-License-Identifier: GPL-2.0-only */
/* The names that programs are invoked by. */
#include "alias.bpf.h"
#include "said.bpf.h"
#include "walk.bpf.h"

struct alias_way {
	struct kwp_walk *walk;
	u32 at; /* where the name begins, as far as is known */
};

/* The texts lie where a walk would have the hashes of a path. */
#define ALIAS_TEXT(walk) ((char *)(walk)->parts)

static long alias_back(u32 index, struct alias_way *way)
{
	u32 at = way->at;

	if (!at)
		return 1;
	at = (at - 1) & (KWP_PATH_MAX - 1);
	asm volatile("" : "+r"(at));
	if (ALIAS_TEXT(way->walk)[at & (KWP_PATH_MAX - 1)] == '/')
		return 1;
	way->at = at;
	return 0;
}

/* The hash of what is after the last '/' of the text, and after the '-' of a login shell. */
static __noinline u64 alias_hash(struct kwp_walk *walk, u32 end)
{
	struct alias_way way = {walk, end};
	u32 at;

	bpf_loop(KWP_NAME_MAX + 1, alias_back, &way, 0);
	at = way.at & (KWP_PATH_MAX - 1);
	if (ALIAS_TEXT(walk)[at] == '-')
		at++;
	return walk_text(walk, ALIAS_TEXT(walk), at, end - at);
}

static __always_inline u32 alias_action(const struct kwp_walk *walk, u32 rule)
{
	return rule_action(walk->place.generation, rule, KWP_EXECUTE);
}

/* The rule for the file at one of its places by this name. */
static __always_inline u32 alias_at(struct kwp_walk *walk, u64 place, u64 hash)
{
	u64 key = place_pair(&walk->seed, KWP_DOMAIN_AS, place);
	struct kwp_node *node = guard_node(place_pair(&walk->seed, key, hash));
	u32 rule = node ? node->exact[KWP_PATH_PROCESS] : 0;

	return alias_action(walk, rule) ? rule : 0;
}

static __noinline u32 alias_rule(struct kwp_walk *walk, u64 hash)
{
	u32 rule = alias_at(walk, walk->place.key[0], hash), other;

	if (walk->place.key[1] == walk->place.key[0])
		return rule;
	other = alias_at(walk, walk->place.key[1], hash);
	return alias_action(walk, other) > alias_action(walk, rule) ? other : rule;
}

/* The rule for the name that the text ends in, 0: none has one. */
static __noinline u32 alias_text_rule(struct kwp_walk *walk, struct alias *alias, u64 text,
				      u32 user)
{
	char *to = ALIAS_TEXT(walk);
	long size = user ? bpf_probe_read_user_str(to, KWP_PATH_MAX, (void *)text)
			 : bpf_probe_read_kernel_str(to, KWP_PATH_MAX, (void *)text);
	u64 hash;

	alias->size = size > 0 ? size : 0;
	hash = size > 1 ? alias_hash(walk, (size - 1) & (KWP_PATH_MAX - 1)) : 0;

	return hash ? alias_rule(walk, hash) : 0;
}

static __always_inline int alias_walk(struct kwp_walk *walk, struct alias *alias)
{
	struct kwp_policy *policy = guard_policy(walk->place.generation);
	u32 plain = walk->place.rule[KWP_EXECUTE], rule, next;

	if (!policy)
		return 0;
	walk->seed = policy->seed;
	rule = alias_text_rule(walk, alias, alias->path, 0);
	rule = rule ? rule : plain;
	if (alias->first) {
		next = alias_text_rule(walk, alias, alias->first, 1);
		next = next ? next : plain;
		if (alias->joined && alias->size)
			alias->second = alias->first + alias->size;
		if (alias_action(walk, next) > alias_action(walk, rule))
			rule = next;
	}
	next = alias->second ? alias_text_rule(walk, alias, alias->second, 1) : 0;
	if (alias_action(walk, next) > alias_action(walk, rule))
		rule = next;
	walk->place.rule[KWP_EXECUTE] = rule;
	return 0;
}

__noinline int alias_find(struct place *place, struct alias *alias)
{
	struct kwp_walk *walk = walk_begin();

	if (!walk)
		return -EAGAIN;
	if (place && alias) {
		walk->place = *place;
		alias_walk(walk, alias);
		place->rule[KWP_EXECUTE] = walk->place.rule[KWP_EXECUTE];
	}
	walk_end(walk);
	return 0;
}
