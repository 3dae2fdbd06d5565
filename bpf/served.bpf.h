/* SPDX-License-Identifier: GPL-2.0-only */
/* Was a shell or interpreter told to run a script, by its first arguments? */
#ifndef KWP_SERVED_BPF_H
#define KWP_SERVED_BPF_H

#include "guard.bpf.h"

#define SERVED_TEXT 64	/* bytes of an argument that are looked at */
#define SERVED_OPTION 8 /* bytes of an option that matter */

struct served_text {
	char bytes[SERVED_TEXT];
};

/* Is it an option after which a script may follow: none by which code comes from elsewhere? To
 * shells -e is another. */
static __noinline bool option_passes(const struct served_text *text, u32 shell)
{
#pragma unroll
	for (u32 i = 1; i < SERVED_OPTION; i++) {
		char c = text->bytes[i];

		if (!c)
			return i > 1;
		if (c == 'c' || c == 'i' || c == 's' ||
		    (!shell && (c == 'e' || c == 'E' || c == 'r')))
			return false;
	}
	return true;
}

/* Does the first argument behind options, of those that lie at this address, name a script? */
static __noinline bool arguments_script(u64 at, u64 end, u32 shell)
{
	struct served_text text = {};
	long size;

	for (u32 i = 0; i < 3 && at < end; i++) {
		size = bpf_probe_read_user_str(text.bytes, sizeof(text.bytes), (void *)at);
		if (size <= 1 || (size == sizeof(text.bytes) && !i))
			return false;
		if (i && text.bytes[0] != '-')
			return true;
		if (i && !option_passes(&text, shell))
			return false;
		at += size;
	}
	return false;
}

/* The same before an exec, by pointers in the caller's memory; what the caller changes meanwhile is
 * seen when the program reads from the connection. */
static __noinline bool argv_script(u64 argv, u32 wide, u32 shell)
{
	struct served_text text = {};
	u64 at;

	for (u32 i = 1; i < 3; i++) {
		at = 0;
		bpf_probe_read_user(&at, wide == 4 ? 4 : 8, (void *)argv + i * wide);
		if (!at || bpf_probe_read_user_str(text.bytes, sizeof(text.bytes), (void *)at) <= 1)
			return false;
		if (text.bytes[0] != '-')
			return true;
		if (!option_passes(&text, shell))
			return false;
	}
	return false;
}

static __always_inline bool task_serves(u64 mm, u32 shell)
{
	u64 start = 0, end = 0;

	bpf_core_read(&start, sizeof(start), &((struct mm_struct *)mm)->arg_start);
	bpf_core_read(&end, sizeof(end), &((struct mm_struct *)mm)->arg_end);
	return arguments_script(start, end, shell);
}

static __always_inline bool exec_serves(struct linux_binprm *bprm, u32 shell)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	u64 interp = 0, filename = 0;

	bpf_core_read(&interp, sizeof(interp), &bprm->interp);
	bpf_core_read(&filename, sizeof(filename), &bprm->filename);
	if (interp != filename) /* a script was executed */
		return true;
	if (kwp_settings.kill_only) /* it is done */
		return task_serves(ADDRESS(task->mm), shell);
	return argv_script(exec_argv_of(regs, task_is_compat(task)), task_is_compat(task) ? 4 : 8,
			   shell);
}

#endif
