/* SPDX-License-Identifier: GPL-2.0-only */
/* A growing run of bytes that lines are made in. */
#include "buffer.h"

#include <stdarg.h>
#include <stdint.h>

#define BUFFER_FIRST 4096

/* Twice the old room at least: the cost per byte stays constant. */
char *buffer_grow(struct buffer *buffer, size_t more)
{
	size_t least, room = buffer->room ? buffer->room : BUFFER_FIRST;
	char *bytes;

	if (buffer->failed)
		return NULL;
	if (more > SIZE_MAX / 4 - buffer->size) {
		bytes = NULL;
	} else {
		least = buffer->size + more + 1;
		while (room < least)
			room *= 2;
		bytes = realloc(buffer->bytes, room);
	}
	if (!bytes) {
		buffer->failed = true;
		/* Nothing fits from now on, not even what would. */
		buffer->room = buffer->size;
		return NULL;
	}
	buffer->bytes = bytes;
	buffer->room = room;
	return bytes + buffer->size;
}

void buffer_add(struct buffer *buffer, const char *bytes, size_t size)
{
	char *to = size ? buffer_want(buffer, size) : NULL;

	if (!to)
		return;
	memcpy(to, bytes, size);
	buffer->size += size;
}

void buffer_addf(struct buffer *buffer, const char *format, ...)
{
	size_t room = 128;
	va_list args;
	char *to;
	int size;

	/* A second round only for what is longer than most. */
	for (int round = 0; round < 2; round++) {
		to = buffer_want(buffer, room);
		if (!to)
			return;
		va_start(args, format);
		size = vsnprintf(to, room, format, args);
		va_end(args);
		if (size < 0)
			return;
		if ((size_t)size < room) {
			buffer->size += size;
			return;
		}
		room = (size_t)size + 1;
	}
}

void buffer_free(struct buffer *buffer)
{
	free(buffer->bytes);
	*buffer = (struct buffer){ 0 };
}
