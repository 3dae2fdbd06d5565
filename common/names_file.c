/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of files, file systems and mounts. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/falloc.h>
#include <linux/magic.h>
#include <linux/memfd.h>
#include <linux/mount.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "names_list.h"

/* The C library says 0 on 64-bit machines; the kernel's bit shows all the
 * same, because the kernel sets it and musl passes it. */
#ifdef __aarch64__
#define KERNEL_LARGEFILE 0400000
#else
#define KERNEL_LARGEFILE 0100000
#endif

static const struct name_row open_rows[] = {
	ROW(O_RDONLY), ROW(O_WRONLY), ROW(O_RDWR), ROW(O_ACCMODE),
	ROW(O_CREAT), ROW(O_EXCL), ROW(O_NOCTTY), ROW(O_TRUNC), ROW(O_APPEND), ROW(O_NONBLOCK),
	ROW(O_SYNC), ROW(O_DSYNC), ROW(O_ASYNC), ROW(O_DIRECT),
	{"O_LARGEFILE", KERNEL_LARGEFILE},
	ROW(O_TMPFILE), ROW(O_DIRECTORY), ROW(O_NOFOLLOW), ROW(O_NOATIME), ROW(O_CLOEXEC),
	ROW(O_PATH),
	{"O_RSYNC", O_SYNC}, {"O_NDELAY", O_NONBLOCK},
};
NAME_LIST(open, 23, O_ACCMODE, "O_");

static const struct name_row descriptor_rows[] = {
	ROW(O_CLOEXEC), ROW(O_NONBLOCK), ROW(O_DIRECT), ROW(O_TRUNC), ROW(EFD_SEMAPHORE),
};
NAME_LIST(descriptor, 5, 0, "O_");

static const struct name_row at_rows[] = {
	ROW(AT_SYMLINK_NOFOLLOW), ROW(AT_EACCESS), ROW(AT_SYMLINK_FOLLOW), ROW(AT_NO_AUTOMOUNT),
	ROW(AT_EMPTY_PATH), ROW(AT_STATX_FORCE_SYNC), ROW(AT_STATX_DONT_SYNC), ROW(AT_RECURSIVE),
};
NAME_LIST(at, 8, 0, "AT_");

static const struct name_row unlink_at_rows[] = {
	ROW(AT_REMOVEDIR),
};
NAME_LIST(unlink_at, 1, 0, "AT_");

static const struct name_row access_rows[] = {
	{"F_OK", 0}, {"R_OK", 4}, {"W_OK", 2}, {"X_OK", 1},
};
NAME_LIST(access, 4, 0, "");

static const struct name_row file_type_rows[] = {
	{"regular", S_IFREG}, {"directory", S_IFDIR}, {"symlink", S_IFLNK}, {"char", S_IFCHR},
	{"block", S_IFBLK}, {"fifo", S_IFIFO}, {"socket", S_IFSOCK},
};
NAME_LIST(file_type, 7, ALL_BITS, "");

static const struct name_row seek_rows[] = {
	ROW(SEEK_SET), ROW(SEEK_CUR), ROW(SEEK_END), ROW(SEEK_DATA), ROW(SEEK_HOLE),
};
NAME_LIST(seek, 5, ALL_BITS, "SEEK_");

static const struct name_row fcntl_rows[] = {
	ROW(F_DUPFD), ROW(F_GETFD), ROW(F_SETFD), ROW(F_GETFL), ROW(F_SETFL), ROW(F_GETLK),
	ROW(F_SETLK), ROW(F_SETLKW), ROW(F_SETOWN), ROW(F_GETOWN), ROW(F_SETSIG), ROW(F_GETSIG),
	ROW(F_SETOWN_EX), ROW(F_GETOWN_EX), ROW(F_OFD_GETLK), ROW(F_OFD_SETLK),
	ROW(F_OFD_SETLKW), ROW(F_SETLEASE), ROW(F_GETLEASE), ROW(F_NOTIFY),
	{"F_DUPFD_QUERY", 1027}, {"F_CREATED_QUERY", 1028},
	ROW(F_DUPFD_CLOEXEC), ROW(F_SETPIPE_SZ), ROW(F_GETPIPE_SZ), ROW(F_ADD_SEALS),
	ROW(F_GET_SEALS),
};
NAME_LIST(fcntl, 27, ALL_BITS, "F_");

static const struct name_row rename_rows[] = {
	{"RENAME_NOREPLACE", 1}, {"RENAME_EXCHANGE", 2}, {"RENAME_WHITEOUT", 4},
};
NAME_LIST(rename, 3, 0, "RENAME_");

static const struct name_row xattr_rows[] = {
	{"XATTR_CREATE", 1}, {"XATTR_REPLACE", 2},
};
NAME_LIST(xattr, 2, 0, "XATTR_");

static const struct name_row fallocate_rows[] = {
	ROW(FALLOC_FL_KEEP_SIZE), ROW(FALLOC_FL_PUNCH_HOLE), ROW(FALLOC_FL_NO_HIDE_STALE),
	ROW(FALLOC_FL_COLLAPSE_RANGE), ROW(FALLOC_FL_ZERO_RANGE), ROW(FALLOC_FL_INSERT_RANGE),
	ROW(FALLOC_FL_UNSHARE_RANGE),
};
NAME_LIST(fallocate, 7, 0, "FALLOC_FL_");

static const struct name_row close_range_rows[] = {
	ROW(CLOSE_RANGE_UNSHARE), ROW(CLOSE_RANGE_CLOEXEC),
};
NAME_LIST(close_range, 2, 0, "CLOSE_RANGE_");

static const struct name_row memfd_rows[] = {
	ROW(MFD_CLOEXEC), ROW(MFD_ALLOW_SEALING), ROW(MFD_HUGETLB),
	{"MFD_NOEXEC_SEAL", 8}, {"MFD_EXEC", 0x10}, /* since Linux 6.3 */
};
NAME_LIST(memfd, 5, 0, "MFD_");

static const struct name_row mount_rows[] = {
	ROW(MS_RDONLY), ROW(MS_NOSUID), ROW(MS_NODEV), ROW(MS_NOEXEC), ROW(MS_SYNCHRONOUS),
	ROW(MS_REMOUNT), ROW(MS_MANDLOCK), ROW(MS_DIRSYNC), ROW(MS_NOSYMFOLLOW), ROW(MS_NOATIME),
	ROW(MS_NODIRATIME), ROW(MS_BIND), ROW(MS_MOVE), ROW(MS_REC), ROW(MS_SILENT),
	ROW(MS_POSIXACL), ROW(MS_UNBINDABLE), ROW(MS_PRIVATE), ROW(MS_SLAVE), ROW(MS_SHARED),
	ROW(MS_RELATIME), ROW(MS_KERNMOUNT), ROW(MS_I_VERSION), ROW(MS_STRICTATIME),
	ROW(MS_LAZYTIME),
};
NAME_LIST(mount, 25, 0, "MS_");

static const struct name_row umount_rows[] = {
	{"MNT_FORCE", 1}, {"MNT_DETACH", 2}, {"MNT_EXPIRE", 4}, {"UMOUNT_NOFOLLOW", 8},
};
NAME_LIST(umount, 4, 0, "MNT_");

static const struct name_row open_tree_rows[] = {
	ROW(OPEN_TREE_CLONE), ROW(OPEN_TREE_CLOEXEC), ROW(AT_SYMLINK_NOFOLLOW),
	ROW(AT_NO_AUTOMOUNT), ROW(AT_EMPTY_PATH), ROW(AT_RECURSIVE),
};
NAME_LIST(open_tree, 6, 0, "");

static const struct name_row move_mount_rows[] = {
	ROW(MOVE_MOUNT_F_SYMLINKS), ROW(MOVE_MOUNT_F_AUTOMOUNTS), ROW(MOVE_MOUNT_F_EMPTY_PATH),
	ROW(MOVE_MOUNT_T_SYMLINKS), ROW(MOVE_MOUNT_T_AUTOMOUNTS), ROW(MOVE_MOUNT_T_EMPTY_PATH),
	ROW(MOVE_MOUNT_SET_GROUP),
	{"MOVE_MOUNT_BENEATH", 0x200}, /* since Linux 6.5 */
};
NAME_LIST(move_mount, 8, 0, "MOVE_MOUNT_");

static const struct name_row mount_attr_rows[] = {
	ROW(MOUNT_ATTR_RDONLY), ROW(MOUNT_ATTR_NOSUID), ROW(MOUNT_ATTR_NODEV),
	ROW(MOUNT_ATTR_NOEXEC), ROW(MOUNT_ATTR_NOATIME), ROW(MOUNT_ATTR_STRICTATIME),
	ROW(MOUNT_ATTR_NODIRATIME), ROW(MOUNT_ATTR_IDMAP), ROW(MOUNT_ATTR_NOSYMFOLLOW),
};
NAME_LIST(mount_attr, 9, 0, "MOUNT_ATTR_");

/* As in /proc/filesystems. ext2 and ext3 have ext4's number; virtiofs that of
 * fuse; devtmpfs that of tmpfs. Numbers that <linux/magic.h> lacks come from
 * the file systems' own sources. */
static const struct name_row filesystem_rows[] = {
	{"ext4", EXT4_SUPER_MAGIC}, {"xfs", XFS_SUPER_MAGIC}, {"btrfs", BTRFS_SUPER_MAGIC},
	{"f2fs", F2FS_SUPER_MAGIC}, {"bcachefs", 0xca451a4e}, {"zfs", 0x2fc12fc1},
	{"erofs", EROFS_SUPER_MAGIC_V1}, {"squashfs", SQUASHFS_MAGIC},
	{"cramfs", CRAMFS_MAGIC}, {"iso9660", ISOFS_SUPER_MAGIC}, {"udf", UDF_SUPER_MAGIC},
	{"vfat", MSDOS_SUPER_MAGIC}, {"exfat", EXFAT_SUPER_MAGIC}, {"ntfs3", 0x7366746e},
	{"minix", MINIX_SUPER_MAGIC}, {"reiserfs", REISERFS_SUPER_MAGIC}, {"jfs", 0x3153464a},
	{"nilfs2", NILFS_SUPER_MAGIC}, {"jffs2", JFFS2_SUPER_MAGIC}, {"ubifs", 0x24051905},
	{"romfs", 0x7275}, {"ocfs2", OCFS2_SUPER_MAGIC}, {"gfs2", 0x01161970},
	{"overlay", OVERLAYFS_SUPER_MAGIC}, {"aufs", 0x61756673},
	{"ecryptfs", ECRYPTFS_SUPER_MAGIC}, {"fuse", FUSE_SUPER_MAGIC},
	{"fusectl", 0x65735543}, {"9p", V9FS_MAGIC},
	{"nfs", NFS_SUPER_MAGIC}, {"nfsd", 0x6e667364}, {"rpc_pipefs", 0x67596969},
	{"cifs", CIFS_SUPER_MAGIC}, {"smb2", SMB2_SUPER_MAGIC}, {"ceph", CEPH_SUPER_MAGIC},
	{"afs", AFS_SUPER_MAGIC}, {"kafs", AFS_FS_MAGIC}, {"lustre", 0x0bd00bd0},
	{"vboxsf", 0x786f4256},
	{"tmpfs", TMPFS_MAGIC}, {"ramfs", RAMFS_MAGIC}, {"hugetlbfs", HUGETLBFS_MAGIC},
	{"proc", PROC_SUPER_MAGIC}, {"sysfs", SYSFS_MAGIC}, {"cgroup", CGROUP_SUPER_MAGIC},
	{"cgroup2", CGROUP2_SUPER_MAGIC}, {"devpts", DEVPTS_SUPER_MAGIC}, {"mqueue", 0x19800202},
	{"bpf", BPF_FS_MAGIC}, {"debugfs", DEBUGFS_MAGIC}, {"tracefs", TRACEFS_MAGIC},
	{"securityfs", SECURITYFS_MAGIC}, {"selinuxfs", SELINUX_MAGIC}, {"smackfs", SMACK_MAGIC},
	{"apparmorfs", AAFS_MAGIC}, {"configfs", 0x62656570}, {"pstore", PSTOREFS_MAGIC},
	{"efivarfs", EFIVARFS_MAGIC}, {"binfmt_misc", BINFMTFS_MAGIC},
	{"autofs", AUTOFS_SUPER_MAGIC},
	{"resctrl", RDTGROUP_SUPER_MAGIC}, {"binder", BINDERFS_SUPER_MAGIC},
	{"usbfs", USBDEVICE_SUPER_MAGIC}, {"xenfs", XENFS_SUPER_MAGIC},
	{"pipefs", PIPEFS_MAGIC}, {"sockfs", SOCKFS_MAGIC}, {"anon_inode", ANON_INODE_FS_MAGIC},
	{"nsfs", NSFS_MAGIC}, {"pidfs", 0x50494446}, {"secretmem", SECRETMEM_MAGIC},
	{"bdev", BDEVFS_MAGIC}, {"dmabuf", DMA_BUF_MAGIC}, {"devmem", DEVMEM_MAGIC},
	{"guest_memfd", 0x474d454d}, {"coda", CODA_SUPER_MAGIC}, {"qnx4", QNX4_SUPER_MAGIC},
};
NAME_LIST(filesystem, 76, ALL_BITS, "");

static const struct name_row epoll_rows[] = {
	ROW(EPOLL_CTL_ADD), ROW(EPOLL_CTL_DEL), ROW(EPOLL_CTL_MOD),
};
NAME_LIST(epoll, 3, ALL_BITS, "EPOLL_CTL_");
