/* SPDX-License-Identifier: GPL-2.0-only */
/* Acts on descriptors: what becomes a standard input, output or error. */
#include "detect.bpf.h"

/* Where no hook can refuse a shell its first command, it ends when its streams become a
 * connection. */
static __always_inline u64 shell_said(void)
{
	u32 generation;

	if (!guard_on(KWP_CLASS_DETECT) || !kwp_settings.kill_only)
		return 0;
	generation = guard_generation();
	return generation ? detect_running(generation) : 0;
}

/* Forms: dup PLAIN, dup2 and dup3 A, fcntl B. */
SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_dup, struct pt_regs *regs, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct kwp_slot *slot;
	struct kwp_dup *dup;
	bool compat;
	u64 command, said;
	s32 from;

	if ((u64)ret > 2)
		return 0;
	compat = task_is_compat(task);
	command = regs_arg(regs, compat, 1);
	if (regs_form(regs, compat) == KWP_FORM_B && command != F_DUPFD &&
	    command != F_DUPFD_CLOEXEC)
		return 0;
	from = regs_arg(regs, compat, 0);
	if (from == ret) /* dup2 of a descriptor to itself changes nothing */
		return 0;
	said = shell_said();
	if (!said && !(kwp_settings.types & 1ull << KWP_DUP))
		return 0;
	slot = exit_begin_said(regs, ret, KWP_DUP, said, sizeof(*dup));
	if (!slot)
		return 0;
	dup = record_facts(slot);
	dup->from = from;
	dup->to = ret;
	if (kwp_settings.stdio || said)
		own_stdio(&dup->io);
	record_end(slot);
	return 0;
}
