/* SPDX-License-Identifier: GPL-2.0-only */
/* Rules about sysctls: a list for people, and nodes. */
#include "policy_maker.h"

#include <errno.h>
#include <string.h>

static bool is_below(const char *pattern, size_t *size)
{
	bool below = *size && pattern[*size - 1] == '*';

	if (below)
		*size -= *size > 1 ? 2 : 1;
	return below;
}

static void sysctl_place(struct policy_maker *maker, const char *pattern, uint16_t number)
{
	uint64_t key = maker_pair(maker, KWP_DOMAIN_SYSCTL, 0);
	size_t size = strlen(pattern);
	bool below = is_below(pattern, &size);
	struct kwp_node *node;
	uint16_t *slot;

	for (size_t i = 0; i < size; i++)
		key = maker_pair(maker, key, (unsigned char)pattern[i]);
	node = maker_node_at(maker, maker_node(maker, key));
	slot = below ? &node->subtree[0] : &node->exact[0];
	*slot = maker_rule_merge(maker, *slot, number);
}

static void sysctl_add(struct policy_maker *maker, const struct profile_sysctl_rule *line)
{
	struct policy_sysctl *sysctl = &maker->policy->sysctls[maker->policy->sysctls_count++];

	maker->place = &line->place;
	sysctl->rule = maker_rule_plain(maker, "sysctl", KWP_CLASS_SYSCTL, line->action,
					line->pattern);
	sysctl->pattern = strdup(line->pattern);
	if (!sysctl->pattern)
		maker_fail_memory(maker);
	sysctl_place(maker, line->pattern, sysctl->rule);
}

void maker_sysctls(struct policy_maker *maker)
{
	const struct profile *profile = maker->profile;
	struct policy *policy = maker->policy;

	policy->sysctls = calloc(profile->sysctls_count + 1, sizeof(*policy->sysctls));
	if (!policy->sysctls)
		maker_fail_memory(maker);
	for (size_t i = 0; i < profile->sysctls_count && !maker->err; i++)
		sysctl_add(maker, &profile->sysctls[i]);
}
