/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the profile_*.c files only. */
#ifndef KWP_PROFILE_READER_H
#define KWP_PROFILE_READER_H

#include "profile.h"
#include "yaml.h"

#define PROFILE_LEVELS 8	 /* of extends, the first file included */
#define PROFILE_PROBLEMS_MAX 100 /* said; the rest is counted only */

/* A file of the chain of extends. */
struct profile_document {
	char *file;	 /* name in messages, handed over to profile->files */
	char *identity;	 /* two spellings of one file have the same */
	char *directory; /* that extends is relative to, NULL: the working directory */
	char *bytes;
	size_t size;
	struct yaml_node *root;
	/* Parts of root that wait until the whole chain was read, NULL: none. */
	const struct yaml_node *rules, *except, *lists;
};

/* `lists:`, words that filters name as $name. */
struct profile_list {
	char *name;
	char **words;
	size_t count;
};

struct profile_reader {
	struct profile *profile;
	struct profile_problems *problems;
	const struct profile_document *document;	   /* being read */
	const char *file;				   /* its name */
	struct profile_document documents[PROFILE_LEVELS]; /* the asked one first */
	size_t documents_count;
	struct profile_list *lists;
	size_t lists_count;
	unsigned errors;
	bool no_memory;
};

/* profile_problem.c */
void reader_problem(struct profile_reader *reader, bool warning, unsigned line, unsigned column,
		    const char *format, ...) PRINTF(5, 6);
#define reader_error(reader, node, ...)                                                            \
	reader_problem(reader, false, (node)->line, (node)->column, __VA_ARGS__)
#define reader_warning(reader, node, ...)                                                          \
	reader_problem(reader, true, (node)->line, (node)->column, __VA_ARGS__)

/* profile_node.c: a key that a map may have, and what reads it. */
struct profile_key {
	const char *name;
	bool required;
	void (*read)(struct profile_reader *reader, const struct yaml_node *value, void *into);
};
void reader_map(struct profile_reader *reader, const struct yaml_node *map,
		const struct profile_key *keys, size_t count, void *into);
/* The text of a node; NULL, said, if it has none. */
const char *reader_text(struct profile_reader *reader, const struct yaml_node *node);
/* Replaces *out by a copy of the text. */
void reader_copy(struct profile_reader *reader, const struct yaml_node *node, char **out);
/* The same for an id: lower-case words joined by '-'. */
void reader_id(struct profile_reader *reader, const struct yaml_node *node, char **out);
/* Makes room for one more in array; NULL when memory is out. */
void *reader_grow(struct profile_reader *reader, void *array, size_t count, size_t size);

/* profile_source.c: -errno, said, or 0. A file that another one extends must be a regular one. */
int source_open(struct profile_reader *reader, const char *name,
		const struct profile_document *from, struct profile_document *out) MUST_CHECK;
void document_free(struct profile_document *document);

/* profile_filter.c */
void reader_lists(struct profile_reader *reader, const struct yaml_node *map);
void reader_lists_free(struct profile_reader *reader);
/* Reads a filter with its $lists; NULL, said, if it is none. */
struct filter *reader_filter(struct profile_reader *reader, const struct yaml_node *node);

/* profile_rule.c */
void reader_rules(struct profile_reader *reader, const struct yaml_node *list);
void reader_excepts(struct profile_reader *reader, const struct yaml_node *list);

#endif
