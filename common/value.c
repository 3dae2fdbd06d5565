/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "digits.h"
#include "field.h"
#include "line.h"
#include "process.h"

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
