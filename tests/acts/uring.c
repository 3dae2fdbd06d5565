/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * uring OPERATION [WORD]... [, OPERATION ...]: acts without a system call of their own, through
 * io_uring by raw system calls: open PATH (written, made), mkdir PATH, rename OLD NEW,
 * unlink PATH, link OLD NEW, symlink TEXT PATH, connect HOST PORT, and nop. Prints
 * "OPERATION RESULT" for each; "setup -38" and status 3 where the kernel has no io_uring.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

struct ring {
	int fd;
	char *sq, *cq;
	struct io_uring_sqe *sqes;
	struct io_uring_params params;
};

static void *ring_map(const struct ring *ring, size_t size, off_t offset)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd, offset);
}

static int ring_open(struct ring *ring)
{
	const struct io_uring_params *p = &ring->params;

	memset(ring, 0, sizeof(*ring));
	ring->fd = syscall(SYS_io_uring_setup, 4, &ring->params);
	if (ring->fd < 0)
		return -errno;
	ring->sq = ring_map(ring, p->sq_off.array + p->sq_entries * 4, IORING_OFF_SQ_RING);
	ring->cq = ring_map(ring, p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe),
			    IORING_OFF_CQ_RING);
	ring->sqes = ring_map(ring, p->sq_entries * sizeof(*ring->sqes), IORING_OFF_SQES);
	if (ring->sq == MAP_FAILED || ring->cq == MAP_FAILED || ring->sqes == MAP_FAILED)
		return -errno;
	return 0;
}

static unsigned *word(char *at, unsigned offset)
{
	return (unsigned *)(at + offset);
}

/* Submits one operation and waits for its result. */
static int ring_do(struct ring *ring, const struct io_uring_sqe *sqe)
{
	const struct io_uring_params *p = &ring->params;
	unsigned *tail = word(ring->sq, p->sq_off.tail), *head = word(ring->cq, p->cq_off.head);
	unsigned slot = *tail & *word(ring->sq, p->sq_off.ring_mask);
	const struct io_uring_cqe *cqe;
	int result;

	ring->sqes[slot] = *sqe;
	word(ring->sq, p->sq_off.array)[slot] = slot;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		return -errno;
	cqe = (void *)(ring->cq + p->cq_off.cqes);
	result = cqe[*head & *word(ring->cq, p->cq_off.ring_mask)].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return result;
}

static int paths(struct ring *ring, int opcode, char **words)
{
	struct io_uring_sqe sqe = {.opcode = opcode, .fd = AT_FDCWD};

	sqe.addr = (unsigned long)words[0];
	if (opcode == IORING_OP_SYMLINKAT) {
		sqe.addr2 = (unsigned long)words[1];
	} else if (opcode == IORING_OP_RENAMEAT || opcode == IORING_OP_LINKAT) {
		sqe.addr2 = (unsigned long)words[1];
		sqe.len = AT_FDCWD;
	} else if (opcode == IORING_OP_OPENAT) {
		sqe.open_flags = O_WRONLY | O_CREAT;
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
	int words, opcode;
} operations[] = {
	{"nop", 0, IORING_OP_NOP}, {"open", 1, IORING_OP_OPENAT},
	{"mkdir", 1, IORING_OP_MKDIRAT}, {"rename", 2, IORING_OP_RENAMEAT},
	{"unlink", 1, IORING_OP_UNLINKAT}, {"link", 2, IORING_OP_LINKAT},
	{"symlink", 2, IORING_OP_SYMLINKAT}, {"connect", 2, IORING_OP_CONNECT},
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
			       : paths(ring, operations[i].opcode, words + 1));
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
