/* SPDX-License-Identifier: GPL-2.0-only */
/* Counts of events by event, process name and target, for --summary. */
#ifndef KWP_SUMMARY_H
#define KWP_SUMMARY_H

#include "output.h"

struct summary;

#define SUMMARY_MAX 10000 /* rows; events that need one more are counted as "(other)" */

/* NULL: no memory. */
struct summary *summary_new(void);
void summary_free(struct summary *summary);
void summary_add(struct summary *summary, const struct event *event);
/* Appends the rows, most frequent first and "(other)" last: columns, or a JSON object each. */
void summary_print(struct summary *summary, enum format format, struct buffer *out);
void summary_clear(struct summary *summary);

#endif
