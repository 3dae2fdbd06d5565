/* SPDX-License-Identifier: GPL-2.0-only */
/* Images: which file system, or which part of one, holds what a container was made of. */
#ifndef KWP_IMAGE_BPF_H
#define KWP_IMAGE_BPF_H

#include "file.bpf.h"

/* The root of a mount, as struct vfsmount begins. */
struct drift_root {
	u64 dentry, super;
};

/* A file that is asked about, and the image that has it. */
struct drift_file {
	u64 dentry, inode;
	u64 super, top; /* its file system and the root of that */
	u64 magic;
	u64 first; /* the container's first process; 0: the image is the guest's */
};

struct drift_climb {
	u64 dentry, end;
	u32 met, pad;
};

static __always_inline void drift_root_of(struct drift_root *root, u64 task)
{
	u64 from = 0;

	root->dentry = root->super = 0;
	bpf_core_read(&from, 8, &((struct task_struct *)task)->fs);
	bpf_core_read(&from, 8, &((struct fs_struct *)from)->root.mnt);
	bpf_core_read(&root->dentry, 8, &((struct vfsmount *)from)->mnt_root);
	bpf_core_read(&root->super, 8, &((struct vfsmount *)from)->mnt_sb);
}

static __always_inline u32 drift_level(u64 pid)
{
	u32 level = 0;

	bpf_core_read(&level, sizeof(level), &((struct pid *)pid)->level);
	return level;
}

/* The first process of the pid namespace at that level around this pid. Containers are those
 * at level 1; what they have inside is theirs. */
static __always_inline u64 drift_reaper(u64 pid, u32 level)
{
	u64 ns = 0, reaper = 0;

	pid_number((struct pid *)pid, level, &ns);
	bpf_core_read(&reaper, 8, &((struct pid_namespace *)ns)->child_reaper);
	return reaper;
}

/* Where the containers of a pod share a pid namespace, the first process of this one: it
 * is the oldest in its control group, and its parent is none of the pod's. 0: there is none. */
static __always_inline u64 drift_oldest(u64 task)
{
	u64 at = 0, pid = 0;

	bpf_core_read(&at, 8, &((struct task_struct *)task)->cgroups);
	bpf_core_read(&at, 8, &((struct css_set *)at)->tasks.next);
	task = at - bpf_core_field_offset(((struct task_struct *)0)->cg_list);
	bpf_core_read(&at, 8, &((struct task_struct *)task)->real_parent);
	if (bpf_core_read(&pid, 8, &((struct task_struct *)at)->thread_pid))
		return 0;
	return drift_level(pid) ? 0 : task;
}

static __attribute__((unused)) long drift_step(u32 index, struct drift_climb *climb)
{
	u64 dentry = climb->dentry, parent = 0;

	climb->met = dentry == climb->end;
	bpf_core_read(&parent, 8, &((struct dentry *)dentry)->d_parent);
	if (climb->met || !parent || parent == dentry)
		return 1;
	climb->dentry = parent;
	return 0;
}

/* Is the file below this root? Where volumes are directories of the same file system, its
 * root says nothing. */
static __always_inline bool drift_holds(const struct drift_root *root,
					const struct drift_file *file)
{
	struct drift_climb climb = {.dentry = file->dentry, .end = root->dentry};

	if (!root->super || root->super != file->super)
		return false;
	if (root->dentry == file->top)
		return true;
	bpf_loop(KWP_DEPTH_MAX, drift_step, &climb, 0);
	return climb.met;
}

/* Has one of the images that this task can know the file? Sets file->first. */
SUBPROG_ONCE int drift_home(struct drift_file *file)
{
	u64 task = (u64)bpf_get_current_task(), pid = 0, guest;
	struct drift_root root;

	if (!file)
		return 0;
	bpf_core_read(&pid, 8, &((struct task_struct *)task)->thread_pid);
	file->first = 0;
	if (drift_level(pid)) {
		file->first = drift_reaper(pid, 1);
		drift_root_of(&root, file->first);
		if (drift_holds(&root, file))
			return 1;
		file->first = 0;
	}
	guest = drift_reaper(pid, 0);
	drift_root_of(&root, guest);
	if (drift_holds(&root, file))
		return 1;
	file->first = drift_oldest(task);
	drift_root_of(&root, file->first);
	return file->first && drift_holds(&root, file);
}

/* Is the image that has the file a container's? The first of a pid namespace that somebody made
 * in the guest itself has the guest's root. */
static __always_inline bool drift_contained(const struct drift_file *file)
{
	struct drift_root root, guest;
	u64 first = file->first, pid = 0;

	if (!first)
		return false;
	bpf_core_read(&pid, 8, &((struct task_struct *)first)->thread_pid);
	drift_root_of(&root, first);
	drift_root_of(&guest, drift_reaper(pid, 0));
	return root.dentry != guest.dentry;
}

#endif
