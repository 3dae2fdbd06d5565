/* SPDX-License-Identifier: GPL-2.0-only */
/* Keys of paths and names, and the nodes that a policy has for them. */
#include "policy_maker.h"

#include <errno.h>
#include <string.h>

bool policy_path_next(const char **path, const char **name, size_t *size)
{
	*name = *path + strspn(*path, "/");
	*size = strcspn(*name, "/");
	*path = *name + *size;
	return *size;
}

uint64_t policy_key_name(const struct kwp_seed *seed, const char *name, size_t size)
{
	__u64 words[KWP_NAME_WORDS] = {0};

	size = MIN(size, KWP_NAME_MAX);
	memcpy(words, name, size);
	return kwp_hash_name(seed, words, size);
}

uint64_t policy_key_path(const struct kwp_seed *seed, const char *path)
{
	uint64_t key = kwp_hash_pair(seed, KWP_DOMAIN_PATH, 0);
	const char *name;
	size_t size;

	while (policy_path_next(&path, &name, &size))
		key = kwp_hash_pair(seed, key, policy_key_name(seed, name, size));
	return key;
}

uint16_t maker_node(struct policy_maker *maker, uint64_t key)
{
	struct policy *policy = maker->policy;
	size_t at = key % MAKER_TABLE;

	/* Half of the table stays empty, so there is an end. */
	for (; maker->table[at]; at = (at + 1) % MAKER_TABLE)
		if (policy->nodes[maker->table[at] - 1].key == key)
			return maker->table[at] - 1;
	if (policy->nodes_count == MAKER_NODES) {
		maker_fail(maker, -E2BIG, "more than %d places in the tree of names",
			   MAKER_NODES);
		return MAKER_ROOT;
	}
	policy->nodes[policy->nodes_count].key = key;
	maker->table[at] = ++policy->nodes_count;
	return policy->nodes_count - 1;
}

uint16_t maker_node_path(struct policy_maker *maker, const char *path)
{
	const struct kwp_seed *seed = &maker->policy->fixed.seed;
	uint64_t key = maker_pair(maker, KWP_DOMAIN_PATH, 0);
	uint16_t index = maker_node(maker, key), parent;
	const char *name;
	size_t size;

	while (policy_path_next(&path, &name, &size)) {
		parent = index;
		key = maker_pair(maker, key, policy_key_name(seed, name, size));
		index = maker_node(maker, key);
		maker->parents[index] = parent;
	}
	return index;
}

/* The first node whose key is not lower. */
static size_t node_place(const struct policy *policy, uint64_t key)
{
	size_t low = 0, high = policy->nodes_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (policy->nodes[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct kwp_node *policy_node_find(const struct policy *policy, uint64_t key)
{
	const size_t at = node_place(policy, key);

	return at < policy->nodes_count && policy->nodes[at].key == key ? &policy->nodes[at].node
									: NULL;
}

struct kwp_node *policy_node_add(struct policy *policy, uint64_t key)
{
	const size_t at = node_place(policy, key);
	struct policy_node *node = &policy->nodes[at];

	if (at == policy->nodes_count || node->key != key) {
		memmove(node + 1, node, (policy->nodes_count++ - at) * sizeof(*node));
		*node = (struct policy_node){.key = key};
	}
	return &node->node;
}
