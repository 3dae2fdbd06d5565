/* SPDX-License-Identifier: GPL-2.0-only */
/* Words: numbers, prefixes, times, distances. */
#include "../../common/word.h"
#include "check.h"

#include <errno.h>
#include <limits.h>

#define LENGTH(s) s, strlen(s)

static int64_t number(const char *word, bool octal)
{
	int64_t out = 4711;
	int err = word_number(word, strlen(word), octal, &out);

	CHECK(!err || out == 4711);
	return err ? err : out;
}

static void test_numbers(void)
{
	CHECK(number("0", false) == 0);
	CHECK(number("9223372036854775807", false) == INT64_MAX);
	CHECK(number("-9223372036854775808", false) == INT64_MIN);
	CHECK(number("9223372036854775808", false) == -ERANGE);
	CHECK(number("-9223372036854775809", false) == -ERANGE);
	CHECK(number("99999999999999999999999", false) == -ERANGE);
	CHECK(number("0xFf", false) == 255 && number("-0x10", false) == -16);
	CHECK(number("0644", true) == 0644 && number("0", true) == 0);
	CHECK(number("0644", false) == -EINVAL && number("0648", true) == -EINVAL);
	CHECK(number("", false) == -EINVAL && number("-", false) == -EINVAL);
	CHECK(number("+1", false) == -EINVAL && number("--1", false) == -EINVAL);
	CHECK(number("1 ", false) == -EINVAL && number(" 1", false) == -EINVAL);
	CHECK(number("0x", false) == -EINVAL && number("0xg", false) == -EINVAL);
	CHECK(number("1e3", false) == -EINVAL && number("1.5", false) == -EINVAL);
}

static void test_prefixes(void)
{
	struct prefix prefix;

	CHECK(!word_prefix(LENGTH("10.1.2.3/8"), &prefix));
	CHECK(prefix.bits == 8 && !prefix.v6 && prefix.bytes[0] == 10 && !prefix.bytes[1]);
	CHECK(prefix_covers(&prefix, (const uint8_t[16]){10, 9, 8, 7}, false));
	CHECK(!prefix_covers(&prefix, (const uint8_t[16]){11}, false));
	CHECK(!prefix_covers(&prefix, (const uint8_t[16]){10}, true));
	CHECK(!word_prefix(LENGTH("::/0"), &prefix) && prefix.v6 && !prefix.bits);
	CHECK(!word_prefix(LENGTH("fd00::/7"), &prefix) && prefix.bytes[0] == 0xfc);
	CHECK(word_prefix(LENGTH("::/129"), &prefix) == -EINVAL);
	CHECK(word_prefix(LENGTH("1.2.3.4/08"), &prefix) == -EINVAL);
	CHECK(word_prefix(LENGTH("1.2.3.4/8/8"), &prefix) == -EINVAL);
	CHECK(word_prefix(LENGTH("/8"), &prefix) == -EINVAL);
	CHECK(word_prefix("1.2.3.4\0x", 9, &prefix) == -EINVAL);
}

static void test_times(void)
{
	uint64_t out = 0;

	CHECK(!word_time(LENGTH("1970-01-01T00:00:00Z"), &out) && !out);
	CHECK(!word_time(LENGTH("1970-01-01T01:00:00.5+01:00"), &out) && out == 500000000);
	CHECK(!word_time(LENGTH("2024-02-29T23:59:59.1234567899Z"), &out));
	CHECK(out == 1709251199123456789ull);
	CHECK(word_time(LENGTH("2025-02-29T00:00:00Z"), &out) == -EINVAL);
	CHECK(word_time(LENGTH("1970-01-01T00:00:00+01:00"), &out) == -EINVAL);
	CHECK(word_time(LENGTH("2554-01-01T00:00:00Z"), &out) == -EINVAL);
	CHECK(word_time(LENGTH("2024-01-01T24:00:00Z"), &out) == -EINVAL);
	CHECK(word_time(LENGTH("2024-01-01T00:00Z"), &out) == -EINVAL);
	CHECK(word_time(LENGTH(""), &out) == -EINVAL);
}

static void test_distances(void)
{
	char far[64];

	memset(far, 'a', sizeof(far));
	CHECK(word_distance("", 0, "abc", 3) == 3);
	CHECK(word_distance("kitten", 6, "sitting", 7) == 3);
	CHECK(word_distance(far, sizeof(far), "a", 1) == UINT_MAX);
	CHECK(word_close(LENGTH("exce"), "exec") && !word_close(LENGTH("open"), "exec"));
	CHECK(word_close(LENGTH("serverity"), "severity"));
}

int main(void)
{
	test_numbers();
	test_prefixes();
	test_times();
	test_distances();
	return check_end();
}
