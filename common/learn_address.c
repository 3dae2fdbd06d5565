/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses that were connected to, and the ranges that they become. */
#include <string.h>

#include "learn.h"
#include "word.h"

#define BLOCK_V4 24 /* bits that neighbours share */
#define BLOCK_V6 64

bool address_parse(struct text text, struct learn_address *out)
{
	const char *space = memchr(text.bytes, ' ', text.size), *colon, *end;
	struct learn_address address = {.times = 1, .joined = 1};
	struct prefix prefix;
	int64_t port;

	if (!space || (size_t)(space - text.bytes) >= sizeof(address.protocol))
		return false;
	memcpy(address.protocol, text.bytes, (size_t)(space - text.bytes));
	text = (struct text){space + 1, text.size - (size_t)(space + 1 - text.bytes)};
	colon = memrchr(text.bytes, ':', text.size);
	end = colon;
	if (!colon ||
	    word_number(colon + 1, (size_t)(text.bytes + text.size - colon) - 1, false, &port) ||
	    port < 0 || port > UINT16_MAX)
		return false;
	if (*text.bytes == '[' && end > text.bytes && end[-1] == ']')
		text.bytes++, end--;
	if (word_prefix(text.bytes, (size_t)(end - text.bytes), &prefix))
		return false;
	memcpy(address.bytes, prefix.bytes, sizeof(address.bytes));
	address.v6 = prefix.v6;
	address.bits = prefix.bits;
	address.port = (unsigned)port;
	*out = address;
	return true;
}

static int address_order(const void *a, const void *b)
{
	const struct learn_address *x = a, *y = b;
	int order = strcmp(x->protocol, y->protocol);

	if (!order)
		order = (int)x->port - (int)y->port;
	if (!order)
		order = (int)x->v6 - (int)y->v6;
	if (!order)
		order = memcmp(x->bytes, y->bytes, sizeof(x->bytes));
	return order ?: (int)x->bits - (int)y->bits;
}

static void cut(uint8_t bytes[16], unsigned bits)
{
	for (unsigned i = 0; i < 16; i++, bits -= MIN(bits, 8u))
		bytes[i] &= (uint8_t)(bits >= 8 ? 0xff : 0xff00 >> bits);
}

static bool same_block(const struct learn_address *a, const struct learn_address *b, unsigned bits)
{
	uint8_t x[16], y[16];

	if (strcmp(a->protocol, b->protocol) || a->port != b->port || a->v6 != b->v6)
		return false;
	memcpy(x, a->bytes, 16);
	memcpy(y, b->bytes, 16);
	cut(x, bits);
	cut(y, bits);
	return !memcmp(x, y, 16);
}

/* list[0] becomes the block of bits that it stands in, and takes count of them in. */
static void become(struct learn_address *list, size_t count, unsigned bits)
{
	for (size_t i = 1; i < count; i++) {
		list->times += list[i].times;
		list->joined += list[i].joined;
	}
	list->bits = bits;
	cut(list->bytes, bits);
}

static size_t join_crowds(struct learn_address *list, size_t count, unsigned crowd)
{
	size_t kept = 0;

	for (size_t i = 0; i < count;) {
		const unsigned block = list[i].v6 ? BLOCK_V6 : BLOCK_V4;
		size_t same = 1;

		while (i + same < count && same_block(&list[i], &list[i + same], block))
			same++;
		if (same < crowd)
			same = 1;
		else
			become(&list[i], same, block);
		list[kept++] = list[i];
		i += same;
	}
	return kept;
}

/* Those that are the same, and halves of one range that have nobody else between them. */
static size_t join_halves(struct learn_address *list, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		list[kept++] = list[i];
		while (kept > 1) {
			struct learn_address *a = &list[kept - 2], *b = a + 1;
			const bool same = a->bits == b->bits && same_block(a, b, a->bits);

			if (!same &&
			    (a->bits != b->bits || a->bits <= 8 || !same_block(a, b, a->bits - 1)))
				break;
			become(a, 2, same ? a->bits : a->bits - 1);
			kept--;
		}
	}
	return kept;
}

static size_t join_same(struct learn_address *list, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (kept && !address_order(&list[kept - 1], &list[i]))
			list[kept - 1].times += list[i].times;
		else
			list[kept++] = list[i];
	}
	return kept;
}

size_t addresses_join(struct learn_address *list, size_t count, unsigned crowd)
{
	if (count)
		qsort(list, count, sizeof(*list), address_order);
	/* The same twice is no crowd. */
	count = join_same(list, count);
	count = crowd ? join_crowds(list, count, crowd) : count;
	return join_halves(list, count);
}
