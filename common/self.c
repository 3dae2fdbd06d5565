/* SPDX-License-Identifier: GPL-2.0-only */
#include "self.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

int self_copy(int to)
{
	_cleanup_close_ int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct stat st;
	off_t at = 0;

	if (from < 0 || fstat(from, &st))
		return -errno;
	while (at < st.st_size) {
		ssize_t sent = sendfile(to, from, &at, st.st_size - at);

		if (sent <= 0)
			return sent ? -errno : -EIO;
	}
	return 0;
}
