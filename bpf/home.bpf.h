/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Homes: where the trees of file systems are mounted. A directory that is bound to a second
 * place is still seen at the first one, so that rules for both hold.
 *
 * Homes belong to a domain, which is a mount namespace and those that were copied of it,
 * unless a container was made so: see home_ns_made() and home_ns_rooted().
 */
#ifndef KWP_HOME_BPF_H
#define KWP_HOME_BPF_H

#include "place.bpf.h"
#include "said.bpf.h"

#define HOMES_COUNT 2048 /* of all mounts */
#define HOMES_OF_ROOT 4	 /* places that one directory is mounted in */
#define DOMAINS_COUNT 1024

/* The root of a mount. inode 0: whether anything but whole file systems of this device
 * is mounted. */
struct home_key {
	u64 inode, domain;
	u32 device;
	u32 index; /* slot of the generation * HOMES_OF_ROOT + which place of it */
};

struct home {
	u64 key;		     /* of the place */
	u32 generation;		     /* another: left behind */
	u16 below[KWP_PATH_CLASSES]; /* rules for what is anywhere below, from above the place */
};

/* What mount namespace belongs to which domain, if not to its own. */
struct home_domain {
	u64 domain;
	u32 fresh; /* will be a domain of its own when it gets another root */
	u32 pad;
};

struct kwp_homes_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, HOMES_COUNT);
	__type(key, struct home_key);
	__type(value, struct home);
};
struct kwp_domains_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, DOMAINS_COUNT);
	__type(key, u64);
	__type(value, struct home_domain);
};
extern struct kwp_homes_map kwp_homes SEC(".maps");
extern struct kwp_domains_map kwp_domains SEC(".maps");

/* A number that no other mount namespace had or will have; 0: an anonymous one, of a mount that
 * is nowhere. */
static __always_inline u64 ns_number(u64 ns)
{
	u64 number = 0;

	if (bpf_core_field_exists(((struct mnt_namespace___seq *)0)->seq))
		bpf_core_read(&number, 8, &((struct mnt_namespace___seq *)ns)->seq);
	else
		bpf_core_read(&number, 8, &((struct mnt_namespace___id *)ns)->ns.ns_id);
	return number;
}

static __always_inline u64 ns_of_task(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u64 proxy = ADDRESS(task->nsproxy), ns = 0;

	bpf_core_read(&ns, sizeof(ns), &((struct nsproxy *)proxy)->mnt_ns);
	return ns;
}

static __always_inline u64 ns_of_mount(u64 mount)
{
	u64 ns = 0;

	bpf_core_read(&ns, sizeof(ns), &((struct mount *)mount)->mnt_ns);
	return ns;
}

static __always_inline u32 dentry_device(u64 dentry)
{
	u64 super = 0;
	u32 device = 0;

	bpf_core_read(&super, sizeof(super), &((struct dentry *)dentry)->d_sb);
	bpf_core_read(&device, sizeof(device), &((struct super_block *)super)->s_dev);
	return device;
}

static __always_inline u64 dentry_magic(u64 dentry)
{
	u64 super = 0, magic = 0;

	bpf_core_read(&super, sizeof(super), &((struct dentry *)dentry)->d_sb);
	bpf_core_read(&magic, sizeof(magic), &((struct super_block *)super)->s_magic);
	return magic;
}

static __always_inline u64 home_domain_of(u64 number)
{
	struct home_domain *domain = bpf_map_lookup_elem(&kwp_domains, &number);

	return domain ? domain->domain : number;
}

/* The task's view of mounts gets another root, at this directory (0: pivot_root(2)): that of a
 * container, if who made the namespace could make one. Always 0. */
static __always_inline u64 home_ns_rooted(u64 directory)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u64 number = ns_number(ns_of_task()), fs = ADDRESS(task->fs), root = 0;
	struct home_domain *domain = bpf_map_lookup_elem(&kwp_domains, &number);

	if (!domain || !domain->fresh)
		return 0;
	bpf_core_read(&root, sizeof(root), &((struct fs_struct *)fs)->root.dentry);
	if (!directory || directory == root)
		bpf_map_delete_elem(&kwp_domains, &number);
	return 0;
}

static __always_inline u32 home_index(u32 generation, u32 n)
{
	return generation % KWP_GENERATIONS * HOMES_OF_ROOT + n;
}

/* NULL also for what another generation left. The copy of the key is for 6.1, which takes only
 * those on the stack or in maps. */
static __always_inline struct home *home_get(const struct home_key *key, u32 generation)
{
	struct home_key copy = *key;
	struct home *home = bpf_map_lookup_elem(&kwp_homes, &copy);

	return home && home->generation == generation ? home : NULL;
}

#endif
