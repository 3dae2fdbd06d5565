/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <string.h>

#include "syscall_file.h"
#include "syscall_system.h"
#include "syscall_table.h"
#include "syscall_task.h"
#include "word.h"

/* X(name, number on x86_64, on i386, on arm64, groups, kinds of the arguments);
 * -1: that machine lacks it. */
#define SYSCALLS(X)                                                                                \
	SYSCALLS_DESCRIPTORS(X)                                                                    \
	SYSCALLS_NAMES(X)                                                                          \
	SYSCALLS_MOUNTS(X)                                                                         \
	SYSCALLS_PROCESSES(X)                                                                      \
	SYSCALLS_CREDENTIALS(X)                                                                    \
	SYSCALLS_SIGNALS(X)                                                                        \
	SYSCALLS_MEMORY(X)                                                                         \
	SYSCALLS_TIME(X)                                                                           \
	SYSCALLS_SOCKETS(X)                                                                        \
	SYSCALLS_MESSAGES(X)                                                                       \
	SYSCALLS_KERNEL(X)                                                                         \
	SYSCALLS_GONE(X)

#define G_FILE SYSCALL_FILE
#define G_DESC SYSCALL_DESC
#define G_NETWORK SYSCALL_NETWORK
#define G_PROCESS SYSCALL_PROCESS
#define G_MEMORY SYSCALL_MEMORY
#define G_IPC SYSCALL_IPC
#define G_SIGNAL SYSCALL_SIGNAL
#define G_CREDS SYSCALL_CREDS
#define G_HEX SYSCALL_HEX

#define X(name, x86_64, i386, arm64, groups, ...) {#name, groups, {__VA_ARGS__}},
static const struct syscall_row rows[] = {SYSCALLS(X)};
#undef X
_Static_assert(ARRAY_SIZE(rows) == 469, "system calls");

#define X(name, x86_64, i386, arm64, groups, ...) ROW_##name,
enum { SYSCALLS(X) };
#undef X

/*
 * Number -> index of the row plus one. A call that a machine lacks gets a slot
 * of its own behind the limit, because an initialiser can't be left out: that way
 * the compiler still objects to a number given twice.
 */
#define SLOT(name, nr) [(nr) < 0 ? SYSCALL_LIMIT + ROW_##name : (nr)] = ROW_##name + 1,

#ifdef __x86_64__
#define X(name, x86_64, i386, arm64, groups, ...) SLOT(name, x86_64)
static const uint16_t native_rows[] = {SYSCALLS(X)};
#undef X
#define X(name, x86_64, i386, arm64, groups, ...) SLOT(name, i386)
static const uint16_t compat_rows[] = {SYSCALLS(X)};
#undef X
_Static_assert(ARRAY_SIZE(compat_rows) > SYSCALL_LIMIT, "every number has a slot");
#elif defined(__aarch64__)
#define X(name, x86_64, i386, arm64, groups, ...) SLOT(name, arm64)
static const uint16_t native_rows[] = {SYSCALLS(X)};
#undef X
static const uint16_t compat_rows[SYSCALL_LIMIT]; /* 32-bit Arm's are not known here */
#else
#error "kwp knows the system calls of x86_64 and arm64"
#endif
_Static_assert(ARRAY_SIZE(native_rows) > SYSCALL_LIMIT, "every number has a slot");

const struct syscall_row *syscall_row(int nr, bool compat)
{
	unsigned index;

	if (nr < 0 || nr >= SYSCALL_LIMIT)
		return NULL;
	index = compat ? compat_rows[nr] : native_rows[nr];
	return index ? &rows[index - 1] : NULL;
}

const char *syscall_name(int nr, bool compat)
{
	const struct syscall_row *row = syscall_row(nr, compat);

	return row ? row->name : NULL;
}

int syscall_find(const char *name, size_t size)
{
	for (int nr = 0; nr < SYSCALL_LIMIT; nr++) {
		const char *known = syscall_name(nr, false);

		if (known && strlen(known) == size && !memcmp(known, name, size))
			return nr;
	}
	return -ENOENT;
}

const char *syscall_suggest(const char *name, size_t size)
{
	unsigned best = ~0u;
	const char *found = NULL;

	for (int nr = 0; nr < SYSCALL_LIMIT; nr++) {
		const char *known = syscall_name(nr, false);
		unsigned distance;

		if (!known || !word_close(name, size, known))
			continue;
		distance = word_distance(name, size, known, strlen(known));
		if (distance < best) {
			best = distance;
			found = known;
		}
	}
	return found;
}

static bool row_takes(const struct syscall_row *row, enum argument_kind a, enum argument_kind b)
{
	for (unsigned i = 0; i < ARRAY_SIZE(row->kind); i++)
		if (row->kind[i] == a || row->kind[i] == b)
			return true;
	return false;
}

unsigned syscall_groups(int nr, bool compat)
{
	const struct syscall_row *row = syscall_row(nr, compat);
	unsigned groups;

	if (!row)
		return 0;
	groups = row->groups & ~SYSCALL_HEX;
	/* The kinds say most of it; the table holds what they do not. */
	if (row_takes(row, A_PATH, A_PATH))
		groups |= SYSCALL_FILE;
	if (!(groups & SYSCALL_NETWORK) && row_takes(row, A_FD, A_ATFD))
		groups |= SYSCALL_DESC;
	return groups;
}

static const char *const group_names[] = {
	"file", "desc", "network", "process", "memory", "ipc", "signal", "creds",
};
_Static_assert(ARRAY_SIZE(group_names) == SYSCALL_GROUPS, "one name per group");

const char *syscall_group_name(unsigned index)
{
	return index < SYSCALL_GROUPS ? group_names[index] : NULL;
}

unsigned syscall_group_find(const char *name, size_t size)
{
	for (unsigned i = 0; i < SYSCALL_GROUPS; i++)
		if (strlen(group_names[i]) == size && !memcmp(group_names[i], name, size))
			return 1u << i;
	return 0;
}

unsigned syscall_arguments(int nr, bool compat)
{
	const struct syscall_row *row = syscall_row(nr, compat);
	unsigned count = 0;

	if (!row)
		return ARRAY_SIZE(row->kind);
	while (count < ARRAY_SIZE(row->kind) && row->kind[count] != A_NONE)
		count++;
	return count;
}

uint8_t syscall_text_arguments(int nr)
{
	const struct syscall_row *row = syscall_row(nr, false);
	uint8_t bits = 0;

	for (unsigned i = 0; row && i < ARRAY_SIZE(row->kind); i++)
		if (row->kind[i] == A_PATH || row->kind[i] == A_TEXT)
			bits |= (uint8_t)(1u << i);
	return bits;
}
