/* SPDX-License-Identifier: GPL-2.0-only */
/* Acts on names: create (mkdir, mknod), rename, unlink, link. */
#include "call.bpf.h"

#define RENAME_EXCHANGE (1 << 1)

/* ---- system calls ---- */

/* Disks, and the kernel's memory (mem, kmem and port). */
static __always_inline u64 device_said(u32 mode, u32 device)
{
	u32 major = device >> 8 & 0xfff, minor = device & 0xff;
	bool memory = (mode & S_IFMT) == S_IFCHR && major == 1 &&
		      (minor == 1 || minor == 2 || minor == 4);

	if (!guard_on(KWP_CLASS_DETECT) || ((mode & S_IFMT) != S_IFBLK && !memory))
		return 0;
	return guard_detected_own(KWP_DETECT_BLOCK_DEVICE);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_create, struct pt_regs *regs, long ret)
{
	struct call_regs from = call_regs(regs);
	struct call call = CALL_NONE;
	bool at = from.form == KWP_FORM_AT || from.form == KWP_FORM_B;
	bool node = from.form == KWP_FORM_A || from.form == KWP_FORM_B; /* mknod, mknodat */
	u64 said;

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
	said = call_said(&call, ret, (struct call_changed){1 << KWP_WRITE, 0});
	if (kwp_settings.kill_only && node && !ret)
		said = said_worse(said, device_said(call.mode, call.extra));
	call_record_said(regs, ret, KWP_CREATE, &call, said);
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
	if (kwp_settings.kill_only && !ret) /* it may have been a directory: see tree.bpf.c */
		place_epoch_end();
	call_changes(regs, ret, KWP_RENAME, &call,
		     (struct call_changed){1 << KWP_WRITE | GUARD_ABOVE, 1 << KWP_WRITE});
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
	call_changes(regs, ret, KWP_LINK, &call, (struct call_changed){0, 1 << KWP_WRITE});
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
	call_changes(regs, ret, KWP_UNLINK, &call,
		     (struct call_changed){1 << KWP_WRITE | GUARD_ABOVE, 0});
	return 0;
}

/* ---- hooks ---- */

static __always_inline void node_hook(u64 by, struct path *dir, struct dentry *dentry, u32 mode,
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

static __always_inline u64 guard_node_made(struct path *dir, struct dentry *dentry, u32 mode,
					   u32 device)
{
	u64 said = guard_entry(dir, dentry, 1 << KWP_WRITE), next = device_said(mode, device);

	return said_worse(said, next);
}

static __always_inline void mkdir_hook(u64 by, struct path *dir, struct dentry *dentry, u16 mode)
{
	node_hook(by, dir, dentry, (mode & ~S_IFMT) | S_IFDIR, 0);
}
HOOK(mkdir, path_mkdir, guard_entry(dir, dentry, 1 << KWP_WRITE), mkdir_hook,
     (struct path * dir, struct dentry *dentry, u16 mode), (dir, dentry, mode))

/* An open that makes a regular file comes here too: the hook of open, or the end
 * of the system call, speaks for it. */
static __always_inline void mknod_hook(u64 by, struct path *dir, struct dentry *dentry, u16 mode,
				       u32 device)
{
	bool regular = S_ISREG(mode) || !(mode & S_IFMT);

	if (!said_verdict(by) && regular &&
	    !(hook_way(bpf_get_current_task_btf(), KWP_CREATE) & KWP_F_HOOK))
		return;
	node_hook(by, dir, dentry, regular ? mode | S_IFREG : mode, device);
}
HOOK(mknod, path_mknod, guard_node_made(dir, dentry, mode, device), mknod_hook,
     (struct path * dir, struct dentry *dentry, u16 mode, u32 device), (dir, dentry, mode, device))

static __always_inline void unlink_record(u64 by, struct path *dir, struct dentry *dentry,
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

static __always_inline void unlink_hook(u64 by, struct path *dir, struct dentry *dentry)
{
	unlink_record(by, dir, dentry, 0);
}
HOOK(unlink, path_unlink, guard_entry(dir, dentry, 1 << KWP_WRITE), unlink_hook,
     (struct path * dir, struct dentry *dentry), (dir, dentry))

static __always_inline void rmdir_hook(u64 by, struct path *dir, struct dentry *dentry)
{
	unlink_record(by, dir, dentry, AT_REMOVEDIR);
}
HOOK(rmdir, path_rmdir, guard_entry(dir, dentry, 1 << KWP_WRITE | GUARD_ABOVE), rmdir_hook,
     (struct path * dir, struct dentry *dentry), (dir, dentry))

/* Adds (mount, dentry) as the second path. */
static __always_inline void second_path(struct kwp_slot *slot, struct vfsmount *mount,
					struct dentry *dentry)
{
	path_resolve(slot, (u64)mount, (u64)dentry);
	record_path(slot, 1);
}

static __always_inline void rename_hook(u64 by, struct path *old_dir, struct dentry *old_dentry,
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

/* Programs that may not be executed somewhere may be moved away: who can do that could have
 * copied them. Who can't read a file must not be able to by moving it. */
static __always_inline u64 guard_rename(struct path *old_dir, struct dentry *old_dentry,
					struct path *new_dir, struct dentry *new_dentry, u32 flags)
{
	struct place place = {.vfsmount = ADDRESS(old_dir->mnt), .dentry = (u64)old_dentry};
	bool exchange = flags & RENAME_EXCHANGE;
	u64 said, next, from;

	said = guard_place(&place, 1 << KWP_WRITE | GUARD_ABOVE);
	from = place.rules;
	place.vfsmount = ADDRESS(new_dir->mnt);
	place.dentry = (u64)new_dentry;
	next = guard_place(&place, 1 << KWP_WRITE | (exchange ? GUARD_ABOVE : 0));
	said = said_worse(said, next);
	if (said_ret(said) || !(from | place.rules))
		return said;
	next = guard_renamed(place.generation, from, place.rules, 1 << KWP_READ);
	said = said_worse(said, next);
	next = exchange ? guard_renamed(place.generation, place.rules, from, 1 << KWP_READ) : 0;
	return said_worse(said, next);
}
HOOK(rename, path_rename, guard_rename(old_dir, old_dentry, new_dir, new_dentry, flags),
     rename_hook,
     (struct path * old_dir, struct dentry *old_dentry, struct path *new_dir,
      struct dentry *new_dentry, u32 flags),
     (old_dir, old_dentry, new_dir, new_dentry, flags))

/* Both names of a hard link are on one mount. */
static __always_inline void link_hook(u64 by, struct dentry *old_dentry, struct path *new_dir,
				      struct dentry *new_dentry)
{
	struct kwp_slot *slot = file_hook_begin(KWP_LINK, by, new_dir->mnt, old_dentry);

	if (!slot)
		return;
	second_path(slot, new_dir->mnt, new_dentry);
	record_end(slot);
}

static __always_inline u64 guard_link(struct dentry *old_dentry, struct path *new_dir,
				      struct dentry *new_dentry)
{
	struct place place = {.vfsmount = ADDRESS(new_dir->mnt), .dentry = (u64)old_dentry};
	u64 said = guard_place(&place, 0), next, from = place.rules;

	place.dentry = (u64)new_dentry;
	next = guard_place(&place, 1 << KWP_WRITE);
	said = said_worse(said, next);
	if (said_ret(said) || !from)
		return said;
	next = guard_renamed(place.generation, from, place.rules, (1 << KWP_ACCESS_COUNT) - 1);
	return said_worse(said, next);
}
HOOK(link, path_link, guard_link(old_dentry, new_dir, new_dentry), link_hook,
     (struct dentry * old_dentry, struct path *new_dir, struct dentry *new_dentry),
     (old_dentry, new_dir, new_dentry))

/* String 0 is the text of the link, as with the system call. */
static __always_inline void symlink_hook(u64 by, struct path *dir, struct dentry *dentry,
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
HOOK(symlink, path_symlink, guard_entry(dir, dentry, 1 << KWP_WRITE), symlink_hook,
     (struct path * dir, struct dentry *dentry, const char *text), (dir, dentry, text))
