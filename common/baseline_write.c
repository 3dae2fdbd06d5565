/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines of a baseline. */
#include "baseline.h"

#include <string.h>

#include "escape.h"

static const char *const head_keys[] = {
#define X(id, name) name,
	BASELINE_HEAD(X)
#undef X
};

/* What JSON takes as it is and YAML does not: DEL, and U+FFFE, U+FFFF. Returns its bytes. */
static size_t special_size(const char *at, size_t size)
{
	if (*at == 0x7f)
		return 1;
	if (size >= 3 && !memcmp(at, "\xef\xbf", 2) && (at[2] == '\xbe' || at[2] == '\xbf'))
		return 3;
	return 0;
}

static void put_quoted(struct buffer *out, struct text text)
{
	size_t from = 0;

	buffer_byte(out, '"');
	for (size_t i = 0; i < text.size;) {
		size_t size = special_size(text.bytes + i, text.size - i);

		if (!size) {
			i++;
			continue;
		}
		escape_json(out, (struct text){text.bytes + from, i - from});
		buffer_string(out, size == 1			 ? "\\u007f"
				   : text.bytes[i + 2] == '\xbe' ? "\\ufffe"
								 : "\\uffff");
		i += size;
		from = i;
	}
	escape_json(out, (struct text){text.bytes + from, text.size - from});
	buffer_byte(out, '"');
}

void baseline_put_head(struct buffer *out, const struct baseline_head *head)
{
	buffer_string(out, "# What kwp diff --record found; `kwp diff FILE` compares with it.\n");
	for (int i = 0; i < HEAD_COUNT; i++) {
		if (!head->value[i])
			continue;
		buffer_addf(out, "%s: ", head_keys[i]);
		put_quoted(out, text_of(head->value[i]));
		buffer_byte(out, '\n');
	}
}

void baseline_put_begin(struct buffer *out, enum section section, bool any)
{
	buffer_addf(out, any ? "%s:\n" : "%s: []\n", sections[section].name);
}

void baseline_put_item(struct buffer *out, const struct item *item)
{
	const struct section_row *row = &sections[item->section];

	buffer_addf(out, "  - {%s: ", row->key);
	put_quoted(out, item->name);
	for (size_t i = 0; i < row->count; i++) {
		if (!item->value[i].bytes)
			continue;
		buffer_addf(out, ", %s: ", row->attributes[i].key);
		put_quoted(out, item->value[i]);
	}
	buffer_string(out, "}\n");
}

void baseline_put_section(struct buffer *out, const struct items *items, enum section section)
{
	bool any = false;

	if (!(items->looked & 1u << section))
		return;
	for (size_t i = 0; i < items->count; i++) {
		if (items->list[i].section != section)
			continue;
		if (!any)
			baseline_put_begin(out, section, true);
		any = true;
		baseline_put_item(out, &items->list[i]);
	}
	if (!any)
		baseline_put_begin(out, section, false);
}
