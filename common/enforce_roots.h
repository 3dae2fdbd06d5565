/* SPDX-License-Identifier: GPL-2.0-only */
/* The mount namespaces of what runs in the guest, by a process of each, and what is mounted
 * there. */
#ifndef KWP_ENFORCE_ROOTS_H
#define KWP_ENFORCE_ROOTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "util.h"

#define ROOTS_MOST 256 /* namespaces that are looked at */

struct root_mount {
	int id;
	uint32_t device; /* of the file system, as event_device() has it */
	char *path;	 /* of the place, from the root */
	bool remote;	 /* a file system that may keep who touches it waiting */
};

struct root {
	uint64_t namespace; /* its inode number */
	int fd;
	struct root_mount *mounts;
	size_t mounts_count;
};

struct roots {
	struct root *list;
	size_t count;
	bool cut; /* there are more */
};

/* Those that /proc shows; kwp's own first. 0 or -errno. */
int roots_find(struct roots *out) MUST_CHECK;
void roots_free(struct roots *roots);
/* Opens a path in the root as a process there would, also through symbolic links. A descriptor,
 * or -errno. */
int root_open(const struct root *root, const char *path, int flags);
/* The device of the file system that the descriptor's file is on, as programs know it; 0:
 * unknown. */
uint32_t root_device(const struct root *root, int fd);

static inline void cleanup_roots(struct roots *r) { roots_free(r); }
#define _cleanup_roots_ __attribute__((cleanup(cleanup_roots)))

#endif
