/* SPDX-License-Identifier: GPL-2.0-only */
/* The entries of a directory, by the system call: readdir(3) asks three times as often. */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>

#include "snapshot_file.h"

void directory_names_free(struct directory_names *names)
{
	buffer_free(&names->bytes);
	free(names->list);
}

static int name_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a + 1, *(const char *const *)b + 1);
}

/* As getdents64(2) lays them out. */
struct entry {
	uint64_t inode;
	int64_t offset;
	unsigned short size;
	unsigned char type;
	char name[];
};

static void names_take(struct directory_names *names, const char *bytes, long size)
{
	for (long at = 0; at < size;) {
		const struct entry *entry = (const void *)(bytes + at);

		at += entry->size;
		if (!strcmp(entry->name, ".") || !strcmp(entry->name, ".."))
			continue;
		buffer_byte(&names->bytes, (char)entry->type);
		buffer_add(&names->bytes, entry->name, strlen(entry->name) + 1);
		names->count++;
	}
}

int directory_names_read(int fd, char *room, struct directory_names *names)
{
	long got;
	int err;
	char *at;

	while ((got = syscall(SYS_getdents64, fd, room, ENTRIES_ROOM)) > 0)
		names_take(names, room, got);
	err = got < 0 ? -errno : 0;
	names->list = calloc(names->count + 1, sizeof(*names->list));
	if (!names->list || names->bytes.failed) {
		names->count = 0;
		return -ENOMEM;
	}
	at = names->bytes.bytes;
	for (size_t i = 0; i < names->count; i++, at += strlen(at + 1) + 2)
		names->list[i] = at;
	qsort(names->list, names->count, sizeof(*names->list), name_order);
	return err;
}
