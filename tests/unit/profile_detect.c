/* SPDX-License-Identifier: GPL-2.0-only */
/* The keys mode, scope, syscall, sysctl, detect, except and limits of a profile. */
#include "problems.h"

#include <sys/syscall.h>

#define D                                                                                          \
	"kwp: 1\nrules: [{id: a-rule, on: exec, technique: T1000}, {id: reverse-shell, on: exec, " \
	"technique: T1000}]\ndetect:\n"

static void test_mode(void)
{
	_cleanup_profile_ struct profile *plain = parse("kwp: 1\n");
	_cleanup_profile_ struct profile *monitor = parse("kwp: 1\nmode: monitor\n");
	_cleanup_profile_ struct profile *enforce = parse("kwp: 1\nmode: enforce\n");

	CHECK(plain && plain->mode == KWP_MODE_ENFORCE && plain->process_default == KWP_ALLOW);
	CHECK(plain && !plain->drift && !plain->limits.events && !plain->containers_count);
	CHECK(monitor && monitor->mode == KWP_MODE_MONITOR);
	CHECK(enforce && enforce->mode == KWP_MODE_ENFORCE);
	CHECK(refused("kwp: 1\nmode: block\n", 2, 7, "enforce and monitor"));
	CHECK(refused("kwp: 1\nmode: [x]\n", 2, 7, "not a list"));
	CHECK(silent("kwp: 1\nmode: monitor\nsyscall: {kill: [bpf]}\n"));
}

static void test_scope(void)
{
	_cleanup_profile_ struct profile *profile =
		parse("kwp: 1\nscope: {containers: [web-1, 0123abcd]}\n");

	CHECK(profile && profile->containers_count == 2);
	CHECK_STR(profile ? profile->containers[1] : NULL, "0123abcd");
	CHECK(silent("kwp: 1\nscope: {containers: '*'}\n"));
	CHECK(refused("kwp: 1\nscope: {containers: [web*]}\n", 2, 22, "'*' is all"));
	CHECK(refused("kwp: 1\nscope: {containers: [a/b]}\n", 2, 22, "no id or name"));
	CHECK(refused("kwp: 1\nscope: {containers: []}\n", 2, 21, "is missing"));
	CHECK(refused("kwp: 1\nscope: {container: x}\n", 2, 9, "did you mean 'containers'?"));
	CHECK(refused("kwp: 1\nscope: x\n", 2, 8, "keys with values"));
}

static void test_calls(void)
{
	_cleanup_profile_ struct profile *profile = parse(
		"kwp: 1\nsyscall: {monitor: [unshare, execve], block: bpf, kill: [ptrace]}\n");

	CHECK(profile && profile->calls_count == 4);
	if (!profile)
		return;
	CHECK(profile->calls[0].number == __NR_unshare && profile->calls[0].action == KWP_MONITOR);
	CHECK_STR(profile->calls[2].name, "bpf");
	CHECK(profile->calls[2].action == KWP_BLOCK && profile->calls[2].place.column == 46);
	CHECK(profile->calls[3].number == __NR_ptrace && profile->calls[3].action == KWP_KILL);
	CHECK(refused("kwp: 1\nsyscall: {block: [init_modul]}\n", 2, 19, "mean 'init_module'?"));
	CHECK(refused("kwp: 1\nsyscall: {block: [xyzzyxyz]}\n", 2, 19, "unknown system call"));
	CHECK(refused("kwp: 1\nsyscall: {allow: [bpf]}\n", 2, 11, "monitor, block, kill"));
	CHECK(refused("kwp: 1\nsyscall: {block: [bpf, bpf]}\n", 2, 24, "a second time"));
	CHECK(refused("kwp: 1\nsyscall: {block: [bpf], kill: [bpf]}\n", 2, 32, "contradicts"));
	CHECK(refused("kwp: 1\nsyscall: [bpf]\n", 2, 10, "keys with values"));
}

static void test_sysctls(void)
{
	_cleanup_profile_ struct profile *profile =
		parse("kwp: 1\nsysctl: {monitor: 'net.*', block: [kernel.core_pattern, '*']}\n");

	CHECK(profile && profile->sysctls_count == 3);
	CHECK_STR(profile ? profile->sysctls[1].pattern : NULL, "kernel.core_pattern");
	CHECK(profile && profile->sysctls[0].action == KWP_MONITOR &&
	      profile->sysctls[2].action == KWP_BLOCK && profile->sysctls[1].place.column == 36);
	CHECK(refused("kwp: 1\nsysctl: {block: [kernel/modprobe]}\n", 2, 18, "dots separate"));
	CHECK(refused("kwp: 1\nsysctl: {block: [/proc/sys/kernel]}\n", 2, 18, "dots separate"));
	CHECK(refused("kwp: 1\nsysctl: {block: ['kernel.*.x']}\n", 2, 18, "last dot"));
	CHECK(refused("kwp: 1\nsysctl: {block: ['kern*']}\n", 2, 18, "last dot"));
	CHECK(refused("kwp: 1\nsysctl: {block: [kernel.]}\n", 2, 18, "missing"));
	CHECK(refused("kwp: 1\nsysctl: {block: [kernel..x]}\n", 2, 18, "missing"));
	CHECK(refused("kwp: 1\nsysctl: {block: ['a b']}\n", 2, 18, "letters"));
	CHECK(refused("kwp: 1\nsysctl: {kill: [a]}\n", 2, 10, "monitor, block"));
	CHECK(refused("kwp: 1\nsysctl: {block: [a], monitor: [a]}\n", 2, 32, "which says"));
}

static int limits(const char *text, uint64_t events, uint32_t cpu)
{
	char yaml[200];
	_cleanup_profile_ struct profile *profile = NULL;

	snprintf(yaml, sizeof(yaml), "kwp: 1\nlimits: {%s}\n", text);
	profile = parse(yaml);
	return profile && profile->limits.events == events && profile->limits.cpu == cpu;
}

static void test_limits(void)
{
	CHECK(limits("events: 5000/s, cpu: 2%", 5000, 20000));
	CHECK(limits("events: 1/s", 1, 0));
	CHECK(limits("cpu: 100%", 0, 1000000));
	CHECK(limits("cpu: 0.5%", 0, 5000));
	CHECK(limits("cpu: 1.25%", 0, 12500));
	CHECK(limits("cpu: 0.0001%", 0, 1));
	CHECK(limits("cpu: 2.05%", 0, 20500));
	CHECK(refused("kwp: 1\nlimits: {events: 5000}\n", 2, 18, "such as 5000/s"));
	CHECK(refused("kwp: 1\nlimits: {events: 0/s}\n", 2, 18, "5000/s"));
	CHECK(refused("kwp: 1\nlimits: {events: 5k/s}\n", 2, 18, "5000/s"));
	CHECK(refused("kwp: 1\nlimits: {events: /s}\n", 2, 18, "5000/s"));
	CHECK(refused("kwp: 1\nlimits: {events: 5/m}\n", 2, 18, "5000/s"));
	CHECK(refused("kwp: 1\nlimits: {events: 9999999999/s}\n", 2, 18, "5000/s"));
	CHECK(refused("kwp: 1\nlimits: {cpu: 2}\n", 2, 15, "such as 2%"));
	CHECK(refused("kwp: 1\nlimits: {cpu: 0%}\n", 2, 15, "2%"));
	CHECK(refused("kwp: 1\nlimits: {cpu: 0.0%}\n", 2, 15, "2%"));
	CHECK(refused("kwp: 1\nlimits: {cpu: 101%}\n", 2, 15, "2%"));
	CHECK(refused("kwp: 1\nlimits: {cpu: 100.1%}\n", 2, 15, "2%"));
	CHECK(refused("kwp: 1\nlimits: {cpu: .5%}\n", 2, 15, "2%"));
	CHECK(refused("kwp: 1\nlimits: {cpu: 1.%}\n", 2, 15, "2%"));
	CHECK(refused("kwp: 1\nlimits: {cpu: 1.-1%}\n", 2, 15, "2%"));
	CHECK(refused("kwp: 1\nlimits: {cpu: 1.12345%}\n", 2, 15, "2%"));
	CHECK(refused("kwp: 1\nlimits: {cpu: -1%}\n", 2, 15, "2%"));
	CHECK(refused("kwp: 1\nlimits: {cpu: '%'}\n", 2, 15, "2%"));
	CHECK(refused("kwp: 1\nlimits: {memory: 1}\n", 2, 10, "events, cpu"));
}

static void test_detect(void)
{
	_cleanup_profile_ struct profile *profile =
		parse(D "  a-rule: off\n  reverse-shell: kill\n  process-injection: monitor\n");

	CHECK(profile && !problems.count);
	if (!profile)
		return;
	CHECK(profile->rules_count == 1 && profile->detects_count == 3);
	CHECK_STR(profile->rules[0].id, "reverse-shell");
	CHECK_STR(profile->detects[0].id, "a-rule");
	CHECK(profile->detects[0].kernel == -1 && profile->detects[0].action == KWP_NO_OPINION);
	CHECK(profile->detects[1].kernel == KWP_DETECT_REVERSE_SHELL &&
	      profile->detects[1].action == KWP_KILL && profile->detects[1].place.line == 5);
	CHECK(profile->detects[2].kernel == KWP_DETECT_PROCESS_INJECTION &&
	      profile->detects[2].action == KWP_MONITOR);
	CHECK(silent(D "  a-rule: monitor\n"));
}

/* What a rule tells is not told by the kernel side as well. */
static void test_monitor_once(void)
{
	_cleanup_profile_ struct profile *profile =
		parse(D "  reverse-shell: monitor\n  bind-shell: monitor\n");

	CHECK(profile && profile->detects_count == 2 && profile->rules_count == 2);
	CHECK(profile && profile->detects[0].kernel == -1 &&
	      profile->detects[0].action == KWP_MONITOR);
	CHECK(profile && profile->detects[1].kernel == KWP_DETECT_BIND_SHELL);
}

static void test_detect_errors(void)
{
	CHECK(refused(D "  a-rule: block\n", 4, 11, "can only be off or monitor"));
	CHECK(refused(D "  a-rule: kill\n", 4, 11, "fileless-exec, "));
	CHECK(refused(D "  a-rul: off\n", 4, 3, "did you mean 'a-rule'?"));
	CHECK(refused(D "  fileles-exec: kill\n", 4, 3, "did you mean 'fileless-exec'?"));
	CHECK(refused(D "  xyzzy: kill\n", 4, 3, "unknown detection 'xyzzy'"));
	CHECK(refused(D "  a-rule: allow\n", 4, 11, "off, monitor, block, kill"));
	CHECK(refused(D "  a-rule: kil\n", 4, 11, "did you mean 'kill'?"));
	CHECK(refused(D "  a-rule: [off]\n", 4, 11, "not a list"));
	CHECK(refused(D "  a-rule: off\n  a-rule: off\n", 5, 3, "duplicate key"));
	CHECK(refused("kwp: 1\ndetect: [x]\n", 2, 9, "detections with actions"));
}

#define X D "  reverse-shell: block\nexcept:\n"

static void test_except(void)
{
	_cleanup_profile_ struct profile *profile =
		parse(X "- {id: reverse-shell, when: 'process.executable in (/usr/sbin/a, /b) or "
			"user.id == 3'}\n- {id: a-rule, when: process.name == x}\n");
	const struct profile_detect *detect;

	CHECK(profile && !problems.count);
	if (!profile)
		return;
	detect = &profile->detects[0];
	CHECK(detect->except_count == 3);
	CHECK_STR(detect->except[0].executable, "/b"); /* words are sorted */
	CHECK(detect->except[2].uid == 3 && detect->except[2].place.line == 6);
	/* and the rule of user space has it too */
	CHECK(profile->rules[1].except_count == 1 && profile->rules[0].except_count == 1);
}

static void test_except_errors(void)
{
	CHECK(refused(X "- {id: reverse-shell, when: process.name == x}\n", 6, 29,
		      "the kernel can only test"));
	CHECK(refused(X "- {id: reverse-shell, when: process.executable ~ /x}\n", 6, 29,
		      "the kernel can only test"));
	CHECK(refused(X "- {id: reverse-shell, when: process.executable == x}\n", 6, 29,
		      "must begin with '/'"));
	CHECK(refused(X "- {id: process-injection, when: nix}\n", 6, 33, "unknown field"));
	CHECK(refused(X "- {id: process-injectio, when: user.id == 1}\n", 6, 8, "did you mean"));
	CHECK(warned(X "- {id: process-injection, when: user.id == 1}\n", 6, 33,
		     "'process-injection' is off"));
	/* what only user space tells may be tested by anything */
	CHECK(silent(D "  reverse-shell: monitor\nexcept:\n"
		       "- {id: reverse-shell, when: process.name == x}\n"));
	CHECK(refused(D "  process-injection: monitor\nexcept:\n"
			"- {id: process-injection, when: process.name == x}\n",
		      6, 33, "the kernel can only test"));
}

int main(void)
{
	setenv("KWP_PROFILES", "/nowhere", 1);
	test_mode();
	test_scope();
	test_calls();
	test_sysctls();
	test_limits();
	test_detect();
	test_detect_errors();
	test_monitor_once();
	test_except();
	test_except_errors();
	profile_problems_free(&problems);
	return check_end();
}
