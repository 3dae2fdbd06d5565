/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>
#include <strings.h>

#include "line.h"
#include "names_list.h"

/* Numbers below this print in decimal: small ones are counts, big ones are
 * bits or letters. */
#define DECIMAL_BELOW 4096

static const struct name_list *const lists[] = {
#define X(id, stem) [NAME_##id] = &name_list_##stem,
	NAME_TABLES(X)
#undef X
};
_Static_assert(ARRAY_SIZE(lists) == NAME_TABLE_COUNT, "one list per table");

static const struct name_list *list_of(enum name_table table)
{
	return (unsigned)table < NAME_TABLE_COUNT ? lists[table] : NULL;
}

static const char *row_name(const struct name_list *list, uint64_t value)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->rows[i].value == value)
			return list->rows[i].name;
	return NULL;
}

const char *name_value(enum name_table table, uint64_t value)
{
	const struct name_list *list = list_of(table);

	return list ? row_name(list, value) : NULL;
}

static void add_number(struct line *line, uint64_t value)
{
	line_printf(line, value < DECIMAL_BELOW ? "%llu" : "0x%llx", (unsigned long long)value);
}

/* The bits that hold one value. Zero without a name says nothing. */
static void add_field(struct line *line, const struct name_list *list, uint64_t value)
{
	const char *name = row_name(list, value);

	if (name)
		line_puts(line, name);
	else if (value)
		add_number(line, value);
}

static void add_flags(struct line *line, const struct name_list *list, uint64_t rest)
{
	for (size_t i = 0; rest && i < list->count; i++) {
		uint64_t flag = list->rows[i].value;

		if (!(flag & ~list->field) || (rest & flag) != flag)
			continue;
		line_printf(line, "%s%s", line->length ? "|" : "", list->rows[i].name);
		rest &= ~flag;
	}
	if (rest)
		line_printf(line, "%s0x%llx", line->length ? "|" : "", (unsigned long long)rest);
}

size_t name_flags(enum name_table table, uint64_t value, char *out, size_t size)
{
	const struct name_list *list = list_of(table);
	struct line line = line_start(out, size);

	if (list && (list->field || !value))
		add_field(&line, list, value & list->field);
	if (list)
		add_flags(&line, list, value & ~list->field);
	else
		add_number(&line, value);
	if (!line.length)
		line_puts(&line, "0");
	return line.length;
}

static bool name_equal(const char *row, const char *name, size_t size)
{
	return strlen(row) == size && !strncasecmp(row, name, size);
}

bool name_find(enum name_table table, const char *name, size_t size, uint64_t *value)
{
	const struct name_list *list = list_of(table);

	for (size_t i = 0; list && i < list->count; i++) {
		const struct name_row *row = &list->rows[i];
		size_t skip = strlen(list->prefix);

		/* Not every row has its table's prefix: SOL_SOCKET, but also IPPROTO_TCP. */
		if (strncmp(row->name, list->prefix, skip))
			skip = 0;
		if (name_equal(row->name, name, size) || name_equal(row->name + skip, name, size)) {
			*value = row->value;
			return true;
		}
	}
	return false;
}

size_t name_set(enum name_table table, uint64_t bits, char separator, char *out, size_t size)
{
	struct line line = line_start(out, size);
	size_t whole = 0;

	for (unsigned bit = 0; bit < 64; bit++) {
		char piece[128] = {separator};
		size_t lead = whole && separator, length;

		if (!(bits >> bit & 1))
			continue;
		/* A separator of NUL is the one that ends the name. */
		length = lead + name_flags(table, bit, piece + lead, sizeof(piece) - lead) +
			 !separator;
		if (whole == line.length && whole + length < size)
			line_add(&line, piece, length);
		whole += length;
	}
	return whole;
}

void name_each(enum name_table table, bool (*visit)(const char *name, uint64_t value, void *data),
	       void *data)
{
	const struct name_list *list = list_of(table);

	for (size_t i = 0; list && i < list->count; i++)
		if (!visit(list->rows[i].name, list->rows[i].value, data))
			return;
}
