/* SPDX-License-Identifier: GPL-2.0-only */
/* The JSON Schema of what json.c writes, from the same table. */
#include "schema.h"

#include <string.h>

#include "escape.h"

static const char *const kinds[] = {
	[VALUE_NONE] = "",
	[VALUE_NUMBER] = "\"type\":\"integer\"",
	[VALUE_BOOL] = "\"type\":\"boolean\"",
	[VALUE_TEXT] = "\"type\":\"string\"",
	[VALUE_LIST] = "\"type\":\"array\",\"items\":{\"type\":\"string\"}",
	[VALUE_ADDRESS] = "\"type\":\"string\",\"anyOf\":[{\"format\":\"ipv4\"},"
			  "{\"format\":\"ipv6\"}]",
	[VALUE_TIME] = "\"type\":\"string\",\"format\":\"date-time\"",
	[VALUE_PROCESSES] = "\"type\":\"array\",\"maxItems\":32,\"items\":{\"type\":\"object\","
			    "\"properties\":{\"pid\":{\"type\":\"integer\"},"
			    "\"name\":{\"type\":\"string\"}}}",
};
_Static_assert(ARRAY_SIZE(kinds) == VALUE_KIND_COUNT, "a kind has no schema");

/* A part of the table whose names have the first `prefix` bytes in common. */
struct level {
	const struct field *table;
	size_t first, end, prefix;
	int depth;
};

static void string_add(struct buffer *out, const char *text, size_t size)
{
	buffer_byte(out, '"');
	escape_json(out, (struct text){text, size});
	buffer_byte(out, '"');
}

static void indent(struct buffer *out, int depth)
{
	buffer_byte(out, '\n');
	for (int i = 0; i < depth; i++)
		buffer_byte(out, ' ');
}

/* Types that can have the field, if not all of them can. */
static void types_add(const struct field *field, struct buffer *out)
{
	const uint64_t all = ((1ull << (KWP_TYPE_COUNT - 1)) - 1) << 1;
	const char *comma = "";

	if ((field->types & all) == all)
		return;
	buffer_string(out, ",\"x-events\":[");
	for (unsigned type = 1; type < KWP_TYPE_COUNT; type++) {
		const char *name = event_type_name(type);

		if (!(field->types >> type & 1) || !name)
			continue;
		buffer_string(out, comma);
		string_add(out, name, strlen(name));
		comma = ",";
	}
	buffer_byte(out, ']');
}

static void field_schema(const struct field *field, struct buffer *out)
{
	buffer_byte(out, '{');
	buffer_string(out, kinds[field->kind]);
	buffer_string(out, ",\"description\":");
	string_add(out, field->help, strlen(field->help));
	types_add(field, out);
	buffer_byte(out, '}');
}

/* How many fields from first on are in the same object, whose name has size bytes. */
static size_t group_length(const struct level *level, size_t first, size_t size)
{
	size_t i = first, whole = level->prefix + size + 1; /* with the dot */

	while (i < level->end && !strncmp(level->table[i].name, level->table[first].name, whole))
		i++;
	return i - first;
}

/* "properties" of a level; returns after its closing brace. */
static void level_add(const struct level *level, struct buffer *out)
{
	size_t length;

	buffer_string(out, "\"type\":\"object\",\"properties\":{");
	for (size_t i = level->first; i < level->end; i += length) {
		const char *name = level->table[i].name + level->prefix;
		size_t size = strcspn(name, ".");

		if (i > level->first)
			buffer_byte(out, ',');
		indent(out, level->depth);
		string_add(out, name, size);
		buffer_byte(out, ':');
		if (!name[size]) {
			field_schema(&level->table[i], out);
			length = 1;
			continue;
		}
		length = group_length(level, i, size);
		buffer_byte(out, '{');
		level_add(&(struct level){level->table, i, i + length, level->prefix + size + 1,
					  level->depth + 1}, out);
		buffer_byte(out, '}');
	}
	buffer_byte(out, '}');
}

void schema_add(const struct field *table, size_t count, struct buffer *out)
{
	buffer_addf(out, "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
			 "\"$id\":\"urn:kwp:event:%d\",\n\"title\":\"kwp event\",", KWP_SCHEMA);
	buffer_string(out, "\"description\":\"One line of kwp -o json: an act that a process did. "
			   "A key whose value is not known is absent.\",\n");
	level_add(&(struct level){table, 0, count, 0, 1}, out);
	buffer_string(out, "}\n");
}
