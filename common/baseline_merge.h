/* SPDX-License-Identifier: GPL-2.0-only */
/* Several baselines as one. */
#ifndef KWP_BASELINE_MERGE_H
#define KWP_BASELINE_MERGE_H

#include "buffer.h"

/*
 * Appends to out a baseline that has what any of them has: counts of what was recorded are added,
 * of a file that differs the last baseline's is taken. 0, -errno or -EBADMSG, said.
 */
int baseline_merge(char *const *paths, size_t count, struct buffer *out);

#endif
