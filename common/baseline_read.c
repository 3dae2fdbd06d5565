/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A strict reader of baselines: of exactly the YAML that baseline_write.c makes. An item is a
 * line, so that 30,000 of them take milliseconds and no memory; any other YAML is refused.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "baseline.h"
#include "log.h"

static const char *const head_keys[] = {
#define X(id, name) name,
	BASELINE_HEAD(X)
#undef X
};

struct baseline {
	FILE *file;
	char *name;
	unsigned line; /* number of the one in bytes */
	char *bytes;   /* of the line, without its newline */
	size_t room;
	bool waits;	   /* the line was read and not used */
	size_t at, filled; /* of block: what was not read yet */
	struct baseline_head head;
	enum section section; /* SECTION_COUNT: none began */
	uint32_t seen;
	struct buffer last; /* name of the item before */
	char block[65536];
};

/* Where in a line, and why it is wrong. */
struct cursor {
	struct baseline *baseline;
	char *at;
};

static int PRINTF(2, 3) fail_at(const struct cursor *cursor, const char *format, ...)
{
	char message[200];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	log_error("%s:%u:%zu: %s", cursor->baseline->name, cursor->baseline->line,
		  cursor->at - cursor->baseline->bytes + 1, message);
	return -EBADMSG;
}

/* ---- lines ---- */

/* Takes size bytes of the block as the end of the line so far. */
static int line_append(struct baseline *b, size_t *used, size_t size)
{
	if (*used + size + 1 > b->room) {
		size_t room = MAX(*used + size + 1, 2 * b->room);
		char *more = room <= BASELINE_LINE_MAX ? realloc(b->bytes, room) : NULL;

		if (!more) {
			log_error("%s:%u: the line is too long", b->name, b->line + 1);
			return -EBADMSG;
		}
		b->bytes = more;
		b->room = room;
	}
	memcpy(b->bytes + *used, b->block + b->at, size);
	*used += size;
	b->at += size;
	b->bytes[*used] = 0;
	return 0;
}

/* One line: 1; 0 at the end; -EBADMSG or -errno, said. */
static int line_fill(struct baseline *b)
{
	size_t used = 0;
	bool ended = false;
	int err;

	while (!ended) {
		const char *newline;

		if (b->at == b->filled) {
			b->at = 0;
			b->filled = fread(b->block, 1, sizeof(b->block), b->file);
			if (ferror(b->file))
				return log_errno(-errno, "cannot read %s", b->name);
			if (!b->filled)
				break;
		}
		newline = memchr(b->block + b->at, '\n', b->filled - b->at);
		ended = newline != NULL;
		err = line_append(b, &used,
				  newline ? (size_t)(newline - b->block) - b->at
					  : b->filled - b->at);
		if (err)
			return err;
		b->at += ended;
	}
	if (!ended && !used)
		return 0;
	b->line++;
	if (!ended || memchr(b->bytes, 0, used)) {
		log_error("%s:%u: %s", b->name, b->line,
			  ended ? "a NUL byte" : "the file is cut off");
		return -EBADMSG;
	}
	return 1;
}

/* The next line that says something. */
static int line_next(struct baseline *b)
{
	int got = 1;

	if (b->waits) {
		b->waits = false;
		return 1;
	}
	do
		got = line_fill(b);
	while (got > 0 && (!b->bytes[0] || b->bytes[0] == '#'));
	return got;
}

/* ---- texts ---- */

/* "text", which is unescaped where it stands. */
static int text_read(struct cursor *cursor, struct text *out)
{
	char *const start = cursor->at;
	char *from = start + 1, *to = start;

	if (*start != '"')
		return fail_at(cursor, "a text in double quotes was expected");
	while (*from && *from != '"') {
		if (*from != '\\') {
			*to++ = *from++;
			continue;
		}
		cursor->at = from++;
		if (!baseline_unescape(&from, &to))
			return fail_at(cursor, "this is no escape that kwp writes");
	}
	if (!*from)
		return fail_at(cursor, "the text has no end");
	cursor->at = from + 1;
	*out = (struct text){start, to - start};
	return 0;
}

/* "word: ", or nothing: the size is 0 then. */
static struct text key_read(struct cursor *cursor)
{
	size_t size = strcspn(cursor->at, ": \"");
	struct text key = {cursor->at, size};

	if (!size || strncmp(cursor->at + size, ": ", 2))
		return (struct text){NULL, 0};
	cursor->at += size + 2;
	return key;
}

static bool word_skip(struct cursor *cursor, const char *word)
{
	size_t size = strlen(word);

	if (strncmp(cursor->at, word, size))
		return false;
	cursor->at += size;
	return true;
}

/* ---- the head ---- */

static int head_place(struct text key)
{
	for (int i = 0; i < HEAD_COUNT; i++)
		if (text_equal(key, text_of(head_keys[i])))
			return i;
	return -1;
}

static int head_line(struct baseline *b)
{
	struct cursor cursor = {b, b->bytes}, begin = cursor;
	struct text value, key = key_read(&cursor);
	int err, place = head_place(key);

	if (place < 0)
		return fail_at(&begin, "this key is not one of a baseline's head");
	if (b->head.value[place])
		return fail_at(&begin, "a duplicate key");
	err = text_read(&cursor, &value);
	if (err)
		return err;
	if (*cursor.at)
		return fail_at(&cursor, "nothing may follow the text");
	b->head.value[place] = strndup(value.bytes, value.size);
	return b->head.value[place] ? 0 : -ENOMEM;
}

/* Up to the first section, which waits. */
static int head_read(struct baseline *b)
{
	int got;

	while ((got = line_next(b)) > 0) {
		size_t size = strcspn(b->bytes, ":");

		if (!b->head.value[HEAD_VERSION] && strncmp(b->bytes, "kwp-baseline: ", 14)) {
			log_error("%s is no baseline: it does not begin with 'kwp-baseline'",
				  b->name);
			return -EBADMSG;
		}
		if (section_find(b->bytes, size) != SECTION_COUNT) {
			b->waits = true;
			break;
		}
		got = head_line(b);
		if (got)
			return got;
	}
	if (got < 0)
		return got;
	if (!b->head.value[HEAD_VERSION]) {
		log_error("%s is no baseline: it does not begin with 'kwp-baseline'", b->name);
		return -EBADMSG;
	}
	if (strcmp(b->head.value[HEAD_VERSION], BASELINE_VERSION)) {
		log_error("%s is of another version of kwp (format %s, this one reads %s)", b->name,
			  b->head.value[HEAD_VERSION], BASELINE_VERSION);
		return -EBADMSG;
	}
	return 0;
}

int baseline_open_file(FILE *file, const char *name, struct baseline **out)
{
	struct baseline *b = calloc(1, sizeof(*b));
	int err;

	if (!b) {
		fclose(file);
		return -ENOMEM;
	}
	b->file = file;
	/* The block is the only buffer. */
	setvbuf(file, NULL, _IONBF, 0);
	b->section = SECTION_COUNT;
	b->name = strdup(name);
	err = b->name ? head_read(b) : -ENOMEM;
	if (err)
		baseline_close(b);
	else
		*out = b;
	return err;
}

int baseline_open(const char *path, struct baseline **out)
{
	FILE *file = fopen(path, "re");

	if (!file)
		return log_errno(-errno, "cannot read %s", path);
	return baseline_open_file(file, path, out);
}

void baseline_close(struct baseline *b)
{
	if (!b)
		return;
	fclose(b->file);
	free(b->name);
	free(b->bytes);
	baseline_head_free(&b->head);
	buffer_free(&b->last);
	free(b);
}

const struct baseline_head *baseline_head(const struct baseline *b)
{
	return &b->head;
}

uint32_t baseline_sections(const struct baseline *b)
{
	return b->seen;
}

/* ---- items ---- */

/* "files:" or "files: []". */
static int section_line(struct baseline *b)
{
	struct cursor cursor = {b, b->bytes};
	size_t size = strcspn(b->bytes, ":");
	enum section section = section_find(b->bytes, size);
	const char *rest = b->bytes + size;

	if (section == SECTION_COUNT || (strcmp(rest, ":") && strcmp(rest, ": []")))
		return fail_at(&cursor, "this is neither a section nor an item");
	if (b->seen >> section)
		return fail_at(&cursor, "the section '%s' is not in its place",
			       sections[section].name);
	b->seen |= 1u << section;
	b->section = rest[1] ? SECTION_COUNT : section;
	b->last.size = 0;
	return 0;
}

static int attribute_read(struct cursor *cursor, const struct section_row *row, struct item *item)
{
	struct cursor begin = *cursor;
	struct text key = key_read(cursor);

	for (size_t i = 0; i < row->count; i++) {
		if (!key.size || !text_equal(key, text_of(row->attributes[i].key)))
			continue;
		if (item->value[i].bytes)
			return fail_at(&begin, "a duplicate key");
		return text_read(cursor, &item->value[i]);
	}
	return fail_at(&begin, "an item of '%s' has no such key", row->name);
}

/* Files come one by one and are compared so: their order must be the order of a walk. */
static int name_check(const struct cursor *cursor, const struct item *item)
{
	struct baseline *b = cursor->baseline;
	const bool files = item->section == SECTION_FILES;
	int order = path_order((struct text){b->last.bytes, b->last.size}, item->name);

	if (b->last.size && (order > 0 || (files && order == 0)))
		return fail_at(cursor, "this item is not in its place");
	if (files && (!item->name.size || item->name.bytes[0] != '/'))
		return fail_at(cursor, "a path must begin with '/'");
	b->last.size = 0;
	buffer_add(&b->last, item->name.bytes, item->name.size);
	return b->last.failed ? -ENOMEM : 0;
}

static int item_line(struct baseline *b, struct item *out)
{
	struct cursor cursor = {b, b->bytes}, begin = cursor;
	const struct section_row *row = &sections[b->section];
	struct item item = {.section = b->section};
	int err;

	if (!word_skip(&cursor, "  - {") || !text_equal(key_read(&cursor), text_of(row->key)))
		return fail_at(&cursor, "an item of '%s' begins with \"  - {%s: \"", row->name,
			       row->key);
	err = text_read(&cursor, &item.name);
	while (!err && word_skip(&cursor, ", "))
		err = attribute_read(&cursor, row, &item);
	if (err)
		return err;
	if (strcmp(cursor.at, "}"))
		return fail_at(&cursor, "', ' or the '}' that ends the item was expected");
	err = name_check(&begin, &item);
	if (!err)
		*out = item;
	return err ?: 1;
}

int baseline_next(struct baseline *b, struct item *out)
{
	int got;

	while ((got = line_next(b)) > 0) {
		if (b->bytes[0] == ' ' && b->section != SECTION_COUNT)
			return item_line(b, out);
		got = section_line(b);
		if (got)
			return got;
	}
	if (!got && !(b->seen & 1u << SECTION_COMPLETE)) {
		log_error("%s:%u: the section 'complete' is missing: the file is cut off", b->name,
			  b->line);
		return -EBADMSG;
	}
	return got;
}
