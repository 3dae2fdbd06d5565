/* SPDX-License-Identifier: GPL-2.0-only */
/* Which rule speaks of a sysctl that is written. Nothing here needs to know the kernel's own
 * types, nor callbacks, which want a compiler in the kernel. */
#ifndef KWP_SYSCTL_BPF_H
#define KWP_SYSCTL_BPF_H

#include "said.bpf.h"

#define SYSCTL_NAME 256 /* bytes of a name that rules look at, a power of two */

struct sysctl_walk {
	struct kwp_seed seed;
	u64 key; /* of the name so far */
	u64 rule;
	char name[SYSCTL_NAME];
};

/* Rules separate the parts of a name by dots, the kernel by slashes, and a dot is within one. */
static __always_inline u8 sysctl_byte(u8 byte)
{
	if (byte == '/')
		return '.';
	return byte == '.' ? '/' : byte;
}

/* The next byte of the name. True: it was the last. */
SUBPROG_ONCE int sysctl_step(struct sysctl_walk *walk, u32 index)
{
	struct kwp_node *node;
	u8 byte;

	if (!walk)
		return 1;
	byte = walk->name[index & (SYSCTL_NAME - 1)];
	if (!byte || byte == '/') {
		node = guard_node(walk->key);
		if (node && node->subtree[0] && byte)
			walk->rule = node->subtree[0];
		if (node && node->exact[0] && !byte)
			walk->rule = node->exact[0];
	}
	if (byte)
		walk->key = kwp_hash_pair(&walk->seed, walk->key, sysctl_byte(byte));
	return !byte;
}

/* A function, so that its stack is free for others. */
static __noinline u32 sysctl_rule(struct bpf_sysctl *ctx, u32 generation)
{
	struct kwp_policy *policy = guard_policy(generation);
	struct sysctl_walk walk = {};
	struct kwp_node *root;

	if (!policy)
		return 0;
	walk.seed = policy->seed;
	walk.key = kwp_hash_pair(&policy->seed, KWP_DOMAIN_SYSCTL, 0);
	root = guard_node(walk.key);
	if (root)
		walk.rule = root->subtree[0];
	bpf_sysctl_get_name(ctx, walk.name, sizeof(walk.name), 0);
	for (u32 i = 0; i < SYSCTL_NAME; i++)
		if (sysctl_step(&walk, i))
			break;
	return walk.rule;
}

#endif
