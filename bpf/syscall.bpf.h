/* SPDX-License-Identifier: GPL-2.0-only */
/* What a record says of a system call: its arguments and texts. */
#ifndef KWP_SYSCALL_BPF_H
#define KWP_SYSCALL_BPF_H

#include "hook.bpf.h"

static __always_inline void call_args(u64 arg[6], struct pt_regs *regs, bool compat)
{
	arg[0] = regs_arg(regs, compat, 0);
	arg[1] = regs_arg(regs, compat, 1);
	arg[2] = regs_arg(regs, compat, 2);
	arg[3] = regs_arg(regs, compat, 3);
	arg[4] = regs_arg(regs, compat, 4);
	arg[5] = regs_arg(regs, compat, 5);
}

/* The texts that the arguments in mask point to, in order, from string 0 on. */
static __always_inline void call_texts(struct kwp_slot *slot, struct kwp_syscall *call, u32 mask)
{
	u32 n = 0;

	for (int i = 0; i < 6; i++) {
		if (!(mask & 1 << i) || n >= KWP_STRINGS)
			continue;
		if (record_user_str(slot, n, call->arg[i]))
			continue;
		call->text |= 1 << i;
		n++;
	}
}

#endif
