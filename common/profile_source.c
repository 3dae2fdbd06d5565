/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds the file of a profile's name and reads its bytes. */
#include "profile_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define PROFILE_DIRECTORIES "/etc/kwp/profiles"

void document_free(struct profile_document *document)
{
	free(document->file);
	free(document->identity);
	free(document->directory);
	free(document->bytes);
	yaml_node_free(document->root);
}

static int bytes_read(int fd, struct profile_document *document)
{
	_cleanup_free_ char *bytes = malloc(YAML_SIZE_MAX + 1);
	size_t size = 0;

	if (!bytes)
		return -ENOMEM;
	while (size <= YAML_SIZE_MAX) {
		ssize_t got = read(fd, bytes + size, YAML_SIZE_MAX + 1 - size);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!got)
			break;
		size += (size_t)got;
	}
	if (size > YAML_SIZE_MAX)
		return -EFBIG;
	document->bytes = take_ptr(bytes);
	document->size = size;
	return 0;
}

/* Files that another file names must not make us wait: no pipes, no devices. */
static int file_read(const char *path, bool regular, struct profile_document *document)
{
	_cleanup_close_ int fd =
		open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (regular ? O_NONBLOCK : 0));
	struct stat status;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &status))
		return -errno;
	if (regular && !S_ISREG(status.st_mode))
		return -EINVAL;
	return bytes_read(fd, document);
}

static int file_open(const char *path, bool regular, struct profile_document *document)
{
	const char *slash = strrchr(path, '/');
	int err = file_read(path, regular, document);

	if (err)
		return err;
	document->file = strdup(path);
	document->identity = realpath(path, NULL);
	if (!document->identity) /* a pipe */
		document->identity = strdup(path);
	document->directory = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup("");
	return document->file && document->identity && document->directory ? 0 : -ENOMEM;
}

static int builtin_open(const char *name, struct profile_document *document)
{
	for (size_t i = 0; i < builtin_profiles_count; i++) {
		const struct builtin_profile *builtin = &builtin_profiles[i];

		if (strcmp(name, builtin->name))
			continue;
		if (asprintf(&document->file, "built-in/%s.yaml", name) < 0) {
			document->file = NULL;
			return -ENOMEM;
		}
		document->identity = strdup(document->file);
		document->bytes = malloc(builtin->size + 1);
		if (!document->identity || !document->bytes)
			return -ENOMEM;
		memcpy(document->bytes, builtin->bytes, builtin->size);
		document->size = builtin->size;
		return 0;
	}
	return -ENOENT;
}

/* A name without a slash: the directories, then the binary. */
static int name_open(const char *name, struct profile_document *document)
{
	const char *at = getenv("KWP_PROFILES");

	at = at ? at : PROFILE_DIRECTORIES;
	while (*at) {
		size_t length = strcspn(at, ":");
		_cleanup_free_ char *path = NULL;
		int err;

		if (asprintf(&path, "%.*s/%s.yaml", (int)length, at, name) < 0) {
			path = NULL;
			return -ENOMEM;
		}
		err = length ? file_open(path, true, document) : -ENOENT;
		if (err != -ENOENT && err != -ENOTDIR)
			return err;
		at += length + (at[length] == ':');
	}
	return builtin_open(name, document);
}

static bool is_path(const char *name)
{
	size_t length = strlen(name);

	return strchr(name, '/') || (length > 5 && !strcmp(name + length - 5, ".yaml"));
}

static int any_open(const char *name, const struct profile_document *from,
		    struct profile_document *document)
{
	_cleanup_free_ char *path = NULL;

	if (!strcmp(name, "-") && !from) {
		document->file = strdup("stdin");
		document->identity = strdup("-");
		return document->file && document->identity ? bytes_read(STDIN_FILENO, document)
							    : -ENOMEM;
	}
	if (!is_path(name))
		return name_open(name, document);
	if (*name == '/' || !from || !from->directory)
		return file_open(name, from, document);
	if (asprintf(&path, "%s%s", from->directory, name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	return file_open(path, true, document);
}

int source_open(struct profile_reader *reader, const char *name,
		const struct profile_document *from, struct profile_document *out)
{
	const struct yaml_node *place = from ? yaml_node_find(from->root, "extends") : NULL;
	struct profile_document document = {0};
	int err = any_open(name, from, &document);
	const char *why = strerror(-err);

	if (!err) {
		*out = document;
		return 0;
	}
	document_free(&document);
	if (err == -ENOMEM)
		return err;
	if (err == -EFBIG)
		why = "it has more than 1 MiB";
	else if (err == -EINVAL)
		why = "it is no regular file";
	else if (err == -ENOENT && !is_path(name))
		why = "there is no profile of that name";
	reader_problem(reader, false, place ? place->line : 0, place ? place->column : 0,
		       "cannot read the profile '%.100s': %s", name, why);
	return err;
}
