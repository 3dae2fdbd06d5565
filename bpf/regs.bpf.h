/* SPDX-License-Identifier: GPL-2.0-only */
/* Registers of a system call: its number, arguments, and whose act it is. */
#ifndef KWP_REGS_BPF_H
#define KWP_REGS_BPF_H

#include "core.bpf.h"

static __always_inline bool task_is_compat(struct task_struct *task)
{
#if defined(__TARGET_ARCH_x86)
	return task->thread_info.status & TS_COMPAT;
#else
	return task->thread_info.flags & (1 << 22); /* TIF_32BIT */
#endif
}

/* Argument n (a constant, 0 to 5) of the system call; they are still there
 * when it ends, except after a successful exec. */
static __always_inline u64 regs_arg(struct pt_regs *regs, bool compat, int n)
{
#if defined(__TARGET_ARCH_x86)
	if (compat) /* i386: bx cx dx si di bp, 32 bits each */
		return (u32)(n == 0 ? regs->bx : n == 1 ? regs->cx : n == 2 ? regs->dx :
			     n == 3 ? regs->si : n == 4 ? regs->di : regs->bp);
	return n == 0 ? regs->di : n == 1 ? regs->si : n == 2 ? regs->dx :
	       n == 3 ? regs->r10 : n == 4 ? regs->r8 : regs->r9;
#else
	return n == 0 ? regs->orig_x0 : regs->regs[n];
#endif
}

/* The caller's array of arguments, in execve or execveat. */
static __always_inline u64 exec_argv_of(struct pt_regs *regs, bool compat)
{
	return regs_nr(regs) == (compat ? NR_EXECVE32 : NR_EXECVE) ? regs_arg(regs, compat, 1)
								   : regs_arg(regs, compat, 2);
}

/* The form of this system call. */
static __always_inline u32 regs_form(struct pt_regs *regs, bool compat)
{
	u32 nr = regs_nr(regs) & (KWP_SYSCALLS - 1);

	return compat ? kwp_acts32[nr].form : kwp_acts[nr].form;
}

/* Which act a call number of socketcall(2) is. */
static __always_inline u32 socketcall_act(u32 call)
{
	if (call == SYS_CONNECT || call == SYS_SENDTO || call == SYS_SENDMSG || call == SYS_SENDMMSG)
		return KWP_CONNECT;
	if (call == SYS_ACCEPT || call == SYS_ACCEPT4)
		return KWP_ACCEPT;
	if (call == SYS_BIND)
		return KWP_BIND;
	if (call == SYS_LISTEN)
		return KWP_LISTEN;
	return call == SYS_SOCKET || call == SYS_SOCKETPAIR ? KWP_SOCKET : KWP_NONE;
}

/* Whose body looks at this system call, KWP_NONE: nobody's. */
static __always_inline u32 regs_act(struct pt_regs *regs, bool compat)
{
	u64 nr = regs_nr(regs);
	u32 act;

	if (nr >= KWP_SYSCALLS)
		return KWP_NONE;
	if (!compat)
		return kwp_acts[nr].type;
	act = kwp_acts32[nr].type;
	if (act == KWP_SOCKET && kwp_acts32[nr].form == KWP_FORM_D)
		act = socketcall_act(regs_arg(regs, true, 0));
	return act;
}

#endif
