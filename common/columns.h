/* SPDX-License-Identifier: GPL-2.0-only */
/* Events as text in columns, one line each. */
#ifndef KWP_COLUMNS_H
#define KWP_COLUMNS_H

#include "output.h"

struct columns;

/* A writer; options as output_new() has them. 0, -ENOMEM, or -EINVAL if
 * the details name a field that does not exist. */
int columns_new(const struct output_options *options, struct columns **out) MUST_CHECK;
void columns_free(struct columns *columns);
/* Appends the event (findings have columns of their own, if they are wanted)
 * and a newline, or nothing when memory is out. */
void columns_event(struct columns *columns, const struct event *event, struct buffer *line);
void columns_header(const struct columns *columns, bool findings, struct buffer *line);

#endif
