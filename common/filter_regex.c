/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Regular expressions, bounded before the C library sees them: regcomp()
 * copies what it repeats, so "((a{255}){255}){255}" would take all memory.
 * (glibc 2.36; "x+" is copied once too.) Back-references, which POSIX does
 * not have in extended expressions, take exponential time.
 */
#include "filter_tree.h"

#include <errno.h>
#include <regex.h>
#include <string.h>

#include "fnv.h"

#define COST_MAX 2000 /* characters, groups and operators after all repetition */
#define GROUPS_MAX 50 /* parentheses in each other */
#define NEST_MAX 4    /* repetitions in each other: "(((a?)+)+)+" takes time to the power of them */

/* Of a part of the expression. */
struct cost {
	size_t sum;
	unsigned nest; /* repetitions in each other */
};

struct scan {
	struct cost group[GROUPS_MAX + 1]; /* that are open; the first is the whole */
	struct cost last;		   /* what a repetition would repeat */
	unsigned depth;
	bool repeated; /* the last thing was a repetition */
};

static void scan_add(struct scan *scan, struct cost part)
{
	struct cost *group = &scan->group[scan->depth];

	group->sum += part.sum;
	group->nest = MAX(group->nest, part.nest);
	scan->last = part;
	scan->repeated = false;
}

static const char *scan_repeat(struct scan *scan, size_t times)
{
	struct cost *group = &scan->group[scan->depth];
	size_t more = scan->last.sum * (times - 1) + 1; /* the operator is a node as well */

	if (scan->repeated)
		return "two repetitions in a row";
	if (++scan->last.nest > NEST_MAX)
		return "too many repetitions in each other";
	scan->repeated = true;
	scan->last.sum += more;
	group->sum += more;
	group->nest = MAX(group->nest, scan->last.nest);
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

static const char *scan_group(struct scan *scan, char c)
{
	struct cost group;

	if (c == '(') {
		if (scan->depth == GROUPS_MAX)
			return "too many parentheses";
		scan->group[++scan->depth] = (struct cost){0};
		scan->repeated = false;
	} else if (scan->depth) {
		group = scan->group[scan->depth--];
		if (!group.sum)
			return "an empty group";
		group.sum++;
		scan_add(scan, group);
	}
	return NULL;
}

/* Why the expression may not be compiled, or NULL. */
static const char *pattern_refusal(const char *pattern, size_t size)
{
	const struct cost one = {.sum = 1};
	struct scan scan = {0};
	const char *why = NULL;

	if (size > FILTER_REGEX_MAX)
		return "it has more than 1024 bytes";
	if (memchr(pattern, '\0', size))
		return "it has a NUL byte";
	for (size_t at = 0; at < size && !why; at++) {
		char c = pattern[at];

		if (c == '(' || c == ')') {
			why = scan_group(&scan, c);
		} else if (c == '{') {
			why = scan_repeat(&scan, braces_times(pattern, &at, size));
		} else if (c == '+' || c == '*' || c == '?') {
			why = scan_repeat(&scan, c == '+' ? 2 : 1);
		} else if (c == '[') {
			at = bracket_end(pattern, at, size) - 1;
			scan_add(&scan, one);
		} else if (c == '\\' && at + 1 < size) {
			if (pattern[++at] >= '0' && pattern[at] <= '9')
				return "there are no back-references";
			scan_add(&scan, one);
		} else {
			scan_add(&scan, one);
		}
		if (scan.group[scan.depth].sum > COST_MAX)
			why = "it repeats too much";
	}
	return why;
}

#define MEMO 16	    /* texts that a regular expression remembers, a power of two */
#define MEMO_TEXT 54 /* bytes of one at most */

/* What was said of a text: events have the same programs, names and flags again and again. */
struct memo {
	uint64_t hash;
	uint8_t size;
	bool matched, used;
	char bytes[MEMO_TEXT];
};

struct regex {
	regex_t compiled;
	struct memo memo[MEMO];
};

int regex_new(struct text pattern, struct regex **out, char *reason, size_t reason_size)
{
	const char *refusal = pattern_refusal(pattern.bytes, pattern.size);
	_cleanup_free_ char *terminated = NULL;
	_cleanup_free_ struct regex *regex = NULL;
	int err;

	if (refusal) {
		snprintf(reason, reason_size, "%s", refusal);
		return -EINVAL;
	}
	terminated = strndup(pattern.bytes, pattern.size);
	regex = calloc(1, sizeof(*regex));
	if (!terminated || !regex)
		return -ENOMEM;
	err = regcomp(&regex->compiled, terminated, REG_EXTENDED | REG_NOSUB);
	if (err) {
		regerror(err, &regex->compiled, reason, reason_size);
		return err == REG_ESPACE ? -ENOMEM : -EINVAL;
	}
	*out = take_ptr(regex);
	return 0;
}

void regex_end(struct regex *regex)
{
	if (!regex)
		return;
	regfree(&regex->compiled);
	free(regex);
}

static uint64_t text_hash(struct text text)
{
	const uint64_t hash = fnv_add(FNV_BEGIN, text.bytes, text.size);

	return hash ^ hash >> 29;
}

static bool regex_run(const struct regex *regex, struct text text)
{
	/* With bounds instead of a NUL, a NUL in the text can't hide what follows it. */
	regmatch_t bounds = {.rm_so = 0, .rm_eo = (regoff_t)text.size};

	return !regexec(&regex->compiled, text.bytes ? text.bytes : "", 1, &bounds, REG_STARTEND);
}

bool regex_match(struct regex *regex, struct text text)
{
	struct memo *memo;
	uint64_t hash;

	if (!text.bytes || text.size > MEMO_TEXT)
		return regex_run(regex, text);
	hash = text_hash(text);
	memo = &regex->memo[hash & (MEMO - 1)];
	if (memo->used && memo->hash == hash && memo->size == text.size &&
	    !memcmp(memo->bytes, text.bytes, text.size))
		return memo->matched;
	*memo = (struct memo){.hash = hash, .size = text.size, .used = true,
			      .matched = regex_run(regex, text)};
	memcpy(memo->bytes, text.bytes, text.size);
	return memo->matched;
}
