/* SPDX-License-Identifier: GPL-2.0-only */
/* Hooks of lsm and fmod_ret: before the act, with what the kernel resolved. */
#ifndef KWP_HOOK_BPF_H
#define KWP_HOOK_BPF_H

#include "make.bpf.h"

#define NR_IO_URING_ENTER 426 /* on every architecture */

/*
 * How the current task came to a hook of this type:
 * KWP_F_HOOK	in a system call whose end kwp_sys_exit reports as this type,
 * KWP_F_URING	through io_uring (its workers, or io_uring_enter itself),
 * 0		another way: the kernel's own doing, or nobody watches the end.
 */
static __always_inline u32 hook_way(struct task_struct *task, u32 type)
{
	struct pt_regs *regs;

	if (task->flags & PF_IO_WORKER)
		return KWP_F_URING;
	regs = (struct pt_regs *)bpf_task_pt_regs(task);
	if (regs_nr(regs) == NR_IO_URING_ENTER)
		return KWP_F_URING;
	return regs_act(regs, task_is_compat(task)) == type ? KWP_F_HOOK : 0;
}

/* Begins the record of a hook body; NULL: nobody asked, not in scope or no slot. by: the backend
 * and what the policy said (guard.bpf.h): an act that a rule spoke of is told in any case, and
 * its record stands for itself. Another with KWP_F_HOOK lends its resolved paths to the one that
 * kwp_sys_exit sends next. */
static __always_inline struct kwp_slot *hook_begin(u32 type, u64 by, u32 facts_size)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct kwp_slot *slot;

	if (said_verdict(by)) {
		slot = record_begin(type, by, facts_size);
		if (slot)
			slot->record.flags |= hook_way(task, type) & KWP_F_URING;
		return slot;
	}
	if (!(kwp_settings.types & 1ull << type) || !scope_has(task))
		return NULL;
	slot = record_begin(type, by, facts_size);
	if (slot)
		slot->record.flags |= hook_way(task, type);
	return slot;
}

/* The same for acts on descriptors and sockets: the end of the system call
 * sees all that the hook sees and the result too, so the hook speaks only for
 * what comes another way. */
static __always_inline struct kwp_slot *hook_begin_other(u32 type, u64 by, u32 facts_size)
{
	if (!said_verdict(by) && (hook_way(bpf_get_current_task_btf(), type) & KWP_F_HOOK))
		return NULL;
	return hook_begin(type, by, facts_size);
}

/*
 * Attaches body(by, arguments...) to security_<hook> as kwp_l_<name> and
 * kwp_m_<name>. guard is what the policy says to the act, 0: nothing. Only for hooks with the
 * same parameters in both places.
 *	HOOK(chmod, path_chmod, guard_write(path), chmod_hook, (struct path *path, u16 mode),
 *	     (path, mode))
 */
#define HOOK_LIST(...) __VA_ARGS__
#define HOOK(name, hook, guard, body, params, args)                                                \
	SEC("lsm/" #hook)                                                                          \
	int BPF_PROG(kwp_l_##name, HOOK_LIST params, int ret)                                      \
	{                                                                                          \
		u64 said = guard;                                                                  \
		body(KWP_BY_LSM | said, HOOK_LIST args);                                           \
		return ret ? ret : said_ret(said);                                                 \
	}                                                                                          \
	SEC("fmod_ret/security_" #hook)                                                            \
	int BPF_PROG(kwp_m_##name, HOOK_LIST params)                                               \
	{                                                                                          \
		u64 said = guard;                                                                  \
		body(KWP_BY_FMOD_RET | said, HOOK_LIST args);                                      \
		return said_ret(said);                                                             \
	}

#endif
