/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Regular expressions, bounded before the C library sees them: regcomp()
 * copies what it repeats, so "((a{255}){255}){255}" would take all memory.
 * (glibc 2.36; "x+" is copied once too.) Back-references, which POSIX does
 * not have in extended expressions, take exponential time.
 */
#include "filter_tree.h"

#include <errno.h>
#include <string.h>

#define COST_MAX 2000 /* characters, groups and operators after all repetition */
#define GROUPS_MAX 50 /* parentheses in each other */

struct cost {
	size_t sum[GROUPS_MAX + 1]; /* of each open group */
	size_t atom;		    /* last part of the innermost sum: what a repetition repeats */
	unsigned depth;
	bool repeated; /* the last thing was a repetition */
};

static void cost_add(struct cost *cost, size_t atom)
{
	cost->atom = atom;
	cost->sum[cost->depth] += atom;
	cost->repeated = false;
}

static const char *cost_repeat(struct cost *cost, size_t times)
{
	size_t more = cost->atom * (times - 1) + 1; /* the operator is a node as well */

	if (cost->repeated)
		return "two repetitions in a row";
	cost->repeated = true;
	cost->atom += more;
	cost->sum[cost->depth] += more;
	return NULL;
}

/* Behind the bracket expression at at. */
static size_t bracket_end(const char *pattern, size_t at, size_t size)
{
	at++;
	at += at < size && pattern[at] == '^';
	at += at < size && pattern[at] == ']';
	while (at < size && pattern[at] != ']') {
		char class = at + 1 < size && pattern[at] == '[' ? pattern[at + 1] : '\0';

		at++;
		if (class != ':' && class != '.' && class != '=')
			continue;
		for (at++; at + 1 < size && (pattern[at] != class || pattern[at + 1] != ']');)
			at++;
		at += 2;
	}
	return MIN(at + 1, size);
}

/* How often {m}, {m,} or {m,n} at *at repeats; moves *at to its end. regcomp()
 * judges the syntax. */
static size_t braces_times(const char *pattern, size_t *at, size_t size)
{
	size_t most = 0, number = 0;

	for ((*at)++; *at < size && pattern[*at] != '}'; (*at)++) {
		char c = pattern[*at];

		number = c >= '0' && c <= '9' ? number * 10 + (size_t)(c - '0') : 0;
		number = MIN(number, (size_t)COST_MAX);
		most = MAX(most, number);
	}
	return most + 1; /* {m,} keeps one copy more, for the rest */
}

static const char *group_take(struct cost *cost, char c)
{
	size_t sum;

	if (c == '(') {
		if (cost->depth == GROUPS_MAX)
			return "too many parentheses";
		cost->sum[++cost->depth] = 0;
		cost->atom = 0;
		cost->repeated = false;
	} else if (cost->depth) {
		sum = cost->sum[cost->depth--];
		if (!sum)
			return "an empty group";
		cost_add(cost, sum + 1);
	}
	return NULL;
}

/* Why the expression may not be compiled, or NULL. */
static const char *pattern_refusal(const char *pattern, size_t size)
{
	struct cost cost = {0};
	const char *why = NULL;

	if (size > FILTER_REGEX_MAX)
		return "it has more than 1024 bytes";
	if (memchr(pattern, '\0', size))
		return "it has a NUL byte";
	for (size_t at = 0; at < size && !why; at++) {
		char c = pattern[at];

		if (c == '(' || c == ')') {
			why = group_take(&cost, c);
		} else if (c == '{') {
			why = cost_repeat(&cost, braces_times(pattern, &at, size));
		} else if (c == '+' || c == '*' || c == '?') {
			why = cost_repeat(&cost, c == '+' ? 2 : 1);
		} else if (c == '[') {
			at = bracket_end(pattern, at, size) - 1;
			cost_add(&cost, 1);
		} else if (c == '\\' && at + 1 < size) {
			if (pattern[++at] >= '0' && pattern[at] <= '9')
				return "there are no back-references";
			cost_add(&cost, 1);
		} else {
			cost_add(&cost, 1);
		}
		if (cost.sum[cost.depth] > COST_MAX)
			why = "it repeats too much";
	}
	return why;
}

int regex_new(struct text pattern, regex_t **out, char *reason, size_t reason_size)
{
	const char *refusal = pattern_refusal(pattern.bytes, pattern.size);
	_cleanup_free_ char *terminated = NULL;
	_cleanup_free_ regex_t *regex = NULL;
	int err;

	if (refusal) {
		snprintf(reason, reason_size, "%s", refusal);
		return -EINVAL;
	}
	terminated = strndup(pattern.bytes, pattern.size);
	regex = malloc(sizeof(*regex));
	if (!terminated || !regex)
		return -ENOMEM;
	err = regcomp(regex, terminated, REG_EXTENDED | REG_NOSUB);
	if (err) {
		regerror(err, regex, reason, reason_size);
		return err == REG_ESPACE ? -ENOMEM : -EINVAL;
	}
	*out = take_ptr(regex);
	return 0;
}

void regex_end(regex_t *regex)
{
	if (!regex)
		return;
	regfree(regex);
	free(regex);
}

bool regex_match(const regex_t *regex, struct text text)
{
	/* With bounds instead of a NUL, a NUL in the text can't hide what follows it. */
	regmatch_t bounds = {.rm_so = 0, .rm_eo = (regoff_t)text.size};

	return !regexec(regex, text.bytes ? text.bytes : "", 1, &bounds, REG_STARTEND);
}
