/* SPDX-License-Identifier: GPL-2.0-only */
/* The key `file`: what may be read and written. */
#include "profile_reader.h"

#define CAN_DO (ACTION(ALLOW) | ACTION(MONITOR) | ACTION(BLOCK) | ACTION(KILL))

struct entry {
	struct profile_path_rule rule;
	const struct yaml_node *named;	       /* by `path` */
	const struct yaml_node *access, *bait; /* one of both says what is done */
};

static void read_path(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	struct entry *entry = into;

	if (reader_pattern(reader, value, &entry->rule.pattern))
		entry->named = value;
}

static void read_read(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	struct entry *entry = into;

	entry->access = value->key;
	reader_action(reader, value, CAN_DO, &entry->rule.action[KWP_READ]);
}

static void read_write(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	struct entry *entry = into;

	entry->access = value->key;
	reader_action(reader, value, CAN_DO, &entry->rule.action[KWP_WRITE]);
}

static void read_bait(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	struct entry *entry = into;

	entry->bait = value->key;
	entry->rule.bait = true;
}

static void read_except(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	struct entry *entry = into;

	reader_except(reader, value, &entry->rule.except, &entry->rule.except_count);
}

static const struct profile_key file_keys[] = {
	{"path", read_path, "the pattern of paths that the entry is about", "\"/etc/**\"",
	 .required = true},
	{"read", read_read,
	 "what happens when it is opened for reading: allow, monitor, block or kill", "monitor"},
	{"write", read_write,
	 "what happens when it is created, opened for writing, truncated, renamed, linked, "
	 "unlinked or mounted over, or its mode, owner or attributes are changed: allow, monitor, "
	 "block or kill",
	 "block"},
	{"bait", read_bait,
	 "a file that nobody has a reason to touch: what happens when it is read or written: "
	 "monitor, block or kill",
	 "kill"},
	{"except", read_except,
	 "programs or users that the entry is not about: process.executable or user.id, or a list "
	 "of such exceptions",
	 "{process.executable: /usr/sbin/sshd}"},
};
const struct profile_section file_section = {"file", file_keys, ARRAY_SIZE(file_keys),
					     "what may be executed is said under 'process'"};

/* A bait is both accesses. */
static void bait_set(struct profile_reader *reader, const struct yaml_node *node,
		     struct entry *entry)
{
	enum kwp_action *action = entry->rule.action;

	if (entry->access) {
		reader_error(reader, entry->access,
			     "a bait is told of reading and writing; 'read' and 'write' can't "
			     "stand beside it");
		return;
	}
	if (reader_action(reader, yaml_node_find(node, "bait"),
			  ACTION(MONITOR) | ACTION(BLOCK) | ACTION(KILL), &action[KWP_READ]))
		action[KWP_WRITE] = action[KWP_READ];
}

static void entry_read(struct profile_reader *reader, const struct yaml_node *node)
{
	struct entry entry = {.rule.class = KWP_CLASS_FILE};
	unsigned errors = reader->errors;

	reader_map(reader, node, &file_section, &entry);
	if (entry.bait)
		bait_set(reader, node, &entry);
	else if (errors == reader->errors && !entry.access)
		reader_error(reader, node, "'read', 'write' or 'bait' is missing");
	if (errors != reader->errors || !entry.named) {
		path_rule_free(&entry.rule);
		return;
	}
	entry.rule.place = place_of(reader, entry.named);
	reader_path(reader, entry.named, &entry.rule);
}

void reader_files(struct profile_reader *reader, const struct yaml_node *list, void *into)
{
	(void)into;
	if (list->kind != YAML_LIST) {
		reader_error(reader, list,
			     "a list of entries is wanted here: '- {path: ..., write: ...}'");
		return;
	}
	for (const struct yaml_node *node = list->first; node; node = node->next)
		entry_read(reader, node);
}
