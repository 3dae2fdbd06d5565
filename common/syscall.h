/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * System calls by number and by name, and one of them in words.
 *
 * Numbers are those of the machine that kwp is built for; compat means the
 * 32-bit calls (KWP_F_COMPAT), which are named on x86_64 only. A number out of
 * any range is unknown, never an error.
 */
#ifndef KWP_SYSCALL_H
#define KWP_SYSCALL_H

#include "event.h"

#define SYSCALL_LIMIT 512 /* every number that has a name is below */

/* What a call is about, in strace's sense of %file, %desc and so on. */
enum syscall_group {
	SYSCALL_FILE = 1 << 0, /* takes a path */
	SYSCALL_DESC = 1 << 1, /* takes or makes a descriptor (sockets are %network) */
	SYSCALL_NETWORK = 1 << 2,
	SYSCALL_PROCESS = 1 << 3, /* begins, ends, waits for or kills a process */
	SYSCALL_MEMORY = 1 << 4,
	SYSCALL_IPC = 1 << 5, /* of System V */
	SYSCALL_SIGNAL = 1 << 6,
	SYSCALL_CREDS = 1 << 7,
	SYSCALL_GROUPS = 8 /* how many there are */
};

/* Name of a number, NULL: unknown. */
const char *syscall_name(int nr, bool compat);
/* Native number of a name, -ENOENT: there is none on this machine. */
int syscall_find(const char *name, size_t size);
/* A name on this machine that is close to this misspelt one, or NULL. */
const char *syscall_suggest(const char *name, size_t size);

/* Bits of enum syscall_group; 0: unknown or in none. */
unsigned syscall_groups(int nr, bool compat);
/* The bit of a group's name ("file"), 0: there is none. */
unsigned syscall_group_find(const char *name, size_t size);
/* Name of the group 1 << index, NULL from SYSCALL_GROUPS on. */
const char *syscall_group_name(unsigned index);

/* How many arguments it takes; 6 if unknown. */
unsigned syscall_arguments(int nr, bool compat);
/*
 * Bit n: argument n of the native call is a user string (a path, a name). For
 * the kernel side, which reads those bytes. Compat calls have other numbers:
 * never use these bits for them.
 */
uint8_t syscall_text_arguments(int nr);

/*
 * Writes the call as strace prints it:
 *
 *	openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3
 *	unlink("/x") = -1 ENOENT (No such file or directory)
 *
 * string: those of the record, in the order of the bits of facts->text. Their
 * bytes are not escaped for a terminal, which is output.h's work; only '"' and
 * '\' get a backslash, so that no argument can end early. NUL-terminated, cut at size.
 * Returns the length that the whole text has.
 */
size_t syscall_format(const struct kwp_record *record, const struct kwp_syscall *facts,
		      const struct text string[KWP_STRINGS], char *out, size_t size);

#endif
