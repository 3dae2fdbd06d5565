/* SPDX-License-Identifier: GPL-2.0-only */
#include "word.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <time.h>

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return INT_MAX;
}

static int digits_read(const char *bytes, size_t size, int base, uint64_t *out)
{
	uint64_t sum = 0;

	if (!size)
		return -EINVAL;
	for (size_t i = 0; i < size; i++) {
		int digit = digit_value(bytes[i]);

		if (digit >= base)
			return -EINVAL;
		if (__builtin_mul_overflow(sum, (uint64_t)base, &sum) ||
		    __builtin_add_overflow(sum, (uint64_t)digit, &sum))
			return -ERANGE;
	}
	*out = sum;
	return 0;
}

int word_number(const char *bytes, size_t size, bool octal, int64_t *out)
{
	bool minus = size && bytes[0] == '-';
	uint64_t sum, limit = (uint64_t)INT64_MAX + minus;
	int base = 10, err;

	bytes += minus;
	size -= minus;
	if (size > 2 && bytes[0] == '0' && (bytes[1] == 'x' || bytes[1] == 'X')) {
		base = 16;
		bytes += 2;
		size -= 2;
	} else if (size > 1 && bytes[0] == '0') {
		if (!octal)
			return -EINVAL;
		base = 8;
	}
	err = digits_read(bytes, size, base, &sum);
	if (err)
		return err;
	if (sum > limit)
		return -ERANGE;
	*out = minus ? (int64_t)-sum : (int64_t)sum;
	return 0;
}

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

/* ::ffff:10.0.0.1 is 10.0.0.1 on the wire, so it is that here as well. */
static void prefix_unmap(struct prefix *prefix)
{
	if (!prefix->v6 || prefix->bits < 96 || memcmp(prefix->bytes, mapped, sizeof(mapped)))
		return;
	memmove(prefix->bytes, prefix->bytes + 12, 4);
	memset(prefix->bytes + 4, 0, 12);
	prefix->bits -= 96;
	prefix->v6 = false;
}

static void prefix_mask(struct prefix *prefix)
{
	for (unsigned i = 0; i < sizeof(prefix->bytes); i++) {
		unsigned keep = prefix->bits > i * 8 ? MIN(prefix->bits - i * 8, 8u) : 0;

		prefix->bytes[i] &= (uint8_t)(0xff00u >> keep);
	}
}

int word_prefix(const char *bytes, size_t size, struct prefix *out)
{
	const char *slash = memchr(bytes, '/', size);
	size_t length = slash ? (size_t)(slash - bytes) : size;
	struct prefix prefix = {0};
	char address[INET6_ADDRSTRLEN];
	int64_t bits;

	if (length >= sizeof(address) || memchr(bytes, '\0', length))
		return -EINVAL;
	memcpy(address, bytes, length);
	address[length] = '\0';
	prefix.v6 = memchr(address, ':', length);
	if (inet_pton(prefix.v6 ? AF_INET6 : AF_INET, address, prefix.bytes) != 1)
		return -EINVAL;
	bits = prefix.v6 ? 128 : 32;
	prefix.bits = (uint8_t)bits;
	if (slash) {
		int64_t asked;

		if (word_number(slash + 1, size - length - 1, false, &asked))
			return -EINVAL;
		if (asked < 0 || asked > bits)
			return -EINVAL;
		prefix.bits = (uint8_t)asked;
	}
	prefix_unmap(&prefix);
	prefix_mask(&prefix);
	*out = prefix;
	return 0;
}

bool prefix_covers(const struct prefix *prefix, const uint8_t bytes[16], bool v6)
{
	struct prefix address = {.bits = v6 ? 128 : 32, .v6 = v6};

	memcpy(address.bytes, bytes, v6 ? 16 : 4);
	prefix_unmap(&address);
	if (address.v6 != prefix->v6)
		return false;
	address.bits = prefix->bits;
	prefix_mask(&address);
	return !memcmp(address.bytes, prefix->bytes, sizeof(address.bytes));
}

/* Exactly count digits at *at, of a number between low and high. */
static bool time_digits(const char **at, const char *end, int count, int low, int high, int *out)
{
	int sum = 0;

	if (end - *at < count)
		return false;
	for (int i = 0; i < count; i++, (*at)++) {
		if (**at < '0' || **at > '9')
			return false;
		sum = sum * 10 + (**at - '0');
	}
	*out = sum;
	return sum >= low && sum <= high;
}

static bool time_char(const char **at, const char *end, const char *any_of)
{
	if (*at == end || !**at || !strchr(any_of, **at))
		return false;
	(*at)++;
	return true;
}

static bool time_fraction(const char **at, const char *end, uint64_t *ns)
{
	uint64_t unit = NS_PER_S;
	const char *first;

	*ns = 0;
	if (!time_char(at, end, "."))
		return true;
	for (first = *at; *at < end && **at >= '0' && **at <= '9'; (*at)++) {
		unit /= 10;
		*ns += unit * (uint64_t)(**at - '0');
	}
	return *at > first;
}

/* Seconds east of UTC. */
static bool time_zone(const char **at, const char *end, int *out)
{
	int sign = 1, hours, minutes;

	*out = 0;
	if (time_char(at, end, "Zz"))
		return true;
	if (time_char(at, end, "-"))
		sign = -1;
	else if (!time_char(at, end, "+"))
		return false;
	if (!time_digits(at, end, 2, 0, 23, &hours) || !time_char(at, end, ":") ||
	    !time_digits(at, end, 2, 0, 59, &minutes))
		return false;
	*out = sign * (hours * 3600 + minutes * 60);
	return true;
}

static bool time_calendar(const char **at, const char *end, struct tm *tm)
{
	return time_digits(at, end, 4, 1970, 2553, &tm->tm_year) && time_char(at, end, "-") &&
	       time_digits(at, end, 2, 1, 12, &tm->tm_mon) && time_char(at, end, "-") &&
	       time_digits(at, end, 2, 1, 31, &tm->tm_mday) && time_char(at, end, "Tt ") &&
	       time_digits(at, end, 2, 0, 23, &tm->tm_hour) && time_char(at, end, ":") &&
	       time_digits(at, end, 2, 0, 59, &tm->tm_min) && time_char(at, end, ":") &&
	       time_digits(at, end, 2, 0, 60, &tm->tm_sec);
}

int word_time(const char *bytes, size_t size, uint64_t *out)
{
	const char *at = bytes, *end = bytes + size;
	struct tm tm = {0};
	uint64_t ns;
	int zone, day;
	time_t seconds;

	if (!time_calendar(&at, end, &tm) || !time_fraction(&at, end, &ns) ||
	    !time_zone(&at, end, &zone) || at != end)
		return -EINVAL;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	day = tm.tm_mday;
	/* A leap second is folded into the next minute, which may change the day. */
	seconds = tm.tm_sec == 60;
	tm.tm_sec -= (int)seconds;
	seconds += timegm(&tm);
	if (tm.tm_mday != day) /* 30 February */
		return -EINVAL;
	seconds -= zone;
	if (seconds < 0)
		return -EINVAL;
	*out = (uint64_t)seconds * NS_PER_S + ns;
	return 0;
}

#define DISTANCE_MAX 48

unsigned word_distance(const char *a, size_t a_size, const char *b, size_t b_size)
{
	unsigned row[DISTANCE_MAX + 1];

	if (a_size > DISTANCE_MAX || b_size > DISTANCE_MAX)
		return UINT_MAX;
	for (unsigned j = 0; j <= b_size; j++)
		row[j] = j;
	for (unsigned i = 1; i <= a_size; i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (unsigned j = 1; j <= b_size; j++) {
			unsigned change = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			row[j] = MIN(change, MIN(row[j - 1], row[j]) + 1);
		}
	}
	return row[b_size];
}

bool word_close(const char *misspelt, size_t size, const char *word)
{
	/* One slip in three letters; more is another word. */
	return word_distance(misspelt, size, word, strlen(word)) <= MIN(1 + size / 4, 3);
}
