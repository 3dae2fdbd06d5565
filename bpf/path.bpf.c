/* SPDX-License-Identifier: GPL-2.0-only */
/* Acts on names: create (mkdir, mknod), rename, unlink, link. */
#include "call.bpf.h"

/* ---- system calls ---- */

SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_create, struct pt_regs *regs, long ret)
{
	struct call_regs from = call_regs(regs);
	struct call call = CALL_NONE;
	bool at = from.form == KWP_FORM_AT || from.form == KWP_FORM_B;
	bool node = from.form == KWP_FORM_A || from.form == KWP_FORM_B; /* mknod, mknodat */

	if (at)
		call.dirfd[0] = call_arg(&from, 0);
	call.path[0] = at ? call_arg(&from, 1) : call_arg(&from, 0);
	call.mode = (u16)(at ? call_arg(&from, 2) : call_arg(&from, 1));
	if (node)
		call.extra = (u32)(at ? call_arg(&from, 3) : call_arg(&from, 2));
	else
		call.mode = (call.mode & ~S_IFMT) | S_IFDIR;
	if (!(call.mode & S_IFMT))
		call.mode |= S_IFREG;
	call_record(regs, ret, KWP_CREATE, &call);
	return 0;
}

/* Two paths, each with a directory descriptor before it or none. */
static __always_inline void call_two_paths(struct call *call, const struct call_regs *from,
					   bool at)
{
	call->path[0] = at ? call_arg(from, 1) : call_arg(from, 0);
	call->path[1] = at ? call_arg(from, 3) : call_arg(from, 1);
	if (!at)
		return;
	call->dirfd[0] = call_arg(from, 0);
	call->dirfd[1] = call_arg(from, 2);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_rename, struct pt_regs *regs, long ret)
{
	struct call_regs from = call_regs(regs);
	struct call call = CALL_NONE;

	call_two_paths(&call, &from, from.form != KWP_FORM_PLAIN);
	if (from.form == KWP_FORM_HOW) /* renameat2 */
		call.flags = (u32)call_arg(&from, 4);
	call_record(regs, ret, KWP_RENAME, &call);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_link, struct pt_regs *regs, long ret)
{
	struct call_regs from = call_regs(regs);
	struct call call = CALL_NONE;

	if (from.form == KWP_FORM_A || from.form == KWP_FORM_B) {
		call.text = 0;
		call.mode = S_IFLNK;
	}
	switch (from.form) {
	case KWP_FORM_B: /* symlinkat; A: symlink */
		call.path[0] = call_arg(&from, 0);
		call.path[1] = call_arg(&from, 2);
		call.dirfd[1] = call_arg(&from, 1);
		break;
	case KWP_FORM_AT:
		call.flags = (u32)call_arg(&from, 4);
		call_two_paths(&call, &from, true);
		break;
	default:
		call_two_paths(&call, &from, false);
	}
	call_record(regs, ret, KWP_LINK, &call);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_unlink, struct pt_regs *regs, long ret)
{
	struct call_regs from = call_regs(regs);
	struct call call = CALL_NONE;

	if (from.form == KWP_FORM_AT) {
		call.dirfd[0] = call_arg(&from, 0);
		call.path[0] = call_arg(&from, 1);
		call.flags = (u32)call_arg(&from, 2);
	} else {
		call.path[0] = call_arg(&from, 0);
		call.flags = from.form == KWP_FORM_A ? AT_REMOVEDIR : 0; /* rmdir */
	}
	call_record(regs, ret, KWP_UNLINK, &call);
	return 0;
}

/* ---- hooks ---- */

static __always_inline void node_hook(u32 by, struct path *dir, struct dentry *dentry, u32 mode,
				      u32 device)
{
	struct kwp_slot *slot = file_hook_begin(KWP_CREATE, by, dir->mnt, dentry);
	struct kwp_file_act *act;

	if (!slot)
		return;
	act = record_facts(slot);
	act->mode = mode;
	act->extra = device;
	record_end(slot);
}

static __always_inline void mkdir_hook(u32 by, struct path *dir, struct dentry *dentry, u16 mode)
{
	node_hook(by, dir, dentry, (mode & ~S_IFMT) | S_IFDIR, 0);
}
HOOK(mkdir, path_mkdir, mkdir_hook, (struct path * dir, struct dentry *dentry, u16 mode),
     (dir, dentry, mode))

/* An open that makes a regular file comes here too: the hook of open, or the end
 * of the system call, speaks for it. */
static __always_inline void mknod_hook(u32 by, struct path *dir, struct dentry *dentry, u16 mode,
				       u32 device)
{
	bool regular = S_ISREG(mode) || !(mode & S_IFMT);

	if (regular && !(hook_way(bpf_get_current_task_btf(), KWP_CREATE) & KWP_F_HOOK))
		return;
	node_hook(by, dir, dentry, regular ? mode | S_IFREG : mode, device);
}
HOOK(mknod, path_mknod, mknod_hook,
     (struct path * dir, struct dentry *dentry, u16 mode, u32 device), (dir, dentry, mode, device))

static __always_inline void unlink_record(u32 by, struct path *dir, struct dentry *dentry,
					  u64 flags)
{
	struct kwp_slot *slot = file_hook_begin(KWP_UNLINK, by, dir->mnt, dentry);
	struct kwp_file_act *act;

	if (!slot)
		return;
	act = record_facts(slot);
	act->flags = flags;
	record_end(slot);
}

static __always_inline void unlink_hook(u32 by, struct path *dir, struct dentry *dentry)
{
	unlink_record(by, dir, dentry, 0);
}
HOOK(unlink, path_unlink, unlink_hook, (struct path * dir, struct dentry *dentry), (dir, dentry))

static __always_inline void rmdir_hook(u32 by, struct path *dir, struct dentry *dentry)
{
	unlink_record(by, dir, dentry, AT_REMOVEDIR);
}
HOOK(rmdir, path_rmdir, rmdir_hook, (struct path * dir, struct dentry *dentry), (dir, dentry))

/* Adds (mount, dentry) as the second path. */
static __always_inline void second_path(struct kwp_slot *slot, struct vfsmount *mount,
					struct dentry *dentry)
{
	path_resolve(slot, (u64)mount, (u64)dentry);
	record_path(slot, 1);
}

static __always_inline void rename_hook(u32 by, struct path *old_dir, struct dentry *old_dentry,
					struct path *new_dir, struct dentry *new_dentry, u32 flags)
{
	struct kwp_slot *slot = file_hook_begin(KWP_RENAME, by, old_dir->mnt, old_dentry);
	struct kwp_file_act *act;

	if (!slot)
		return;
	act = record_facts(slot);
	act->flags = flags;
	second_path(slot, new_dir->mnt, new_dentry);
	record_end(slot);
}
HOOK(rename, path_rename, rename_hook,
     (struct path * old_dir, struct dentry *old_dentry, struct path *new_dir,
      struct dentry *new_dentry, u32 flags),
     (old_dir, old_dentry, new_dir, new_dentry, flags))

/* Both names of a hard link are on one mount. */
static __always_inline void link_hook(u32 by, struct dentry *old_dentry, struct path *new_dir,
				      struct dentry *new_dentry)
{
	struct kwp_slot *slot = file_hook_begin(KWP_LINK, by, new_dir->mnt, old_dentry);

	if (!slot)
		return;
	second_path(slot, new_dir->mnt, new_dentry);
	record_end(slot);
}
HOOK(link, path_link, link_hook,
     (struct dentry * old_dentry, struct path *new_dir, struct dentry *new_dentry),
     (old_dentry, new_dir, new_dentry))

/* String 0 is the text of the link, as with the system call. */
static __always_inline void symlink_hook(u32 by, struct path *dir, struct dentry *dentry,
					 const char *text)
{
	struct kwp_slot *slot = hook_begin(KWP_LINK, by, sizeof(struct kwp_file_act));
	struct kwp_file_act *act;

	if (!slot)
		return;
	act = record_facts(slot);
	act->fd = -1;
	act->dirfd = AT_FDCWD;
	act->mode = S_IFLNK;
	record_kernel_str(slot, 0, (u64)text);
	second_path(slot, dir->mnt, dentry);
	record_end(slot);
}
HOOK(symlink, path_symlink, symlink_hook,
     (struct path * dir, struct dentry *dentry, const char *text), (dir, dentry, text))
