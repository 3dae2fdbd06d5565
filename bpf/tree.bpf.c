/* SPDX-License-Identifier: GPL-2.0-only */
/* Changes of the tree that paths lead through, where no hook sees them when they are done. */
#include "file.bpf.h"
#include "home.bpf.h"

static __always_inline bool is_directory(u64 dentry)
{
	u64 inode = 0;
	u16 mode = 0;

	bpf_core_read(&inode, sizeof(inode), &((struct dentry *)dentry)->d_inode);
	bpf_core_read(&mode, sizeof(mode), &((struct inode *)inode)->i_mode);
	return (mode & S_IFMT) == S_IFDIR;
}

/* Paths of what is below a directory have changed. What is found from now on is by the new ones;
 * what was found before, or by a walk that had begun, is not believed any more. Until this
 * runs, what an old path allows is what it allowed before the rename. */
SEC("fexit/vfs_rename")
int BPF_PROG(kwp_renamed, struct renamedata *data, int ret)
{
	if (!ret &&
	    (is_directory(ADDRESS(data->old_dentry)) || is_directory(ADDRESS(data->new_dentry))))
		place_epoch_end();
	return 0;
}

/* A copy of a view of mounts shares the homes of that, so that nobody gets round a rule by making
 * one. One that the guest's root makes may become a container's. */
SEC("fexit/copy_mnt_ns")
int BPF_PROG(kwp_ns_made, u64 flags, struct mnt_namespace *old, void *user_ns, void *fs,
	     struct mnt_namespace *made)
{
	u64 at = (u64)made, from = (u64)old, number, parent, users;
	struct home_domain domain = {}, *of_parent;
	u32 level = 1, inum = 0;

	if (at == from || at > -4096ull)
		return 0;
	parent = ns_number(from);
	of_parent = bpf_map_lookup_elem(&kwp_domains, &parent);
	domain.domain = of_parent ? of_parent->domain : parent;
	bpf_core_read(&users, sizeof(users), &((struct mnt_namespace *)at)->user_ns);
	bpf_core_read(&level, sizeof(level), &((struct user_namespace *)users)->level);
	bpf_core_read(&inum, sizeof(inum), &((struct mnt_namespace *)from)->ns.inum);
	domain.fresh =
		!level && (inum == kwp_switch.guest_mnt_ns || (of_parent && of_parent->fresh));
	number = ns_number(at);
	bpf_map_update_elem(&kwp_domains, &number, &domain, BPF_ANY);
	return 0;
}

/* Run by kwp for what is mounted anywhere, before a generation is in force: { a descriptor of the
 * place, the generation }. */
SEC("raw_tp/kwp_learn")
int kwp_learn(u64 *args)
{
	struct place place = {.generation = args[1]};
	u64 file = fd_file(bpf_get_current_task_btf(), args[0]);

	if (!file)
		return 0;
	file_place(&place, file);
	place_find(&place);
	return 0;
}
