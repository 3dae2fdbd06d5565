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

#include "environ.bpf.h"
#include "image.bpf.h"

#define DRIFT_LAYERS 3 /* overlays that may lie over one another: the kernel stacks two */

/* ---- files ---- */

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

/* Did its content or attributes change after the image came? */
static __always_inline bool drift_changed(const struct drift_file *file, bool contained)
{
	struct task_struct *first = (struct task_struct *)file->first;
	u64 since = kwp_settings.loaded;

	if (contained)
		since = BPF_CORE_READ(first, group_leader, start_boottime) + kwp_settings.boot_time;
	return inode_changed(file->inode) > (s64)since;
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
	upper = file->magic == OVERLAYFS_SUPER_MAGIC && overlay_upper(file->inode);
	if (drift_home(file))
		return drift_of_image(file, upper);
	if (file->magic == TMPFS_MAGIC || file->magic == RAMFS_MAGIC ||
	    file->magic == HUGETLBFS_MAGIC)
		return KWP_SIGNAL_MEMORY;
	if (upper)
		return KWP_SIGNAL_UPPER;
	if (file->magic != OVERLAYFS_SUPER_MAGIC)
		return KWP_SIGNAL_MOUNT;
	file->dentry = overlay_lower(file->inode, 0);
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
	if (type == KWP_DRIFT && access == KWP_MAP)
		record_environ(slot);
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

	if (!place)
		return 0;
	place->generation = guard_generation();
	if (!place->generation)
		return 1;
	if (place_find(place) || !place->rules)
		return 0;
	access = (access & 15) == KWP_MAP ? KWP_MAP : KWP_EXECUTE;
	rule = guard_rule(place->generation, place->rule[access]);
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

/* kwp itself, which may have come after the image, where it is an operator's. */
static __always_inline bool drift_is_kwp(const struct place *place)
{
	u64 dentry = place->dentry, inode = 0;

	bpf_core_read(&inode, 8, &((struct dentry *)dentry)->d_inode);
	return inode_is_kwp(inode) && !task_is_foreign(bpf_get_current_task_btf());
}

/* A program, or a stage of it: what begins with "#!" is a script. */
SUBPROG u64 drift_program(struct linux_binprm *bprm, u32 accesses)
{
	struct place place = {};
	char begin[2] = {};

	file_place(&place, ADDRESS(bprm->file));
	if (drift_is_kwp(&place))
		return 0;
	bpf_core_read(begin, sizeof(begin), &bprm->buf);
	return drift_said(&place, drift_signal(&place),
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
	u64 file;

	if (!BPF_CORE_READ_BITFIELD(task, in_execve))
		return false;
	file = task_exe((u64)task);
	return ADDRESS(((struct file *)file)->f_path.dentry) == place->dentry;
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

#endif
