/* SPDX-License-Identifier: GPL-2.0-only */
/* Profiles in files: names, paths, extends. */
#include "../../common/process.h"
#include "../../common/profile.h"
#include "check.h"

#include <errno.h>
#include <sys/stat.h>

static struct profile_problems problems;
static struct process process = {.comm = "bash"};

/* Is there this error? */
static int said(unsigned line, unsigned column, const char *words)
{
	for (size_t i = 0; i < problems.count; i++) {
		const struct profile_problem *problem = &problems.list[i];

		if (!problem->warning && problem->line == line && problem->column == column &&
		    strstr(problem->message, words))
			return 1;
	}
	return 0;
}

static char directory[] = "/tmp/kwp-profile-XXXXXX";

static void file_write(const char *name, const char *text)
{
	char path[200];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	CHECK(file && fputs(text, file) >= 0 && !fclose(file));
}

/* Reads NAME of the directory; the error, or 0 and *out. */
static int read_file(const char *name, struct profile **out)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	profile_problems_free(&problems);
	return profile_read(path, out, &problems);
}

static void test_extends(void)
{
	_cleanup_profile_ struct profile *profile = NULL;

	file_write("low.yaml", "kwp: 1\nname: low\ndescription: low\nlists: {l: [sh]}\nrules:\n"
			       "- {id: a, on: exec, technique: T1000, when: process.name in ($l)}\n"
			       "- {id: b, on: exec, technique: T1000}\n"
			       "- {id: c, on: exec, technique: T1000}\n");
	file_write("sub/../high.yaml", "kwp: 1\nname: high\nextends: low.yaml\nlists: {l: [bash]}\n"
				       "rules:\n- {id: b, on: open, technique: T1000}\n"
				       "- {id: d, on: open, technique: T1000}\n"
				       "except: [{id: c, when: process.name == bash}]\n");
	CHECK(!read_file("high.yaml", &profile) && !problems.count);
	if (!profile)
		return;
	CHECK_STR(profile->name, "high");
	CHECK_STR(profile->description, "low");
	CHECK(profile->files_count == 2 && strstr(profile->files[0], "low.yaml"));
	CHECK(profile->rules_count == 4);
	CHECK(profile->rules[1].types == 1ull << KWP_OPEN);
	CHECK(profile->rules[1].file == profile->files[1]);
	CHECK(profile->rules[0].file == profile->files[0]);
	CHECK(profile->rules[2].except_count == 1);
	/* A word that high adds to the list reaches the rule of low. */
	CHECK(rule_match(&profile->rules[0],
			 &(struct event){.record = &(struct kwp_record){.type = KWP_EXEC},
					 .process = &process}));
}

/* What is enforced: lists add up, scalars and entries of the same name are replaced. */
static void test_policy(void)
{
	_cleanup_profile_ struct profile *profile = NULL;

	file_write(
		"under.yaml",
		"kwp: 1\nmode: monitor\nscope: {containers: [a]}\n"
		"process: {default: block, drift: block, allow: [/a, /b], block: [{path: /c, as: "
		"[x, y]}]}\n"
		"file: [{path: /f, write: block}, {path: /g, read: kill, except: {user.id: 1}}]\n"
		"network: {egress: {default: block, allow: [10.0.0.0/8, dns]}}\n"
		"syscall: {block: [bpf, ptrace]}\nsysctl: {block: ['kernel.*']}\n"
		"detect: {bind-shell: kill, fileless-exec: kill}\n"
		"except: [{id: bind-shell, when: user.id == 1}]\n"
		"limits: {events: 10/s, cpu: 1%}\n");
	file_write("over.yaml",
		   "kwp: 1\nextends: under.yaml\nmode: enforce\nscope: {containers: [b]}\n"
		   "process: {drift: monitor, block: [/b, /d], allow: [{path: /c, as: y}]}\n"
		   "file: [{path: /g, write: block}]\n"
		   "network: {egress: {block: [10.0.0.0/8]}, ingress: {block: [':22']}}\n"
		   "syscall: {kill: [bpf], monitor: [unshare]}\nsysctl: {monitor: ['kernel.*']}\n"
		   "detect: {bind-shell: block}\n"
		   "except: [{id: bind-shell, when: user.id == 2}]\n"
		   "limits: {cpu: 2%}\n");
	/* /d is blocked by the default of the base; /b and 10.0.0.0/8 were allowed there */
	CHECK(!read_file("over.yaml", &profile) && problems.count == 1);
	CHECK(problems.count && problems.list[0].line == 5 && problems.list[0].warning &&
	      strstr(problems.list[0].message, "'/d'"));
	if (!profile)
		return;
	CHECK(profile->mode == KWP_MODE_ENFORCE && profile->containers_count == 2);
	CHECK(profile->process_default == KWP_BLOCK && profile->drift == KWP_MONITOR);
	CHECK(profile->process_default_place.file == profile->files[0] &&
	      profile->drift_place.file == profile->files[1]);
	CHECK(profile->paths_count == 7);
	CHECK(profile->paths[0].action[KWP_EXECUTE] == KWP_ALLOW);
	CHECK(profile->paths[1].action[KWP_EXECUTE] == KWP_BLOCK &&
	      profile->paths[1].place.file == profile->files[1]);
	CHECK(profile->paths[2].action[KWP_EXECUTE] == KWP_BLOCK &&
	      profile->paths[3].action[KWP_EXECUTE] == KWP_ALLOW);
	CHECK_STR(profile->paths[3].as[0], "y");
	CHECK(profile->paths[4].action[KWP_WRITE] == KWP_BLOCK);
	CHECK(profile->paths[5].action[KWP_WRITE] == KWP_BLOCK &&
	      !profile->paths[5].action[KWP_READ] && !profile->paths[5].except_count);
	CHECK(profile->addresses_count == 3 && profile->addresses[0].action == KWP_BLOCK);
	CHECK(profile->egress_default == KWP_BLOCK && profile->ingress_default == KWP_ALLOW);
	CHECK(profile->calls_count == 3 && profile->calls[0].action == KWP_KILL);
	CHECK_STR(profile->calls[0].name, "bpf");
	CHECK(profile->sysctls_count == 1 && profile->sysctls[0].action == KWP_MONITOR);
	CHECK(profile->detects_count == 2 && profile->detects[0].action == KWP_BLOCK);
	/* exceptions of both files count */
	CHECK(profile->detects[0].except_count == 2 && !profile->detects[1].except_count);
	CHECK(profile->limits.events == 10 && profile->limits.cpu == 20000);
}

static void test_policy_errors(void)
{
	struct profile *profile = NULL;

	file_write("under.yaml", "kwp: 1\nrules: [{id: a, on: exec, technique: T1000}]\n"
				 "except: [{id: bind-shell, when: process.name == x}]\n");
	file_write("over.yaml", "kwp: 1\nextends: under.yaml\ndetect: {bind-shell: kill}\n");
	/* what was a note in the base must be enforced now, and can't */
	CHECK(read_file("over.yaml", &profile) == -EINVAL && problems.count == 1);
	CHECK(said(3, 33, "the kernel can only test") &&
	      strstr(problems.list[0].file, "under.yaml"));
	file_write("over.yaml", "kwp: 1\nextends: under.yaml\ndetect: {a: block}\n");
	CHECK(read_file("over.yaml", &profile) == -EINVAL && said(3, 13, "after the act"));
	/* warnings are about the file that was asked for */
	file_write("under.yaml", "kwp: 1\nfile: [{path: /a/b, write: block}]\n"
				 "network: {egress: {block: [10.1.0.0/16]}}\n");
	file_write("over.yaml", "kwp: 1\nextends: under.yaml\n"
				"file: [{path: /a/**, write: block}, {path: /a/c, write: block}]\n"
				"network: {egress: {block: [10.0.0.0/8]}}\n");
	CHECK(!read_file("over.yaml", &profile) && problems.count == 1);
	CHECK(problems.count && problems.list[0].line == 3 && problems.list[0].column == 44);
	profile_free(profile);
}

static void test_extends_errors(void)
{
	struct profile *profile = NULL;

	file_write("loop-a.yaml", "kwp: 1\nextends: ./loop-b.yaml\n");
	file_write("loop-b.yaml", "kwp: 1\nextends: ./../" /* the same file by another path */);
	CHECK(read_file("loop-b.yaml", &profile) == -EINVAL && said(2, 10, "regular"));
	file_write("loop-b.yaml", "kwp: 1\nextends: sub/../loop-a.yaml\n");
	CHECK(read_file("loop-a.yaml", &profile) == -EINVAL && said(2, 10, "itself"));
	file_write("gone.yaml", "kwp: 1\nextends: no-such-profile\n");
	CHECK(read_file("gone.yaml", &profile) == -EINVAL && said(2, 10, "no profile"));
	file_write("gone.yaml", "kwp: 1\nextends: ./none.yaml\n");
	CHECK(read_file("gone.yaml", &profile) == -EINVAL && said(2, 10, "No such file"));
	file_write("gone.yaml", "kwp: 1\nextends: /dev/zero\n");
	CHECK(read_file("gone.yaml", &profile) == -EINVAL && said(2, 10, "regular"));
	file_write("gone.yaml", "kwp: 1\nextends: '-'\n");
	CHECK(read_file("gone.yaml", &profile) == -EINVAL && said(2, 10, "no profile"));
	file_write("gone.yaml", "kwp: 1\nextends: [low, high]\n");
	CHECK(read_file("gone.yaml", &profile) == -EINVAL && said(2, 10, "not a list"));
	CHECK(read_file("none.yaml", &profile) == -ENOENT && said(0, 0, "No such file"));
	CHECK(read_file("", &profile) == -EISDIR && problems.count == 1);
	CHECK(profile_read("/dev/zero", &profile, &problems) == -EFBIG);
	CHECK(profile_read("no-such-profile", &profile, &problems) == -ENOENT);
	CHECK(!profile);
}

static void test_levels(void)
{
	_cleanup_profile_ struct profile *profile = NULL, *none = NULL;
	char name[32], text[100];

	for (int i = 1; i <= 9; i++) {
		snprintf(name, sizeof(name), "level-%d.yaml", i);
		snprintf(text, sizeof(text), "kwp: 1\nextends: level-%d\n", i - 1);
		file_write(name, i > 1 ? text : "kwp: 1\n");
	}
	CHECK(!read_file("level-8.yaml", &profile) && profile->files_count == 8);
	CHECK(read_file("level-9.yaml", &none) == -EINVAL && said(2, 10, "8 levels"));
}

/* A name is looked for in the directories, then in the binary. */
static void test_names(void)
{
	_cleanup_profile_ struct profile *profile = NULL, *own = NULL;

	setenv("KWP_PROFILES", "/nowhere", 1);
	CHECK(!profile_read("base", &profile, &problems));
	CHECK_STR(profile ? profile->files[0] : NULL, "built-in/base.yaml");
	setenv("KWP_PROFILES", "/nowhere::/tmp", 1);
	profile_free(profile);
	profile = NULL;
	CHECK(profile_read("level-1", &profile, &problems) == -ENOENT);
	setenv("KWP_PROFILES", directory, 1);
	file_write("base.yaml", "kwp: 1\nname: mine\n");
	CHECK(!profile_read("base", &own, &problems));
	CHECK_STR(own ? own->name : NULL, "mine");
}

int main(void)
{
	char command[64], path[64];

	CHECK(mkdtemp(directory));
	setenv("KWP_PROFILES", directory, 1);
	snprintf(path, sizeof(path), "%s/sub", directory);
	CHECK(!mkdir(path, 0700));
	test_extends();
	test_policy();
	test_policy_errors();
	test_extends_errors();
	test_levels();
	test_names();
	profile_problems_free(&problems);
	snprintf(command, sizeof(command), "rm -r '%s'", directory);
	CHECK(!system(command));
	return check_end();
}
