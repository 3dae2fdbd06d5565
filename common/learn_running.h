/* SPDX-License-Identifier: GPL-2.0-only */
/* Is the policy in the kernel that of a profile's file? */
#ifndef KWP_LEARN_RUNNING_H
#define KWP_LEARN_RUNNING_H

#include "buffer.h"

/* Appends the answer in words. Returns an exit status (options.h): 0 it is, 1 it is not. */
int learn_running(const char *profile, struct buffer *out);

#endif
