/* SPDX-License-Identifier: GPL-2.0-only */
/* Options of a command line as a profile. */
#include "../../common/adhoc.h"
#include "check.h"

#include <errno.h>
#include <stdlib.h>

static struct adhoc adhoc;

static void begin(void)
{
	adhoc_free(&adhoc);
}

static struct profile *profile_of(void)
{
	struct profile *profile = NULL;
	int err = adhoc_profile(&adhoc, &profile);

	CHECK(err == (profile ? 0 : -EINVAL));
	return profile;
}

static void files_of_both_kinds_are_one_rule(void)
{
	_cleanup_profile_ struct profile *profile = NULL;

	begin();
	CHECK(!adhoc_any(&adhoc));
	CHECK(!adhoc_add(&adhoc, ADHOC_WRITE, "/srv/a \"b\" \\c"));
	CHECK(!adhoc_add(&adhoc, ADHOC_READ, "/etc/shadow"));
	CHECK(!adhoc_add(&adhoc, ADHOC_WRITE, "/etc/shadow"));
	CHECK(adhoc_any(&adhoc));
	profile = profile_of();
	CHECK(profile && profile->paths_count == 2);
	if (!profile || profile->paths_count != 2)
		return;
	CHECK_STR(profile->paths[0].pattern.path, "/srv/a \"b\" \\c");
	CHECK(profile->paths[0].action[KWP_READ] == KWP_NO_OPINION);
	CHECK(profile->paths[0].action[KWP_WRITE] == KWP_BLOCK);
	CHECK(profile->paths[1].action[KWP_READ] == KWP_BLOCK);
	CHECK(profile->paths[1].action[KWP_WRITE] == KWP_BLOCK);
	CHECK(profile->mode == KWP_MODE_ENFORCE && !profile->rules_count);
}

static void kill_and_dry_run(void)
{
	_cleanup_profile_ struct profile *profile = NULL;

	begin();
	adhoc.kill = adhoc.dry = true;
	CHECK(!adhoc_add(&adhoc, ADHOC_EXEC, "/tmp/**"));
	CHECK(!adhoc_add(&adhoc, ADHOC_SYSCALL, "bpf,ptrace"));
	CHECK(!adhoc_add(&adhoc, ADHOC_DETECT, "reverse-shell"));
	profile = profile_of();
	CHECK(profile && profile->mode == KWP_MODE_MONITOR);
	CHECK(profile && profile->paths_count == 1 &&
	      profile->paths[0].action[KWP_EXECUTE] == KWP_KILL);
	CHECK(profile && profile->calls_count == 2 && profile->calls[1].action == KWP_KILL);
	CHECK(profile && profile->detects_count == 1 && profile->detects[0].action == KWP_KILL);
}

static void addresses(void)
{
	_cleanup_profile_ struct profile *profile = NULL;

	begin();
	CHECK(!adhoc_add(&adhoc, ADHOC_EGRESS, "!10.0.0.0/8"));
	CHECK(!adhoc_add(&adhoc, ADHOC_EGRESS, "10.9.0.0/16"));
	CHECK(!adhoc_add(&adhoc, ADHOC_INGRESS, ":22"));
	profile = profile_of();
	CHECK(profile && profile->egress_default == KWP_BLOCK);
	CHECK(profile && profile->ingress_default == KWP_ALLOW);
	CHECK(profile && profile->addresses_count == 3);
	for (size_t i = 0; profile && i < profile->addresses_count; i++) {
		const struct profile_address_rule *rule = &profile->addresses[i];

		CHECK(rule->action == (strcmp(rule->text, "10.0.0.0/8") ? KWP_BLOCK : KWP_ALLOW));
		CHECK(rule->ingress == !strcmp(rule->text, ":22"));
	}
}

static void isolation(void)
{
	_cleanup_profile_ struct profile *profile = NULL;

	begin();
	adhoc.isolate = true;
	CHECK(!adhoc_add(&adhoc, ADHOC_EXCEPT, "192.0.2.7:6514"));
	profile = profile_of();
	CHECK(profile && profile->egress_default == KWP_BLOCK);
	CHECK(profile && profile->ingress_default == KWP_BLOCK);
	CHECK(profile && profile->addresses_count == 2 &&
	      profile->addresses[0].action == KWP_ALLOW);
	CHECK(profile && !adhoc_stops_all(profile));
}

static void what_is_no_rule_is_refused(void)
{
	static const struct {
		enum adhoc_kind kind;
		const char *text;
	} bad[] = {
		{ADHOC_EXEC, "tmp/**"}, {ADHOC_WRITE, "/etc/*/x"}, {ADHOC_EGRESS, "10.0.0.0/40"},
		{ADHOC_SYSCALL, "no_such_call"}, {ADHOC_DETECT, "no-such-detection"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		begin();
		CHECK(!adhoc_add(&adhoc, bad[i].kind, bad[i].text));
		CHECK(!profile_of());
	}
	begin();
	CHECK(adhoc_add(&adhoc, ADHOC_EXEC, "") == -EINVAL);
	CHECK(adhoc_add(&adhoc, ADHOC_EXEC, "/tmp/\n") == -EINVAL);
}

static void a_slip_of_the_hand(void)
{
	static const enum adhoc_kind kinds[] = {ADHOC_EXEC, ADHOC_READ, ADHOC_WRITE};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		_cleanup_profile_ struct profile *all = NULL, *some = NULL;

		begin();
		CHECK(!adhoc_add(&adhoc, kinds[i], "/**"));
		all = profile_of();
		CHECK(all && adhoc_stops_all(all));
		begin();
		CHECK(!adhoc_add(&adhoc, kinds[i], "/tmp/**"));
		some = profile_of();
		CHECK(some && !adhoc_stops_all(some));
	}
}

int main(void)
{
	files_of_both_kinds_are_one_rule();
	kill_and_dry_run();
	addresses();
	isolation();
	what_is_no_rule_is_refused();
	a_slip_of_the_hand();
	adhoc_free(&adhoc);
	return check_end();
}
