/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Freezing: processes stand still, and can be looked at, until they are thawed. By the freezer of
 * cgroup v2, which the processes can't leave and whose state outlives kwp: a container's own
 * cgroup, or one named kwp-frozen-PID that is made below the cgroup of the process.
 */
#ifndef KWP_FREEZE_H
#define KWP_FREEZE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "util.h"

/* Freezes a process, and with follow its descendants, also those that it makes meanwhile. 0, or
 * -errno, which was said: -ESRCH no such process, -EPERM pid 1, kwp itself or one of its
 * ancestors, -ENOTSUP no cgroup v2 that can be written to, -ETIMEDOUT. */
int freeze_process(pid_t pid, bool follow) MUST_CHECK;
/* Thaws what freeze_process() froze and puts it back where it was. 0 or -errno, said; -ENOENT:
 * it is not frozen by kwp. Any kwp can do it, not only the one that froze. */
int thaw_process(pid_t pid) MUST_CHECK;
/* The same of a container, by its id or cgroup (guest_find_container()). */
int freeze_container(const char *name) MUST_CHECK;
int thaw_container(const char *name) MUST_CHECK;

#endif
