/* SPDX-License-Identifier: GPL-2.0-only */
/* Which rule decides about an address: random ranges against a matcher that tries each line. */
#include "policy_build.h"
#include "check.h"

#include <errno.h>
#include <netinet/in.h>

#define POLICIES 500
#define LOOKUPS 300

static const uint8_t v4[16] = {[10] = 0xff, 0xff, 10, 0, 0, 1};
static const uint8_t protocols[] = {0, IPPROTO_TCP, IPPROTO_UDP};

/* Addresses that often share long prefixes; half of them are IPv4. */
static void random_address(uint8_t address[16])
{
	memcpy(address, v4, 16);
	if (build_pick(2))
		memset(address, 0, 12);
	for (unsigned i = 12; i < 16; i++)
		address[i] = build_pick(4) ? 0x55 : build_pick(256);
	if (!build_pick(8))
		address[build_pick(16)] ^= 1 << build_pick(8);
}

static void random_line(struct profile *profile)
{
	static const unsigned prefixes[] = {0, 1, 7, 8, 64, 96, 97, 104, 111, 120, 127, 128};
	uint8_t address[16];
	struct profile_address_rule *line;

	random_address(address);
	line = build_address(profile, KWP_ALLOW + build_pick(KWP_KILL), address,
			     prefixes[build_pick(ARRAY_SIZE(prefixes))]);
	line->ingress = build_pick(2);
	line->protocol = protocols[build_pick(3)];
	if (build_pick(3)) {
		line->low = build_pick(10);
		line->high = line->low + build_pick(5);
	}
}

static bool covers(const struct profile_address_rule *line, const uint8_t address[16])
{
	for (unsigned bit = 0; bit < line->prefix; bit++)
		if ((line->address[bit / 8] ^ address[bit / 8]) & 0x80 >> bit % 8)
			return false;
	return true;
}

/* The number of the line that decides, 0: the default. */
static unsigned answer_of(const struct profile *profile, bool ingress, const uint8_t address[16],
			  unsigned port, uint8_t protocol)
{
	const struct profile_address_rule *best = NULL;

	for (size_t i = 0; i < profile->addresses_count; i++) {
		const struct profile_address_rule *line = &profile->addresses[i];

		if (line->ingress != ingress || !covers(line, address) || port < line->low ||
		    port > line->high || (line->protocol && line->protocol != protocol))
			continue;
		if (!best || line->prefix > best->prefix ||
		    (line->prefix == best->prefix && line->action > best->action))
			best = line;
	}
	return best ? best->place.line : 0;
}

/* No default is about these. */
static bool is_loopback(const uint8_t address[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	return !memcmp(address, mapped, sizeof(mapped)) && address[12] == 127;
}

static bool lookup_agrees(const struct profile *profile, const struct policy *policy)
{
	bool ingress = build_pick(2);
	unsigned port = build_pick(16), want;
	uint8_t address[16], protocol = protocols[build_pick(3)];
	char reference[32];
	uint16_t number;

	random_address(address);
	want = answer_of(profile, ingress, address, port, protocol);
	number = policy_find_address(policy, ingress, address, port, protocol);
	if (!want)
		return number == (is_loopback(address) ? 0 : policy->fixed.address_fallback[ingress]);
	snprintf(reference, sizeof(reference), "t.yaml:%u", want);
	return !strcmp(policy->texts[number].reference, reference);
}

static void test_random(void)
{
	unsigned wrong = 0, failed = 0;

	for (unsigned n = 0; n < POLICIES; n++) {
		_cleanup_build_ struct profile profile = {.egress_default = build_pick(4)};
		_cleanup_policy_ struct policy *policy = NULL;
		unsigned lines = build_pick(40);
		char why[256];
		int err;

		for (unsigned i = 0; i < lines; i++)
			random_line(&profile);
		policy = build_policy(&profile, &err, why);
		failed += !policy;
		for (unsigned i = 0; policy && i < LOOKUPS; i++)
			wrong += !lookup_agrees(&profile, policy);
	}
	CHECK(!failed);
	CHECK(!wrong);
}

static void test_defaults(void)
{
	static const uint8_t loopback4[16] = {[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1};
	static const uint8_t loopback6[16] = {[15] = 1};
	_cleanup_build_ struct profile profile = {
		.egress_default = KWP_BLOCK, .ingress_default = KWP_ALLOW,
		.address_default_place = {{"/srv/t.yaml", 3, 1}}};
	_cleanup_policy_ struct policy *policy = NULL;
	uint16_t number;
	char why[256];
	int err;

	build_address(&profile, KWP_ALLOW, v4, 128);
	policy = build_policy(&profile, &err, why);
	CHECK(policy->guards & 1 << KWP_CLASS_NETWORK);
	number = policy->fixed.address_fallback[0];
	CHECK_STR(policy->texts[number].words, "egress default: block");
	CHECK_STR(policy->texts[number].reference, "t.yaml:3");
	CHECK(policy->rules[number].flags == KWP_RULE_DEFAULT);
	CHECK(!policy->fixed.address_fallback[1] && policy->fixed.ranges == 1);
	CHECK(!policy->fixed.by_port);
	CHECK(policy->fixed.address_raw == number);
	/* No default is about loopback. */
	CHECK(!policy_find_address(policy, false, loopback4, 443, IPPROTO_TCP));
	CHECK(!policy_find_address(policy, false, loopback6, 443, IPPROTO_TCP));
	number = policy_find_address(policy, false, v4, 443, IPPROTO_TCP);
	CHECK_STR(policy->texts[number].words, "egress range 1: allow");
	CHECK_STR(policy->texts[number].name, "egress");
}

static struct profile_address_rule *name_line(struct profile *profile, enum kwp_action action,
					      char *name, unsigned port)
{
	struct profile_address_rule *line = build_address(profile, action, v4, 0);

	line->domain = name;
	if (port)
		line->low = line->high = port;
	return line;
}

static const char *name_answer(const struct policy *policy, const char *name, unsigned port)
{
	uint16_t rule = policy_find_name(policy, name, port, IPPROTO_TCP);

	return rule ? policy->texts[rule].reference : "none";
}

/* The longest pattern decides, with the ports of those around it; resolvers are no names. */
static void test_names(void)
{
	_cleanup_build_ struct profile profile = {
		.egress_default = KWP_BLOCK, .resolvers = {{[15] = 9}}, .resolvers_count = 1};
	_cleanup_policy_ struct policy *policy = NULL;
	char why[256], below[] = "*.example.com", one[] = "a.example.com", top[] = "example.com";
	int err;

	name_line(&profile, KWP_ALLOW, below, 443);
	name_line(&profile, KWP_ALLOW, one, 80);
	name_line(&profile, KWP_MONITOR, below, 22);
	name_line(&profile, KWP_ALLOW, top, 0);
	name_line(&profile, KWP_ALLOW, below, 22);
	build_address(&profile, KWP_ALLOW, v4, 0)->dns = true;
	policy = build_policy(&profile, &err, why);
	CHECK(policy && policy->names_count == 3 && !policy->cidrs_count);
	CHECK(policy->fixed.named == 3 && policy->fixed.resolvers == 1);
	CHECK(policy->fixed.resolver[0][15] == 9);
	CHECK(policy->guards & KWP_GUARD_NAMES && policy->guards & 1u << KWP_CLASS_NETWORK);
	CHECK_STR(name_answer(policy, "a.example.com", 80), "t.yaml:2");
	CHECK_STR(name_answer(policy, "a.example.com", 443), "t.yaml:1");
	CHECK_STR(name_answer(policy, "b.example.com", 80), "none");
	CHECK_STR(name_answer(policy, "x.b.example.com", 443), "t.yaml:1");
	CHECK_STR(name_answer(policy, "x.a.example.com", 80), "none");
	CHECK_STR(name_answer(policy, "example.com", 80), "t.yaml:4");
	CHECK_STR(name_answer(policy, "notexample.com", 443), "none");
	CHECK_STR(name_answer(policy, "example.com.evil", 443), "none");
	CHECK_STR(name_answer(policy, "b.example.com", 22), "t.yaml:3");
	CHECK(policy->rules[policy_find_name(policy, top, 1, 0)].flags == KWP_RULE_NAMED);
}

/* The same name has the same number in any policy: what was learnt of it stays. */
static void test_name_ids(void)
{
	_cleanup_build_ struct profile a = {0}, b = {0};
	_cleanup_policy_ struct policy *first = NULL, *second = NULL;
	char why[256], one[] = "one.test", two[] = "two.test";
	int err;

	name_line(&a, KWP_ALLOW, one, 0);
	name_line(&b, KWP_ALLOW, two, 0);
	name_line(&b, KWP_ALLOW, one, 0);
	first = build_policy(&a, &err, why);
	second = build_policy(&b, &err, why);
	CHECK(first->names_count == 1 && second->names_count == 2);
	CHECK(first->names[0].id == second->names[0].id ||
	      first->names[0].id == second->names[1].id);
	CHECK(second->names[0].id != second->names[1].id);
}

/* Ports of one range; those that nothing reaches take no room. */
static void test_too_many(void)
{
	_cleanup_build_ struct profile profile = {0};
	struct profile_address_rule *line;
	struct policy *policy;
	char why[256];
	int err;

	for (unsigned i = 0; i < KWP_PORTS_MAX; i++) {
		line = build_address(&profile, KWP_BLOCK, v4, 96);
		line->low = line->high = i;
	}
	build_address(&profile, KWP_BLOCK, v4, 96);
	profile.addresses[KWP_PORTS_MAX].high = 0;
	policy = build_policy(&profile, &err, why);
	CHECK(policy && policy->ports_count == KWP_PORTS_MAX && policy->fixed.by_port);
	policy_free(policy);

	build_address(&profile, KWP_ALLOW, v4, 128)->low = 9999;
	CHECK(!build_policy(&profile, &err, why) && err == -E2BIG);
	CHECK_STR(why, "t.yaml:66: more than 64 port rules for one range of addresses and those "
		       "around it");
}

/* Ranges of one address each; before the first ones, everything. */
static void many_ranges(struct profile *profile, unsigned count, unsigned everything)
{
	uint8_t address[16] = {0};

	for (unsigned i = 0; i < count; i++) {
		struct profile_address_rule *line;

		address[0] = i >> 8;
		address[1] = i;
		line = build_address(profile, KWP_BLOCK, address, i < everything ? 0 : 128);
		line->low = i;
		line->high = i < everything ? i : 65535;
	}
}

static void test_too_many_rules(void)
{
	_cleanup_build_ struct profile profile = {0};
	char why[256];
	int err;

	many_ranges(&profile, KWP_RULES_MAX, 0);
	CHECK(!build_policy(&profile, &err, why) && err == -E2BIG);
	CHECK_STR(why, "t.yaml:8191: more than 8191 rules");
}

/* Nine for each of 1,000 ranges: their own, and eight of those around. */
static void test_too_many_ports(void)
{
	_cleanup_build_ struct profile profile = {0};
	char why[256];
	int err;

	many_ranges(&profile, 1000, 8);
	CHECK(!build_policy(&profile, &err, why) && err == -E2BIG);
	CHECK(strstr(why, "more than 8192 port rules in all ranges of addresses"));
}

int main(void)
{
	test_defaults();
	test_names();
	test_name_ids();
	test_too_many();
	test_too_many_rules();
	test_too_many_ports();
	test_random();
	return check_end();
}
