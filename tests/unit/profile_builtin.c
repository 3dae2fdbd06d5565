/* SPDX-License-Identifier: GPL-2.0-only */
/* The profiles that are part of kwp: nothing is wrong with them, and they do what they say. */
#include "../../common/policy.h"
#include "problems.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static struct policy *policy;

static struct profile *load(const char *name)
{
	static const struct kwp_seed seed = {{7, 8}};
	struct profile *profile = NULL;
	char why[256] = "";

	policy_free(policy);
	policy = NULL;
	profile_problems_free(&problems);
	CHECK(!profile_read(name, &profile, &problems));
	CHECK(!problems.count);
	for (size_t i = 0; i < problems.count; i++)
		printf("# %s:%u: %s\n", problems.list[i].file, problems.list[i].line,
		       problems.list[i].message);
	CHECK(profile && !policy_compile(profile, &seed, &policy, why, sizeof(why)));
	return profile;
}

static void test_all(void)
{
	CHECK(builtin_profiles_count >= 3);
	for (size_t i = 0; i < builtin_profiles_count; i++) {
		_cleanup_profile_ struct profile *profile = load(builtin_profiles[i].name);

		CHECK_STR(profile ? profile->name : NULL, builtin_profiles[i].name);
		CHECK(profile && profile->description && profile->mode == KWP_MODE_ENFORCE);
	}
}

static enum kwp_action file(const char *path, enum kwp_access access)
{
	uint16_t rule = policy_find(policy, path, NULL, KWP_PATH_FILE, access);

	return policy->rules[rule].action[access];
}

static enum kwp_action egress(const char *address, uint16_t port)
{
	uint8_t bytes[16];

	CHECK(inet_pton(AF_INET6, address, bytes) == 1);
	return policy->rules[policy_find_address(policy, false, bytes, port, IPPROTO_TCP)]
		.action[0];
}

static const struct profile_detect *detect(const struct profile *profile, enum kwp_detect number)
{
	for (size_t i = 0; i < profile->detects_count; i++) {
		if (profile->detects[i].kernel == (int)number)
			return &profile->detects[i];
	}
	return NULL;
}

static enum kwp_action call(const struct profile *profile, const char *name)
{
	for (size_t i = 0; i < profile->calls_count; i++) {
		if (!strcmp(profile->calls[i].name, name))
			return profile->calls[i].action;
	}
	return KWP_NO_OPINION;
}

static void test_strict(void)
{
	_cleanup_profile_ struct profile *profile = load("strict");

	if (!profile || !policy)
		return;
	CHECK(file("/etc/ld.so.preload", KWP_WRITE) == KWP_BLOCK);
	CHECK(file("/etc/cron.d/x", KWP_WRITE) == KWP_BLOCK);
	CHECK(file("/home/a/.ssh/authorized_keys", KWP_WRITE) == KWP_BLOCK);
	CHECK(file("/etc/shadow", KWP_READ) == KWP_MONITOR);
	CHECK(file("/etc/shadow", KWP_WRITE) == KWP_BLOCK);
	CHECK(file("/usr/lib/systemd/system/x.service", KWP_WRITE) == KWP_BLOCK);
	CHECK(file("/etc/motd", KWP_WRITE) == KWP_NO_OPINION);
	CHECK(file("/etc/passwd", KWP_READ) == KWP_NO_OPINION);
	CHECK(call(profile, "init_module") == KWP_BLOCK && call(profile, "ptrace") == KWP_MONITOR);
	CHECK(detect(profile, KWP_DETECT_REVERSE_SHELL)->action == KWP_BLOCK);
	CHECK(profile->drift == KWP_BLOCK && profile->limits.events == 5000);
}

static void test_sandbox(void)
{
	_cleanup_profile_ struct profile *profile = load("ai-sandbox");

	if (!profile || !policy)
		return;
	CHECK(egress("::ffff:10.1.2.3", 443) == KWP_BLOCK);
	CHECK(egress("::ffff:172.31.0.1", 443) == KWP_BLOCK);
	CHECK(egress("::ffff:172.32.0.1", 443) == KWP_NO_OPINION);
	CHECK(egress("::ffff:192.168.255.255", 1) == KWP_BLOCK);
	CHECK(egress("::ffff:169.254.169.254", 80) == KWP_BLOCK);
	CHECK(egress("::ffff:100.127.0.1", 80) == KWP_BLOCK);
	CHECK(egress("fd12::1", 443) == KWP_BLOCK && egress("fe80::1", 443) == KWP_BLOCK);
	CHECK(egress("64:ff9b::10.0.0.1", 443) == KWP_BLOCK);
	CHECK(egress("64:ff9b::172.16.0.1", 443) == KWP_BLOCK);
	CHECK(egress("64:ff9b::192.168.0.1", 443) == KWP_BLOCK);
	CHECK(egress("64:ff9b::169.254.169.254", 443) == KWP_BLOCK);
	CHECK(egress("64:ff9b::100.64.0.1", 443) == KWP_BLOCK);
	CHECK(egress("64:ff9b::192.0.2.1", 443) == KWP_NO_OPINION);
	CHECK(egress("::ffff:192.0.2.1", 443) == KWP_NO_OPINION);
	CHECK(egress("2001:db8::1", 443) == KWP_NO_OPINION);
	CHECK(file("/usr/bin/x", KWP_WRITE) == KWP_BLOCK);
	CHECK(file("/etc/shadow", KWP_READ) == KWP_BLOCK);
	CHECK(file("/etc/shadow", KWP_WRITE) == KWP_BLOCK); /* as all of /etc */
	CHECK(file("/home/x", KWP_WRITE) == KWP_NO_OPINION);
	CHECK(profile->drift == KWP_BLOCK && profile->containers_count == 1);
	CHECK(call(profile, "bpf") == KWP_BLOCK && call(profile, "mount") == KWP_MONITOR);
	CHECK(detect(profile, KWP_DETECT_REVERSE_SHELL)->action == KWP_KILL);
	CHECK(detect(profile, KWP_DETECT_FILELESS_EXEC)->action == KWP_KILL);
}

int main(void)
{
	setenv("KWP_PROFILES", "/nowhere", 1);
	test_all();
	test_strict();
	test_sandbox();
	policy_free(policy);
	profile_problems_free(&problems);
	return check_end();
}
