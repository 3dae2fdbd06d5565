/* SPDX-License-Identifier: GPL-2.0-only */
/* The record of a program that is about to be executed. */
#ifndef KWP_EXEC_BPF_H
#define KWP_EXEC_BPF_H

#include "hook.bpf.h"
#include "io.bpf.h"

/* Once a stage: the script first, then its interpreter. The end of the call,
 * kwp_exec or kwp_x_exec, completes this record whoever called. */
SUBPROG int exec_hook(u64 by, struct linux_binprm *bprm)
{
	struct kwp_slot *slot = hook_begin(KWP_EXEC, by, sizeof(struct kwp_exec));
	struct kwp_exec *exec;

	if (!slot)
		return 0;
	exec = record_facts(slot);
	if (said_verdict(by))
		own_stdio(&exec->io);
	else
		slot->record.flags |= KWP_F_HOOK;
	exec->argc = bprm->argc;
	exec->envc = bprm->envc;
	exec->script = bprm->interp != bprm->filename;
	record_file(slot, &exec->file, 0, ADDRESS(bprm->file));
	record_kernel_str(slot, 3, (u64)bprm->filename);
	record_end(slot);
	return 0;
}

#endif
