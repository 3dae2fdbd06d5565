/* SPDX-License-Identifier: GPL-2.0-only */
/* The escapes of a baseline's texts, back to bytes. */
#include "baseline.h"

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* count hex digits, or -1. */
static int hex_read(const char *at, int count)
{
	int value = 0;

	for (int i = 0; i < count; i++) {
		int digit = hex_value(at[i]);

		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

static char *utf8_put(char *to, int code)
{
	if (code < 0x80) {
		*to++ = (char)code;
		return to;
	}
	if (code < 0x800) {
		*to++ = (char)(0xc0 | code >> 6);
	} else {
		*to++ = (char)(0xe0 | code >> 12);
		*to++ = (char)(0x80 | (code >> 6 & 0x3f));
	}
	*to++ = (char)(0x80 | (code & 0x3f));
	return to;
}

bool baseline_unescape(char **from, char **to)
{
	static const char names[] = "\"\"\\\\b\bf\fn\nr\rt\t";
	char *at = *from;
	int code;

	if (*at == 'u') {
		code = hex_read(at + 1, 4);
		if (code <= 0 || (code >= 0xd800 && code <= 0xdfff))
			return false;
		*to = utf8_put(*to, code);
		*from = at + 5;
		return true;
	}
	if (at[0] == '\\' && at[1] == 'x' && (code = hex_read(at + 2, 2)) > 0) {
		*(*to)++ = (char)code;
		*from = at + 4;
		return true;
	}
	for (const char *name = names; *name; name += 2) {
		if (*name != *at)
			continue;
		*(*to)++ = name[1];
		*from = at + 1;
		return true;
	}
	return false;
}
