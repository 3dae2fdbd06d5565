/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dns NAME [tcp]: asks a name server of its own, at 127.0.0.1 port 53, for the address of NAME
 * and gets 192.0.2.7; over UDP, or TCP. Prints "NAME answered". To be run where the port is
 * free and lo is up, such as a new network namespace.
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGE 512

static const struct sockaddr_in server = {.sin_family = AF_INET};

static struct sockaddr_in address(void)
{
	struct sockaddr_in in = server;

	in.sin_port = htons(53);
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return in;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* A query for an A record. */
static size_t question(unsigned char *out, const char *name)
{
	static const unsigned char head[12] = {0x12, 0x34, 1, 0, 0, 1}, tail[5] = {0, 0, 1, 0, 1};
	size_t size = sizeof(head);

	memcpy(out, head, sizeof(head));
	while (*name) {
		size_t label = strcspn(name, ".");

		out[size++] = label;
		memcpy(out + size, name, label);
		size += label;
		name += label + (name[label] == '.');
	}
	memcpy(out + size, tail, sizeof(tail));
	return size + sizeof(tail);
}

/* The query becomes its answer. */
static size_t answer(unsigned char *message, size_t size)
{
	static const unsigned char record[16] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7};

	message[2] |= 0x80;
	message[7] = 1;
	memcpy(message + size, record, sizeof(record));
	return size + sizeof(record);
}

/* One message over TCP has its length before it. */
static size_t receive(int fd, unsigned char *message, int tcp)
{
	ssize_t got = recv(fd, message, MESSAGE, 0);

	if (got <= 2)
		fail("recv");
	if (tcp)
		memmove(message, message + 2, got -= 2);
	return got;
}

static void transmit(int fd, unsigned char *message, size_t size, int tcp)
{
	unsigned char framed[MESSAGE + 2] = {size >> 8, size & 255};

	memcpy(framed + 2, message, size);
	if (send(fd, tcp ? framed : message, tcp ? size + 2 : size, 0) < 0)
		fail("send");
}

static void serve(int fd, int tcp)
{
	unsigned char message[MESSAGE];
	struct sockaddr_in from;
	socklen_t length = sizeof(from);
	ssize_t got;

	if (tcp) {
		fd = accept(fd, NULL, NULL);
		got = receive(fd, message, tcp);
	} else {
		got = recvfrom(fd, message, MESSAGE - 16, 0, (void *)&from, &length);
		if (got < 12 || connect(fd, (void *)&from, length))
			fail("query");
	}
	transmit(fd, message, answer(message, got), tcp);
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = address();
	const int tcp = argc > 2, type = tcp ? SOCK_STREAM : SOCK_DGRAM;
	int listener = socket(AF_INET, type, 0), fd = socket(AF_INET, type, 0);
	unsigned char message[MESSAGE];

	if (argc < 2 || bind(listener, (void *)&at, sizeof(at)) || (tcp && listen(listener, 1)))
		fail("port 53");
	alarm(10);
	if (!fork()) {
		serve(listener, tcp);
		_exit(0);
	}
	if (connect(fd, (void *)&at, sizeof(at)))
		fail("connect");
	transmit(fd, message, question(message, argv[1]), tcp);
	if (receive(fd, message, tcp) < 12 || !(message[2] & 0x80))
		fail("answer");
	printf("%s answered\n", argv[1]);
	return 0;
}
