/* SPDX-License-Identifier: GPL-2.0-only */
/* The key `process`: what may be executed and mapped. */
#include "profile_reader.h"

#include <string.h>

/* An item of one of the lists, as far as it was read. */
struct entry {
	struct profile_pattern pattern;
	char **as;
	size_t as_count;
	enum kwp_action action;
	const struct yaml_node *named; /* by `path`, or the item itself */
	enum kwp_action list;	       /* that it stands in */
};

static void read_path(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	struct entry *entry = into;

	if (reader_pattern(reader, value, &entry->pattern))
		entry->named = value;
}

static bool is_name(const char *text, size_t size)
{
	return size <= KWP_NAME_MAX && !strpbrk(text, "/*\n") && strcmp(text, ".") &&
	       strcmp(text, "..");
}

static void read_as(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	struct entry *entry = into;

	for (const struct yaml_node *item = yaml_node_first(value); item;
	     item = yaml_node_next(value, item)) {
		const char *text = reader_text(reader, item);

		if (text && is_name(text, item->size))
			reader_word(reader, reader_bytes(reader, text, item->size), &entry->as,
				    &entry->as_count);
		else if (text)
			reader_error(reader, item,
				     "'%.60s' is no name such as 'nc'; a path and '*' are none",
				     text);
	}
	if (value->kind == YAML_LIST && !value->first)
		reader_error(reader, value, "a name is missing");
}

static void read_entry_action(struct profile_reader *reader, const struct yaml_node *value,
			      void *into)
{
	struct entry *entry = into;

	if (entry->list != KWP_BLOCK)
		reader_error(reader, value, "only what stands under 'block' can have an 'action'");
	else
		reader_action(reader, value, ACTION(MONITOR) | ACTION(BLOCK) | ACTION(KILL),
			      &entry->action);
}

static const struct profile_key entry_keys[] = {
	{"path", read_path, "the pattern, where an item needs more than that", "/usr/bin/busybox",
	 .required = true},
	{"as", read_as,
	 "only when the file is started by one of these names: the last part of the path that "
	 "exec was given",
	 "[nc, telnetd]"},
	{"action", read_entry_action,
	 "of an item of block: monitor, block or kill (ends the process that tried)", "kill"},
};
const struct profile_section process_entry_section = {
	"process.block", entry_keys, ARRAY_SIZE(entry_keys),
	.hint = "what a program may do to files is said under 'file'"};

static void entry_free(struct entry *entry)
{
	pattern_free(&entry->pattern);
	for (size_t i = 0; i < entry->as_count; i++)
		free(entry->as[i]);
	free(entry->as);
}

/* One rule of the entry; as is taken over. */
static void entry_rule(struct profile_reader *reader, const struct entry *entry, char *as)
{
	struct profile_path_rule rule = {
		.class = KWP_CLASS_PROCESS,
		.pattern = {entry->pattern.kind,
			    reader_bytes(reader, entry->pattern.path, strlen(entry->pattern.path)),
			    reader_bytes(reader, entry->pattern.text, strlen(entry->pattern.text))},
		.place = place_of(reader, entry->named),
	};

	rule.action[KWP_EXECUTE] = entry->action;
	if (as)
		reader_word(reader, as, &rule.as, &rule.as_count);
	else /* a mapping has no name that it is invoked by */
		rule.action[KWP_MAP] = entry->action;
	if (rule.pattern.path && rule.pattern.text && (!as || rule.as_count))
		reader_path(reader, entry->named, &rule);
	else
		path_rule_free(&rule);
}

static void entry_read(struct profile_reader *reader, const struct yaml_node *node,
		       enum kwp_action action)
{
	struct entry entry = {.action = action, .list = action};
	unsigned errors = reader->errors;

	if (node->kind == YAML_MAP)
		reader_map(reader, node, &process_entry_section, &entry);
	else
		read_path(reader, node, &entry);
	if (entry.as_count && entry.pattern.kind != PATTERN_EXACT)
		reader_error(reader, entry.named, "'as' wants the exact path of one file");
	if (errors == reader->errors && entry.named) {
		for (size_t i = 0; i < entry.as_count; i++) {
			entry_rule(reader, &entry, entry.as[i]);
			entry.as[i] = NULL;
		}
		if (!entry.as_count)
			entry_rule(reader, &entry, NULL);
	}
	entry_free(&entry);
}

static void read_entries(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	(void)into;
	for (const struct yaml_node *item = yaml_node_first(value); item;
	     item = yaml_node_next(value, item))
		entry_read(reader, item, action_of_list(value));
}

static void read_default(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	struct profile *profile = reader->profile;

	(void)into;
	if (reader_action(reader, value, ACTION(ALLOW) | ACTION(MONITOR) | ACTION(BLOCK),
			  &profile->process_default))
		profile->process_default_place = place_of(reader, value);
}

static void read_drift(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	struct profile *profile = reader->profile;

	(void)into;
	if (reader_action(reader, value, ACTION(NO_OPINION) | ACTION(MONITOR) | ACTION(BLOCK),
			  &profile->drift))
		profile->drift_place = place_of(reader, value);
}

static void read_drift_scripts(struct profile_reader *reader, const struct yaml_node *value,
			       void *into)
{
	struct profile *profile = reader->profile;

	(void)into;
	if (!reader_action(reader, value, ACTION(NO_OPINION) | ACTION(MONITOR) | ACTION(BLOCK),
			   &profile->drift_scripts))
		return;
	profile->drift_scripts_said = true;
	if (!profile->drift_place.file)
		profile->drift_place = place_of(reader, value);
}

static const struct profile_key process_keys[] = {
	{"default", read_default,
	 "what happens to a program that no pattern fits: allow (so it is "
	 "without this key), monitor or block; then only what allow names may be executed, or "
	 "mapped as code from elsewhere than the system's directories of libraries",
	 "block"},
	{"allow", read_entries, "patterns of what may be executed and mapped as code",
	 "[\"/usr/bin/**\", \"/usr/lib/**\"]"},
	{"monitor", read_entries, "patterns of what is told when it is executed or mapped as code",
	 "[\"**/gdb\"]"},
	{"block", read_entries, "patterns of what must not be executed or mapped as code",
	 "[\"/tmp/**\", {path: /usr/bin/busybox, as: [nc, telnetd]}]"},
	{"drift", read_drift,
	 "programs, libraries and scripts that are not the image's: off, "
	 "monitor or block",
	 "block"},
	{"drift-scripts", read_drift_scripts,
	 "the same of scripts alone, where that differs", "off"},
};
const struct profile_section process_section = {"process", process_keys, ARRAY_SIZE(process_keys)};

void reader_process(struct profile_reader *reader, const struct yaml_node *map, void *into)
{
	(void)into;
	reader_map(reader, map, &process_section, NULL);
}
