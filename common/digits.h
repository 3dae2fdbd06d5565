/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers, times and addresses as digits, without printf: a line has dozens. */
#ifndef KWP_DIGITS_H
#define KWP_DIGITS_H

#include "util.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define DIGITS_MAX 48 /* bytes of any of these, no NUL is written */

extern const char digit_pairs[201]; /* "00" .. "99" */

/* All return the end of what they wrote. */
char *digits_put_long(char *to, uint64_t number);
char *digits_put_fixed(char *to, uint64_t number, int count); /* the last count digits */
char *digits_put_address(char *to, const uint8_t *bytes, bool v6);

static inline char *digits_put(char *to, uint64_t number)
{
	if (number < 10) {
		*to = (char)('0' + number);
		return to + 1;
	}
	if (number < 100) {
		memcpy(to, digit_pairs + 2 * number, 2);
		return to + 2;
	}
	return digits_put_long(to, number);
}

static inline char *digits_put_signed(char *to, int64_t number)
{
	if (number >= 0)
		return digits_put(to, number);
	*to = '-';
	return digits_put(to + 1, -(uint64_t)number);
}

/* The seconds of times that were printed last: events in a row share one, and
 * so do the files of a package. */
struct digits_times {
	struct {
		uint64_t second;
		char text[20]; /* "2026-01-02T03:04:05", empty: unused */
	} slot[64];
};

/* ns since 1970 as RFC 3339 in UTC with nine digits, 30 bytes. */
char *digits_put_time(char *to, uint64_t time, struct digits_times *times);

#endif
