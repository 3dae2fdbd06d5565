/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of a walk: what is looked at, where it ends, and how a file becomes an item. */
#ifndef KWP_SNAPSHOT_FILE_H
#define KWP_SNAPSHOT_FILE_H

#include <sys/stat.h>

#include "snapshot.h"
#include "snapshot_hash.h"

/* snapshot_select.c: is a regular file one that runs or configures what runs, by its mode and
 * path? */
bool file_selected(const char *path, mode_t mode);

/* snapshot_mount.c: types of the file systems that are mounted, by device. */
struct mount_types {
	const char *root;
	struct {
		dev_t device;
		char type[24];
	} *list;
	size_t count;
};
/* Of the mount namespace that root is in. */
void mount_types_read(struct mount_types *types, const char *root);
void mount_types_free(struct mount_types *types);
/* Why the file system of what is mounted there (O_PATH) is not walked; NULL: it is. */
const char *mount_refused(struct mount_types *types, int fd, dev_t device);
/* Is it an image, whose files have the times that its maker gave them? Another can be mounted in
 * its place that differs in nothing but what the files hold. */
bool mount_is_image(struct mount_types *types, dev_t device);

/* snapshot_item.c: texts of an item, which it points into. */
struct item_room {
	char size[24], mode[8], uid[16], gid[16], device[32], stamp[128];
};
/* The texts that a stat gives. now: ns since 1970; a file that changed just before has no stamp,
 * because it may change once more without its times showing it. */
void item_of_stat(struct item *item, struct text path, const struct stat *st, uint64_t now,
		  struct item_room *room);
/* The whole of it. */
void item_of_job(struct item *item, const struct hash_job *job, uint64_t now,
		 struct item_room *room);

/* snapshot_names.c: the entries of a directory, in order; each is its DT_ type and its name. */
#define ENTRIES_ROOM 32768 /* bytes of a directory that are read at once */
struct directory_names {
	struct buffer bytes; /* type, name, NUL; type, name, NUL ... */
	char **list;
	size_t count;
};
/* room: of ENTRIES_ROOM bytes, 8-aligned. 0 or -errno: what was read until then is there. */
int directory_names_read(int fd, char *room, struct directory_names *names);
void directory_names_free(struct directory_names *names);
#define _cleanup_names_ __attribute__((cleanup(directory_names_free)))

#endif
