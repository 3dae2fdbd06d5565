/* SPDX-License-Identifier: GPL-2.0-only */
/* Options of the kernel that kwp wants: profiles/kernel.conf, which is part of the binary. */
#ifndef KWP_KCONFIG_H
#define KWP_KCONFIG_H

#include <stdbool.h>

#include "buffer.h"

/* Is this option set in the configuration that the kernel shows ("CONFIG_X=y" is one line of
 * it)? 1, 0, or -1: it shows none. */
int kconfig_has(const char *line);
/* The lines that this kernel lacks, with the comments above them, as a fragment. What can't be
 * known is in it, and said to be. Returns how many are surely missing. */
unsigned kconfig_missing(struct buffer *out);

#endif
