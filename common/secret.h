/* SPDX-License-Identifier: GPL-2.0-only */
/* What secrets look like and what they are called. */
#ifndef KWP_SECRET_H
#define KWP_SECRET_H

#include "util.h"

#include <stdbool.h>

enum secret_kind {
	SECRET_NONE,
	SECRET_PASSWORD, /* whatever stands there is one */
	SECRET_TOKEN,	 /* the name of a file that holds one is as usual */
	SECRET_HEADER,	 /* as TOKEN, the name of an HTTP header */
	SECRET_SCHEME,	 /* a header whose first word may be a scheme: Authorization */
	SECRET_COOKIE,
};

/* What kind of value has this name: an option, a variable, a key (any case)? */
enum secret_kind secret_name(const char *name, size_t size);
/* Length of the well-known token (ghp_..., eyJ...) at the start; 0: none. */
size_t secret_shape(const char *bytes, size_t size);
/* Length of the start of a URL (without scheme) behind which its path is a secret; 0: none. */
size_t secret_path(const char *bytes, size_t size);
/* Is it "Basic", "Bearer" or another scheme of an Authorization header? */
bool secret_scheme(const char *word, size_t size);

/* A program whose options a general rule can't know. Lists are separated by spaces. */
struct secret_tool {
	const char *names;    /* of the program; "x*" is a prefix */
	const char *next;     /* options whose secret is the next word */
	const char *attached; /* options whose secret follows in the same word */
	const char *pair;     /* options with USER:SECRET, both ways */
	const char *plain;    /* options that have no secret, against their name */
	char colon;	      /* what stands between USER and SECRET */
	bool cluster;	      /* a pair option may be the last letter of several */
	bool wraps;	      /* it runs the program that its arguments name */
	bool after_login;     /* `next` only after the word "login" */
};

/* The tool of that path or name, or NULL. */
const struct secret_tool *secret_tool_find(const char *name, size_t size);
/* Does that program run another one, named by one of its arguments? */
bool secret_tool_wraps(const char *name, size_t size);
/* Is word in the list? */
bool secret_listed(const char *list, const char *word, size_t size);
/* The part of word behind the listed option that it begins with; 0: none. */
size_t secret_attached(const char *list, const char *word, size_t size);

#endif
