/* SPDX-License-Identifier: GPL-2.0-only */
/* What "dns" stands for in a guest. */
#include "../../common/resolver.h"
#include "problems.h"

#include "../../common/policy.h"

static const char text[] = "kwp: 1\nnetwork: {egress: {default: block, allow: [dns]}}\n";

static uint16_t answer(const struct profile *profile, const uint8_t address[16], uint16_t port,
		       enum kwp_action *action)
{
	static const struct kwp_seed seed = {{1, 2}};
	_cleanup_policy_ struct policy *policy = NULL;
	char why[256];
	uint16_t rule;

	CHECK(!policy_compile(profile, &seed, &policy, why, sizeof(why)));
	rule = policy_find_address(policy, false, address, port, 17);
	*action = policy->rules[rule].action[0];
	return rule;
}

static void servers_become_rules(void)
{
	static const uint8_t v4[16] = {[10] = 0xff, [11] = 0xff, 10, 1, 2, 3};
	static const uint8_t v6[16] = {0xfe, 0x80, [15] = 9};
	_cleanup_profile_ struct profile *profile = parse(text);
	enum kwp_action action;

	CHECK(profile && resolver_expand(profile, "# x\nnameserver 10.1.2.3\nsearch a\n"
						   "nameserver\tfe80::9%eth0\nnameserver x") == 2);
	CHECK(profile->addresses_count == 3);
	CHECK(profile->resolvers_count == 2 && !profile->resolvers_local);
	CHECK(!memcmp(profile->resolvers[0], v4, 16) && !memcmp(profile->resolvers[1], v6, 16));
	answer(profile, v4, 53, &action);
	CHECK(action == KWP_ALLOW);
	answer(profile, v6, 53, &action);
	CHECK(action == KWP_ALLOW);
	answer(profile, v4, 54, &action);
	CHECK(action == KWP_BLOCK);
}

static void without_servers_nothing_is_allowed(void)
{
	_cleanup_profile_ struct profile *profile = parse(text);
	_cleanup_profile_ struct profile *without = parse("kwp: 1\n");

	CHECK(profile && !resolver_expand(profile, ""));
	CHECK(profile->addresses_count == 1);
	CHECK(without && resolver_expand(without, "nameserver 10.1.2.3\n") == 1);
	CHECK(without && !without->addresses_count);
}

static void loopback_is_local(void)
{
	_cleanup_profile_ struct profile *profile = parse("kwp: 1\n");

	CHECK(profile && resolver_expand(profile, "nameserver 10.1.2.3\nnameserver 127.0.0.53\n"
						   "nameserver ::1\n") == 3);
	CHECK(profile->resolvers_local == 6);
}

static void no_more_than_there_is_room_for(void)
{
	_cleanup_profile_ struct profile *profile = parse(text);
	char many[4096] = "";

	for (int i = 0; i < 100; i++)
		snprintf(many + strlen(many), sizeof(many) - strlen(many), "nameserver 10.0.0.%d\n", i);
	CHECK(profile && resolver_expand(profile, many) == RESOLVERS_MAX);
	CHECK(profile->addresses_count == 1 + RESOLVERS_MAX);
}

int main(void)
{
	servers_become_rules();
	without_servers_nothing_is_allowed();
	loopback_is_local();
	no_more_than_there_is_room_for();
	return check_end();
}
