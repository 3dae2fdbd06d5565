/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by loader*.c only: the programs that need no type information of the kernel, where the
 * others can't be loaded. They enforce rules of addresses, on control groups.
 */
#ifndef KWP_LOADER_PLAIN_H
#define KWP_LOADER_PLAIN_H

#include "loader_choose.h"

/* Is there anything among what was asked for that they can do? */
bool plain_serves(const struct sensor_options *options);
/* 0, or -errno with the reason in out->view. */
int plain_load(struct loader *loader, struct loaded *out) MUST_CHECK;

#endif
