/* SPDX-License-Identifier: GPL-2.0-only */
/* Files and directories whose inodes are to be known, since rules that forbid name them. */
#include "policy_maker.h"

#include <errno.h>
#include <string.h>

static const uint16_t *slots_of(const struct kwp_node *node, enum pattern_kind kind)
{
	return kind == PATTERN_EXACT	? node->exact :
	       kind == PATTERN_CHILDREN ? node->children :
					  node->subtree;
}

static void identity_add(struct policy_maker *maker, const struct profile_path_rule *line)
{
	const struct kwp_node *node =
		maker_node_at(maker, maker_node_path(maker, line->pattern.path));
	enum kwp_path_class class = maker_path_class(line);
	uint16_t number = slots_of(node, line->pattern.kind)[class];
	struct policy *policy = maker->policy;
	struct policy_identity *identity = &policy->identities[policy->identities_count];

	if (maker_rule_strictest(maker, number) < KWP_MONITOR)
		return;
	*identity = (struct policy_identity){
		.path = strdup(line->pattern.path),
		.subtree = line->pattern.kind != PATTERN_EXACT,
		.shallow = line->pattern.kind == PATTERN_CHILDREN,
	};
	if (!identity->path) {
		maker_fail_memory(maker);
		return;
	}
	identity->rule[class] = number;
	policy->identities_count++;
}

static int identity_compare(const void *a, const void *b)
{
	const struct policy_identity *left = a, *right = b;

	if (left->subtree != right->subtree)
		return left->subtree - right->subtree;
	if (left->shallow != right->shallow)
		return left->shallow - right->shallow;
	return strcmp(left->path, right->path);
}

/* One for each place, with its rules of both classes. */
static void identities_join(struct policy *policy)
{
	struct policy_identity *list = policy->identities;
	size_t count = 0;

	for (size_t i = 0; i < policy->identities_count; i++) {
		if (!count || identity_compare(&list[count - 1], &list[i])) {
			list[count++] = list[i];
			continue;
		}
		for (unsigned class = 0; class < KWP_PATH_CLASSES; class++)
			if (list[i].rule[class])
				list[count - 1].rule[class] = list[i].rule[class];
		free(list[i].path);
	}
	policy->identities_count = count;
}

/* What is known by the name that it is called by has no rule of its own. */
static bool has_place(const struct profile_path_rule *line)
{
	return line->pattern.kind != PATTERN_NAME && !line->as_count;
}

void maker_identities(struct policy_maker *maker)
{
	const struct profile *profile = maker->profile;
	struct policy *policy = maker->policy;

	policy->identities = calloc(profile->paths_count + 1, sizeof(*policy->identities));
	if (!policy->identities) {
		maker_fail_memory(maker);
		return;
	}
	for (size_t i = 0; i < profile->paths_count && !maker->err; i++)
		if (has_place(&profile->paths[i]))
			identity_add(maker, &profile->paths[i]);
	qsort(policy->identities, policy->identities_count, sizeof(*policy->identities),
	      identity_compare);
	identities_join(policy);
}
