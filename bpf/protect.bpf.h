/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kwp's protection of itself: what a process of a container may not do to the programs, maps,
 * links and processes that it could only want to switch off. An operator in the guest's own
 * namespaces may.
 */
#ifndef KWP_PROTECT_BPF_H
#define KWP_PROTECT_BPF_H

#include "guard.bpf.h"

struct kwp_own_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, KWP_OWN_MAX);
	__type(key, struct kwp_own);
	__type(value, u32);
};
extern struct kwp_own_map kwp_own SEC(".maps");

/* The rule on acts that nobody but the guest may do. */
static __always_inline u32 protect_rule(u32 generation)
{
	struct kwp_policy *policy = guard_policy(generation);

	return generation && policy ? policy->protect : 0;
}

SUBPROG_ONCE u64 protect_said(void)
{
	u32 generation = guard_generation(), rule = protect_rule(generation);

	return rule ? guard_plain(generation, rule, GUARD_CAN) : 0;
}

static __always_inline bool own_has(u32 kind, u32 id)
{
	struct kwp_own own = {.kind = kind, .id = id};

	return bpf_map_lookup_elem(&kwp_own, &own) != NULL;
}

/* What the policy says of taking hold of a BPF object. */
static __always_inline u64 protect_object(u32 kind, u32 id)
{
	if (!guard_on(KWP_CLASS_PROTECT) || !own_has(kind, id))
		return 0;
	return protect_said();
}

/* ... of an act on a process: kwp's, or one that no rule is about (kata-agent). */
static __always_inline u64 protect_process(struct task_struct *target)
{
	if (!guard_on(KWP_CLASS_PROTECT) || (!guard_exempts(target) && !guard_is_kwp(target)))
		return 0;
	return protect_said();
}

#endif
