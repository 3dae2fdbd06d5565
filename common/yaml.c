/* SPDX-License-Identifier: GPL-2.0-only */
#include "yaml.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <yaml.h>

struct reader {
	yaml_parser_t parser;
	const char *bytes;
	unsigned nodes;
	struct yaml_error *error;
};

/* A byte of a character of UTF-8 but its first. */
static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static void cleanup_event(yaml_event_t *event)
{
	yaml_event_delete(event);
}
#define _cleanup_event_ __attribute__((cleanup(cleanup_event)))

static void cleanup_reader(struct reader *reader)
{
	yaml_parser_delete(&reader->parser);
}
#define _cleanup_reader_ __attribute__((cleanup(cleanup_reader)))

static int PRINTF(3, 4)
	fail_at(struct reader *reader, const yaml_mark_t *mark, const char *format, ...)
{
	va_list args;

	reader->error->line = (unsigned)mark->line + 1;
	reader->error->column = (unsigned)mark->column + 1;
	va_start(args, format);
	vsnprintf(reader->error->message, sizeof(reader->error->message), format, args);
	va_end(args);
	return -EINVAL;
}

/* Where a byte is, for the decoder of characters, which knows no lines. */
static yaml_mark_t byte_mark(const char *bytes, size_t offset)
{
	yaml_mark_t mark = {0};

	for (size_t i = 0; i < offset; i++) {
		mark.column = bytes[i] == '\n' ? 0 : mark.column + !is_continuation(bytes[i]);
		mark.line += bytes[i] == '\n';
	}
	return mark;
}

static int event_next(struct reader *reader, yaml_event_t *out)
{
	const yaml_parser_t *parser = &reader->parser;
	yaml_mark_t mark;

	if (yaml_parser_parse(&reader->parser, out))
		return 0;
	memset(out, 0, sizeof(*out));
	if (parser->error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	if (parser->error == YAML_READER_ERROR)
		mark = byte_mark(reader->bytes, parser->problem_offset);
	else
		mark = parser->problem_mark;
	return fail_at(reader, &mark, "%s%s%s", parser->problem ? parser->problem : "bad YAML",
		       parser->context ? " " : "", parser->context ? parser->context : "");
}

void yaml_node_free(struct yaml_node *node)
{
	while (node) {
		struct yaml_node *next = node->next;

		yaml_node_free(node->key);
		yaml_node_free(node->first);
		free(node->text);
		free(node);
		node = next;
	}
}

static int node_new(struct reader *reader, enum yaml_kind kind, const yaml_event_t *event,
		    struct yaml_node **out)
{
	struct yaml_node *node;

	if (++reader->nodes > YAML_NODES_MAX)
		return fail_at(reader, &event->start_mark, "more than %d values", YAML_NODES_MAX);
	node = calloc(1, sizeof(*node));
	if (!node)
		return -ENOMEM;
	node->kind = kind;
	node->line = (unsigned)event->start_mark.line + 1;
	node->column = (unsigned)event->start_mark.column + 1;
	node->start = event->start_mark.index;
	node->end = event->end_mark.index;
	*out = node;
	return 0;
}

static int text_read(struct reader *reader, const yaml_event_t *event, struct yaml_node **out)
{
	_cleanup_yaml_ struct yaml_node *node = NULL;
	const char *text = (const char *)event->data.scalar.value;
	size_t size = event->data.scalar.length;
	int err;

	if (size > YAML_TEXT_MAX)
		return fail_at(reader, &event->start_mark, "a text of more than %d bytes",
			       YAML_TEXT_MAX);
	if (memchr(text, '\0', size))
		return fail_at(reader, &event->start_mark, "a text with a NUL byte");
	err = node_new(reader, YAML_TEXT, event, &node);
	if (err)
		return err;
	node->text = strndup(text, size);
	if (!node->text)
		return -ENOMEM;
	node->size = size;
	*out = take_ptr(node);
	return 0;
}

static int node_read(struct reader *reader, const yaml_event_t *event, unsigned depth,
		     struct yaml_node **out);

static int list_read(struct reader *reader, unsigned depth, struct yaml_node *list)
{
	struct yaml_node **last = &list->first;

	for (;;) {
		_cleanup_event_ yaml_event_t event = {0};
		int err = event_next(reader, &event);

		if (err || event.type == YAML_SEQUENCE_END_EVENT)
			return err;
		err = node_read(reader, &event, depth, last);
		if (err)
			return err;
		last = &(*last)->next;
	}
}

/* Keys are words, and each is there once. */
static int key_read(struct reader *reader, const yaml_event_t *event, const struct yaml_node *map,
		    struct yaml_node **out)
{
	_cleanup_yaml_ struct yaml_node *key = NULL;
	unsigned count = 0;
	int err;

	if (event->type != YAML_SCALAR_EVENT)
		return fail_at(reader, &event->start_mark, "a key must be a word");
	err = node_read(reader, event, 0, &key);
	if (err)
		return err;
	for (const struct yaml_node *other = map->first; other; other = other->next, count++) {
		if (!strcmp(other->key->text, key->text))
			return fail_at(reader, &event->start_mark,
				       "duplicate key '%.60s'; the first one is in line %u",
				       key->text, other->key->line);
	}
	if (count == YAML_KEYS_MAX)
		return fail_at(reader, &event->start_mark, "more than %d keys", YAML_KEYS_MAX);
	*out = take_ptr(key);
	return 0;
}

static int map_read(struct reader *reader, unsigned depth, struct yaml_node *map)
{
	struct yaml_node **last = &map->first;

	for (;;) {
		_cleanup_yaml_ struct yaml_node *key = NULL;
		_cleanup_event_ yaml_event_t event = {0}, value = {0};
		int err = event_next(reader, &event);

		if (err || event.type == YAML_MAPPING_END_EVENT)
			return err;
		err = key_read(reader, &event, map, &key);
		if (!err)
			err = event_next(reader, &value);
		if (!err)
			err = node_read(reader, &value, depth, last);
		if (err)
			return err;
		(*last)->key = take_ptr(key);
		last = &(*last)->next;
	}
}

static int group_read(struct reader *reader, const yaml_event_t *event, unsigned depth,
		      struct yaml_node **out)
{
	bool list = event->type == YAML_SEQUENCE_START_EVENT;
	_cleanup_yaml_ struct yaml_node *node = NULL;
	int err;

	if (depth == YAML_DEPTH_MAX)
		return fail_at(reader, &event->start_mark, "more than %d levels", YAML_DEPTH_MAX);
	err = node_new(reader, list ? YAML_LIST : YAML_MAP, event, &node);
	if (!err)
		err = (list ? list_read : map_read)(reader, depth + 1, node);
	if (!err)
		*out = take_ptr(node);
	return err;
}

static bool has_extras(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return event->data.scalar.anchor || event->data.scalar.tag;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.anchor || event->data.sequence_start.tag;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.anchor || event->data.mapping_start.tag;
	default: /* an alias */
		return true;
	}
}

static int node_read(struct reader *reader, const yaml_event_t *event, unsigned depth,
		     struct yaml_node **out)
{
	if (has_extras(event))
		return fail_at(reader, &event->start_mark,
			       "anchors (&), aliases (*) and tags (!) are not allowed; "
			       "quote a text that begins so");
	if (event->type == YAML_SCALAR_EVENT)
		return text_read(reader, event, out);
	return group_read(reader, event, depth, out);
}

/* Any number of stream and document marks, then one value, then the end. */
static int document_read(struct reader *reader, struct yaml_node **out)
{
	_cleanup_yaml_ struct yaml_node *root = NULL;

	for (;;) {
		_cleanup_event_ yaml_event_t event = {0};
		int err = event_next(reader, &event);

		if (err)
			return err;
		if (event.type == YAML_STREAM_END_EVENT)
			break;
		if (event.type == YAML_DOCUMENT_START_EVENT && root)
			return fail_at(reader, &event.start_mark, "a second document");
		if (event.type == YAML_STREAM_START_EVENT ||
		    event.type == YAML_DOCUMENT_START_EVENT ||
		    event.type == YAML_DOCUMENT_END_EVENT)
			continue;
		err = node_read(reader, &event, 0, &root);
		if (err)
			return err;
	}
	*out = take_ptr(root);
	return 0;
}

int yaml_node_read(const char *bytes, size_t size, struct yaml_node **out, struct yaml_error *error)
{
	_cleanup_reader_ struct reader reader = {.bytes = bytes, .error = error};

	if (size > YAML_SIZE_MAX)
		return fail_at(&reader, &reader.parser.mark, "more than %d bytes", YAML_SIZE_MAX);
	if (!yaml_parser_initialize(&reader.parser))
		return -ENOMEM;
	/* UTF-16 would make the same file another one to other readers. */
	yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&reader.parser, (const unsigned char *)bytes, size);
	return document_read(&reader, out);
}

const struct yaml_node *yaml_node_find(const struct yaml_node *map, const char *key)
{
	if (!map || map->kind != YAML_MAP)
		return NULL;
	for (const struct yaml_node *node = map->first; node; node = node->next) {
		if (!strcmp(node->key->text, key))
			return node;
	}
	return NULL;
}

const struct yaml_node *yaml_node_first(const struct yaml_node *node)
{
	return node->kind == YAML_LIST ? node->first : node;
}

const struct yaml_node *yaml_node_next(const struct yaml_node *node, const struct yaml_node *item)
{
	return node->kind == YAML_LIST ? item->next : NULL;
}

/* A place in a file. */
struct place {
	const char *at;
	unsigned line, column;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void place_step(struct place *place, const char *end)
{
	if (*place->at++ == '\n') {
		place->line++;
		place->column = 1;
		return;
	}
	while (place->at < end && is_continuation(*place->at))
		place->at++;
	place->column++;
}

static const char *character_find(const char *bytes, const char *end, size_t index)
{
	for (; bytes < end && index; index--) {
		for (bytes++; bytes < end && is_continuation(*bytes);)
			bytes++;
	}
	return bytes;
}

/*
 * Every byte of the text but blanks stands in the file, in the same order,
 * with nothing but indentation, quotes and backslashes between: so walk along
 * both. A \x escape ends that, then the start of the text has to do.
 */
static bool place_walk(struct place *place, const char *end, const char *text, size_t offset)
{
	for (size_t i = 0; i <= offset; i++) {
		if (is_blank(text[i]) || is_continuation(text[i]))
			continue;
		while (place->at < end && text[i] && *place->at != text[i])
			place_step(place, end);
		if (i == offset || !text[i])
			return place->at < end || !text[i];
		if (place->at == end)
			return false;
		place_step(place, end);
	}
	return true;
}

void yaml_node_locate(const char *bytes, size_t size, const struct yaml_node *node, size_t offset,
		      unsigned *line, unsigned *column)
{
	const char *end = character_find(bytes, bytes + size, node->end);
	struct place place = {character_find(bytes, end, node->start), node->line, node->column};

	*line = node->line;
	*column = node->column;
	if (place.at < end && (*place.at == '|' || *place.at == '>')) {
		while (place.at < end && *place.at != '\n')
			place_step(&place, end);
	} else if (place.at < end && (*place.at == '"' || *place.at == '\'')) {
		place_step(&place, end);
	}
	if (!place_walk(&place, end, node->text, MIN(offset, node->size)))
		return;
	*line = place.line;
	*column = place.column;
}
