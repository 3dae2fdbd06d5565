/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "log.h"

#define RECORD_MAX (sizeof(struct kwp_record) + KWP_FACTS_MAX + KWP_STRINGS_MAX + 8)

int recording_create(const char *path, const struct recording *head, FILE **out)
{
	_cleanup_fclose_ FILE *file = NULL;
	struct stat st;
	int fd;

	fd = strcmp(path, "-") ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)
			       : dup(STDOUT_FILENO);
	file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!file)
		return log_errno(-errno, "cannot write %s", path);
	if (!fstat(fileno(file), &st) && S_ISREG(st.st_mode) && st.st_size) {
		log_error("%s is not empty: a recording is never overwritten", path);
		return -EEXIST;
	}
	if (fwrite(head, sizeof(*head), 1, file) != 1)
		return log_errno(-errno, "cannot write %s", path);
	*out = take_ptr(file);
	return 0;
}

int recording_add(FILE *file, const void *record, size_t size)
{
	return fwrite(record, size, 1, file) == 1 ? 0 : -errno;
}

int recording_open(const char *path, struct recording *head, FILE **out)
{
	_cleanup_fclose_ FILE *file = NULL;
	int fd;

	fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : dup(STDIN_FILENO);
	file = fd < 0 ? NULL : fdopen(fd, "r");
	if (!file)
		return log_errno(-errno, "cannot read %s", path);
	if (fread(head, sizeof(*head), 1, file) != 1 || memcmp(head->magic, RECORDING_MAGIC, 8)) {
		log_error("%s is not a recording of kwp", path);
		return -EBADMSG;
	}
	if (head->schema != KWP_SCHEMA || head->head_size != sizeof(struct kwp_record) ||
	    !memchr(head->host, 0, sizeof(head->host))) {
		log_error("%s was written by another version of kwp (schema %u, this one reads %u)",
			  path, head->schema, KWP_SCHEMA);
		return -EBADMSG;
	}
	*out = take_ptr(file);
	return 0;
}

int recording_next(FILE *file, char **bytes, size_t *room)
{
	uint32_t size;
	size_t got = fread(&size, 1, sizeof(size), file);

	if (!got && feof(file))
		return 0;
	if (got != sizeof(size) || size < sizeof(struct kwp_record) || size > RECORD_MAX || size % 8)
		return -EBADMSG;
	if (size > *room) {
		char *more = realloc(*bytes, size);

		if (!more)
			return -ENOMEM;
		*bytes = more;
		*room = size;
	}
	memcpy(*bytes, &size, sizeof(size));
	return fread(*bytes + sizeof(size), size - sizeof(size), 1, file) == 1 ? 1 : -EBADMSG;
}
