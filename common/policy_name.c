/* SPDX-License-Identifier: GPL-2.0-only */
/* Rules of addresses by name become patterns, each with the port rules of all around it. */
#include "policy_maker.h"

#include <errno.h>
#include <string.h>

#define NESTING_MAX 128 /* patterns within each other, one for each part of a name */

struct named {
	const struct profile_address_rule *line;
	struct kwp_name key;
	uint16_t number;
};

/* An exact name ends with a 0, so that it begins no other one. */
struct kwp_name policy_name_key(const char *pattern)
{
	const bool below = !strncmp(pattern, "*.", 2);
	const char *name = pattern + (below ? 1 : 0); /* the dot stays */
	size_t size = MIN(strlen(name), sizeof(((struct kwp_name *)0)->text) - 1);
	struct kwp_name key = {.prefix = 8 * (1 + size + !below)};

	for (size_t i = 0; i < size; i++)
		key.text[i] = name[size - 1 - i];
	return key;
}

/* Patterns before those within them, and of the same one the strictest rule first. */
static int named_compare(const void *a, const void *b)
{
	const struct named *left = a, *right = b;
	int order = memcmp(left->key.text, right->key.text, sizeof(left->key.text));

	if (!order)
		order = (int)left->key.prefix - (int)right->key.prefix;
	if (!order)
		order = (int)right->line->action - (int)left->line->action;
	return order ? order : (int)left->number - (int)right->number;
}

static bool key_holds(const struct kwp_name *outer, const struct kwp_name *inner)
{
	return outer->prefix <= inner->prefix &&
	       !memcmp(outer->text, inner->text, outer->prefix / 8 - 1);
}

static bool is_same(const struct named *a, const struct named *b)
{
	return a->key.prefix == b->key.prefix && key_holds(&a->key, &b->key);
}

/* A new pattern; its number among the names of all generations is its own hash. */
static void name_begin(struct policy_maker *maker, const struct named *named)
{
	static const struct kwp_seed fixed;
	struct policy *policy = maker->policy;
	struct policy_name *name = &policy->names[policy->names_count];

	if (policy->names_count == MAKER_NAMES) {
		maker_fail(maker, -E2BIG, "more than %d names of addresses", MAKER_NAMES);
		return;
	}
	*name = (struct policy_name){.pattern = strdup(named->line->domain),
				     .value.first = policy->ports_count};
	if (!name->pattern) {
		maker_fail_memory(maker);
		return;
	}
	name->id = policy_key_name(&fixed, name->pattern, strlen(name->pattern));
	policy->names_count++;
}

static void name_ports(struct policy_maker *maker, const struct named *named,
		       struct kwp_cidr_rules *rules)
{
	const struct profile_address_rule *line = named->line;
	const struct kwp_port port = {.low = line->low,
				      .high = line->high,
				      .rule = named->number,
				      .protocol = line->protocol};

	maker->place = &line->place;
	maker_port(maker, rules, &port);
}

static void names_place(struct policy_maker *maker, const struct named *all, size_t count)
{
	struct policy *policy = maker->policy;
	const struct policy_name *around[NESTING_MAX];
	const struct named *keys[NESTING_MAX];
	unsigned depth = 0;

	for (size_t i = 0, next; i < count && !maker->err; i = next) {
		struct policy_name *name = &policy->names[policy->names_count];

		maker->place = &all[i].line->place;
		name_begin(maker, &all[i]);
		for (next = i; next < count && !maker->err && is_same(&all[i], &all[next]); next++)
			name_ports(maker, &all[next], &name->value);
		while (depth && !key_holds(&keys[depth - 1]->key, &all[i].key))
			depth--;
		for (uint32_t p = 0; depth && p < around[depth - 1]->value.count && !maker->err;
		     p++)
			maker_port(maker, &name->value,
				   &policy->ports[around[depth - 1]->value.first + p]);
		keys[depth] = &all[i];
		around[depth++] = name;
	}
}

void maker_names(struct policy_maker *maker)
{
	const struct profile *profile = maker->profile;
	struct policy *policy = maker->policy;
	_cleanup_free_ struct named *all = calloc(profile->addresses_count + 1, sizeof(*all));
	size_t count = 0;

	policy->names =
		calloc(MIN(profile->addresses_count, MAKER_NAMES) + 1, sizeof(*policy->names));
	if (!all || !policy->names) {
		maker_fail_memory(maker);
		return;
	}
	for (size_t i = 0; i < profile->addresses_count && !maker->err; i++) {
		const struct profile_address_rule *line = &profile->addresses[i];

		if (!line->domain)
			continue;
		all[count] = (struct named){line, policy_name_key(line->domain),
					    maker_rule_address(maker, line)};
		policy->rules[all[count++].number].flags |= KWP_RULE_NAMED;
	}
	qsort(all, count, sizeof(*all), named_compare);
	if (!maker->err)
		names_place(maker, all, count);
	if (count)
		policy->guards |= KWP_GUARD_NAMES | 1u << KWP_CLASS_NETWORK;
	policy->fixed.named = policy->names_count;
	policy->fixed.resolvers = profile->resolvers_count;
	policy->fixed.resolvers_local = profile->resolvers_local;
	memcpy(policy->fixed.resolver, profile->resolvers, sizeof(policy->fixed.resolver));
}
