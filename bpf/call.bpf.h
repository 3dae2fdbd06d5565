/* SPDX-License-Identifier: GPL-2.0-only */
/* System calls that act on files, in one shape, and the record of their end. */
#ifndef KWP_CALL_BPF_H
#define KWP_CALL_BPF_H

#include "device.bpf.h"
#include "file.bpf.h"

/* What a system call says of the files that it acts on. */
struct call {
	u64 path[2];	/* addresses of the caller's words, 0: none */
	s32 dirfd[2];	/* where they start from */
	s32 fd;		/* the file itself, -1: paths name it */
	s32 text;	/* which of path is no path but a text, -1: none */
	u64 flags, mode, extra; /* of struct kwp_file_act */
};

struct call_regs {
	struct pt_regs *regs;
	bool compat;
	u32 form;
};

#define CALL_NONE {.dirfd = {AT_FDCWD, AT_FDCWD}, .fd = -1, .text = -1}

static __always_inline struct call_regs call_regs(struct pt_regs *regs)
{
	bool compat = task_is_compat(bpf_get_current_task_btf());

	return (struct call_regs){regs, compat, regs_form(regs, compat)};
}

static __always_inline u64 call_arg(const struct call_regs *from, int n)
{
	return regs_arg(from->regs, from->compat, n);
}

/* An empty path with AT_EMPTY_PATH means the descriptor itself. */
static __always_inline void call_empty_path(struct call *call, u64 flags)
{
	char first = '.';

	if (!(flags & AT_EMPTY_PATH))
		return;
	bpf_probe_read_user(&first, 1, (void *)call->path[0]);
	if (!first)
		call->fd = call->dirfd[0];
}

/* String n from path[n]. True: it is a relative path. */
static __always_inline bool call_record_path(struct kwp_slot *slot, const struct call *call, int n)
{
	if (!call->path[n])
		return false;
	if (call->text != n)
		return record_relative(slot, n, call->path[n]);
	record_user_str(slot, n, call->path[n]);
	return false;
}

/* The file that an act is on: string 0, or strings 0 and 1 with, where they
 * are relative, the directories that they start from. */
static __always_inline void call_record_files(struct kwp_slot *slot, struct kwp_file_act *act,
					      const struct call *call)
{
	bool first = false, second;

	if (call->fd >= 0)
		record_file(slot, &act->file, 0, fd_file(bpf_get_current_task_btf(), call->fd));
	else
		first = call_record_path(slot, call, 0);
	second = call_record_path(slot, call, 1);
	if (second && !(first && call->dirfd[0] == call->dirfd[1]))
		record_dir(slot, KWP_DIR2, call->dirfd[1]);
	if (first)
		record_dir(slot, KWP_DIR, call->dirfd[0]);
}

static __always_inline void call_facts(struct kwp_file_act *act, const struct call *call)
{
	act->flags = call->flags;
	act->mode = call->mode;
	act->extra = call->extra;
	act->fd = call->fd;
	act->dirfd = call->dirfd[0];
}

/* What the policy says to a device file that is made. */
static __always_inline u64 device_said(u32 mode, u32 device)
{
	u32 type = mode & S_IFMT;

	if (!guard_on(KWP_CLASS_DETECT) || (type != S_IFBLK && type != S_IFCHR) ||
	    !device_is_meant(type == S_IFBLK, device >> 8 & 0xfff, device & 0xff))
		return 0;
	return guard_detected_own(KWP_DETECT_BLOCK_DEVICE);
}

/* The record of a system call that ends now, of which the policy said this. */
static __always_inline void call_record_said(struct pt_regs *regs, long ret, u32 type,
					     const struct call *call, u64 said)
{
	struct kwp_slot *slot;
	struct kwp_file_act *act;

	if (!said && !(kwp_settings.types & 1ull << (type & 63)))
		return;
	slot = exit_begin_said(regs, ret, type, said, sizeof(struct kwp_file_act));
	if (!slot)
		return;
	act = record_facts(slot);
	call_facts(act, call);
	call_record_files(slot, act, call);
	record_end(slot);
}

static __always_inline void call_record(struct pt_regs *regs, long ret, u32 type,
					const struct call *call)
{
	call_record_said(regs, ret, type, call, 0);
}

/* Begins the record of a hook before an act on the file (mount, dentry), which
 * need not exist yet. */
static __always_inline struct kwp_slot *file_hook_begin(u32 type, u64 by, struct vfsmount *mount,
							struct dentry *dentry)
{
	struct kwp_slot *slot = hook_begin(type, by, sizeof(struct kwp_file_act));
	struct kwp_file_act *act;

	if (!slot)
		return NULL;
	act = record_facts(slot);
	act->fd = -1;
	act->dirfd = AT_FDCWD;
	file_from_inode(slot, &act->file, (u64)dentry->d_inode);
	record_place(slot, 0, (u64)mount, (u64)dentry);
	return slot;
}

/* The record of one that has nothing to tell beside these. */
static __always_inline void file_hook_tell(u32 type, u64 by, struct vfsmount *mount,
					   struct dentry *dentry, u64 flags, u64 mode, u64 extra)
{
	struct kwp_slot *slot = file_hook_begin(type, by, mount, dentry);
	struct kwp_file_act *act;

	if (!slot)
		return;
	act = record_facts(slot);
	act->flags = flags;
	act->mode = mode;
	act->extra = extra;
	record_end(slot);
}

#endif
