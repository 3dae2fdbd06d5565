/* SPDX-License-Identifier: GPL-2.0-only */
/* Address rules become ranges, each with the port rules of all ranges around it. */
#include "policy_maker.h"
#include "policy_text.h"

#include <errno.h>
#include <string.h>

#define NESTING_MAX 130 /* ranges within each other, one of each prefix length */

struct range {
	const struct profile_address_rule *line;
	struct kwp_cidr key;
	uint16_t number;
};

/* Sockets whose packets no rule can see are for the strictest rule of egress to forbid. */
static void raw_rule(struct policy_maker *maker, uint16_t number, enum kwp_action action)
{
	uint16_t *raw = &maker->policy->fixed.address_raw;

	if (action >= KWP_BLOCK && !maker->err &&
	    (!*raw || maker->policy->rules[*raw].action[0] < action))
		*raw = number;
}

uint16_t maker_rule_address(struct policy_maker *maker, const struct profile_address_rule *line)
{
	const char *direction = line->ingress ? "ingress" : "egress";
	uint16_t number;

	maker->place = &line->place;
	buffer_addf(&maker->words, "%s ", direction);
	number = maker_rule_plain(maker, direction, KWP_CLASS_NETWORK, line->action, line->text);
	if (!line->ingress)
		raw_rule(maker, number, line->action);
	return number;
}

static struct kwp_port address_port(const struct profile_address_rule *line, uint16_t number)
{
	return (struct kwp_port){.low = line->low, .high = line->high, .rule = number,
				 .protocol = line->protocol};
}

/* The key of a range, without bits behind its prefix. */
static struct kwp_cidr range_key(const struct profile_address_rule *line)
{
	unsigned prefix = MIN(line->prefix, 128), bytes = prefix / 8;
	struct kwp_cidr key = {.prefix = 32 + prefix, .ingress = line->ingress};

	memcpy(key.address, line->address, bytes);
	if (prefix % 8)
		key.address[bytes] = line->address[bytes] & (0xff00 >> prefix % 8);
	return key;
}

/* Ranges before those within them, and for the same range the strictest rule first. */
static int range_compare(const void *a, const void *b)
{
	const struct range *left = a, *right = b;
	int order = left->key.ingress - right->key.ingress;

	if (!order)
		order = memcmp(left->key.address, right->key.address, sizeof(left->key.address));
	if (!order)
		order = (int)left->key.prefix - (int)right->key.prefix;
	if (!order)
		order = (int)right->line->action - (int)left->line->action;
	return order ? order : (int)left->number - (int)right->number;
}

static bool cidr_holds(const struct kwp_cidr *outer, const struct kwp_cidr *inner)
{
	unsigned bits = outer->prefix - 32, bytes = bits / 8, rest = bits % 8;

	return outer->ingress == inner->ingress && outer->prefix <= inner->prefix &&
	       !memcmp(outer->address, inner->address, bytes) &&
	       (!rest || !((outer->address[bytes] ^ inner->address[bytes]) >> (8 - rest)));
}

static bool port_holds(const struct kwp_port *outer, const struct kwp_port *inner)
{
	return outer->low <= inner->low && outer->high >= inner->high &&
	       (!outer->protocol || outer->protocol == inner->protocol);
}

void maker_port(struct policy_maker *maker, struct kwp_cidr_rules *rules,
		const struct kwp_port *port)
{
	struct policy *policy = maker->policy;

	for (uint32_t i = 0; i < rules->count; i++)
		if (port_holds(&policy->ports[rules->first + i], port))
			return;
	if (rules->count == KWP_PORTS_MAX) {
		maker_fail(maker, -E2BIG,
			   "more than %d port rules for one range of addresses and those around it",
			   KWP_PORTS_MAX);
		return;
	}
	if (policy->ports_count == KWP_PORTS_TOTAL) {
		maker_fail(maker, -E2BIG, "more than %d port rules in all ranges of addresses",
			   KWP_PORTS_TOTAL);
		return;
	}
	policy->fixed.by_port |= port->low || port->high != UINT16_MAX;
	policy->ports[policy->ports_count++] = *port;
	rules->count++;
}

/* Adds to the newest range. */
static void port_add(struct policy_maker *maker, const struct kwp_port *port)
{
	maker_port(maker, &maker->policy->cidrs[maker->policy->cidrs_count - 1].value, port);
}

/* Begins a range; around: the closest one that holds it, NULL: none. */
static void cidr_begin(struct policy_maker *maker, const struct range *range)
{
	struct policy *policy = maker->policy;

	if (policy->cidrs_count == MAKER_CIDRS) {
		maker_fail(maker, -E2BIG, "more than %d ranges of addresses", MAKER_CIDRS);
		return;
	}
	policy->fixed.ranges |= 1u << range->key.ingress;
	policy->cidrs[policy->cidrs_count++] = (struct policy_cidr){
		.key = range->key, .value.first = policy->ports_count};
}

static void cidr_end(struct policy_maker *maker, const struct policy_cidr *around)
{
	for (uint32_t i = 0; around && i < around->value.count && !maker->err; i++)
		port_add(maker, &maker->policy->ports[around->value.first + i]);
}

/* Ranges are sorted, so those around the next one are a stack. */
static void ranges_place(struct policy_maker *maker, const struct range *ranges, size_t count)
{
	struct policy *policy = maker->policy;
	const struct policy_cidr *around[NESTING_MAX];
	unsigned depth = 0;

	for (size_t i = 0, next; i < count && !maker->err; i = next) {
		maker->place = &ranges[i].line->place;
		cidr_begin(maker, &ranges[i]);
		for (next = i; next < count && !maker->err; next++) {
			struct kwp_port port = address_port(ranges[next].line,
							    ranges[next].number);

			if (memcmp(&ranges[next].key, &ranges[i].key, sizeof(ranges[i].key)))
				break;
			maker->place = &ranges[next].line->place;
			port_add(maker, &port);
		}
		while (depth && !cidr_holds(&around[depth - 1]->key, &ranges[i].key))
			depth--;
		cidr_end(maker, depth ? around[depth - 1] : NULL);
		if (!maker->err)
			around[depth++] = &policy->cidrs[policy->cidrs_count - 1];
	}
}

static int rooms_make(struct policy *policy, size_t count)
{
	policy->cidrs = calloc(MIN(count, MAKER_CIDRS) + 1, sizeof(*policy->cidrs));
	policy->ports = calloc(KWP_PORTS_TOTAL, sizeof(*policy->ports));
	return policy->cidrs && policy->ports ? 0 : -ENOMEM;
}

static void defaults_place(struct policy_maker *maker)
{
	const enum kwp_action actions[] = {maker->profile->egress_default,
					   maker->profile->ingress_default};
	static const char *const names[] = {"egress", "ingress"};

	for (unsigned i = 0; i < ARRAY_SIZE(actions); i++) {
		uint16_t number;

		if (actions[i] <= KWP_ALLOW)
			continue;
		maker->place = &maker->profile->address_default_place[i];
		buffer_string(&maker->words, names[i]);
		number = maker_rule_plain(maker, names[i], KWP_CLASS_NETWORK, actions[i],
					  " default");
		maker->policy->rules[number].flags |= KWP_RULE_DEFAULT;
		maker->policy->fixed.address_fallback[i] = number;
		if (!i)
			raw_rule(maker, number, actions[i]);
	}
}

void maker_addresses(struct policy_maker *maker)
{
	const struct profile *profile = maker->profile;
	_cleanup_free_ struct range *ranges =
		calloc(profile->addresses_count + 1, sizeof(*ranges));
	size_t count = 0;

	if (!ranges || rooms_make(maker->policy, profile->addresses_count)) {
		maker_fail_memory(maker);
		return;
	}
	defaults_place(maker);
	for (size_t i = 0; i < profile->addresses_count && !maker->err; i++) {
		const struct profile_address_rule *line = &profile->addresses[i];

		/* "dns" is its resolvers, which have rules of their own: resolver.h. */
		if (!line->domain && !line->dns)
			ranges[count++] = (struct range){line, range_key(line),
							 maker_rule_address(maker, line)};
	}
	qsort(ranges, count, sizeof(*ranges), range_compare);
	if (!maker->err)
		ranges_place(maker, ranges, count);
}
