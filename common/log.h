/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Diagnostics: one sentence a line on stderr, "kwp-trace: cannot open x: why".
 * Findings never come this way.
 */
#ifndef KWP_LOG_H
#define KWP_LOG_H

#include "util.h"

enum log_level { LOG_QUIET, LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/* name: what each line begins with; borrowed for ever. */
void log_open(const char *name);
void log_set_level(enum log_level level);
/* How many errors and warnings were said so far. */
unsigned log_count(enum log_level level);

void log_at(enum log_level level, const char *format, ...) PRINTF(2, 3);
#define log_error(...) log_at(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_at(LOG_WARNING, __VA_ARGS__)
#define log_info(...) log_at(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_at(LOG_DEBUG, __VA_ARGS__)

/* Says the sentence and ": " strerror(-err); returns err, a negative errno,
 * so that a function can `return log_errno(err, ...)`. */
int log_errno(int err, const char *format, ...) PRINTF(2, 3);

/* Routes libbpf's messages here: its warnings at LOG_DEBUG, because kwp says
 * itself, once, what a failed load means. */
void log_libbpf(void);

#endif
