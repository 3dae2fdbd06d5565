/* SPDX-License-Identifier: GPL-2.0-only */
/* Watching for a baseline: the sensor's records go to a recording, which is read back. */
#ifndef KWP_LEARN_WATCH_H
#define KWP_LEARN_WATCH_H

#include "learn_activity.h"
#include "options.h"
#include "select.h"

/* Watches as the options say (-d, a command, -e) or reads their recording (--read). An exit
 * status; a command's own is not passed on. What was lost is said. */
int learn_watch(const struct options *options, const struct selection *selection,
		struct activity *activity);

#endif
