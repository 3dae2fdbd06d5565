/* SPDX-License-Identifier: GPL-2.0-only */
/* A file and all that it extends, as trees. */
#include "profile_reader.h"

#include <errno.h>
#include <string.h>

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

int chain_read(struct profile_reader *reader)
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
