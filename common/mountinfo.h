/* SPDX-License-Identifier: GPL-2.0-only */
/* The mounts of a mount namespace, as /proc/PID/mountinfo tells them. */
#ifndef KWP_MOUNTINFO_H
#define KWP_MOUNTINFO_H

#include <stdbool.h>

#include "util.h"

/* One mount at a time; its words live until the next one. */
struct mountinfo {
	int id;
	unsigned major, minor;
	const char *point, *options;	     /* of the mount */
	const char *type, *source, *super;   /* of the file system, and its options */
	FILE *file;
	char *line;
	size_t room;
};

/* Of the process that this word below /proc is. 0 or -errno. */
int mountinfo_open(const char *process, struct mountinfo *out) MUST_CHECK;
/* Of the namespace that a path leads into, if it begins as /proc/PID/root: the walk of a
 * container. Of any other path it is kwp's own. */
int mountinfo_open_root(const char *root, struct mountinfo *out) MUST_CHECK;
/* false: that was the last one. */
bool mountinfo_next(struct mountinfo *mounts);
void mountinfo_close(struct mountinfo *mounts);
#define _cleanup_mountinfo_ __attribute__((cleanup(mountinfo_close)))

#endif
