/* SPDX-License-Identifier: GPL-2.0-only */
/* The parser: one function for each line of the grammar in filter.h. */
#include "filter_tree.h"

#include <errno.h>
#include <string.h>

struct parser {
	struct lexer lexer;
	unsigned depth, tests;
};

static void node_free(struct filter_node *node)
{
	while (node) {
		struct filter_node *next = node->next;

		node_free(node->first);
		test_end(&node->test);
		free(node);
		node = next;
	}
}

static void cleanup_node(struct filter_node **node)
{
	node_free(*node);
}
#define _cleanup_node_ __attribute__((cleanup(cleanup_node)))

static struct filter_node *node_new(enum filter_node_kind kind)
{
	struct filter_node *node = calloc(1, sizeof(*node));

	if (node)
		node->kind = kind;
	return node;
}

static int parse_or(struct parser *parser, struct filter_node **out);

static int parse_field(struct parser *parser, const struct field **out)
{
	struct lexer *lexer = &parser->lexer;
	const struct field *field, *close;
	char shown[LEXER_SHOWN];
	struct text name;
	size_t at;

	if (lexer_at_end(lexer))
		return lexer_fail(lexer, lexer->at, "a field is missing at the end");
	at = lexer->at;
	if (!lexer_name(lexer, &name))
		return lexer_fail(lexer, at, "a field is missing before '%s'",
				  lexer_show(lexer->bytes + at, MIN(lexer->size - at, 10u), shown));
	field = field_find(name.bytes, name.size);
	if (field) {
		*out = field;
		return 0;
	}
	close = field_suggest(name.bytes, name.size);
	lexer_show(name.bytes, name.size, shown);
	if (close)
		return lexer_fail(lexer, at, "unknown field '%s'; did you mean '%s'?", shown,
				  close->name);
	return lexer_fail(lexer, at, "unknown field '%s'", shown);
}

static int parse_word(struct parser *parser, struct filter_test *test)
{
	struct lexer *lexer = &parser->lexer;
	struct text word;
	size_t at;
	int err;

	lexer_at_end(lexer);
	at = lexer->at;
	err = lexer_word(lexer, &word);
	return err ? err : test_add(test, word, lexer, at);
}

/* What follows "in". */
static int parse_words(struct parser *parser, struct filter_test *test)
{
	struct lexer *lexer = &parser->lexer;
	int err;

	if (!lexer_take(lexer, '('))
		return lexer_fail(lexer, lexer->at, "'in' wants words in parentheses: in (a, b)");
	do {
		err = parse_word(parser, test);
		if (err)
			return err;
	} while (lexer_take(lexer, ','));
	if (!lexer_take(lexer, ')'))
		return lexer_fail(lexer, lexer->at, "the list after 'in' wants ',' or ')' here");
	return 0;
}

/* Reads the operator; *in tells if a list follows. */
static int parse_operator(struct parser *parser, struct filter_test *test, bool *in)
{
	struct lexer *lexer = &parser->lexer;

	test->negated = lexer_keyword(lexer, "not");
	*in = lexer_keyword(lexer, "in");
	if (*in)
		test->op = OP_EQUAL;
	else if (test->negated)
		return lexer_fail(lexer, lexer->at, "'in' is missing after 'not'");
	else if (!lexer_operator(lexer, &test->op, &test->negated))
		test->op = OP_PRESENT;
	return 0;
}

static int parse_comparison(struct parser *parser, struct filter_test *test)
{
	struct lexer *lexer = &parser->lexer;
	bool in;
	size_t at;
	int err;

	lexer_at_end(lexer);
	at = lexer->at;
	err = parse_operator(parser, test, &in);
	if (err)
		return err;
	err = test_check(test, lexer, at);
	if (err || test->op == OP_PRESENT)
		return err;
	err = in ? parse_words(parser, test) : parse_word(parser, test);
	if (!err)
		test_finish(test);
	return err;
}

static int parse_test(struct parser *parser, struct filter_node **out)
{
	_cleanup_node_ struct filter_node *node = NULL;
	int err;

	if (++parser->tests > FILTER_TESTS_MAX)
		return lexer_fail(&parser->lexer, parser->lexer.at, "more than %d tests",
				  FILTER_TESTS_MAX);
	node = node_new(NODE_TEST);
	if (!node)
		return -ENOMEM;
	err = parse_field(parser, &node->test.field);
	if (err)
		return err;
	err = parse_comparison(parser, &node->test);
	if (!err)
		*out = take_ptr(node);
	return err;
}

static int parse_parentheses(struct parser *parser, size_t at, struct filter_node **out)
{
	_cleanup_node_ struct filter_node *node = NULL;
	int err = parse_or(parser, &node);

	if (err)
		return err;
	if (!lexer_take(&parser->lexer, ')'))
		return lexer_fail(&parser->lexer, at, "this '(' is not closed");
	*out = take_ptr(node);
	return 0;
}

static int parse_not(struct parser *parser, struct filter_node **out)
{
	struct lexer *lexer = &parser->lexer;
	_cleanup_node_ struct filter_node *node = NULL;
	bool negation = lexer_keyword(lexer, "not");
	size_t at;
	int err;

	lexer_at_end(lexer);
	at = lexer->at;
	if (!negation && !lexer_take(lexer, '('))
		return parse_test(parser, out);
	if (++parser->depth > FILTER_DEPTH_MAX)
		return lexer_fail(lexer, at, "more than %d levels of 'not' and '('",
				  FILTER_DEPTH_MAX);
	if (negation) {
		node = node_new(NODE_NOT);
		err = node ? parse_not(parser, &node->first) : -ENOMEM;
	} else {
		err = parse_parentheses(parser, at, &node);
	}
	parser->depth--;
	if (!err)
		*out = take_ptr(node);
	return err;
}

static bool take_and(struct lexer *lexer)
{
	return lexer_take(lexer, ',') || lexer_keyword(lexer, "and");
}

static bool take_or(struct lexer *lexer)
{
	return lexer_keyword(lexer, "or");
}

/* One or more parts with a word between them; one part needs no node of its own. */
static int parse_chain(struct parser *parser, enum filter_node_kind kind,
		       int (*part)(struct parser *, struct filter_node **),
		       bool (*separator)(struct lexer *), struct filter_node **out)
{
	_cleanup_node_ struct filter_node *node = node_new(kind);
	struct filter_node **last;
	int err;

	if (!node)
		return -ENOMEM;
	last = &node->first;
	do {
		err = part(parser, last);
		if (err)
			return err;
		last = &(*last)->next;
	} while (separator(&parser->lexer));
	*out = node->first->next ? take_ptr(node) : take_ptr(node->first);
	return 0;
}

static int parse_and(struct parser *parser, struct filter_node **out)
{
	return parse_chain(parser, NODE_AND, parse_not, take_and, out);
}

static int parse_or(struct parser *parser, struct filter_node **out)
{
	return parse_chain(parser, NODE_OR, parse_and, take_or, out);
}

/* Habits of other languages get the word that is right here. */
static int fail_rest(struct lexer *lexer)
{
	static const char *const habits[][2] = {
		{"&&", "and"},
		{"||", "or"},
		{"=", "=="},
		{"!", "not"},
	};
	const char *rest = lexer->bytes + lexer->at;
	size_t size = lexer->size - lexer->at;
	char shown[LEXER_SHOWN];

	if (*rest == ')')
		return lexer_fail(lexer, lexer->at, "nothing opened this ')'");
	for (size_t i = 0; i < ARRAY_SIZE(habits); i++) {
		size_t length = strlen(habits[i][0]);

		if (size >= length && !memcmp(rest, habits[i][0], length))
			return lexer_fail(lexer, lexer->at, "write '%s' instead of '%s'",
					  habits[i][1], habits[i][0]);
	}
	return lexer_fail(lexer, lexer->at, "'and', 'or' or the end must come before '%s'",
			  lexer_show(rest, MIN(size, 20u), shown));
}

static int parse_all(struct parser *parser, struct filter_node **out)
{
	_cleanup_node_ struct filter_node *node = NULL;
	int err;

	if (lexer_at_end(&parser->lexer))
		return lexer_fail(&parser->lexer, 0, "the filter is empty");
	err = parse_or(parser, &node);
	if (err)
		return err;
	if (!lexer_at_end(&parser->lexer))
		return fail_rest(&parser->lexer);
	*out = take_ptr(node);
	return 0;
}

int filter_parse(const char *expression, size_t size, struct filter **out,
		 struct filter_error *error)
{
	struct parser parser = {.lexer = {.bytes = expression, .size = size, .error = error}};
	_cleanup_filter_ struct filter *filter = NULL;
	int err;

	if (size > FILTER_SIZE_MAX)
		return lexer_fail(&parser.lexer, FILTER_SIZE_MAX, "more than %d bytes",
				  FILTER_SIZE_MAX);
	filter = calloc(1, sizeof(*filter));
	if (!filter)
		return -ENOMEM;
	/* Unquoting never makes a word longer. */
	filter->words = malloc(size + 1);
	if (!filter->words)
		return -ENOMEM;
	parser.lexer.room = filter->words;
	err = parse_all(&parser, &filter->root);
	if (!err)
		*out = take_ptr(filter);
	return err;
}

void filter_free(struct filter *filter)
{
	if (!filter)
		return;
	node_free(filter->root);
	free(filter->words);
	free(filter);
}

/* A test on an absent field is false; only `not` makes true of it. */
static uint64_t node_types(const struct filter_node *node)
{
	uint64_t types = node->kind == NODE_AND ? ~0ull : 0;

	if (node->kind == NODE_TEST)
		return node->test.field->types;
	if (node->kind == NODE_NOT)
		return ~0ull;
	for (const struct filter_node *child = node->first; child; child = child->next)
		types = node->kind == NODE_AND ? types & node_types(child)
					       : types | node_types(child);
	return types;
}

uint64_t filter_types(const struct filter *filter)
{
	return filter ? node_types(filter->root) : ~0ull;
}
