/* SPDX-License-Identifier: GPL-2.0-only */
/* What already runs, without /proc. */
#include "socket.bpf.h"

#define ITER_ARGS 8192 /* bytes of arguments; the paths need room too */

/* The arguments of another process: its pages are brought in if need be, so
 * the program sleeps. The process can have changed them since its exec. */
static __always_inline void tasks_args(struct kwp_slot *slot, struct kwp_exec *exec,
				       struct task_struct *task, struct mm_struct *mm)
{
	u64 start = BPF_CORE_READ(mm, arg_start), end = BPF_CORE_READ(mm, arg_end);
	u64 size = end - start;
	char *to = record_room(slot);

	slot->record.incomplete |= KWP_NO_ARGS;
	if (!to || end <= start)
		return;
	exec->args_size = size;
	if (size > ITER_ARGS)
		size = ITER_ARGS;
	else
		slot->record.incomplete &= ~KWP_NO_ARGS;
	if (bpf_copy_from_user_task(to, size, (void *)start, task, 0))
		slot->record.incomplete |= KWP_NO_ARGS;
	else
		record_took(slot, 1, size);
}

/* One exec record for each process of the reader's pid namespace. */
SEC("iter.s/task")
int kwp_tasks(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct kwp_slot *slot;
	struct fs_struct *fs;
	struct mm_struct *mm;
	struct kwp_exec *exec;
	struct path pwd = {};
	u64 size;

	/* Not threads, not kernel threads, not zombies. */
	if (!task || task->pid != task->tgid || (task->flags & PF_KTHREAD) ||
	    !task->signal->live.counter)
		return 0;
	slot = record_begin_for(KWP_EXEC, KWP_BY_ITER, sizeof(*exec), task);
	if (!slot)
		return 0;
	exec = record_facts(slot);
	stdio_read(&exec->io, task);
	mm = (struct mm_struct *)ADDRESS(task->mm);
	if (mm) {
		record_file(slot, &exec->file, 0, ADDRESS(mm->exe_file));
		tasks_args(slot, exec, task, mm);
	} else { /* the first thread has ended, others go on */
		slot->record.incomplete |= KWP_NO_PATH | KWP_NO_ARGS;
	}
	fs = (struct fs_struct *)ADDRESS(task->fs);
	bpf_core_read(&pwd, sizeof(pwd), &fs->pwd);
	path_resolve(slot, (u64)pwd.mnt, (u64)pwd.dentry);
	record_path(slot, 2);
	size = record_close(slot);
	bpf_seq_write(ctx->meta->seq, &slot->record, size);
	slot_give(slot);
	return 0;
}
