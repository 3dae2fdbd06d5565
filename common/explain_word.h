/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the explain*.c files only: the words of each vocabulary. */
#ifndef KWP_EXPLAIN_WORD_H
#define KWP_EXPLAIN_WORD_H

#include <stdbool.h>
#include <stdint.h>

#include "explain.h"

/* Called for each word with what it is, its name and its meaning. */
struct word_visit {
	void (*word)(const struct word_visit *visit, const char *kind, const char *name,
		     const char *help);
	void *data;
};

/* "  label   text", in lines of a terminal; nothing if text is NULL. */
void word_item(FILE *out, const char *label, const char *text);
/* The names of these types of events, as an item. */
void word_types(FILE *out, const char *label, uint64_t types);

/* explain_event.c, explain_key.c, explain_detect.c: print a word if it is theirs. */
bool explain_event(const char *name, FILE *out);
void explain_events(const struct word_visit *visit);
bool explain_key(const char *name, FILE *out);
void explain_keys(const struct word_visit *visit);
/* -ENOENT, 0, -ENOMEM */
int explain_detect(const char *name, FILE *out) MUST_CHECK;
int explain_detects(const struct word_visit *visit) MUST_CHECK;

#endif
