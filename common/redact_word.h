/* SPDX-License-Identifier: GPL-2.0-only */
/* Inner parts of redact.c: secrets inside one word. */
#ifndef KWP_REDACT_WORD_H
#define KWP_REDACT_WORD_H

#include "redact.h"
#include "secret.h"

#define REDACT_MASK "***"

/* What the words before say about the next one. */
enum redact_next {
	NEXT_ANY,
	NEXT_SECRET,
	NEXT_PAIR,	 /* USER:SECRET */
	NEXT_SCHEME,	 /* a scheme, or the secret */
	NEXT_COOKIE,
	NEXT_COOKIE_END, /* another cookie if a semicolon comes */
	NEXT_BEARER,	 /* a secret if it is long enough */
};

struct redactor {
	struct buffer *out;
	enum redact_next next;
	bool inside; /* what next says ends with this word: --password="x" */
	bool shell;  /* words of a command line, where $X is a variable */
	bool quoted; /* inside single quotes of one, where it is not */
	bool start;  /* the next word may be a program */
	bool wrapped; /* so may be those after it: sudo ... mysql */
	bool login;  /* the word "login" was there */
	bool set;    /* the word "set" or "config" was there */
	bool script; /* the word before was -c */
	unsigned depth; /* of quotes in quotes */
	const struct secret_tool *tool; /* whose options these are, may be NULL */
};

/* Offset behind a quote and the backslashes before it, `at` if there is none. */
size_t redact_quote(const char *word, size_t at, size_t size);
/* Where the value ends whose opening quote is before `at`; size: nowhere. */
size_t redact_quote_end(const char *word, size_t at, size_t size);
/* $NAME, ${...} and $(...) of a command line: where a secret is, not what. */
bool redact_reference(const struct redactor *r, const char *word, size_t size);
/* Is there a secret key and its separator at the start? Its value's offset; 0: no. */
size_t redact_key(const char *word, size_t size, enum secret_kind *kind);

/* redact_word.c: appends a word with the values of secret keys, URLs' userinfo
 * and known tokens masked. Sets next when its last key has its value in what follows. */
void redact_word(struct redactor *r, const char *word, size_t size);
/* Appends the mask for a word, keeping quotes around it and what follows them. */
void redact_value(struct redactor *r, const char *word, size_t size);

/* redact_option.c: is this the word that next waits for? It is written then. */
bool redact_claimed(struct redactor *r, const char *word, size_t size);
/* Appends a word without spaces as an option or a part of a command. */
void redact_option(struct redactor *r, const char *word, size_t size);

#endif
