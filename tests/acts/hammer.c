/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hammer PATH ADDRESS [FLOOD COUNT]
 *
 * Two threads that try without a pause what a policy forbids: one creates PATH, the other connects
 * to the IPv4 ADDRESS. "-" stands for nothing. Prints "ready", and at SIGTERM "TRIED tried, DONE
 * done". With FLOOD, a file whose use is told, many more threads open that meanwhile, and it
 * ends by itself after COUNT tries.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FLOODS 12 /* threads: more than a CPU has scratch for those that were pre-empted */

static atomic_ulong tried, done, flooded;
static atomic_int over;
static unsigned long most = ~0ul;

static int is_over(void)
{
	return over || tried >= most;
}

static void *create(void *path)
{
	while (!is_over() && strcmp(path, "-")) {
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

	while (!is_over() && inet_pton(AF_INET, address, &to.sin_addr) == 1) {
		int fd = socket(AF_INET, SOCK_DGRAM, 0);

		tried++;
		if (!connect(fd, (void *)&to, sizeof(to)) || errno != EPERM)
			done++;
		close(fd);
	}
	return NULL;
}

static void *flood(void *path)
{
	for (; !is_over(); flooded++)
		close(open(path, O_RDONLY));
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread[2 + FLOODS];
	int threads = 2, signal;
	sigset_t set;

	if (argc != 3 && argc != 5)
		return 2;
	if (argc == 5)
		most = strtoul(argv[4], NULL, 10);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	pthread_create(&thread[0], NULL, create, argv[1]);
	pthread_create(&thread[1], NULL, reach, argv[2]);
	for (; argc == 5 && threads < 2 + FLOODS; threads++)
		pthread_create(&thread[threads], NULL, flood, argv[3]);
	puts("ready");
	fflush(stdout);
	if (argc == 3)
		sigwait(&set, &signal);
	over = argc == 3;
	for (int i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	printf("%lu tried, %lu done\n", (unsigned long)tried, (unsigned long)done);
	if (argc == 5)
		printf("%lu told\n", (unsigned long)flooded);
	return 0;
}
