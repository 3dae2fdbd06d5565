/* SPDX-License-Identifier: GPL-2.0-only */
/* Ranges of addresses beside each other: warns of those that change nothing, or that nothing
 * can match, in the file that was asked for. */
#include "profile_reader.h"

#include <string.h>

#define ADDRESS_BITS 128

/* Are all addresses of b in a? */
static bool range_holds(const struct profile_address_rule *a, const struct profile_address_rule *b)
{
	unsigned bytes = a->prefix / 8, rest = a->prefix % 8;

	if (a->prefix > b->prefix || memcmp(a->address, b->address, bytes))
		return false;
	return !rest || !((a->address[bytes] ^ b->address[bytes]) >> (8 - rest));
}

static bool ports_hold(const struct profile_address_rule *a, const struct profile_address_rule *b)
{
	return a->low <= b->low && a->high >= b->high &&
	       (!a->protocol || a->protocol == b->protocol);
}

static bool ports_meet(const struct profile_address_rule *a, const struct profile_address_rule *b)
{
	return a->low <= b->high && b->low <= a->high &&
	       (!a->protocol || !b->protocol || a->protocol == b->protocol);
}

/* Names stand for single addresses that are known later. */
static bool is_range(const struct profile_address_rule *rule)
{
	return !rule->domain && !rule->dns;
}

/* Does another rule with another action have a say between this one and the wider one (NULL:
 * the default)? */
static bool is_disputed(const struct profile *profile, const struct profile_address_rule *rule,
			const struct profile_address_rule *wider)
{
	for (size_t i = 0; i < profile->addresses_count; i++) {
		const struct profile_address_rule *other = &profile->addresses[i];

		if (other->ingress != rule->ingress || other->action == rule->action)
			continue;
		if (!is_range(rule) || (!is_range(other) && rule->prefix == ADDRESS_BITS))
			return true;
		if (is_range(other) && range_holds(other, rule) && ports_meet(other, rule) &&
		    (!wider || range_holds(wider, other)))
			return true;
	}
	return false;
}

/* The narrowest rule that all of this one's connections would fall to. */
static const struct profile_address_rule *wider_find(const struct profile *profile,
						     const struct profile_address_rule *rule)
{
	const struct profile_address_rule *best = NULL;

	for (size_t i = 0; i < profile->addresses_count && is_range(rule); i++) {
		const struct profile_address_rule *other = &profile->addresses[i];

		if (other == rule || other->ingress != rule->ingress || !is_range(other) ||
		    !range_holds(other, rule) || !ports_hold(other, rule))
			continue;
		if (!best || other->prefix > best->prefix ||
		    (other->prefix == best->prefix && other->action > best->action))
			best = other;
	}
	return best;
}

/* A range goes before names, so what a default forbids anyway it forbids them too. */
static bool has_names(const struct profile *profile)
{
	for (size_t i = 0; i < profile->addresses_count; i++)
		if (profile->addresses[i].domain)
			return true;
	return false;
}

static void idle_warn(struct profile_reader *reader, const struct profile_address_rule *rule)
{
	const struct profile *profile = reader->profile;
	const struct profile_address_rule *wider = wider_find(profile, rule);
	enum kwp_action fallback =
		rule->ingress ? profile->ingress_default : profile->egress_default;
	char where[PLACE_SHOWN];

	if (wider)
		place_show(rule->place.file, &wider->place, where);
	if (wider && wider->prefix == rule->prefix && wider->action > rule->action)
		place_problem(reader, true, &rule->place,
			      "'%.100s' never matches: '%.100s' in %s comes first", rule->text,
			      wider->text, where);
	else if (wider && wider->action == rule->action && !is_disputed(profile, rule, wider))
		place_problem(reader, true, &rule->place,
			      "'%.100s' changes nothing: '%.100s' in %s does the same", rule->text,
			      wider->text, where);
	else if (!wider && rule->action == fallback && !is_disputed(profile, rule, NULL) &&
		 (rule->ingress || !is_range(rule) || !has_names(profile)))
		place_problem(reader, true, &rule->place,
			      "'%.100s' changes nothing: '%s' is the default", rule->text,
			      action_name(fallback));
}

void reader_ranges(struct profile_reader *reader)
{
	const struct profile *profile = reader->profile;

	if (reader->errors) /* too many entries for this are one */
		return;
	for (size_t i = reader->base_addresses; i < profile->addresses_count; i++) {
		if (profile->addresses[i].place.file == reader->documents[0].file)
			idle_warn(reader, &profile->addresses[i]);
	}
}
