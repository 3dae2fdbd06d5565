/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A line: text that is built in a buffer of fixed size. What does not fit is
 * dropped but counted, so that the caller learns the whole length, as from snprintf(3).
 */
#ifndef KWP_LINE_H
#define KWP_LINE_H

#include "util.h"

struct line {
	char *out;     /* borrowed */
	size_t size;   /* of out, NUL included; 0: only counts */
	size_t length; /* of the whole text, also of what did not fit */
};

/* Starts an empty, terminated text in out. */
struct line line_start(char *out, size_t size);
/* Each appends and keeps the text terminated. */
void line_add(struct line *line, const char *bytes, size_t size);
void line_puts(struct line *line, const char *text);
void line_printf(struct line *line, const char *format, ...) PRINTF(2, 3);

#endif
