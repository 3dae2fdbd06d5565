/* SPDX-License-Identifier: GPL-2.0-only */
/* What the words of kwp mean: fields, events, detections, keys of profiles; from their tables. */
#ifndef KWP_EXPLAIN_H
#define KWP_EXPLAIN_H

#include <stdio.h>

#include "util.h"

/* Prints all that `name` means: it can be a field and a key. 0; -ENOENT, said with a close name:
 * it means nothing; -ENOMEM. */
int explain_print(const char *name, FILE *out) MUST_CHECK;
/* Prints a line for each name: what it is, the name, its meaning. 0 or -ENOMEM. */
int explain_list(FILE *out) MUST_CHECK;

#endif
