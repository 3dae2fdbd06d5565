/* SPDX-License-Identifier: GPL-2.0-only */
/* The keys of `rules` and `except`. */
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
		char **larger, *copy = NULL;

		if (name && !is_technique(name))
			reader_error(reader, item, "'%.60s' is no technique such as T1059.004",
				     name);
		else if (name)
			reader_copy(reader, item, &copy);
		if (!copy)
			continue;
		larger = reader_grow(reader, rule->technique, rule->technique_count,
				     sizeof(*larger));
		if (!larger) {
			free(copy);
			return;
		}
		rule->technique = larger;
		larger[rule->technique_count++] = copy;
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

static void except_add(struct profile_reader *reader, struct rule *rule, struct filter *filter)
{
	struct filter **larger;

	if (!filter)
		return;
	larger = reader_grow(reader, rule->except, rule->except_count, sizeof(*larger));
	if (!larger) {
		filter_free(filter);
		return;
	}
	rule->except = larger;
	larger[rule->except_count++] = filter;
}

static void read_except_when(struct profile_reader *reader, const struct yaml_node *value,
			     void *into)
{
	except_add(reader, into, reader_filter(reader, value));
}

static const struct profile_key except_when_keys[] = {{"when", true, read_except_when}};

/* A filter, {when: filter}, or a list of them. */
static void read_except(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	for (const struct yaml_node *item = yaml_node_first(value); item;
	     item = yaml_node_next(value, item)) {
		if (item->kind == YAML_MAP)
			reader_map(reader, item, except_when_keys, ARRAY_SIZE(except_when_keys),
				   into);
		else
			read_except_when(reader, item, into);
	}
}

static const struct profile_key rule_keys[] = {
	{"id", true, read_id},
	{"title", false, read_title},
	{"on", true, read_on},
	{"when", false, read_when},
	{"except", false, read_except},
	{"severity", false, read_severity},
	{"technique", false, read_technique},
	{"message", false, read_message},
	{"false-positives", false, read_false_positives},
};
_Static_assert(ARRAY_SIZE(rule_keys) == 9, "each key of a rule");

static struct rule *rule_find(const struct profile *profile, const char *id)
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
	struct rule *old = rule_find(profile, rule->id), *larger;

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
	larger = reader_grow(reader, profile->rules, profile->rules_count, sizeof(*larger));
	if (!larger) {
		rule_free(rule);
		return;
	}
	profile->rules = larger;
	larger[profile->rules_count++] = *rule;
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

	reader_map(reader, node, rule_keys, ARRAY_SIZE(rule_keys), &rule);
	if (!rule.id) {
		rule_free(&rule);
		return;
	}
	if (errors == reader->errors)
		rule_warn(reader, node, &rule);
	rule_add(reader, node, &rule);
}

void reader_rules(struct profile_reader *reader, const struct yaml_node *list)
{
	if (list->kind != YAML_LIST) {
		reader_error(reader, list, "a list of rules is wanted here: '- id: ...'");
		return;
	}
	for (const struct yaml_node *node = list->first; node; node = node->next)
		rule_read(reader, node);
}

/* An item of the profile's own `except`. */
struct exception {
	struct rule *rule;
	const struct yaml_node *when;
};

static void read_exception_id(struct profile_reader *reader, const struct yaml_node *value,
			      void *into)
{
	struct exception *exception = into;
	const struct profile *profile = reader->profile;
	const char *id = reader_text(reader, value);

	if (!id)
		return;
	exception->rule = rule_find(profile, id);
	if (exception->rule)
		return;
	for (size_t i = 0; i < profile->rules_count; i++) {
		if (!word_close(id, value->size, profile->rules[i].id))
			continue;
		reader_error(reader, value, "unknown rule '%.60s'; did you mean '%s'?", id,
			     profile->rules[i].id);
		return;
	}
	reader_error(reader, value, "unknown rule '%.60s'", id);
}

/* Keys come in any order, so the filter waits for the rule. */
static void read_exception_when(struct profile_reader *reader, const struct yaml_node *value,
				void *into)
{
	(void)reader;
	((struct exception *)into)->when = value;
}

static const struct profile_key exception_keys[] = {
	{"id", true, read_exception_id},
	{"when", true, read_exception_when},
};

static void exception_read(struct profile_reader *reader, const struct yaml_node *node)
{
	struct exception exception = {0};
	struct filter *filter = NULL;

	reader_map(reader, node, exception_keys, ARRAY_SIZE(exception_keys), &exception);
	if (exception.when)
		filter = reader_filter(reader, exception.when);
	if (exception.rule)
		except_add(reader, exception.rule, filter);
	else
		filter_free(filter);
}

void reader_excepts(struct profile_reader *reader, const struct yaml_node *list)
{
	if (list->kind != YAML_LIST) {
		reader_error(reader, list,
			     "a list of exceptions is wanted here: "
			     "'- {id: ..., when: ...}'");
		return;
	}
	for (const struct yaml_node *node = list->first; node; node = node->next)
		exception_read(reader, node);
}
