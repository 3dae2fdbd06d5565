/* SPDX-License-Identifier: GPL-2.0-only */
#include "domain.h"

#include <string.h>
#include <sys/socket.h>

#define WAYS 4 /* places where one address may stand */

static unsigned place(const uint8_t *address, unsigned size)
{
	uint32_t hash = 2166136261u;

	for (unsigned i = 0; i < size; i++)
		hash = (hash ^ address[i]) * 16777619u;
	return hash % (DOMAINS_MAX / WAYS) * WAYS;
}

static void learn(struct domain_table *table, const uint8_t *address, unsigned size,
		  const char *name)
{
	unsigned first = place(address, size), at = first;

	while (at < first + WAYS && table->slot[at].size &&
	       (table->slot[at].size != size || memcmp(table->slot[at].address, address, size)))
		at++;
	if (at == first + WAYS) {
		table->evicted++;
		at = first + table->evicted % WAYS;
	}
	table->slot[at].size = size;
	memcpy(table->slot[at].address, address, size);
	snprintf(table->slot[at].name, sizeof(table->slot[at].name), "%.255s", name);
}

void domain_learn(struct domain_table *table, const struct dns_message *message)
{
	if (!message->response || !message->question.name[0])
		return;
	for (unsigned i = 0; i < message->answers; i++)
		if (message->answer[i].address_size)
			learn(table, message->answer[i].address, message->answer[i].address_size,
			      message->question.name);
}

struct text domain_find(const struct domain_table *table, const struct kwp_addr *addr)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	unsigned size = addr->family == AF_INET ? 4 : addr->family == AF_INET6 ? 16 : 0;
	const uint8_t *bytes = addr->addr;
	unsigned first;

	if (size == 16 && !memcmp(bytes, mapped, sizeof(mapped))) {
		size = 4;
		bytes += sizeof(mapped);
	}
	if (!size)
		return (struct text){};
	first = place(bytes, size);
	for (unsigned at = first; at < first + WAYS; at++)
		if (table->slot[at].size == size && !memcmp(table->slot[at].address, bytes, size))
			return (struct text){table->slot[at].name, strlen(table->slot[at].name)};
	return (struct text){};
}
