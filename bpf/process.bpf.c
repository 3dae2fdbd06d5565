/* SPDX-License-Identifier: GPL-2.0-only */
/* The life of processes: fork and exit. */
#include "hook.bpf.h"

/* ---- fork ---- */

static __always_inline void scope_follow(struct task_struct *parent, struct task_struct *child)
{
	u32 from = parent->tgid, to = child->tgid, one = 1;

	if (!(kwp_settings.scope & KWP_SCOPE_FOLLOW) || from == to)
		return;
	if (bpf_map_lookup_elem(&kwp_pids, &from) &&
	    bpf_map_update_elem(&kwp_pids, &to, &one, BPF_ANY))
		__sync_fetch_and_add(&kwp_counters.untracked, 1);
}

/* Does the parent wait until its child executes a program or ends? Then the child's own records
 * tell of it in time, and a fork record only costs. clone3() has its flags where another thread
 * can change them by now. */
static __always_inline bool fork_is_awaited(struct task_struct *parent)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(parent);
	long nr = regs_nr(regs);

	if (task_is_compat(parent))
		return false;
	return nr == NR_VFORK || (nr == NR_CLONE && (regs_arg(regs, false, 0) & CLONE_VFORK));
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(kwp_fork, struct task_struct *parent, struct task_struct *child)
{
	struct kwp_slot *slot;
	struct kwp_fork *fork;
	struct signal_struct *signal;
	u64 pid, ns = 0;

	scope_follow(parent, child);
	if (!lives_told() || child->pid != child->tgid || !scope_has(parent))
		return 0;
	if (!(kwp_settings.types & 1ull << KWP_FORK) && fork_is_awaited(parent))
		return 0;
	slot = record_begin_headless(KWP_FORK, KWP_BY_TRACEPOINT, sizeof(*fork));
	if (!slot)
		return 0;
	signal = parent->signal;
	record_head_of(slot, parent, signal);
	fork = record_facts(slot);
	pid = ADDRESS(child->thread_pid);
	fork->child_pid = child->tgid;
	fork->child_tid = child->pid;
	fork->child_view_pid = kwp_view.level ? thread_view(child) : child->pid;
	bpf_core_read(&fork->child_level, sizeof(u32), &((struct pid *)pid)->level);
	fork->child_own_pid = pid_number((struct pid *)pid, fork->child_level, &ns);
	fork->child_start = child->start_boottime;
	fork->child_pid_ns = ns_inum(ns);
	fork->level = signal->pids[PIDTYPE_TGID]->level;
	record_end(slot);
	return 0;
}

/* ---- exit ---- */

/* A process whose end was told. */
struct ended {
	u64 start;
	u32 pid, pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct ended);
	__type(value, u32);
} kwp_ended SEC(".maps");

/* Is this the end of the process? Each thread is counted out of live before it
 * comes here, so two that leave at once can both find none alive: the first of
 * them tells. One that comes here is counted out of nr_threads later. */
static __always_inline bool exit_is_last(struct task_struct *task, struct signal_struct *signal)
{
	struct ended key = {.pid = task->tgid};
	u32 one = 1;

	if (signal->live.counter)
		return false;
	key.start = task_leader(signal)->start_boottime;
	if (signal->nr_threads > 1)
		return bpf_map_update_elem(&kwp_ended, &key, &one, BPF_NOEXIST) != -EEXIST;
	/* No other thread has been counted out: there was none that could have told. */
	return !signal->sum_sched_runtime || !bpf_map_lookup_elem(&kwp_ended, &key);
}

/* As wait(2) will give it. */
static __always_inline s32 exit_code(struct signal_struct *signal)
{
	if (signal->flags & SIGNAL_GROUP_EXIT)
		return signal->group_exit_code;
	return task_leader(signal)->exit_code;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(kwp_exit, struct task_struct *task)
{
	struct signal_struct *signal = task->signal;
	u32 tgid = task->tgid;
	struct kwp_slot *slot;
	struct kwp_exit *facts;

	if (!exit_is_last(task, signal) || !scope_has(task))
		return 0;
	slot = lives_told() ? record_begin_headless(KWP_EXIT, KWP_BY_TRACEPOINT, sizeof(*facts))
			    : NULL;
	if (slot) {
		record_head_of(slot, task, signal);
		facts = record_facts(slot);
		facts->code = exit_code(signal);
		facts->last = 1;
		record_end(slot);
	}
	if (kwp_settings.scope)
		bpf_map_delete_elem(&kwp_pids, &tgid);
	return 0;
}
