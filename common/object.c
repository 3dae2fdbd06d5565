/* SPDX-License-Identifier: GPL-2.0-only */
#include "object.h"

#include <zlib.h>

#include "util.h"

__asm__(".section .rodata\n"
	"kwp_object: .incbin \"" KWP_OBJECT ".gz\"\n"
	"kwp_object_end: .byte 0\n"
	".set kwp_object_tail, kwp_object_end - 4\n"
	".previous");
extern const unsigned char kwp_object[], kwp_object_end[], kwp_object_tail[];

/* gzip ends with the size of what it packed. */
static size_t unpacked_size(void)
{
	const unsigned char *tail = kwp_object_tail;

	return tail[0] | tail[1] << 8 | tail[2] << 16 | (size_t)tail[3] << 24;
}

const void *object_bytes(size_t *size)
{
	static unsigned char *bytes;
	z_stream stream = {.next_in = (unsigned char *)kwp_object,
			   .avail_in = kwp_object_end - kwp_object,
			   .avail_out = unpacked_size()};

	*size = unpacked_size();
	if (bytes)
		return bytes;
	bytes = stream.next_out = malloc(*size);
	/* 16 + MAX_WBITS: a gzip header is before it */
	if (!bytes || inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK ||
	    inflate(&stream, Z_FINISH) != Z_STREAM_END)
		*size = 0;
	inflateEnd(&stream);
	return bytes;
}
