/* SPDX-License-Identifier: GPL-2.0-only */
/* Profiles: what is read, inherited and refused, and where each error stands. */
#include "../../common/process.h"
#include "problems.h"

#define R "kwp: 1\nrules:\n"

static void test_read(void)
{
	_cleanup_profile_ struct profile *profile =
		parse("kwp: 1\nname: a-name\ndescription: words\nrules:\n"
		      "  - id: one\n    title: A title\n    on: [exec, connect]\n"
		      "    when: process.pid == 1\n    except: [process.name == x, {when: user.id "
		      "== 0}]\n"
		      "    severity: high\n    technique: [T1059, T1059.004]\n"
		      "    message: \"{process.name}\"\n    false-positives: some\n"
		      "  - {id: two, on: open, technique: T1000}\n");
	const struct rule *rule;

	CHECK(profile && !problems.count);
	if (!profile)
		return;
	CHECK_STR(profile->name, "a-name");
	CHECK_STR(profile->description, "words");
	CHECK(profile->rules_count == 2 && profile->files_count == 1);
	CHECK_STR(profile->files[0], "dir/t.yaml");
	rule = &profile->rules[0];
	CHECK_STR(rule->id, "one");
	CHECK_STR(rule->title, "A title");
	CHECK(rule->types == (1ull << KWP_EXEC | 1ull << KWP_CONNECT));
	CHECK(rule->when && rule->except_count == 2 && rule->technique_count == 2);
	CHECK_STR(rule->technique[1], "T1059.004");
	CHECK(rule->severity == SEVERITY_HIGH && rule->line == 5);
	CHECK_STR(rule->message, "{process.name}");
	CHECK_STR(rule->false_positives, "some");
	CHECK(rule->file == profile->files[0]);
	CHECK(profile->rules[1].severity == SEVERITY_MEDIUM && !profile->rules[1].when);
	CHECK(profile_types(profile) ==
	      (1ull << KWP_EXEC | 1ull << KWP_CONNECT | 1ull << KWP_OPEN));
}

static void test_keys(void)
{
	_cleanup_profile_ struct profile *least = parse("kwp: 1\n");

	CHECK(least && !least->rules_count);
	CHECK_STR(least ? least->name : NULL, "t");
	CHECK(refused("name: x\n", 1, 1, "'kwp' is missing"));
	CHECK(refused("kwp: 2\n", 1, 6, "version '2'"));
	CHECK(refused("kwp: 1\nnmae: x\n", 2, 1, "did you mean 'name'?"));
	CHECK(refused("kwp: 1\nfiles-x: []\n", 2, 1, "unknown key 'files-x'"));
	CHECK(refused("kwp: 1\nname: [x]\n", 2, 7, "not a list"));
	CHECK(refused("kwp: 1\nname:\n", 2, 6, "text is missing"));
	CHECK(refused("kwp: 1\nname: A b\n", 2, 7, "lower-case"));
	CHECK(refused("kwp: 1\nrules: x\n", 2, 8, "list of rules"));
	CHECK(refused("kwp: 1\nexcept: {}\n", 2, 9, "list of exceptions"));
	CHECK(refused("- kwp\n", 1, 1, "keys"));
	CHECK(refused("word\n", 1, 1, "keys"));
	CHECK(refused("", 0, 0, "empty"));
	CHECK(refused("# comment\n", 0, 0, "empty"));
}

static void test_rule_errors(void)
{
	CHECK(refused(R "  - on: exec\n", 3, 5, "'id' is missing"));
	CHECK(refused(R "  - id: a\n", 3, 5, "'on' is missing"));
	CHECK(refused(R "  - x\n", 3, 5, "keys"));
	CHECK(refused(R "  - {id: a, on: exce}\n", 3, 17, "did you mean 'exec'?"));
	CHECK(refused(R "  - {id: a, on: [exec, xyzzyx]}\n", 3, 24, "unknown event 'xyzzyx'"));
	CHECK(refused(R "  - {id: a, on: []}\n", 3, 17, "missing"));
	CHECK(refused(R "  - {id: a, on: exec, severity: bad}\n", 3, 33, "info, low, medium"));
	CHECK(refused(R "  - {id: a, on: exec, technique: [T105]}\n", 3, 35, "T1059.004"));
	CHECK(refused(R "  - {id: a, on: exec, technique: [T1059.0045]}\n", 3, 35, "T1059.004"));
	CHECK(refused(R "  - {id: a, on: exec, message: 'x {nix}'}\n", 3, 36, "'nix'"));
	CHECK(refused(R "  - {id: a, on: exec, message: 'x {'}\n", 3, 35, "brace"));
	CHECK(refused(R "  - {id: a, on: exec, serverity: low}\n", 3, 23, "'severity'"));
	CHECK(refused(R "  - {id: a-, on: exec}\n", 3, 10, "lower-case"));
	CHECK(refused(R "  - {id: -a, on: exec}\n", 3, 10, "lower-case"));
	CHECK(refused(R "  - {id: a--b, on: exec}\n", 3, 10, "lower-case"));
	CHECK(refused(R "  - {id: a, on: exec, technique: T1000}\n"
			"  - {id: a, on: exec, technique: T1000}\n",
		      4, 5, "second rule 'a'"));
	CHECK(refused(R "  - {id: a, on: exec, technique: T1000}\n"
			"except: [{id: b-rule, when: process.pid}]\n",
		      4, 15, "unknown rule"));
	CHECK(refused(R "  - {id: a-rule, on: exec, technique: T1000}\n"
			"except: [{id: a-rul, when: process.pid}]\n",
		      4, 15, "'a-rule'?"));
	CHECK(refused(R "  - {id: a, on: exec, technique: T1000}\n"
			"except: [{id: a}]\n",
		      4, 10, "'when' is missing"));
	CHECK(refused(R "  - {id: a, on: exec, technique: T1000}\n"
			"except: [{id: a, when: nix}]\n",
		      4, 24, "unknown field"));
}

/* The column of an error in a filter, however the filter is written. */
static void test_filter_places(void)
{
	CHECK(refused(R "  - id: a\n    on: exec\n    when: process.pid == x\n", 5, 26, "'x'"));
	CHECK(refused(R "  - id: a\n    on: exec\n    when: 'process.name == '''' and nix'\n", 5,
		      37, "'nix'"));
	CHECK(refused(R "  - id: a\n    on: exec\n    when: \"process.name == \\\"\\\" and nix\"\n",
		      5, 37, "'nix'"));
	CHECK(refused(R "  - id: a\n    on: exec\n    when: >-\n      process.pid\n      and nix\n",
		      7, 11, "'nix'"));
	CHECK(refused(R "  - id: a\n    on: exec\n    when: |\n\n      process.pid\n      and\n"
			"       nix\n",
		      9, 8, "'nix'"));
	CHECK(refused(R "  - id: a\n    on: exec\n    when: process.pid\n      and nix\n", 6, 11,
		      "'nix'"));
	CHECK(refused(R "  - {id: a, on: exec, when: process.name == \xc3\xa9 and nix}\n", 3, 51,
		      "'nix'"));
	CHECK(refused(R "  - {id: a, on: exec, when: process.pid and}\n", 3, 44, "missing"));
	CHECK(refused(R "  - {id: a, on: exec, when: ''}\n", 3, 29, "missing"));
	CHECK(refused(R "  - {id: a, on: exec, except: [process.pid, nix]}\n", 3, 45, "'nix'"));
	CHECK(refused(R "  - {id: a, on: exec, except: [{whe: process.pid, when: user.id}]}\n", 3,
		      33, "'when'"));
}

static void test_all_at_once(void)
{
	_cleanup_profile_ struct profile *profile =
		parse("kwp: 1\nx: y\nrules:\n  - {id: a, on: exce, when: nix}\n"
		      "  - {id: b, on: connect, when: file.path}\n"
		      "  - {id: c, on: exec, severity: x}\nexcept: [{id: q}]\n");

	CHECK(!profile);
	CHECK(problems.count == 8);
	CHECK(said(false, 2, 1, "unknown key 'x'"));
	CHECK(said(false, 4, 17, "'exec'"));
	CHECK(said(false, 4, 29, "'nix'"));
	CHECK(said(true, 5, 32, "never matches"));
	CHECK(said(true, 5, 5, "no 'technique'"));
	CHECK(said(false, 6, 33, "severity 'x'"));
	CHECK(said(false, 7, 15, "unknown rule 'q'"));
	CHECK(said(false, 7, 10, "'when' is missing"));
}

static void test_many_problems(void)
{
	char text[8000] = "kwp: 1\n";
	size_t at = strlen(text);

	for (int i = 0; i < 300; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "key-%d: 1\n", i);
	CHECK(!parse(text));
	CHECK(problems.count == 100);
}

static void test_warnings(void)
{
	_cleanup_profile_ struct profile *profile =
		parse(R "  - {id: a, on: exec, when: destination.ip, technique: T1000}\n"
			"  - {id: b, on: exec, when: file.path or destination.ip}\n");

	CHECK(profile && problems.count == 2);
	CHECK(said(true, 3, 29, "never matches"));
	CHECK(said(true, 4, 5, "'b' has no 'technique'"));
}

static struct process process = {.comm = "bash", .executable = (char *)"/bin/ba\"sh"};

/* Does the first rule of the profile match an exec of bash? */
static int matches(const char *text)
{
	_cleanup_profile_ struct profile *profile = parse(text);
	static struct kwp_exec facts;
	struct kwp_record record = {.type = KWP_EXEC};
	struct event event = {.record = &record, .facts = &facts, .process = &process};

	return profile ? rule_match(&profile->rules[0], &event) : -1;
}

#define L                                                                                          \
	"kwp: 1\nlists: {shells: [sh, 'bash'], paths: ['^/x', 'a\"sh$'], odd: [a\\, "              \
	"')']}\nrules:\n"

static void test_lists(void)
{
	CHECK(matches(L "- {id: a, on: exec, when: process.name in ($shells)}") == 1);
	CHECK(matches(L "- {id: a, on: exec, when: 'process.name in (x, $shells ,y)'}") == 1);
	CHECK(matches(L "- {id: a, on: exec, when: process.name not in ($shells)}") == 0);
	CHECK(matches(L "- {id: a, on: exec, when: process.name in ($odd)}") == 0);
	CHECK(matches(L "- {id: a, on: exec, when: 'process.name in (b(x), $shells)'}") == 1);
	CHECK(matches(L "- {id: a, on: exec, when: process.executable ~ $paths}") == 1);
	CHECK(matches(L "- {id: a, on: exec, when: process.executable !~ $paths}") == 0);
	CHECK(matches(L "- {id: a, on: exec, when: process.name in ('$shells')}") == 0);
	CHECK(matches(L "- {id: a, on: exec, when: process.name ~ '$shells'}") == 0);
	CHECK(matches(L "- {id: a, on: exec, when: process.name == $nix}") == 0);
	CHECK(matches(L "- {id: a, on: exec, when: process.name ~ $}") == 1);
}

static void test_list_errors(void)
{
	CHECK(refused(L "- {id: a, on: exec, when: process.name in ($shels)}", 4, 44,
		      "did you mean '$shells'?"));
	CHECK(refused(L "- {id: a, on: exec, when: process.name in ($xyz)}", 4, 44, "quote"));
	CHECK(refused(L "- {id: a, on: exec, when: process.name in ($)}", 4, 44, "unknown list"));
	CHECK(refused(L "- {id: a, on: exec, when: process.name == $shells}", 4, 43, "'in'"));
	CHECK(refused(L "- {id: a, on: exec, when: process.pid in ($shells)}", 4, 43, "'sh'"));
	CHECK(refused(L "- {id: a, on: exec, when: 'process.name in ($shells) and nix'}", 4, 58,
		      "'nix'"));
	CHECK(refused("kwp: 1\nlists: {a: x}\n", 2, 12, "list of words"));
	CHECK(refused("kwp: 1\nlists: {a: []}\n", 2, 12, "list of words"));
	CHECK(refused("kwp: 1\nlists: {a: [$b]}\n", 2, 13, "another list"));
	CHECK(refused("kwp: 1\nlists: {a: [[b]]}\n", 2, 13, "text is wanted"));
	CHECK(refused("kwp: 1\nlists: {A: [b]}\n", 2, 9, "lower-case"));
	CHECK(refused("kwp: 1\nlists: [b]\n", 2, 8, "named lists"));
}

/* A text of many equal parts. */
static struct profile *parse_repeated(const char *before, const char *part, size_t count)
{
	char *text = malloc(strlen(before) + strlen(part) * count + 1);
	char *at = stpcpy(text, before);
	struct profile *profile = NULL;

	while (count--)
		at = stpcpy(at, part);
	profile_problems_free(&problems);
	CHECK(profile_parse("t.yaml", text, (size_t)(at - text), &profile, &problems) ==
	      (profile ? 0 : -EINVAL));
	free(text);
	return profile;
}

static void test_yaml(void)
{
	CHECK(refused("kwp: 1\nkwp: 1\n", 2, 1, "duplicate key 'kwp'"));
	CHECK(refused("kwp: &a 1\n", 1, 6, "anchors"));
	CHECK(refused("kwp: *a\n", 1, 6, "aliases"));
	CHECK(refused("kwp: !!int 1\n", 1, 6, "tags"));
	CHECK(refused("a: &a [x]\nb: [*a, *a]\n", 1, 4, "anchors"));
	CHECK(refused("kwp: 1\n---\nkwp: 1\n", 2, 1, "second document"));
	CHECK(refused("kwp: [1\n", 2, 1, "expected"));
	CHECK(refused("kwp: 1\n\tname: x\n", 2, 1, ""));
	CHECK(refused("{a: b}: c\n", 1, 1, "key must be a word"));
	CHECK(refused("name: \"a\\0b\"\n", 1, 7, "NUL"));
	CHECK(refused("kwp: 1\nname: \xff\n", 2, 7, ""));
	CHECK(!parse_repeated("kwp: ", "[", 17) && said(false, 1, 21, "16 levels"));
	CHECK(!parse_repeated("kwp: ", "[", 500000) && problems.count == 1);
	CHECK(!parse_repeated("", "{a: ", 200000) && problems.count == 1);
	CHECK(!parse_repeated("name: ", "x", 65537) && said(false, 1, 7, "65536 bytes"));
	CHECK(!parse_repeated("kwp: 1\n", "#", 1024 * 1024) && said(false, 1, 1, "bytes"));
	CHECK(!parse_repeated("a: [", "b,", 200000) && problems.count == 1);
	CHECK(!parse_repeated("", "\xff\xfe", 1));
}

int main(void)
{
	setenv("KWP_PROFILES", "/nowhere", 1);
	test_read();
	test_keys();
	test_rule_errors();
	test_filter_places();
	test_all_at_once();
	test_many_problems();
	test_warnings();
	test_lists();
	test_list_errors();
	test_yaml();
	profile_problems_free(&problems);
	return check_end();
}
