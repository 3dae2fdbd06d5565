/* SPDX-License-Identifier: GPL-2.0-only */
/* Acts on files: open and create. */
#include "file.bpf.h"

/* The arguments of open, creat, openat, openat2 and open_by_handle_at in one
 * shape. */
struct open_args {
	s32 dirfd;
	u32 flags;
	u64 path;
};

static __always_inline void open_args_read(struct open_args *out, struct pt_regs *regs)
{
	bool compat = task_is_compat(bpf_get_current_task_btf());
	u32 form = regs_form(regs, compat);
	u64 flags = 0;

	out->dirfd = AT_FDCWD;
	switch (form) {
	case KWP_FORM_HOW: /* struct open_how begins with u64 flags */
		bpf_probe_read_user(&flags, sizeof(flags), (void *)regs_arg(regs, compat, 2));
		out->flags = flags;
		out->dirfd = regs_arg(regs, compat, 0);
		out->path = regs_arg(regs, compat, 1);
		break;
	case KWP_FORM_AT:
		out->flags = regs_arg(regs, compat, 2);
		out->dirfd = regs_arg(regs, compat, 0);
		out->path = regs_arg(regs, compat, 1);
		break;
	case KWP_FORM_A: /* creat */
		out->flags = O_CREAT | O_WRONLY | O_TRUNC;
		out->path = regs_arg(regs, compat, 0);
		break;
	case KWP_FORM_B: /* open_by_handle_at: a handle is no path */
		out->flags = regs_arg(regs, compat, 2);
		out->dirfd = regs_arg(regs, compat, 0);
		break;
	default:
		out->flags = regs_arg(regs, compat, 1);
		out->path = regs_arg(regs, compat, 0);
	}
}

/* An open that failed: the caller's words are all there is. */
static __always_inline int open_failed(struct pt_regs *regs, long ret, const struct open_args *args)
{
	u32 type = open_type(args->flags, 0);
	struct kwp_slot *slot;
	struct kwp_file_act *act;

	if (!type)
		return 0;
	slot = exit_begin(regs, ret, type, sizeof(*act));
	if (!slot)
		return 0;
	act = record_facts(slot);
	act->flags = args->flags;
	act->fd = -1;
	act->dirfd = args->dirfd;
	if (record_relative(slot, 0, args->path))
		record_dir(slot, KWP_DIR, args->dirfd);
	record_end(slot);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_open, struct pt_regs *regs, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct open_args args = {};
	struct kwp_file_act *act;
	struct kwp_slot *slot;
	struct file *file;
	u32 mode = 0, type;

	open_args_read(&args, regs);
	if (ret < 0)
		return open_failed(regs, ret, &args);
	file = (struct file *)fd_file(task, ret);
	if (!file)
		return 0;
	if (args.flags & O_CREAT)
		bpf_core_read(&mode, sizeof(mode), &file->f_mode);
	type = open_type(args.flags, mode);
	if (!type)
		return 0;
	slot = exit_begin(regs, ret, type, sizeof(*act));
	if (!slot)
		return 0;
	act = record_facts(slot);
	act->flags = args.flags;
	act->fd = ret;
	act->dirfd = args.dirfd;
	record_file(slot, &act->file, 0, (u64)file);
	record_end(slot);
	return 0;
}

/* Opens that no system call of this type shows: io_uring's, and the kernel's
 * own. Not those of exec, which is an event of its own, nor the real file that
 * overlayfs opens beneath the one that was asked for. */
static __always_inline void open_hook(u32 by, struct file *file)
{
	u32 flags = file->f_flags, mode = file->f_mode, type = open_type(flags, mode);
	struct kwp_file_act *act;
	struct kwp_slot *slot;

	if (!type || (flags & FMODE_EXEC) || (mode & FMODE_NOACCOUNT))
		return;
	/* The body of both types is that of OPEN. */
	if (hook_way(bpf_get_current_task_btf(), KWP_OPEN) & KWP_F_HOOK)
		return;
	slot = hook_begin(type, by, sizeof(*act));
	if (!slot)
		return;
	act = record_facts(slot);
	act->flags = flags;
	act->fd = -1;
	act->dirfd = AT_FDCWD;
	record_file(slot, &act->file, 0, (u64)file);
	record_end(slot);
}
HOOK(open, file_open, open_hook, (struct file * file), (file))
