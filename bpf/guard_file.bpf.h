/* SPDX-License-Identifier: GPL-2.0-only */
/* Verdicts on acts on files. */
#ifndef KWP_GUARD_FILE_BPF_H
#define KWP_GUARD_FILE_BPF_H

#include "guard.bpf.h"

/* Accesses as bits, 1 << enum kwp_access, GUARD_EXECED, and: */
#define GUARD_ABOVE (1u << 9) /* what is in the directory would be moved or covered with it */

_Static_assert(GUARD_ABOVE != GUARD_EXECED && GUARD_EXECED >= 1 << KWP_ACCESS_COUNT,
	       "bits of accesses would overlap");

/* A path that can't be told is not one that the policy allows. */
static __always_inline u64 guard_blind(u32 generation)
{
	struct kwp_policy *policy = guard_policy(generation);

	if (kwp_settings.kill_only || kwp_switch.mode != KWP_MODE_ENFORCE || !policy ||
	    !guard_covers(policy->cover))
		return 0;
	return SAID(generation, 0, 0, KWP_SAID_BLOCK);
}

/* By the strictest action of the rule that says what may not be moved. */
static __always_inline u64 guard_above(u32 generation, u32 rule)
{
	u32 strictest = 0;

	for (u32 access = 1; access < KWP_ACCESS_COUNT; access++)
		if (rule_action(generation, rule, access) >
		    rule_action(generation, rule, strictest))
			strictest = access;
	return guard_said(generation, rule, strictest);
}

/* What the rules that place_find() found say. */
static __always_inline u64 guard_rules(struct place *place, u32 accesses)
{
	u64 said = 0, next;

	for (u32 access = 0; access < KWP_ACCESS_COUNT; access++) {
		if (!(accesses & 1u << access) || !place->rule[access])
			continue;
		next = guard_said(place->generation, place->rule[access],
				  access | (accesses & GUARD_EXECED));
		said = said_worse(said, next);
	}
	if ((accesses & GUARD_ABOVE) && place->above) {
		next = guard_above(place->generation, place->above);
		said = said_worse(said, next);
	}
	return said;
}

/* What the policy says to accesses to (place->vfsmount, place->dentry). */
static __always_inline u64 guard_place(struct place *place, u32 accesses)
{
	place->generation = guard_generation();
	if (!place->generation)
		return 0;
	if (place_find(place))
		return guard_blind(place->generation);
	return place->rules | place->above ? guard_rules(place, accesses) : 0;
}

/* The same of a name in a directory. */
static __always_inline u64 guard_entry(struct path *dir, struct dentry *dentry, u32 accesses)
{
	struct place place = {.vfsmount = ADDRESS(dir->mnt), .dentry = (u64)dentry};

	if (!guard_on(KWP_CLASS_FILE) && !(accesses & GUARD_ABOVE))
		return 0;
	return guard_place(&place, accesses);
}

static __always_inline u64 guard_write(struct path *path)
{
	struct place place = {.vfsmount = ADDRESS(path->mnt), .dentry = ADDRESS(path->dentry)};

	return guard_on(KWP_CLASS_FILE) ? guard_place(&place, 1 << KWP_WRITE) : 0;
}

/* A file gets another name, from and to are place.rules: which of these accesses are forbidden by
 * the old one only, so that they would get round a rule? */
static __always_inline u64 guard_renamed(u32 generation, u64 from, u64 to, u32 accesses)
{
	u64 said = 0, next;

	for (u32 access = 0; access < KWP_ACCESS_COUNT; access++) {
		u32 rule = from >> access * 16 & 0xffff;
		u32 action = rule_action(generation, rule, access);

		if (!(accesses & 1u << access) || action < KWP_BLOCK ||
		    rule_action(generation, to >> access * 16 & 0xffff, access) >= action)
			continue;
		next = guard_said(generation, rule, access);
		said = said_worse(said, next);
	}
	return said;
}

#endif
