/* SPDX-License-Identifier: GPL-2.0-only */
/* Where lines go: files here, sockets in sink_socket.c. */
#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>

#include "log.h"
#include "sink_socket.h"

#define FILE_DIRECT (16u << 10) /* bytes that are worth a write(2) of their own */
#define FILE_WAIT (64u << 10) /* bytes that a file is let wait for */

struct sink {
	char *dest;
	bool is_file;
	struct sink_queue queue;
	struct sink_socket socket;
	int fd;	   /* of a file; STDOUT_FILENO is not ours to close */
	int error; /* -errno of the last write to a file, 0: it went well */
	bool said; /* that it failed */
	bool dead; /* a pipe without a reader: never again */
};

static const char *sink_name(const struct sink *sink)
{
	return strcmp(sink->dest, "-") ? sink->dest : "standard output";
}

static int file_open(struct sink *sink)
{
	if (!strcmp(sink->dest, "-")) {
		sink->fd = STDOUT_FILENO;
		return 0;
	}
	sink->fd = open(sink->dest, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
	if (sink->fd < 0)
		return log_errno(-errno, "cannot open %s", sink->dest);
	return 0;
}

int sink_open(const char *dest, struct sink **out)
{
	struct sink *sink;
	struct sink_address address;
	int err = sink_address_parse(dest, &address);

	if (err)
		return err;
	sink = calloc(1, sizeof(*sink));
	if (!sink)
		return -ENOMEM;
	sink->fd = -1;
	sink->is_file = !address.socket;
	sink->dest = strdup(dest);
	if (!sink->dest)
		err = -ENOMEM;
	else if (sink->is_file)
		err = file_open(sink);
	if (err) {
		free(sink->dest);
		free(sink);
		return err;
	}
	if (!sink->is_file) {
		sink_socket_init(&sink->socket, sink->dest, &address);
		sink_socket_flush(&sink->socket, &sink->queue);
	}
	*out = sink;
	return 0;
}

static void file_fail(struct sink *sink, int err)
{
	sink->error = -err;
	sink->dead = err == EPIPE;
	/* That a reader like head(1) has enough is nothing to complain of. */
	if (!sink->said && !sink->dead)
		log_errno(-err, "cannot write to %s", sink_name(sink));
	sink->said = true;
	if (sink->dead)
		sink_queue_drop(&sink->queue);
}

/* One write. 1: go on, 0: a signal came, -1: the file failed. *written: bytes. */
static int file_put(struct sink *sink, const char *bytes, size_t size, size_t *written)
{
	struct pollfd wait = {.fd = sink->fd, .events = POLLOUT};
	ssize_t got = write(sink->fd, bytes, size);

	*written = MAX(got, 0);
	if (got > 0) {
		sink->error = 0;
		return 1;
	}
	/* Another program made our standard output non-blocking. */
	if (got < 0 && errno == EAGAIN)
		return poll(&wait, 1, -1) < 0 ? 0 : 1;
	if (got < 0 && errno == EINTR)
		return 0;
	file_fail(sink, got ? errno : EIO);
	return -1;
}

/* Writes all that waits, unless a signal or an error comes; then it waits on. */
static void file_flush(struct sink *sink)
{
	int more = 1;

	while (sink_queue_left(&sink->queue) && !sink->dead && more > 0) {
		size_t written;

		more = file_put(sink, sink_queue_next(&sink->queue), sink_queue_left(&sink->queue),
				&written);
		if (written)
			sink_queue_sent(&sink->queue, written);
	}
}

/* Many lines, or one with megabytes of arguments, go straight to the file, without a
 * copy in the queue, once that is empty. */
static void file_write(struct sink *sink, const char *bytes, size_t size)
{
	int more = 1;

	if (sink_queue_left(&sink->queue) + size > FILE_WAIT)
		file_flush(sink);
	while (size >= FILE_DIRECT && !sink_queue_left(&sink->queue) && !sink->dead &&
	       more >= 0) {
		size_t written;

		more = file_put(sink, bytes, size, &written);
		bytes += written;
		size -= written;
	}
	if (size)
		sink_queue_add(&sink->queue, bytes, size);
}

void sink_write(struct sink *sink, const char *bytes, size_t size)
{
	if (!size)
		return;
	if (sink->is_file)
		file_write(sink, bytes, size);
	else
		sink_queue_add(&sink->queue, bytes, size);
	if (sink->dead)
		sink_queue_drop(&sink->queue);
}

int sink_flush(struct sink *sink)
{
	if (sink->is_file)
		file_flush(sink);
	else
		sink_socket_flush(&sink->socket, &sink->queue);
	return sink->error;
}

int sink_timeout(const struct sink *sink)
{
	return sink->is_file ? -1 : sink_socket_timeout(&sink->socket, &sink->queue);
}

uint64_t sink_dropped(const struct sink *sink)
{
	return sink->queue.dropped;
}

/* The last chance of what a signal interrupted. A second signal means it. */
static void file_close(struct sink *sink)
{
	for (int i = 0; i < 2 && sink_queue_left(&sink->queue) && !sink->error; i++)
		file_flush(sink);
	if (sink->fd == STDOUT_FILENO)
		return;
	/* A network file system may keep its errors until here. */
	if (close(sink->fd) && errno != EINTR && !sink->error)
		file_fail(sink, errno);
}

int sink_close(struct sink *sink)
{
	uint64_t before;
	int err;

	if (!sink)
		return 0;
	before = sink->queue.dropped;
	if (sink->is_file)
		file_close(sink);
	else
		sink_socket_close(&sink->socket, &sink->queue);
	sink_queue_drop(&sink->queue);
	/* The caller can't ask any more. */
	if (sink->queue.dropped > before && !sink->dead)
		log_warning("%s: lines that could not be written: %llu", sink_name(sink),
			    (unsigned long long)(sink->queue.dropped - before));
	err = sink->error ?: sink->queue.dropped > before ? -EIO : 0;
	buffer_free(&sink->queue.buffer);
	free(sink->dest);
	free(sink);
	return err;
}
