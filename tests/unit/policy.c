/* SPDX-License-Identifier: GPL-2.0-only */
/* What a policy holds beside places and addresses; its words, its digest, its bounds, its cost. */
#include "policy_build.h"
#include "check.h"

#include <errno.h>
#include <time.h>

static void test_empty(void)
{
	struct profile profile = {.name = "none", .mode = KWP_MODE_ENFORCE};
	_cleanup_policy_ struct policy *policy = NULL;
	char why[256];
	int err;

	policy = build_policy(&profile, &err, why);
	CHECK(!err && !*why);
	CHECK_STR(policy->name, "none");
	CHECK(policy->guards == 1 << KWP_CLASS_PROTECT && policy->mode == KWP_MODE_ENFORCE);
	CHECK(policy->fixed.cover == KWP_COVER_ALL);
	CHECK(policy->rules[policy->fixed.protect].class == KWP_CLASS_PROTECT);
	CHECK_STR(policy->texts[policy->fixed.protect].words,
		  "kwp's own programs, maps, files and process: block");
	CHECK_STR(policy->texts[0].words, "no rule");
	CHECK(policy->fixed.seed.key[0] == build_seed.key[0]);
	CHECK(!policy_find(policy, "/x", "x", KWP_PATH_PROCESS, KWP_EXECUTE));
	CHECK(strlen(policy->digest) == 64);
}

static uint16_t find_execute(const struct policy *policy, const char *path, const char *as)
{
	return policy_find(policy, path, as, KWP_PATH_PROCESS, KWP_EXECUTE);
}

static uint16_t find_map(const struct policy *policy, const char *path)
{
	return policy_find(policy, path, NULL, KWP_PATH_PROCESS, KWP_MAP);
}

/* Only what is listed runs; libraries can be mapped, but not run. */
static void test_default_block(void)
{
	_cleanup_build_ struct profile profile = {
		.process_default = KWP_BLOCK, .process_default_place = build_place(70)};
	_cleanup_policy_ struct policy *policy = NULL;
	char why[256];
	int err;

	build_path(&profile, KWP_CLASS_PROCESS, PATTERN_SUBTREE, "/usr/bin")
		->action[KWP_EXECUTE] = KWP_ALLOW;
	policy = build_policy(&profile, &err, why);
	CHECK_STR(policy->texts[find_execute(policy, "/usr/bin/id", "id")].words,
		  "/usr/bin/**: allow");
	CHECK(find_map(policy, "/usr/bin/id") == find_execute(policy, "/usr/bin/id", NULL));
	CHECK_STR(policy->texts[find_execute(policy, "/tmp/x", NULL)].words,
		  "process default: block");
	CHECK_STR(policy->texts[find_execute(policy, "/tmp/x", NULL)].reference, "t.yaml:70");
	CHECK(find_execute(policy, "/usr/lib/x", NULL) == policy->fixed.fallback[0]);
	CHECK_STR(policy->texts[find_map(policy, "/usr/lib/x/y.so")].words,
		  "libraries of the system: map allow");
	CHECK(find_map(policy, "/opt/y.so") == policy->fixed.fallback[0]);
	CHECK(policy->rules[policy->fixed.fallback[0]].flags == KWP_RULE_DEFAULT);
}

/* A file by the name that it is called by. */
static void test_as(void)
{
	_cleanup_build_ struct profile profile = {.process_default = KWP_ALLOW};
	_cleanup_policy_ struct policy *policy = NULL;
	static char *const names[] = {"nc", "telnetd"};
	struct profile_path_rule *line =
		build_path(&profile, KWP_CLASS_PROCESS, PATTERN_EXACT, "/bin/busybox");
	char why[256];
	int err;

	line->action[KWP_EXECUTE] = line->action[KWP_MAP] = KWP_BLOCK;
	line->as = (char **)names;
	line->as_count = 2;
	policy = build_policy(&profile, &err, why);
	CHECK_STR(policy->texts[find_execute(policy, "/bin/busybox", "nc")].words,
		  "/bin/busybox as nc, telnetd: execute block");
	CHECK(find_execute(policy, "/bin/busybox", "telnetd") && !find_map(policy, "/bin/busybox"));
	CHECK(!find_execute(policy, "/bin/busybox", "ls"));
	CHECK(!find_execute(policy, "/bin/nc", "nc"));
	CHECK(!policy->identities_count);
	policy_free(take_ptr(policy));

	line->pattern.kind = PATTERN_SUBTREE;
	policy = build_policy(&profile, &err, why);
	CHECK(!policy && err == -EINVAL && !strncmp(why, "t.yaml:1: 'as' needs one program", 32));
}

/* What no file is called is said, and not cut off to something that is. */
static void test_impossible(void)
{
	char name[KWP_NAME_MAX + 3] = "/", why[256];
	_cleanup_build_ struct profile profile = {0};
	struct profile_exception nobody = {NULL, -1, build_place(5)};
	struct profile_path_rule *line;
	struct policy *policy;
	int err;

	memset(name + 1, 'x', KWP_NAME_MAX);
	line = build_path(&profile, KWP_CLASS_FILE, PATTERN_EXACT, name);
	line->action[KWP_WRITE] = KWP_BLOCK;
	policy = build_policy(&profile, &err, why);
	CHECK(policy && policy_find(policy, name, NULL, KWP_PATH_FILE, KWP_WRITE));
	policy_free(policy);

	line->except = &nobody;
	line->except_count = 1;
	CHECK(!build_policy(&profile, &err, why) && err == -EINVAL);
	CHECK_STR(why, "t.yaml:5: an exception names either a program or a uid");

	name[KWP_NAME_MAX + 1] = 'x';
	build_path(&profile, KWP_CLASS_FILE, PATTERN_EXACT, name)->action[KWP_WRITE] = KWP_BLOCK;
	CHECK(!build_policy(&profile, &err, why) && err == -EINVAL);
	CHECK(!strncmp(why, "t.yaml:2: no file is called 'xxx", 32));
}

static const struct kwp_node *sysctl_node(const struct policy *policy, const char *name)
{
	uint64_t key = kwp_hash_pair(&build_seed, KWP_DOMAIN_SYSCTL, 0);

	while (*name)
		key = kwp_hash_pair(&build_seed, key, *name++);
	return policy_node_find(policy, key);
}

static void test_small(void)
{
	static char shell[] = "sh", python[] = "python3", *all[] = {"web", "*"};
	static char *shells[] = {shell}, *interpreters[] = {python, shell};
	struct profile_exception root = {NULL, 0, build_place(8)};
	struct profile_call_rule calls[] = {{101, "ptrace", KWP_BLOCK, build_place(1)},
					    {101, "ptrace", KWP_MONITOR, build_place(2)}};
	struct profile_sysctl_rule sysctl = {"kernel.*", KWP_BLOCK, build_place(3)};
	struct profile_detect detects[] = {
		{"reverse-shell", KWP_DETECT_REVERSE_SHELL, KWP_KILL, &root, 1, build_place(4)},
		{"server-shell", -1, KWP_MONITOR, .place = build_place(5)},
		{"bind-shell", KWP_DETECT_BIND_SHELL, .place = build_place(6)}};
	struct profile profile = {
		.calls = calls, .calls_count = 2, .sysctls = &sysctl, .sysctls_count = 1,
		.detects = detects, .detects_count = 3, .drift = KWP_MONITOR,
		.drift_place = build_place(7), .containers = all, .containers_count = 2,
		.shells = shells, .shells_count = 1, .interpreters = interpreters,
		.interpreters_count = 2, .limits = {5000, 20000}};
	_cleanup_policy_ struct policy *policy = NULL;
	char why[256];
	uint64_t key;
	int err;

	policy = build_policy(&profile, &err, why);
	CHECK_STR(policy->texts[policy->fixed.call[101]].words, "ptrace: block");
	CHECK(policy->rules[policy->fixed.call[101]].action[0] == KWP_BLOCK);
	CHECK(policy->sysctls_count == 1 && policy->sysctls[0].rule);
	CHECK_STR(policy->sysctls[0].pattern, "kernel.*");
	CHECK(sysctl_node(policy, "kernel")->subtree[0] == policy->sysctls[0].rule);
	CHECK(!sysctl_node(policy, "") && !sysctl_node(policy, "kern"));
	CHECK_STR(policy->texts[policy->fixed.detect[KWP_DETECT_REVERSE_SHELL]].name,
		  "reverse-shell");
	CHECK(!policy->fixed.detect[KWP_DETECT_BIND_SHELL]);
	key = kwp_hash_pair(&build_seed, KWP_DOMAIN_EXCEPT,
			    policy->fixed.detect[KWP_DETECT_REVERSE_SHELL]);
	key = kwp_hash_pair(&build_seed, key, kwp_hash_pair(&build_seed, KWP_DOMAIN_UID, 0));
	CHECK(policy_node_find(policy, key)->flags == KWP_NODE_EXCEPT);
	CHECK(policy->rules[policy->fixed.drift].action[KWP_EXECUTE] == KWP_MONITOR &&
	      policy->rules[policy->fixed.drift].action[KWP_MAP] == KWP_MONITOR &&
	      policy->rules[policy->fixed.drift].action[KWP_READ] == KWP_MONITOR);
	CHECK_STR(policy->texts[policy->fixed.drift].reference, "t.yaml:7");
	CHECK(policy->fixed.cover == KWP_COVER_CONTAINERS && policy->containers_count == 2);
	CHECK(policy->limits.events == 5000 && policy->limits.cpu == 20000);
	CHECK(policy->guards & KWP_GUARD_WAY(KWP_WAY_PTRACE));
	CHECK((policy->guards & ~KWP_GUARD_WAYS) ==
	      (1 << KWP_CLASS_SYSCALL | 1 << KWP_CLASS_SYSCTL |
	       1 << KWP_CLASS_DETECT | 1 << KWP_CLASS_DRIFT |
	       1 << KWP_CLASS_PROTECT));
	key = kwp_hash_pair(&build_seed, KWP_DOMAIN_CALLED, policy_key_name(&build_seed, "sh", 2));
	CHECK(policy_node_find(policy, key)->flags == (KWP_NODE_SHELL | KWP_NODE_INTERPRETER));
	policy_free(take_ptr(policy));

	profile.containers_count = 1;
	calls[0].number = KWP_SYSCALLS;
	CHECK(!build_policy(&profile, &err, why) && err == -EINVAL);
	calls[0].number = 0;
	policy = build_policy(&profile, &err, why);
	CHECK(policy->fixed.cover == KWP_COVER_CGROUPS && policy->fixed.call[0]);
}

/* Places whose inodes matter, one for each, with the rules that hold there. */
static void test_identities(void)
{
	_cleanup_build_ struct profile profile = {0};
	_cleanup_policy_ struct policy *policy = NULL;
	char why[256];
	int err;

	build_path(&profile, KWP_CLASS_FILE, PATTERN_EXACT, "/b")->action[KWP_WRITE] = KWP_BLOCK;
	build_path(&profile, KWP_CLASS_PROCESS, PATTERN_EXACT, "/b")->action[KWP_EXECUTE] =
		KWP_KILL;
	build_path(&profile, KWP_CLASS_FILE, PATTERN_EXACT, "/a")->action[KWP_WRITE] = KWP_ALLOW;
	build_path(&profile, KWP_CLASS_FILE, PATTERN_CHILDREN, "/b")->action[KWP_READ] =
		KWP_MONITOR;
	build_path(&profile, KWP_CLASS_FILE, PATTERN_SUBTREE, "/b")->action[KWP_WRITE] =
		KWP_BLOCK;
	build_path(&profile, KWP_CLASS_FILE, PATTERN_NAME, "n")->action[KWP_WRITE] = KWP_BLOCK;
	policy = build_policy(&profile, &err, why);
	CHECK(policy->identities_count == 3);
	CHECK_STR(policy->identities[0].path, "/b");
	CHECK(!policy->identities[0].subtree && policy->identities[0].rule[KWP_PATH_PROCESS] &&
	      policy->identities[0].rule[KWP_PATH_FILE]);
	CHECK(policy->identities[1].subtree && !policy->identities[1].shallow);
	CHECK(policy->identities[2].subtree && policy->identities[2].shallow);
}

static void digest_lines(struct profile *profile, bool turned)
{
	static const char *const paths[] = {"/etc", "/srv"};

	for (unsigned i = 0; i < 2; i++)
		build_path(profile, KWP_CLASS_FILE, PATTERN_SUBTREE, paths[turned ? !i : i])
			->action[KWP_WRITE] = KWP_BLOCK;
}

static void digest(const struct profile *profile, uint64_t seed, char hex[65])
{
	_cleanup_policy_ struct policy *policy = NULL;
	struct kwp_seed other = {{seed, 1}};
	char why[256];

	*hex = 0;
	if (!policy_compile(profile, &other, &policy, why, sizeof(why)))
		strcpy(hex, policy->digest);
}

/* The same whatever the seed, the order and the place; other for each thing that is other. */
static void test_digest(void)
{
	_cleanup_build_ struct profile profile = {.name = "a", .mode = KWP_MODE_ENFORCE};
	_cleanup_build_ struct profile turned = {.name = "b", .mode = KWP_MODE_ENFORCE};
	char hex[65], other[65];

	digest_lines(&profile, false);
	digest_lines(&turned, true);
	turned.paths[0].place.file = "other.yaml";
	digest(&profile, 1, hex);
	/* What is hashed is part of what pins hold: a change has to be meant. */
	CHECK_STR(hex, "c52567333830d3554fd8513f7e58f4c59e0177b5dad888be4a2f20e3d1b6cb33");
	digest(&turned, 2, other);
	CHECK_STR(other, hex);
	turned.mode = KWP_MODE_MONITOR;
	digest(&turned, 1, other);
	CHECK(strcmp(other, hex));
	turned.mode = KWP_MODE_ENFORCE;
	turned.paths[0].action[KWP_READ] = KWP_MONITOR;
	digest(&turned, 1, other);
	CHECK(strcmp(other, hex));
	turned.paths[0].action[KWP_READ] = KWP_NO_OPINION;
	turned.limits.events = 1;
	digest(&turned, 1, other);
	CHECK(strcmp(other, hex));
	turned.limits.events = 0;
	digest(&turned, 1, other);
	CHECK_STR(other, hex);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static void many_paths(struct profile *profile, unsigned count, unsigned depth)
{
	char path[256];

	for (unsigned i = 0; i < count; i++) {
		size_t size = snprintf(path, sizeof(path), "/srv/d%u", i);

		for (unsigned level = 1; level < depth; level++)
			size += snprintf(path + size, sizeof(path) - size, "/l%u", level);
		build_path(profile, KWP_CLASS_FILE, PATTERN_SUBTREE, path)->action[KWP_WRITE] =
			KWP_BLOCK;
	}
}

/* A thousand of each, in time that a load has to spare; sanitizers take their share. */
static void test_cost(void)
{
	_cleanup_build_ struct profile profile = {0};
	_cleanup_policy_ struct policy *policy = NULL;
	uint8_t address[16] = {0};
	double start;
	char why[256];
	int err;

	many_paths(&profile, 1000, 4);
	for (unsigned i = 0; i < 1000; i++) {
		address[1] = i >> 8;
		address[2] = i;
		build_address(&profile, KWP_BLOCK, address, 24);
	}
	start = seconds();
	policy = build_policy(&profile, &err, why);
	start = seconds() - start;
	CHECK(!err && policy->cidrs_count == 1000 && policy->nodes_count == 4002);
	printf("# %.1f ms\n", start * 1000);
	CHECK(start < 0.2);
}

static void test_too_many_nodes(void)
{
	_cleanup_build_ struct profile profile = {0};
	char why[256];
	int err;

	many_paths(&profile, 1000, 20);
	CHECK(!build_policy(&profile, &err, why) && err == -E2BIG);
	CHECK(strstr(why, ": more than 16384 places in the tree of names"));
}

/* What is added to a policy that is done is found, and all that was there still is. */
static void test_node_add(void)
{
	struct policy_node nodes[64] = {};
	struct policy policy = {.nodes = nodes};
	unsigned lost = 0, unsorted = 0;

	for (uint64_t i = 0; i < 60; i++)
		policy_node_add(&policy, i % 50 * 0x9e3779b97f4a7c15ull)->exact[0] = 1 + i % 50;
	CHECK(policy.nodes_count == 50);
	for (uint64_t i = 0; i < 50; i++) {
		const struct kwp_node *node = policy_node_find(&policy, i * 0x9e3779b97f4a7c15ull);

		lost += !node || node->exact[0] != 1 + i;
		unsorted += i && nodes[i].key <= nodes[i - 1].key;
	}
	CHECK(!lost);
	CHECK(!unsorted);
	CHECK(!policy_node_find(&policy, 1));
}

int main(void)
{
	test_node_add();
	test_empty();
	test_default_block();
	test_as();
	test_impossible();
	test_small();
	test_identities();
	test_digest();
	test_cost();
	test_too_many_nodes();
	return check_end();
}
