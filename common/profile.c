/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A profile is read in three steps: the file and all that it extends become
 * trees; then the word lists of all of them; then, the base first, rules and
 * exceptions. So a word that a file adds to a list of its base reaches the
 * rules of the base as well.
 */
#include "profile_reader.h"

#include <errno.h>
#include <string.h>

static void read_version(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	const char *text = reader_text(reader, value);

	(void)into;
	if (text && strcmp(text, "1"))
		reader_error(reader, value,
			     "this is version '%.20s' of the language; "
			     "this kwp knows version 1",
			     text);
}

static void read_name(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	(void)into;
	reader_id(reader, value, &reader->profile->name);
}

static void read_description(struct profile_reader *reader, const struct yaml_node *value,
			     void *into)
{
	(void)into;
	reader_copy(reader, value, &reader->profile->description);
}

/* The chain was followed already; only its kind is left to check. */
static void read_extends(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	(void)into;
	reader_text(reader, value);
}

static void read_lists(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	(void)reader;
	((struct profile_document *)into)->lists = value;
}

static void read_mode(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	const char *text = reader_text(reader, value);

	(void)into;
	if (text && strcmp(text, "monitor") && strcmp(text, "enforce"))
		reader_error(reader, value, "'%.60s' is no mode; there are enforce and monitor",
			     text);
	else if (text)
		reader->profile->mode = *text == 'm' ? KWP_MODE_MONITOR : KWP_MODE_ENFORCE;
}

/* In the order in which late keys are read: detections and exceptions name rules. */
static const struct profile_key profile_keys[] = {
	{"kwp", read_version, "version of the language: 1", "1", .required = true},
	{"name", read_name, "lower-case words joined by '-'; without it the name of the file",
	 "ai-sandbox"},
	{"description", read_description, "a text for people", "A sandbox for code of a model"},
	{"extends", read_extends, "the profile that this one is built on: a name or a path",
	 "base"},
	{"mode", read_mode,
	 "enforce (so it is without this key), or monitor: what would be blocked "
	 "is only told",
	 "monitor"},
	{"lists", read_lists, "lists of words that expressions name as $NAME",
	 "{shells: [sh, bash]}"},
	{"scope", reader_scope, "which processes the profile is about", "{containers: [\"*\"]}",
	 .late = true},
	{"process", reader_process, "what may be executed and mapped as code",
	 "{block: [\"/tmp/**\"], drift: block}", .late = true},
	{"file", reader_files, "a list: what may be read and written",
	 "[{path: \"/etc/**\", write: block}]", .late = true},
	{"network", reader_network, "which addresses may be reached, and who may come in",
	 "{egress: {default: block, allow: [\"10.0.0.0/8:443\"]}}", .late = true},
	{"syscall", reader_calls, "system calls that are told, refused or end the process",
	 "{block: [bpf, init_module]}", .late = true},
	{"sysctl", reader_sysctls, "settings of the kernel that can't be written",
	 "{block: [\"kernel.*\"]}", .late = true},
	{"rules", reader_rules, "a list: what is a finding, on any field of any event; report only",
	 "[{id: a-rule, on: exec, when: process.name == nc}]", .late = true},
	{"severity", reader_severities, "other severities of rules, by id, those of its bases too",
	 "{net-tool: high, exec-session: info}", .late = true},
	{"detect", reader_detects,
	 "what is done about detections, by id: off, monitor, block or "
	 "kill; of rules that the kernel side does not know only off and monitor",
	 "{reverse-shell: kill, exec-session: off}", .late = true},
	{"except", reader_exceptions,
	 "a list: exceptions to rules and detections, of this file or "
	 "of its bases",
	 "[{id: reverse-shell, when: process.executable == /usr/sbin/sshd}]", .late = true},
	{"limits", reader_limits, "what kwp may cost before it lowers what it tells",
	 "{events: 5000/s, cpu: 2%}", .late = true},
};
_Static_assert(ARRAY_SIZE(profile_keys) == 17, "each key of a profile");
const struct profile_section profile_section = {"", profile_keys, ARRAY_SIZE(profile_keys)};

/* Turns to a document; what is said from here on is about it. */
static struct profile_document *document_turn(struct profile_reader *reader, size_t index)
{
	reader->document = &reader->documents[index];
	reader->file = reader->document->file;
	return &reader->documents[index];
}

static void late_read(struct profile_reader *reader, const struct profile_document *document)
{
	if (document->root->kind != YAML_MAP)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(profile_keys); i++) {
		const struct profile_key *key = &profile_keys[i];
		const struct yaml_node *value = yaml_node_find(document->root, key->name);

		if (key->late && value)
			key->read(reader, value, NULL);
	}
}

static void documents_read(struct profile_reader *reader)
{
	for (size_t i = reader->documents_count; i-- > 0;) {
		struct profile_document *document = document_turn(reader, i);

		reader_map(reader, document->root, &profile_section, document);
		if (document->lists)
			reader_lists(reader, document->lists);
	}
	for (size_t i = reader->documents_count; i-- > 0;) {
		reader->base_paths = reader->profile->paths_count;
		reader->base_addresses = reader->profile->addresses_count;
		late_read(reader, document_turn(reader, i));
	}
	reader_detects_end(reader);
	document_turn(reader, 0);
	reader_overlaps(reader);
	reader_ranges(reader);
	reader_lists_take(reader);
}

/* Rules point to the names of files, so the profile takes those over. */
static int files_take(struct profile_reader *reader)
{
	struct profile *profile = reader->profile;

	profile->files = calloc(reader->documents_count, sizeof(*profile->files));
	if (!profile->files)
		return -ENOMEM;
	for (size_t i = reader->documents_count; i-- > 0;)
		profile->files[profile->files_count++] = take_ptr(reader->documents[i].file);
	return 0;
}

/* A profile without a name has the one of its file. */
static int name_default(struct profile *profile)
{
	const char *start = basename(profile->files[profile->files_count - 1]);
	const char *dot = strrchr(start, '.');

	if (!profile->name)
		profile->name =
			strndup(start, dot && dot > start ? (size_t)(dot - start) : strlen(start));
	return profile->name ? 0 : -ENOMEM;
}

/* From the open first document to the profile. */
static int reader_run(struct profile_reader *reader, struct profile **out)
{
	_cleanup_profile_ struct profile *profile = calloc(1, sizeof(*profile));
	int err;

	if (!profile)
		return -ENOMEM;
	profile->mode = KWP_MODE_ENFORCE;
	profile->process_default = KWP_ALLOW;
	reader->profile = profile;
	err = chain_read(reader);
	/* Without its base, a file would seem to be full of unknown names. */
	if (!err && !reader->errors)
		documents_read(reader);
	if (reader->no_memory)
		return -ENOMEM;
	if (err || reader->errors)
		return err ? err : -EINVAL;
	err = files_take(reader);
	if (!err)
		err = name_default(profile);
	if (!err)
		*out = take_ptr(profile);
	return err;
}

static void cleanup_reader(struct profile_reader *reader)
{
	for (size_t i = 0; i < reader->documents_count; i++)
		document_free(&reader->documents[i]);
	reader_lists_free(reader);
	reader_index_free(reader);
	free(reader->excuses);
}
#define _cleanup_reader_ __attribute__((cleanup(cleanup_reader)))

int profile_read(const char *name, struct profile **out, struct profile_problems *problems)
{
	_cleanup_reader_ struct profile_reader reader = {.problems = problems, .file = name};
	int err = source_open(&reader, name, NULL, &reader.documents[0]);

	if (err)
		return err;
	reader.documents_count = 1;
	return reader_run(&reader, out);
}

int profile_parse(const char *file, const char *bytes, size_t size, struct profile **out,
		  struct profile_problems *problems)
{
	_cleanup_reader_ struct profile_reader reader = {.problems = problems, .file = file};
	struct profile_document *document = &reader.documents[0];

	reader.documents_count = 1;
	document->file = strdup(file);
	document->identity = strdup(file);
	document->bytes = malloc(size + 1);
	if (!document->file || !document->identity || !document->bytes)
		return -ENOMEM;
	memcpy(document->bytes, bytes, size);
	document->size = size;
	return reader_run(&reader, out);
}

static void words_free(char **words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(words[i]);
	free(words);
}

/* What is enforced. */
static void policy_parts_free(struct profile *profile)
{
	for (size_t i = 0; i < profile->paths_count; i++)
		path_rule_free(&profile->paths[i]);
	for (size_t i = 0; i < profile->addresses_count; i++)
		address_free(&profile->addresses[i]);
	for (size_t i = 0; i < profile->calls_count; i++)
		free(profile->calls[i].name);
	for (size_t i = 0; i < profile->sysctls_count; i++)
		free(profile->sysctls[i].pattern);
	for (size_t i = 0; i < profile->detects_count; i++)
		detect_free(&profile->detects[i]);
	free(profile->paths);
	free(profile->addresses);
	free(profile->calls);
	free(profile->sysctls);
	free(profile->detects);
	words_free(profile->containers, profile->containers_count);
	words_free(profile->shells, profile->shells_count);
	words_free(profile->interpreters, profile->interpreters_count);
}

void profile_free(struct profile *profile)
{
	if (!profile)
		return;
	policy_parts_free(profile);
	for (size_t i = 0; i < profile->rules_count; i++)
		rule_free(&profile->rules[i]);
	free(profile->rules);
	words_free(profile->files, profile->files_count);
	free(profile->name);
	free(profile->description);
	free(profile);
}

uint64_t profile_types(const struct profile *profile)
{
	uint64_t types = 0;

	for (size_t i = 0; i < profile->rules_count; i++)
		types |= profile->rules[i].types;
	return types;
}
