/* SPDX-License-Identifier: GPL-2.0-only */
/* FNV-1a, for tables of kwp's own: whoever chooses the bytes can make them collide. */
#ifndef KWP_FNV_H
#define KWP_FNV_H

#include <stddef.h>
#include <stdint.h>

#define FNV_BEGIN 0xcbf29ce484222325ull

static inline uint64_t fnv_add(uint64_t hash, const void *bytes, size_t size)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ at[i]) * 0x100000001b3ull;
	return hash;
}

/* With the size, so that what follows can't be taken for a part of it. */
static inline uint64_t fnv_add_sized(uint64_t hash, const void *bytes, size_t size)
{
	return (fnv_add(hash, bytes, size) ^ size) * 0x100000001b3ull;
}

#endif
