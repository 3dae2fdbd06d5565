/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that no rule is about: what is very many, and would be told for nothing. */
#ifndef KWP_BASENAME_BPF_H
#define KWP_BASENAME_BPF_H

#include "file.bpf.h"

#define NAME_SIZE sizeof(struct kwp_basename)
#define NAME_PATH 256 /* bytes of a path that are looked at; longer ones are told */

struct kwp_basenames_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, KWP_BASENAMES_MAX);
	__type(key, struct kwp_basename);
	__type(value, u32);
};
extern struct kwp_basenames_map kwp_basenames SEC(".maps");

/* Are opens with these flags told by the name of the file? */
static __always_inline bool names_rule(u32 flags)
{
	return (kwp_settings.open & KWP_OPEN_NAMED) && (flags & O_ACCMODE) == O_RDONLY;
}

/* Is it one of the names? size bytes are at from, which is the kernel's memory. */
static __always_inline bool name_has(u64 from, u32 size)
{
	struct kwp_basename name = {};

	if (size >= NAME_SIZE || !(kwp_settings.name_sizes >> size & 1))
		return false;
	asm volatile("" : "+r"(size));
	size &= NAME_SIZE - 1;
	bpf_probe_read_kernel(name.bytes, size, (void *)from);
	return bpf_map_lookup_elem(&kwp_basenames, &name);
}

/* Has this struct file one of the names? One that is mounted by itself has that of the place,
 * which is not looked for: yes. */
SUBPROG bool file_is_named(u64 file)
{
	struct climb_name name = {};
	struct path path = {};
	u64 root = 0;

	bpf_core_read(&path, sizeof(path), &((struct file *)file)->f_path);
	climb_read(&name, (u64)path.dentry);
	if (name_has(name.name, name.hash_len >> 32))
		return true;
	bpf_core_read(&root, sizeof(root), &path.mnt->mnt_root);
	return root == (u64)path.dentry;
}

/* The same of the path that the caller named. */
SUBPROG bool path_is_named(u64 path)
{
	char bytes[NAME_PATH];
	long size = bpf_probe_read_user_str(bytes, sizeof(bytes), (void *)path);
	u32 at = size - 1, length = 0;

	if (size <= 0 || size >= NAME_PATH)
		return true;
	for (; length < NAME_SIZE && at; length++) {
		at = (at - 1) & (NAME_PATH - 1);
		if (bytes[at] == '/') {
			at++;
			break;
		}
	}
	return length < NAME_SIZE && name_has((u64)&bytes[at & (NAME_PATH - 1)], length);
}

/* Does a path lead to this file, so that no mapping of it can be odd? */
SUBPROG bool file_is_plain(u64 file)
{
	struct climb_name name = {};
	struct path path = {};
	u32 links = 0, flags = 0;
	u64 inode;

	if (!file)
		return false;
	bpf_core_read(&path, sizeof(path), &((struct file *)file)->f_path);
	climb_read(&name, (u64)path.dentry);
	inode = name.inode;
	bpf_core_read(&links, sizeof(links), &((struct inode *)inode)->i_nlink);
	bpf_core_read(&flags, sizeof(flags), &path.mnt->mnt_flags);
	return links && !(flags & MNT_INTERNAL);
}

#endif
