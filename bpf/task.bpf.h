/* SPDX-License-Identifier: GPL-2.0-only */
/* The other process of an act: found by its number or pidfd, told as facts. */
#ifndef KWP_TASK_BPF_H
#define KWP_TASK_BPF_H

#include "file.bpf.h"

#define IDR_LEVELS 6 /* of 64 slots each: more than any pid needs */
#define IDR_NODE 2   /* low bits of an entry that is a node */

/* What an IDR holds for a number: idr_find(), by reads that may fail. */
static __always_inline u64 idr_entry(u64 entry, u32 nr)
{
	for (int i = 0; i < IDR_LEVELS && (entry & 3) == IDR_NODE; i++) {
		struct xa_node *node = (struct xa_node *)(entry & ~3ull);
		u8 shift = 0;
		u32 slot;

		entry = 0;
		if (bpf_core_read(&shift, sizeof(shift), &node->shift))
			return 0;
		slot = nr >> (shift & 31);
		if (!i && slot > 63)
			return 0;
		bpf_probe_read_kernel(&entry, sizeof(entry),
				      (void *)&node->slots[0] + (slot & 63) * sizeof(void *));
	}
	return entry & 3 ? 0 : entry;
}

/* The first task of this struct pid, 0: it is gone. */
static __always_inline u64 pid_task(u64 pid)
{
	u64 node = (u64)BPF_CORE_READ((struct pid *)pid, tasks[PIDTYPE_PID].first);

	return node ? node - bpf_core_field_offset(((struct task_struct *)0)->pid_links) : 0;
}

/* The task that the current one means by a number. */
static __always_inline u64 task_named(struct task_struct *task, u32 nr)
{
	u64 ns = 0, pid;

	pid_number(task->thread_pid, task->thread_pid->level, &ns);
	pid = idr_entry((u64)BPF_CORE_READ((struct pid_namespace *)ns, idr.idr_rt.xa_head), nr);
	return pid ? pid_task(pid) : 0;
}

/* The task behind a pidfd: an anonymous file to 6.8, then one of pidfs. */
static __always_inline u64 task_of_pidfd(u64 file)
{
	u64 pid = (u64)BPF_CORE_READ((struct file *)file, private_data);

	if (!pid)
		pid = (u64)BPF_CORE_READ((struct file *)file, f_inode, i_private);
	return pid ? pid_task(pid) : 0;
}

/* Says who the task at this address is. */
SUBPROG int record_target(struct kwp_slot *slot, struct kwp_task_act *act, u64 address)
{
	struct task_struct *task = (struct task_struct *)address;
	struct pid *tgid;
	u32 level = 0;
	u64 ns = 0;

	if (!task) {
		slot->record.incomplete |= KWP_NO_TARGET;
		return 0;
	}
	act->target_pid = BPF_CORE_READ(task, tgid);
	act->target_tid = BPF_CORE_READ(task, pid);
	act->target_start = BPF_CORE_READ(task, group_leader, start_boottime);
	BPF_CORE_READ_STR_INTO(&act->target_comm, task, comm);
	tgid = BPF_CORE_READ(task, signal, pids[PIDTYPE_TGID]);
	bpf_core_read(&level, sizeof(level), &tgid->level);
	if (level >= kwp_view.level)
		act->target_view_pid = pid_number(tgid, kwp_view.level, &ns);
	if (ns != kwp_view.pid_ns)
		act->target_view_pid = 0;
	return 0;
}

/* Says whom a call named by number. Below 1 it meant a group, or itself. */
static __always_inline void record_named(struct kwp_slot *slot, struct kwp_task_act *act, s32 nr)
{
	act->asked_pid = nr;
	record_target(slot, act, nr > 0 ? task_named(bpf_get_current_task_btf(), nr) : 0);
}

#endif
