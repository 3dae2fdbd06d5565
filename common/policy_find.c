/* SPDX-License-Identifier: GPL-2.0-only */
/* What the maps would answer, step by step as the kernel side asks them. */
#include "policy_maker.h"

#include <string.h>

/* Rules that may decide, the most specific first. */
struct found {
	uint16_t as, exact, name, directory;
};

static uint16_t exact_find(const struct policy *policy, uint64_t key, enum kwp_path_class class)
{
	const struct kwp_node *node = policy_node_find(policy, key);

	return node ? node->exact[class] : 0;
}

/* From the root down, until no pattern can follow. */
static void path_find(const struct policy *policy, const char *path, enum kwp_path_class class,
		      struct found *found)
{
	const struct kwp_seed *seed = &policy->fixed.seed;
	uint64_t key = kwp_hash_pair(seed, KWP_DOMAIN_PATH, 0), hash;
	const struct kwp_node *node = policy_node_find(policy, key);
	const char *name;
	size_t size;

	while (policy_path_next(&path, &name, &size)) {
		bool last = !path[strspn(path, "/")];

		if (node && node->subtree[class])
			found->directory = node->subtree[class];
		if (node && last && node->children[class])
			found->directory = node->children[class];
		hash = policy_key_name(seed, name, size);
		key = kwp_hash_pair(seed, key, hash);
		node = node ? policy_node_find(policy, key) : NULL;
		if (last)
			found->name = exact_find(
				policy, kwp_hash_pair(seed, KWP_DOMAIN_NAME, hash), class);
	}
	found->exact = node ? node->exact[class] : 0;
}

static uint16_t as_find(const struct policy *policy, const char *path, const char *invoked_as)
{
	const struct kwp_seed *seed = &policy->fixed.seed;
	uint64_t key = kwp_hash_pair(seed, KWP_DOMAIN_AS, policy_key_path(seed, path));

	key = kwp_hash_pair(seed, key, policy_key_name(seed, invoked_as, strlen(invoked_as)));
	return exact_find(policy, key, KWP_PATH_PROCESS);
}

uint16_t policy_find(const struct policy *policy, const char *path, const char *invoked_as,
		     enum kwp_path_class class, enum kwp_access access)
{
	struct found found = {0};

	if (invoked_as && class == KWP_PATH_PROCESS)
		found.as = as_find(policy, path, invoked_as);
	path_find(policy, path, class, &found);

	const uint16_t order[] = {found.as, found.exact, found.name, found.directory};

	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		if (order[i] && policy->rules[order[i]].action[access])
			return order[i];
	return policy->fixed.fallback[class];
}

static bool cidr_covers(const struct kwp_cidr *key, const uint8_t address[16])
{
	unsigned bits = key->prefix - 32, bytes = bits / 8, rest = bits % 8;

	return !memcmp(key->address, address, bytes) &&
	       (!rest || !((key->address[bytes] ^ address[bytes]) >> (8 - rest)));
}

static const struct policy_cidr *cidr_find(const struct policy *policy, bool ingress,
					   const uint8_t address[16])
{
	const struct policy_cidr *best = NULL;

	for (size_t i = 0; i < policy->cidrs_count; i++) {
		const struct policy_cidr *cidr = &policy->cidrs[i];

		if (cidr->key.ingress == ingress && cidr_covers(&cidr->key, address) &&
		    (!best || cidr->key.prefix > best->key.prefix))
			best = cidr;
	}
	return best;
}

/* Loopback, or no address at all, by which connect(2) means loopback: no default is about it. */
static bool is_local(const uint8_t address[16])
{
	static const uint8_t none[15], mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (!memcmp(address, mapped, sizeof(mapped)))
		return address[12] == 127 || !memcmp(address + 12, none, 4);
	return !memcmp(address, none, sizeof(none)) && address[15] <= 1;
}

static uint16_t port_find(const struct policy *policy, const struct kwp_cidr_rules *rules,
			  uint16_t port, uint8_t protocol)
{
	for (uint32_t i = 0; i < rules->count; i++) {
		const struct kwp_port *fit = &policy->ports[rules->first + i];

		if (port >= fit->low && port <= fit->high &&
		    (!fit->protocol || fit->protocol == protocol))
			return fit->rule;
	}
	return 0;
}

uint16_t policy_find_address(const struct policy *policy, bool ingress, const uint8_t address[16],
			     uint16_t port, uint8_t protocol)
{
	const struct policy_cidr *cidr = cidr_find(policy, ingress, address);

	uint16_t rule = cidr ? port_find(policy, &cidr->value, port, protocol) : 0;

	if (rule)
		return rule;
	return is_local(address) ? 0 : policy->fixed.address_fallback[ingress];
}

/* The longest prefix of the name from its end, as the trie in the kernel finds it. */
uint16_t policy_find_name(const struct policy *policy, const char *name, uint16_t port,
			  uint8_t protocol)
{
	const struct kwp_name asked = policy_name_key(name);
	const struct policy_name *best = NULL;
	uint32_t longest = 0;

	for (size_t i = 0; i < policy->names_count; i++) {
		const struct kwp_name key = policy_name_key(policy->names[i].pattern);

		if (key.prefix > longest && key.prefix <= asked.prefix &&
		    !memcmp(key.text, asked.text, key.prefix / 8 - 1)) {
			best = &policy->names[i];
			longest = key.prefix;
		}
	}
	return best ? port_find(policy, &best->value, port, protocol) : 0;
}
