/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The filter language, of --filter and of a rule's `when`:
 *
 *	expression := or
 *	or	   := and { "or" and }
 *	and	   := not { ("and" | ",") not }
 *	not	   := "not" not | "(" expression ")" | test
 *	test	   := FIELD ("==" | "!=" | "~" | "!~" | "<" | "<=" | ">" | ">=") WORD
 *		    | FIELD ["not"] "in" "(" WORD { "," WORD } ")"
 *		    | FIELD			(true when present and not false or 0)
 *
 * WORD is bare, 'single' or "double" quoted. "~" is an extended regular
 * expression found anywhere in the text. An address is compared to an address
 * or a CIDR prefix; a list is true if any of its texts is, a list of processes if the
 * name or the executable of any is. != !~ and `not in` are true when == ~ and `in`
 * are not. A test on a field that the event does not have is false, with != !~
 * and `not in` as well; only the operator `not` turns that round.
 *
 * A bare word ends at a blank, a comma or a parenthesis that it did not open. In double
 * quotes \" and \\ are a quote and a backslash; single quotes have no escapes.
 */
#ifndef KWP_FILTER_H
#define KWP_FILTER_H

#include "field.h"

struct filter;

/* Where and why a text is no filter. */
struct filter_error {
	size_t offset; /* in bytes from the start of the expression */
	char message[200];
};

/*
 * Parses expression (size bytes). 0 and *out, to be ended with filter_free();
 * -EINVAL and *error (may be NULL) with a sentence that names the place, the
 * misspelt field and a close one. Bounded: 64 KiB, 100 levels, 1,000 tests.
 */
int filter_parse(const char *expression, size_t size, struct filter **out,
		 struct filter_error *error) MUST_CHECK;
void filter_free(struct filter *filter);

/* NULL matches everything. */
bool filter_match(const struct filter *filter, const struct event *event);

/* Bits of the event types that can match, by the fields that they have: `and`
 * needs those of all its parts, `or` those of one, `not` none. A rule whose
 * `on` has none of these types can never match. */
uint64_t filter_types(const struct filter *filter);

/* Does a test of it name this field? */
bool filter_mentions(const struct filter *filter, const char *field);

/* What is known of an event before it is looked at. */
enum filter_case {
	FILTER_READ,  /* an OPEN for reading */
	FILTER_PLAIN, /* a MMAP_EXEC or MPROTECT of a file that a path leads to */
};
#define FILTER_NAMES 128
struct filter_names {
	struct text name[FILTER_NAMES]; /* borrowed from filters */
	size_t count;
};
/* Can it match an event of this type and case? false: only one whose file has one of the names
 * (last components) that were added to *names, or none at all; maybe true of one that can't. */
bool filter_wants(const struct filter *filter, enum kwp_type type, enum filter_case which,
		  struct filter_names *names);

/* A word that a field is compared with. */
struct filter_word {
	const struct field *field;
	struct text text; /* borrowed from the filter; VALUE_TEXT */
	int64_t number;	  /* VALUE_NUMBER */
};
/* Takes apart a filter that is nothing but tests for equality, joined by `or`: calls word()
 * for each of their words. false, maybe after some calls: it is more than that, or word()
 * returned false. */
bool filter_words(const struct filter *filter,
		  bool (*word)(const struct filter_word *word, void *data), void *data);

static inline void cleanup_filter(struct filter **f) { filter_free(*f); }
#define _cleanup_filter_ __attribute__((cleanup(cleanup_filter)))

#endif
