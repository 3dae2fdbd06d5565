/* SPDX-License-Identifier: GPL-2.0-only */
/* io_uring by raw system calls: one operation at a time. */
#ifndef KWP_ACT_RING_H
#define KWP_ACT_RING_H

#include <errno.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/mman.h>
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

#endif
