/* SPDX-License-Identifier: GPL-2.0-only */
/* Any system call by number, with its arguments, texts, result and duration. */
#include "syscall.bpf.h"

const volatile __u16 kwp_calls[KWP_SYSCALLS] = {};
const volatile __u16 kwp_calls32[KWP_SYSCALLS] = {};

/* A call that has begun. */
struct begun {
	u64 time;
	u64 arg[6];
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct begun);
} kwp_begun SEC(".maps");

/* What was asked of the call that these registers are of: enum kwp_call bits. */
static __always_inline u32 call_asked(struct task_struct *task, u64 nr)
{
	if (nr >= KWP_SYSCALLS)
		return 0;
	asm volatile("" : "+r"(nr));
	nr &= KWP_SYSCALLS - 1;
	return task_is_compat(task) ? kwp_calls32[nr] : kwp_calls[nr];
}

/* The start. A call that never ends (exit) or ends without its registers
 * (rt_sigreturn) is told now; so are an exec's texts, which its end has lost. */
SEC("tp_btf/sys_enter")
int BPF_PROG(kwp_sys_enter, struct pt_regs *regs, long id)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u32 asked = call_asked(task, id);
	struct kwp_syscall *facts;
	struct kwp_slot *slot;
	struct begun *begun;

	if (!asked || !scope_has(task))
		return 0;
	begun = bpf_task_storage_get(&kwp_begun, task, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (begun) {
		begun->time = bpf_ktime_get_boot_ns();
		call_args(begun->arg, regs, task_is_compat(task));
	}
	if (!(asked & (KWP_CALL_ENDLESS | KWP_CALL_EXEC)) || kwp_settings.failed_only)
		return 0;
	slot = record_begin(KWP_SYSCALL, KWP_BY_TRACEPOINT, sizeof(*facts));
	if (!slot)
		return 0;
	facts = record_facts(slot);
	slot->record.nr = id;
	slot->record.flags |= (task_is_compat(task) ? KWP_F_COMPAT : 0) |
			      (asked & KWP_CALL_EXEC ? KWP_F_HOOK : 0);
	call_args(facts->arg, regs, task_is_compat(task));
	call_texts(slot, facts, asked & KWP_CALL_TEXTS);
	record_end(slot);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_sys_leave, struct pt_regs *regs, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u32 asked = call_asked(task, regs_nr(regs));
	struct kwp_syscall *facts;
	struct kwp_slot *slot;
	struct begun *begun;

	if (!asked || (kwp_settings.failed_only && ret >= 0) || !scope_has(task))
		return 0;
	slot = exit_begin(regs, ret, KWP_SYSCALL, sizeof(*facts));
	if (!slot)
		return 0;
	facts = record_facts(slot);
	call_args(facts->arg, regs, task_is_compat(task));
	begun = bpf_task_storage_get(&kwp_begun, task, NULL, 0);
	if (begun && begun->time) {
		facts->duration = slot->record.time - begun->time;
		__builtin_memcpy(facts->arg, begun->arg, sizeof(facts->arg));
		begun->time = 0;
	}
	if (ret < 0 || !(asked & KWP_CALL_EXEC))
		call_texts(slot, facts, asked & KWP_CALL_TEXTS);
	record_end(slot);
	return 0;
}
