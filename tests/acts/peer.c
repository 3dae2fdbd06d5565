/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * peer PORT TEXT: the far end of a shell. Listens at 127.0.0.1 port PORT, prints "ready", sends
 * TEXT to the first that connects and prints what comes back until it hangs up, or 20 seconds.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1, fd;
	char bytes[4096];

	if (argc != 3)
		return 2;
	in.sin_port = htons(atoi(argv[1]));
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, (void *)&in, sizeof(in)) || listen(listener, 1)) {
		perror("peer");
		return 1;
	}
	puts("ready");
	fflush(stdout);
	alarm(20);
	fd = accept(listener, NULL, NULL);
	if (fd < 0 || send(fd, argv[2], strlen(argv[2]), 0) < 0)
		return 1;
	for (ssize_t got; (got = read(fd, bytes, sizeof(bytes))) > 0;)
		if (write(1, bytes, got) != got)
			return 1;
	return 0;
}
