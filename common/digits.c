/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers, times and addresses as digits, without printf: a line has dozens. */
#include "digits.h"

#include <arpa/inet.h>
#include <time.h>

#define TEN(n) n "0" n "1" n "2" n "3" n "4" n "5" n "6" n "7" n "8" n "9"
const char digit_pairs[201] =
	TEN("0") TEN("1") TEN("2") TEN("3") TEN("4") TEN("5") TEN("6") TEN("7") TEN("8") TEN("9");

#define TIME_PREFIX 19 /* bytes before the fraction */

char *digits_put_long(char *to, uint64_t number)
{
	int count = 3;

	for (uint64_t power = 1000; number >= power; power *= 10) {
		/* The next power would not fit. */
		if (++count == 20)
			break;
	}
	return digits_put_fixed(to, number, count);
}

char *digits_put_fixed(char *to, uint64_t number, int count)
{
	char *at = to + count;

	for (; at - to >= 2; number /= 100) {
		at -= 2;
		memcpy(at, digit_pairs + number % 100 * 2, 2);
	}
	if (at > to)
		*to = (char)('0' + number % 10);
	return to + count;
}

static void put_second(char *to, size_t room, uint64_t second)
{
	time_t time = (time_t)second;
	struct tm parts;

	if (!gmtime_r(&time, &parts) || !strftime(to, room, "%Y-%m-%dT%H:%M:%S", &parts))
		memcpy(to, "1970-01-01T00:00:00", TIME_PREFIX + 1);
}

char *digits_put_time(char *to, uint64_t time, struct digits_times *times)
{
	uint64_t second = time / NS_PER_S;
	size_t slot = second % ARRAY_SIZE(times->slot);
	char *text = times->slot[slot].text;

	if (times->slot[slot].second != second || !*text) {
		put_second(text, sizeof(times->slot[slot].text), second);
		times->slot[slot].second = second;
	}
	memcpy(to, text, TIME_PREFIX);
	to[TIME_PREFIX] = '.';
	to = digits_put_fixed(to + TIME_PREFIX + 1, time % NS_PER_S, 9);
	*to = 'Z';
	return to + 1;
}

char *digits_put_address(char *to, const uint8_t *bytes, bool v6)
{
	if (v6) {
		/* inet_ntop() knows where "::" goes; 46 bytes fit DIGITS_MAX. */
		inet_ntop(AF_INET6, bytes, to, INET6_ADDRSTRLEN);
		return to + strlen(to);
	}
	for (int i = 0; i < 4; i++) {
		to = digits_put(to, bytes[i]);
		*to++ = '.';
	}
	return to - 1;
}
