/* SPDX-License-Identifier: GPL-2.0-only */
/* Settings of the kernel that take from processes what they need to get round a policy. */
#ifndef KWP_HARDEN_H
#define KWP_HARDEN_H

#include "util.h"

/* Forbids BPF programs to processes without CAP_BPF, for as long as the kernel runs: the value 1
 * can't be taken back, not even by root, 2 could. Says what it did. 0 or -errno, said. */
int harden(void) MUST_CHECK;

#endif
