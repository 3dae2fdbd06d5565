/* SPDX-License-Identifier: GPL-2.0-only */
/* Secrets inside one word: KEY=VALUE, "key":"value", URLs, known tokens. */
#include "redact_word.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* A key and its value in a word, by offsets. */
struct pair {
	size_t key, key_end, value, end;
	enum secret_kind kind;
	char separator;
};

static bool key_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

static bool quote_byte(char c)
{
	return c == '"' || c == '\'';
}

size_t redact_quote(const char *word, size_t at, size_t size)
{
	size_t i = at;

	while (i < size && word[i] == '\\')
		i++;
	return i < size && quote_byte(word[i]) ? i + 1 : at;
}

size_t redact_quote_end(const char *word, size_t at, size_t size)
{
	char quote = word[at - 1];
	size_t depth = 0, before = 0;

	while (at >= depth + 2 && word[at - depth - 2] == '\\')
		depth++;
	for (size_t i = at; i < size; i++) {
		/* One with more backslashes than the opening one is a part of the value. */
		if (word[i] == quote && before <= depth)
			return i - before;
		before = word[i] == '\\' ? before + 1 : 0;
	}
	return size;
}

/* What a key is before a colon is often something else: an image's tag, a
 * volume. There it must be quoted, a header, or clearly a password. */
static bool colon_separates(const struct pair *pair, const char *word, size_t size, bool quoted)
{
	size_t value = pair->value;

	if (value + 1 < size && word[value] == '/' && word[value + 1] == '/')
		return false;
	if (value == size || quoted || redact_quote(word, value, size) > value)
		return true;
	if (pair->kind == SECRET_PASSWORD)
		return true;
	return (!pair->key || quote_byte(word[pair->key - 1])) && pair->kind >= SECRET_HEADER;
}

/* The pair whose key begins at `at`. */
static bool pair_find(const char *word, size_t at, size_t size, struct pair *pair)
{
	size_t end = at, separator;

	while (end < size && key_byte(word[end]))
		end++;
	separator = end > at ? redact_quote(word, end, size) : size;
	if (separator >= size || (word[separator] != '=' && word[separator] != ':'))
		return false;
	*pair = (struct pair){.key = at, .key_end = end, .value = separator + 1,
			      .separator = word[separator]};
	/* key:=value and key==value of HTTPie, key=>value of Ruby and PHP */
	if (pair->value < size &&
	    (word[pair->value] == '=' || (word[separator] == '=' && word[pair->value] == '>'))) {
		pair->separator = '=';
		pair->value++;
	}
	pair->kind = secret_name(word + at, end - at);
	if (pair->kind == SECRET_NONE)
		return false;
	return pair->separator == '=' || colon_separates(pair, word, size, separator > end);
}

size_t redact_key(const char *word, size_t size, enum secret_kind *kind)
{
	struct pair pair;

	if (!pair_find(word, 0, size, &pair))
		return 0;
	*kind = pair.kind;
	return pair.value;
}

static bool is_path(const char *value, size_t size)
{
	size_t i = 0;

	if (*value == '@' || *value == '~')
		i++;
	while (i < size && value[i] == '.')
		i++;
	if (i == size || value[i] != '/')
		return false;
	while (i < size && (key_byte(value[i]) || value[i] == '/'))
		i++;
	return i == size;
}

bool redact_reference(const struct redactor *r, const char *word, size_t size)
{
	size_t i = 1;

	if (!r->shell || r->quoted || !size || *word != '$')
		return false;
	if (size == 1 || word[1] == '(' || word[1] == '{')
		return true;
	while (i < size && (isupper((unsigned char)word[i]) || isdigit((unsigned char)word[i]) ||
			    word[i] == '_'))
		i++;
	/* A quote may still hang on: "Bearer $TOKEN" */
	return redact_quote(word, i, size) == size || i == size;
}

/* Values that are no secrets whatever their key. */
static bool value_plain(const struct redactor *r, const char *value, size_t size,
			enum secret_kind kind)
{
	if (!size || secret_listed("true false null none", value, size))
		return true;
	if (redact_reference(r, value, size))
		return true;
	if (kind == SECRET_PASSWORD)
		return false;
	return is_path(value, size) || (size > 3 && !memcmp(value, "id=", 3));
}

/* A delimiter and the start of another key=: the value was one of several. */
static bool list_goes_on(const char *word, size_t at, size_t size)
{
	size_t i = at + 1;

	if (word[at] != '&' && word[at] != ',' && word[at] != ';')
		return false;
	while (i < size && key_byte(word[i]))
		i++;
	return i > at + 1 && i < size && word[i] == '=';
}

/* Bytes that end the value, by what stands before its key; NULL: it is alone. */
static const char *value_delimiters(const char *word, const struct pair *pair)
{
	size_t at = pair->key;

	while (at && (word[at - 1] == '\\' || word[at - 1] == ' '))
		at--;
	if (!at)
		return NULL;
	switch (word[at - 1]) {
	case '?':
	case '&':
		return "&#\"'";
	case ',':
		return ",\"'}])";
	case ';':
		return ";\"'";
	case '"':
	case '\'':
	case '{':
		return pair->separator == ':' ? ",}\"'" : "\"'";
	default:
		return NULL;
	}
}

static void pair_bound(const char *word, size_t size, struct pair *pair)
{
	size_t inner = redact_quote(word, pair->value, size);
	const char *delimiters = value_delimiters(word, pair);
	bool option = word[pair->key] == '-';

	if (inner > pair->value) {
		pair->value = inner;
		pair->end = redact_quote_end(word, inner, size);
		return;
	}
	for (pair->end = pair->value; pair->end < size; pair->end++) {
		char c = word[pair->end];

		if (delimiters ? c && strchr(delimiters, c) :
				 !option && list_goes_on(word, pair->end, size))
			break;
	}
}

/* The key is the last of the word: what follows is its value. */
static void expect_value(struct redactor *r, const struct pair *pair)
{
	r->next = pair->kind == SECRET_SCHEME ? NEXT_SCHEME :
		  pair->kind == SECRET_COOKIE ? NEXT_COOKIE : NEXT_SECRET;
	r->inside = pair->separator == '=';
}

/* Masks the value of pair. Returns up to where the word is written now. */
static size_t pair_mask(struct redactor *r, const char *word, size_t size, struct pair *pair,
			size_t from)
{
	size_t length;

	pair_bound(word, size, pair);
	length = pair->end - pair->value;
	if (pair->value == size) {
		expect_value(r, pair);
		return from;
	}
	if (pair->kind == SECRET_SCHEME && secret_scheme(word + pair->value, length)) {
		r->next = NEXT_SECRET;
		return from;
	}
	if (value_plain(r, word + pair->value, length, pair->kind))
		return from;
	buffer_add(r->out, word + from, pair->value - from);
	buffer_string(r->out, REDACT_MASK);
	/* --password=abc"def" goes on in the next piece of the word. */
	if (pair->end == size) {
		r->next = pair->kind == SECRET_COOKIE ? NEXT_COOKIE_END : NEXT_SECRET;
		r->inside = r->next == NEXT_SECRET;
	}
	return pair->end;
}

/* user:secret@ after "://". A name alone is one, unless it is long (a token). */
static size_t userinfo_mask(struct redactor *r, const char *word, size_t at, size_t size,
			    size_t from)
{
	size_t end, last = 0, colon = 0;

	for (end = at; end < size && !strchr("/?#\"' ", word[end]); end++) {
		if (word[end] == ':' && !colon)
			colon = end;
		if (word[end] == '@')
			last = end;
	}
	if (!last || (colon && colon > last))
		colon = 0;
	if (!last || (!colon && last - at < 20))
		return from;
	/* https://TOKEN:@host and https://TOKEN:x-oauth-basic@host */
	if (!colon || colon + 1 == last ||
	    (last - colon == 14 && !memcmp(word + colon, ":x-oauth-basic", 14)))
		colon = at - 1;
	buffer_add(r->out, word + from, colon + 1 - from);
	buffer_string(r->out, REDACT_MASK);
	return last;
}

static size_t path_mask(struct redactor *r, const char *word, size_t at, size_t size, size_t from)
{
	size_t end = at + secret_path(word + at, size - at);

	if (end == at || end == size)
		return from;
	buffer_add(r->out, word + from, end - from);
	buffer_string(r->out, REDACT_MASK);
	while (end < size && !strchr("?#\"' ", word[end]))
		end++;
	return end;
}

/* Masks what begins at `at`. Returns up to where the word is written now. */
static size_t mask_at(struct redactor *r, const char *word, size_t at, size_t size, size_t from)
{
	struct pair pair;
	size_t token;

	if (at >= 3 && !memcmp(word + at - 3, "://", 3)) {
		size_t done = userinfo_mask(r, word, at, size, from);

		if (done == from)
			done = path_mask(r, word, at, size, from);
		if (done > from)
			return done;
	}
	if (!at || !isalnum((unsigned char)word[at - 1])) {
		token = secret_shape(word + at, size - at);
		if (token) {
			buffer_add(r->out, word + from, at - from);
			buffer_string(r->out, REDACT_MASK);
			return at + token;
		}
	}
	if ((!at || !key_byte(word[at - 1])) && pair_find(word, at, size, &pair))
		return pair_mask(r, word, size, &pair, from);
	return from;
}

void redact_word(struct redactor *r, const char *word, size_t size)
{
	size_t from = 0;

	for (size_t at = 0; at < size;) {
		size_t done = mask_at(r, word, at, size, from);

		if (done > from) {
			from = done;
			at = done;
		} else {
			at++;
		}
	}
	buffer_add(r->out, word + from, size - from);
}

void redact_value(struct redactor *r, const char *word, size_t size)
{
	size_t from = redact_quote(word, 0, size);
	size_t end = from ? redact_quote_end(word, from, size) : size;

	/* user:pass' has its opening quote elsewhere. */
	while (!from && end && (quote_byte(word[end - 1]) || word[end - 1] == '\\'))
		end--;
	buffer_add(r->out, word, from);
	buffer_string(r->out, REDACT_MASK);
	redact_word(r, word + end, size - end);
}
