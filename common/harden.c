/* SPDX-License-Identifier: GPL-2.0-only */
#include "harden.h"

#include <errno.h>
#include <fcntl.h>

#include "log.h"

#define UNPRIVILEGED "/proc/sys/kernel/unprivileged_bpf_disabled"

int harden(void)
{
	_cleanup_close_ int fd = open(UNPRIVILEGED, O_RDWR | O_CLOEXEC);
	char old = 0;

	if (fd < 0 || read(fd, &old, 1) != 1)
		return log_errno(-errno, "cannot open " UNPRIVILEGED);
	if (old == '1') {
		log_info("kernel.unprivileged_bpf_disabled is 1 already");
		return 0;
	}
	if (pwrite(fd, "1", 1, 0) != 1)
		return log_errno(-errno, "cannot set kernel.unprivileged_bpf_disabled");
	log_info("kernel.unprivileged_bpf_disabled was %c and is 1 until the guest ends", old);
	return 0;
}
