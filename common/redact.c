/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Masks secrets in arguments. Arguments are words; an argument with spaces is
 * taken for a command line or a text and its words are looked at in turn, down
 * to REDACT_DEPTH quotes in quotes.
 */
#include "redact_word.h"

#include <ctype.h>
#include <string.h>

#define REDACT_DEPTH 6
#define PEM_LABEL_MAX 32 /* bytes between BEGIN and PRIVATE KEY */

static const char pem_begin[] = "-----BEGIN ", pem_key[] = "PRIVATE KEY-----",
		  pem_end[] = "-----END ";

static void text_redact(const struct redactor *outer, const char *text, size_t size);

static bool has_space(const char *word, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (isspace((unsigned char)word[i]))
			return true;
	return false;
}

static void piece_redact(struct redactor *r, const char *piece, size_t size)
{
	if (redact_claimed(r, piece, size))
		return;
	if (has_space(piece, size)) {
		text_redact(r, piece, size);
		r->script = false;
	} else if (size) {
		redact_option(r, piece, size);
	}
}

/* Passes a byte that opens nothing, or a lone quote (inner: behind it), or all
 * of a run of backslashes, which must not be counted from each of them. */
static size_t plain_pass(const char *word, size_t at, size_t size, size_t inner)
{
	size_t end = inner > at ? inner : at + 1;

	while (inner == at && word[at] == '\\' && end < size && word[end] == '\\')
		end++;
	return end;
}

/* The next quote that is closed again; size: none. *inner is behind it. */
static size_t quote_find(const char *word, size_t at, size_t size, size_t *inner)
{
	for (; at < size; at++) {
		*inner = redact_quote(word, at, size);
		if (*inner > at && redact_quote_end(word, *inner, size) < size)
			return at;
		at = plain_pass(word, at, size, *inner) - 1;
	}
	return size;
}

/* A word of a command line whose quotes hold spaces: its pieces in turn. */
static void quoted_redact(struct redactor *r, const char *word, size_t size)
{
	bool quoted = r->quoted;
	size_t inner = 0, end;

	for (size_t at = 0; at < size;) {
		size_t open = quote_find(word, at, size, &inner);

		if (open > at)
			piece_redact(r, word + at, open - at);
		if (open == size)
			break;
		end = redact_quote_end(word, inner, size);
		buffer_add(r->out, word + open, inner - open);
		r->quoted |= word[inner - 1] == '\'';
		piece_redact(r, word + inner, end - inner);
		r->quoted = quoted;
		at = redact_quote(word, end, size);
		buffer_add(r->out, word + end, at - end);
	}
}

static bool is_delimiter(char c)
{
	return isspace((unsigned char)c) || (c && strchr(";|&()<>`", c));
}

/* End of the word at the start of line; quotes hold it together. */
static size_t word_length(const struct redactor *r, const char *line, size_t size)
{
	size_t at = 0, inner, end;

	while (at < size && !is_delimiter(line[at])) {
		inner = r->depth < REDACT_DEPTH ? redact_quote(line, at, size) : at;
		end = inner > at ? redact_quote_end(line, inner, size) : size;
		if (end < size)
			at = redact_quote(line, end, size);
		else
			at = plain_pass(line, at, size, inner);
	}
	return at;
}

/* What stands between words: the next one may begin another command. */
static void delimiter_redact(struct redactor *r, char c)
{
	buffer_byte(r->out, c);
	if (c == ';' && r->next >= NEXT_COOKIE && r->next <= NEXT_COOKIE_END)
		r->next = NEXT_COOKIE;
	else if (c == ';' || c == '|' || c == '&')
		r->next = NEXT_ANY;
	if (c == ' ' || c == '\t' || c == '<' || c == '>' || c == ')')
		return;
	r->tool = NULL;
	r->start = true;
	r->login = r->set = r->script = false;
}

static void line_redact(struct redactor *r, const char *line, size_t size)
{
	for (size_t at = 0, length; at < size; at += length) {
		length = 1;
		if (is_delimiter(line[at])) {
			delimiter_redact(r, line[at]);
			continue;
		}
		length = word_length(r, line + at, size - at);
		if (has_space(line + at, length))
			quoted_redact(r, line + at, length);
		else
			piece_redact(r, line + at, length);
		if (r->inside)
			r->next = NEXT_ANY;
		r->inside = false;
	}
}

/* A private key in PEM from `at` on: where its secret part begins and ends. */
static bool pem_find(const char *text, size_t at, size_t size, size_t *from, size_t *to)
{
	const char *begin, *key, *end;

	for (; at < size; at = begin - text + 1) {
		begin = memmem(text + at, size - at, pem_begin, sizeof(pem_begin) - 1);
		if (!begin)
			return false;
		key = begin + sizeof(pem_begin) - 1;
		key = memmem(key, MIN((size_t)(text + size - key), PEM_LABEL_MAX + sizeof(pem_key)),
			     pem_key, sizeof(pem_key) - 1);
		if (!key)
			continue;
		*from = key - text + sizeof(pem_key) - 1;
		end = memmem(text + *from, size - *from, pem_end, sizeof(pem_end) - 1);
		*to = end ? (size_t)(end - text) : size;
		return true;
	}
	return false;
}

/* Lines with the private keys in them masked. */
static void lines_redact(struct redactor *r, const char *text, size_t size)
{
	size_t at = 0, from, to;

	while (pem_find(text, at, size, &from, &to)) {
		line_redact(r, text + at, from - at);
		buffer_string(r->out, REDACT_MASK);
		at = to;
	}
	line_redact(r, text + at, size - at);
}

/* A whole argument that is one key and its value, with spaces: a header, an
 * option. Its value is masked up to the end of the line. */
static size_t whole_redact(struct redactor *r, const char *text, size_t size)
{
	const char *line = memchr(text, '\n', size);
	size_t end = line ? (size_t)(line - text) : size, value, scheme;
	enum secret_kind kind;

	value = redact_key(text, end, &kind);
	while (value && value < end && isspace((unsigned char)text[value]))
		value++;
	/* Quoted: the value ends with its quote, and others may follow. */
	if (!value || value == end || redact_quote(text, value, end) > value)
		return 0;
	for (scheme = value; scheme < end && !isspace((unsigned char)text[scheme]);)
		scheme++;
	if (kind == SECRET_SCHEME && scheme < end && secret_scheme(text + value, scheme - value))
		value = scheme + 1;
	buffer_add(r->out, text, value);
	if (redact_reference(r, text + value, end - value))
		buffer_add(r->out, text + value, end - value);
	else
		buffer_string(r->out, REDACT_MASK);
	return end;
}

/* A word with spaces: a command line or a text of its own. */
static void text_redact(const struct redactor *outer, const char *text, size_t size)
{
	struct redactor r = {.out = outer->out, .shell = true, .quoted = outer->quoted,
			     .start = true, .depth = outer->depth + 1};
	size_t done = 0;

	/* sh -c "PGPASSWORD=x psql": there the value ends with its word. */
	if (!outer->script || *text == '-')
		done = whole_redact(&r, text, size);
	lines_redact(&r, text + done, size - done);
}

void redact_args(struct buffer *out, struct text args)
{
	struct redactor r = {.out = out, .start = true};
	const char *end = args.bytes + args.size, *next;

	for (const char *arg = args.bytes; arg < end; arg = next) {
		const char *nul = memchr(arg, '\0', end - arg);

		piece_redact(&r, arg, (nul ? nul : end) - arg);
		if (r.inside)
			r.next = NEXT_ANY;
		r.inside = false;
		if (nul)
			buffer_byte(out, '\0');
		next = nul ? nul + 1 : end;
	}
}

void redact_text(struct buffer *out, struct text text)
{
	/* A program may stand anywhere in a sentence. */
	struct redactor r = {.out = out, .shell = true, .start = true, .wrapped = true};

	lines_redact(&r, text.bytes, text.size);
}

void value_redact(struct value *value, struct buffer *scratch)
{
	if (value->kind != VALUE_LIST && value->kind != VALUE_TEXT)
		return;
	scratch->size = 0;
	scratch->failed = false;
	if (value->kind == VALUE_LIST)
		redact_args(scratch, value->text);
	else
		redact_text(scratch, value->text);
	value->text = (struct text){scratch->bytes, scratch->failed ? 0 : scratch->size};
}
