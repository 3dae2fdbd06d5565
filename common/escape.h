/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one escaper. Attackers choose file names and arguments: whatever a
 * terminal, a line reader or a JSON parser would take for more than text is
 * written as an escape.
 */
#ifndef KWP_ESCAPE_H
#define KWP_ESCAPE_H

#include "buffer.h"
#include "event.h"

/* Appends bytes for a terminal: control bytes, DEL, the backslash and whatever is not
 * valid UTF-8 become \xHH (C1 controls and U+2028/9, bidi overrides too). No
 * two texts have the same escaped form. */
void escape_text(struct buffer *out, struct text text);
/* The same as one word of a shell: in single quotes if it is empty or has
 * spaces, quotes or anything else that a shell would act on. */
void escape_word(struct buffer *out, struct text text);

/* Appends the inside of a JSON string; invalid UTF-8 becomes \\xHH text, so
 * that the result is always valid JSON and nothing is lost (a backslash that stands
 * before text of the form xHH becomes \\x5c). */
void escape_json(struct buffer *out, struct text text);

/* One byte becomes so many at most. */
#define ESCAPE_JSON_MAX 6
/* escape_json() into room for ESCAPE_JSON_MAX * size + 8 bytes; returns the end. */
char *escape_json_put(char *to, struct text text);

#endif
