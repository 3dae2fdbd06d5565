/* SPDX-License-Identifier: GPL-2.0-only */
#include "enforce_sysctl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "util.h"

#include <stdbool.h>

#define ROOT "/proc/sys/"

/* Files whose writing is an act, whatever is written. */
static bool acts_when_written(const char *path)
{
	static const char *const ends[] = {"drop_caches", "compact_memory", "flush",
					   "stat_refresh"};
	const size_t size = strlen(path);

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (size > strlen(ends[i]) && !strcmp(path + size - strlen(ends[i]), ends[i]))
			return true;
	return false;
}

static int rewrite(const char *path)
{
	_cleanup_close_ int fd = -1;
	char value[512];
	struct stat st;
	ssize_t size;

	errno = ENOENT;
	if (acts_when_written(path) || stat(path, &st) || !S_ISREG(st.st_mode) ||
	    (st.st_mode & 0600) != 0600)
		return -1;
	fd = open(path, O_RDWR | O_CLOEXEC);
	size = fd < 0 ? -1 : read(fd, value, sizeof(value));
	if (size <= 0 || size == sizeof(value)) {
		errno = ENOENT;
		return -1;
	}
	return pwrite(fd, value, size, 0) == size ? 0 : -1;
}

/* The first below a directory that can be written. Depth-first; deep ones have the same below
 * each network device. */
static int rewrite_below(char *path, size_t room, int depth)
{
	const size_t size = strlen(path);
	const struct dirent *entry;
	DIR *dir = opendir(path);
	int ret = -1;

	errno = ENOENT;
	while (dir && ret && errno == ENOENT && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path + size, room - size, "/%s", entry->d_name);
		errno = ENOENT;
		if (entry->d_type != DT_DIR)
			ret = rewrite(path);
		else if (depth)
			ret = rewrite_below(path, room, depth - 1);
	}
	if (dir) {
		int err = errno;

		closedir(dir);
		errno = err;
	}
	return ret;
}

int sysctl_rewrite(const char *pattern)
{
	char path[512] = ROOT;
	const size_t skip = strlen(ROOT);
	char *star;

	snprintf(path + skip, sizeof(path) - skip, "%s", pattern);
	for (char *at = path + skip; *at; at++)
		*at = *at == '.' ? '/' : *at == '/' ? '.' : *at;
	star = strstr(path, "/*");
	if (!star)
		return rewrite(path);
	*star = 0;
	return rewrite_below(path, sizeof(path), 3);
}
