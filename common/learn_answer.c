/* SPDX-License-Identifier: GPL-2.0-only */
#include "learn_answer.h"

#include <string.h>

/* A name that no profile has: control bytes can't be in a pattern. */
#define NOBODY "\001"

enum kwp_action answer_of(enum kwp_action action)
{
	return action == KWP_NO_OPINION ? KWP_ALLOW : action;
}

const char *answer_word(enum kwp_action action)
{
	switch (action) {
	case KWP_MONITOR:
		return "reported";
	case KWP_BLOCK:
		return "blocked";
	case KWP_KILL:
		return "killed";
	default:
		return "allowed";
	}
}

/* A path that the pattern fits. */
static int path_print(const struct profile_pattern *pattern, char **out)
{
	const char *path = strcmp(pattern->path, "/") ? pattern->path : "";

	switch (pattern->kind) {
	case PATTERN_CHILDREN:
		return asprintf(out, "%s/" NOBODY, path);
	case PATTERN_SUBTREE:
		return asprintf(out, "%s/" NOBODY "/" NOBODY, path);
	case PATTERN_NAME:
		return asprintf(out, "/" NOBODY "/%s", path);
	default:
		return asprintf(out, "%s", pattern->path);
	}
}

enum kwp_action answer_path(const struct policy *policy, const struct profile_path_rule *rule,
			    enum kwp_access access)
{
	const bool process = rule->class == KWP_CLASS_PROCESS;
	_cleanup_free_ char *path = NULL;
	uint16_t found;

	if (path_print(&rule->pattern, &path) < 0) {
		path = NULL;
		return KWP_ALLOW;
	}
	found = policy_find(policy, path, rule->as_count ? rule->as[0] : NULL,
			    process ? KWP_PATH_PROCESS : KWP_PATH_FILE, access);
	return answer_of(found ? policy->rules[found].action[access] : KWP_ALLOW);
}

enum kwp_action answer_address(const struct profile *profile, const struct policy *policy,
			       const struct profile_address_rule *rule)
{
	uint16_t found;

	/* Names and resolvers are compared as words: their addresses come and go. */
	for (size_t i = 0; i < profile->addresses_count && (rule->domain || rule->dns); i++)
		if (profile->addresses[i].ingress == rule->ingress &&
		    !strcmp(profile->addresses[i].text, rule->text))
			return answer_of(profile->addresses[i].action);
	if (rule->domain || rule->dns)
		return answer_of(rule->ingress ? profile->ingress_default
					       : profile->egress_default);
	found = policy_find_address(policy, rule->ingress, rule->address, MAX(rule->low, 1),
				    rule->protocol);
	return answer_of(found ? policy->rules[found].action[0] : KWP_ALLOW);
}

enum kwp_action answer_call(const struct profile *profile, int number)
{
	for (size_t i = 0; i < profile->calls_count; i++)
		if (profile->calls[i].number == number)
			return answer_of(profile->calls[i].action);
	return KWP_ALLOW;
}

/* The longest pattern that fits all that this one fits. */
enum kwp_action answer_sysctl(const struct profile *profile, const char *pattern)
{
	enum kwp_action action = KWP_ALLOW;
	size_t longest = 0;

	for (size_t i = 0; i < profile->sysctls_count; i++) {
		const char *other = profile->sysctls[i].pattern;
		size_t size = strlen(other);
		const bool wide = size && other[size - 1] == '*';

		if (strcmp(other, pattern) && (!wide || strncmp(other, pattern, size - 1)))
			continue;
		if (size >= longest) {
			longest = size;
			action = profile->sysctls[i].action;
		}
	}
	return answer_of(action);
}

enum kwp_action answer_detect(const struct profile *profile, const char *id)
{
	for (size_t i = 0; i < profile->detects_count; i++)
		if (!strcmp(profile->detects[i].id, id))
			return answer_of(profile->detects[i].action);
	return KWP_ALLOW;
}
