/* SPDX-License-Identifier: GPL-2.0-only */
/* Hooks of acts on names: create (mkdir, mknod), rename, unlink, link. */
#include "call.bpf.h"

#define RENAME_EXCHANGE (1 << 1)

static __always_inline u64 guard_node_made(struct path *dir, struct dentry *dentry, u32 mode,
					   u32 device)
{
	u64 said = guard_entry(dir, dentry, 1 << KWP_WRITE), next = device_said(mode, device);

	return said_worse(said, next);
}

static __always_inline void mkdir_hook(u64 by, struct path *dir, struct dentry *dentry, u16 mode)
{
	file_hook_tell(KWP_CREATE, by, dir->mnt, dentry, 0, (mode & ~S_IFMT) | S_IFDIR, 0);
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
	file_hook_tell(KWP_CREATE, by, dir->mnt, dentry, 0, regular ? mode | S_IFREG : mode,
		       device);
}
HOOK(mknod, path_mknod, guard_node_made(dir, dentry, mode, device), mknod_hook,
     (struct path * dir, struct dentry *dentry, u16 mode, u32 device), (dir, dentry, mode, device))

static __always_inline void unlink_hook(u64 by, struct path *dir, struct dentry *dentry)
{
	file_hook_tell(KWP_UNLINK, by, dir->mnt, dentry, 0, 0, 0);
}
HOOK(unlink, path_unlink, guard_entry(dir, dentry, 1 << KWP_WRITE), unlink_hook,
     (struct path * dir, struct dentry *dentry), (dir, dentry))

static __always_inline void rmdir_hook(u64 by, struct path *dir, struct dentry *dentry)
{
	file_hook_tell(KWP_UNLINK, by, dir->mnt, dentry, AT_REMOVEDIR, 0, 0);
}
HOOK(rmdir, path_rmdir, guard_entry(dir, dentry, 1 << KWP_WRITE | GUARD_ABOVE), rmdir_hook,
     (struct path * dir, struct dentry *dentry), (dir, dentry))

static __always_inline void rename_hook(u64 by, struct path *old_dir, struct dentry *old_dentry,
					struct path *new_dir, struct dentry *new_dentry, u32 flags)
{
	struct kwp_slot *slot = file_hook_begin(KWP_RENAME, by, old_dir->mnt, old_dentry);
	struct kwp_file_act *act;

	if (!slot)
		return;
	act = record_facts(slot);
	act->flags = flags;
	record_place(slot, 1, (u64)new_dir->mnt, (u64)new_dentry);
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
	record_place(slot, 1, (u64)new_dir->mnt, (u64)new_dentry);
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
	record_place(slot, 1, (u64)dir->mnt, (u64)dentry);
	record_end(slot);
}
HOOK(symlink, path_symlink, guard_entry(dir, dentry, 1 << KWP_WRITE), symlink_hook,
     (struct path * dir, struct dentry *dentry, const char *text), (dir, dentry, text))
