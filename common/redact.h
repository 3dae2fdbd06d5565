/* SPDX-License-Identifier: GPL-2.0-only */
/* Masks secrets in arguments, so that a log of events is none of passwords. */
#ifndef KWP_REDACT_H
#define KWP_REDACT_H

#include "buffer.h"
#include "field.h"

/* Masks the secrets of a list of arguments (each with its NUL): the value of
 * --password=V, --token V, -pV of mysql, NAME_SECRET=V, Authorization and
 * X-Api-Key headers, userinfo of URLs, known token shapes (ghp_, AKIA, eyJ...) become "***".
 * An argument that is itself a command line is looked through word by word.
 * Appends the result in the same form. */
void redact_args(struct buffer *out, struct text args);
/* The same for words that were joined by spaces: a command line, a message. */
void redact_text(struct buffer *out, struct text text);
/* Makes a text or a list of arguments one without its secrets, in scratch, which is
 * emptied first. When memory is out: rather no text than one with secrets. */
void value_redact(struct value *value, struct buffer *scratch);

#endif
