/* SPDX-License-Identifier: GPL-2.0-only */
/* A value as JSON, written where the caller made room for it. */
#ifndef KWP_JSON_VALUE_H
#define KWP_JSON_VALUE_H

#include "digits.h"
#include "field.h"

/* Both return the end of what they wrote; no NUL is written. */
static inline char *json_put(char *to, const char *bytes, size_t size)
{
	memcpy(to, bytes, size);
	return to + size;
}

#define JSON_PUT(to, literal) json_put(to, literal, sizeof(literal) - 1)

/* Bytes that the value takes at most, beyond the slack of layout.h. */
size_t json_value_room(const struct value *value);
/* Writes the value; returns its end. times: of the values that were written before. */
char *json_value_put(char *to, const struct value *value, struct digits_times *times);

#endif
