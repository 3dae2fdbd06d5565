/* SPDX-License-Identifier: GPL-2.0-only */
/* Drift beside what exec.bpf.c and memory.bpf.c ask: scripts, and what is told of programs. */
#include "script.bpf.h"

/* Behind kwp_exec, so that the record is of the process as it is now. */
SEC("tp_btf/sched_process_exec")
int BPF_PROG(kwp_drift_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	struct place place = {};
	u64 file;

	if (kwp_settings.drift) {
		file = ADDRESS(bprm->file);
		file_place(&place, file);
		drift_tell(KWP_BY_TRACEPOINT, drift_signal(&place), file, KWP_EXECUTE);
	}
	guard_stdin();
	return 0;
}

static __always_inline void script_hook(u64 by, struct file *file)
{
	if (said_verdict(by))
		drift_record(KWP_OPEN, by, (u64)file, KWP_READ);
}
HOOK(script, file_open, guard_script((u64)file, file->f_flags, file->f_mode), script_hook,
     (struct file * file), (file))
