/* SPDX-License-Identifier: GPL-2.0-only */
/* Acts on files: open and create. */
#include "basename.bpf.h"
#include "script.bpf.h"

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

static __always_inline u32 open_accesses(u32 flags, u32 mode)
{
	u32 accesses = mode & FMODE_READ ? 1 << KWP_READ : 0;

	if ((mode & (FMODE_WRITE | FMODE_CREATED)) || (flags & O_TRUNC))
		accesses |= 1 << KWP_WRITE;
	return accesses;
}

/* Where no hook can deny: what the policy says of a file that is open already. */
static __always_inline u64 guard_opened(u64 file, u32 flags)
{
	struct place place = {};
	u32 mode = 0;

	if (!kwp_settings.kill_only || !guard_on(KWP_CLASS_FILE) || (flags & O_PATH))
		return 0;
	bpf_core_read(&mode, sizeof(mode), &((struct file *)file)->f_mode);
	file_place(&place, file);
	return guard_place(&place, open_accesses(flags, mode));
}

/* An open that failed: the caller's words are all there is. */
static __always_inline int open_failed(struct pt_regs *regs, long ret, const struct open_args *args)
{
	u32 type = open_type(args->flags, 0);
	struct kwp_slot *slot;
	struct kwp_file_act *act;

	if (!type || (names_rule(args->flags) && !path_is_named(args->path)))
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
	u64 said;

	open_args_read(&args, regs);
	if (ret < 0)
		return open_failed(regs, ret, &args);
	file = (struct file *)fd_file(task, ret);
	if (!file)
		return 0;
	script_was_opened((u64)file);
	if (args.flags & O_CREAT)
		bpf_core_read(&mode, sizeof(mode), &file->f_mode);
	said = guard_opened((u64)file, args.flags);
	type = said_verdict(said) ? KWP_OPEN : open_type(args.flags, mode);
	if (!type || (type == KWP_OPEN && !said_verdict(said) && names_rule(args.flags) &&
		      !file_is_named((u64)file)))
		return 0;
	slot = exit_begin_said(regs, ret, type, said, sizeof(*act));
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
static __always_inline void open_hook(u64 by, struct file *file)
{
	u32 flags = file->f_flags, mode = file->f_mode, type = open_type(flags, mode);
	struct kwp_file_act *act;
	struct kwp_slot *slot;

	if (said_verdict(by))
		type = KWP_OPEN;
	if (!type || (flags & FMODE_EXEC) || (mode & FMODE_NOACCOUNT))
		return;
	/* The body of both types is that of OPEN. */
	if (!said_verdict(by) && hook_way(bpf_get_current_task_btf(), KWP_OPEN) & KWP_F_HOOK)
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

/* As place_find() does for a file that is known, by loads, which are a third of what reads cost. */
static __always_inline bool open_known(struct place *place, struct file *file)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct inode *inode = file->f_inode;
	struct dentry *dentry = file->f_path.dentry;
	struct known_id id = {.generation = place->generation};

	id.epoch = *(volatile u32 *)&kwp_epoch;
	id.event = task->nsproxy->mnt_ns->event;
	id.mount = (u64)file->f_path.mnt;
	id.dentry = (u64)dentry;
	id.parent = (u64)dentry->d_parent;
	/* 6.1 knows no hash_len: it looks into the first part of the union only. */
	id.hash_len = (u64)dentry->d_name.len << 32 | dentry->d_name.hash;
	id.inode = (u64)inode;
	id.number = inode->i_ino;
	id.version = inode->i_generation;
	return id.event && known_get(&id, place);
}

static __always_inline u64 guard_open(struct file *file)
{
	u32 flags = file->f_flags, mode = file->f_mode;
	struct place place = {.generation = guard_generation()};

	if (!guard_on(KWP_CLASS_FILE) || !place.generation || (flags & FMODE_EXEC) ||
	    (mode & FMODE_NOACCOUNT))
		return 0;
	if (open_known(&place, file))
		return place.rules ? guard_rules(&place, open_accesses(flags, mode)) : 0;
	file_place(&place, (u64)file);
	return guard_place(&place, open_accesses(flags, mode));
}
HOOK(open, file_open, guard_open(file), open_hook, (struct file * file), (file))

/* A descriptor that another process hands over (SCM_RIGHTS, pidfd_getfd) is an open of the one
 * that gets it. */
static __always_inline void receive_hook(u64 by, struct file *file)
{
	if (said_verdict(by))
		open_hook(by, file);
}
HOOK(receive, file_receive, guard_open(file), receive_hook, (struct file * file), (file))
