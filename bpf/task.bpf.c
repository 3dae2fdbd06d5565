/* SPDX-License-Identifier: GPL-2.0-only */
/* What processes do to each other and to their namespaces: signals, ptrace, setns, unshare. */
#include "protect.bpf.h"
#include "task.bpf.h"

#define CLONE_NEWTIME 0x00000080ull
#define CLONE_NAMESPACES 0x7e020000ull /* CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID, NET */
#define CLONE_NEWUSER 0x10000000ull
#define PTRACE_MODE_ATTACH 0x02
#define NOT_PTRACE ~0u	/* another call than ptrace(2) */
#define DESCENT_MAX 256 /* generations that are looked at */

/* ---- signals ---- */

/* The signal that the system call sends, -1: it sends none. */
static __always_inline s32 kill_signal(struct pt_regs *regs, bool compat)
{
	if (regs_form(regs, compat) == KWP_FORM_A) /* process, thread, signal */
		return regs_arg(regs, compat, 2);
	return regs_arg(regs, compat, 1);
}

/* The current task is in a call of kill's family and this is its signal, not
 * one that the kernel sends at the same time. si_code proves nothing: rt_sigqueueinfo
 * lets the caller choose it. */
static __always_inline bool kill_sends(struct task_struct *task, s32 sig)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);

	if (task->flags & PF_KTHREAD || !(hook_way(task, KWP_SIGNAL) & KWP_F_HOOK))
		return false;
	return kill_signal(regs, task_is_compat(task)) == sig;
}

SEC("tp_btf/signal_generate")
int BPF_PROG(kwp_signal, int sig, struct kernel_siginfo *info, struct task_struct *target,
	     int group, int result)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct kwp_task_act *act;
	struct kwp_slot *slot;
	s32 code = 0;

	bpf_core_read(&code, sizeof(code), &info->si_code);
	if (code > 0 || kwp_settings.failed_only || target->tgid == task->tgid)
		return 0;
	if (!kill_sends(task, sig) || !scope_has(task))
		return 0;
	slot = record_begin(KWP_SIGNAL, KWP_BY_TRACEPOINT, sizeof(*act));
	if (!slot)
		return 0;
	act = record_facts(slot);
	slot->record.nr = regs_nr((struct pt_regs *)bpf_task_pt_regs(task));
	slot->record.flags |= KWP_F_RET | (task_is_compat(task) ? KWP_F_COMPAT : 0);
	slot->record.ret = result == 3 ? -EAGAIN : 0; /* TRACE_SIGNAL_OVERFLOW_FAIL */
	act->signal = sig;
	act->flags = (s64)code;
	record_target(slot, act, (u64)target);
	if (group)
		act->target_tid = 0;
	record_end(slot);
	return 0;
}

/* A kill that failed. Signal 0 asks whether a process is there: no act. */
SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_signal, struct pt_regs *regs, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	bool compat = task_is_compat(task);
	u32 form = regs_form(regs, compat);
	s32 sig = kill_signal(regs, compat);
	struct kwp_task_act *act;
	struct kwp_slot *slot;

	if (ret >= 0 || !sig)
		return 0;
	slot = exit_begin(regs, ret, KWP_SIGNAL, sizeof(*act));
	if (!slot)
		return 0;
	act = record_facts(slot);
	act->signal = sig;
	if (form == KWP_FORM_A)
		record_named(slot, act, regs_arg(regs, compat, 1));
	else if (form != KWP_FORM_FD)
		record_named(slot, act, regs_arg(regs, compat, 0));
	else if (ret != -EBADF && ret != -EINVAL)
		record_target(slot, act,
			      task_of_pidfd(fd_file(task, (s32)regs_arg(regs, compat, 0))));
	record_end(slot);
	return 0;
}

/* ---- ptrace ---- */

/* Requests that take hold of a process or change it; the others only serve one
 * that is held already, by the thousand. */
static __always_inline bool ptrace_matters(u32 request)
{
	switch (request) {
	case 0:	 /* TRACEME */
	case 4:	 /* POKETEXT */
	case 5:	 /* POKEDATA */
	case 6:	 /* POKEUSR */
	case 13: /* SETREGS */
	case 15: /* SETFPREGS */
	case PTRACE_ATTACH:
	case 19:     /* SETFPXREGS */
	case 0x4205: /* SETREGSET */
	case PTRACE_SEIZE:
	case 0x4212: /* SET_SYSCALL_INFO */
		return true;
	}
	return false;
}

/* Is the task the current process, or has it come of it? */
struct descent {
	u64 task;
	u32 tgid, found;
};

static long descent_step(u32 index, struct descent *at)
{
	struct task_struct *task = (struct task_struct *)at->task;
	u64 parent = 0;
	u32 tgid = 0;

	bpf_core_read(&tgid, sizeof(tgid), &task->tgid);
	at->found = tgid == at->tgid;
	bpf_core_read(&parent, sizeof(parent), &task->real_parent);
	if (at->found || !parent || parent == at->task)
		return 1;
	at->task = parent;
	return 0;
}

static __noinline bool task_descends(u64 task)
{
	struct descent at = {.task = task, .tgid = bpf_get_current_pid_tgid() >> 32};

	bpf_loop(DESCENT_MAX, descent_step, &at, 0);
	return at.found;
}

/* Is it the caller's own child, and traced or about to be, as a debugger's is? Who only wants its
 * memory or descriptors needs no ptrace(2). */
static __always_inline bool task_is_debugged(u64 target)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	u32 traced = 0;

	bpf_core_read(&traced, sizeof(traced), &((struct task_struct *)target)->ptrace);
	if (!traced && regs_nr(regs) != (task_is_compat(task) ? NR_PTRACE32 : NR_PTRACE))
		return false;
	return task_descends(target);
}

/* To take hold of another process's memory or registers is injection, unless it is debugged, or
 * the caller itself. */
SUBPROG u64 injection_said(u64 target)
{
	u32 tgid = 0;

	bpf_core_read(&tgid, sizeof(tgid), &((struct task_struct *)target)->tgid);
	if (tgid == bpf_get_current_pid_tgid() >> 32 || task_is_debugged(target))
		return 0;
	return guard_detected_own(KWP_DETECT_PROCESS_INJECTION);
}

/* Where no hook can refuse it, who did it is ended. */
static __always_inline u64 injection_ended(long ret, u32 request, s32 named)
{
	u64 target;

	if (!guard_on(KWP_CLASS_DETECT) || !kwp_settings.kill_only || ret < 0 || named <= 0 ||
	    (request != NOT_PTRACE && request != PTRACE_ATTACH && request != PTRACE_SEIZE))
		return 0;
	target = task_named(bpf_get_current_task_btf(), named);
	return target ? injection_said(target) : 0;
}

/* ptrace (PLAIN), process_vm_readv and writev (A), pidfd_getfd (FD). */
SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_ptrace, struct pt_regs *regs, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	bool compat = task_is_compat(task);
	u32 form = regs_form(regs, compat);
	u32 request = form == KWP_FORM_PLAIN ? regs_arg(regs, compat, 0) : NOT_PTRACE;
	s32 named = form == KWP_FORM_PLAIN ? regs_arg(regs, compat, 1) : regs_arg(regs, compat, 0);
	struct kwp_task_act *act;
	struct kwp_slot *slot;
	u64 said;

	if (request != NOT_PTRACE && !ptrace_matters(request))
		return 0;
	said = injection_ended(ret, request, form == KWP_FORM_FD ? 0 : named);
	if (!said && !(kwp_settings.types & 1ull << KWP_PTRACE))
		return 0;
	slot = exit_begin_said(regs, ret, KWP_PTRACE, said, sizeof(*act));
	if (!slot)
		return 0;
	act = record_facts(slot);
	act->signal = request;
	if (!request)
		record_target(slot, act, (u64)task->real_parent);
	else if (form != KWP_FORM_FD)
		record_named(slot, act, named);
	else if (ret != -EBADF && ret != -EINVAL)
		record_target(slot, act,
			      task_of_pidfd(fd_file(task, (s32)regs_arg(regs, compat, 0))));
	record_end(slot);
	return 0;
}

/* ---- namespaces ---- */

static __always_inline void setns_target(struct kwp_slot *slot, struct kwp_task_act *act, u64 file)
{
	struct proc_ns_operations___type *ops;
	struct ns_common *ns;

	if (BPF_CORE_READ((struct file *)file, f_inode, i_sb, s_magic) != NSFS_MAGIC) {
		record_target(slot, act, slot->record.ret < 0 ? 0 : task_of_pidfd(file));
		return;
	}
	ns = BPF_CORE_READ((struct file *)file, f_inode, i_private);
	bpf_core_read(&act->ns, sizeof(act->ns), &ns->inum);
	if (bpf_core_field_exists(((struct ns_common___type *)0)->ns_type)) {
		act->flags = BPF_CORE_READ((struct ns_common___type *)ns, ns_type);
		return;
	}
	ops = (struct proc_ns_operations___type *)BPF_CORE_READ(ns, ops);
	act->flags = (u32)BPF_CORE_READ(ops, type);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_setns, struct pt_regs *regs, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	bool compat = task_is_compat(task);
	struct kwp_slot *slot = exit_begin(regs, ret, KWP_SETNS, sizeof(struct kwp_task_act));
	struct kwp_task_act *act;
	u64 file;

	if (!slot)
		return 0;
	act = record_facts(slot);
	act->flags = (u32)regs_arg(regs, compat, 1);
	file = fd_file(task, (s32)regs_arg(regs, compat, 0));
	if (file)
		setns_target(slot, act, file);
	record_end(slot);
	return 0;
}

/* The namespaces that unshare (PLAIN), clone (A) or clone3 (B) make. */
static __always_inline u64 unshare_flags(struct pt_regs *regs, bool compat, u32 form)
{
	u64 flags = regs_arg(regs, compat, 0);

	if (form == KWP_FORM_A) /* the low byte of clone's is a signal */
		return flags & CLONE_NAMESPACES;
	if (form == KWP_FORM_B) { /* struct clone_args begins with u64 flags */
		u64 from = flags;

		flags = 0;
		bpf_probe_read_user(&flags, sizeof(flags), (void *)from);
	}
	return flags & (CLONE_NAMESPACES | CLONE_NEWTIME);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_unshare, struct pt_regs *regs, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	bool compat = task_is_compat(task);
	u32 form = regs_form(regs, compat);
	u64 flags = unshare_flags(regs, compat, form);
	struct kwp_task_act *act;
	struct kwp_slot *slot;

	/* The child of a clone comes back from it too, with 0. */
	if (!flags || (form != KWP_FORM_PLAIN && !ret))
		return 0;
	slot = exit_begin(regs, ret, KWP_UNSHARE, sizeof(*act));
	if (!slot)
		return 0;
	act = record_facts(slot);
	act->flags = flags;
	if (form != KWP_FORM_PLAIN && ret > 0)
		record_target(slot, act, task_named(task, ret));
	record_end(slot);
	return 0;
}

/* ---- hooks ---- */

/* A record of a hook whose target is known. */
static __always_inline void hook_target(u32 type, u64 by, u32 signal, u64 flags, u64 target)
{
	struct kwp_slot *slot = hook_begin_other(type, by, sizeof(struct kwp_task_act));
	struct kwp_task_act *act;

	if (!slot)
		return;
	act = record_facts(slot);
	act->signal = signal;
	act->flags = flags;
	record_target(slot, act, target);
	record_end(slot);
}

/* Signal 0 only asks. */
static __always_inline void kill_hook(u64 by, struct task_struct *target, int sig)
{
	if (sig && target->tgid != bpf_get_current_task_btf()->tgid)
		hook_target(KWP_SIGNAL, by, sig, 0, (u64)target);
}
/* Signal 0 only asks. */
static __always_inline u64 kill_said(struct task_struct *target, int sig)
{
	return sig ? protect_process(target) : 0;
}
HOOK(kill, task_kill, kill_said(target, sig), kill_hook,
     (struct task_struct * target, struct kernel_siginfo *info, int sig, const struct cred *cred),
     (target, sig))

/* Also /proc/PID/mem and its like, which need no ptrace(2). To read what
 * /proc says of a process is no act: ps does it all the time. */
static __always_inline void ptrace_hook(u64 by, struct task_struct *target, u32 mode)
{
	if (mode & PTRACE_MODE_ATTACH && target->tgid != bpf_get_current_task_btf()->tgid)
		hook_target(KWP_PTRACE, by, NOT_PTRACE, mode, (u64)target);
}

static __always_inline u64 ptrace_said(struct task_struct *target, u32 mode)
{
	u64 said;

	if (!(mode & PTRACE_MODE_ATTACH))
		return 0;
	said = protect_process(target);
	if (guard_on(KWP_CLASS_DETECT) && !said)
		said = injection_said((u64)target);
	return said;
}
HOOK(ptrace, ptrace_access_check, ptrace_said(target, mode), ptrace_hook,
     (struct task_struct * target, u32 mode), (target, mode))

static __always_inline void traceme_hook(u64 by, struct task_struct *parent)
{
	hook_target(KWP_PTRACE, by, 0, PTRACE_MODE_ATTACH, (u64)parent);
}
HOOK(traceme, ptrace_traceme, 0, traceme_hook, (struct task_struct * parent), (parent))

static __always_inline int userns_hook(u64 by)
{
	hook_target(KWP_UNSHARE, by, 0, CLONE_NEWUSER, (u64)bpf_get_current_task_btf());
	return 0;
}

/* The hook and the function around it have different names. */
SEC("lsm/userns_create")
int BPF_PROG(kwp_l_userns, const struct cred *cred, int ret)
{
	userns_hook(KWP_BY_LSM);
	return ret;
}

SEC("fmod_ret/security_create_user_ns")
int BPF_PROG(kwp_m_userns, const struct cred *cred)
{
	return userns_hook(KWP_BY_FMOD_RET);
}
