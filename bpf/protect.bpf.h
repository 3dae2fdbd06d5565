/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kwp's protection of itself: what a process of a container may not do to the programs, maps,
 * links and processes that it could only want to switch off. An operator in the guest's own
 * namespaces may.
 */
#ifndef KWP_PROTECT_BPF_H
#define KWP_PROTECT_BPF_H

#include "guard.bpf.h"
#include "head.bpf.h"

struct kwp_own_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, KWP_OWN_MAX);
	__type(key, struct kwp_own);
	__type(value, u32);
};
extern struct kwp_own_map kwp_own SEC(".maps");

/* Is the current task in a container: in a pid namespace that is not the one in which kwp
 * loaded the policy nor around it, or with mounts of its own? */
static __always_inline bool task_is_foreign(struct task_struct *task)
{
	u64 pid = ADDRESS(task->thread_pid), proxy = ADDRESS(task->nsproxy), ns = 0;
	u32 level = 0, mounts = 0;

	bpf_core_read(&level, sizeof(level), &((struct pid *)pid)->level);
	pid_number((struct pid *)pid, level, &ns);
	if (level > kwp_view.level || (level == kwp_view.level && ns != kwp_view.pid_ns))
		return true;
	if (!kwp_switch.guest_mnt_ns || !proxy)
		return false;
	bpf_core_read(&proxy, sizeof(proxy), &((struct nsproxy *)proxy)->mnt_ns);
	bpf_core_read(&mounts, sizeof(mounts), &((struct mnt_namespace *)proxy)->ns.inum);
	return mounts != kwp_switch.guest_mnt_ns;
}

/* The rule on acts that nobody but the guest may do, 0: it is the guest. */
static __always_inline u32 protect_rule(u32 generation)
{
	struct kwp_policy *policy = guard_policy(generation);

	if (!generation || !policy || !task_is_foreign(bpf_get_current_task_btf()))
		return 0;
	return policy->protect;
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
