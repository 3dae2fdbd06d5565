/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the tables of names_*.c are written down; for them and names.c only.
 *
 * Where one value has two names the first row is the one that is printed. A
 * flag of several bits stands before the flags that are parts of it.
 */
#ifndef KWP_NAMES_LIST_H
#define KWP_NAMES_LIST_H

#include "names.h"

struct name_row {
	const char *name;
	uint64_t value;
};

struct name_list {
	const struct name_row *rows;
	size_t count;
	uint64_t field;	    /* bits that hold one value; all others are flags */
	const char *prefix; /* that name_find() does not insist on */
};

/* A row of a macro or an enumerator of the C headers. */
/* clang-format off */
#define ROW(macro) {#macro, (uint64_t)(macro)}
/* clang-format on */
#define ALL_BITS (~0ull)

/* The list `stem` of the rows stem_rows[], whose number is a promise. */
#define NAME_LIST(stem, number, field_bits, prefix_text)                                           \
	_Static_assert(ARRAY_SIZE(stem##_rows) == (number), "rows of " #stem);                     \
	const struct name_list name_list_##stem = {                                                \
		.rows = stem##_rows,                                                               \
		.count = ARRAY_SIZE(stem##_rows),                                                  \
		.field = (field_bits),                                                             \
		.prefix = (prefix_text),                                                           \
	}

#define X(id, stem) extern const struct name_list name_list_##stem;
NAME_TABLES(X)
#undef X

#endif
