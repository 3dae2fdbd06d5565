/* SPDX-License-Identifier: GPL-2.0-only */
/* The keys process and file of a profile: patterns, actions, exceptions, and what overlaps. */
#include "../../common/policy.h"
#include "problems.h"

#define F "kwp: 1\nfile:\n"
#define P "kwp: 1\nprocess:\n"

static const struct profile_path_rule *find(const struct profile *profile, const char *text)
{
	for (size_t i = 0; profile && i < profile->paths_count; i++) {
		if (!strcmp(profile->paths[i].pattern.text, text))
			return &profile->paths[i];
	}
	return NULL;
}

/* Is the pattern read as this kind and path? */
static int pattern(const char *text, enum pattern_kind kind, const char *path)
{
	char yaml[200];
	_cleanup_profile_ struct profile *profile = NULL;

	snprintf(yaml, sizeof(yaml), F "- {path: \"%s\", write: block}\n", text);
	profile = parse(yaml);
	return profile && profile->paths_count == 1 && profile->paths[0].pattern.kind == kind &&
	       !strcmp(profile->paths[0].pattern.path, path) &&
	       !strcmp(profile->paths[0].pattern.text, text);
}

static void test_patterns(void)
{
	CHECK(pattern("/etc/shadow", PATTERN_EXACT, "/etc/shadow"));
	CHECK(pattern("/etc/*", PATTERN_CHILDREN, "/etc"));
	CHECK(pattern("/etc/**", PATTERN_SUBTREE, "/etc"));
	CHECK(pattern("/**", PATTERN_SUBTREE, "/"));
	CHECK(pattern("/*", PATTERN_CHILDREN, "/"));
	CHECK(pattern("/", PATTERN_EXACT, "/"));
	CHECK(pattern("**/authorized_keys", PATTERN_NAME, "authorized_keys"));
	CHECK(pattern("/a/...", PATTERN_EXACT, "/a/..."));
	CHECK(pattern("/a/.b", PATTERN_EXACT, "/a/.b"));
	CHECK(pattern("/a b/[x]?/~", PATTERN_EXACT, "/a b/[x]?/~"));
}

/* Is it refused as a pattern, with these words? */
static int bad_pattern(const char *text, const char *words)
{
	char yaml[6000];

	snprintf(yaml, sizeof(yaml), F "- {path: \"%s\", write: block}\n", text);
	return refused(yaml, 3, 10, words);
}

static void test_bad_patterns(void)
{
	char text[5000];

	CHECK(bad_pattern("etc/shadow", "must begin with '/'"));
	CHECK(bad_pattern("*", "'/**' is everything"));
	CHECK(bad_pattern("**", "'/**' is everything"));
	CHECK(bad_pattern("**/", "'/**' is everything"));
	CHECK(bad_pattern("**/a/b", "only one name"));
	CHECK(bad_pattern("**/*.so", "can only end it"));
	CHECK(bad_pattern("**/..", "are not followed"));
	CHECK(bad_pattern("/a/*.so", "can only end it"));
	CHECK(bad_pattern("/a*", "can only end it"));
	CHECK(bad_pattern("/*/b", "can only end it"));
	CHECK(bad_pattern("/a/***", "can only end it"));
	CHECK(bad_pattern("/a/**/**", "can only end it"));
	CHECK(bad_pattern("/a/../b", "are not followed"));
	CHECK(bad_pattern("/a/.", "are not followed"));
	CHECK(bad_pattern("/a//b", "too many"));
	CHECK(bad_pattern("//", "too many"));
	CHECK(bad_pattern("/a//**", "ends with '/'"));
	CHECK(bad_pattern("/etc/", "ends with '/'; write dir"));
	CHECK(bad_pattern("/a\\nb", "'/a\\x0ab' is no pattern of paths: it holds a line break"));
	memset(text, 'a', sizeof(text));
	text[0] = '/';
	text[257] = '\0';
	CHECK(bad_pattern(text, "255 bytes"));
	text[256] = '\0';
	CHECK(pattern("/a", PATTERN_EXACT, "/a") && !bad_pattern(text, "255"));
	memset(text, 'a', sizeof(text));
	for (size_t i = 0; i < sizeof(text); i += 2)
		text[i] = '/';
	text[4096] = '\0';
	text[4095] = 'a';
	CHECK(bad_pattern(text, "4095 bytes"));
	text[4095] = '\0';
	text[4094] = 'a';
	CHECK(!bad_pattern(text, "4095"));
	CHECK(refused(F "- {path: '', write: block}\n", 3, 10, "text is missing"));
	CHECK(refused(F "- {path: [/a], write: block}\n", 3, 10, "not a list"));
}

static void test_process(void)
{
	_cleanup_profile_ struct profile *profile = parse(
		P "  default: block\n  allow: [/usr/bin/**, /usr/lib/**]\n  monitor: '**/gdb'\n"
		  "  block:\n  - /usr/bin/wget\n  - {path: /usr/bin/busybox, as: [nc, telnetd]}\n"
		  "  - {path: /usr/bin/curl, action: kill}\n  drift: block\n");
	const struct profile_path_rule *rule;

	CHECK(profile && !problems.count && profile->paths_count == 7);
	if (!profile)
		return;
	CHECK(profile->process_default == KWP_BLOCK && profile->drift == KWP_BLOCK);
	CHECK(profile_drift_scripts(profile) == KWP_BLOCK);
	CHECK(profile->process_default_place.line == 3 && profile->drift_place.line == 10);
	CHECK(profile->process_default_place.file == profile->files[0]);
	rule = find(profile, "/usr/bin/**");
	CHECK(rule->class == KWP_CLASS_PROCESS && rule->action[KWP_EXECUTE] == KWP_ALLOW &&
	      rule->action[KWP_MAP] == KWP_ALLOW && !rule->action[KWP_READ] &&
	      !rule->action[KWP_WRITE] && !rule->as_count);
	CHECK(rule->place.line == 4 && rule->place.column == 11);
	CHECK(rule->place.file == profile->files[0]);
	CHECK(find(profile, "**/gdb")->action[KWP_EXECUTE] == KWP_MONITOR);
	CHECK(find(profile, "/usr/bin/wget")->action[KWP_MAP] == KWP_BLOCK);
	rule = find(profile, "/usr/bin/busybox");
	CHECK(rule->as_count == 1 && !strcmp(rule->as[0], "nc") && rule->place.line == 8);
	CHECK(rule[1].as_count == 1 && !strcmp(rule[1].as[0], "telnetd"));
	CHECK(rule->action[KWP_EXECUTE] == KWP_BLOCK && !rule->action[KWP_MAP]);
	CHECK(find(profile, "/usr/bin/curl")->action[KWP_EXECUTE] == KWP_KILL);
	CHECK(find(profile, "/usr/bin/curl")->place.column == 12);
}

/* What differs from `drift`, and which programs may have come from anywhere. */
static void test_drift(void)
{
	static const struct kwp_seed seed = {{1, 2}};
	_cleanup_profile_ struct profile *profile = parse(
		P "  default: block\n  allow: [/usr/**, /srv/tool]\n  drift: block\n"
		  "  drift-scripts: off\n");
	_cleanup_policy_ struct policy *policy = NULL;
	const struct kwp_rule *rule;
	char why[256];

	CHECK(profile && !problems.count && profile_drift_scripts(profile) == KWP_NO_OPINION);
	if (!profile || policy_compile(profile, &seed, &policy, why, sizeof(why))) {
		CHECK(!"compiled");
		return;
	}
	rule = &policy->rules[policy->fixed.drift];
	CHECK(rule->action[KWP_EXECUTE] == KWP_BLOCK && rule->action[KWP_MAP] == KWP_BLOCK &&
	      rule->action[KWP_READ] == KWP_NO_OPINION);
	rule = policy->rules + policy_find(policy, "/srv/tool", NULL, KWP_PATH_PROCESS, KWP_EXECUTE);
	CHECK(rule->flags & KWP_RULE_FOREIGN);
	rule = policy->rules + policy_find(policy, "/usr/bin/x", NULL, KWP_PATH_PROCESS, KWP_EXECUTE);
	CHECK(rule->action[KWP_EXECUTE] == KWP_ALLOW && !(rule->flags & KWP_RULE_FOREIGN));
}

static void test_process_errors(void)
{
	CHECK(refused(P "  defualt: block\n", 3, 3, "did you mean 'default'?"));
	CHECK(refused(P "  default: kill\n", 3, 12, "allow, monitor, block"));
	CHECK(refused(P "  default: blok\n", 3, 12, "did you mean 'block'?"));
	CHECK(refused(P "  default: [block]\n", 3, 12, "not a list"));
	CHECK(refused(P "  drift: allow\n", 3, 10, "off, monitor, block"));
	CHECK(refused(P "  drift-scripts: kill\n", 3, 18, "off, monitor, block"));
	CHECK(refused("kwp: 1\nprocess: [x]\n", 2, 10, "keys with values"));
	CHECK(refused(P "  allow: [x]\n", 3, 11, "must begin"));
	CHECK(refused(P "  block: [{as: nc}]\n", 3, 11, "'path' is missing"));
	CHECK(refused(P "  block: [{path: /a, as: []}]\n", 3, 26, "name is missing"));
	CHECK(refused(P "  block: [{path: /a, as: /x}]\n", 3, 26, "no name such as"));
	CHECK(refused(P "  block: [{path: /a, as: 'x*'}]\n", 3, 26, "no name such as"));
	CHECK(refused(P "  block: [{path: /a/**, as: nc}]\n", 3, 18, "exact path"));
	CHECK(refused(P "  block: [{path: /a, write: block}]\n", 3, 22, "under 'file'"));
	CHECK(refused(P "  block: [{path: /a, action: allow}]\n", 3, 30, "monitor, block, kill"));
	CHECK(refused(P "  allow: [{path: /a, action: block}]\n", 3, 30, "under 'block'"));
	CHECK(refused(P "  block: [[/a]]\n", 3, 11, "not a list"));
}

static void test_contradictions(void)
{
	CHECK(refused(P "  allow: [/a]\n  block: [/b, /a]\n", 4, 15,
		      "'/a' contradicts line 3, which says 'allow', not 'block'"));
	CHECK(refused(P "  block: [/a, /a]\n", 3, 15, "a second time; the first is in line 3"));
	CHECK(refused(P "  block: [/a]\n  monitor: [/a]\n", 4, 13, "contradicts line 3"));
	CHECK(refused(P "  block: [{path: /a, as: x}]\n  allow: [{path: /a, as: [y, x]}]\n", 4, 18,
		      "contradicts line 3"));
	CHECK(refused(P "  block: [/a, {path: /a, action: kill}]\n", 3, 22, "'block', not 'kill'"));
	CHECK(silent(P "  block: [{path: /a, as: x}, {path: /a, as: y}, /a, '**/c', /a/b]\n"));
	CHECK(refused(F "- {path: /a, write: block}\n- {path: /b, write: block}\n"
			"- {path: /a, read: block}\n",
		      5, 10, "'/a' is here a second time; the first is in line 3"));
	/* what a program is and what is done to its file are two things */
	CHECK(silent("kwp: 1\nprocess: {block: [/a]}\nfile: [{path: /a, write: block}]\n"));
}

static void test_file(void)
{
	_cleanup_profile_ struct profile *profile = parse(
		F "- {path: /etc/**, write: block}\n"
		  "- {path: /etc/shadow, read: monitor, except: {process.executable: "
		  "/usr/sbin/sshd}}\n"
		  "- {path: '/srv/.~a', bait: kill, except: [{process.executable: [/usr/bin/a, "
		  "/usr/bin/b]}, {user.id: 7}, 'user.id in (8, 9) or process.executable == "
		  "/x']}\n"
		  "- {path: '**/id_rsa', read: block, write: kill}\n");
	const struct profile_path_rule *rule;

	CHECK(profile && !problems.count && profile->paths_count == 4);
	if (!profile)
		return;
	rule = find(profile, "/etc/**");
	CHECK(rule->class == KWP_CLASS_FILE && rule->action[KWP_WRITE] == KWP_BLOCK &&
	      rule->action[KWP_READ] == KWP_NO_OPINION && !rule->action[KWP_EXECUTE] &&
	      !rule->bait && !rule->except_count);
	rule = find(profile, "/etc/shadow");
	CHECK(rule->action[KWP_READ] == KWP_MONITOR && rule->except_count == 1);
	CHECK_STR(rule->except[0].executable, "/usr/sbin/sshd");
	CHECK(rule->except[0].uid == -1 && rule->except[0].place.line == 4);
	rule = find(profile, "/srv/.~a");
	CHECK(rule->bait && rule->action[KWP_READ] == KWP_KILL &&
	      rule->action[KWP_WRITE] == KWP_KILL && rule->except_count == 6);
	CHECK_STR(rule->except[1].executable, "/usr/bin/b");
	CHECK(rule->except[2].uid == 7 && !rule->except[2].executable);
	CHECK(rule->except[4].uid == 9);
	CHECK_STR(rule->except[5].executable, "/x");
	CHECK(find(profile, "**/id_rsa")->action[KWP_WRITE] == KWP_KILL);
}

static void test_file_errors(void)
{
	CHECK(refused("kwp: 1\nfile: {path: /a}\n", 2, 7, "list of entries"));
	CHECK(refused(F "- /a\n", 3, 3, "keys with values"));
	CHECK(refused(F "- {write: block}\n", 3, 3, "'path' is missing"));
	CHECK(refused(F "- {path: /a}\n", 3, 3, "'read', 'write' or 'bait' is missing"));
	CHECK(refused(F "- {path: /a, execute: block}\n", 3, 14, "under 'process'"));
	CHECK(refused(F "- {path: /a, wirte: block}\n", 3, 14, "did you mean 'write'?"));
	CHECK(refused(F "- {path: /a, write: off}\n", 3, 21, "allow, monitor, block, kill"));
	CHECK(refused(F "- {path: /a, bait: allow}\n", 3, 20, "monitor, block, kill"));
	CHECK(refused(F "- {path: /a, bait: kill, read: block}\n", 3, 26, "beside it"));
}

#define E F "- {path: /a, write: block, except: "

static void test_except_errors(void)
{
	CHECK(refused(E "{process.name: x}}\n", 3, 37, "the kernel can only test"));
	CHECK(refused(E "{}}\n", 3, 36, "is missing"));
	CHECK(refused(E "{process.executable: sshd}}\n", 3, 57, "must begin with '/'"));
	CHECK(refused(E "{process.executable: '/usr/**'}}\n", 3, 57, "can only"));
	CHECK(refused(E "{user.id: root}}\n", 3, 46, "no number of a user"));
	CHECK(refused(E "{user.id: -1}}\n", 3, 46, "no user id"));
	CHECK(refused(E "{user.id: 4294967295}}\n", 3, 46, "no user id"));
	CHECK(refused(E "{user.id: 1, process.executable: /x}}\n", 3, 36, "not both at once"));
	CHECK(refused(E "process.name == x}\n", 3, 36, "the kernel can only test"));
	CHECK(refused(E "process.executable ~ '^/x'}\n", 3, 36, "the kernel can only test"));
	CHECK(refused(E "process.executable != /x}\n", 3, 36, "the kernel can only test"));
	CHECK(refused(E "not user.id == 1}\n", 3, 36, "the kernel can only test"));
	CHECK(refused(E "user.id > 1}\n", 3, 36, "the kernel can only test"));
	CHECK(refused(E "user.id}\n", 3, 36, "the kernel can only test"));
	CHECK(refused(E "user.id == 1 and process.executable == /x}\n", 3, 36, "only test"));
	CHECK(refused(E "process.executable == sshd}\n", 3, 36, "must begin with '/'"));
	CHECK(refused(E "user.id == x}\n", 3, 47, "'x'"));
}

static void test_idle(void)
{
	CHECK(warned(F "- {path: /etc/**, write: block}\n- {path: /etc/passwd, write: block}\n", 4,
		     10, "'/etc/passwd' changes nothing: '/etc/**' in line 3 does the same"));
	CHECK(warned(F "- {path: /a/b/**, write: block}\n- {path: '/**', write: block}\n", 3, 10,
		     "'/**' in line 4"));
	CHECK(warned(F "- {path: /a/*, read: kill}\n- {path: /a/**, read: kill}\n", 3, 10,
		     "/a/**"));
	CHECK(warned(F "- {path: /a/b, read: kill}\n- {path: '**/b', read: kill}\n", 3, 10,
		     "**/b"));
	CHECK(warned(F "- {path: /a/b, read: allow}\n", 3, 10, "'allow' is what happens"));
	CHECK(warned(P "  allow: [/a]\n", 3, 11, "process.default is what happens"));
	CHECK(warned(P "  default: block\n  allow: [/a, /b/**]\n  block: [/c]\n", 5, 11,
		     "process.default"));
	CHECK(warned(P "  block: [/a/**, /a/b]\n", 3, 18, "'/a/**' in line 3"));
	/* each of these does something */
	CHECK(silent(F "- {path: /a/**, write: block}\n- {path: /a/b, write: allow}\n"));
	CHECK(silent(F "- {path: /a/**, write: block}\n- {path: /a/b, read: block}\n"));
	CHECK(silent(F "- {path: /a/**, write: block}\n- {path: /a/b/**, write: allow}\n"
		       "- {path: /a/b/c, write: block}\n"));
	CHECK(silent(F "- {path: /a/**, write: block}\n- {path: '**/b', write: allow}\n"
		       "- {path: /a/b, write: block}\n"));
	CHECK(silent(F "- {path: /a/**, write: block, except: {user.id: 0}}\n"
		       "- {path: /a/b, write: block}\n"));
	CHECK(silent(F "- {path: /a/**, write: block}\n"
		       "- {path: /a/b, write: block, except: {user.id: 0}}\n"));
	CHECK(silent(F "- {path: /a/*, write: block}\n- {path: /a/b/c, write: block}\n"));
	CHECK(silent(F "- {path: /a, write: block}\n- {path: /a/**, write: block}\n"));
	CHECK(silent(F "- {path: /ab/**, write: block}\n- {path: /a/**, write: block}\n"));
	CHECK(silent(F "- {path: /, write: block}\n- {path: '/*', write: block}\n"));
	CHECK(silent(P "  block: [/a/**, {path: /a/b, as: x}]\n"));
	CHECK(silent(P "  block: [/a/**, {path: /a/b, action: kill}]\n"));
}

static void test_links(void)
{
	CHECK(warned(P "  block: [/bin/sh]\n", 3, 11,
		     "the kernel sees /usr/bin/sh where /bin is a link"));
	CHECK(warned(F "- {path: /lib64/x, write: block}\n", 3, 10, "/usr/lib64/x"));
	CHECK(warned(F "- {path: /x, write: block, except: {process.executable: /sbin/init}}\n", 3,
		     57, "/usr/sbin/init"));
	CHECK(silent(P "  block: [/bin/sh, /usr/bin/sh]\n"));
	CHECK(silent(P "  block: ['/bin/**', /binary/x]\n"));
	CHECK(warned(P "  default: block\n", 3, 12, "no program can be started"));
}

/* Words of the profile that the kernel side compares with names. */
static void test_called(void)
{
	_cleanup_profile_ struct profile *own =
		parse("kwp: 1\nlists: {shells: [mysh, a/b], interpreters: [mypy]}\n");
	_cleanup_profile_ struct profile *plain = parse("kwp: 1\n");
	bool bash = false, perl = false;

	CHECK(own && own->shells_count == 1 && own->interpreters_count == 1);
	CHECK_STR(own ? own->shells[0] : NULL, "mysh");
	for (size_t i = 0; plain && i < plain->shells_count; i++)
		bash |= !strcmp(plain->shells[i], "bash");
	for (size_t i = 0; plain && i < plain->interpreters_count; i++)
		perl |= !strcmp(plain->interpreters[i], "perl");
	CHECK(bash && perl);
}

/* More entries than the kernel side has room for; and many are read quickly. */
static void test_many(void)
{
	size_t size = 64 * 9000;
	char *text = malloc(size), *at = text;
	struct profile *profile;

	at += sprintf(at, P "  block:\n");
	for (int i = 0; i < 8000; i++)
		at += sprintf(at, "  - /srv/%d/x%d\n", i % 10, i);
	profile = parse(text);
	CHECK(profile && profile->paths_count == 8000 && !problems.count);
	profile_free(profile);
	for (int i = 8000; i < 8500; i++)
		at += sprintf(at, "  - /srv/%d/x%d\n", i % 10, i);
	CHECK(refused(text, 1, 1, "8500 entries"));
	free(text);
}

int main(void)
{
	setenv("KWP_PROFILES", "/nowhere", 1);
	test_patterns();
	test_bad_patterns();
	test_process();
	test_drift();
	test_process_errors();
	test_contradictions();
	test_file();
	test_file_errors();
	test_except_errors();
	test_idle();
	test_links();
	test_called();
	test_many();
	profile_problems_free(&problems);
	return check_end();
}
