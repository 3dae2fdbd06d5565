/* SPDX-License-Identifier: GPL-2.0-only */
/* Mounts that lead out of a container: whose file systems are the kernel's control, or those of
 * disks and other machines. */
#ifndef KWP_ESCAPE_BPF_H
#define KWP_ESCAPE_BPF_H

#include "call.bpf.h"
#include "home.bpf.h"

#include <linux/mount.h>

/* Calls of mount(2) that only change one that is there. */
#define MOUNT_OLD                                                                                  \
	(MS_BIND | MS_MOVE | MS_REMOUNT | MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE)
#define TYPE_MAX 16 /* bytes of a type's name, as two numbers */
#define MNT_READONLY 0x40
#define NR_FSCONFIG 431 /* on every architecture */
#define PROC_SUPER_MAGIC 0x9fa0
#define SYSFS_MAGIC 0x62656572

static const char escapes[][TYPE_MAX] = {
	"cgroup", "cgroup2", "tracefs", "debugfs", "securityfs", "binfmt_misc", "configfs", "bpf",
	"selinuxfs", "devtmpfs", "ext2", "ext3", "ext4", "xfs", "btrfs", "vfat", "msdos", "f2fs",
	"reiserfs", "jfs", "ntfs3", "virtiofs", "9p", "hfsplus", "iso9660",
	"exfat", "udf", "minix", "nfs", "nfs4", "cifs", "smb3", "ceph", "pstore", "efivarfs",
};

static __noinline bool type_escapes(u64 first, u64 second)
{
#pragma unroll
	for (u32 i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++)
		if (first == ((const u64 *)escapes[i])[0] && second == ((const u64 *)escapes[i])[1])
			return true;
	return false;
}

static __always_inline bool is_escape(u64 type)
{
	u64 name[2] = {};

	return type && bpf_probe_read_kernel_str(name, sizeof(name), (void *)type) > 0 &&
	       type_escapes(name[0], name[1]);
}

static __always_inline u64 type_name(struct super_block *super)
{
	return (u64)BPF_CORE_READ(super, s_type, name);
}

/* ---- where no hook can deny ---- */

static __always_inline u64 mount_ended(long ret, u64 type, u64 flags)
{
	u64 name[2] = {};

	if (!kwp_settings.kill_only || !guard_on(KWP_CLASS_DETECT) || ret || (flags & MOUNT_OLD) ||
	    bpf_probe_read_user_str(name, sizeof(name), (void *)type) <= 0 ||
	    !type_escapes(name[0], name[1]))
		return 0;
	return guard_detected_own(KWP_DETECT_MOUNT_ESCAPE);
}

/* The same of fsmount(2), whose mount can be used by its descriptor. */
static __always_inline u64 fsmount_ended(long ret, u64 file)
{
	if (!kwp_settings.kill_only || !guard_on(KWP_CLASS_DETECT) || ret < 0 ||
	    !is_escape(type_name(BPF_CORE_READ((struct file *)file, f_inode, i_sb))))
		return 0;
	return guard_detected_own(KWP_DETECT_MOUNT_ESCAPE);
}

/* ---- hooks ---- */

/* What may only be read is made writable. */
static __always_inline bool opens_control(struct path *path, u64 flags)
{
	u64 magic = dentry_magic(ADDRESS(path->dentry));

	return (flags & (MS_REMOUNT | MS_RDONLY)) == MS_REMOUNT &&
	       (magic == PROC_SUPER_MAGIC || magic == SYSFS_MAGIC) &&
	       (path->mnt->mnt_flags & MNT_READONLY);
}

static __always_inline u64 guard_escape(struct path *path, u64 type, u64 flags)
{
	if (!guard_on(KWP_CLASS_DETECT) ||
	    !((!(flags & MOUNT_OLD) && is_escape(type)) || opens_control(path, flags)))
		return 0;
	return guard_detected_own(KWP_DETECT_MOUNT_ESCAPE);
}

/* fsconfig(2) makes what a mount is made of, which need not get a place to be used. mount(2) comes
 * here too, and was asked before. */
static __always_inline u64 guard_made(struct super_block *super)
{
	struct task_struct *task = bpf_get_current_task_btf();

	if (!guard_on(KWP_CLASS_DETECT) ||
	    regs_nr((struct pt_regs *)bpf_task_pt_regs(task)) != NR_FSCONFIG ||
	    !is_escape(type_name(super)))
		return 0;
	return guard_detected_own(KWP_DETECT_MOUNT_ESCAPE);
}

#endif
