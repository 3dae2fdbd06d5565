/* SPDX-License-Identifier: GPL-2.0-only */
/* Secrets by place: options whose value is the next word, or the rest of this one. */
#include "redact_word.h"

#include <string.h>
#include <strings.h>

#define BEARER_MIN 8  /* "bearer of news" is no token */
#define OPTION_MAX 24 /* what begins with '-' and is longer may be a secret */

static bool is_word(const char *word, size_t size, const char *want)
{
	return size == strlen(want) && !memcmp(word, want, size);
}

/* USER:SECRET: the user is kept. */
static void pair_redact(struct redactor *r, const char *word, size_t size)
{
	char colon = r->tool && r->tool->colon ? r->tool->colon : ':';
	const char *at = memchr(word, colon, size);

	if (!at || at + 1 == word + size) {
		buffer_add(r->out, word, size);
		return;
	}
	buffer_add(r->out, word, at + 1 - word);
	redact_value(r, at + 1, word + size - (at + 1));
}

/* Does the word look like something that can't be what next waits for? */
static bool claim_void(const char *word, size_t size, enum redact_next next, bool inside)
{
	/* --password -h HOST: the option asks for its value. */
	if (*word == '-' && !inside && (next == NEXT_SECRET || next == NEXT_PAIR))
		return size <= OPTION_MAX;
	if (next == NEXT_BEARER)
		return size < BEARER_MIN;
	/* f(password='a b', x): the value ended with its quote. */
	if (inside && memchr(",)]}", *word, 4))
		return true;
	/* --secret id=NAME,src=FILE of docker build */
	return next == NEXT_COOKIE_END || (size > 3 && !memcmp(word, "id=", 3));
}

/* Is it a reference, maybe in double quotes? */
static bool is_reference(const struct redactor *r, const char *word, size_t size)
{
	size_t from = redact_quote(word, 0, size);

	return (!from || word[from - 1] == '"') && redact_reference(r, word + from, size - from);
}

bool redact_claimed(struct redactor *r, const char *word, size_t size)
{
	enum redact_next next = r->next;
	bool inside = r->inside;

	if (next == NEXT_ANY)
		return false;
	r->next = NEXT_ANY;
	r->inside = false;
	if (!size || claim_void(word, size, next, inside))
		return false;
	if (next == NEXT_PAIR) {
		pair_redact(r, word, size);
		return true;
	}
	if (next == NEXT_SCHEME && secret_scheme(word, size))
		r->next = NEXT_SECRET;
	if (r->next == NEXT_SECRET || is_reference(r, word, size)) {
		buffer_add(r->out, word, size);
		return true;
	}
	redact_value(r, word, size);
	if (next == NEXT_COOKIE)
		r->next = NEXT_COOKIE_END;
	if (inside) {
		r->next = NEXT_SECRET;
		r->inside = true;
	}
	return true;
}

/* Follows which program these are the options of. */
static void program_follow(struct redactor *r, const char *word, size_t size)
{
	if (is_word(word, size, "--"))
		r->start = true;
	r->login |= is_word(word, size, "login");
	r->set |= is_word(word, size, "set") || is_word(word, size, "config");
	/* docker exec CONTAINER mysql ... */
	if (r->tool && r->tool->after_login && is_word(word, size, "exec"))
		r->start = r->wrapped = true;
	if (!r->start || *word == '-' || memchr(word, '=', size))
		return;
	r->tool = secret_tool_find(word, size);
	r->wrapped |= secret_tool_wraps(word, size) || (r->tool && r->tool->wraps);
	r->start = r->wrapped && (!r->tool || r->tool->wraps);
}

/* -su USER:SECRET: letters without values before it. */
static bool is_cluster(const struct secret_tool *tool, const char *word, size_t size)
{
	if (!tool->cluster || size < 3 || *word != '-' || word[size - 1] != 'u')
		return false;
	for (size_t i = 1; i + 1 < size; i++)
		if (!strchr("fgikLnOqRsSv046", word[i]))
			return false;
	return true;
}

/* -u USER:SECRET and -uUSER:SECRET */
static bool option_pair(struct redactor *r, const char *word, size_t size)
{
	static const char equals[] = "--user= --proxy-user= --auth=";
	size_t length;

	if (secret_listed(r->tool->pair, word, size) || is_cluster(r->tool, word, size)) {
		r->next = NEXT_PAIR;
		buffer_add(r->out, word, size);
		return true;
	}
	length = secret_attached(r->tool->pair, word, size);
	for (const char *at = equals; r->tool->pair && !length && at; at = strchr(at + 1, '-')) {
		size_t option = strcspn(at, " ");

		if (at[1] == '-' && size > option && !memcmp(at, word, option))
			length = option;
	}
	if (!length)
		return false;
	buffer_add(r->out, word, length);
	pair_redact(r, word + length, size - length);
	return true;
}

/* Options of programs that are known to take a secret there. */
static bool option_of_tool(struct redactor *r, const char *word, size_t size)
{
	const struct secret_tool *tool = r->tool;
	size_t attached;

	if (!tool)
		return false;
	if (option_pair(r, word, size))
		return true;
	if (secret_listed(tool->plain, word, size)) {
		buffer_add(r->out, word, size);
		return true;
	}
	if (secret_listed(tool->next, word, size) && (!tool->after_login || r->login)) {
		r->next = NEXT_SECRET;
		buffer_add(r->out, word, size);
		return true;
	}
	attached = secret_attached(tool->attached, word, size);
	if (!attached)
		return false;
	buffer_add(r->out, word, attached);
	if (attached < size)
		redact_value(r, word + attached, size - attached);
	/* mysql -p"a b" goes on in the next piece of the word */
	r->next = r->shell ? NEXT_SECRET : NEXT_ANY;
	r->inside = r->shell;
	return true;
}

/* What this word says about the next one: --token X, set aws_secret_access_key X. */
static void expect_next(struct redactor *r, const char *word, size_t size)
{
	bool separated = memchr(word, '_', size) || memchr(word, ':', size);
	enum secret_kind kind = SECRET_NONE;

	if (size == 6 && !strncasecmp(word, "bearer", 6))
		r->next = NEXT_BEARER;
	else if (!memchr(word, '=', size) && (*word == '-' || (r->set && separated)))
		kind = secret_name(word, size);
	if (kind == SECRET_SCHEME)
		r->next = NEXT_SCHEME;
	else if (kind != SECRET_NONE)
		r->next = NEXT_SECRET;
}

void redact_option(struct redactor *r, const char *word, size_t size)
{
	program_follow(r, word, size);
	/* -c, -lc, -ec: the next word is a script. */
	r->script = size >= 2 && size <= 5 && *word == '-' && word[size - 1] == 'c';
	if (option_of_tool(r, word, size))
		return;
	expect_next(r, word, size);
	redact_word(r, word, size);
}
