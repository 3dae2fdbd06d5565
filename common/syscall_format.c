/* SPDX-License-Identifier: GPL-2.0-only */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>

#include "line.h"
#include "syscall_table.h"

#define ERRNO_MAX 4095	  /* a result from -4095 on is an error, also of mmap */
#define RESTART_FIRST 512 /* ERESTARTSYS ...: the kernel's private errors */
#define RESTART_LAST 516

/* One call while it is written. */
struct call {
	struct line line;
	const struct syscall_row *row; /* NULL: unknown */
	const struct kwp_syscall *facts;
	const struct text *string;
	bool compat;
	unsigned strings; /* used so far */
	unsigned written; /* arguments, for the commas */
};

static void add_string(struct line *line, const struct text *text)
{
	line_puts(line, "\"");
	for (size_t i = 0; i < text->size; i++) {
		if (text->bytes[i] == '"' || text->bytes[i] == '\\')
			line_puts(line, "\\");
		line_add(line, text->bytes + i, 1);
	}
	line_puts(line, "\"");
}

static void add_name(struct line *line, enum name_table table, uint32_t value)
{
	char text[512];

	name_flags(table, value, text, sizeof(text));
	line_puts(line, text);
}

static void add_hex(struct line *line, uint64_t value, const char *zero)
{
	if (value)
		line_printf(line, "0x%llx", (unsigned long long)value);
	else
		line_puts(line, zero);
}

static void add_protocol(struct line *line, uint64_t family, uint32_t value)
{
	if (family == AF_INET || family == AF_INET6)
		add_name(line, NAME_PROTOCOL, value);
	else if (family == AF_NETLINK)
		add_name(line, NAME_NETLINK, value);
	else
		add_hex(line, value, "0");
}

/* Registers hold 64 bits of which an int argument is the lower half. */
static void add_number(struct line *line, enum argument_kind kind, uint64_t value, bool compat)
{
	int32_t low = (int32_t)value;

	switch (kind) {
	case A_INT:
	case A_FD:
	case A_UID:
		line_printf(line, "%d", low);
		break;
	case A_ATFD:
		if (low == AT_FDCWD)
			line_puts(line, "AT_FDCWD");
		else
			line_printf(line, "%d", low);
		break;
	case A_UINT:
		line_printf(line, "%u", (uint32_t)low);
		break;
	case A_LONG:
		line_printf(line, "%lld", compat ? (long long)low : (long long)value);
		break;
	case A_SIZE:
		line_printf(line, "%llu", (unsigned long long)value);
		break;
	case A_MODE:
	case A_OPEN_MODE:
		line_printf(line, "%#03o", (uint32_t)low);
		break;
	case A_HEX:
		add_hex(line, value, "0");
		break;
	default:
		add_hex(line, value, "NULL");
	}
}

/* Does the mode of open(2) count? It is garbage otherwise. */
static bool mode_counts(const struct call *call, unsigned i)
{
	uint64_t flags = i ? call->facts->arg[i - 1] : 0;

	return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
}

static void add_argument(struct call *call, unsigned i)
{
	enum argument_kind kind = call->row ? call->row->kind[i] : A_HEX;
	uint64_t value = call->facts->arg[i];
	const struct text *text = NULL;

	/* A string that was read stands for its pointer, whatever the table thinks. */
	if ((call->facts->text >> i & 1) && call->strings < KWP_STRINGS)
		text = &call->string[call->strings++];
	if (kind == A_NONE || (kind == A_OPEN_MODE && !mode_counts(call, i)))
		return;
	if (call->written++)
		line_puts(&call->line, ", ");
	if (text && text->bytes)
		add_string(&call->line, text);
	else if (kind >= A_NAMED)
		add_name(&call->line, (enum name_table)(kind - A_NAMED), (uint32_t)value);
	else if (kind == A_PROTOCOL_OF)
		add_protocol(&call->line, call->facts->arg[0], (uint32_t)value);
	else
		add_number(&call->line, kind, value, call->compat);
}

static void add_error(struct line *line, int number)
{
	const char *name = name_value(NAME_ERRNO, (uint64_t)number);

	/* Nobody sees these: the call begins again, or ends as EINTR. */
	if (number >= RESTART_FIRST && number <= RESTART_LAST && name)
		line_printf(line, "? %s", name);
	else if (name)
		line_printf(line, "-1 %s (%s)", name, strerror(number));
	else
		line_printf(line, "-1 (errno %d)", number);
}

static void add_result(struct line *line, const struct kwp_record *record,
		       const struct syscall_row *row)
{
	line_puts(line, ") = ");
	if (!(record->flags & KWP_F_RET))
		line_puts(line, "?");
	else if (record->ret < 0 && record->ret >= -ERRNO_MAX)
		add_error(line, (int)-record->ret);
	else if (row && (row->groups & SYSCALL_HEX))
		line_printf(line, "0x%llx", (unsigned long long)record->ret);
	else
		line_printf(line, "%lld", (long long)record->ret);
}

size_t syscall_format(const struct kwp_record *record, const struct kwp_syscall *facts,
		      const struct text string[KWP_STRINGS], char *out, size_t size)
{
	struct call call = {
		.line = line_start(out, size),
		.compat = record->flags & KWP_F_COMPAT,
		.facts = facts,
		.string = string,
	};

	call.row = syscall_row(record->nr, call.compat);
	if (call.row)
		line_printf(&call.line, "%s(", call.row->name);
	else
		line_printf(&call.line, "syscall_0x%x(", (unsigned)record->nr);
	for (unsigned i = 0; i < ARRAY_SIZE(facts->arg); i++)
		add_argument(&call, i);
	add_result(&call.line, record, call.row);
	return call.line.length;
}
