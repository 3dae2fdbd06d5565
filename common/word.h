/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Words as people write them in filters, options and profiles: numbers,
 * addresses, times. Read strictly: the whole word or nothing, and *out is
 * untouched on failure.
 */
#ifndef KWP_WORD_H
#define KWP_WORD_H

#include "util.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * A decimal or 0x number with an optional '-'. A leading zero is an error,
 * because it is octal to some readers, unless octal says that it is one (file
 * modes). 0, -EINVAL if it is no number, -ERANGE if it needs more than 64 bits.
 */
int word_number(const char *bytes, size_t size, bool octal, int64_t *out) MUST_CHECK;

/* Addresses with the same first bits; an address alone has them all. */
struct prefix {
	uint8_t bytes[16]; /* network order, zero after the prefix; IPv4 uses four */
	uint8_t bits;
	bool v6;
};
/* "10.0.0.1", "10.0.0.0/8", "fd00::/8". An IPv4-mapped address is IPv4. 0 or -EINVAL. */
int word_prefix(const char *bytes, size_t size, struct prefix *out) MUST_CHECK;
bool prefix_covers(const struct prefix *prefix, const uint8_t bytes[16], bool v6);

/* RFC 3339 ("2026-01-02T03:04:05.678Z", "...+01:00") to ns since 1970. 0 or -EINVAL. */
int word_time(const char *bytes, size_t size, uint64_t *out) MUST_CHECK;

/* How many letters must be added, dropped or changed to make one word the
 * other; words of more than 48 bytes are far (UINT_MAX) from everything. */
unsigned word_distance(const char *a, size_t a_size, const char *b, size_t b_size);
/* Is the misspelt word close enough to this one to suggest it? */
bool word_close(const char *misspelt, size_t size, const char *word);

#endif
