/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two profiles are compared by what they say, not by their lines: both are compiled, and each
 * thing that a rule of either is about is asked of both.
 */
#include "learn_compare.h"

#include <errno.h>
#include <string.h>

#include "baseline.h"
#include "learn_answer.h"
#include "log.h"
#include "policy.h"
#include "profile_say.h"
#include "syscall.h"

struct sides {
	const struct profile *profile[2];
	struct policy *policy[2];
	struct items told; /* sentences that were said */
	struct buffer *out;
	unsigned count;
};

static bool forbids(enum kwp_action action)
{
	return action == KWP_BLOCK || action == KWP_KILL;
}

/* One sentence, once: "newly denied: running /tmp/x (was allowed, is blocked)". */
static void tell(struct sides *sides, const char *what, const char *thing, enum kwp_action before,
		 enum kwp_action after)
{
	const char *change = forbids(before) == forbids(after) ? "changed"
			     : forbids(after)		       ? "newly denied"
							       : "newly allowed";
	_cleanup_buffer_ struct buffer line = {};
	struct item item = {.section = SECTION_CALLS};

	if (before == after)
		return;
	buffer_addf(&line, "%s: %s %s (was %s, is %s)\n", change, what, thing, answer_word(before),
		    answer_word(after));
	item.name = (struct text){line.bytes, line.size};
	for (size_t i = 0; i < sides->told.count; i++)
		if (text_equal(sides->told.list[i].name, item.name))
			return;
	items_add(&sides->told, &item);
	buffer_add(sides->out, line.bytes, line.size);
	sides->count++;
}

/* ---- each part of the language ---- */

static void path_rule(struct sides *sides, const struct profile_path_rule *rule)
{
	static const struct {
		enum kwp_access access;
		const char *words;
	} process[] = {{KWP_EXECUTE, "running"}, {KWP_MAP, "mapping as code"}},
	  file[] = {{KWP_READ, "reading"}, {KWP_WRITE, "writing"}};
	const bool is_process = rule->class == KWP_CLASS_PROCESS;
	enum kwp_action before, after, last_before = KWP_ALLOW, last_after = KWP_ALLOW;
	_cleanup_free_ char *thing = NULL;

	if (asprintf(&thing, "%s%s%s", rule->pattern.text, rule->as_count ? " as " : "",
		     rule->as_count ? rule->as[0] : "") < 0)
		thing = NULL;
	for (size_t i = 0; thing && i < 2; i++) {
		enum kwp_access access = (is_process ? process : file)[i].access;

		before = answer_path(sides->policy[0], rule, access);
		after = answer_path(sides->policy[1], rule, access);
		/* What may not run may not be mapped: that is one thing to a reader. */
		if (!is_process || !i || before != last_before || after != last_after)
			tell(sides, (is_process ? process : file)[i].words, thing, before, after);
		last_before = before;
		last_after = after;
	}
}

static void address_rule(struct sides *sides, const struct profile_address_rule *rule)
{
	tell(sides, rule->ingress ? "connections to" : "connecting to", rule->text,
	     answer_address(sides->profile[0], sides->policy[0], rule),
	     answer_address(sides->profile[1], sides->policy[1], rule));
}

static void rules_of(struct sides *sides, const struct profile *profile)
{
	for (size_t i = 0; i < profile->paths_count; i++)
		path_rule(sides, &profile->paths[i]);
	for (size_t i = 0; i < profile->addresses_count; i++)
		address_rule(sides, &profile->addresses[i]);
	for (size_t i = 0; i < profile->calls_count; i++)
		tell(sides, "the system call", profile->calls[i].name,
		     answer_call(sides->profile[0], profile->calls[i].number),
		     answer_call(sides->profile[1], profile->calls[i].number));
	for (size_t i = 0; i < profile->sysctls_count; i++)
		tell(sides, "writing the sysctl", profile->sysctls[i].pattern,
		     answer_sysctl(sides->profile[0], profile->sysctls[i].pattern),
		     answer_sysctl(sides->profile[1], profile->sysctls[i].pattern));
	for (size_t i = 0; i < profile->detects_count; i++)
		tell(sides, "the detection", profile->detects[i].id,
		     answer_detect(sides->profile[0], profile->detects[i].id),
		     answer_detect(sides->profile[1], profile->detects[i].id));
}

static void defaults(struct sides *sides)
{
	const struct profile *a = sides->profile[0], *b = sides->profile[1];

	tell(sides, "running", "what no pattern names", a->process_default, b->process_default);
	tell(sides, "running", "what is not the image's", answer_of(a->drift), answer_of(b->drift));
	tell(sides, "connecting to", "what no entry names", answer_of(a->egress_default),
	     answer_of(b->egress_default));
	tell(sides, "connections to", "what no entry names", answer_of(a->ingress_default),
	     answer_of(b->ingress_default));
	if (a->mode != b->mode) {
		buffer_addf(sides->out, "%s: the whole profile %s\n",
			    b->mode == KWP_MODE_MONITOR ? "newly allowed" : "newly denied",
			    b->mode == KWP_MODE_MONITOR ? "only reports" : "is enforced");
		sides->count++;
	}
}

/* Rules that report. */
static const struct rule *report_find(const struct profile *profile, const char *id)
{
	for (size_t i = 0; i < profile->rules_count; i++)
		if (!strcmp(profile->rules[i].id, id))
			return &profile->rules[i];
	return NULL;
}

static void reports(struct sides *sides, const struct profile *one, const struct profile *other,
		    const char *words)
{
	for (size_t i = 0; i < one->rules_count; i++) {
		if (report_find(other, one->rules[i].id))
			continue;
		buffer_addf(sides->out, "%s: %s\n", words, one->rules[i].id);
		sides->count++;
	}
}

static void scopes(struct sides *sides)
{
	const struct profile *a = sides->profile[0], *b = sides->profile[1];
	bool same = a->containers_count == b->containers_count;

	for (size_t i = 0; same && i < a->containers_count; i++)
		same = !strcmp(a->containers[i], b->containers[i]);
	if (same)
		return;
	buffer_string(sides->out, "changed: which containers it is for\n");
	sides->count++;
}

static void compare(struct sides *sides)
{
	scopes(sides);
	defaults(sides);
	rules_of(sides, sides->profile[0]);
	rules_of(sides, sides->profile[1]);
	reports(sides, sides->profile[0], sides->profile[1], "no longer reported");
	reports(sides, sides->profile[1], sides->profile[0], "newly reported");
}

int profiles_compare(const struct profile *before, const struct profile *after, struct buffer *out)
{
	struct sides sides = {.profile = {before, after}, .out = out};
	struct kwp_seed seed = {};
	char why[256];
	int err = 0;

	for (int i = 0; i < 2 && !err; i++) {
		err = policy_compile(sides.profile[i], &seed, &sides.policy[i], why, sizeof(why));
		if (err)
			log_error("%s: %s", sides.profile[i]->name,
				  err == -ENOMEM ? "no memory" : why);
	}
	if (!err)
		compare(&sides);
	policy_free(sides.policy[0]);
	policy_free(sides.policy[1]);
	items_free(&sides.told);
	return err ?: (int)sides.count;
}

/* ---- by name ---- */

/* A baseline has none of a profile's keys, which nobody wants to read one by one. */
static int profile_read_named(const char *name, struct profile **out)
{
	FILE *file = fopen(name, "re");
	bool is = file && baseline_is(file);

	if (file)
		fclose(file);
	if (!is)
		return profile_read_said(name, out);
	log_error("%s is a baseline: one is compared with what is here now, two profiles with "
		  "each other", name);
	return -EINVAL;
}

int learn_compare(const char *before, const char *after, struct buffer *out)
{
	_cleanup_profile_ struct profile *a = NULL, *b = NULL;
	int err = profile_read_named(before, &a) ?: profile_read_named(after, &b);

	return err ? err : profiles_compare(a, b, out);
}
