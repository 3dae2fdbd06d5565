/* SPDX-License-Identifier: GPL-2.0-only */
/* Which of an event's strings is the path of what, and where a relative one starts from. */
#ifndef KWP_PATH_H
#define KWP_PATH_H

#include "event.h"

/* Where joined paths are put; one for the events of a stream, one at a time. */
struct path_room {
	char path[2 * KWP_PATH_MAX], target[2 * KWP_PATH_MAX];
};

/* Set event->path, and for two-path acts event->target_path, of an act on files, of an exec:
 * the kernel's word where there is one, else the caller's. They may point into room. */
void path_of_file(struct event *event, struct path_room *room);
void path_of_exec(struct event *event, struct path_room *room);
/* The file that an exec's interpreter reads, absent: it is no script. */
struct text path_of_script(const struct event *event, struct path_room *room);

#endif
