/* SPDX-License-Identifier: GPL-2.0-only */
/* The key network of a profile. */
#include "problems.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#define N "kwp: 1\nnetwork:\n"

static struct profile *parse_word(const char *word)
{
	char yaml[2000];

	snprintf(yaml, sizeof(yaml), N "  egress: {default: block, allow: [\"%s\"]}\n", word);
	return parse(yaml);
}

/* Is the word read as this range, these ports and this protocol? */
static int range(const char *word, const char *address, unsigned prefix, unsigned low,
		 unsigned high, unsigned protocol)
{
	_cleanup_profile_ struct profile *profile = parse_word(word);
	const struct profile_address_rule *rule;
	uint8_t bytes[16];

	if (!profile || profile->addresses_count != 1 || problems.count)
		return 0;
	rule = &profile->addresses[0];
	return inet_pton(AF_INET6, address, bytes) == 1 &&
	       !memcmp(bytes, rule->address, sizeof(bytes)) && rule->prefix == prefix &&
	       rule->low == low && rule->high == high && rule->protocol == protocol &&
	       !rule->domain && !rule->dns && !rule->ingress && rule->action == KWP_ALLOW &&
	       !strcmp(rule->text, word);
}

static void test_ranges(void)
{
	CHECK(range("10.0.0.1", "::ffff:10.0.0.1", 128, 0, 65535, 0));
	CHECK(range("10.0.0.0/8", "::ffff:10.0.0.0", 104, 0, 65535, 0));
	CHECK(range("0.0.0.0/0", "::ffff:0.0.0.0", 96, 0, 65535, 0));
	CHECK(range("10.0.0.0/8:443", "::ffff:10.0.0.0", 104, 443, 443, 0));
	CHECK(range("10.0.0.0/8:443/tcp", "::ffff:10.0.0.0", 104, 443, 443, IPPROTO_TCP));
	CHECK(range("10.0.0.0/8/udp", "::ffff:10.0.0.0", 104, 0, 65535, IPPROTO_UDP));
	CHECK(range("10.0.0.1/icmp", "::ffff:10.0.0.1", 128, 0, 65535, IPPROTO_ICMP));
	CHECK(range("10.0.0.1:1-2/sctp", "::ffff:10.0.0.1", 128, 1, 2, IPPROTO_SCTP));
	CHECK(range("fd00::/8", "fd00::", 8, 0, 65535, 0));
	CHECK(range("[fd00::/8]", "fd00::", 8, 0, 65535, 0));
	CHECK(range("[fd00::/8]:443", "fd00::", 8, 443, 443, 0));
	CHECK(range("[fd00::1]:8000-8100/tcp", "fd00::1", 128, 8000, 8100, IPPROTO_TCP));
	CHECK(range("[::1]/udp", "::1", 128, 0, 65535, IPPROTO_UDP));
	CHECK(range("::1", "::1", 128, 0, 65535, 0));
	CHECK(range("::ffff:10.0.0.0/104", "::ffff:10.0.0.0", 104, 0, 65535, 0));
	CHECK(range("64:ff9b::/96", "64:ff9b::", 96, 0, 65535, 0));
	CHECK(range("::fffe:0:0/96", "::fffe:0:0", 96, 0, 65535, 0));
	CHECK(range(":22", "::", 0, 22, 22, 0));
	CHECK(range(":8000-8100/tcp", "::", 0, 8000, 8100, IPPROTO_TCP));
	CHECK(range("/icmp", "::", 0, 0, 65535, IPPROTO_ICMP));
	CHECK(range("*", "::", 0, 0, 65535, 0));
	CHECK(range("*:443/tcp", "::", 0, 443, 443, IPPROTO_TCP));
}

static int domain(const char *word, const char *name, unsigned low, unsigned high)
{
	_cleanup_profile_ struct profile *profile = parse_word(word);
	const struct profile_address_rule *rule;

	if (!profile || profile->addresses_count != 1 || problems.count)
		return 0;
	rule = &profile->addresses[0];
	return rule->domain && !strcmp(rule->domain, name) && rule->low == low &&
	       rule->high == high && !rule->dns;
}

static void test_domains(void)
{
	_cleanup_profile_ struct profile *dns = NULL;
	char label[80];

	CHECK(domain("example.com", "example.com", 0, 65535));
	CHECK(domain("*.Example.COM:443", "*.example.com", 443, 443));
	CHECK(domain("a_b.example.com.:80-81/tcp", "a_b.example.com", 80, 81));
	CHECK(domain("1.example", "1.example", 0, 65535));
	CHECK(domain("*.com", "*.com", 0, 65535));
	memset(label, 'a', sizeof(label));
	strcpy(label + 63, ".com");
	CHECK(domain(label, label, 0, 65535));
	dns = parse_word("dns");
	CHECK(dns && dns->addresses[0].dns && !dns->addresses[0].domain &&
	      dns->addresses[0].low == 53 && dns->addresses[0].high == 53);
}

/* Is the word refused with these words? */
static int bad(const char *word, const char *words)
{
	char yaml[2000];

	snprintf(yaml, sizeof(yaml), N "  egress: {default: block, allow: [\"%s\"]}\n", word);
	return refused(yaml, 3, 36, words);
}

static void test_bad_words(void)
{
	char label[80];

	CHECK(bad("10.0.0.1/8", "did you mean '10.0.0.0/8'?"));
	CHECK(bad("10.0.0.1/8:443", "did you mean '10.0.0.0/8'?"));
	CHECK(bad("[fd00::1/8]:443", "did you mean 'fd00::/8'?"));
	CHECK(bad("10.0.0.0/33", "no address or range"));
	CHECK(bad("10.0.0.0/", "unknown protocol ''"));
	CHECK(bad("10.0.0.256", "no address or range"));
	CHECK(bad("10.0.0", "no address or range"));
	CHECK(bad("::/0", "holds the IPv4 addresses too"));
	CHECK(bad("::/80", "holds the IPv4 addresses too"));
	CHECK(bad("::fffe:0:0/95", "holds the IPv4 addresses too"));
	CHECK(bad("[fd00::1", "not closed"));
	CHECK(bad("[fd00::1]443", "only ':' and ports"));
	CHECK(bad("[fd00::]/8", "only ':'") || bad("[fd00::]/8", "prefix length"));
	CHECK(bad("[10.0.0]", "no address"));
	CHECK(bad("[]", "no address"));
	CHECK(bad("[dns]", "no address"));
	CHECK(bad("10.0.0.1:", "no port"));
	CHECK(bad("10.0.0.1:0", "no port"));
	CHECK(bad("10.0.0.1:65536", "no port"));
	CHECK(bad("10.0.0.1:http", "no port"));
	CHECK(bad("10.0.0.1:80,81", "no port"));
	CHECK(bad("10.0.0.1:80-", "no port"));
	CHECK(bad("10.0.0.1:81-80", "did you mean '80-81'?"));
	CHECK(bad("10.0.0.1:80/tpc", "unknown protocol 'tpc'"));
	CHECK(bad("10.0.0.1:80/icmp", "icmp has no ports"));
	CHECK(bad("dns:53", "without further words"));
	CHECK(bad("dns/udp", "without further words"));
	CHECK(bad("localhost", "whole name is wanted"));
	CHECK(bad("*example.com", "first part"));
	CHECK(bad("a.*.com", "first part"));
	CHECK(bad("a..com", "nothing before or after"));
	CHECK(bad("a.com..", "nothing before or after"));
	CHECK(bad("-a.com", "begin or end with '-'"));
	CHECK(bad("a b.com", "letters, digits"));
	CHECK(bad("example.123", "neither an address nor a name"));
	CHECK(bad("*.", "is no domain"));
	memset(label, 'a', sizeof(label));
	strcpy(label + 64, ".com");
	CHECK(bad(label, "63 letters"));
}

static void test_bad_maps(void)
{
	CHECK(refused("kwp: 1\nnetwork: []\n", 2, 10, "keys with values"));
	CHECK(refused(N "  outgoing: {}\n", 3, 3, "egress, ingress"));
	CHECK(refused(N "  egress: {alow: '*'}\n", 3, 12, "did you mean 'allow'?"));
	CHECK(refused(N "  egress: {default: off}\n", 3, 21, "allow, monitor, block"));
	CHECK(refused(N "  egress: {default: kill}\n", 3, 21, "allow, monitor, block"));
	CHECK(refused(N "  egress: {allow: [{x: y}]}\n", 3, 20, "not a map"));
	CHECK(refused(N "  egress: {block: [example.com]}\n", 3, 20, "can't be blocked"));
	CHECK(refused(N "  ingress: {default: block, allow: [example.com]}\n", 3, 37, "no name"));
	CHECK(refused(N "  ingress: {default: block, allow: [dns]}\n", 3, 37, "goes out"));
	CHECK(refused(N "  egress: {default: block, allow: [10.0.0.0/8]}\n"
			"  ingress: {block: ['[::1]', 10.0.0.0/8, '::1']}\n",
		      4, 42, "a second time"));
	CHECK(refused(N "  egress:\n    default: block\n    allow: ['10.0.0.0/8:1']\n"
			"    block: ['10.0.0.0/8:1']\n",
		      6, 13, "contradicts line 5, which says 'allow', not 'block'"));
	CHECK(refused(N "  egress: {default: block, allow: [a.b, A.b.]}\n", 3, 41,
		      "a second time"));
}

static void test_defaults(void)
{
	_cleanup_profile_ struct profile *none = parse("kwp: 1\n");
	_cleanup_profile_ struct profile *one = parse(N "  egress: {default: monitor}\n");
	_cleanup_profile_ struct profile *two = parse(N "  ingress: {block: [':22']}\n");

	CHECK(none && !none->egress_default && !none->ingress_default);
	CHECK(one && one->egress_default == KWP_MONITOR && !one->ingress_default);
	CHECK(one && one->address_default_place[0].line == 3 &&
	      one->address_default_place[0].column == 21 && !one->address_default_place[1].line);
	CHECK(two && !two->egress_default && two->ingress_default == KWP_ALLOW);
	CHECK(two && two->addresses[0].ingress && two->addresses[0].action == KWP_BLOCK);
	CHECK(two && two->addresses[0].place.line == 3 && two->addresses[0].place.column == 21);
}

static void test_overlaps(void)
{
	CHECK(warned(N "  egress: {block: [10.0.0.0/8, 10.1.0.0/16]}\n", 3, 32,
		     "'10.1.0.0/16' changes nothing: '10.0.0.0/8' in line 3 does the same"));
	CHECK(warned(N "  egress: {block: ['10.0.0.0/8:443/tcp', 10.0.0.0/8]}\n", 3, 20,
		     "changes nothing"));
	CHECK(warned(N "  egress: {allow: [10.0.0.0/8]}\n", 3, 20, "'allow' is the default"));
	CHECK(warned(N "  egress: {allow: [example.com]}\n", 3, 20, "'allow' is the default"));
	CHECK(warned(N "  egress: {allow: [dns]}\n", 3, 20, "'allow' is the default"));
	CHECK(warned(N "  egress: {default: block, block: [10.0.0.0/8]}\n", 3, 36, "the default"));
	CHECK(warned(N "  egress: {allow: ['10.0.0.0/8:443'], block: [10.0.0.0/8]}\n", 3, 20,
		     "never matches: '10.0.0.0/8' in line 3 comes first"));
	/* each of these does something */
	CHECK(silent(N "  egress: {block: [10.0.0.0/8], allow: [10.1.0.0/16]}\n"));
	CHECK(silent(N "  egress: {block: [10.0.0.0/8, 10.1.1.0/24], allow: [10.1.0.0/16]}\n"));
	CHECK(silent(N "  egress: {allow: [10.0.0.0/8], block: ['10.0.0.0/8:443']}\n"));
	CHECK(silent(N "  egress: {block: ['10.0.0.0/8:443', '10.0.0.0/8:80']}\n"));
	CHECK(silent(N "  egress: {block: ['10.0.0.0/8/udp', '10.0.0.0/8/tcp']}\n"));
	CHECK(silent(N "  egress: {block: ['10.0.0.0/9', '10.128.0.0/9']}\n"));
	CHECK(silent(N "  egress: {block: ['10.0.0.0/8'], allow: [dns, example.com]}\n"));
	CHECK(silent(N "  egress: {block: ['10.0.0.0/8']}\n  ingress: {block: ['10.1.0.0/16']}\n"));
}

int main(void)
{
	setenv("KWP_PROFILES", "/nowhere", 1);
	test_ranges();
	test_domains();
	test_bad_words();
	test_bad_maps();
	test_defaults();
	test_overlaps();
	profile_problems_free(&problems);
	return check_end();
}
