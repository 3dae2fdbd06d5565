/* SPDX-License-Identifier: GPL-2.0-only */
/* Whatever a file is called, a line of output stays one line of plain text. */
#include "check.h"

#include "../../common/digits.h"
#include "../../common/escape.h"

#include <ctype.h>
#include <stdlib.h>

static const struct {
	const char *bytes;
	size_t size;
	const char *text, *json, *word;
} samples[] = {
#define S(bytes, text, json, word) { bytes, sizeof(bytes) - 1, text, json, word }
	S("", "", "", "''"),
	S("plain/path.txt", "plain/path.txt", "plain/path.txt", "plain/path.txt"),
	S("a b", "a b", "a b", "'a b'"),
	S("it's", "it's", "it's", "'it'\\''s'"),
	S("\"q\"", "\"q\"", "\\\"q\\\"", "'\"q\"'"),
	S("a\\b", "a\\x5cb", "a\\\\b", "a\\x5cb"),
	S("\\x41", "\\x5cx41", "\\\\x5cx41", "\\x5cx41"),
	S("\\x4", "\\x5cx4", "\\\\x4", "\\x5cx4"),
	S("a\nb\tc\r\b\f\v", "a\\x0ab\\x09c\\x0d\\x08\\x0c\\x0b", "a\\nb\\tc\\r\\b\\f\\u000b",
	  "'a\\x0ab\\x09c\\x0d\\x08\\x0c\\x0b'"),
	S("\x1b[2J", "\\x1b[2J", "\\u001b[2J", "'\\x1b[2J'"),
	S("a\0b", "a\\x00b", "a\\u0000b", "'a\\x00b'"),
	S("\x7f", "\\x7f", "\\u007f", "\\x7f"),
	S("12345678\x7f", "12345678\\x7f", "12345678\\u007f", "12345678\\x7f"),
	S("h\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "h\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
	  "h\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "h\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"),
	S("\xff", "\\xff", "\\\\xff", "\\xff"),
	S("\xc3", "\\xc3", "\\\\xc3", "\\xc3"),
	S("\xc3(", "\\xc3(", "\\\\xc3(", "'\\xc3('"),
	S("\xc0\xaf", "\\xc0\\xaf", "\\\\xc0\\\\xaf", "\\xc0\\xaf"),
	S("\xe0\x80\x80", "\\xe0\\x80\\x80", "\\\\xe0\\\\x80\\\\x80", "\\xe0\\x80\\x80"),
	S("\xed\xa0\x80", "\\xed\\xa0\\x80", "\\\\xed\\\\xa0\\\\x80", "\\xed\\xa0\\x80"),
	S("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", "\\\\xf4\\\\x90\\\\x80\\\\x80",
	  "\\xf4\\x90\\x80\\x80"),
	S("\xf0\x9f\x98", "\\xf0\\x9f\\x98", "\\\\xf0\\\\x9f\\\\x98", "\\xf0\\x9f\\x98"),
	S("\xc2\x9b" "31m", "\\xc2\\x9b31m", "\\u009b31m", "\\xc2\\x9b31m"),
	S("\xe2\x80\xa8", "\\xe2\\x80\\xa8", "\\u2028", "\\xe2\\x80\\xa8"),
	S("\xe2\x80\xae", "\\xe2\\x80\\xae", "\\u202e", "\\xe2\\x80\\xae"),
	S("\xe2\x81\xa6x", "\\xe2\\x81\\xa6x", "\\u2066x", "\\xe2\\x81\\xa6x"),
	S("\xc2\xa0", "\xc2\xa0", "\xc2\xa0", "\xc2\xa0"),
	S("12345678\"", "12345678\"", "12345678\\\"", "'12345678\"'"),
	S("123456789012345\n", "123456789012345\\x0a", "123456789012345\\n",
	  "'123456789012345\\x0a'"),
#undef S
};

static void check_form(void (*escape)(struct buffer *, struct text), size_t i, const char *want)
{
	struct buffer out = { 0 };
	/* A copy without a byte to spare, so that reading too far is seen. */
	char *copy = malloc(samples[i].size ? samples[i].size : 1);

	memcpy(copy, samples[i].bytes, samples[i].size);
	escape(&out, (struct text){ copy, samples[i].size });
	buffer_byte(&out, '\0');
	CHECK_STR(out.bytes, want);
	free(copy);
	buffer_free(&out);
}

static int hex_value(int c)
{
	return isdigit(c) ? c - '0' : tolower(c) - 'a' + 10;
}

static bool hex_escape(const char *s, const char *end)
{
	return end - s >= 4 && s[0] == '\\' && s[1] == 'x' && isxdigit((unsigned char)s[2]) &&
	       isxdigit((unsigned char)s[3]);
}

/* Undoes \xHH. */
static size_t bytes_decode(const char *s, size_t size, char *out)
{
	const char *end = s + size;
	size_t length = 0;

	while (s < end) {
		if (hex_escape(s, end)) {
			out[length++] = (char)(hex_value(s[2]) << 4 | hex_value(s[3]));
			s += 4;
		} else {
			out[length++] = *s++;
		}
	}
	return length;
}

/* Undoes the escapes of a JSON string that escape_json() writes; fails on others. */
static size_t json_decode(const char *s, size_t size, char *out)
{
	static const char names[] = "b\bt\tn\nf\fr\r\"\"\\\\";
	const char *end = s + size;
	size_t length = 0;

	while (s < end) {
		unsigned code = 0;
		const char *name;

		if (*s != '\\') {
			out[length++] = *s++;
			continue;
		}
		if (s[1] != 'u') {
			for (name = names; *name && *name != s[1];)
				name += 2;
			if (!*name)
				return 0;
			out[length++] = name[1];
			s += 2;
			continue;
		}
		for (int i = 2; i < 6; i++)
			code = code << 4 | hex_value(s[i]);
		s += 6;
		if (code < 0x80) {
			out[length++] = (char)code;
		} else if (code < 0x800) {
			out[length++] = (char)(0xc0 | code >> 6);
			out[length++] = (char)(0x80 | (code & 0x3f));
		} else {
			out[length++] = (char)(0xe0 | code >> 12);
			out[length++] = (char)(0x80 | (code >> 6 & 0x3f));
			out[length++] = (char)(0x80 | (code & 0x3f));
		}
	}
	return length;
}

/* Any bytes come back from both forms, and neither has a control byte. */
static void test_round_trip(void)
{
	static const char letters[] = "ab/\\x4f1\"'\n\x1b\x7f\xc3\xa9\xe2\x80\xae\x82\xac\xff\0 ";
	unsigned seed = 1, bad = 0;

	for (int round = 0; round < 50000; round++) {
		struct buffer text = { 0 }, json = { 0 };
		char once[400], twice[400];
		size_t size = round % 40, length;
		char *bytes = malloc(size + !size);

		for (size_t i = 0; i < size; i++) {
			seed = seed * 1103515245 + 12345;
			bytes[i] = letters[(seed >> 16) % sizeof(letters)];
		}
		escape_text(&text, (struct text){ bytes, size });
		escape_json(&json, (struct text){ bytes, size });
		length = bytes_decode(text.bytes, text.size, once);
		bad += length != size || memcmp(once, bytes, size) != 0;
		length = json_decode(json.bytes, json.size, once);
		length = bytes_decode(once, length, twice);
		bad += length != size || memcmp(twice, bytes, size) != 0;
		for (size_t i = 0; i < text.size; i++)
			bad += iscntrl((unsigned char)text.bytes[i]) != 0;
		for (size_t i = 0; i < json.size; i++)
			bad += iscntrl((unsigned char)json.bytes[i]) != 0;
		buffer_free(&text);
		buffer_free(&json);
		free(bytes);
	}
	CHECK(!bad);
}

static void test_buffer(void)
{
	struct buffer buffer = { 0 };
	char letters[300];

	memset(letters, 'x', sizeof(letters));
	buffer_add(&buffer, NULL, 0);
	CHECK(!buffer.size && !buffer.failed);
	buffer_addf(&buffer, "%d-%.*s", 7, (int)sizeof(letters), letters);
	CHECK(buffer.size == 302 && !memcmp(buffer.bytes, "7-xxx", 5));
	for (int i = 0; i < 1000; i++)
		buffer_add(&buffer, letters, sizeof(letters));
	CHECK(buffer.size == 300302 && buffer.bytes[buffer.size - 1] == 'x');
	/* More than there is: what was there stays, nothing comes after. */
	CHECK(!buffer_want(&buffer, (size_t)-1 / 2));
	CHECK(buffer.failed && buffer.size == 300302);
	buffer_add(&buffer, "y", 1);
	buffer_addf(&buffer, "z");
	buffer_byte(&buffer, 'z');
	escape_text(&buffer, (struct text){ "a", 1 });
	CHECK(buffer.size == 300302);
	buffer.size = 0;
	buffer.failed = false;
	buffer_add(&buffer, letters, sizeof(letters));
	CHECK(buffer.size == 300);
	buffer_free(&buffer);
	CHECK(!buffer.bytes && !buffer.size);
}

static void check_number(int64_t number)
{
	char got[DIGITS_MAX], want[DIGITS_MAX];

	*digits_put_signed(got, number) = '\0';
	snprintf(want, sizeof(want), "%lld", (long long)number);
	CHECK_STR(got, want);
}

static void check_time(uint64_t time, const char *want)
{
	static struct digits_times times;
	char got[DIGITS_MAX];

	*digits_put_time(got, time, &times) = '\0';
	CHECK_STR(got, want);
}

static void check_address(const uint8_t *bytes, bool v6, const char *want)
{
	char got[DIGITS_MAX];

	*digits_put_address(got, bytes, v6) = '\0';
	CHECK_STR(got, want);
}

static void test_digits(void)
{
	static const uint8_t v4[] = { 10, 0, 255, 7 }, v6[16] = { 0xfd, [15] = 1 };

	for (int64_t n = 1; n < INT64_MAX / 10; n *= 10) {
		check_number(n);
		check_number(n - 1);
		check_number(-n);
	}
	check_number(INT64_MAX);
	check_number(INT64_MIN);
	check_time(0, "1970-01-01T00:00:00.000000000Z");
	check_time(1767323045678901234ull, "2026-01-02T03:04:05.678901234Z");
	check_time(1767323045000000001ull, "2026-01-02T03:04:05.000000001Z");
	check_time(1709210096ull * NS_PER_S, "2024-02-29T12:34:56.000000000Z");
	check_time(UINT64_MAX, "2554-07-21T23:34:33.709551615Z");
	check_address(v4, false, "10.0.255.7");
	check_address(v6, true, "fd00::1");
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		check_form(escape_text, i, samples[i].text);
		check_form(escape_json, i, samples[i].json);
		check_form(escape_word, i, samples[i].word);
	}
	test_round_trip();
	test_buffer();
	test_digits();
	return check_end();
}
