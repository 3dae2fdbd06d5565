/* SPDX-License-Identifier: GPL-2.0-only */
/* What may be asked of which kind of field, and words made into operands of that kind. */
#include "filter_tree.h"

#include <errno.h>
#include <string.h>

static int read_number(struct text word, const struct field *field, union operand *out)
{
	size_t length = strlen(field->name);
	bool mode = length >= 5 && !strcmp(field->name + length - 5, ".mode");

	return word_number(word.bytes, word.size, mode, &out->number);
}

static int read_bool(struct text word, const struct field *field, union operand *out)
{
	static const struct {
		const char *word;
		int64_t number;
	} bools[] = {{"true", 1}, {"false", 0}, {"1", 1}, {"0", 0}};

	(void)field;
	for (size_t i = 0; i < ARRAY_SIZE(bools); i++) {
		if (word.size != strlen(bools[i].word) ||
		    memcmp(word.bytes, bools[i].word, word.size))
			continue;
		out->number = bools[i].number;
		return 0;
	}
	return -EINVAL;
}

static int read_text(struct text word, const struct field *field, union operand *out)
{
	(void)field;
	out->text = word;
	return 0;
}

static int read_address(struct text word, const struct field *field, union operand *out)
{
	(void)field;
	return word_prefix(word.bytes, word.size, &out->prefix);
}

static int read_time(struct text word, const struct field *field, union operand *out)
{
	(void)field;
	return word_time(word.bytes, word.size, &out->time);
}

#define OPS_PRESENT (1u << OP_PRESENT)
#define OPS_EQUAL (OPS_PRESENT | 1u << OP_EQUAL)
#define OPS_TEXT (OPS_EQUAL | 1u << OP_REGEX)
#define OPS_ORDER                                                                                  \
	(OPS_EQUAL | 1u << OP_LESS | 1u << OP_LESS_EQUAL | 1u << OP_GREATER |                      \
	 1u << OP_GREATER_EQUAL)

static const struct {
	const char *name; /* with its article */
	unsigned ops;	  /* bit per enum filter_op */
	const char *ops_text;
	int (*read)(struct text word, const struct field *field, union operand *out);
	const char *wants; /* the word that read() takes */
} kinds[] = {
	[VALUE_NONE] = {"nothing", 0, "no operator", NULL, NULL},
	[VALUE_NUMBER] = {"a number", OPS_ORDER, "== != < <= > >= in", read_number,
			  "a number such as 10 or 0x1f"},
	[VALUE_BOOL] = {"true or false", OPS_EQUAL, "== !=", read_bool, "true or false"},
	[VALUE_TEXT] = {"a text", OPS_TEXT, "== != ~ !~ in", read_text, NULL},
	[VALUE_LIST] = {"a list of texts", OPS_TEXT, "== != ~ !~ in", read_text, NULL},
	[VALUE_ADDRESS] = {"an address", OPS_EQUAL, "== != in", read_address,
			   "an address or a prefix such as 10.0.0.0/8"},
	[VALUE_TIME] = {"a time", OPS_ORDER, "== != < <= > >= in", read_time,
			"a time such as 2026-01-02T03:04:05Z"},
	[VALUE_PROCESSES] = {"a list of processes", OPS_TEXT, "== != ~ !~ in", read_text, NULL},
};
_Static_assert(ARRAY_SIZE(kinds) == VALUE_KIND_COUNT, "a row for each kind of value");

int test_check(const struct filter_test *test, struct lexer *lexer, size_t at)
{
	enum value_kind kind = test->field->kind;

	if (kinds[kind].ops >> test->op & 1)
		return 0;
	return lexer_fail(lexer, at, "'%s' is %s and has %s only", test->field->name,
			  kinds[kind].name, kinds[kind].ops_text);
}

/* Can no flags of an open for reading match, which begin with O_RDONLY? Another alternative at
 * the outermost level, or a repeat of what was compared, would let them. */
static bool pattern_writes(struct text pattern)
{
	static const char *const begins[] = {"^O_WRONLY", "^O_RDWR", "^O_(WRONLY|RDWR)",
					     "^O_(RDWR|WRONLY)"};

	for (size_t i = 0; i < ARRAY_SIZE(begins); i++) {
		const size_t size = strlen(begins[i]);
		const char *rest = pattern.bytes + size;

		if (pattern.size < size || memcmp(pattern.bytes, begins[i], size))
			continue;
		if (pattern.size == size)
			return true;
		return !memchr(rest, '|', pattern.size - size) && !strchr("?*+{", *rest);
	}
	return false;
}

static int test_regex(struct filter_test *test, struct text word, struct lexer *lexer, size_t at)
{
	char reason[100] = "";
	int err = regex_new(word, &test->regex, reason, sizeof(reason));

	test->writes = pattern_writes(word);
	if (err == -EINVAL)
		return lexer_fail(lexer, at, "this is no regular expression: %s", reason);
	return err;
}

int test_add(struct filter_test *test, struct text word, struct lexer *lexer, size_t at)
{
	enum value_kind kind = test->field->kind;
	union operand *larger, operand;
	char shown[LEXER_SHOWN];
	int err;

	if (test->op == OP_REGEX)
		return test_regex(test, word, lexer, at);
	err = kinds[kind].read(word, test->field, &operand);
	lexer_show(word.bytes, word.size, shown);
	if (err == -ERANGE)
		return lexer_fail(lexer, at, "'%s' is too large a number", shown);
	if (err)
		return lexer_fail(lexer, at, "'%s' is not %s, which '%s' is compared to", shown,
				  kinds[kind].wants, test->field->name);
	/* Grows at 1, 2, 4, 8 ... */
	if (!(test->count & (test->count - 1))) {
		larger = realloc(test->operands, MAX(test->count * 2, 1u) * sizeof(*larger));
		if (!larger)
			return -ENOMEM;
		test->operands = larger;
	}
	test->operands[test->count++] = operand;
	return 0;
}

static int text_compare(struct text a, struct text b)
{
	if (a.size != b.size)
		return a.size < b.size ? -1 : 1;
	return a.size ? memcmp(a.bytes, b.bytes, a.size) : 0;
}

int operand_compare(enum value_kind kind, const union operand *a, const union operand *b)
{
	switch (kind) {
	case VALUE_NUMBER:
	case VALUE_BOOL:
		return (a->number > b->number) - (a->number < b->number);
	case VALUE_TIME:
		return (a->time > b->time) - (a->time < b->time);
	case VALUE_TEXT:
	case VALUE_LIST:
	case VALUE_PROCESSES:
		return text_compare(a->text, b->text);
	default: /* addresses have no order: prefixes contain each other */
		return 0;
	}
}

static int compare_numbers(const void *a, const void *b)
{
	return operand_compare(VALUE_NUMBER, a, b);
}

static int compare_times(const void *a, const void *b)
{
	return operand_compare(VALUE_TIME, a, b);
}

static int compare_texts(const void *a, const void *b)
{
	return operand_compare(VALUE_TEXT, a, b);
}

void test_finish(struct filter_test *test)
{
	enum value_kind kind = test->field->kind;
	int (*compare)(const void *, const void *) = compare_texts;

	if (test->count < 2 || kind == VALUE_ADDRESS)
		return;
	if (kind == VALUE_NUMBER || kind == VALUE_BOOL)
		compare = compare_numbers;
	else if (kind == VALUE_TIME)
		compare = compare_times;
	qsort(test->operands, test->count, sizeof(*test->operands), compare);
}

void test_end(struct filter_test *test)
{
	regex_end(test->regex);
	free(test->operands);
}
