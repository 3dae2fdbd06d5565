/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * uring OPERATION [WORD]... [, OPERATION ...]: acts without a system call of their own, through
 * io_uring by raw system calls: open PATH (written, made), look PATH (read), mkdir PATH, rename OLD NEW,
 * unlink PATH, link OLD NEW, symlink TEXT PATH, connect HOST PORT, and nop. Prints
 * "OPERATION RESULT" for each; "setup -38" and status 3 where the kernel has no io_uring.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "ring.h"

static int paths(struct ring *ring, int opcode, int flags, char **words)
{
	struct io_uring_sqe sqe = {.opcode = opcode, .fd = AT_FDCWD};

	sqe.addr = (unsigned long)words[0];
	if (opcode == IORING_OP_SYMLINKAT) {
		sqe.addr2 = (unsigned long)words[1];
	} else if (opcode == IORING_OP_RENAMEAT || opcode == IORING_OP_LINKAT) {
		sqe.addr2 = (unsigned long)words[1];
		sqe.len = AT_FDCWD;
	} else if (opcode == IORING_OP_OPENAT) {
		sqe.open_flags = flags;
		sqe.len = 0640;
	} else if (opcode == IORING_OP_MKDIRAT) {
		sqe.len = 0750;
	}
	return ring_do(ring, &sqe);
}

static int connection(struct ring *ring, char **words)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(words[1])),
				 .sin_addr.s_addr = inet_addr(words[0])};
	struct io_uring_sqe sqe = {.opcode = IORING_OP_CONNECT, .fd = socket(AF_INET, SOCK_STREAM, 0)};

	sqe.addr = (unsigned long)&to;
	sqe.off = sizeof(to);
	return ring_do(ring, &sqe);
}

static const struct {
	const char *name;
	int words, opcode, flags;
} operations[] = {
	{"nop", 0, IORING_OP_NOP, 0}, {"open", 1, IORING_OP_OPENAT, O_WRONLY | O_CREAT},
	{"look", 1, IORING_OP_OPENAT, O_RDONLY},
	{"mkdir", 1, IORING_OP_MKDIRAT, 0}, {"rename", 2, IORING_OP_RENAMEAT, 0},
	{"unlink", 1, IORING_OP_UNLINKAT, 0}, {"link", 2, IORING_OP_LINKAT, 0},
	{"symlink", 2, IORING_OP_SYMLINKAT, 0}, {"connect", 2, IORING_OP_CONNECT, 0},
};

/* How many words it took. */
static int operate(struct ring *ring, char **words)
{
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
		if (strcmp(words[0], operations[i].name))
			continue;
		printf("%s %d\n", words[0],
		       operations[i].opcode == IORING_OP_CONNECT
			       ? connection(ring, words + 1)
			       : paths(ring, operations[i].opcode, operations[i].flags, words + 1));
		return operations[i].words + 1;
	}
	fprintf(stderr, "uring: no operation '%s'\n", words[0]);
	exit(2);
}

int main(int argc, char **argv)
{
	struct ring ring;
	int err = ring_open(&ring);

	printf("setup %d\n", err);
	if (err)
		return 3;
	for (int at = 1; at < argc; at++)
		at += operate(&ring, argv + at);
	return 0;
}
