/* SPDX-License-Identifier: GPL-2.0-only */
/* The acts of act.c on sockets. */
#ifndef KWP_ACT_SOCKETS_H
#define KWP_ACT_SOCKETS_H

#include <arpa/inet.h>
#include <errno.h>
#include <linux/vm_sockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Closes fd and hands it back; errno stays. */
static long closed(long fd)
{
	int err = errno;

	if (fd >= 0)
		close(fd);
	errno = err;
	return fd;
}

/* A listener at address, a connection to it, and its acceptance. */
static long meet(const struct sockaddr *address, socklen_t size)
{
	int listener = socket(address->sa_family, SOCK_STREAM, 0), one = 1;
	int from = socket(address->sa_family, SOCK_STREAM, 0), to = -1;

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, address, size) || listen(listener, 7) || connect(from, address, size))
		return -1;
	to = accept(listener, NULL, NULL);
	close(listener);
	close(from);
	return closed(to);
}

static long do_tcp(char **a)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(atoi(a[0])),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	return meet((void *)&in, sizeof(in));
}

static long do_tcp6(char **a)
{
	struct sockaddr_in6 in = {.sin6_family = AF_INET6, .sin6_port = htons(atoi(a[0])),
				  .sin6_addr = IN6ADDR_LOOPBACK_INIT};

	return meet((void *)&in, sizeof(in));
}

static long do_unix(char **a)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};

	snprintf(un.sun_path, sizeof(un.sun_path), "%s", a[0]);
	return meet((void *)&un, sizeof(un));
}

static long do_connect(char **a)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(atoi(a[1])),
				 .sin_addr.s_addr = inet_addr(a[0])};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	long ret = connect(fd, (void *)&in, sizeof(in));

	return closed(fd) < 0 ? -1 : ret;
}

/* CID PORT of a virtual machine socket. */
static long do_vsock(char **a)
{
	struct sockaddr_vm vm = {.svm_family = AF_VSOCK, .svm_cid = atoi(a[0]),
				 .svm_port = atoi(a[1])};
	int fd = socket(AF_VSOCK, SOCK_STREAM | SOCK_NONBLOCK, 0);
	long ret = fd < 0 ? fd : connect(fd, (void *)&vm, sizeof(vm));

	return closed(fd) < 0 ? -1 : ret;
}

static long do_dup2(char **a) { return dup2(atoi(a[0]), atoi(a[1])); }

/* HOST PORT: connects, and puts the connection on the standard descriptors. */
static long do_stdio(char **a)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(atoi(a[1])),
				 .sin_addr.s_addr = inet_addr(a[0])};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (connect(fd, (void *)&in, sizeof(in)))
		return -1;
	for (int i = 0; i < 3; i++)
		dup2(fd, i);
	return closed(fd);
}

#endif
