/* SPDX-License-Identifier: GPL-2.0-only */
/* A number of /proc/PID/stat. */
#ifndef KWP_PROC_STAT_H
#define KWP_PROC_STAT_H

#include <stdint.h>

#include "util.h"

/* proc_pid_stat(5) counts them from 1. */
enum { PROC_STAT_PARENT = 4, PROC_STAT_START = 22 /* ticks since the boot */ };

/* Of the process whose directory below /proc this is. 0 or -errno, -EINVAL: there is no such
 * number. */
int proc_stat(int directory, unsigned number, uint64_t *out) MUST_CHECK;

#endif
