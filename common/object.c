/* SPDX-License-Identifier: GPL-2.0-only */
#include "object.h"

#include <stdlib.h>

#include <zlib.h>

#include "util.h"

/* A file of make's as bytes of this one: KWP_OBJECT is "build/kwp.bpf.o". */
#define EMBED(name, file)                                                                          \
	__asm__(".section .rodata\n"                                                               \
		#name ": .incbin \"" file ".gz\"\n"                                                \
		#name "_end: .byte 0\n"                                                            \
		".previous");                                                                      \
	extern const unsigned char name[], name##_end[]
EMBED(kwp_object, KWP_OBJECT);
EMBED(kwp_plain, KWP_PLAIN);

static uint32_t number_at(const unsigned char *at)
{
	return at[0] | at[1] << 8 | at[2] << 16 | (uint32_t)at[3] << 24;
}

/* gzip ends with the checksum and the size of what it packed. */
static void *unpack(const unsigned char *packed, size_t packed_size, size_t *size)
{
	const size_t unpacked = number_at(packed + packed_size - 4);
	unsigned char *bytes = malloc(unpacked);
	z_stream stream = {.next_in = (unsigned char *)packed,
			   .avail_in = packed_size,
			   .next_out = bytes,
			   .avail_out = unpacked};

	*size = unpacked;
	/* 16 + MAX_WBITS: a gzip header is before it */
	if (!bytes || inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK ||
	    inflate(&stream, Z_FINISH) != Z_STREAM_END)
		*size = 0;
	inflateEnd(&stream);
	return bytes;
}

const void *object_bytes(size_t *size)
{
	static void *bytes;
	static size_t unpacked;

	if (!bytes)
		bytes = unpack(kwp_object, kwp_object_end - kwp_object, &unpacked);
	*size = unpacked;
	return bytes;
}

const void *object_plain_bytes(size_t *size)
{
	return unpack(kwp_plain, kwp_plain_end - kwp_plain, size);
}

uint32_t object_sum(void)
{
	const size_t size = kwp_object_end - kwp_object;

	return number_at(kwp_object + size - 8);
}
