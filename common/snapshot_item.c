/* SPDX-License-Identifier: GPL-2.0-only */
/* A file's facts as the texts of an item. */
#include <sys/sysmacros.h>

#include "digits.h"
#include "snapshot_file.h"

#define RACE_NS (2 * NS_PER_S) /* clocks of file systems tick slower than they change */

static const char *type_name(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return "file";
	case S_IFDIR:
		return "directory";
	case S_IFLNK:
		return "symlink";
	case S_IFCHR:
		return "character-device";
	case S_IFBLK:
		return "block-device";
	case S_IFIFO:
		return "fifo";
	case S_IFSOCK:
		return "socket";
	}
	return "unknown";
}

static uint64_t ns_of(const struct timespec *ts)
{
	return (uint64_t)ts->tv_sec * NS_PER_S + (uint64_t)ts->tv_nsec;
}

static struct text put_number(char *out, uint64_t number)
{
	return (struct text){out, (size_t)(digits_put(out, number) - out)};
}

static char *put_pair(char *to, uint64_t a, char between, uint64_t b)
{
	to = digits_put(to, a);
	*to++ = between;
	return digits_put(to, b);
}

static char *put_timespec(char *to, const struct timespec *ts)
{
	*to++ = ' ';
	to = digits_put_signed(to, ts->tv_sec);
	*to++ = '.';
	return digits_put_fixed(to, (uint64_t)ts->tv_nsec, 9);
}

static struct text put_mode(char *out, mode_t mode)
{
	for (int i = 0; i < 4; i++)
		out[i] = (char)('0' + (mode >> (9 - 3 * i) & 7));
	return (struct text){out, 4};
}

/* By hand, because a walk writes it for every file: DEVICE INODE MTIME CTIME */
static struct text put_stamp(char *out, const struct stat *st)
{
	char *to = put_pair(out, major(st->st_dev), ':', minor(st->st_dev));

	*to++ = ' ';
	to = digits_put(to, st->st_ino);
	to = put_timespec(to, &st->st_mtim);
	to = put_timespec(to, &st->st_ctim);
	return (struct text){out, (size_t)(to - out)};
}

void item_of_stat(struct item *item, struct text path, const struct stat *st, uint64_t now,
		  struct item_room *room)
{
	*item = (struct item){.section = SECTION_FILES, .name = path};
	item->value[FILE_TYPE] = text_of(type_name(st->st_mode));
	item->value[FILE_UID] = put_number(room->uid, st->st_uid);
	item->value[FILE_GID] = put_number(room->gid, st->st_gid);
	if (!S_ISLNK(st->st_mode))
		item->value[FILE_MODE] = put_mode(room->mode, st->st_mode);
	if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
		item->value[FILE_DEVICE] = (struct text){
			room->device, (size_t)(put_pair(room->device, major(st->st_rdev), ':',
							minor(st->st_rdev)) -
					       room->device)};
	if (!S_ISREG(st->st_mode))
		return;
	item->value[FILE_SIZE] = put_number(room->size, (uint64_t)st->st_size);
	if (ns_of(&st->st_ctim) + RACE_NS < now)
		item->value[FILE_STAMP] = put_stamp(room->stamp, st);
}

static struct text text_in(const struct buffer *buffer)
{
	return buffer->size ? (struct text){buffer->bytes, buffer->size} : (struct text){NULL, 0};
}

void item_of_job(struct item *item, const struct hash_job *job, uint64_t now,
		 struct item_room *room)
{
	item_of_stat(item, (struct text){job->path.bytes, job->path.size}, &job->facts, now, room);
	if (job->hashed)
		item->value[FILE_SHA256] = (struct text){job->sha256, HASH_HEX};
	item->value[FILE_CAPABILITIES] = text_in(&job->capabilities);
	item->value[FILE_XATTRS] = text_in(&job->xattrs);
	item->value[FILE_TARGET] = text_in(&job->target);
}
