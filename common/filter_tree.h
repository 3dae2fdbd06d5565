/* SPDX-License-Identifier: GPL-2.0-only */
/* What a filter is made of; for the filter_*.c files only. */
#ifndef KWP_FILTER_TREE_H
#define KWP_FILTER_TREE_H

#include "filter.h"
#include "word.h"


#define FILTER_SIZE_MAX (64 * 1024)
#define FILTER_DEPTH_MAX 100
#define FILTER_TESTS_MAX 1000
#define FILTER_REGEX_MAX 1024 /* bytes of a regular expression */

/* `!=`, `!~` and `not in` are the negated forms. */
enum filter_op {
	OP_PRESENT,
	OP_EQUAL, /* any of the words: == and in */
	OP_REGEX,
	OP_LESS,
	OP_LESS_EQUAL,
	OP_GREATER,
	OP_GREATER_EQUAL,
};

/* A word as the kind of its field wants it. */
union operand {
	int64_t number; /* BOOL as well */
	uint64_t time;
	struct text text; /* borrowed from filter->words */
	struct prefix prefix;
};

struct filter_test {
	const struct field *field;
	enum filter_op op;
	bool negated;
	bool writes; /* OP_REGEX: begins with ^O_WRONLY or ^O_RDWR or both */
	struct regex *regex;	 /* OP_REGEX, else NULL */
	union operand *operands; /* sorted, if the kind has an order */
	size_t count;
};

enum filter_node_kind { NODE_TEST, NODE_NOT, NODE_AND, NODE_OR };

struct filter_node {
	enum filter_node_kind kind;
	struct filter_node *first; /* child of not, and, or */
	struct filter_node *next;  /* sibling */
	struct filter_test test;
};

struct filter {
	struct filter_node *root;
	char *words; /* the bytes of all words, unquoted */
};

/* filter_lexer.c: takes an expression apart. Each function skips blanks first. */
struct lexer {
	const char *bytes;
	size_t size, at;
	char *room; /* where the next unquoted word goes */
	struct filter_error *error;
};

/* Enough for lexer_show(). */
#define LEXER_SHOWN 48

/* Keeps the sentence, unless error is NULL; returns -EINVAL. */
int lexer_fail(struct lexer *lexer, size_t at, const char *format, ...) PRINTF(3, 4);
/* The bytes as they can stand in a message: cut, no control bytes. Returns out. */
const char *lexer_show(const char *bytes, size_t size, char out[LEXER_SHOWN]);
bool lexer_at_end(struct lexer *lexer);
/* Takes this one byte if it comes next. */
bool lexer_take(struct lexer *lexer, char c);
/* Takes this keyword if it comes next. */
bool lexer_keyword(struct lexer *lexer, const char *keyword);
/* Takes a name: letters, digits and "_.@-". */
bool lexer_name(struct lexer *lexer, struct text *out);
/* Takes a comparison. */
bool lexer_operator(struct lexer *lexer, enum filter_op *op, bool *negated);
/* Takes a word and unquotes it. 0 or -EINVAL. */
int lexer_word(struct lexer *lexer, struct text *out) MUST_CHECK;

/* filter_operand.c: makes words into operands. All say why they fail. */
int test_check(const struct filter_test *test, struct lexer *lexer, size_t at) MUST_CHECK;
int test_add(struct filter_test *test, struct text word, struct lexer *lexer, size_t at) MUST_CHECK;
void test_finish(struct filter_test *test);
void test_end(struct filter_test *test);
/* Orders two operands of that kind. */
int operand_compare(enum value_kind kind, const union operand *a, const union operand *b);

/* filter_regex.c: -EINVAL and a reason that has no full stop, -ENOMEM, or 0. */
int regex_new(struct text pattern, struct regex **out, char *reason, size_t reason_size) MUST_CHECK;
void regex_end(struct regex *regex);
/* Remembers what it said of short texts. */
bool regex_match(struct regex *regex, struct text text);

#endif
