/* SPDX-License-Identifier: GPL-2.0-only */
/* A growing run of bytes that lines are made in. */
#ifndef KWP_BUFFER_H
#define KWP_BUFFER_H

#include "util.h"

#include <stdbool.h>
#include <string.h>

/* All zero is empty. A failed allocation sets failed and drops what comes, so
 * that only the end needs a check. To use one again: size = 0, failed = false. */
struct buffer {
	char *bytes;
	size_t size, room;
	bool failed;
};

void buffer_add(struct buffer *buffer, const char *bytes, size_t size);
void buffer_addf(struct buffer *buffer, const char *format, ...) PRINTF(2, 3);
void buffer_free(struct buffer *buffer);
/* Makes room for more bytes; see buffer_want(). */
char *buffer_grow(struct buffer *buffer, size_t more);

/* Where the next `more` bytes may be written, or NULL when memory is out; the
 * writer then sets size itself, or calls buffer_end(). */
static inline char *buffer_want(struct buffer *buffer, size_t more)
{
	if (buffer->room - buffer->size > more)
		return buffer->bytes + buffer->size;
	return buffer_grow(buffer, more);
}

/* end: behind the last byte that was written. */
static inline void buffer_end(struct buffer *buffer, const char *end)
{
	buffer->size = end - buffer->bytes;
}

static inline void buffer_byte(struct buffer *buffer, char byte)
{
	char *to = buffer_want(buffer, 1);

	if (to) {
		*to = byte;
		buffer->size++;
	}
}

static inline void buffer_string(struct buffer *buffer, const char *string)
{
	buffer_add(buffer, string, strlen(string));
}

static inline void cleanup_buffer(struct buffer *b) { buffer_free(b); }
#define _cleanup_buffer_ __attribute__((cleanup(cleanup_buffer)))

#endif
