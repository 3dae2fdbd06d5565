/* SPDX-License-Identifier: GPL-2.0-only */
#include "learn_running.h"

#include <errno.h>
#include <string.h>

#include "enforce.h"
#include "log.h"
#include "options.h"
#include "policy.h"
#include "profile_say.h"

/* What two lists of rules are compared by. */
static bool same_text(const struct policy_text *a, const struct policy_text *b)
{
	return !strcmp(a->name, b->name) && !strcmp(a->words, b->words);
}

static bool kernel_has(const struct enforce_status *status, const struct policy_text *text)
{
	for (size_t i = 1; i < status->rules_count; i++)
		if (same_text(&status->rules[i].text, text))
			return true;
	return false;
}

static bool file_has(const struct policy *policy, const struct policy_text *text)
{
	for (size_t i = 1; i < policy->rules_count; i++)
		if (same_text(&policy->texts[i], text))
			return true;
	return false;
}

static unsigned rules_compare(const struct policy *policy, const struct enforce_status *status,
			      struct buffer *out)
{
	unsigned count = 0;

	for (size_t i = 1; i < policy->rules_count; i++) {
		if (kernel_has(status, &policy->texts[i]))
			continue;
		buffer_addf(out, "not in the kernel: %s %s (%s)\n", policy->texts[i].name,
			    policy->texts[i].words, policy->texts[i].reference);
		count++;
	}
	for (size_t i = 1; i < status->rules_count; i++) {
		if (file_has(policy, &status->rules[i].text))
			continue;
		buffer_addf(out, "only in the kernel: %s %s (%s)\n", status->rules[i].text.name,
			    status->rules[i].text.words, status->rules[i].text.reference);
		count++;
	}
	return count;
}

static int compare(const struct policy *policy, const struct enforce_status *status,
		   struct buffer *out)
{
	const bool same_digest = !strcmp(policy->digest, status->digest);
	unsigned count = rules_compare(policy, status, out);

	if (policy->mode != status->mode) {
		buffer_addf(out, "the mode in the kernel is %s\n",
			    status->mode == KWP_MODE_MONITOR ? "monitor" : "enforce");
		count++;
	}
	if (status->unguarded) {
		buffer_string(
			out,
			"a part of it can't be enforced by this kernel: see kwp load --status\n");
		count++;
	}
	if (same_digest && !count) {
		buffer_addf(out, "the kernel has this profile: %s, generation %u, %.16s\n",
			    status->profile, status->generation, status->digest);
		return STATUS_OK;
	}
	if (!same_digest)
		buffer_addf(
			out,
			"the kernel has another policy: %s, generation %u, %.16s; this is %.16s\n",
			status->profile, status->generation, status->digest, policy->digest);
	return STATUS_FINDINGS;
}

int learn_running(const char *name, struct buffer *out)
{
	_cleanup_profile_ struct profile *profile = NULL;
	_cleanup_policy_ struct policy *policy = NULL;
	struct enforce_status status;
	struct kwp_seed seed = {};
	char why[256] = "";
	int err = profile_read_said(name, &profile), got;

	if (err)
		return STATUS_USAGE;
	err = policy_compile(profile, &seed, &policy, why, sizeof(why));
	if (err) {
		log_error("%s: %s", name, *why ? why : strerror(-err));
		return STATUS_USAGE;
	}
	err = enforce_status(&status);
	if (err) /* it was said */
		return err == -ENOENT ? STATUS_FINDINGS : STATUS_CANT;
	got = compare(policy, &status, out);
	enforce_status_free(&status);
	return got;
}
