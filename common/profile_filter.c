/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Filters of a profile, and the word lists that they name. The filter
 * language knows no lists: "$shells" between the parentheses of `in` is
 * replaced by its quoted words first, and after `~` by one regular expression
 * of all of them. The places of errors are counted back.
 */
#include "profile_reader.h"
#include "buffer.h"
#include "word.h"

#include <errno.h>
#include <string.h>

/* A filter text with its lists put in. */
struct expansion {
	const char *source;
	size_t size;
	struct buffer text;
	struct mark {
		size_t source, text; /* where the name and its words stand */
		size_t source_end, text_end;
	} * marks;
	size_t count;
};

static void cleanup_expansion(struct expansion *expansion)
{
	buffer_free(&expansion->text);
	free(expansion->marks);
}
#define _cleanup_expansion_ __attribute__((cleanup(cleanup_expansion)))

static struct profile_list *list_find(const struct profile_reader *reader, const char *name,
				      size_t size)
{
	for (size_t i = 0; i < reader->lists_count; i++) {
		struct profile_list *list = &reader->lists[i];

		if (size == strlen(list->name) && !memcmp(name, list->name, size))
			return list;
	}
	return NULL;
}

/* The list of that name, made if need be. */
static struct profile_list *list_take(struct profile_reader *reader, const struct yaml_node *key)
{
	struct profile_list *list = list_find(reader, key->text, key->size), *larger;
	char *name = NULL;

	if (list)
		return list;
	reader_id(reader, key, &name);
	if (!name)
		return NULL;
	larger = reader_grow(reader, reader->lists, reader->lists_count, sizeof(*larger));
	if (!larger) {
		free(name);
		return NULL;
	}
	reader->lists = larger;
	larger[reader->lists_count] = (struct profile_list){.name = name};
	return &larger[reader->lists_count++];
}

static void list_add(struct profile_reader *reader, struct profile_list *list,
		     const struct yaml_node *node)
{
	char *word = NULL;

	if (node->kind == YAML_TEXT && *node->text == '$') {
		reader_error(reader, node, "a list cannot hold another list");
		return;
	}
	reader_copy(reader, node, &word);
	reader_word(reader, word, &list->words, &list->count);
}

void reader_lists(struct profile_reader *reader, const struct yaml_node *map)
{
	if (map->kind != YAML_MAP) {
		reader_error(reader, map, "named lists are wanted here, such as 'shells: [sh]'");
		return;
	}
	for (const struct yaml_node *value = map->first; value; value = value->next) {
		struct profile_list *list = list_take(reader, value->key);

		if (!list)
			continue;
		if (value->kind != YAML_LIST || !value->first) {
			reader_error(reader, value, "a list of words is wanted here: [a, b]");
			continue;
		}
		for (const struct yaml_node *word = value->first; word; word = word->next)
			list_add(reader, list, word);
	}
}

void reader_lists_free(struct profile_reader *reader)
{
	for (size_t i = 0; i < reader->lists_count; i++) {
		for (size_t j = 0; j < reader->lists[i].count; j++)
			free(reader->lists[i].words[j]);
		free(reader->lists[i].words);
		free(reader->lists[i].name);
	}
	free(reader->lists);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Back to the last byte before at that is no blank; NUL if there is none. */
static char before(const struct expansion *expansion, size_t at, size_t *place)
{
	while (at && is_blank(expansion->source[at - 1]))
		at--;
	*place = at ? at - 1 : 0;
	return at ? expansion->source[*place] : '\0';
}

/* Is the '(' at at the one of an `in`? */
static bool opens_words(const struct expansion *expansion, size_t at)
{
	size_t n;

	return before(expansion, at, &n) == 'n' && n >= 2 && expansion->source[n - 1] == 'i' &&
	       is_blank(expansion->source[n - 2]);
}

static size_t name_size(const char *name)
{
	return strcspn(name, " \t\r\n,)");
}

static void word_add(struct buffer *text, const char *word)
{
	for (; *word; word++) {
		if (*word == '"' || *word == '\\')
			buffer_byte(text, '\\');
		buffer_byte(text, *word);
	}
}

/* "a", "b" */
static void words_add(struct buffer *text, const struct profile_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		buffer_string(text, i ? ", \"" : "\"");
		word_add(text, list->words[i]);
		buffer_byte(text, '"');
	}
}

/* "(a)|(b)" */
static void regex_add(struct buffer *text, const struct profile_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		buffer_string(text, i ? "|(" : "\"(");
		word_add(text, list->words[i]);
		buffer_byte(text, ')');
	}
	buffer_byte(text, '"');
}

static void say_at(struct profile_reader *reader, const struct yaml_node *node, size_t offset,
		   const char *message)
{
	const struct profile_document *document = reader->document;
	unsigned line, column;

	yaml_node_locate(document->bytes, document->size, node, offset, &line, &column);
	reader_problem(reader, false, line, column, "%s", message);
}

static void unknown_list(struct profile_reader *reader, const struct yaml_node *node, size_t offset,
			 const char *name, size_t size)
{
	char message[200];
	const char *close = NULL;

	for (size_t i = 0; i < reader->lists_count && !close; i++) {
		if (word_close(name, size, reader->lists[i].name))
			close = reader->lists[i].name;
	}
	snprintf(message, sizeof(message), "unknown list '$%.*s'%s%.64s%s", (int)MIN(size, 60u),
		 name, close ? "; did you mean '$" : "; quote the word if it is no list",
		 close ? close : "", close ? "'?" : "");
	say_at(reader, node, offset, message);
}

/* Replaces the $name at *at; false, said, if there is no such list. */
static bool list_expand(struct profile_reader *reader, const struct yaml_node *node,
			struct expansion *expansion, size_t *at,
			void (*add)(struct buffer *, const struct profile_list *))
{
	const char *name = expansion->source + *at + 1;
	size_t size = name_size(name);
	const struct profile_list *list = list_find(reader, name, size);
	struct mark *larger;

	if (!list) {
		unknown_list(reader, node, *at, name, size);
		return false;
	}
	larger = reader_grow(reader, expansion->marks, expansion->count, sizeof(*larger));
	if (!larger)
		return false;
	expansion->marks = larger;
	larger[expansion->count].source = *at;
	larger[expansion->count].text = expansion->text.size;
	add(&expansion->text, list);
	*at += 1 + size;
	larger[expansion->count].source_end = *at;
	larger[expansion->count++].text_end = expansion->text.size;
	return true;
}

/* Where in the text expand() is. */
struct scan {
	size_t at;
	char quote;	/* that is open, or NUL */
	unsigned depth; /* of parentheses: 1 between those of `in`, more in a word there */
};

/* Looks at a '$' outside of quotes. 0: it is a byte like others, 1: a list was
 * put in, -1: an error, said. */
static int expand_dollar(struct profile_reader *reader, const struct yaml_node *node,
			 struct expansion *expansion, struct scan *scan)
{
	const char *name = expansion->source + scan->at + 1;
	size_t place;
	char last = before(expansion, scan->at, &place);
	bool known = list_find(reader, name, name_size(name));

	if (scan->depth == 1 && (last == '(' || last == ','))
		return list_expand(reader, node, expansion, &scan->at, words_add) ? 1 : -1;
	if (scan->depth || !known || !strchr("=<>~", last))
		return 0;
	if (last == '~')
		return list_expand(reader, node, expansion, &scan->at, regex_add) ? 1 : -1;
	say_at(reader, node, scan->at, "a list can stand after '~' or in the parentheses of 'in'");
	return -1;
}

/* Follows quotes and parentheses over the byte c. */
static void scan_step(struct scan *scan, const struct expansion *expansion, char c)
{
	if (scan->quote && c == scan->quote)
		scan->quote = '\0';
	else if (scan->quote)
		scan->at += scan->quote == '"' && c == '\\';
	else if (c == '"' || c == '\'')
		scan->quote = c;
	else if (c == '(' && (scan->depth || opens_words(expansion, scan->at)))
		scan->depth++;
	else if (c == ')' && scan->depth)
		scan->depth--;
	scan->at = MIN(scan->at + 1, expansion->size);
}

static bool expand(struct profile_reader *reader, const struct yaml_node *node,
		   struct expansion *expansion)
{
	struct scan scan = {0};

	while (scan.at < expansion->size) {
		char c = expansion->source[scan.at];
		size_t start = scan.at;
		int done = 0;

		if (c == '$' && !scan.quote)
			done = expand_dollar(reader, node, expansion, &scan);
		if (done < 0)
			return false;
		if (done)
			continue;
		scan_step(&scan, expansion, c);
		buffer_add(&expansion->text, expansion->source + start, scan.at - start);
	}
	reader->no_memory |= expansion->text.failed;
	return !expansion->text.failed;
}

/* Where the byte at offset of the expanded text came from. */
static size_t source_offset(const struct expansion *expansion, size_t offset)
{
	for (size_t i = expansion->count; i-- > 0;) {
		const struct mark *mark = &expansion->marks[i];

		if (offset >= mark->text_end)
			return mark->source_end + (offset - mark->text_end);
		if (offset >= mark->text)
			return mark->source;
	}
	return offset;
}

struct filter *reader_filter(struct profile_reader *reader, const struct yaml_node *node)
{
	const char *source = reader_text(reader, node);
	_cleanup_expansion_ struct expansion expansion = {.source = source};
	struct filter *filter = NULL;
	struct filter_error error = {0};
	int err;

	if (!source)
		return NULL;
	expansion.size = node->size;
	if (!expand(reader, node, &expansion))
		return NULL;
	err = filter_parse(expansion.text.bytes, expansion.text.size, &filter, &error);
	if (err == -EINVAL)
		say_at(reader, node, source_offset(&expansion, error.offset), error.message);
	else if (err)
		reader->no_memory = true;
	return filter;
}
