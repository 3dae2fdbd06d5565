/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The digest of a policy: of what its profile says to the kernel, not of where or in which
 * order it says it, and the same whatever the seed. Each thing said is a run of bytes, whose
 * parts end in NUL; they are sorted, so that the order of lines does not matter.
 */
#include "digest.h"
#include "policy_maker.h"

#include <errno.h>
#include <inttypes.h>

struct item {
	const struct buffer *in;
	size_t start, size;
};

struct items {
	struct buffer bytes;
	struct item *list;
	size_t count;
};

static void item_end(struct items *items)
{
	struct item *item = &items->list[items->count++];

	item->in = &items->bytes;
	item->size = items->bytes.size - item->start;
	item[1].start = items->bytes.size;
}

/* What only restricts counts: an absent default is the same as one that allows. */
static int strict(enum kwp_action action)
{
	return action > KWP_ALLOW ? action : 0;
}

static void item_head(struct items *items, const struct profile *profile)
{
	buffer_addf(&items->bytes,
		    "mode %d default %d %d %d drift %d limits %" PRIu64 " %" PRIu32
		    " types %" PRIx64,
		    profile->mode, strict(profile->process_default),
		    strict(profile->egress_default), strict(profile->ingress_default),
		    profile->drift, profile->limits.events, profile->limits.cpu,
		    profile_types(profile));
	if (profile_drift_scripts(profile) != profile->drift)
		buffer_addf(&items->bytes, " scripts %d", profile_drift_scripts(profile));
	item_end(items);
}

static void add_excepts(struct items *items, const struct profile_exception *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buffer_addf(&items->bytes, "except %" PRId64 " %s%c", list[i].uid,
			    list[i].executable ? list[i].executable : "", 0);
}

static void item_path(struct items *items, const struct profile_path_rule *line)
{
	buffer_addf(&items->bytes, "path %d %d %d", line->class, line->pattern.kind, line->bait);
	for (unsigned access = 0; access < KWP_ACCESS_COUNT; access++)
		buffer_addf(&items->bytes, " %d", line->action[access]);
	buffer_addf(&items->bytes, " %s%c", line->pattern.path, 0);
	for (size_t i = 0; i < line->as_count; i++)
		buffer_addf(&items->bytes, "as %s%c", line->as[i], 0);
	add_excepts(items, line->except, line->except_count);
	item_end(items);
}

static void item_address(struct items *items, const struct profile_address_rule *line)
{
	buffer_addf(&items->bytes, "address %d %d %d %u %u %u %u %s%c", line->ingress,
		    line->action, line->dns, line->prefix, line->low, line->high, line->protocol,
		    line->domain ? line->domain : "", 0);
	buffer_add(&items->bytes, (const char *)line->address, sizeof(line->address));
	item_end(items);
}

static void items_words(struct items *items, const char *kind, char **words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		buffer_addf(&items->bytes, "%s %s", kind, words[i]);
		item_end(items);
	}
}

static void items_small(struct items *items, const struct profile *profile)
{
	for (size_t i = 0; i < profile->calls_count; i++) {
		buffer_addf(&items->bytes, "call %d %d", profile->calls[i].number,
			    profile->calls[i].action);
		item_end(items);
	}
	for (size_t i = 0; i < profile->sysctls_count; i++) {
		buffer_addf(&items->bytes, "sysctl %d %s", profile->sysctls[i].action,
			    profile->sysctls[i].pattern);
		item_end(items);
	}
	for (size_t i = 0; i < profile->detects_count; i++) {
		buffer_addf(&items->bytes, "detect %d %s%c", profile->detects[i].action,
			    profile->detects[i].id, 0);
		add_excepts(items, profile->detects[i].except, profile->detects[i].except_count);
		item_end(items);
	}
	items_words(items, "container", profile->containers, profile->containers_count);
	items_words(items, "shell", profile->shells, profile->shells_count);
	items_words(items, "interpreter", profile->interpreters, profile->interpreters_count);
}

static int item_compare(const void *a, const void *b)
{
	const struct item *left = a, *right = b;
	int order = memcmp(left->in->bytes + left->start, right->in->bytes + right->start,
			   MIN(left->size, right->size));

	if (order)
		return order;
	return left->size < right->size ? -1 : left->size > right->size;
}

static void items_digest(struct items *items, char hex[DIGEST_HEX])
{
	_cleanup_buffer_ struct buffer sorted = {0};

	qsort(items->list, items->count, sizeof(*items->list), item_compare);
	for (size_t i = 0; i < items->count; i++) {
		if (i && !item_compare(&items->list[i - 1], &items->list[i]))
			continue;
		buffer_addf(&sorted, "%zu:", items->list[i].size);
		buffer_add(&sorted, items->bytes.bytes + items->list[i].start,
			   items->list[i].size);
	}
	if (!sorted.failed)
		digest_of(sorted.bytes, sorted.size, hex);
	items->bytes.failed |= sorted.failed;
}

void maker_digest(struct policy_maker *maker)
{
	const struct profile *profile = maker->profile;
	size_t most = 2 + profile->paths_count + profile->addresses_count + profile->calls_count +
		      profile->sysctls_count + profile->detects_count +
		      profile->containers_count + profile->shells_count +
		      profile->interpreters_count;
	_cleanup_free_ struct item *list = calloc(most, sizeof(*list));
	struct items items = {.list = list};

	if (!list) {
		maker_fail_memory(maker);
		return;
	}
	item_head(&items, profile);
	for (size_t i = 0; i < profile->paths_count; i++)
		item_path(&items, &profile->paths[i]);
	for (size_t i = 0; i < profile->addresses_count; i++)
		item_address(&items, &profile->addresses[i]);
	items_small(&items, profile);
	if (!items.bytes.failed)
		items_digest(&items, maker->policy->digest);
	if (items.bytes.failed)
		maker_fail_memory(maker);
	buffer_free(&items.bytes);
}
