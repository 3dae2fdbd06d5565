/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of the kinds of rules that the kernel side has. */
#ifndef KWP_CLASS_H
#define KWP_CLASS_H

#include "../bpf/policy.h"

/* "file"; "?" when out of range. */
const char *class_name(unsigned class);

#endif
