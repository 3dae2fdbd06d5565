/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The walk. A directory is opened by its name below the descriptor of the one above it and never
 * through a link; files are opened without access first, so that only what is a regular file is
 * ever opened for reading: no FIFO, no device.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "log.h"
#include "snapshot_file.h"
#include "snapshot_xattr.h"

#define DEPTH_MAX 512 /* directories in each other; each holds a descriptor */

struct level {
	const struct level *above;
	int fd; /* of the directory, readable */
	dev_t device;
	ino_t inode;
	unsigned depth;
	bool image; /* times of its files tell nothing */
};

struct walk {
	const struct snapshot_options *options;
	struct snapshot_counts *counts;
	struct hash_pool *pool;
	struct mount_types types;
	struct buffer path; /* with a NUL behind it that size does not count */
	uint64_t now;
	_Alignas(8) char entries[ENTRIES_ROOM];
};

static struct text walk_path(const struct walk *walk)
{
	return walk->path.size ? (struct text){walk->path.bytes, walk->path.size}
			       : (struct text){"/", 1};
}

static void miss(struct walk *walk, struct text path, int err)
{
	walk->counts->missed++;
	walk->options->missed(walk->options->data, path, err == -ESTALE ? -ENOENT : err);
}

const char *snapshot_why(int err)
{
	switch (err) {
	case -ENOENT:
		return "it went while kwp looked";
	case -EAGAIN:
		return "it changed while it was read";
	case -ENAMETOOLONG:
		return "its directories are nested too deep";
	case -EBUSY:
		return "another process has a lease on it and does not let go";
	case -EFBIG:
		return "it is big and nearly all holes: its content was not read";
	case -ELOOP:
		return "it is a directory above itself again";
	}
	return strerror(-err);
}

/* ---- from the pool ---- */

static void take_job(void *data, struct hash_job *job)
{
	struct walk *walk = data;
	struct item_room room;
	struct item item;
	bool unsure;

	if (job->dropped)
		return;
	walk->counts->bytes += job->bytes;
	walk->counts->hashed += job->hashed && job->fd >= 0;
	if (job->error)
		miss(walk, (struct text){job->path.bytes, job->path.size}, job->error);
	unsure = job->error == -EAGAIN || job->error == -EBUSY;
	/* Of a file of holes all but the content is known. */
	if (unsure ? !walk->options->unsure || !S_ISREG(job->facts.st_mode) ||
			     (job->probe && !job->bytes)
		   : job->error && job->error != -EFBIG)
		return;
	walk->counts->files++;
	item_of_job(&item, job, walk->now, &room);
	(unsure ? walk->options->unsure : walk->options->take)(walk->options->data, &item,
							       &job->facts);
}

static struct hash_job *job_new(struct walk *walk, const struct stat *st)
{
	struct hash_job *job = hash_pool_job(walk->pool);
	struct text path = walk_path(walk);

	buffer_add(&job->path, path.bytes, path.size);
	job->facts = *st;
	return job;
}

/* ---- files ---- */

/* Is the path known? Takes hash and attributes from what is known of an unchanged file. */
static bool job_known(struct walk *walk, const struct level *level, struct hash_job *job)
{
	struct item_room room;
	struct item now, known;

	if (!walk->options->known ||
	    !walk->options->known(walk->options->data, walk_path(walk), &known))
		return false;
	item_of_stat(&now, walk_path(walk), &job->facts, walk->now, &room);
	if (level->image || !now.value[FILE_STAMP].bytes ||
	    !text_equal(now.value[FILE_STAMP], known.value[FILE_STAMP]) ||
	    !text_equal(now.value[FILE_SIZE], known.value[FILE_SIZE]) ||
	    known.value[FILE_SHA256].size != HASH_HEX)
		return true;
	memcpy(job->sha256, known.value[FILE_SHA256].bytes, HASH_HEX);
	job->hashed = true;
	buffer_add(&job->capabilities, known.value[FILE_CAPABILITIES].bytes,
		   known.value[FILE_CAPABILITIES].size);
	buffer_add(&job->xattrs, known.value[FILE_XATTRS].bytes, known.value[FILE_XATTRS].size);
	return true;
}

/* What was put in the place of the file that was looked at is never opened. */
static void job_open(struct hash_job *job, const struct level *level, const char *name)
{
	job->fd = openat(level->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (job->fd < 0)
		job->error = -errno;
	else if (fstat(job->fd, &job->facts) || !S_ISREG(job->facts.st_mode))
		job->error = -EAGAIN;
	if (job->error && job->fd >= 0)
		close(take_fd(job->fd));
}

static bool is_self(const struct walk *walk, const struct stat *st)
{
	for (size_t i = 0; i < walk->options->self_count; i++)
		if (walk->options->self[i].device == st->st_dev &&
		    walk->options->self[i].inode == st->st_ino)
			return true;
	return false;
}

/* Was it looked into when the baseline was made, and was it nothing then? */
static bool was_examined(const struct walk *walk, const struct level *level, const struct stat *st)
{
	return !level->image && level->device == walk->options->device &&
	       (uint64_t)st->st_ctim.tv_sec * NS_PER_S + (uint64_t)st->st_ctim.tv_nsec <
		       walk->options->examined;
}

static void regular_visit(struct walk *walk, const struct level *level, const char *name,
			  const struct stat *st)
{
	bool selected = walk->options->all || file_selected(walk->path.bytes, st->st_mode);
	struct hash_job *job;

	if (is_self(walk, st))
		return;
	job = job_new(walk, st);
	selected |= job_known(walk, level, job);
	if (!selected && (was_examined(walk, level, st) || !st->st_size)) {
		hash_job_reset(job);
		return;
	}
	job->probe = !selected;
	if (!job->hashed)
		job_open(job, level, name);
	hash_pool_queue(walk->pool, job);
}

static void link_visit(struct walk *walk, const struct level *level, const char *name,
		       const struct stat *st)
{
	struct hash_job *job = job_new(walk, st);
	char *to = buffer_want(&job->target, 65536), path[300 + 32];
	ssize_t size = to ? readlinkat(level->fd, name, to, 65536) : -1;

	if (size < 0)
		job->error = -errno;
	else
		job->target.size = (size_t)size;
	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", level->fd, name);
	xattrs_read_path(path, &job->capabilities, &job->xattrs);
	hash_pool_queue(walk->pool, job);
}

static void skip(struct walk *walk, const char *type)
{
	walk->counts->skipped++;
	walk->options->skipped(walk->options->data, walk_path(walk), type);
}

/* What the kernel knows of a name without asking the server of a mount, which may let us wait. */
static int look(int fd, const char *name, struct statx *out)
{
	const int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;

	return statx(fd, name, *name ? flags : flags | AT_EMPTY_PATH, STATX_TYPE, out);
}

static dev_t statx_device(const struct statx *stx)
{
	return makedev(stx->stx_dev_major, stx->stx_dev_minor);
}

/* A file can be a mount as well. NULL: it may be looked at. */
static const char *file_refused(struct walk *walk, const struct level *level, const char *name)
{
	_cleanup_close_ int fd = -1;
	struct statx stx;

	if (look(level->fd, name, &stx) || !(stx.stx_attributes & STATX_ATTR_MOUNT_ROOT))
		return NULL;
	fd = openat(level->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? strerror(errno) : mount_refused(&walk->types, fd, statx_device(&stx));
}

static void file_visit(struct walk *walk, const struct level *level, const char *name)
{
	const char *refused = file_refused(walk, level, name);
	struct stat st;

	if (refused)
		skip(walk, refused);
	else if (fstatat(level->fd, name, &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT))
		miss(walk, walk_path(walk), -errno);
	else if (S_ISREG(st.st_mode))
		regular_visit(walk, level, name, &st);
	else if (S_ISLNK(st.st_mode))
		link_visit(walk, level, name, &st);
	else if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode) || walk->options->all)
		hash_pool_queue(walk->pool, job_new(walk, &st));
}

/* ---- directories ---- */

static bool is_above(const struct level *level, const struct stat *st)
{
	for (; level; level = level->above)
		if (level->device == st->st_dev && level->inode == st->st_ino)
			return true;
	return false;
}

static bool is_ignored(const struct walk *walk)
{
	return walk->options->ignored &&
	       walk->options->ignored(walk->options->data, walk_path(walk));
}

static void directory_visit(struct walk *walk, const struct level *above, const char *name);

static void entries_visit(struct walk *walk, const struct level *level)
{
	_cleanup_names_ struct directory_names names = {};
	const size_t size = walk->path.size;
	int err = directory_names_read(level->fd, walk->entries, &names);

	if (err)
		miss(walk, walk_path(walk), err);
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.list[i] + 1;
		struct statx stx;
		unsigned char type = (unsigned char)names.list[i][0];

		buffer_byte(&walk->path, '/');
		buffer_add(&walk->path, name, strlen(name) + 1);
		if (walk->path.failed)
			return;
		walk->path.size--;
		if (is_ignored(walk)) {
			walk->path.size = size;
			continue;
		}
		if (type == DT_UNKNOWN && !look(level->fd, name, &stx))
			type = S_ISDIR(stx.stx_mode) ? DT_DIR : DT_REG;
		if (type == DT_DIR)
			directory_visit(walk, level, name);
		else
			file_visit(walk, level, name);
		walk->path.size = size;
	}
}

/* By its descriptor, which may be walked into. */
static void directory_enter(struct walk *walk, const struct level *above, int fd,
			    const struct stat *st)
{
	struct level level = {above, fd, st->st_dev, st->st_ino, above ? above->depth + 1 : 0,
			      above && above->device == st->st_dev
				      ? above->image
				      : mount_is_image(&walk->types, st->st_dev)};
	struct hash_job *job = job_new(walk, st);

	xattrs_read(fd, &job->capabilities, &job->xattrs);
	hash_pool_queue(walk->pool, job);
	if (level.depth > DEPTH_MAX)
		miss(walk, walk_path(walk), -ENAMETOOLONG);
	else
		entries_visit(walk, &level);
}

/* Through a descriptor, so that no mount that comes meanwhile is asked; one that comes by itself,
 * as virtiofs has them, comes with the name. */
static int directory_open(int place, int above, const char *name, const struct statx *stx)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

	return stx->stx_attributes & STATX_ATTR_AUTOMOUNT ? openat(above, name, flags)
							  : openat(place, ".", flags);
}

static void directory_visit(struct walk *walk, const struct level *above, const char *name)
{
	_cleanup_close_ int place = openat(above->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	_cleanup_close_ int fd = -1;
	const char *refused = NULL;
	struct stat st;
	struct statx stx;

	if (place < 0 || look(place, "", &stx)) {
		miss(walk, walk_path(walk), -errno);
		return;
	}
	if (statx_device(&stx) != above->device)
		refused = mount_refused(&walk->types, place, statx_device(&stx));
	if (refused) {
		skip(walk, refused);
		return;
	}
	fd = directory_open(place, above->fd, name, &stx);
	close(take_fd(place));
	if (fd < 0 || fstat(fd, &st))
		miss(walk, walk_path(walk), errno == ENOTDIR || errno == ELOOP ? -ENOENT : -errno);
	else if (is_above(above, &st))
		miss(walk, walk_path(walk), -ELOOP);
	else
		directory_enter(walk, above, fd, &st);
}

/* ---- the whole ---- */

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

int snapshot_files(const struct snapshot_options *options, struct snapshot_counts *counts)
{
	struct walk walk = {.options = options, .counts = counts, .now = now_ns()};
	_cleanup_close_ int fd = open(options->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;
	int err;

	*counts = (struct snapshot_counts){};
	if (fd < 0 || fstat(fd, &st))
		return log_errno(-errno, "cannot look at %s", options->root);
	err = hash_pool_new(options->threads, take_job, &walk, &walk.pool);
	if (err)
		return log_errno(err, "cannot start the threads that hash");
	mount_types_read(&walk.types, options->root);
	directory_enter(&walk, NULL, fd, &st);
	hash_pool_finish(walk.pool);
	hash_pool_free(walk.pool);
	mount_types_free(&walk.types);
	err = walk.path.failed ? -ENOMEM : 0;
	buffer_free(&walk.path);
	return err;
}
