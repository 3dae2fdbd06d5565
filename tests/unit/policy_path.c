/* SPDX-License-Identifier: GPL-2.0-only */
/* Which rule decides about a path: random patterns against a matcher without nodes or keys. */
#include "policy_build.h"
#include "check.h"

#define POLICIES 400
#define LOOKUPS 300

static char *const called[] = {"nc", "ls"};
static const char *const components[] = {"a", "b", "c", "usr", "lib"};
static char *const executables[] = {"/a/b", "/usr/c"};

static void random_path(char *path, unsigned most)
{
	unsigned depth = build_pick(most + 1);

	strcpy(path, depth ? "" : "/");
	while (depth--)
		strcat(strcat(path, "/"), components[build_pick(ARRAY_SIZE(components))]);
}

static void random_line(struct profile *profile, struct profile_exception *except)
{
	enum kwp_class class = build_pick(2) ? KWP_CLASS_PROCESS : KWP_CLASS_FILE;
	enum pattern_kind kind = build_pick(PATTERN_NAME + 1);
	struct profile_path_rule *line;
	char path[64];

	random_path(path, 4);
	line = build_path(profile, class, kind,
			  kind == PATTERN_NAME ? components[build_pick(5)] : path);
	for (unsigned access = 0; access < KWP_ACCESS_COUNT; access++)
		if ((access > KWP_MAP) == (class == KWP_CLASS_FILE))
			line->action[access] = build_pick(KWP_KILL + 1);
	if (class == KWP_CLASS_PROCESS && !line->action[KWP_EXECUTE])
		line->action[KWP_EXECUTE] = KWP_BLOCK;
	if (class == KWP_CLASS_PROCESS && kind == PATTERN_EXACT && build_pick(2)) {
		line->as = (char **)&called[build_pick(2)];
		line->as_count = 1;
	}
	if (build_pick(3))
		return;
	*except = (struct profile_exception){executables[build_pick(2)], -1,
					     build_place(profile->paths_count)};
	line->except = except;
	line->except_count = 1;
}

static bool is_below(const char *path, const char *directory)
{
	size_t size = strcmp(directory, "/") ? strlen(directory) : 0;

	return !strncmp(path, directory, size) && path[size] == '/' && path[size + 1];
}

/* How well a pattern fits a path: 0: not, more: more specific. */
static unsigned fit(const struct profile_path_rule *line, const char *path, const char *as)
{
	const struct profile_pattern *pattern = &line->pattern;
	unsigned depth = 2 * strlen(pattern->path);

	if (pattern->kind == PATTERN_NAME)
		return !strcmp(strrchr(path, '/') + 1, pattern->path) ? 1000 : 0;
	if (pattern->kind == PATTERN_EXACT) {
		if (strcmp(path, pattern->path))
			return 0;
		if (line->as_count)
			return as && !strcmp(as, line->as[0]) ? 3000 : 0;
		return 2000;
	}
	if (!is_below(path, pattern->path))
		return 0;
	if (pattern->kind == PATTERN_SUBTREE)
		return depth;
	return strchr(path + strlen(pattern->path) + (pattern->path[1] ? 1 : 0), '/') ?
		       0 : depth + 1;
}

static enum kwp_action line_action(const struct profile_path_rule *line, enum kwp_access access)
{
	if (access == KWP_MAP && line->as_count)
		return KWP_NO_OPINION;
	if (access == KWP_MAP && !line->action[KWP_MAP])
		return line->action[KWP_EXECUTE];
	return line->action[access];
}

/* What decides when no line does, from here up to `weak`. */
struct answer {
	const struct profile_path_rule *line;
	enum kwp_action action;
};

static struct answer answer_of(const struct profile *profile, const char *path, const char *as,
			       enum kwp_class class, enum kwp_access access)
{
	struct answer answer = {0};
	unsigned best = 0;

	for (size_t i = 0; i < profile->paths_count; i++) {
		const struct profile_path_rule *line = &profile->paths[i];
		enum kwp_action action = line_action(line, access);
		unsigned fits = line->class == class ? fit(line, path, as) : 0;

		/* What may run by some name may be mapped, if nothing exact says other. */
		if (class == KWP_CLASS_PROCESS && access == KWP_MAP && line->as_count &&
		    !strcmp(path, line->pattern.path) && best < 2000 &&
		    line->action[KWP_EXECUTE] <= KWP_MONITOR) {
			answer = (struct answer){NULL, KWP_ALLOW};
			best = 1999;
		}
		if (!action || !fits || fits < best || (fits == best && action < answer.action))
			continue;
		best = fits;
		answer = (struct answer){line, action};
	}
	if (best || class != KWP_CLASS_PROCESS || profile->process_default <= KWP_ALLOW)
		return answer;
	if (access == KWP_MAP && is_below(path, "/usr/lib"))
		answer.action = KWP_ALLOW;
	else if (access == KWP_MAP && is_below(path, "/lib"))
		answer.action = KWP_ALLOW;
	else
		answer.action = profile->process_default;
	return answer;
}

/* Is the line that decides named, and are its exceptions there, and only they? */
static bool told(const struct policy *policy, uint16_t number, const struct answer *answer,
		 enum kwp_access access)
{
	uint64_t key = kwp_hash_pair(&build_seed, KWP_DOMAIN_EXCEPT, number);
	char reference[32];

	if (!answer->line)
		return true;
	snprintf(reference, sizeof(reference), "t.yaml:%u", answer->line->place.line);
	if (strcmp(policy->texts[number].reference, reference) &&
	    !strstr(policy->texts[number].words, reference))
		return false;
	for (unsigned i = 0; i < ARRAY_SIZE(executables); i++) {
		uint64_t path = policy_key_path(&build_seed, executables[i]);
		const struct kwp_node *node =
			policy_node_find(policy, kwp_hash_pair(&build_seed, key, path));
		bool want = answer->line->except_count &&
			    answer->line->except->executable == executables[i];
		bool got = node && node->flags & KWP_NODE_EXCEPT << access;

		if (want != got)
			return false;
		if (want && !(policy->rules[number].flags & KWP_RULE_EXCEPTED))
			return false;
	}
	return true;
}

static bool lookup_agrees(const struct profile *profile, const struct policy *policy)
{
	enum kwp_access access = build_pick(KWP_ACCESS_COUNT);
	enum kwp_path_class class = access > KWP_MAP ? KWP_PATH_FILE : KWP_PATH_PROCESS;
	const char *as = build_pick(2) ? called[build_pick(2)] : NULL;
	struct answer answer;
	uint16_t number;
	char path[64];

	random_path(path, 6);
	answer = answer_of(profile, path, as,
			   class == KWP_PATH_FILE ? KWP_CLASS_FILE : KWP_CLASS_PROCESS, access);
	number = policy_find(policy, path, as, class, access);
	if (policy->rules[number].action[access] == answer.action &&
	    told(policy, number, &answer, access))
		return true;
	printf("# %s as %s access %d: want %d of line %u, got rule %u '%s'\n", path,
	       as ? as : "-", access, answer.action, answer.line ? answer.line->place.line : 0,
	       number, policy->texts[number].words);
	return false;
}

/* The strictest that something in the directory or at it needs it to stay in place. */
static enum kwp_action above_of(const struct profile *profile, const char *directory)
{
	enum kwp_action strictest = KWP_NO_OPINION;

	for (size_t i = 0; i < profile->paths_count; i++) {
		const struct profile_path_rule *line = &profile->paths[i];
		enum kwp_action action = KWP_NO_OPINION;

		for (unsigned access = 0; access < KWP_ACCESS_COUNT; access++)
			action = MAX(action, line_action(line, access));
		if (line->pattern.kind == PATTERN_NAME || action < KWP_BLOCK)
			continue;
		if (is_below(line->pattern.path, directory) ||
		    (line->pattern.kind != PATTERN_EXACT &&
		     !strcmp(line->pattern.path, directory)))
			strictest = MAX(strictest, action);
	}
	return strcmp(directory, "/") ? strictest : KWP_NO_OPINION;
}

static bool above_agrees(const struct profile *profile, const struct policy *policy)
{
	enum kwp_action want, got = KWP_NO_OPINION;
	const struct kwp_node *node;
	char path[64];

	random_path(path, 4);
	want = above_of(profile, path);
	node = policy_node_find(policy, policy_key_path(&build_seed, path));
	for (unsigned access = 0; node && access < KWP_ACCESS_COUNT; access++)
		got = MAX(got, policy->rules[node->above].action[access]);
	return got == want;
}

static void test_random(void)
{
	unsigned wrong = 0, wrong_above = 0, failed = 0;

	for (unsigned n = 0; n < POLICIES; n++) {
		struct profile_exception excepts[40];
		_cleanup_build_ struct profile profile = {
			.process_default = build_pick(KWP_KILL) + 1};
		unsigned lines = build_pick(ARRAY_SIZE(excepts));
		_cleanup_policy_ struct policy *policy = NULL;
		char why[256];
		int err;

		for (unsigned i = 0; i < lines; i++)
			random_line(&profile, &excepts[i]);
		policy = build_policy(&profile, &err, why);
		failed += !policy;
		for (unsigned i = 0; policy && i < LOOKUPS && wrong < 10; i++) {
			wrong += !lookup_agrees(&profile, policy);
			wrong_above += !above_agrees(&profile, policy);
		}
	}
	CHECK(!failed);
	CHECK(!wrong);
	CHECK(!wrong_above);
}

/* The order that kwp-profile(5) gives, one step after the other. */
static void test_precedence(void)
{
	static const struct {
		enum pattern_kind kind;
		const char *path;
		enum kwp_action write;
	} lines[] = {
		{PATTERN_SUBTREE, "/", KWP_MONITOR},
		{PATTERN_SUBTREE, "/srv", KWP_BLOCK},
		{PATTERN_SUBTREE, "/srv/a", KWP_ALLOW},
		{PATTERN_CHILDREN, "/srv/a", KWP_KILL},
		{PATTERN_NAME, "x", KWP_BLOCK},
		{PATTERN_EXACT, "/srv/a/x", KWP_ALLOW},
	};
	static const struct {
		const char *path;
		unsigned line;
	} asked[] = {{"/", 0},	      {"/tmp", 1},     {"/srv", 1},	 {"/srv/b", 2},
		     {"/srv/a", 2},   {"/srv/a/y", 4}, {"/srv/a/y/z", 3}, {"/srv/a/y/x", 5},
		     {"/srv/a/x", 6}, {"/x", 5},       {"/srvx", 1},	 {"/srv/a/x/y", 3}};
	_cleanup_build_ struct profile profile = {0};
	_cleanup_policy_ struct policy *policy = NULL;
	char why[256], reference[32];
	int err;

	for (unsigned i = 0; i < ARRAY_SIZE(lines); i++)
		build_path(&profile, KWP_CLASS_FILE, lines[i].kind, lines[i].path)
			->action[KWP_WRITE] = lines[i].write;
	policy = build_policy(&profile, &err, why);
	CHECK(!err);
	for (unsigned i = 0; policy && i < ARRAY_SIZE(asked); i++) {
		uint16_t number =
			policy_find(policy, asked[i].path, NULL, KWP_PATH_FILE, KWP_WRITE);

		snprintf(reference, sizeof(reference), "t.yaml:%u", asked[i].line);
		CHECK_STR(policy->texts[number].reference, asked[i].line ? reference : "built in");
	}
	CHECK(!policy_find(policy, "/srv/b", NULL, KWP_PATH_FILE, KWP_READ));
	CHECK(!policy_find(policy, "/srv/b", NULL, KWP_PATH_PROCESS, KWP_EXECUTE));
}

/* What a deeper directory does not speak of is said by the one around it, and told so. */
static void test_inherit(void)
{
	_cleanup_build_ struct profile profile = {0};
	_cleanup_policy_ struct policy *policy = NULL;
	struct profile_exception sshd = {"/usr/sbin/sshd", -1, build_place(9)};
	struct profile_path_rule *line;
	uint16_t number;
	char why[256];
	int err;

	build_path(&profile, KWP_CLASS_FILE, PATTERN_SUBTREE, "/etc")->action[KWP_WRITE] =
		KWP_BLOCK;
	line = build_path(&profile, KWP_CLASS_FILE, PATTERN_SUBTREE, "/etc/ssl");
	line->action[KWP_READ] = KWP_MONITOR;
	line->except = &sshd;
	line->except_count = 1;
	policy = build_policy(&profile, &err, why);
	number = policy_find(policy, "/etc/ssl/key", NULL, KWP_PATH_FILE, KWP_WRITE);
	CHECK_STR(policy->texts[number].words,
		  "/etc/ssl/**: read monitor (t.yaml:2); write block as /etc/** (t.yaml:1)");
	CHECK_STR(policy->texts[number].reference, "t.yaml:2");
	CHECK(number == policy_find(policy, "/etc/ssl/key", NULL, KWP_PATH_FILE, KWP_READ));
	number = policy_find(policy, "/etc/x", NULL, KWP_PATH_FILE, KWP_WRITE);
	CHECK_STR(policy->texts[number].words, "/etc/**: write block");
	CHECK(!(policy->rules[number].flags & KWP_RULE_EXCEPTED));
	CHECK_STR(policy->texts[number + 1].words,
		  "/etc/ssl/**: read monitor, except /usr/sbin/sshd");
}

/* An exception by uid is a node too; one with both is none that the kernel side can test. */
static void test_except_uid(void)
{
	_cleanup_build_ struct profile profile = {0};
	_cleanup_policy_ struct policy *policy = NULL;
	struct profile_exception except = {NULL, 7, build_place(9)};
	struct profile_path_rule *line =
		build_path(&profile, KWP_CLASS_FILE, PATTERN_EXACT, "/etc/shadow");
	uint64_t key, uid = kwp_hash_pair(&build_seed, KWP_DOMAIN_UID, 7);
	uint16_t number;
	char why[256], program[] = "/bin/a";
	int err;

	line->action[KWP_READ] = KWP_BLOCK;
	line->except = &except;
	line->except_count = 1;
	policy = build_policy(&profile, &err, why);
	number = policy_find(policy, "/etc/shadow", NULL, KWP_PATH_FILE, KWP_READ);
	key = kwp_hash_pair(&build_seed, KWP_DOMAIN_EXCEPT, number);
	CHECK(policy_node_find(policy, kwp_hash_pair(&build_seed, key, uid))->flags ==
	      KWP_NODE_EXCEPT << KWP_READ);
	except.executable = program;
	CHECK(!build_policy(&profile, &err, why));
	CHECK_STR(why, "t.yaml:9: an exception names either a program or a uid");
}

int main(void)
{
	test_precedence();
	test_inherit();
	test_except_uid();
	test_random();
	return check_end();
}
