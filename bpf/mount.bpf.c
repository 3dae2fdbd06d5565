/* SPDX-License-Identifier: GPL-2.0-only */
/* Acts on mounts and roots: mount in all its forms, umount, chroot, pivot_root. */
#include "call.bpf.h"
#include "escape.bpf.h"
#include "home.bpf.h"

/* ---- mount ---- */

/* mount(2): both paths start from the working directory. */
static __always_inline void mount_record(struct pt_regs *regs, long ret,
					 const struct call_regs *from)
{
	u64 said = mount_ended(ret, call_arg(from, 2), call_arg(from, 3));
	struct kwp_slot *slot =
		said || (kwp_settings.types & 1ull << KWP_MOUNT)
			? exit_begin_said(regs, ret, KWP_MOUNT, said, sizeof(struct kwp_file_act))
			: NULL;
	struct kwp_file_act *act;
	bool relative;

	if (!slot)
		return;
	act = record_facts(slot);
	act->flags = call_arg(from, 3);
	act->fd = -1;
	act->dirfd = AT_FDCWD;
	relative = record_relative(slot, 0, call_arg(from, 0));
	relative |= record_relative(slot, 1, call_arg(from, 1));
	record_user_str(slot, 2, call_arg(from, 2));
	record_user_str(slot, 3, call_arg(from, 4));
	if (relative)
		record_dir(slot, KWP_DIR, AT_FDCWD);
	record_end(slot);
}

/* fsmount: a new mount that has no place yet, known by its filesystem. */
static __always_inline void fsmount_record(struct pt_regs *regs, long ret,
					   const struct call_regs *from)
{
	u64 file = fd_file(bpf_get_current_task_btf(), ret), said = fsmount_ended(ret, file);
	struct kwp_slot *slot =
		said || (kwp_settings.types & 1ull << KWP_MOUNT)
			? exit_begin_said(regs, ret, KWP_MOUNT, said, sizeof(struct kwp_file_act))
			: NULL;
	struct kwp_file_act *act;

	if (!slot)
		return;
	act = record_facts(slot);
	act->extra = (u32)call_arg(from, 2);
	act->fd = ret < 0 ? -1 : ret;
	act->dirfd = AT_FDCWD;
	record_file(slot, &act->file, 1, file);
	if (file)
		record_kernel_str(slot, 2,
				  type_name(BPF_CORE_READ((struct file *)file, f_inode, i_sb)));
	record_end(slot);
}

/* Another call than mount(2). Of two directories only the target's fits in. */
static __always_inline void mount_record_call(struct pt_regs *regs, long ret, struct call *call)
{
	struct kwp_slot *slot = exit_begin(regs, ret, KWP_MOUNT, sizeof(struct kwp_file_act));
	struct kwp_file_act *act;
	bool first = false, second;

	if (!slot)
		return;
	act = record_facts(slot);
	call_facts(act, call);
	if (call->fd >= 0)
		record_file(slot, &act->file, 0, fd_file(bpf_get_current_task_btf(), call->fd));
	else
		first = call_record_path(slot, call, 0);
	second = call_record_path(slot, call, 1);
	if (first || second)
		record_dir(slot, KWP_DIR, second ? call->dirfd[1] : call->dirfd[0]);
	record_end(slot);
}

static __always_inline void move_mount_call(struct call *call, const struct call_regs *from)
{
	const u32 from_empty = MOVE_MOUNT_F_EMPTY_PATH;

	call->extra = (u32)call_arg(from, 4);
	call->dirfd[0] = call_arg(from, 0);
	call->path[0] = call_arg(from, 1);
	call->dirfd[1] = call_arg(from, 2);
	call->path[1] = call_arg(from, 3);
	call_empty_path(call, call->extra & from_empty ? AT_EMPTY_PATH : 0);
}

/* open_tree counts only as the first half of a bind mount. */
SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_mount, struct pt_regs *regs, long ret)
{
	struct call_regs from = call_regs(regs);
	struct call call = CALL_NONE;

	switch (from.form) {
	case KWP_FORM_PLAIN:
		mount_record(regs, ret, &from);
		return 0;
	case KWP_FORM_FD:
		fsmount_record(regs, ret, &from);
		return 0;
	}
	if (!(kwp_settings.types & 1ull << KWP_MOUNT))
		return 0;
	switch (from.form) {
	case KWP_FORM_A:
		move_mount_call(&call, &from);
		break;
	case KWP_FORM_B: /* open_tree */
		call.extra = (u32)call_arg(&from, 2);
		if (!(call.extra & OPEN_TREE_CLONE))
			return 0;
		call.dirfd[0] = call_arg(&from, 0);
		call.path[0] = call_arg(&from, 1);
		call_empty_path(&call, call.extra);
		break;
	case KWP_FORM_C: /* mount_setattr: struct mount_attr begins with what it sets */
		bpf_probe_read_user(&call.extra, sizeof(call.extra), (void *)call_arg(&from, 3));
		call.dirfd[1] = call_arg(&from, 0);
		call.path[1] = call_arg(&from, 1);
		break;
	}
	mount_record_call(regs, ret, &call);
	return 0;
}

/* The source of a bind mount is a path that the kernel looks up later: the end of the system
 * call has it with its directory. */
static __always_inline void mount_hook(u64 by, const char *source, struct path *path,
				       const char *type, u64 flags, const char *options)
{
	struct kwp_slot *slot = hook_begin(KWP_MOUNT, by, sizeof(struct kwp_file_act));
	struct kwp_file_act *act;

	if (!slot)
		return;
	act = record_facts(slot);
	act->flags = flags;
	act->fd = -1;
	act->dirfd = AT_FDCWD;
	file_from_inode(slot, &act->file, (u64)path->dentry->d_inode);
	if (!(flags & (MS_BIND | MS_MOVE)))
		record_kernel_str(slot, 0, (u64)source);
	record_place(slot, 1, (u64)path->mnt, (u64)path->dentry);
	record_kernel_str(slot, 2, (u64)type);
	record_kernel_str(slot, 3, (u64)options);
	record_end(slot);
}

/* Files that come to be where others were have their paths: that gets round rules on what is
 * written there, and not round those on what is executed. */
static __always_inline u64 guard_covered(struct place *place)
{
	u32 accesses = 1 << KWP_WRITE;
	struct kwp_rule *above;

	place->generation = guard_generation();
	if (!place->generation)
		return 0;
	if (place_find(place))
		return guard_blind(place->generation);
	above = guard_rule(place->generation, place->above);
	if (above && above->class == KWP_CLASS_FILE)
		accesses |= GUARD_ABOVE;
	return place->rules | place->above ? guard_rules(place, accesses) : 0;
}

/* What is mounted over something takes its place; other calls change a mount that is there. */
static __always_inline u64 guard_mount(struct path *path, u64 flags)
{
	const u64 changes = MS_REMOUNT | MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE;
	struct place place = {.vfsmount = ADDRESS(path->mnt), .dentry = ADDRESS(path->dentry)};

	if ((flags & changes) || !(guard_on(KWP_CLASS_FILE) || guard_on(KWP_CLASS_PROCESS)))
		return 0;
	if (flags & MS_MOVE)
		home_ns_rooted(place.dentry);
	return guard_covered(&place);
}
static __always_inline u64 mount_said(struct path *path, u64 type, u64 flags)
{
	u64 said = guard_mount(path, flags), next = guard_escape(path, type, flags);

	return said_worse(said, next);
}
HOOK(mount, sb_mount, mount_said(path, (u64)type, flags), mount_hook,
     (const char *source, struct path *path, const char *type, u64 flags, void *options),
     (source, path, type, flags, options))

static __always_inline void move_mount_hook(u64 by, struct path *from, struct path *to)
{
	struct kwp_slot *slot = file_hook_begin(KWP_MOUNT, by, from->mnt, from->dentry);

	if (!slot)
		return;
	record_place(slot, 1, (u64)to->mnt, (u64)to->dentry);
	record_end(slot);
}
HOOK(movemount, move_mount, guard_mount(to, MS_MOVE), move_mount_hook,
     (struct path * from, struct path *to), (from, to))

static __always_inline void made_hook(u64 by, struct super_block *super)
{
	struct kwp_file_act *act;
	struct kwp_slot *slot;

	if (!said_verdict(by))
		return;
	slot = hook_begin(KWP_MOUNT, by, sizeof(*act));
	if (!slot)
		return;
	act = record_facts(slot);
	act->fd = -1;
	act->dirfd = AT_FDCWD;
	file_from_inode(slot, &act->file, (u64)BPF_CORE_READ(super, s_root, d_inode));
	record_kernel_str(slot, 2, type_name(super));
	record_end(slot);
}
HOOK(fsmade, sb_kern_mount, guard_made(super), made_hook, (struct super_block * super), (super))

/* ---- umount ---- */

SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_umount, struct pt_regs *regs, long ret)
{
	struct call_regs from = call_regs(regs);
	struct call call = CALL_NONE;

	call.path[0] = call_arg(&from, 0);
	if (from.form == KWP_FORM_PLAIN) /* A: umount(2) of i386 has no flags */
		call.flags = (u32)call_arg(&from, 1);
	call_record(regs, ret, KWP_UMOUNT, &call);
	return 0;
}

static __always_inline void umount_hook(u64 by, struct vfsmount *mount, u32 flags)
{
	file_hook_tell(KWP_UMOUNT, by, mount, mount->mnt_root, flags, 0, 0);
}
HOOK(umount, sb_umount, 0, umount_hook, (struct vfsmount * mount, u32 flags), (mount, flags))

/* ---- chroot and pivot_root: both give a process another root ---- */

/* After a chroot the root of the task is what the kernel resolved. */
static __always_inline void chroot_record(struct pt_regs *regs, long ret)
{
	struct kwp_slot *slot = exit_begin(regs, ret, KWP_CHROOT, sizeof(struct kwp_file_act));
	struct fs_struct *fs = bpf_get_current_task_btf()->fs;
	struct kwp_file_act *act;

	if (!slot)
		return;
	act = record_facts(slot);
	act->fd = -1;
	act->dirfd = AT_FDCWD;
	file_from_inode(slot, &act->file, (u64)fs->root.dentry->d_inode);
	record_place(slot, 0, (u64)fs->root.mnt, (u64)fs->root.dentry);
	record_end(slot);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_chroot, struct pt_regs *regs, long ret)
{
	struct call_regs from = call_regs(regs);
	struct call call = CALL_NONE;

	if (from.form == KWP_FORM_PLAIN && !ret) {
		chroot_record(regs, ret);
		return 0;
	}
	call.path[0] = call_arg(&from, 0);
	if (from.form == KWP_FORM_A) /* pivot_root */
		call.path[1] = call_arg(&from, 1);
	call_record(regs, ret, KWP_CHROOT, &call);
	return 0;
}

static __always_inline void chroot_hook(u64 by, struct path *path)
{
	file_hook_tell(KWP_CHROOT, by, path->mnt, path->dentry, 0, 0, 0);
}
HOOK(chroot, path_chroot, 0, chroot_hook, (struct path * path), (path))

static __always_inline void pivot_root_hook(u64 by, struct path *put_old, struct path *root)
{
	struct kwp_slot *slot = file_hook_begin(KWP_CHROOT, by, root->mnt, root->dentry);

	if (!slot)
		return;
	record_place(slot, 1, (u64)put_old->mnt, (u64)put_old->dentry);
	record_end(slot);
}
HOOK(pivotroot, sb_pivotroot, home_ns_rooted(0), pivot_root_hook,
     (struct path * put_old, struct path *root), (put_old, root))
