/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scope: which processes' acts are asked for. What the kernel can test is tested
 * there; a recording is tested here.
 */
#ifndef KWP_SCOPE_H
#define KWP_SCOPE_H

#include "options.h"
#include "sensor.h"

/* What the kernel is to test. 0, or -errno when the container is unknown, which was said. */
int scope_options(const struct options *options, struct sensor_options *out);
/* The search for what -p names among the processes that already run. All zero: begin. */
struct scope_search {
	struct scope_process *list;
	size_t count;
	bool *found; /* one a -p */
};
/* Looks at a process that already runs: puts it into the kernel's scope if it
 * was asked for, or with -f descends from one that was. */
void scope_learn(struct scope_search *search, const struct options *options,
		 struct sensor *sensor, const struct kwp_record *record);
/* After the last, ends the search: 0, or -ESRCH, said, when a process that was asked
 * for does not run. */
int scope_complete(struct scope_search *search, const struct options *options,
		   struct sensor *sensor);
/* Is this event out of scope, by what only user space tests? */
bool scope_refuses(const struct options *options, const struct event *event);

#endif
