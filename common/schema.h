/* SPDX-License-Identifier: GPL-2.0-only */
/* The JSON Schema of what json.h writes. */
#ifndef KWP_SCHEMA_H
#define KWP_SCHEMA_H

#include "buffer.h"
#include "field.h"

/* Appends the schema (2020-12) of the table's fields, a line for each. */
void schema_add(const struct field *table, size_t count, struct buffer *out);

#endif
