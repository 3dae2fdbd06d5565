/* SPDX-License-Identifier: GPL-2.0-only */
/* The way from a file up to the root of its mount namespace, by names and through mounts. */
#ifndef KWP_CLIMB_BPF_H
#define KWP_CLIMB_BPF_H

#include "kernel.h"

#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

/* What a step needs of a dentry: neighbours in all kernels so far. */
struct climb_name {
	u64 hashed; /* 0: no name leads here any more */
	u64 parent;
	u64 hash_len;
	u64 name;
	u64 inode;
};

/* The same of a mount. */
struct climb_mount {
	u64 parent, mountpoint;
	u64 root, super;
	u32 flags, pad;
};

struct climb {
	u64 dentry, mount;
	struct climb_mount of; /* the mount */
};

enum climb_step {
	CLIMB_NAME,  /* a name on this mount; dentry is now its directory */
	CLIMB_MOUNT, /* the mount's root; dentry is now where that is mounted */
	CLIMB_END,
};

static __always_inline void climb_read(struct climb_name *out, u64 dentry)
{
	const u32 hash = bpf_core_field_offset(((struct dentry *)0)->d_hash.pprev);
	const u32 parent = bpf_core_field_offset(((struct dentry *)0)->d_parent);
	const u32 name = bpf_core_field_offset(((struct dentry *)0)->d_name);
	const u32 inode = bpf_core_field_offset(((struct dentry *)0)->d_inode);

	if (parent == hash + 8 && name == hash + 16 && inode == hash + 32) {
		bpf_probe_read_kernel(out, sizeof(*out), (void *)dentry + hash);
		return;
	}
	bpf_probe_read_kernel(&out->hashed, 8, (void *)dentry + hash);
	bpf_probe_read_kernel(&out->parent, 8, (void *)dentry + parent);
	bpf_probe_read_kernel(&out->hash_len, 16, (void *)dentry + name);
	bpf_probe_read_kernel(&out->inode, 8, (void *)dentry + inode);
}

static __always_inline u64 climb_mount_of(u64 vfsmount)
{
	return vfsmount - bpf_core_field_offset(((struct mount *)0)->mnt);
}

static __always_inline void climb_enter(struct climb *climb, u64 mount)
{
	const u32 parent = bpf_core_field_offset(((struct mount *)0)->mnt_parent);
	const u32 root = bpf_core_field_offset(((struct mount *)0)->mnt.mnt_root);
	const u32 flags = bpf_core_field_offset(((struct mount *)0)->mnt.mnt_flags);
	struct climb_mount *of = &climb->of;

	climb->mount = mount;
	of->parent = 0; /* the end, if the mount can't be read */
	if (root == parent + 16 && flags == parent + 32) {
		bpf_probe_read_kernel(of, sizeof(*of), (void *)mount + parent);
		return;
	}
	bpf_probe_read_kernel(&of->parent, 8, (void *)mount + parent);
	bpf_core_read(&of->mountpoint, 8, &((struct mount *)mount)->mnt_mountpoint);
	bpf_probe_read_kernel(&of->root, 8, (void *)mount + root);
	bpf_probe_read_kernel(&of->flags, 4, (void *)mount + flags);
}

/* *name is set with CLIMB_NAME. */
static __always_inline u32 climb_step(struct climb *climb, struct climb_name *name)
{
	if (climb->dentry != climb->of.root) {
		climb_read(name, climb->dentry);
		if (name->parent != climb->dentry) {
			climb->dentry = name->parent;
			return CLIMB_NAME;
		}
	}
	if (!climb->of.parent || climb->of.parent == climb->mount)
		return CLIMB_END;
	climb->dentry = climb->of.mountpoint;
	climb_enter(climb, climb->of.parent);
	return CLIMB_MOUNT;
}

#endif
