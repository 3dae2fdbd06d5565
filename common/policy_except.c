/* SPDX-License-Identifier: GPL-2.0-only */
/* Who rules are not about, as nodes. */
#include "policy_maker.h"

#include <errno.h>

static uint64_t except_key(struct policy_maker *maker, uint16_t number,
			   const struct profile_exception *except)
{
	uint64_t key = maker_pair(maker, KWP_DOMAIN_EXCEPT, number);

	if (!except->executable)
		return maker_pair(maker, key, maker_pair(maker, KWP_DOMAIN_UID, except->uid));
	return maker_pair(maker, key,
			  policy_key_path(&maker->policy->fixed.seed, except->executable));
}

/* For one access: the rule that speaks for it is the one whose exceptions hold. */
static void except_place(struct policy_maker *maker, uint16_t number, enum kwp_access access,
			 const struct profile_exception *except)
{
	uint16_t node;

	maker->place = &except->place;
	if (!except->executable == (except->uid < 0) || except->uid > UINT32_MAX) {
		maker_fail(maker, -EINVAL, "an exception names either a program or a uid");
		return;
	}
	node = maker_node(maker, except_key(maker, number, except));
	maker_node_at(maker, node)->flags |= KWP_NODE_EXCEPT << access;
	maker->policy->rules[number].flags |= KWP_RULE_EXCEPTED;
}

static void rule_except(struct policy_maker *maker, uint16_t number)
{
	for (unsigned access = 0; access < KWP_ACCESS_COUNT; access++) {
		const struct maker_origin *source =
			&maker->origins[maker->origins[number].source[access]];

		for (size_t i = 0; i < source->except_count && !maker->err; i++)
			except_place(maker, number, access, &source->except[i]);
	}
}

void maker_exceptions(struct policy_maker *maker)
{
	for (size_t number = 1; number < maker->policy->rules_count && !maker->err; number++)
		rule_except(maker, number);
}
