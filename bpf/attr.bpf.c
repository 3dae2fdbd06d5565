/* SPDX-License-Identifier: GPL-2.0-only */
/* Hooks of acts on attributes and size: chmod, chown, truncate, xattr. */
#include "call.bpf.h"

static __always_inline void chmod_hook(u64 by, struct path *path, u16 mode)
{
	file_hook_tell(KWP_CHMOD, by, path->mnt, path->dentry, 0, mode, 0);
}
HOOK(chmod, path_chmod, guard_write(path), chmod_hook, (struct path * path, u16 mode), (path, mode))

static __always_inline void chown_hook(u64 by, struct path *path, u32 uid, u32 gid)
{
	file_hook_tell(KWP_CHOWN, by, path->mnt, path->dentry, 0, uid, gid);
}
HOOK(chown, path_chown, guard_write(path), chown_hook, (struct path * path, u32 uid, u32 gid),
     (path, uid, gid))

/* To 6.1 open(O_TRUNC) comes here too, which is an OPEN. */
static __always_inline void truncate_hook(u64 by, struct path *path)
{
	if (said_verdict(by) || hook_way(bpf_get_current_task_btf(), KWP_TRUNCATE))
		file_hook_tell(KWP_TRUNCATE, by, path->mnt, path->dentry, 0, 0, 0);
}
HOOK(truncate, path_truncate, guard_write(path), truncate_hook, (struct path * path), (path))

/* Since 6.2, for descriptors. Only io_uring's, which began with 6.9: the end of
 * ftruncate sees the rest, and open(O_TRUNC) is an OPEN. */
static __always_inline void ftruncate_hook(u64 by, struct file *file)
{
	struct kwp_file_act *act;
	struct kwp_slot *slot;

	if (!said_verdict(by) &&
	    hook_way(bpf_get_current_task_btf(), KWP_TRUNCATE) != KWP_F_URING)
		return;
	slot = hook_begin(KWP_TRUNCATE, by, sizeof(*act));
	if (!slot)
		return;
	act = record_facts(slot);
	act->fd = -1;
	act->dirfd = AT_FDCWD;
	record_file(slot, &act->file, 0, (u64)file);
	record_end(slot);
}
HOOK(ftruncate, file_truncate, guard_write(&file->f_path), ftruncate_hook, (struct file * file),
     (file))

/* The mount by which the task may have come to a dentry, of which these hooks
 * do not tell: that of its root or working directory, if it has this filesystem. */
static __always_inline struct vfsmount *dentry_mount(struct dentry *dentry)
{
	struct fs_struct *fs = bpf_get_current_task_btf()->fs;

	if (fs->root.mnt->mnt_sb == dentry->d_sb)
		return fs->root.mnt;
	return fs->pwd.mnt->mnt_sb == dentry->d_sb ? fs->pwd.mnt : NULL;
}

/* overlayfs repeats the act on the file beneath as another user. */
static __always_inline bool xattr_repeated(void)
{
	struct task_struct *task = bpf_get_current_task_btf();

	return task->cred != task->real_cred && !(hook_way(task, KWP_XATTR) & KWP_F_URING);
}

static __always_inline u64 guard_xattr(struct dentry *dentry)
{
	struct place place = {.vfsmount = (u64)dentry_mount(dentry), .dentry = (u64)dentry};

	if (!guard_on(KWP_CLASS_FILE) || xattr_repeated())
		return 0;
	return guard_place(&place, 1 << KWP_WRITE);
}

static __always_inline void xattr_record(u64 by, struct dentry *dentry, const char *name, u64 size,
					 u64 flags)
{
	struct kwp_file_act *act;
	struct vfsmount *mount;
	struct kwp_slot *slot;

	if (xattr_repeated())
		return;
	mount = dentry_mount(dentry);
	slot = file_hook_begin(KWP_XATTR, by, mount, dentry);
	if (!slot)
		return;
	act = record_facts(slot);
	act->flags = flags;
	act->extra = size;
	if (!mount)
		slot->record.incomplete |= KWP_NO_PATH;
	record_kernel_str(slot, 1, (u64)name);
	record_end(slot);
}

static __always_inline void setxattr_hook(u64 by, struct dentry *dentry, const char *name, u64 size,
					  u32 flags)
{
	xattr_record(by, dentry, name, size, flags);
}
HOOK(setxattr, inode_setxattr, guard_xattr(dentry), setxattr_hook,
     (void *idmap, struct dentry *dentry, const char *name, void *value, u64 size, u32 flags),
     (dentry, name, size, flags))

static __always_inline void rmxattr_hook(u64 by, struct dentry *dentry, const char *name)
{
	xattr_record(by, dentry, name, 0, KWP_XATTR_REMOVE);
}
HOOK(rmxattr, inode_removexattr, guard_xattr(dentry), rmxattr_hook,
     (void *idmap, struct dentry *dentry, const char *name), (dentry, name))

/* Access lists, which were extended attributes to 6.1. */
static __always_inline void acl_hook(u64 by, struct dentry *dentry, const char *name)
{
	xattr_record(by, dentry, name, 0, 0);
}
HOOK(setacl, inode_set_acl, guard_xattr(dentry), acl_hook,
     (void *idmap, struct dentry *dentry, const char *name, void *acl), (dentry, name))
HOOK(rmacl, inode_remove_acl, guard_xattr(dentry), rmxattr_hook,
     (void *idmap, struct dentry *dentry, const char *name), (dentry, name))

/* ---- times ---- */

#define ATTR_SIZE (1 << 3)
#define ATTR_TIMES (1 << 4 | 1 << 5) /* of the last access and the last change */

/* What utimes(2) and its like do; a truncation sets a time too. */
static __always_inline u64 guard_times(struct dentry *dentry, struct iattr *attr)
{
	u32 valid = attr->ia_valid;

	return (valid & ATTR_TIMES) && !(valid & ATTR_SIZE) ? guard_xattr(dentry) : 0;
}

/* No event is about times, so this one is an attribute of that name. */
static __always_inline void times_tell(u64 by, struct dentry *dentry)
{
	static const char name[] = "times";

	if (said_verdict(by))
		xattr_record(by, dentry, name, 0, 0);
}

static __always_inline u64 times_hook(u32 by, struct dentry *dentry, struct iattr *attr)
{
	u64 said = guard_times(dentry, attr);

	times_tell(by | said, dentry);
	return said;
}

/* Not by HOOK(): the hook had fewer parameters than the function around it to 6.8. */
SEC("lsm/inode_setattr")
int kwp_l_times(u64 *ctx)
{
	if (kwp_settings.setattr)
		return said_ret(times_hook(KWP_BY_LSM, *(struct dentry *volatile *)&ctx[1],
					   *(struct iattr *volatile *)&ctx[2]));
	return said_ret(times_hook(KWP_BY_LSM, *(struct dentry *volatile *)&ctx[0],
				   *(struct iattr *volatile *)&ctx[1]));
}

SEC("fmod_ret/security_inode_setattr")
int BPF_PROG(kwp_m_times, void *idmap, struct dentry *dentry, struct iattr *attr)
{
	return said_ret(times_hook(KWP_BY_FMOD_RET, dentry, attr));
}
