/* SPDX-License-Identifier: GPL-2.0-only */
/* Rules in words. */
#include "policy_text.h"

#include <inttypes.h>

const char *policy_access_name(enum kwp_access access)
{
	static const char *const names[] = {"execute", "map", "read", "write"};

	_Static_assert(ARRAY_SIZE(names) == KWP_ACCESS_COUNT, "a name for each access");
	return names[access];
}

void text_reference(struct buffer *to, const struct profile_place *place)
{
	const char *slash;

	if (!place || !place->file) {
		buffer_string(to, "built in");
		return;
	}
	slash = strrchr(place->file, '/');
	buffer_addf(to, "%s:%u", slash ? slash + 1 : place->file, place->line);
}

static void text_exception(struct buffer *to, const struct profile_exception *except, bool first)
{
	buffer_string(to, first ? ", except" : " or");
	if (except->executable)
		buffer_addf(to, " %s", except->executable);
	else
		buffer_addf(to, " uid %" PRId64, except->uid);
}

/* "write block", or what all that the rule is about have in common: "block". */
static void text_actions(struct buffer *to, const struct kwp_rule *rule)
{
	const char *before = "";

	if (rule->class == KWP_CLASS_PROCESS &&
	    rule->action[KWP_EXECUTE] == rule->action[KWP_MAP]) {
		buffer_string(to, action_name(rule->action[KWP_EXECUTE]));
		return;
	}
	for (unsigned access = 0; access < KWP_ACCESS_COUNT; access++) {
		if (!rule->action[access])
			continue;
		buffer_addf(to, "%s%s %s", before, policy_access_name(access),
			    action_name(rule->action[access]));
		before = ", ";
	}
}

void text_line(struct buffer *to, const struct profile_path_rule *line,
	       const struct kwp_rule *rule)
{
	buffer_string(to, line->pattern.text);
	for (size_t i = 0; i < line->as_count; i++)
		buffer_addf(to, "%s%s", i ? ", " : " as ", line->as[i]);
	buffer_string(to, line->bait ? ": bait, " : ": ");
	text_actions(to, rule);
	for (size_t i = 0; i < line->except_count; i++)
		text_exception(to, &line->except[i], !i);
}
