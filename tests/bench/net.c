/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * net serve PORT: answers each request of 128 bytes with 1024, and swallows streams (PORT + 1).
 * net stream|request|connect HOST PORT SECS: bytes, requests, or connections a second, in the best
 * of windows of 50 ms: what else the machine does only ever takes away.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define REQUEST 128
#define ANSWER 1024
#define WINDOW 0.05

static struct sockaddr_in at;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* ---- the server ---- */

static int listener(int port)
{
	struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (void *)&any, sizeof(any)) || listen(fd, 1024))
		fail("net: bind");
	return fd;
}

static void *swallow(void *data)
{
	static char bytes[1 << 18];
	int listening = *(int *)data;

	for (;;) {
		int fd = accept(listening, NULL, NULL);

		while (recv(fd, bytes, sizeof(bytes), 0) > 0)
			;
		close(fd);
	}
	return NULL;
}

static void answer(int fd)
{
	static const char bytes[ANSWER];
	char request[REQUEST];

	while (recv(fd, request, sizeof(request), MSG_WAITALL) == sizeof(request))
		if (send(fd, bytes, sizeof(bytes), MSG_NOSIGNAL) < 0)
			break;
	close(fd);
}

static void serve(int port)
{
	int requests = listener(port), streams = listener(port + 1);
	pthread_t thread;

	pthread_create(&thread, NULL, swallow, &streams);
	printf("ready\n");
	fflush(stdout);
	for (;;)
		answer(accept(requests, NULL, NULL));
}

/* ---- its clients ---- */

static int reach(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	if (connect(fd, (void *)&at, sizeof(at)))
		fail("net: connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

/* What came to be since a window began, and the best rate of those before. */
static double window_began, window_sum, best;

/* False: the time is over. */
static int count(double amount, double end)
{
	double at = now();

	window_sum += amount;
	if (at - window_began >= WINDOW) {
		if (window_sum / (at - window_began) > best)
			best = window_sum / (at - window_began);
		window_began = at;
		window_sum = 0;
	}
	return at < end;
}

static void stream(double end)
{
	static char bytes[1 << 17];
	int fd = reach();
	ssize_t sent;

	do {
		sent = send(fd, bytes, sizeof(bytes), MSG_NOSIGNAL);
		if (sent < 0)
			fail("net: send");
	} while (count(sent, end));
}

static void request(double end)
{
	char bytes[ANSWER] = {};
	int fd = reach();

	do
		if (send(fd, bytes, REQUEST, MSG_NOSIGNAL) != REQUEST ||
		    recv(fd, bytes, sizeof(bytes), MSG_WAITALL) != sizeof(bytes))
			fail("net: request");
	while (count(1, end));
}

/* Reset at the end, so that no port waits. */
static void storm(double end)
{
	const struct linger none = {.l_onoff = 1};

	do {
		int fd = reach();

		setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
		close(fd);
	} while (count(1, end));
}

int main(int argc, char **argv)
{
	double end;

	if (argc == 3 && !strcmp(argv[1], "serve"))
		serve(atoi(argv[2]));
	if (argc != 5)
		return 2;
	at = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(atoi(argv[3]))};
	inet_pton(AF_INET, argv[2], &at.sin_addr);
	window_began = now();
	end = window_began + atof(argv[4]);
	if (!strcmp(argv[1], "stream")) {
		at.sin_port = htons(atoi(argv[3]) + 1);
		stream(end);
	} else if (!strcmp(argv[1], "request")) {
		request(end);
	} else {
		storm(end);
	}
	printf("%.1f\n", best);
	return 0;
}
