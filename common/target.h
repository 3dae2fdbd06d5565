/* SPDX-License-Identifier: GPL-2.0-only */
/* What an act was done to: a path, a far end, a process. */
#ifndef KWP_TARGET_H
#define KWP_TARGET_H

#include "field.h"

/* The one fact that names it. false: the event has none, *out is VALUE_NONE. */
bool target_get(const struct event *event, struct value *out);

#endif
