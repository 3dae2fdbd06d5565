/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A profile from options of a command line: they become the text of a profile, so
 * that one reader knows what is right and what is not.
 */
#ifndef KWP_ADHOC_H
#define KWP_ADHOC_H

#include "profile.h"

enum adhoc_kind {
	ADHOC_EXEC, ADHOC_READ, ADHOC_WRITE, ADHOC_EGRESS, ADHOC_INGRESS, ADHOC_SYSCALL,
	ADHOC_DETECT, ADHOC_EXCEPT, ADHOC_KIND_COUNT
};

struct adhoc_word {
	enum adhoc_kind kind;
	const char *text; /* borrowed */
};

struct adhoc {
	const char *profile; /* that it extends, NULL: none */
	struct adhoc_word *words;
	size_t words_count;
	bool isolate, kill, dry;
	bool excepts; /* there is an ADHOC_EXCEPT */
};

/* 0, -ENOMEM, or -EINVAL for what no text of a profile can hold (control bytes, nothing). */
int adhoc_add(struct adhoc *adhoc, enum adhoc_kind kind, const char *text) MUST_CHECK;
void adhoc_free(struct adhoc *adhoc);
/* Does it say anything at all? */
bool adhoc_any(const struct adhoc *adhoc);
/* The text of the profile; NULL: out of memory. */
char *adhoc_text(const struct adhoc *adhoc);
/* 0 and *out (profile_free()), or -errno, and all that is wrong was said in the words of the
 * command line. */
int adhoc_profile(const struct adhoc *adhoc, struct profile **out) MUST_CHECK;
/* What in an enforced profile leaves nothing that can run or be written, in words, or NULL: a slip
 * of the hand that locks everybody out. */
const char *adhoc_stops_all(const struct profile *profile);

#endif
