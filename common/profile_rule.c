/* SPDX-License-Identifier: GPL-2.0-only */
/* The key `rules`. */
#include "profile_reader.h"
#include "word.h"

#include <errno.h>
#include <string.h>

static void read_id(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	reader_id(reader, value, &((struct rule *)into)->id);
}

static void read_title(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	reader_copy(reader, value, &((struct rule *)into)->title);
}

static void unknown_type(struct profile_reader *reader, const struct yaml_node *node)
{
	for (unsigned type = KWP_NONE + 1; type < KWP_TYPE_COUNT; type++) {
		if (!word_close(node->text, node->size, event_type_name(type)))
			continue;
		reader_error(reader, node, "unknown event '%.60s'; did you mean '%s'?", node->text,
			     event_type_name(type));
		return;
	}
	reader_error(reader, node, "unknown event '%.60s'; kwp-event(7) has their names",
		     node->text);
}

static void read_on(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	struct rule *rule = into;

	for (const struct yaml_node *item = yaml_node_first(value); item;
	     item = yaml_node_next(value, item)) {
		const char *name = reader_text(reader, item);
		enum kwp_type type = name ? event_type_find(name, item->size) : KWP_NONE;

		if (name && type == KWP_NONE)
			unknown_type(reader, item);
		if (type != KWP_NONE)
			rule->types |= 1ull << type;
	}
	if (value->kind == YAML_LIST && !value->first)
		reader_error(reader, value, "the name of an event is missing");
}

static void read_when(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	((struct rule *)into)->when = reader_filter(reader, value);
}

static void read_severity(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	const char *name = reader_text(reader, value);

	if (name && !severity_find(name, value->size, &((struct rule *)into)->severity))
		reader_error(
			reader, value,
			"unknown severity '%.60s'; there are info, low, medium, high, critical",
			name);
}

/* "T1059" or "T1059.004" */
static bool is_technique(const char *text)
{
	static const char digits[] = "0123456789";

	return *text == 'T' && strspn(text + 1, digits) == 4 &&
	       (!text[5] || (text[5] == '.' && strspn(text + 6, digits) == 3 && !text[9]));
}

static void read_technique(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	struct rule *rule = into;

	for (const struct yaml_node *item = yaml_node_first(value); item;
	     item = yaml_node_next(value, item)) {
		const char *name = reader_text(reader, item);

		if (name && !is_technique(name))
			reader_error(reader, item, "'%.60s' is no technique such as T1059.004",
				     name);
		else if (name)
			reader_word(reader, reader_bytes(reader, name, item->size),
				    &rule->technique, &rule->technique_count);
	}
}

static void read_message(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	const char *text = reader_text(reader, value);
	struct filter_error error;
	unsigned line, column;

	if (!text)
		return;
	if (!rule_template_check(text, &error)) {
		reader_copy(reader, value, &((struct rule *)into)->message);
		return;
	}
	yaml_node_locate(reader->document->bytes, reader->document->size, value, error.offset,
			 &line, &column);
	reader_problem(reader, false, line, column, "%s", error.message);
}

static void read_false_positives(struct profile_reader *reader, const struct yaml_node *value,
				 void *into)
{
	reader_copy(reader, value, &((struct rule *)into)->false_positives);
}

void rule_except_add(struct profile_reader *reader, struct rule *rule, struct filter *filter)
{
	if (filter && !reader_append(reader, rule->except, rule->except_count, filter))
		filter_free(filter);
}

static void read_except_when(struct profile_reader *reader, const struct yaml_node *value,
			     void *into)
{
	rule_except_add(reader, into, reader_filter(reader, value));
}

static const struct profile_key rule_except_keys[] = {
	{"when", read_except_when, "an expression: an event for which it is true is no finding",
	 "process.executable == /usr/bin/dpkg", .required = true},
};
const struct profile_section rule_except_section = {"rules.except", rule_except_keys,
						    ARRAY_SIZE(rule_except_keys)};

/* A filter, {when: filter}, or a list of them. */
static void read_except(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	for (const struct yaml_node *item = yaml_node_first(value); item;
	     item = yaml_node_next(value, item)) {
		if (item->kind == YAML_MAP)
			reader_map(reader, item, &rule_except_section, into);
		else
			read_except_when(reader, item, into);
	}
}

static const struct profile_key rule_keys[] = {
	{"id", read_id, "its name: lower-case words joined by '-'", "server-spawns-shell",
	 .required = true},
	{"title", read_title, "what it looks for, in one line",
	 "A network service started a shell"},
	{"on", read_on, "the type of event that it looks at, or a list of types", "[exec, open]",
	 .required = true},
	{"when", read_when,
	 "an expression that must be true; without it every event of these "
	 "types is a finding",
	 "process.name in (sh, bash)"},
	{"except", read_except,
	 "an expression, or a list of them: an event for which one is true "
	 "is no finding",
	 "process.executable == /usr/bin/dpkg"},
	{"severity", read_severity,
	 "info, low, medium (so it is without this key), high or "
	 "critical",
	 "high"},
	{"technique", read_technique, "techniques of MITRE ATT&CK", "[T1190, T1059.004]"},
	{"message", read_message, "the finding in words; {FIELD} stands for the value of a field",
	 "\"{process.parent.name} started {process.executable}\""},
	{"false-positives", read_false_positives, "what else may match, for people",
	 "Services that call system()"},
};
_Static_assert(ARRAY_SIZE(rule_keys) == 9, "each key of a rule");
const struct profile_section rule_section = {"rules", rule_keys, ARRAY_SIZE(rule_keys)};

struct rule *rule_find(const struct profile *profile, const char *id)
{
	for (size_t i = 0; i < profile->rules_count; i++) {
		if (!strcmp(profile->rules[i].id, id))
			return &profile->rules[i];
	}
	return NULL;
}

/* A rule of a file that extends replaces the one of the same id; the profile owns it then. */
static void rule_add(struct profile_reader *reader, const struct yaml_node *node, struct rule *rule)
{
	struct profile *profile = reader->profile;
	struct rule *old = rule_find(profile, rule->id);

	if (old && old->file == rule->file) {
		reader_error(reader, node, "a second rule '%s'; the first one is in line %u",
			     rule->id, old->line);
		rule_free(rule);
		return;
	}
	if (old) {
		rule_free(old);
		*old = *rule;
		return;
	}
	if (!reader_append(reader, profile->rules, profile->rules_count, *rule))
		rule_free(rule);
}

/* Only of rules without errors, so that one mistake is not said twice. */
static void rule_warn(struct profile_reader *reader, const struct yaml_node *node,
		      const struct rule *rule)
{
	if (rule->when && !(rule->types & filter_types(rule->when)))
		reader_warning(reader, yaml_node_find(node, "when"),
			       "this never matches: the events of 'on' do not have these fields");
	if (!rule->technique_count)
		reader_warning(reader, node, "the rule '%s' has no 'technique'", rule->id);
}

static void rule_read(struct profile_reader *reader, const struct yaml_node *node)
{
	struct rule rule = {.severity = SEVERITY_MEDIUM, .file = reader->file, .line = node->line};
	unsigned errors = reader->errors;

	reader_map(reader, node, &rule_section, &rule);
	if (!rule.id) {
		rule_free(&rule);
		return;
	}
	if (errors == reader->errors)
		rule_warn(reader, node, &rule);
	rule_add(reader, node, &rule);
}

void reader_rules(struct profile_reader *reader, const struct yaml_node *list, void *into)
{
	(void)into;
	if (list->kind != YAML_LIST) {
		reader_error(reader, list, "a list of rules is wanted here: '- id: ...'");
		return;
	}
	for (const struct yaml_node *node = list->first; node; node = node->next)
		rule_read(reader, node);
}

static void severity_read(struct profile_reader *reader, const struct yaml_node *value)
{
	const struct yaml_node *key = value->key;
	struct rule *rule = rule_find(reader->profile, key->text);
	const char *close = rule ? NULL : detect_suggest(reader->profile, key->text, key->size);

	if (rule)
		read_severity(reader, value, rule);
	else
		reader_error(reader, key, "there is no rule '%.60s'%s%s%s", key->text,
			     close ? "; did you mean '" : "", close ? close : "",
			     close ? "'?" : "");
}

void reader_severities(struct profile_reader *reader, const struct yaml_node *map, void *into)
{
	(void)into;
	if (map->kind != YAML_MAP) {
		reader_error(reader, map,
			     "rules with severities are wanted here, such as 'net-tool: high'");
		return;
	}
	for (const struct yaml_node *value = map->first; value; value = value->next)
		severity_read(reader, value);
}
