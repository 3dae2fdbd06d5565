/* SPDX-License-Identifier: GPL-2.0-only */
/* The one escaper: bytes to text for a terminal, and to JSON strings. */
#include "escape.h"

#define ESCAPE_TEXT_MAX 4 /* \xHH */

enum byte_class {
	PLAIN = 0,
	NOT_JSON = 1, /* means something in a JSON string */
	NOT_TEXT = 2, /* means something to a terminal */
	NOT_BOTH = 3,
};

static const uint8_t classes[256] = {
	[0x00 ... 0x1f] = NOT_BOTH, ['"'] = NOT_JSON, ['\\'] = NOT_BOTH,
	[0x7f ... 0xff] = NOT_BOTH,
};

static const char hex[] = "0123456789abcdef";

#define EACH(byte) (~0ull / 255 * (byte))

/* May any of these eight bytes be other than PLAIN? A subtraction borrows
 * from the neighbour, so "yes" can be wrong; "no" never is. */
static inline bool word_special(uint64_t word)
{
	uint64_t low = word - EACH(0x20);
	uint64_t quote = (word ^ EACH('"')) - EACH(1);
	uint64_t backslash = (word ^ EACH('\\')) - EACH(1);
	uint64_t del = (word ^ EACH(0x7f)) - EACH(1);

	return (word | low | quote | backslash | del) & EACH(0x80);
}

static inline size_t copy_bytes(char *to, const char *from, size_t i, size_t size,
				enum byte_class class)
{
	for (; i < size && !(classes[(uint8_t)from[i]] & class); i++)
		to[i] = from[i];
	return i;
}

/* Fewer than eight bytes, in two halves that overlap. */
static inline size_t copy_short(char *to, const char *from, size_t size, enum byte_class class)
{
	uint32_t first, last;

	if (size >= 4) {
		memcpy(&first, from, 4);
		memcpy(&last, from + size - 4, 4);
		if (!word_special((uint64_t)first << 32 | last)) {
			memcpy(to, &first, 4);
			memcpy(to + size - 4, &last, 4);
			return size;
		}
	}
	return copy_bytes(to, from, 0, size, class);
}

/* Copies up to the first byte of that class; returns how many. */
static inline size_t copy_plain(char *to, const char *from, size_t size, enum byte_class class)
{
	size_t i = 0;
	uint64_t word;

	if (size < 8)
		return copy_short(to, from, size, class);
	for (; i + 8 <= size; i += 8) {
		memcpy(&word, from + i, 8);
		if (word_special(word))
			break;
		memcpy(to + i, &word, 8);
	}
	if (i == size)
		return size;
	/* The last few bytes together with some before them. */
	if (i + 8 > size) {
		memcpy(&word, from + size - 8, 8);
		if (!word_special(word)) {
			memcpy(to + size - 8, &word, 8);
			return size;
		}
	}
	return copy_bytes(to, from, i, size, class);
}

/* Length of the valid UTF-8 sequence at s and its code point; 0: none. */
static size_t utf8_decode(const char *s, size_t size, uint32_t *code)
{
	const uint8_t *u = (const uint8_t *)s;
	size_t length = u[0] >= 0xf0 ? 4 : u[0] >= 0xe0 ? 3 : 2;
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};

	if (u[0] < 0xc2 || u[0] > 0xf4 || length > size)
		return 0;
	*code = u[0] & (0x7f >> length);
	for (size_t i = 1; i < length; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (u[i] & 0x3f);
	}
	if (*code < least[length] || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return length;
}

/* Code points that change how a terminal or an editor shows the rest. */
static bool code_hidden(uint32_t code)
{
	return code < 0xa0 ||			    /* C1: 0x9b begins a control sequence */
	       code == 0x2028 || code == 0x2029 ||  /* line and paragraph ends */
	       (code >= 0x202a && code <= 0x202e) || /* bidi embeddings, overrides */
	       (code >= 0x2066 && code <= 0x2069) || /* bidi isolates */
	       code == 0x200e || code == 0x200f || code == 0x61c; /* bidi marks */
}

static char *put_hex(char *to, uint8_t byte)
{
	to[0] = '\\';
	to[1] = 'x';
	to[2] = hex[byte >> 4];
	to[3] = hex[byte & 15];
	return to + 4;
}

/* One byte, or one sequence, that is NOT_TEXT; *used says how many bytes. */
static char *put_text_special(char *to, const char *from, size_t size, size_t *used)
{
	uint32_t code;
	size_t length = (uint8_t)*from < 0x80 ? 0 : utf8_decode(from, size, &code);

	*used = length ? length : 1;
	if (length && !code_hidden(code)) {
		memcpy(to, from, length);
		return to + length;
	}
	for (size_t i = 0; i < *used; i++)
		to = put_hex(to, from[i]);
	return to;
}

void escape_text(struct buffer *out, struct text text)
{
	char *to = buffer_want(out, text.size * ESCAPE_TEXT_MAX + 8);
	size_t used;

	if (!to)
		return;
	while (text.size) {
		used = copy_plain(to, text.bytes, text.size, NOT_TEXT);
		to += used;
		if (used < text.size) {
			size_t special;

			to = put_text_special(to, text.bytes + used, text.size - used, &special);
			used += special;
		}
		text.bytes += used;
		text.size -= used;
	}
	buffer_end(out, to);
}

/* Is byte one that a shell takes as it is? '*' counts as such, as masks are made of it. */
static bool byte_bare(char byte)
{
	return (uint8_t)byte > ' ' && !strchr("\"'`$&|;<>()?[]{}!#", byte);
}

void escape_word(struct buffer *out, struct text text)
{
	size_t bare = 0, from = 0;

	while (bare < text.size && byte_bare(text.bytes[bare]))
		bare++;
	if (bare == text.size && text.size) {
		escape_text(out, text);
		return;
	}
	buffer_byte(out, '\'');
	for (size_t i = 0; i <= text.size; i++) {
		if (i < text.size && text.bytes[i] != '\'')
			continue;
		escape_text(out, (struct text){text.bytes + from, i - from});
		from = i + 1;
		if (i < text.size)
			buffer_string(out, "'\\''");
	}
	buffer_byte(out, '\'');
}

static char *put_code(char *to, uint32_t code)
{
	*to++ = '\\';
	*to++ = 'u';
	for (int shift = 12; shift >= 0; shift -= 4)
		*to++ = hex[code >> shift & 15];
	return to;
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* One ASCII byte that is NOT_JSON. rest: the bytes from it on. */
static char *put_json_ascii(char *to, const char *from, size_t rest)
{
	static const char names[] = "btn\0fr"; /* of \x08 .. \x0d */
	uint8_t byte = *from;

	if (byte == '\\' && rest >= 4 && from[1] == 'x' && is_hex(from[2]) && is_hex(from[3])) {
		*to++ = '\\';
		return put_hex(to, byte);
	}
	if (byte == '\\' || byte == '"' || (byte >= 8 && byte <= 13 && byte != 11)) {
		*to++ = '\\';
		*to++ = byte < ' ' ? names[byte - 8] : (char)byte;
		return to;
	}
	return put_code(to, byte);
}

static char *put_json_special(char *to, const char *from, size_t size, size_t *used)
{
	uint32_t code;
	size_t length;

	*used = 1;
	if ((uint8_t)*from < 0x80)
		return put_json_ascii(to, from, size);
	length = utf8_decode(from, size, &code);
	if (!length) {
		*to++ = '\\';
		return put_hex(to, *from);
	}
	*used = length;
	if (code_hidden(code))
		return put_code(to, code);
	memcpy(to, from, length);
	return to + length;
}

char *escape_json_put(char *to, struct text text)
{
	size_t used, special;

	while (text.size) {
		used = copy_plain(to, text.bytes, text.size, NOT_JSON);
		to += used;
		if (used < text.size) {
			to = put_json_special(to, text.bytes + used, text.size - used, &special);
			used += special;
		}
		text.bytes += used;
		text.size -= used;
	}
	return to;
}

void escape_json(struct buffer *out, struct text text)
{
	char *to = buffer_want(out, text.size * ESCAPE_JSON_MAX + 8);

	if (to)
		buffer_end(out, escape_json_put(to, text));
}
