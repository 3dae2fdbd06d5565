/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers of rules: of the lines of a profile, and of what several lines amount to. */
#include "policy_maker.h"
#include "policy_text.h"

#include <errno.h>

/* The words so far as a string of its own; they start anew. */
static char *words_take(struct policy_maker *maker)
{
	char *text = maker->words.failed ? NULL :
					   strndup(maker->words.bytes, maker->words.size);

	maker->words.size = 0;
	return text;
}

static void text_make(struct policy_maker *maker, const char *name, struct policy_text *text)
{
	text->words = words_take(maker);
	text_reference(&maker->words, maker->place);
	text->reference = words_take(maker);
	text->name = strdup(name);
	if (!text->name || !text->reference || !text->words)
		maker_fail_memory(maker);
}

enum kwp_action maker_rule_strictest(const struct policy_maker *maker, uint16_t number)
{
	const struct kwp_rule *rule = &maker->policy->rules[number];
	enum kwp_action action = KWP_NO_OPINION;

	for (unsigned access = 0; access < KWP_ACCESS_COUNT; access++)
		action = MAX(action, rule->action[access]);
	return action;
}

uint16_t maker_rule(struct policy_maker *maker, const char *name, struct kwp_rule rule)
{
	struct policy *policy = maker->policy;
	uint16_t number = policy->rules_count;

	if (number == KWP_RULES_MAX) {
		maker_fail(maker, -E2BIG, "more than %d rules", KWP_RULES_MAX - 1);
		maker->words.size = 0;
		return 0;
	}
	text_make(maker, name, &policy->texts[number]);
	policy->rules[number] = rule;
	policy->rules_count++;
	if (maker_rule_strictest(maker, number) > KWP_ALLOW)
		policy->guards |= 1u << rule.class;
	return number;
}

uint16_t maker_rule_plain(struct policy_maker *maker, const char *name, enum kwp_class class,
			  enum kwp_action action, const char *words)
{
	buffer_addf(&maker->words, "%s: %s", words, action_name(action));
	return maker_rule(maker, name, (struct kwp_rule){.class = class, .action = {action}});
}

/* What a line says to each access. The name that a program was called by is known when it is
 * executed, not when it is mapped. */
static struct kwp_rule line_rule(const struct profile_path_rule *line)
{
	struct kwp_rule rule = {.class = line->class, .flags = line->bait ? KWP_RULE_BAIT : 0};

	if (line->class == KWP_CLASS_FILE) {
		rule.action[KWP_READ] = line->action[KWP_READ];
		rule.action[KWP_WRITE] = line->action[KWP_WRITE];
		return rule;
	}
	rule.action[KWP_EXECUTE] = line->action[KWP_EXECUTE];
	if (!line->as_count)
		rule.action[KWP_MAP] = line->action[KWP_MAP] ? line->action[KWP_MAP] :
							       line->action[KWP_EXECUTE];
	return rule;
}

/* May what this line allows come from elsewhere than the image? Where programs are forbidden by
 * default, a pattern says which may run at all, and only a line for one file says more. */
static bool line_is_foreign(const struct profile *profile, const struct profile_path_rule *line)
{
	return line->class == KWP_CLASS_PROCESS && line->action[KWP_EXECUTE] == KWP_ALLOW &&
	       (profile->process_default == KWP_ALLOW || line->pattern.kind == PATTERN_EXACT);
}

uint16_t maker_rule_path(struct policy_maker *maker, const struct profile_path_rule *line)
{
	struct kwp_rule rule = line_rule(line);
	const char *name = line->bait			      ? "bait" :
			   line->class == KWP_CLASS_PROCESS ? "process" :
							      "file";
	uint16_t number;

	if (line_is_foreign(maker->profile, line))
		rule.flags |= KWP_RULE_FOREIGN;
	text_line(&maker->words, line, &rule);
	number = maker_rule(maker, name, rule);
	if (!number)
		return 0;
	maker->origins[number] = (struct maker_origin){
		.line = line, .except = line->except, .except_count = line->except_count};
	for (unsigned access = 0; access < KWP_ACCESS_COUNT; access++)
		maker->origins[number].source[access] = rule.action[access] ? number : 0;
	return number;
}

/* "/etc/ssl/" "**: read monitor (x.yaml:12); write block as /etc/" "** (x.yaml:10)" */
static void joined_words(struct policy_maker *maker, const struct kwp_rule *rule,
			 const struct maker_origin *origin)
{
	const char *before = ": ";

	buffer_string(&maker->words, origin->line->pattern.text);
	for (unsigned access = 0; access < KWP_ACCESS_COUNT; access++) {
		const struct maker_origin *from = &maker->origins[origin->source[access]];

		if (!rule->action[access])
			continue;
		buffer_addf(&maker->words, "%s%s %s", before, policy_access_name(access),
			    action_name(rule->action[access]));
		if (from->line && from->line != origin->line)
			buffer_addf(&maker->words, " as %s", from->line->pattern.text);
		buffer_addf(&maker->words, " (%s)",
			    maker->policy->texts[origin->source[access]].reference);
		before = "; ";
	}
}

static uint16_t joined_rule(struct policy_maker *maker, uint16_t own, const struct kwp_rule *rule,
			    const struct maker_origin *origin)
{
	const struct profile_place *place = maker->place;
	uint16_t number;

	maker->place = &origin->line->place;
	joined_words(maker, rule, origin);
	number = maker_rule(maker, maker->policy->texts[own].name, *rule);
	if (number)
		maker->origins[number] = *origin;
	maker->place = place;
	return number;
}

/* Takes from b, for each access, what is stricter, or only what a does not speak of. */
static uint16_t rule_join(struct policy_maker *maker, uint16_t a, uint16_t b, bool stricter)
{
	const struct kwp_rule *other = &maker->policy->rules[b];
	struct kwp_rule rule = maker->policy->rules[a];
	struct maker_origin origin = maker->origins[a];
	unsigned kept = 0, taken = 0;

	for (unsigned access = 0; access < KWP_ACCESS_COUNT; access++) {
		uint8_t *action = &rule.action[access];

		if (other->action[access] && (stricter ? other->action[access] >= *action :
							 !*action)) {
			*action = other->action[access];
			origin.source[access] = maker->origins[b].source[access];
			taken++;
		} else if (*action) {
			kept++;
		}
	}
	if (!taken)
		return a;
	if (!kept)
		return b;
	rule.flags |= other->flags;
	return joined_rule(maker, a, &rule, &origin);
}

uint16_t maker_rule_merge(struct policy_maker *maker, uint16_t a, uint16_t b)
{
	return rule_join(maker, a, b, true);
}

uint16_t maker_rule_fill(struct policy_maker *maker, uint16_t own, uint16_t broader)
{
	return rule_join(maker, own, broader, false);
}
