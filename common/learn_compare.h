/* SPDX-License-Identifier: GPL-2.0-only */
/* Two profiles side by side: what the second one newly allows or denies. */
#ifndef KWP_LEARN_COMPARE_H
#define KWP_LEARN_COMPARE_H

#include "buffer.h"
#include "profile.h"

/* Appends a sentence a line. Returns how many, or -errno or -EINVAL, said. */
int learn_compare(const char *before, const char *after, struct buffer *out);
/* The same of profiles that were read. */
int profiles_compare(const struct profile *before, const struct profile *after, struct buffer *out);

#endif
