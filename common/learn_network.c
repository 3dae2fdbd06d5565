/* SPDX-License-Identifier: GPL-2.0-only */
/* The network part of a learnt profile. */
#include <string.h>

#include "digits.h"
#include "escape.h"
#include "learn.h"

#define CROWD_ADDRESSES 4 /* neighbours that become a range */
#define PORT_DNS 53

static bool is_loopback(const struct learn_address *address)
{
	static const uint8_t v6[16] = {[15] = 1}, none[16];

	if (!address->v6)
		return address->bytes[0] == 127 || !memcmp(address->bytes, none, 4);
	return !memcmp(address->bytes, v6, 16) || !memcmp(address->bytes, none, 16);
}

/* "connect tcp 10.0.0.1:443": what follows the verb; absent: another verb. */
static struct text after_verb(struct text name, const char *verb)
{
	size_t size = strlen(verb);

	if (name.size <= size + 1 || memcmp(name.bytes, verb, size) || name.bytes[size] != ' ')
		return (struct text){NULL, 0};
	return (struct text){name.bytes + size + 1, name.size - size - 1};
}

/* ":443/tcp". */
static void port_put(struct buffer *out, const struct learn_address *address)
{
	static const char *const known[] = {"tcp", "udp", "sctp"};

	if (address->port)
		buffer_addf(out, ":%u", address->port);
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(address->protocol, known[i]))
			buffer_addf(out, "/%s", known[i]);
}

static void address_put(struct buffer *out, const struct learn_address *address)
{
	char text[DIGITS_MAX];

	*digits_put_address(text, address->bytes, address->v6) = 0;
	buffer_addf(out, "\n      - \"%s%s", address->v6 ? "[" : "", text);
	if (address->bits != (address->v6 ? 128u : 32u))
		buffer_addf(out, "/%u", address->bits);
	buffer_string(out, address->v6 ? "]" : "");
	port_put(out, address);
	buffer_byte(out, '"');
	learn_put_times(out, address->times);
	if (address->joined > 1)
		buffer_addf(out, ", %u addresses", address->joined);
}

/* A name is a better rule than the address that it had on that day. */
static bool domain_add(struct items *names, const struct item *connection,
		       const struct learn_address *address)
{
	const struct text domain = connection->value[SEEN_DOMAIN];
	_cleanup_buffer_ struct buffer word = {};
	struct item item = {.section = SECTION_NAMES};

	if (!domain.bytes || !domain.size || memchr(domain.bytes, '\\', domain.size))
		return false;
	escape_json(&word, domain);
	port_put(&word, address);
	item.name = (struct text){word.bytes, word.size};
	items_add(names, &item);
	return true;
}

struct found {
	struct learn_address *list;
	size_t count;
	struct items names;
	bool dns;
};

/* Connections of that verb; one by name goes to the names. */
static void find(struct found *found, const struct items *items, const char *verb)
{
	const bool out = !strcmp(verb, "connect");

	for (size_t i = 0; i < items->count; i++) {
		const struct item *item = &items->list[i];
		struct learn_address *address = &found->list[found->count];
		struct text text = after_verb(item->name, verb);

		found->dns |= item->section == SECTION_NAMES;
		if (item->section != SECTION_CONNECTIONS || !text.bytes ||
		    !address_parse(text, address) || (out && is_loopback(address)))
			continue;
		address->times = learn_times(item);
		found->dns |= out && address->port == PORT_DNS;
		if (out && (address->port == PORT_DNS || domain_add(&found->names, item, address)))
			continue;
		found->count++;
	}
}

static bool put_egress(struct buffer *out, struct found *found)
{
	items_sort(&found->names);
	for (size_t i = 0; i < found->names.count; i++) {
		struct text name = found->names.list[i].name;

		buffer_addf(out, "\n      - \"%.*s\"  # by name", (int)name.size, name.bytes);
	}
	found->count = addresses_join(found->list, found->count, CROWD_ADDRESSES);
	for (size_t i = 0; i < found->count; i++)
		address_put(out, &found->list[i]);
	if (found->dns)
		buffer_string(out, "\n      - dns");
	return found->names.count || found->count || found->dns;
}

/* Who comes in may come from anywhere: what counts is the port. */
static bool put_ingress(struct buffer *out, struct found *found)
{
	bool any = false;

	for (size_t i = 0; i < found->count; i++) {
		struct learn_address *address = &found->list[i];

		/* What only listens on loopback is open anyway. */
		if (!address->v6 && address->bytes[0] == 127)
			address->port = 0;
		memset(address->bytes, 0, sizeof(address->bytes));
		address->v6 = false;
		address->bits = 0;
	}
	found->count = addresses_join(found->list, found->count, 0);
	for (size_t i = 0; i < found->count; i++) {
		if (!found->list[i].port)
			continue;
		buffer_string(out, "\n      - \"");
		port_put(out, &found->list[i]);
		buffer_byte(out, '"');
		learn_put_times(out, found->list[i].times);
		any = true;
	}
	return any;
}

void learn_put_network(struct buffer *out, const struct items *items)
{
	struct found found = {.list = calloc(2 * items->count + 1, sizeof(*found.list))};

	if (!found.list) {
		out->failed = true;
		return;
	}
	find(&found, items, "connect");
	buffer_string(out, "network:\n  # Loopback is always open.\n"
			   "  egress:\n    default: block\n    allow:");
	buffer_string(out, put_egress(out, &found) ? "\n" : " []\n");
	found.count = 0;
	find(&found, items, "accept");
	find(&found, items, "listen");
	buffer_string(out, "  ingress:\n    default: block\n    allow:");
	buffer_string(out, put_ingress(out, &found) ? "\n\n" : " []\n\n");
	items_free(&found.names);
	free(found.list);
}
