/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdarg.h>
#include <string.h>

#include "line.h"

struct line line_start(char *out, size_t size)
{
	if (size)
		out[0] = '\0';
	return (struct line){.out = out, .size = size};
}

void line_add(struct line *line, const char *bytes, size_t size)
{
	if (size && line->length + 1 < line->size) {
		size_t fits = MIN(size, line->size - 1 - line->length);

		memcpy(line->out + line->length, bytes, fits);
		line->out[line->length + fits] = '\0';
	}
	line->length += size;
}

void line_puts(struct line *line, const char *text)
{
	line_add(line, text, strlen(text));
}

void line_printf(struct line *line, const char *format, ...)
{
	size_t used = MIN(line->length, line->size ? line->size - 1 : 0);
	va_list args;
	int n;

	/* out may be NULL when size is 0; NULL + 0 is no pointer arithmetic that C allows. */
	va_start(args, format);
	n = vsnprintf(line->size ? line->out + used : NULL, line->size - MIN(used, line->size),
		      format, args);
	va_end(args);
	line->length += n > 0 ? (size_t)n : 0;
}
