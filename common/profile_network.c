/* SPDX-License-Identifier: GPL-2.0-only */
/* The key `network`: which addresses may be reached, and who may come in. */
#include "profile_reader.h"
#include "buffer.h"

/* Which of both maps is read. */
struct way {
	bool ingress;
	enum kwp_action *fallback;
	struct profile_place *place;
};

static bool key_make(struct buffer *key, const struct profile_address_rule *rule)
{
	buffer_addf(key, "address %d %d %u-%u ", rule->ingress, rule->protocol, rule->low,
		    rule->high);
	if (rule->domain || rule->dns)
		buffer_string(key, rule->dns ? "dns" : rule->domain);
	for (size_t i = 0; !rule->domain && i < sizeof(rule->address); i++)
		buffer_addf(key, "%02x", rule->address[i]);
	buffer_addf(key, "/%u%c", rule->prefix, '\0');
	return !key->failed;
}

void address_free(struct profile_address_rule *rule)
{
	free(rule->domain);
	free(rule->text);
}

static void address_add(struct profile_reader *reader, const struct yaml_node *node,
			struct profile_address_rule *rule)
{
	struct profile *profile = reader->profile;
	_cleanup_buffer_ struct buffer key = {0};
	struct profile_address_rule *old;
	size_t *at = NULL;
	bool found;

	if (key_make(&key, rule))
		at = reader_index(reader, key.bytes, profile->addresses_count, &found);
	reader->no_memory |= !at;
	if (at && !found) {
		if (!reader_append(reader, profile->addresses, profile->addresses_count, *rule))
			address_free(rule);
		return;
	}
	old = at ? &profile->addresses[*at] : NULL;
	if (!old ||
	    reader_repeats(reader, node, rule->text, &old->place, old->action, rule->action)) {
		address_free(rule);
		return;
	}
	address_free(old);
	*old = *rule;
}

static void read_addresses(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	const struct way *way = into;

	for (const struct yaml_node *item = yaml_node_first(value); item;
	     item = yaml_node_next(value, item)) {
		struct profile_address_rule rule = {.ingress = way->ingress,
						    .action = action_of_list(value),
						    .place = place_of(reader, item)};

		if (reader_address(reader, item, &rule))
			address_add(reader, item, &rule);
		else
			address_free(&rule);
	}
}

static void read_default(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	const struct way *way = into;

	if (reader_action(reader, value, ACTION(ALLOW) | ACTION(MONITOR) | ACTION(BLOCK),
			  way->fallback))
		*way->place = place_of(reader, value);
}

static const struct profile_key way_keys[] = {
	{"default", read_default,
	 "what happens to an address that no entry names: allow (so it is without this key), "
	 "monitor or block",
	 "block"},
	{"allow", read_addresses,
	 "addresses, ranges, domains and ports that may be reached, or may come in",
	 "[\"10.0.0.0/8:443/tcp\", \"*.example.com:443\", dns]"},
	{"monitor", read_addresses, "those that are told", "[\":22\"]"},
	{"block", read_addresses, "those that are refused", "[\"169.254.0.0/16\", \"[fc00::/7]\"]"},
};
const struct profile_section egress_section = {"network.egress", way_keys, ARRAY_SIZE(way_keys)};
const struct profile_section ingress_section = {"network.ingress", way_keys, ARRAY_SIZE(way_keys)};

/* Without `default` what no entry names is allowed. */
static void way_read(struct profile_reader *reader, const struct yaml_node *value, bool ingress)
{
	struct profile *profile = reader->profile;
	struct way way = {ingress, ingress ? &profile->ingress_default : &profile->egress_default,
			  &profile->address_default_place[ingress]};

	if (*way.fallback == KWP_NO_OPINION) {
		*way.fallback = KWP_ALLOW;
		*way.place = place_of(reader, value);
	}
	reader_map(reader, value, ingress ? &ingress_section : &egress_section, &way);
}

static void read_egress(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	(void)into;
	way_read(reader, value, false);
}

static void read_ingress(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	(void)into;
	way_read(reader, value, true);
}

static const struct profile_key network_keys[] = {
	{"egress", read_egress, "what the processes may reach",
	 "{default: block, allow: [\"10.0.0.0/8:443/tcp\", dns]}"},
	{"ingress", read_ingress, "who may reach the processes", "{block: [\":22\"]}"},
};
const struct profile_section network_section = {"network", network_keys, ARRAY_SIZE(network_keys)};

void reader_network(struct profile_reader *reader, const struct yaml_node *map, void *into)
{
	(void)into;
	reader_map(reader, map, &network_section, NULL);
}
