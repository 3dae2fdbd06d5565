/* SPDX-License-Identifier: GPL-2.0-only */
/* kwp's own program. */
#ifndef KWP_SELF_H
#define KWP_SELF_H

#include "util.h"

/* Its bytes into an empty file that is open at to. 0 or -errno. */
int self_copy(int to) MUST_CHECK;

#endif
