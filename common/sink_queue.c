/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines that wait to be written. */
#include "sink_queue.h"

static uint64_t count_lines(const char *lines, size_t size)
{
	const char *end = lines + size, *newline;
	uint64_t count = 0;

	for (; lines < end && (newline = memchr(lines, '\n', end - lines)); lines = newline + 1)
		count++;
	return count + (lines < end);
}

/* Gives back the room of what is out. */
static void queue_compact(struct sink_queue *queue)
{
	struct buffer *buffer = &queue->buffer;

	if (!queue->line)
		return;
	memmove(buffer->bytes, buffer->bytes + queue->line, buffer->size - queue->line);
	buffer->size -= queue->line;
	queue->sent -= queue->line;
	queue->line = 0;
}

void sink_queue_add(struct sink_queue *queue, const char *lines, size_t size)
{
	size_t fits = size, room;

	if (queue->buffer.size + size > SINK_QUEUE_MAX) {
		queue_compact(queue);
		room = SINK_QUEUE_MAX - queue->buffer.size;
		if (fits > room) {
			const char *last = memrchr(lines, '\n', room);

			fits = last ? (size_t)(last + 1 - lines) : 0;
		}
	}
	buffer_add(&queue->buffer, lines, fits);
	if (queue->buffer.failed) {
		queue->buffer.failed = false;
		fits = 0;
	}
	queue->dropped += count_lines(lines + fits, size - fits);
}

void sink_queue_sent(struct sink_queue *queue, size_t size)
{
	const char *from = sink_queue_next(queue), *last = memrchr(from, '\n', size);

	queue->sent += size;
	if (last)
		queue->line = last + 1 - queue->buffer.bytes;
	if (queue->line == queue->buffer.size)
		queue->line = queue->sent = queue->buffer.size = 0;
}

void sink_queue_rewind(struct sink_queue *queue)
{
	queue->sent = queue->line;
}

void sink_queue_drop(struct sink_queue *queue)
{
	queue->dropped += count_lines(queue->buffer.bytes + queue->line,
				      queue->buffer.size - queue->line);
	queue->line = queue->sent = queue->buffer.size = 0;
}

void sink_queue_skip(struct sink_queue *queue)
{
	const char *newline = memchr(sink_queue_next(queue), '\n', sink_queue_left(queue));

	queue->dropped++;
	sink_queue_sent(queue, newline ? (size_t)(newline + 1 - sink_queue_next(queue)) :
					 sink_queue_left(queue));
}
