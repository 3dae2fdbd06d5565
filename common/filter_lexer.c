/* SPDX-License-Identifier: GPL-2.0-only */
#include "filter_tree.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

int lexer_fail(struct lexer *lexer, size_t at, const char *format, ...)
{
	va_list args;

	if (!lexer->error)
		return -EINVAL;
	lexer->error->offset = at;
	va_start(args, format);
	vsnprintf(lexer->error->message, sizeof(lexer->error->message), format, args);
	va_end(args);
	return -EINVAL;
}

const char *lexer_show(const char *bytes, size_t size, char out[LEXER_SHOWN])
{
	size_t shown = MIN(size, (size_t)LEXER_SHOWN - 4);

	for (size_t i = 0; i < shown; i++)
		out[i] = bytes[i] >= ' ' && bytes[i] <= '~' ? bytes[i] : '?';
	strcpy(out + shown, shown < size ? "..." : "");
	return out;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '.' || c == '@' || c == '-';
}

bool lexer_at_end(struct lexer *lexer)
{
	while (lexer->at < lexer->size && is_blank(lexer->bytes[lexer->at]))
		lexer->at++;
	return lexer->at == lexer->size;
}

bool lexer_take(struct lexer *lexer, char c)
{
	if (lexer_at_end(lexer) || lexer->bytes[lexer->at] != c)
		return false;
	lexer->at++;
	return true;
}

bool lexer_name(struct lexer *lexer, struct text *out)
{
	size_t start;

	if (lexer_at_end(lexer))
		return false;
	start = lexer->at;
	while (lexer->at < lexer->size && is_name(lexer->bytes[lexer->at]))
		lexer->at++;
	*out = (struct text){lexer->bytes + start, lexer->at - start};
	return out->size;
}

bool lexer_keyword(struct lexer *lexer, const char *keyword)
{
	struct lexer ahead;
	struct text name;

	if (lexer_at_end(lexer))
		return false;
	ahead = *lexer;
	if (!lexer_name(&ahead, &name) || name.size != strlen(keyword) ||
	    memcmp(name.bytes, keyword, name.size))
		return false;
	lexer->at = ahead.at;
	return true;
}

/* Longer ones first, so that "<=" is not "<". */
static const struct {
	char text[3];
	enum filter_op op;
	bool negated;
} operators[] = {
	{"==", OP_EQUAL, false},      {"!=", OP_EQUAL, true},	       {"!~", OP_REGEX, true},
	{"<=", OP_LESS_EQUAL, false}, {">=", OP_GREATER_EQUAL, false}, {"~", OP_REGEX, false},
	{"<", OP_LESS, false},	      {">", OP_GREATER, false},
};
_Static_assert(ARRAY_SIZE(operators) == 8, "each operator of the grammar, but in");

bool lexer_operator(struct lexer *lexer, enum filter_op *op, bool *negated)
{
	if (lexer_at_end(lexer))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
		size_t length = strlen(operators[i].text);

		if (lexer->size - lexer->at < length ||
		    memcmp(lexer->bytes + lexer->at, operators[i].text, length))
			continue;
		lexer->at += length;
		*op = operators[i].op;
		*negated = operators[i].negated;
		return true;
	}
	return false;
}

/*
 * 'single' quotes keep every byte; in "double" ones a backslash takes its
 * meaning from a quote or a backslash and stays before all else, so that
 * regular expressions need not be doubled.
 */
static int quoted_word(struct lexer *lexer, struct text *out)
{
	size_t start = lexer->at;
	char quote = lexer->bytes[lexer->at++], *end = lexer->room;

	while (lexer->at < lexer->size) {
		char c = lexer->bytes[lexer->at++];

		if (c == quote) {
			*out = (struct text){lexer->room, (size_t)(end - lexer->room)};
			lexer->room = end;
			return 0;
		}
		if (c == '\\' && quote == '"' && lexer->at < lexer->size &&
		    (lexer->bytes[lexer->at] == '"' || lexer->bytes[lexer->at] == '\\'))
			c = lexer->bytes[lexer->at++];
		*end++ = c;
	}
	return lexer_fail(lexer, start, "the quote %c is not closed", quote);
}

/* Ends at a blank, a comma or a parenthesis that it did not open: ^/(etc|usr)/ is one word. */
static int bare_word(struct lexer *lexer, struct text *out)
{
	size_t start = lexer->at, open = 0;

	for (; lexer->at < lexer->size; lexer->at++) {
		char c = lexer->bytes[lexer->at];

		if (is_blank(c) || (!open && (c == ',' || c == ')')))
			break;
		if (c == '"' || c == '\'')
			return lexer_fail(lexer, lexer->at,
					  "a quote inside a word; quote the whole word");
		open += c == '(';
		open -= c == ')';
	}
	if (open)
		return lexer_fail(lexer, start,
				  "a '(' inside a word is not closed; quote the word");
	out->size = lexer->at - start;
	if (!out->size)
		return lexer_fail(lexer, start, "a word is missing");
	out->bytes = memcpy(lexer->room, lexer->bytes + start, out->size);
	lexer->room += out->size;
	return 0;
}

int lexer_word(struct lexer *lexer, struct text *out)
{
	struct text word;
	int err;

	if (lexer_at_end(lexer))
		return lexer_fail(lexer, lexer->at, "a word is missing at the end");
	if (lexer->bytes[lexer->at] == '"' || lexer->bytes[lexer->at] == '\'')
		err = quoted_word(lexer, &word);
	else
		err = bare_word(lexer, &word);
	if (!err)
		*out = word;
	return err;
}
