/* SPDX-License-Identifier: GPL-2.0-only */
/* The other end of what reach.c tries. */
#ifndef KWP_ACT_CATCH_H
#define KWP_ACT_CATCH_H

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static void listener(int family, int type, int protocol, const char *port)
{
	struct sockaddr_in6 any6 = {.sin6_family = AF_INET6, .sin6_port = htons(atoi(port))};
	struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
	int fd = socket(family, type, protocol), one = 1, queue = 16;

	if (fd < 0)
		return;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (bind(fd, family == AF_INET ? (void *)&any : (void *)&any6,
		 family == AF_INET ? sizeof(any) : sizeof(any6)))
		perror("reach: bind");
	if (type == SOCK_STREAM && listen(fd, 64))
		perror("reach: listen");
	setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN, &queue, sizeof(queue));
}

/* Prints what comes in as "by:WAY;", found in the bytes of a frame. */
static void frame_print(char *frame, ssize_t length)
{
	char *at = memmem(frame, length, "by:", 3), *end;

	if (!at)
		return;
	end = memchr(at, ';', frame + length - at);
	if (end)
		dprintf(1, "%.*s\n", (int)(end - at), at);
}

static int catch (const char *device, const char *port)
{
	struct sockaddr_ll at = {.sll_family = AF_PACKET,
				 .sll_protocol = htons(ETH_P_ALL),
				 .sll_ifindex = if_nametoindex(device)};
	int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
	static char frame[65536];
	struct sockaddr_ll from;
	socklen_t length;

	listener(AF_INET, SOCK_STREAM, IPPROTO_TCP, port);
	listener(AF_INET6, SOCK_STREAM, IPPROTO_TCP, port);
	listener(AF_INET, SOCK_STREAM, IPPROTO_SCTP, port);
	listener(AF_INET, SOCK_DGRAM, 0, port);
	listener(AF_INET6, SOCK_DGRAM, 0, port);
	if (bind(fd, (void *)&at, sizeof(at)))
		return 1;
	dprintf(1, "ready\n");
	for (;;) {
		ssize_t got = recvfrom(fd, frame, sizeof(frame), 0, (void *)&from,
				       (length = sizeof(from), &length));

		if (got > 0 && from.sll_pkttype != PACKET_OUTGOING)
			frame_print(frame, got);
	}
}

static int answer(const char *port)
{
	struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(atoi(port))}, from;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	char bytes[64];

	if (bind(fd, (void *)&any, sizeof(any)))
		return 1;
	dprintf(1, "ready\n");
	for (;;) {
		socklen_t length = sizeof(from);
		ssize_t got = recvfrom(fd, bytes, sizeof(bytes), 0, (void *)&from, &length);

		if (got < 0)
			return 1;
		got = sendto(fd, bytes, got, 0, (void *)&from, length);
		dprintf(1, "answer %ld\n", got < 0 ? -(long)errno : got);
	}
}

#endif
