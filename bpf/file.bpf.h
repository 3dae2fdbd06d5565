/* SPDX-License-Identifier: GPL-2.0-only */
/* Files and paths as the kernel resolved them. */
#ifndef KWP_FILE_BPF_H
#define KWP_FILE_BPF_H

#include "guard_file.bpf.h"
#include "hook.bpf.h"
#include "overlay.bpf.h"

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
	u64 inode;

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
	if (out->magic == OVERLAYFS_SUPER_MAGIC && overlay_upper(inode))
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

static __always_inline void task_cwd(struct path *dir, struct task_struct *task)
{
	u64 fs = ADDRESS(task->fs);

	dir->mnt = NULL;
	dir->dentry = NULL;
	bpf_core_read(dir, sizeof(*dir), &((struct fs_struct *)fs)->pwd);
}

/* What callbacks get. All else is in the slot: what is on the stack, the verifier looks at again
 * for each value that it can have. */
struct path_way {
	struct kwp_slot *slot;
};

/* Puts "/" and the name that the last step found before the text. False when it does not fit. */
static __always_inline bool path_prepend(struct kwp_slot *slot)
{
	u32 size = slot->step.hash_len >> 32, at = slot->path_at;

	if (size > 255 || at <= size || at > KWP_PATH_MAX)
		return false;
	size &= 255;
	at = (at - size - 1) & (KWP_PATH_MAX - 1);
	asm volatile("" : "+r"(at), "+r"(size));
	at &= KWP_PATH_MAX - 1;
	size &= 255;
	slot->path[at] = '/';
	bpf_probe_read_kernel(&slot->path[at + 1], size, (void *)slot->step.name);
	slot->path_at = at;
	return true;
}

static __always_inline void path_mount_flags(struct kwp_slot *slot)
{
	if (slot->climb.of.flags & MNT_INTERNAL)
		slot->path_flags |= KWP_FILE_KERNMOUNT;
}

static __attribute__((unused)) long path_step(u32 index, struct path_way *way)
{
	struct kwp_slot *slot = way->slot;
	u32 step = climb_step(&slot->climb, &slot->step);

	if (step == CLIMB_NAME) {
		if (!index && !slot->step.hashed)
			slot->path_flags |= KWP_FILE_UNHASHED;
		return !path_prepend(slot);
	}
	path_mount_flags(slot);
	slot->path_ended = step == CLIMB_END;
	return slot->path_ended;
}

SUBPROG_ONCE int path_walk(struct kwp_slot *slot)
{
	struct path_way way = {slot};
	u64 vfsmount;

	if (!slot)
		return 0;
	vfsmount = slot->from[0];
	slot->climb.dentry = slot->from[1];
	slot->path_at = KWP_PATH_MAX - 1;
	slot->path_flags = slot->path_ended = 0;
	if (!vfsmount || !slot->climb.dentry)
		return 0;
	climb_enter(&slot->climb, climb_mount_of(vfsmount));
	path_mount_flags(slot);
	bpf_loop(KWP_PATH_MAX, path_step, &way, 0);
	if (!slot->path_ended)
		slot->record.incomplete |= KWP_NO_PATH;
	/* A file without a place in any tree (memfd, pipe) has its own name only. */
	if (slot->path_at == KWP_PATH_MAX - 1 && slot->climb.dentry != slot->climb.of.root) {
		climb_read(&slot->step, slot->climb.dentry);
		path_prepend(slot);
	}
	if (slot->path_at == KWP_PATH_MAX - 1) {
		slot->path_at = KWP_PATH_MAX - 2;
		slot->path[KWP_PATH_MAX - 2] = '/';
	}
	return slot->path_flags;
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

/* The same of any place: string n is the path to (vfsmount, dentry). */
static __always_inline void record_place(struct kwp_slot *slot, u32 n, u64 vfsmount, u64 dentry)
{
	path_resolve(slot, vfsmount, dentry);
	record_path(slot, n);
}

/* String n: the working directory of a task. */
static __always_inline void record_cwd(struct kwp_slot *slot, u32 n, struct task_struct *task)
{
	struct path dir;

	task_cwd(&dir, task);
	record_place(slot, n, (u64)dir.mnt, (u64)dir.dentry);
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

/* Asks for the place that a struct path of the kernel is. It lies as a place begins, which spares
 * a copy on the stack. */
#define place_read(place, from) bpf_core_read(&(place)->vfsmount, sizeof(struct path), &(from))
_Static_assert(__builtin_offsetof(struct place, dentry) == 8, "struct path would lie otherwise");

/* The same of the struct file at this address. */
static __always_inline void file_place(struct place *place, u64 file)
{
	place_read(place, ((struct file *)file)->f_path);
}

/* The same of a mapping's: overlayfs maps another file in place of its own, one that is not
 * counted. FMODE_BACKING says so too, but is another bit since 6.10. */
static __always_inline void mapped_place(struct place *place, u64 file)
{
	u32 mode = 0;

	file_place(place, file);
	if (!bpf_core_field_exists(((struct backing_file *)0)->user_path))
		return;
	bpf_core_read(&mode, sizeof(mode), &((struct file *)file)->f_mode);
	if (mode & FMODE_NOACCOUNT)
		place_read(place, ((struct backing_file *)file)->user_path);
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
	struct path dir = {};
	u64 file;

	if (!slot)
		return 0;
	if (fd == AT_FDCWD) {
		record_cwd(slot, n, task);
		return 0;
	}
	file = fd_file(task, fd);
	bpf_core_read(&dir, sizeof(dir), &((struct file *)file)->f_path);
	record_place(slot, n, (u64)dir.mnt, (u64)dir.dentry);
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
