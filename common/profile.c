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

static void read_rules(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	(void)reader;
	((struct profile_document *)into)->rules = value;
}

static void read_except(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	(void)reader;
	((struct profile_document *)into)->except = value;
}

static void read_lists(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	(void)reader;
	((struct profile_document *)into)->lists = value;
}

static const struct profile_key profile_keys[] = {
	{"kwp", true, read_version},
	{"name", false, read_name},
	{"description", false, read_description},
	{"extends", false, read_extends},
	{"lists", false, read_lists},
	{"rules", false, read_rules},
	{"except", false, read_except},
};
_Static_assert(ARRAY_SIZE(profile_keys) == 7, "each key of a profile");

/* Makes the tree of the newest document of the chain. */
static int document_parse(struct profile_reader *reader)
{
	struct profile_document *document = &reader->documents[reader->documents_count - 1];
	struct yaml_error error;
	int err;

	reader->file = document->file;
	err = yaml_node_read(document->bytes, document->size, &document->root, &error);
	if (err == -EINVAL)
		reader_problem(reader, false, error.line, error.column, "%s", error.message);
	else if (!err && !document->root)
		reader_problem(reader, false, 0, 0, "the profile is empty");
	return err;
}

static bool is_loop(struct profile_reader *reader, const struct yaml_node *extends,
		    const struct profile_document *next)
{
	for (size_t i = 0; i < reader->documents_count; i++) {
		if (strcmp(reader->documents[i].identity, next->identity))
			continue;
		reader_error(reader, extends, "'%.100s' extends itself in the end", extends->text);
		return true;
	}
	return false;
}

/* Opens what the newest document extends. 0, also if it extends nothing, or -errno. */
static int chain_follow(struct profile_reader *reader, bool *more)
{
	const struct profile_document *last = &reader->documents[reader->documents_count - 1];
	const struct yaml_node *extends = yaml_node_find(last->root, "extends");
	struct profile_document next = {0};
	int err;

	*more = false;
	if (!extends || extends->kind != YAML_TEXT || !extends->size)
		return 0;
	if (reader->documents_count == PROFILE_LEVELS) {
		reader_error(reader, extends, "more than %d levels of 'extends'", PROFILE_LEVELS);
		return 0;
	}
	err = source_open(reader, extends->text, last, &next);
	if (err)
		return err == -ENOMEM ? err : 0;
	if (is_loop(reader, extends, &next)) {
		document_free(&next);
		return 0;
	}
	reader->documents[reader->documents_count++] = next;
	*more = true;
	return 0;
}

/* Reads the first document's tree, then those that it extends. */
static int chain_read(struct profile_reader *reader)
{
	bool more;

	do {
		int err = document_parse(reader);

		if (!err)
			err = chain_follow(reader, &more);
		if (err)
			return err;
	} while (more);
	return 0;
}

/* Turns to a document; what is said from here on is about it. */
static struct profile_document *document_turn(struct profile_reader *reader, size_t index)
{
	reader->document = &reader->documents[index];
	reader->file = reader->document->file;
	return &reader->documents[index];
}

static void documents_read(struct profile_reader *reader)
{
	for (size_t i = reader->documents_count; i-- > 0;) {
		struct profile_document *document = document_turn(reader, i);

		reader_map(reader, document->root, profile_keys, ARRAY_SIZE(profile_keys),
			   document);
		if (document->lists)
			reader_lists(reader, document->lists);
	}
	for (size_t i = reader->documents_count; i-- > 0;) {
		struct profile_document *document = document_turn(reader, i);

		if (document->rules)
			reader_rules(reader, document->rules);
		if (document->except)
			reader_excepts(reader, document->except);
	}
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
	const char *file = profile->files[profile->files_count - 1];
	const char *slash = strrchr(file, '/'), *start = slash ? slash + 1 : file;
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

void profile_free(struct profile *profile)
{
	if (!profile)
		return;
	for (size_t i = 0; i < profile->rules_count; i++)
		rule_free(&profile->rules[i]);
	for (size_t i = 0; i < profile->files_count; i++)
		free(profile->files[i]);
	free(profile->rules);
	free(profile->files);
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
