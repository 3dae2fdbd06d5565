/* SPDX-License-Identifier: GPL-2.0-only */
/* The DETAILS column: what an event of each type says in a few words. */
#ifndef KWP_DETAIL_H
#define KWP_DETAIL_H

#include "buffer.h"
#include "field.h"

#define DETAIL_PARTS 8

/* The fields of each type's details, looked up once; NULL: the end. */
struct detail_fields {
	const struct field *field[KWP_TYPE_COUNT][DETAIL_PARTS];
	bool secret[KWP_TYPE_COUNT][DETAIL_PARTS]; /* it is to be redacted */
};

/* 0, or -EINVAL: the table of details names a field that does not exist. */
int detail_init(struct detail_fields *details) MUST_CHECK;
/* Appends the details of the event; scratch is for redaction, NULL: none is wanted. */
void detail_add(const struct detail_fields *details, const struct event *event,
		struct buffer *scratch, struct buffer *out);

/* Appends a value for a terminal, texts as words of a shell if `words`. */
void detail_value(const struct value *value, bool words, struct buffer *out);

#endif
