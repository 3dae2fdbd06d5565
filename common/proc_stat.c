/* SPDX-License-Identifier: GPL-2.0-only */
#include "proc_stat.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

int proc_stat(int directory, unsigned number, uint64_t *out)
{
	_cleanup_close_ int fd = openat(directory, "stat", O_RDONLY | O_CLOEXEC);
	char text[1024];
	ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	const char *at;

	if (size < 0)
		return -errno;
	text[size] = 0;
	at = strrchr(text, ')'); /* the name, the second, can hold anything */
	for (unsigned i = 2; at && i < number; i++)
		at = strchr(at + 1, ' ');
	if (!at)
		return -EINVAL;
	*out = strtoull(at, NULL, 10);
	return 0;
}
