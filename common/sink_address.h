/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a -w DEST leads to. */
#ifndef KWP_SINK_ADDRESS_H
#define KWP_SINK_ADDRESS_H

#include "util.h"

#include <stdbool.h>
#include <sys/socket.h>

struct sink_address {
	bool socket; /* else it is a file */
	bool syslog;
	int type;    /* SOCK_STREAM or SOCK_DGRAM */
	struct sockaddr_storage address;
	socklen_t size;
};

/* Reads DEST. 0 or -EINVAL, and the reason was said. Names of hosts are looked
 * up in /etc/hosts only: a static binary has no resolver, and one would block. */
int sink_address_parse(const char *dest, struct sink_address *out) MUST_CHECK;

#endif
