/* SPDX-License-Identifier: GPL-2.0-only */
/* Events as JSON, one object a line. */
#ifndef KWP_JSON_H
#define KWP_JSON_H

#include "buffer.h"
#include "field.h"

struct json;

/* A writer of the fields of table that are in only (NULL: of all); both are
 * borrowed. 0, -ENOMEM, or -EINVAL for a table that has no JSON form. */
int json_new(const struct field *table, size_t count, const struct field **only,
	     size_t only_count, bool redact, struct json **out) MUST_CHECK;
void json_free(struct json *json);
/* Appends the event and a newline, or nothing when memory is out (line->failed). */
void json_event(struct json *json, const struct event *event, struct buffer *line);

#endif
