/* SPDX-License-Identifier: GPL-2.0-only */
#include "resolver.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DNS_PORT 53
#define FILE_SIZE_MAX (64 << 10)

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

static bool is_loopback(const uint8_t address[16])
{
	static const uint8_t loopback[16] = {[15] = 1};

	return !memcmp(address, loopback, sizeof(loopback)) ||
	       (!memcmp(address, mapped, sizeof(mapped)) && address[12] == 127);
}

/* IPv4 becomes ::ffff:a.b.c.d; a scope behind '%' does not count. */
static bool address_read(const char *text, uint8_t out[16])
{
	char word[64];

	snprintf(word, sizeof(word), "%.*s", (int)strcspn(text, "%"), text);
	if (inet_pton(AF_INET6, word, out) == 1)
		return true;
	memcpy(out, mapped, sizeof(mapped));
	return inet_pton(AF_INET, word, out + 12) == 1;
}

static size_t servers_read(const char *text, uint8_t servers[RESOLVERS_MAX][16])
{
	size_t count = 0;
	char word[64];

	for (const char *line = text; line && *line && count < RESOLVERS_MAX;
	     line = strchr(line, '\n'), line += line ? 1 : 0)
		if (sscanf(line, "nameserver%*[ \t]%63s", word) == 1)
			count += address_read(word, servers[count]);
	return count;
}

static int rule_add(struct profile *profile, size_t from, const uint8_t server[16])
{
	struct profile_address_rule *rules =
		reallocarray(profile->addresses, profile->addresses_count + 1, sizeof(*rules));
	struct profile_address_rule *rule;
	char shown[INET6_ADDRSTRLEN + 8];

	if (!rules)
		return -ENOMEM;
	profile->addresses = rules;
	rule = &rules[profile->addresses_count];
	*rule = rules[from];
	rule->dns = false;
	memcpy(rule->address, server, sizeof(rule->address));
	rule->prefix = 128;
	rule->low = rule->high = DNS_PORT;
	inet_ntop(AF_INET6, server, shown, INET6_ADDRSTRLEN);
	rule->text = NULL;
	if (asprintf(&rule->text, "dns ([%s]:%d)", shown, DNS_PORT) < 0)
		return -ENOMEM;
	profile->addresses_count++;
	return 0;
}

int resolver_expand(struct profile *profile, const char *resolv_conf)
{
	const size_t count = servers_read(resolv_conf, profile->resolvers);
	const size_t rules = profile->addresses_count;

	profile->resolvers_count = count;
	for (size_t n = 0; n < count; n++)
		if (is_loopback(profile->resolvers[n]))
			profile->resolvers_local |= 1u << n;
	for (size_t i = 0; i < rules; i++)
		for (size_t n = 0; profile->addresses[i].dns && n < count; n++)
			if (rule_add(profile, i, profile->resolvers[n]))
				return -ENOMEM;
	return count;
}

static bool address_is(const struct sockaddr *own, const uint8_t address[16])
{
	const struct sockaddr_in *in = (const void *)own;
	const struct sockaddr_in6 *in6 = (const void *)own;

	if (!own)
		return false;
	if (own->sa_family == AF_INET)
		return !memcmp(address, mapped, sizeof(mapped)) &&
		       !memcmp(address + sizeof(mapped), &in->sin_addr, 4);
	return own->sa_family == AF_INET6 && !memcmp(address, &in6->sin6_addr, 16);
}

/* What a resolver in this guest sends comes by the loopback device. */
static void find_local(struct profile *profile)
{
	struct ifaddrs *all = NULL;

	if (getifaddrs(&all))
		return;
	for (const struct ifaddrs *own = all; own; own = own->ifa_next)
		for (uint32_t n = 0; n < profile->resolvers_count; n++)
			if (address_is(own->ifa_addr, profile->resolvers[n]))
				profile->resolvers_local |= 1u << n;
	freeifaddrs(all);
}

int resolver_expand_own(struct profile *profile)
{
	_cleanup_fclose_ FILE *file = fopen("/etc/resolv.conf", "re");
	_cleanup_free_ char *text = calloc(1, FILE_SIZE_MAX + 1);
	int count;

	if (!text)
		return -ENOMEM;
	if (file && fread(text, 1, FILE_SIZE_MAX, file) == 0)
		text[0] = 0;
	count = resolver_expand(profile, text);
	find_local(profile);
	return count;
}
