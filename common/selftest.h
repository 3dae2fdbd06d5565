/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The self test of kwp audit: for each rule a harmless act that it must find. kwp does the
 * acts itself, in a child that it watches, by copies of its own file under the names that rules
 * look for: no shell and no other program is needed.
 *
 * Acts are words, such as "as ssh connect 2222"; see selftest_verb.c. They are done in
 * a mount, network, IPC and UTS namespace of their own, with empty directories in place of /etc and
 * others, and reach no further than 127.0.0.1.
 */
#ifndef KWP_SELFTEST_H
#define KWP_SELFTEST_H

#include "profile.h"

enum selftest_needs {
	SELFTEST_SANDBOX = 1 << 0, /* namespaces and mounts of its own: CAP_SYS_ADMIN */
	SELFTEST_DISK = 1 << 1,	   /* a directory that is not in memory */
	SELFTEST_HOOKS = 1 << 2,   /* a backend that sees acts before they are done */
};

struct selftest_row {
	const char *rule;
	const char *act; /* NULL: none that is harmless */
	unsigned needs;	 /* enum selftest_needs */
};
extern const struct selftest_row selftest_rows[];
extern const size_t selftest_rows_count;
/* The row of a rule, NULL: there is none. */
const struct selftest_row *selftest_find(const char *rule);

/* In the child: does all acts, or that of one rule (NULL: all), in a directory of its own, and
 * writes "RULE ERRNO" for each to the descriptor. An exit status. */
int selftest_stage(int report, const char *only);
/* In a child of that: one act, done under the name that the caller gave itself. An exit
 * status: 0, or an errno. */
int selftest_do(const char *act);

/* Parts of the two. */
#define SELFTEST_WORDS 16
/* The directory of the copies, by the environment. */
#define SELFTEST_DIRECTORY "KWP_SELFTEST"
/* Makes a copy of kwp by that name, if there is none; its path goes to out. 0 or -errno. */
int selftest_copy(const char *name, char out[4096]) MUST_CHECK;
/* Splits words at blanks; returns how many. words[count] is NULL. */
size_t selftest_split(char *text, char *words[SELFTEST_WORDS]);
/* Does an act of these words. 0 or -errno. */
int selftest_verb(char **words, size_t count) MUST_CHECK;

/* ---- what came of it ---- */

struct selftest {
	bool *seen;	/* by rule of the profile */
	const char *only; /* id, NULL: all */
	int report;	/* where the child's lines can be read */
	bool hooks;	/* the backend has such */
	bool json;
};
/* Prints the table. An exit status: 0: what could be tried was seen. */
int selftest_tell(const struct selftest *test, const struct profile *profile);

#endif
