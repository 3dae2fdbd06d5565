/* SPDX-License-Identifier: GPL-2.0-only */
/* The head of a record: the facts that every act has, from the task that does it. */
#ifndef KWP_HEAD_BPF_H
#define KWP_HEAD_BPF_H

#include "regs.bpf.h"

/* struct upid as it lies in memory. */
struct upid_copy {
	u32 nr, pad;
	u64 ns;
};

/* The number of a pid at a level of its namespaces, and that namespace. */
static __always_inline u32 pid_number(struct pid *pid, u32 level, u64 *ns)
{
	/* At most 32 levels. 6.1 wants to see that, and no product with an unknown. */
	u64 at = (u64)&pid->numbers[0] + (u64)(level & 63) * sizeof(struct upid_copy);
	struct upid_copy upid = {};

	asm volatile("" : "+r"(at));
	bpf_probe_read_kernel(&upid, sizeof(upid), (void *)at);
	*ns = upid.ns;
	return upid.nr;
}

/* The pid by which kwp's own namespace knows a process, 0 if it does not. */
static __always_inline u32 pid_view(struct pid *pid)
{
	u64 ns = 0;
	u32 nr;

	if (!pid || pid->level < kwp_view.level)
		return 0;
	if (!kwp_view.level)
		return pid->numbers[0].nr;
	nr = pid_number(pid, kwp_view.level, &ns);
	return ns == kwp_view.pid_ns ? nr : 0;
}

static __always_inline u32 ns_inum(u64 pid_ns)
{
	u32 inum = 0;

	bpf_core_read(&inum, sizeof(inum), &((struct pid_namespace *)pid_ns)->ns.inum);
	return inum;
}

static __always_inline struct pid *task_tgid(struct task_struct *task)
{
	return task->signal->pids[PIDTYPE_TGID];
}

/* A name of 16 bytes in two loads. */
static __always_inline void comm_copy(char *to, struct task_struct *task)
{
	const u64 *from = (const u64 *)task->comm;

	((u64 *)to)[0] = from[0];
	((u64 *)to)[1] = from[1];
	to[KWP_COMM - 1] = 0;
}

/* uid, gid, suid, sgid, euid, egid: neighbours in all kernels. */
struct cred_ids {
	u32 uid, gid, suid, sgid, euid, egid;
};

/* Who the thread acts as. By address, not by typed pointer: see task_leader(). */
static __always_inline void record_cred(struct kwp_record *r, struct task_struct *task)
{
	const struct cred *cred = NULL;
	struct cred_ids ids = {};

	bpf_core_read(&cred, sizeof(cred), &task->cred);
	bpf_probe_read_kernel(&ids, sizeof(ids),
			      (void *)cred + bpf_core_field_offset(((struct cred *)0)->uid));
	r->uid = ids.uid;
	r->gid = ids.gid;
	r->euid = ids.euid;
	r->egid = ids.egid;
	/* u32 cap[2] before 6.3, a u64 since, of the same bytes on these machines */
	bpf_core_read(&r->capabilities, sizeof(r->capabilities), &cred->cap_effective);
}

/* pid_view() of a thread's own pid. By address, not by typed pointer: see task_leader(). */
static __always_inline u32 thread_view(struct task_struct *task)
{
	u64 pid = ADDRESS(task->thread_pid), ns = 0;
	u32 level = 0, nr;

	bpf_core_read(&level, sizeof(level), &((struct pid *)pid)->level);
	if (level < kwp_view.level)
		return 0;
	nr = pid_number((struct pid *)pid, kwp_view.level, &ns);
	return ns == kwp_view.pid_ns ? nr : 0;
}

/* The pid by which the process knows itself, and its pid namespace. */
static __always_inline void record_own_pid(struct kwp_record *r, struct pid *tgid)
{
	u64 ns = 0;

	if (!tgid->level) { /* fields that the verifier lets us load at once */
		r->own_pid = tgid->numbers[0].nr;
		r->pid_ns = tgid->numbers[0].ns->ns.inum;
		return;
	}
	r->own_pid = pid_number(tgid, tgid->level, &ns);
	r->pid_ns = ns_inum(ns);
	if (r->own_pid == 1)
		r->flags |= KWP_F_NSINIT;
}

/* The first thread of the task's process, as a pointer that the verifier does
 * not trust. Each load of a pointer through one that it trusts, as those of
 * tracepoints and hooks are, has it look through all of the kernel's BTF, for some
 * milliseconds (6.12, 6.18); the walk over curr_target, which is always a thread of the
 * same process, ends that. */
static __always_inline struct task_struct *task_leader(struct signal_struct *signal)
{
	return signal->curr_target->group_leader;
}

/* Fills the head from a task and its signal_struct. A subprogram: every body needs it. */
SUBPROG int record_head_of(struct kwp_slot *slot, struct task_struct *task,
			   struct signal_struct *signal)
{
	struct kwp_record *r = &slot->record;
	struct task_struct *leader = task_leader(signal);
	struct task_struct *parent = leader->real_parent;
	struct nsproxy *nsproxy = leader->nsproxy;
	struct pid *tgid = signal->pids[PIDTYPE_TGID];
	struct pid *parent_tgid = task_tgid(parent);
	struct tty_struct *tty = signal->tty;

	r->pid = task->tgid;
	r->tid = task->pid;
	r->parent_pid = parent->tgid;
	r->view_pid = pid_view(tgid);
	r->view_tid = kwp_view.level ? thread_view(task) : task->pid;
	r->view_parent_pid = pid_view(parent_tgid);
	record_own_pid(r, tgid);
	if (!r->view_pid)
		r->incomplete |= KWP_NO_PID;
	r->start = leader->start_boottime;
	r->parent_start = parent->group_leader->start_boottime;
	r->cgroup = leader->cgroups->dfl_cgrp->kn->id;
	record_cred(r, task);
	r->loginuid = bpf_core_field_exists(task->loginuid) ? task->loginuid.val : ~0u;
	r->session = signal->pids[PIDTYPE_SID]->numbers[0].nr;
	if (tty)
		r->tty = tty->driver->major << 20 | (tty->driver->minor_start + tty->index);
	if (nsproxy)
		r->mnt_ns = nsproxy->mnt_ns->ns.inum;
	if (!(task->flags & PF_FORKNOEXEC))
		r->flags |= KWP_F_EXECED;
	if (tgid->level > parent_tgid->level)
		r->flags |= KWP_F_ENTERED;
	comm_copy(r->comm, task);
	comm_copy(r->parent_comm, parent);
	return 0;
}

static __always_inline void record_head(struct kwp_slot *slot, struct task_struct *task)
{
	record_head_of(slot, task, task->signal);
}

#endif
