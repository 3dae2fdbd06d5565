/* SPDX-License-Identifier: GPL-2.0-only */
/* From the text of a profile to what the maps would answer. */
#include "policy_build.h"
#include "check.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static const char text[] =
	"kwp: 1\n"
	"name: shop\n"
	"process:\n"
	"  default: block\n"
	"  allow: [\"/usr/bin/**\"]\n"
	"  block:\n"
	"    - /usr/bin/gcc\n"
	"    - {path: /usr/bin/busybox, as: [nc]}\n"
	"file:\n"
	"  - {path: \"/etc/**\", write: block}\n"
	"  - {path: /etc/shadow, read: monitor, except: {process.executable: /usr/sbin/sshd}}\n"
	"  - {path: \"/srv/.~invoice\", bait: kill}\n"
	"network:\n"
	"  egress:\n"
	"    default: block\n"
	"    allow: [\"10.0.0.0/8:443/tcp\", \"[fd00::/8]:443\"]\n"
	"  ingress:\n"
	"    default: allow\n"
	"    block: [\":22\"]\n"
	"syscall: {block: [bpf]}\n"
	"sysctl: {block: [\"kernel.*\"]}\n"
	"detect: {reverse-shell: kill}\n";

static struct profile *parse(void)
{
	struct profile_problems problems = {0};
	struct profile *profile = NULL;
	int err = profile_parse("/srv/shop.yaml", text, strlen(text), &profile, &problems);

	for (size_t i = 0; i < problems.count; i++)
		printf("# %u:%u %s\n", problems.list[i].line, problems.list[i].column,
		       problems.list[i].message);
	CHECK(!err);
	profile_problems_free(&problems);
	return profile;
}

/* By which line, "shop.yaml:9", or "" if nothing speaks. */
static const char *path_line(const struct policy *policy, const char *path, const char *as,
			     enum kwp_access access)
{
	enum kwp_path_class class = access > KWP_MAP ? KWP_PATH_FILE : KWP_PATH_PROCESS;
	uint16_t number = policy_find(policy, path, as, class, access);

	return number ? policy->texts[number].reference : "";
}

static const char *address_line(const struct policy *policy, bool ingress, const char *address,
				uint16_t port)
{
	uint8_t bytes[16];
	uint16_t number;

	CHECK(inet_pton(AF_INET6, address, bytes) == 1);
	number = policy_find_address(policy, ingress, bytes, port, IPPROTO_TCP);
	return number ? policy->texts[number].reference : "";
}

static void test_paths(const struct policy *policy)
{
	CHECK_STR(path_line(policy, "/usr/bin/id", "id", KWP_EXECUTE), "shop.yaml:5");
	CHECK_STR(path_line(policy, "/usr/bin/gcc", "gcc", KWP_EXECUTE), "shop.yaml:7");
	CHECK_STR(path_line(policy, "/usr/bin/busybox", "nc", KWP_EXECUTE), "shop.yaml:8");
	CHECK_STR(path_line(policy, "/usr/bin/busybox", "ls", KWP_EXECUTE), "shop.yaml:5");
	CHECK_STR(path_line(policy, "/tmp/x", "x", KWP_EXECUTE), "shop.yaml:4");
	CHECK_STR(path_line(policy, "/usr/lib/libc.so.6", NULL, KWP_MAP), "built in");
	CHECK_STR(path_line(policy, "/etc/shadow", NULL, KWP_READ), "shop.yaml:11");
	CHECK_STR(path_line(policy, "/etc/shadow", NULL, KWP_WRITE), "shop.yaml:10");
	CHECK_STR(path_line(policy, "/etc/passwd", NULL, KWP_READ), "");
	CHECK_STR(path_line(policy, "/srv/.~invoice", NULL, KWP_READ), "shop.yaml:12");
}

static void test_rest(const struct policy *policy)
{
	CHECK_STR(address_line(policy, false, "::ffff:10.1.2.3", 443), "shop.yaml:16");
	CHECK_STR(address_line(policy, false, "::ffff:10.1.2.3", 80), "shop.yaml:15");
	CHECK_STR(address_line(policy, false, "fd00::1", 443), "shop.yaml:16");
	CHECK_STR(address_line(policy, false, "2001:db8::1", 443), "shop.yaml:15");
	CHECK_STR(address_line(policy, true, "2001:db8::1", 22), "shop.yaml:19");
	CHECK_STR(address_line(policy, true, "::ffff:1.2.3.4", 22), "shop.yaml:19");
	CHECK_STR(address_line(policy, true, "::ffff:1.2.3.4", 80), "");
	CHECK_STR(policy->texts[policy->fixed.detect[KWP_DETECT_REVERSE_SHELL]].reference,
		  "shop.yaml:22");
	CHECK((policy->guards & ~KWP_GUARD_WAYS) ==
	      (1 << KWP_CLASS_PROCESS | 1 << KWP_CLASS_FILE |
	       1 << KWP_CLASS_NETWORK | 1 << KWP_CLASS_SYSCALL |
	       1 << KWP_CLASS_SYSCTL | 1 << KWP_CLASS_DETECT |
	       1 << KWP_CLASS_PROTECT));
	CHECK_STR(policy->name, "shop");
}

int main(void)
{
	_cleanup_profile_ struct profile *profile = parse();
	_cleanup_policy_ struct policy *policy = NULL;
	char why[256];
	int err;

	if (profile) {
		policy = build_policy(profile, &err, why);
		CHECK(policy && !err);
	}
	if (policy) {
		test_paths(policy);
		test_rest(policy);
	}
	return check_end();
}
