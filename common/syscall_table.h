/* SPDX-License-Identifier: GPL-2.0-only */
/* What syscall.c knows of a call, for syscall_format.c as well. */
#ifndef KWP_SYSCALL_TABLE_H
#define KWP_SYSCALL_TABLE_H

#include "names.h"
#include "syscall.h"

/* Kinds of arguments. A_NAMED and above: a number of the name table A_<id>. */
enum argument_kind {
	A_NONE,
	A_INT,	/* 32 bits, signed */
	A_UINT, /* 32 bits, unsigned */
	A_LONG, /* signed */
	A_SIZE, /* unsigned */
	A_HEX,	/* bits without names */
	A_PTR,	/* an address in user memory */
	A_FD,
	A_ATFD,	       /* a descriptor or AT_FDCWD */
	A_PATH,	       /* a string: the name of a file */
	A_TEXT,	       /* any other string */
	A_MODE,	       /* permissions, octal */
	A_OPEN_MODE,   /* the same, which only counts if the flags before it create a file */
	A_UID,	       /* or a group id; -1: leave it */
	A_PROTOCOL_OF, /* of socket(2): its meaning depends on the family */
	A_NAMED,
#define X(id, stem) A_##id = A_NAMED + NAME_##id,
	NAME_TABLES(X)
#undef X
};
_Static_assert((int)A_NAMED + NAME_TABLE_COUNT <= UINT8_MAX, "a kind is a byte");

/* Beside enum syscall_group: the result is an address. */
#define SYSCALL_HEX (1u << SYSCALL_GROUPS)

struct syscall_row {
	const char *name;
	uint16_t groups;
	uint8_t kind[6]; /* enum argument_kind */
};

/* NULL: unknown. */
const struct syscall_row *syscall_row(int nr, bool compat);

#endif
