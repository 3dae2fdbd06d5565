/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Drift: programs, libraries and scripts that the image did not bring.
 *
 * Nothing is remembered of files: each time the kernel's own facts about the file are asked,
 * so that neither memory pressure nor a way of writing that nobody watches gets round it. The
 * image is what the container's first process has as its root file system, or, for the
 * guest's own processes, the guest's.
 */
#ifndef KWP_DRIFT_BPF_H
#define KWP_DRIFT_BPF_H

#include "file.bpf.h"

#define VM_SHARED 8
#define DRIFT_LAYERS 3 /* overlays that may lie over one another: the kernel stacks two */

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

/* ---- images ---- */

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
static __always_inline bool drift_holds(const struct drift_root *root, const struct drift_file *file)
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

/* ---- files ---- */

/* The dentry that an overlay shows in its own place. */
static __always_inline u64 overlay_lower(u64 inode)
{
	u64 after = inode + bpf_core_type_size(struct inode) + 8, lower = 0;

	/* To 6.4 { layer, dentry }; since 6.5 a pointer to a number and such pairs. */
	if (!bpf_core_field_exists(((struct inode___ctime *)0)->i_ctime))
		bpf_probe_read_kernel(&after, 8, (void *)after);
	else
		after -= 8;
	bpf_probe_read_kernel(&lower, 8, (void *)after + 16);
	return lower;
}

static __always_inline void drift_read(struct drift_file *file)
{
	u64 dentry = file->dentry, inode = 0, super = 0, top = 0, magic = 0;

	bpf_core_read(&inode, 8, &((struct dentry *)dentry)->d_inode);
	bpf_core_read(&super, 8, &((struct inode *)inode)->i_sb);
	bpf_core_read(&top, 8, &((struct super_block *)super)->s_root);
	bpf_core_read(&magic, 8, &((struct super_block *)super)->s_magic);
	file->inode = inode;
	file->super = super;
	file->top = top;
	file->magic = magic;
}

static __always_inline s64 drift_ctime(u64 inode)
{
	struct timespec64 t = {};
	u32 nsec = 0;

	if (bpf_core_field_exists(((struct inode *)0)->i_ctime_sec)) {
		bpf_core_read(&t.tv_sec, 8, &((struct inode *)inode)->i_ctime_sec);
		bpf_core_read(&nsec, sizeof(nsec), &((struct inode *)inode)->i_ctime_nsec);
		t.tv_nsec = nsec;
	} else if (bpf_core_field_exists(((struct inode___uctime *)0)->__i_ctime)) {
		bpf_core_read(&t, sizeof(t), &((struct inode___uctime *)inode)->__i_ctime);
	} else {
		bpf_core_read(&t, sizeof(t), &((struct inode___ctime *)inode)->i_ctime);
	}
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

/* Did its content or attributes change after the image came? */
static __always_inline bool drift_changed(const struct drift_file *file, bool contained)
{
	u64 since = kwp_settings.loaded, first = file->first, leader = 0;

	if (contained) {
		bpf_core_read(&leader, 8, &((struct task_struct *)first)->group_leader);
		bpf_core_read(&since, 8, &((struct task_struct *)leader)->start_boottime);
		since += kwp_settings.boot_time;
	}
	return drift_ctime(file->inode) > (s64)since;
}

/* Of a file that is the image's, or changed by a container. What was in the guest's upper
 * layer before kwp is taken for the image's. */
static __always_inline u32 drift_of_image(const struct drift_file *file, bool upper)
{
	bool contained;

	if (file->magic == OVERLAYFS_SUPER_MAGIC && !upper)
		return KWP_SIGNAL_NONE;
	contained = drift_contained(file);
	if (upper && contained)
		return KWP_SIGNAL_UPPER;
	if (!drift_changed(file, contained))
		return KWP_SIGNAL_NONE;
	return upper ? KWP_SIGNAL_UPPER : KWP_SIGNAL_CTIME;
}

/* Of the file of this dentry. ~0: that of the dentry which *file now has, below an overlay. */
static __always_inline u32 drift_layer(struct drift_file *file)
{
	bool upper;

	drift_read(file);
	upper = file->magic == OVERLAYFS_SUPER_MAGIC && inode_upper(file->inode);
	if (drift_home(file))
		return drift_of_image(file, upper);
	if (file->magic == TMPFS_MAGIC || file->magic == RAMFS_MAGIC ||
	    file->magic == HUGETLBFS_MAGIC)
		return KWP_SIGNAL_MEMORY;
	if (upper)
		return KWP_SIGNAL_UPPER;
	if (file->magic != OVERLAYFS_SUPER_MAGIC)
		return KWP_SIGNAL_MOUNT;
	file->dentry = overlay_lower(file->inode);
	return ~0u;
}

/* Why the file at (place->vfsmount, place->dentry) is not the image's: enum kwp_signal. */
SUBPROG_ONCE u32 drift_signal(struct place *place)
{
	struct drift_file file = {};
	u32 links = 1, signal;
	u64 dentry, inode = 0;

	if (!place || !place->dentry)
		return KWP_SIGNAL_NONE;
	file.dentry = dentry = place->dentry;
	bpf_core_read(&inode, 8, &((struct dentry *)dentry)->d_inode);
	bpf_core_read(&links, sizeof(links), &((struct inode *)inode)->i_nlink);
	if (!links)
		return KWP_SIGNAL_MEMORY;
	for (int i = 0; i < DRIFT_LAYERS; i++) {
		signal = drift_layer(&file);
		if (signal != ~0u)
			return signal;
	}
	return KWP_SIGNAL_MOUNT;
}

/* ---- what follows ---- */

/* Is anybody interested? The verifier drops what comes after it if not. */
static __always_inline bool drift_on(void)
{
	return kwp_settings.drift || guard_on(KWP_CLASS_DRIFT);
}

/* Tells of the struct file at this address. by: a verdict, or only a signal. */
static __always_inline void drift_record(u32 type, u64 by, u64 file, u32 access)
{
	struct kwp_slot *slot = record_begin(type, by, sizeof(struct kwp_file_act));
	struct kwp_file_act *act;

	if (!slot)
		return;
	slot->record.access = access;
	act = record_facts(slot);
	act->fd = -1;
	act->dirfd = AT_FDCWD;
	record_file(slot, &act->file, 0, file);
	record_end(slot);
}

static __always_inline void drift_tell(u32 by, u32 signal, u64 file, u32 access)
{
	if (!kwp_settings.drift || !signal || kwp_settings.failed_only ||
	    !scope_has(bpf_get_current_task_btf()))
		return;
	drift_record(KWP_DRIFT, by | SAID_SIGNAL(signal), file, access);
}

/* Has the policy nothing against the file, in force or because `allow` names it? Sets
 * place->generation. */
SUBPROG_ONCE int drift_allowed(struct place *place, u32 access)
{
	struct kwp_rule *rule;
	u32 at;

	if (!place)
		return 0;
	place->generation = guard_generation();
	if (!place->generation)
		return 1;
	if (place_find(place) || !place->rules)
		return 0;
	access = (access & 15) == KWP_MAP ? KWP_MAP : KWP_EXECUTE;
	at = place->generation % KWP_GENERATIONS * KWP_RULES_MAX + place->rule[access];
	rule = bpf_map_lookup_elem(&kwp_rules, &at);
	return rule && (rule->flags & KWP_RULE_FOREIGN) && rule->action[access] == KWP_ALLOW;
}

SUBPROG_ONCE u64 drift_judge(u32 generation, u32 access, u32 can)
{
	struct kwp_policy *policy = guard_policy(generation);

	if (!policy || !policy->drift)
		return 0;
	return guard_done(guard_judge(generation, policy->drift, access, can | GUARD_CAN_EXCEPT));
}

/* What the policy says to the use of the file at place, as EXECUTE, MAP or READ (a script), with
 * the signal. access may have GUARD_EXECED. */
static __always_inline u64 drift_said(struct place *place, u32 signal, u32 access, u32 can)
{
	u64 said;

	if (!signal || !guard_on(KWP_CLASS_DRIFT) || drift_allowed(place, access))
		return 0;
	said = drift_judge(place->generation, access, can);
	return said ? said | SAID_SIGNAL(signal) : 0;
}

/* ---- programs and libraries ---- */

/* A program, or a stage of it: what begins with "#!" is a script. */
static __always_inline u64 guard_drift_exec(struct place *place, struct linux_binprm *bprm,
					    u32 accesses)
{
	char begin[2] = {};

	if (!guard_on(KWP_CLASS_DRIFT))
		return 0;
	bpf_core_read(begin, sizeof(begin), &bprm->buf);
	return drift_said(place, drift_signal(place),
			  (begin[0] == '#' && begin[1] == '!' ? KWP_READ : KWP_EXECUTE) | accesses,
			  GUARD_CAN);
}

/* Memory that has no file but in name: what is mapped shared of it is compiled in the process
 * (JIT), what is private is a library. */
static __always_inline bool drift_anonymous(const struct place *place, bool shared)
{
	u64 mount = place->vfsmount;
	int flags = 0;

	bpf_core_read(&flags, sizeof(flags), &((struct vfsmount *)mount)->mnt_flags);
	return shared && (flags & MNT_INTERNAL);
}

/* Is it the program that is being executed? EXECUTE was asked of that. */
static __always_inline bool drift_executed(const struct place *place)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u64 at = 0;

	if (!BPF_CORE_READ_BITFIELD(task, in_execve))
		return false;
	at = ADDRESS(task->mm);
	bpf_core_read(&at, 8, &((struct mm_struct *)at)->exe_file);
	bpf_core_read(&at, 8, &((struct file *)at)->f_path.dentry);
	return at == place->dentry;
}

/* An executable mapping of this struct file, at this place. */
static __always_inline u64 drift_map(struct place *place, u64 file, bool shared)
{
	u32 signal;

	if (!drift_on() || drift_anonymous(place, shared) || drift_executed(place))
		return 0;
	signal = drift_signal(place);
	drift_tell(kwp_settings.drift, signal, file, KWP_MAP);
	return drift_said(place, signal, KWP_MAP, GUARD_CAN);
}

struct drift_found {
	struct place place;
	u64 file;
	u32 shared, pad;
};

static __attribute__((unused)) long drift_visit(struct task_struct *task,
						struct vm_area_struct *vma,
						struct drift_found *found)
{
	found->file = ADDRESS(vma->vm_file);
	found->shared = vma->vm_flags & VM_SHARED;
	if (found->file)
		mapped_place(&found->place, found->file);
	return 0;
}

/* Where no hook asked: of the mapping that is now at this address. If another thread has unmapped
 * it meanwhile, its file is still one for as long as this runs. */
static __always_inline void drift_mapped(u64 address)
{
	struct drift_found found = {};
	u64 said;

	if (!drift_on() || kwp_settings.hooks)
		return;
	bpf_find_vma(bpf_get_current_task_btf(), address, drift_visit, &found, 0);
	if (!found.file)
		return;
	said = drift_map(&found.place, found.file, found.shared);
	if (said)
		drift_record(KWP_MMAP_EXEC, KWP_BY_TRACEPOINT | said, found.file, KWP_MAP);
}

#endif
