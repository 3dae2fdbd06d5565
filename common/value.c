/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "digits.h"
#include "field_get.h"
#include "line.h"
#include "process.h"

void value_device(struct value *out, uint32_t device)
{
	char *end = digits_put(out->buffer, device >> 20);

	*end++ = ':';
	value_buffer(out, digits_put(end, device & 0xfffff) - out->buffer);
}

void value_mode(struct value *out, uint32_t mode)
{
	for (int i = 0; i < 4; i++)
		out->buffer[i] = '0' + (mode >> (9 - 3 * i) & 7);
	value_buffer(out, 4);
}

void value_flags(struct value *out, enum name_table table, uint64_t flags)
{
	/* The same few values come again and again. */
	static struct {
		uint64_t flags;
		char text[48];
		uint8_t size, table; /* size 0: empty */
	} known[64];
	const size_t at = (flags ^ flags >> 6 ^ flags >> 15 ^ table * 7) % ARRAY_SIZE(known);
	size_t size;

	if (known[at].size && known[at].flags == flags && known[at].table == table) {
		out->kind = VALUE_TEXT;
		out->text = (struct text){known[at].text, known[at].size};
		return;
	}
	size = name_flags(table, flags, out->buffer, sizeof(out->buffer));
	value_buffer(out, size);
	if (size >= sizeof(known[at].text))
		return;
	known[at].flags = flags;
	known[at].table = table;
	known[at].size = size;
	memcpy(known[at].text, out->buffer, size);
}

static void print_list(struct line *line, struct text list)
{
	for (size_t at = 0; at < list.size;) {
		size_t size = strnlen(list.bytes + at, list.size - at);

		if (at)
			line_puts(line, " ");
		line_add(line, list.bytes + at, size);
		at += size + 1;
	}
}

static void print_digits(struct line *line, const struct value *value)
{
	static struct digits_times times;
	char text[DIGITS_MAX], *end;

	if (value->kind == VALUE_NUMBER)
		end = digits_put_signed(text, value->number);
	else if (value->kind == VALUE_TIME)
		end = digits_put_time(text, value->time, &times);
	else
		end = digits_put_address(text, value->address.bytes, value->address.v6);
	line_add(line, text, end - text);
}

size_t value_print(const struct value *value, char *out, size_t size)
{
	struct line line = line_start(out, size);

	switch (value->kind) {
	case VALUE_NUMBER:
	case VALUE_TIME:
	case VALUE_ADDRESS:
		print_digits(&line, value);
		break;
	case VALUE_BOOL:
		line_puts(&line, value->number ? "true" : "false");
		break;
	case VALUE_TEXT:
		line_add(&line, value->text.bytes, value->text.size);
		break;
	case VALUE_LIST:
		print_list(&line, value->text);
		break;
	case VALUE_PROCESSES:
		for (const struct process *p = value->process; p; p = p->parent)
			line_printf(&line, "%s%s", line.length ? " <- " : "", p->comm);
		break;
	case VALUE_NONE:
	case VALUE_KIND_COUNT:
		break;
	}
	return line.length;
}
