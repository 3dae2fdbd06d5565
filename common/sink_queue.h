/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines that wait to be written, whole ones only, in bounded memory. */
#ifndef KWP_SINK_QUEUE_H
#define KWP_SINK_QUEUE_H

#include "buffer.h"

#include <stdint.h>

#define SINK_QUEUE_MAX (1u << 20)

struct sink_queue {
	struct buffer buffer;
	size_t line; /* start of the first line that is not wholly out */
	size_t sent; /* bytes of the buffer that are out */
	uint64_t dropped; /* lines */
};

/* Takes the lines that fit, counts the others as dropped. */
void sink_queue_add(struct sink_queue *queue, const char *lines, size_t size);
/* These bytes more are out. */
void sink_queue_sent(struct sink_queue *queue, size_t size);
/* The reader is gone: it had a part of a line, the next one gets it whole. */
void sink_queue_rewind(struct sink_queue *queue);
/* Drops all that waits. */
void sink_queue_drop(struct sink_queue *queue);
/* Drops the line that is being sent. */
void sink_queue_skip(struct sink_queue *queue);

static inline size_t sink_queue_left(const struct sink_queue *queue)
{
	return queue->buffer.size - queue->sent;
}

static inline const char *sink_queue_next(const struct sink_queue *queue)
{
	return queue->buffer.bytes + queue->sent;
}

#endif
