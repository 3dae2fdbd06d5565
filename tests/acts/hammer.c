/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hammer PATH ADDRESS
 *
 * Two threads that try without a pause what a policy forbids: one creates PATH, the other connects
 * to the IPv4 ADDRESS. "-" stands for nothing. Prints "ready", and at SIGTERM "TRIED tried, DONE
 * done".
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static atomic_ulong tried, done;
static atomic_int over;

static void *create(void *path)
{
	while (!over && strcmp(path, "-")) {
		int fd = open(path, O_CREAT | O_WRONLY, 0600);

		tried++;
		if (fd < 0)
			continue;
		done++;
		close(fd);
		unlink(path);
	}
	return NULL;
}

static void *reach(void *address)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};

	while (!over && inet_pton(AF_INET, address, &to.sin_addr) == 1) {
		int fd = socket(AF_INET, SOCK_DGRAM, 0);

		tried++;
		if (!connect(fd, (void *)&to, sizeof(to)) || errno != EPERM)
			done++;
		close(fd);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread[2];
	sigset_t set;
	int signal;

	if (argc != 3)
		return 2;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	pthread_create(&thread[0], NULL, create, argv[1]);
	pthread_create(&thread[1], NULL, reach, argv[2]);
	puts("ready");
	fflush(stdout);
	sigwait(&set, &signal);
	over = 1;
	pthread_join(thread[0], NULL);
	pthread_join(thread[1], NULL);
	printf("%lu tried, %lu done\n", (unsigned long)tried, (unsigned long)done);
	return 0;
}
