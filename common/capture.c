/* SPDX-License-Identifier: GPL-2.0-only */
#include "capture.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "digest.h"
#include "escape.h"
#include "log.h"

#define MANIFEST "manifest.jsonl"

struct capture {
	int directory, manifest;
	uint64_t used, limit; /* bytes */
	uint64_t number;      /* of the finding, since kwp began */
	bool full;	      /* it was said that there is no more room */
	bool first;	      /* of the line's list */
	struct buffer line;
};

/* Only plain files that nobody else has a name for. */
static bool is_ours(int fd, struct stat *st)
{
	return !fstat(fd, st) && S_ISREG(st->st_mode) && st->st_nlink == 1;
}

/* What earlier runs have left counts. */
static uint64_t directory_size(int directory)
{
	int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	uint64_t sum = 0;
	struct stat st;

	while (dir && (entry = readdir(dir)))
		if (!fstatat(directory, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) &&
		    S_ISREG(st.st_mode))
			sum += st.st_size;
	if (dir)
		closedir(dir);
	return sum;
}

static int open_files(struct capture *capture, const char *path)
{
	struct stat st;

	if (mkdir(path, 0700) && errno != EEXIST)
		return -errno;
	capture->directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (capture->directory < 0)
		return -errno;
	capture->manifest = openat(capture->directory, MANIFEST,
				   O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (capture->manifest < 0)
		return -errno;
	if (!is_ours(capture->manifest, &st))
		return -EEXIST;
	capture->used = directory_size(capture->directory);
	return 0;
}

int capture_open(const char *path, uint64_t limit, struct capture **out)
{
	struct capture *capture = calloc(1, sizeof(*capture));
	int err;

	if (!capture)
		return log_errno(-ENOMEM, "cannot keep evidence");
	capture->directory = capture->manifest = -1;
	capture->limit = limit;
	err = open_files(capture, path);
	if (err) {
		capture_close(capture);
		return log_errno(err, "cannot keep evidence in %s", path);
	}
	*out = capture;
	return 0;
}

void capture_close(struct capture *capture)
{
	if (!capture)
		return;
	if (capture->manifest >= 0)
		close(capture->manifest);
	if (capture->directory >= 0)
		close(capture->directory);
	buffer_free(&capture->line);
	free(capture);
}

/* ---- the line ---- */

static void line_text(struct capture *capture, const char *key, struct text text)
{
	buffer_addf(&capture->line, ",\"%s\":\"", key);
	escape_json(&capture->line, text);
	buffer_byte(&capture->line, '"');
}

static void line_begin(struct capture *capture, const char *kind)
{
	buffer_addf(&capture->line, "%s{\"kind\":\"%s\"", capture->first ? "" : ",", kind);
	capture->first = false;
}

void capture_missing(struct capture *capture, const char *kind, const char *missing)
{
	line_begin(capture, kind);
	line_text(capture, "missing", (struct text){missing, strlen(missing)});
	buffer_byte(&capture->line, '}');
}

/* ---- the bytes ---- */

static int write_all(int fd, const char *bytes, size_t size)
{
	while (size) {
		ssize_t wrote = write(fd, bytes, size);

		if (wrote <= 0)
			return wrote ? -errno : -EIO;
		bytes += wrote;
		size -= wrote;
	}
	return 0;
}

/* 0: they are in the directory by this name; -EDQUOT: the limit. */
static int store(struct capture *capture, const char *name, const char *bytes, size_t size)
{
	_cleanup_close_ int fd = -1;
	int err;

	if (capture->used + size > capture->limit) {
		if (!capture->full)
			log_warning("the evidence has reached its limit; see --capture-limit");
		capture->full = true;
		return -EDQUOT;
	}
	fd = openat(capture->directory, name,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno == EEXIST ? 0 : -errno;
	err = write_all(fd, bytes, size);
	if (err)
		unlinkat(capture->directory, name, 0);
	else
		capture->used += size;
	return err;
}

void capture_bytes(struct capture *capture, const char *kind, struct text path, const char *bytes,
		   size_t size, bool cut)
{
	char hex[DIGEST_HEX];
	int err;

	digest_of(bytes, size, hex);
	err = store(capture, hex, bytes, size);
	line_begin(capture, kind);
	if (path.bytes)
		line_text(capture, "path", path);
	buffer_addf(&capture->line, ",\"sha256\":\"%s\",\"size\":%zu", hex, size);
	if (cut)
		buffer_string(&capture->line, ",\"truncated\":true");
	if (err) {
		const char *why = err == -EDQUOT ? "the limit is reached" : strerror(-err);

		line_text(capture, "missing", (struct text){why, strlen(why)});
	}
	buffer_byte(&capture->line, '}');
}

void capture_fd(struct capture *capture, const char *kind, struct text path, int fd)
{
	_cleanup_close_ int held = fd;
	_cleanup_free_ char *bytes = NULL;
	size_t size = 0, room = 0;
	ssize_t got = 0;

	if (fd < 0) {
		capture_missing(capture, kind,
				fd == -ENOENT || fd == -ESRCH ? "gone" : strerror(-fd));
		return;
	}
	do {
		if (size == room) {
			char *more = realloc(bytes, room = room ? room * 2 : 64 << 10);

			if (!more)
				break;
			bytes = more;
		}
		got = read(held, bytes + size, MIN(room, (size_t)CAPTURE_FILE_MAX) - size);
		size += MAX(got, 0);
	} while (got > 0);
	if (got < 0 && !size)
		capture_missing(capture, kind, errno == ESRCH ? "gone" : strerror(errno));
	else
		capture_bytes(capture, kind, path, bytes, size, size == CAPTURE_FILE_MAX);
}

/* ---- a finding ---- */

void capture_take(struct capture *capture, const struct event *finding, struct text json)
{
	struct buffer *line = &capture->line;
	int err;

	while (json.size && json.bytes[json.size - 1] == '\n')
		json.size--;
	line->size = 0;
	line->failed = false;
	buffer_addf(line, "{\"number\":%" PRIu64 ",\"event\":", ++capture->number);
	buffer_add(line, json.bytes, json.size);
	buffer_string(line, ",\"evidence\":[");
	capture->first = true;
	capture_process(capture, finding);
	buffer_string(line, "]}\n");
	if (line->failed || capture->used + line->size > capture->limit) {
		if (!capture->full)
			log_warning("the evidence has reached its limit; see --capture-limit");
		capture->full = true;
		return;
	}
	err = write_all(capture->manifest, line->bytes, line->size);
	if (err)
		log_errno(err, "cannot write the manifest of the evidence");
	else
		capture->used += line->size;
}
