/* SPDX-License-Identifier: GPL-2.0-only */
/* Files and paths as the kernel resolved them. */
#ifndef KWP_FILE_BPF_H
#define KWP_FILE_BPF_H

#include "hook.bpf.h"

/* Reads the first SNAP_SIZE bytes of a kernel object at once: one call instead
 * of one a field. */
static __always_inline void snap_take(struct kwp_slot *slot, u64 object)
{
	bpf_probe_read_kernel(slot->snap, SNAP_SIZE, (void *)object);
}

/* Takes a field out of the first bytes of an object, or reads it alone if this kernel
 * has it further back; the verifier knows the offset and drops the other branch. */
#define copy_get(copy, size, object, type, field)                                                  \
	({                                                                                         \
		__typeof__(((type *)0)->field) v_;                                                 \
		u32 at_ = bpf_core_field_offset(((type *)0)->field);                               \
		if (at_ <= (size) - sizeof(v_))                                                    \
			v_ = *(__typeof__(v_) *)((copy) + at_);                                    \
		else                                                                               \
			bpf_core_read(&v_, sizeof(v_), &((type *)(object))->field);                \
		v_;                                                                                \
	})
#define snap_get(slot, object, type, field)                                                        \
	copy_get((slot)->snap, SNAP_SIZE, object, type, field)

static __always_inline s64 inode_ctime(struct kwp_slot *slot, u64 inode)
{
	if (bpf_core_field_exists(((struct inode *)0)->i_ctime_sec))
		return snap_get(slot, inode, struct inode, i_ctime_sec) * 1000000000ll +
		       snap_get(slot, inode, struct inode, i_ctime_nsec);
	if (bpf_core_field_exists(((struct inode___uctime *)0)->__i_ctime)) {
		struct timespec64 t = snap_get(slot, inode, struct inode___uctime, __i_ctime);
		return t.tv_sec * 1000000000ll + t.tv_nsec;
	}
	struct timespec64 t = snap_get(slot, inode, struct inode___ctime, i_ctime);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

SUBPROG_ONCE int file_read_inode(struct kwp_slot *slot, struct kwp_file *out)
{
	struct super_block *sb;
	u64 inode, upper = 0;

	if (!slot || !out || !slot->from[0])
		return 0;
	inode = slot->from[0];
	snap_take(slot, inode);
	out->inode = snap_get(slot, inode, struct inode, i_ino);
	out->size = snap_get(slot, inode, struct inode, i_size);
	out->mode = snap_get(slot, inode, struct inode, i_mode);
	out->links = snap_get(slot, inode, struct inode, i_nlink);
	out->uid = snap_get(slot, inode, struct inode, i_uid.val);
	out->gid = snap_get(slot, inode, struct inode, i_gid.val);
	out->generation = snap_get(slot, inode, struct inode, i_generation);
	out->ctime = inode_ctime(slot, inode);
	sb = snap_get(slot, inode, struct inode, i_sb);
	if (!sb)
		return 0;
	snap_take(slot, (u64)sb);
	out->device = snap_get(slot, (u64)sb, struct super_block, s_dev);
	out->magic = snap_get(slot, (u64)sb, struct super_block, s_magic);
	/* struct ovl_inode is in a module's BTF at times; its __upperdentry has
	 * followed the embedded inode since 4.19. */
	if (out->magic == OVERLAYFS_SUPER_MAGIC &&
	    !bpf_probe_read_kernel(&upper, sizeof(upper),
				   (void *)inode + bpf_core_type_size(struct inode)) && upper)
		out->flags |= KWP_FILE_UPPER;
	return 0;
}

/* Fills *out from an inode's address. */
static __always_inline void file_from_inode(struct kwp_slot *slot, struct kwp_file *out, u64 inode)
{
	slot->from[0] = inode;
	file_read_inode(slot, out);
}

/* ---- paths ---- */

struct path_walk {
	struct kwp_slot *slot;
	u64 dentry, mount, mount_root;
	u64 parent, mountpoint; /* of the mount */
	u32 at;	     /* where the text begins in slot->path */
	u32 ended;   /* the root was reached */
	u32 flags;   /* enum kwp_file_flag: what the way to the file says of it */
};

/* What a step of the walk needs of a dentry: neighbours in all kernels so far. */
struct path_name {
	u64 hashed; /* 0: no name leads here any more */
	u64 parent;
	u64 hash_len;
	u64 name;
};

static __always_inline void path_read_name(struct path_name *out, u64 dentry)
{
	const u32 hash = bpf_core_field_offset(((struct dentry *)0)->d_hash.pprev);
	const u32 parent = bpf_core_field_offset(((struct dentry *)0)->d_parent);
	const u32 name = bpf_core_field_offset(((struct dentry *)0)->d_name);

	if (parent == hash + 8 && name == hash + 16) {
		bpf_probe_read_kernel(out, sizeof(*out), (void *)dentry + hash);
		return;
	}
	bpf_probe_read_kernel(&out->hashed, 8, (void *)dentry + hash);
	bpf_probe_read_kernel(&out->parent, 8, (void *)dentry + parent);
	bpf_probe_read_kernel(&out->hash_len, 16, (void *)dentry + name);
}

/* The same of a mount. */
struct path_mount {
	u64 parent, mountpoint;
	u64 root, super;
	u32 flags, pad;
};

static __always_inline void path_enter_mount(struct path_walk *walk, u64 mount)
{
	const u32 parent = bpf_core_field_offset(((struct mount *)0)->mnt_parent);
	const u32 root = bpf_core_field_offset(((struct mount *)0)->mnt.mnt_root);
	const u32 flags = bpf_core_field_offset(((struct mount *)0)->mnt.mnt_flags);
	struct path_mount m = {};

	if (root == parent + 16 && flags == parent + 32) {
		bpf_probe_read_kernel(&m, sizeof(m), (void *)mount + parent);
	} else {
		bpf_core_read(&m.parent, 8, &((struct mount *)mount)->mnt_parent);
		bpf_core_read(&m.mountpoint, 8, &((struct mount *)mount)->mnt_mountpoint);
		bpf_core_read(&m.root, 8, &((struct mount *)mount)->mnt.mnt_root);
		bpf_core_read(&m.flags, 4, &((struct mount *)mount)->mnt.mnt_flags);
	}
	walk->mount = mount;
	walk->mount_root = m.root;
	walk->parent = m.parent;
	walk->mountpoint = m.mountpoint;
	if (m.flags & MNT_INTERNAL)
		walk->flags |= KWP_FILE_KERNMOUNT;
}

/* Puts "/name" before the text. False when it does not fit. */
static __always_inline bool path_prepend(struct path_walk *walk, const struct path_name *name)
{
	u32 size = name->hash_len >> 32, at = walk->at;

	if (size > 255 || at <= size || at > KWP_PATH_MAX)
		return false;
	size &= 255;
	at = (at - size - 1) & (KWP_PATH_MAX - 1);
	asm volatile("" : "+r"(at), "+r"(size));
	at &= KWP_PATH_MAX - 1;
	size &= 255;
	walk->slot->path[at] = '/';
	bpf_probe_read_kernel(&walk->slot->path[at + 1], size, (void *)name->name);
	walk->at = at;
	return true;
}

/* A name that has none above it on this mount: the root of the mount, and the
 * walk goes on where that is mounted; or a file without a place in any tree
 * (memfd, pipe), which has its own name only. */
static __always_inline long path_leave_mount(struct path_walk *walk)
{
	struct path_name name = {};

	if (walk->parent && walk->parent != walk->mount) {
		walk->dentry = walk->mountpoint;
		path_enter_mount(walk, walk->parent);
		return 0;
	}
	walk->ended = 1;
	if (walk->at == KWP_PATH_MAX - 1 && walk->dentry != walk->mount_root) {
		path_read_name(&name, walk->dentry);
		path_prepend(walk, &name);
	}
	return 1;
}

static __attribute__((unused)) long path_step(u32 index, struct path_walk *walk)
{
	struct path_name name = {};

	if (walk->dentry == walk->mount_root)
		return path_leave_mount(walk);
	path_read_name(&name, walk->dentry);
	if (name.parent == walk->dentry)
		return path_leave_mount(walk);
	if (!index && !name.hashed)
		walk->flags |= KWP_FILE_UNHASHED;
	walk->dentry = name.parent;
	return !path_prepend(walk, &name);
}

SUBPROG_ONCE int path_walk(struct kwp_slot *slot)
{
	struct path_walk walk = {.slot = slot, .at = KWP_PATH_MAX - 1};
	u64 vfsmount;

	if (!slot)
		return 0;
	vfsmount = slot->from[0];
	walk.dentry = slot->from[1];
	slot->path_at = KWP_PATH_MAX - 1;
	if (!vfsmount || !walk.dentry)
		return 0;
	path_enter_mount(&walk, vfsmount - bpf_core_field_offset(((struct mount *)0)->mnt));
	bpf_loop(KWP_PATH_MAX, path_step, &walk, 0);
	if (!walk.ended)
		slot->record.incomplete |= KWP_NO_PATH;
	if (walk.at == KWP_PATH_MAX - 1)
		slot->path[--walk.at & (KWP_PATH_MAX - 1)] = '/';
	slot->path_at = walk.at;
	return walk.flags;
}

/* Writes the path from the root of the mount namespace to (mount, dentry)
 * into slot->path and sets path_at. Any depth, 4,095 bytes; what is longer
 * keeps its end and is marked incomplete. Returns flags for kwp_file. */
static __always_inline u32 path_resolve(struct kwp_slot *slot, u64 vfsmount, u64 dentry)
{
	slot->from[0] = vfsmount;
	slot->from[1] = dentry;
	return path_walk(slot);
}

/* Makes what path_resolve() wrote string n. */
SUBPROG_ONCE int record_path(struct kwp_slot *slot, u32 n)
{
	u32 at, size;
	char *to;

	if (!slot)
		return 0;
	to = record_room(slot);
	at = slot->path_at;
	asm volatile("" : "+r"(at));
	if (!to || at >= KWP_PATH_MAX - 1)
		return 0;
	size = KWP_PATH_MAX - 1 - at;
	asm volatile("" : "+r"(size));
	size &= KWP_PATH_MAX - 1;
	bpf_probe_read_kernel(to, size, &slot->path[at]);
	record_took(slot, n, size);
	return 0;
}

/* ---- struct file ---- */

/* The address of the struct file behind a descriptor of the current task, 0: none. */
static __always_inline u64 fd_file(struct task_struct *task, long fd)
{
	/* Typed pointers: the verifier's search (see ADDRESS) is paid once a program, loads
	 * instead of calls are gained with every open. */
	struct files_struct *files = task->files;
	struct fdtable *table;
	u64 file = 0;

	if (!files)
		return 0;
	table = files->fdt;
	if (fd < 0 || (u64)fd >= table->max_fds)
		return 0;
	bpf_probe_read_kernel(&file, sizeof(file), &table->fd[fd]);
	return file;
}

/* Fills *out and makes the path of the struct file at this address string n. */
SUBPROG int record_file(struct kwp_slot *slot, struct kwp_file *out, u32 n, u64 file)
{
	struct inode *inode;
	struct path path;

	if (!file)
		return 0;
	snap_take(slot, file);
	path = snap_get(slot, file, struct file, f_path);
	inode = snap_get(slot, file, struct file, f_inode);
	if (!inode)
		return 0;
	file_from_inode(slot, out, (u64)inode);
	out->flags |= path_resolve(slot, (u64)path.mnt, (u64)path.dentry);
	record_path(slot, n);
	return 0;
}

/* ---- paths in the caller's words ---- */

/* String n is a path in the caller's words. True: it is relative, so its
 * directory should follow. */
SUBPROG_ONCE int record_relative(struct kwp_slot *slot, u32 n, u64 from)
{
	char *at;

	if (!slot)
		return 0;
	at = record_room(slot);
	record_words(slot, n, from);
	return n < KWP_STRINGS && slot->record.length[n] && at && *at != '/';
}

/* String n is the directory that a relative path starts from: that of a
 * descriptor, or AT_FDCWD. */
SUBPROG_ONCE int record_dir(struct kwp_slot *slot, u32 n, s32 fd)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct fs_struct *fs;
	struct path dir = {};
	u64 file;

	if (!slot)
		return 0;
	if (fd == AT_FDCWD) {
		fs = (struct fs_struct *)ADDRESS(task->fs);
		bpf_core_read(&dir, sizeof(dir), &fs->pwd);
	} else {
		file = fd_file(task, fd);
		bpf_core_read(&dir, sizeof(dir), &((struct file *)file)->f_path);
	}
	path_resolve(slot, (u64)dir.mnt, (u64)dir.dentry);
	record_path(slot, n);
	return 0;
}

/* ---- open ---- */

/* Which of OPEN and CREATE this file is, KWP_NONE if it was not asked for. */
static __always_inline u32 open_type(u32 flags, u32 mode)
{
	if ((kwp_settings.open & KWP_OPEN_CREATE) && (mode & FMODE_CREATED))
		return KWP_CREATE;
	if ((flags & O_ACCMODE) == O_RDONLY)
		return kwp_settings.open & KWP_OPEN_READ ? KWP_OPEN : KWP_NONE;
	return kwp_settings.open & KWP_OPEN_WRITE ? KWP_OPEN : KWP_NONE;
}

#endif
