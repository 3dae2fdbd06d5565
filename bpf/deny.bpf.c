/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Verdicts on system calls by number. No hook has a call's number, so each of these asks which
 * call the current task is in, at a question that the kernel puts in the midst of it: may this
 * task use a capability, open a file, make a process. A call in which no question comes up
 * can't be refused: its process is ended when it begins.
 */
#include "syscall.bpf.h"

const volatile __u32 kwp_ways[KWP_SYSCALLS] = {};   /* by native number: see KWP_WAY_TEXTS */
const volatile __u16 kwp_native[KWP_SYSCALLS] = {}; /* by 32-bit number: see KWP_NATIVE_NONE */
const volatile __u16 kwp_native_many[2 * KWP_NATIVE_CALLS] = {};

/* The kernel may put a question twice in a call, which is told once. Nothing numbers a thread's
 * calls, so another of the same number with the same stack within this time is taken for it. */
#define CALL_AGAIN 2000000 /* ns */

struct call_told {
	u64 time, stack;
	u32 nr, pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, u32);
	__type(value, struct call_told);
} kwp_calls_told SEC(".maps");

/* The native number of the 32-bit system call that these registers are of. */
static __always_inline u32 call_native(struct pt_regs *regs, u32 nr)
{
	u32 native = kwp_native[nr & (KWP_SYSCALLS - 1)], call;

	if (nr >= KWP_SYSCALLS || native == KWP_NATIVE_NONE || !(native & KWP_NATIVE_MANY))
		return nr < KWP_SYSCALLS ? native : KWP_NATIVE_NONE;
	call = regs_arg(regs, true, 0) & 0xffff; /* ipc(2) has a version above */
	if (call >= KWP_NATIVE_CALLS)
		return KWP_NATIVE_NONE;
	return kwp_native_many[((native & ~KWP_NATIVE_MANY) + call) & (2 * KWP_NATIVE_CALLS - 1)];
}

static __always_inline u32 call_number(struct task_struct *task, struct pt_regs *regs)
{
	u32 nr = regs_nr(regs);

	return task_is_compat(task) ? call_native(regs, nr) : nr;
}

static __always_inline bool call_told(struct task_struct *task, struct pt_regs *regs, u32 nr)
{
	struct call_told now = {.time = bpf_ktime_get_boot_ns(), .stack = regs->sp, .nr = nr};
	struct call_told *last;
	u32 tid = task->pid;

	last = bpf_map_lookup_elem(&kwp_calls_told, &tid);
	if (last && last->nr == nr && last->stack == now.stack &&
	    now.time - last->time < CALL_AGAIN)
		return true;
	bpf_map_update_elem(&kwp_calls_told, &tid, &now, BPF_ANY);
	return false;
}

static __always_inline void call_tell(u64 by, struct task_struct *task, struct pt_regs *regs,
				      u32 texts)
{
	struct kwp_syscall *facts;
	struct kwp_slot *slot = record_begin(KWP_SYSCALL, by, sizeof(*facts));
	bool compat = task_is_compat(task);

	if (!slot)
		return;
	facts = record_facts(slot);
	slot->record.nr = regs_nr(regs);
	slot->record.flags |= compat ? KWP_F_COMPAT : 0;
	call_args(facts->arg, regs, compat);
	if (!compat)
		call_texts(slot, facts, texts);
	record_end(slot);
}

/* What the policy says to the system call that the current task is in, 0: nothing, or this way
 * is none to refuse it. */
static __always_inline u64 call_said(u32 by, u32 way)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	u32 nr = call_number(task, regs), generation, ways;
	struct kwp_policy *policy;
	bool again;
	u64 said;

	if (nr >= KWP_SYSCALLS)
		return 0;
	asm volatile("" : "+r"(nr));
	nr &= KWP_SYSCALLS - 1;
	ways = kwp_ways[nr];
	if (!(ways & 1u << way) || (task->flags & (PF_KTHREAD | PF_IO_WORKER)))
		return 0;
	generation = guard_generation();
	policy = guard_policy(generation);
	if (!generation || !policy || !policy->call[nr])
		return 0;
	again = call_told(task, regs, nr);
	said = guard_plain(generation, policy->call[nr],
			   (way == KWP_WAY_ENTER ? GUARD_CAN_KILL : GUARD_CAN) |
				   (again ? GUARD_AGAIN : 0));
	if (said && !again)
		call_tell(by | said, task, regs, ways >> KWP_WAY_TEXTS);
	return said;
}

SEC("tp_btf/sys_enter")
int kwp_call_enter(void *ctx)
{
	call_said(KWP_BY_TRACEPOINT, KWP_WAY_ENTER);
	return 0;
}

/* A hook and the function around it, whatever their arguments are. */
#define WAY(name, hook, function, way)                                                             \
	SEC("lsm/" #hook)                                                                          \
	int kwp_l_d_##name(void *ctx)                                                              \
	{                                                                                          \
		return said_ret(call_said(KWP_BY_LSM, way));                                       \
	}                                                                                          \
	SEC("fmod_ret/security_" #function)                                                        \
	int kwp_m_d_##name(void *ctx)                                                              \
	{                                                                                          \
		return said_ret(call_said(KWP_BY_FMOD_RET, way));                                  \
	}

WAY(capable, capable, capable, KWP_WAY_CAPABLE)
WAY(file, file_alloc_security, file_alloc, KWP_WAY_FILE)
WAY(task, task_alloc, task_alloc, KWP_WAY_TASK)
WAY(bpf, bpf, bpf, KWP_WAY_BPF)
WAY(ptrace, ptrace_access_check, ptrace_access_check, KWP_WAY_PTRACE)
WAY(traceme, ptrace_traceme, ptrace_traceme, KWP_WAY_PTRACE)
WAY(userns, userns_create, create_user_ns, KWP_WAY_USERNS)
WAY(perf, perf_event_open, perf_event_open, KWP_WAY_PERF)
WAY(key, key_permission, key_permission, KWP_WAY_KEY)
WAY(newkey, key_alloc, key_alloc, KWP_WAY_KEY)
WAY(socket, socket_create, socket_create, KWP_WAY_SOCKET)
WAY(connect, socket_connect, socket_connect, KWP_WAY_CONNECT)
WAY(bind, socket_bind, socket_bind, KWP_WAY_BIND)
WAY(listen, socket_listen, socket_listen, KWP_WAY_LISTEN)
WAY(kill, task_kill, task_kill, KWP_WAY_KILL)
WAY(uid, task_fix_setuid, task_fix_setuid, KWP_WAY_IDS)
WAY(gid, task_fix_setgid, task_fix_setgid, KWP_WAY_IDS)
WAY(capset, capset, capset, KWP_WAY_CAPSET)
WAY(prctl, task_prctl, task_prctl, KWP_WAY_PRCTL)
WAY(syslog, syslog, syslog, KWP_WAY_SYSLOG)
WAY(sched, task_setscheduler, task_setscheduler, KWP_WAY_SCHED)
