/* SPDX-License-Identifier: GPL-2.0-only */
#include "learn_seen.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "digits.h"
#include "fnv.h"
#include "names.h"
#include "syscall.h"

/* ---- the set ---- */

static uint64_t hash_text(uint64_t hash, struct text text)
{
	return fnv_add_sized(hash, text.bytes, text.size);
}

static uint64_t hash_item(const struct item *item)
{
	uint64_t hash = FNV_BEGIN ^ item->section;

	hash = hash_text(hash, item->name);
	hash = hash_text(hash, item->value[SEEN_WHAT]);
	hash = hash_text(hash, item->value[SEEN_CONTAINER]);
	return hash ^ hash >> 29;
}

static bool same(const struct item *a, const struct item *b)
{
	return a->section == b->section && text_equal(a->name, b->name) &&
	       text_equal(a->value[SEEN_WHAT], b->value[SEEN_WHAT]) &&
	       text_equal(a->value[SEEN_CONTAINER], b->value[SEEN_CONTAINER]);
}

/* Its slot, or the free one where it belongs. */
static uint32_t *slot_of(const struct seen_set *set, const struct item *item)
{
	size_t at = hash_item(item) & (set->slots - 1);

	while (set->index[at] && !same(&set->items.list[set->index[at] - 1], item))
		at = (at + 1) & (set->slots - 1);
	return &set->index[at];
}

/* At most half of the slots are in use. */
static bool make_room(struct seen_set *set)
{
	size_t slots = set->slots ? 2 * set->slots : 1024;
	uint64_t *counts;
	struct seen_by *by;
	uint32_t *index;

	if (set->items.count < set->slots / 2)
		return true;
	if (set->items.count >= SEEN_MAX)
		return false;
	counts = reallocarray(set->counts, slots / 2, sizeof(*counts));
	set->counts = counts ?: set->counts;
	by = reallocarray(set->by, slots / 2, sizeof(*by));
	set->by = by ?: set->by;
	index = calloc(slots, sizeof(*index));
	if (!counts || !by || !index) {
		free(index);
		return false;
	}
	free(set->index);
	set->index = index;
	set->slots = slots;
	for (size_t i = 0; i < set->items.count; i++)
		*slot_of(set, &set->items.list[i]) = (uint32_t)i + 1;
	return true;
}

static void by_set(struct seen_by *to, const struct seen_by *by)
{
	char *process = by ? strdup(by->process) : NULL;

	if (!process)
		return;
	free((char *)to->process);
	*to = *by;
	to->process = process;
}

bool seen_add(struct seen_set *set, const struct item *item, const struct seen_by *by)
{
	const size_t count = set->items.count;
	uint32_t *slot = set->slots ? slot_of(set, item) : NULL;
	bool new = !slot || !*slot;

	if (!new) {
		set->counts[*slot - 1]++;
		by_set(&set->by[*slot - 1], by);
		return false;
	}
	if (!make_room(set)) {
		set->dropped++;
		return false;
	}
	items_add(&set->items, item);
	if (set->items.count == count) {
		set->items.failed = false;
		set->dropped++;
		return false;
	}
	*slot_of(set, item) = (uint32_t)count + 1;
	set->counts[count] = 1;
	set->by[count] = (struct seen_by){};
	by_set(&set->by[count], by);
	return true;
}

void seen_add_many(struct seen_set *set, const struct item *item, uint64_t times)
{
	const uint64_t dropped = set->dropped;
	uint32_t *slot;

	seen_add(set, item, NULL);
	slot = set->dropped == dropped ? slot_of(set, item) : NULL;
	if (slot && *slot)
		set->counts[*slot - 1] += times - 1;
}

const struct seen_by *seen_who(const struct seen_set *set, const struct item *item)
{
	uint32_t *slot = set->slots ? slot_of(set, item) : NULL;

	return slot && *slot && set->by[*slot - 1].process ? &set->by[*slot - 1] : NULL;
}

void seen_items(const struct seen_set *set, struct items *out)
{
	for (size_t i = 0; i < set->items.count; i++) {
		struct item item = set->items.list[i];
		char count[24];

		snprintf(count, sizeof(count), "%" PRIu64, set->counts[i]);
		item.value[SEEN_COUNT] = text_of(count);
		items_add(out, &item);
	}
}

void seen_containers(const struct seen_set *set, void (*visit)(struct text name, void *data),
		     void *data)
{
	struct text known[64];
	size_t count = 0;

	for (size_t i = 0; i < set->items.count && count < ARRAY_SIZE(known); i++) {
		struct text name = set->items.list[i].value[SEEN_CONTAINER];
		bool seen = !name.bytes;

		for (size_t k = 0; !seen && k < count; k++)
			seen = text_equal(known[k], name);
		if (seen)
			continue;
		known[count++] = name;
		visit(name, data);
	}
}

void seen_free(struct seen_set *set)
{
	for (size_t i = 0; i < set->items.count; i++)
		free((char *)set->by[i].process);
	items_free(&set->items);
	free(set->counts);
	free(set->by);
	free(set->index);
	*set = (struct seen_set){};
}

/* ---- names ---- */

void seen_capability(unsigned bit, char *out, size_t size)
{
	const char *name = name_value(NAME_CAPABILITY, bit);

	if (name)
		snprintf(out, size, "%s", name);
	else
		snprintf(out, size, "%u", bit);
}

void seen_call(const struct kwp_record *record, char *out, size_t size)
{
	const char *name = syscall_name(record->nr, record->flags & KWP_F_COMPAT);

	if (name)
		snprintf(out, size, "%s", name);
	else
		snprintf(out, size, "%d", record->nr);
}

static const char *protocol_of(const struct kwp_net *net)
{
	const char *name = net->protocol ? name_value(NAME_PROTOCOL_WORD, net->protocol) : NULL;

	if (name)
		return name;
	return net->type == SOCK_STREAM ? "tcp" : net->type == SOCK_DGRAM ? "udp" : "raw";
}

bool seen_address(unsigned type, const struct kwp_net *net, char *out, size_t size)
{
	const bool out_going = type == KWP_CONNECT;
	const struct kwp_addr *end = out_going ? &net->remote : &net->local;
	const bool v6 = end->family == AF_INET6;
	char address[DIGITS_MAX];

	if (type != KWP_CONNECT && type != KWP_ACCEPT && type != KWP_LISTEN)
		return false;
	if (end->family != AF_INET && !v6)
		return false;
	*digits_put_address(address, end->addr, v6) = 0;
	snprintf(out, size, v6 ? "%s %s [%s]:%u" : "%s %s %s:%u", event_type_name(type),
		 protocol_of(net), address, end->port);
	return true;
}
