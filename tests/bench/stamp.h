/* SPDX-License-Identifier: GPL-2.0-only */
/* What the file names of `storm mix` start with, before CLOCK_REALTIME in ns. */
#ifndef KWP_BENCH_STAMP_H
#define KWP_BENCH_STAMP_H

#define STAMP "storm-mix-"

#endif
