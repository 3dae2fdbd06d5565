/* SPDX-License-Identifier: GPL-2.0-only */
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "dns.h"
#include "line.h"

#define HEADER_SIZE 12
#define LABEL_MAX 63
#define NAME_MAX_WIRE 255 /* length bytes and the root included */
#define JUMPS_MAX 64
#define QUESTIONS_MAX 32 /* mDNS asks several at once, others never do (RFC 9619) */
#define CLASS_IN 1

/* Where the reading stands. Once bad, every read gives zero and moves nothing. */
struct reader {
	const uint8_t *bytes; /* the whole message, for compression pointers */
	size_t size;	      /* that may be read: the message, or one record's data */
	size_t at;
	bool bad;
};

static const uint8_t *read_bytes(struct reader *reader, size_t size)
{
	if (reader->bad || size > reader->size - reader->at) {
		reader->bad = true;
		return NULL;
	}
	reader->at += size;
	return reader->bytes + reader->at - size;
}

static unsigned read_8(struct reader *reader)
{
	const uint8_t *b = read_bytes(reader, 1);

	return b ? *b : 0;
}

static unsigned read_16(struct reader *reader)
{
	const uint8_t *b = read_bytes(reader, 2);

	return b ? (unsigned)b[0] << 8 | b[1] : 0;
}

static uint32_t read_32(struct reader *reader)
{
	uint32_t high = read_16(reader);

	return high << 16 | read_16(reader);
}

/* Bytes as text: those in special get a backslash, those that do not print, and
 * what is below lowest (a space is fine inside quotes only), their number. */
static void add_escaped(struct line *line, const uint8_t *bytes, size_t size, char lowest,
			const char *special)
{
	for (size_t i = 0; i < size; i++) {
		char c = (char)bytes[i];

		if (bytes[i] < (uint8_t)lowest || bytes[i] > '~')
			line_printf(line, "\\%03u", bytes[i]);
		else
			line_printf(line, strchr(special, c) ? "\\%c" : "%c", c);
	}
}

static void add_label(struct line *line, size_t start, const uint8_t *bytes, size_t size)
{
	if (line->length > start)
		line_puts(line, ".");
	add_escaped(line, bytes, size, '!', ".\\");
}

/*
 * Follows a pointer. It must lead to before the part of the name that it ends:
 * then each jump shortens what is left, and no chain of them can loop. false: bad.
 */
static bool name_jump(struct reader *name, size_t *start, unsigned high, unsigned *jumps)
{
	size_t target = (high & 0x3f) << 8 | read_8(name);

	if (name->bad || target < HEADER_SIZE || target >= *start || ++*jumps > JUMPS_MAX)
		return false;
	*start = name->at = target;
	return true;
}

/* Appends the name at *name to line; moves *after behind its bytes (a pointer ends them). */
static bool name_walk(struct reader *name, struct reader *after, struct line *line)
{
	size_t start = name->at, text = line->length, wire = 0;
	unsigned jumps = 0;

	for (;;) {
		unsigned length = read_8(name);
		const uint8_t *label;

		if ((length & 0xc0) == 0xc0) {
			if (!jumps)
				after->at = name->at + 1;
			if (!name_jump(name, &start, length, &jumps))
				return false;
			continue;
		}
		wire += length + 1;
		label = length <= LABEL_MAX && wire <= NAME_MAX_WIRE ? read_bytes(name, length)
								     : NULL;
		if (!label || name->bad)
			return false;
		if (!jumps)
			after->at = name->at;
		if (!length)
			break;
		add_label(line, text, label, length);
	}
	if (line->length == text)
		line_puts(line, ".");
	return true;
}

/* Reads a name; a bad one adds nothing to line. */
static void read_name(struct reader *reader, struct line *line)
{
	struct reader name = *reader;
	struct line whole = *line;

	if (!reader->bad && name_walk(&name, reader, &whole)) {
		*line = whole;
		return;
	}
	reader->bad = true;
	if (line->length < line->size)
		line->out[line->length] = '\0';
}

static void add_address(struct line *line, int family, const uint8_t *bytes)
{
	char text[INET6_ADDRSTRLEN];

	if (bytes && inet_ntop(family, bytes, text, sizeof(text)))
		line_puts(line, text);
}

static void data_ipv4(struct reader *data, struct line *line)
{
	add_address(line, AF_INET, read_bytes(data, 4));
}

static void data_ipv6(struct reader *data, struct line *line)
{
	add_address(line, AF_INET6, read_bytes(data, 16));
}

static void data_mx(struct reader *data, struct line *line)
{
	line_printf(line, "%u ", read_16(data));
	read_name(data, line);
}

static void data_srv(struct reader *data, struct line *line)
{
	for (int i = 0; i < 3; i++) /* priority, weight, port */
		line_printf(line, "%u ", read_16(data));
	read_name(data, line);
}

static void data_text(struct reader *data, struct line *line)
{
	while (!data->bad && data->at < data->size) {
		size_t size = read_8(data);
		const uint8_t *bytes = read_bytes(data, size);

		if (!bytes)
			return;
		line_puts(line, line->length ? " \"" : "\"");
		add_escaped(line, bytes, size, ' ', "\"\\");
		line_puts(line, "\"");
	}
}

/* Values of a service parameter (RFC 9460, 7): names of protocols with their lengths. */
static void param_alpn(struct reader *value, struct line *line)
{
	for (bool first = true; !value->bad && value->at < value->size; first = false) {
		size_t size = read_8(value);
		const uint8_t *bytes = read_bytes(value, size);

		line_puts(line, first ? "=" : ",");
		if (bytes)
			add_escaped(line, bytes, size, '!', ",\\");
	}
}

static void param_addresses(struct reader *value, struct line *line, int family)
{
	for (bool first = true; !value->bad && value->at < value->size; first = false) {
		line_puts(line, first ? "=" : ",");
		add_address(line, family, read_bytes(value, family == AF_INET ? 4 : 16));
	}
}

enum { PARAM_ALPN = 1, PARAM_PORT = 3, PARAM_IPV4 = 4, PARAM_IPV6 = 6 };
static const char *const param_names[] = {
	"mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint", "dohpath",
};
_Static_assert(ARRAY_SIZE(param_names) == PARAM_IPV6 + 2, "names of service parameters");

/* One parameter; those whose value is long or rare print as their name alone. */
static void add_param(struct reader *data, struct line *line)
{
	unsigned key = read_16(data);
	size_t size = read_16(data);
	struct reader value = *data;

	if (!read_bytes(data, size))
		return;
	value.size = data->at;
	if (key < ARRAY_SIZE(param_names))
		line_printf(line, " %s", param_names[key]);
	else
		line_printf(line, " key%u", key);
	if (key == PARAM_ALPN)
		param_alpn(&value, line);
	else if (key == PARAM_PORT)
		line_printf(line, "=%u", read_16(&value));
	else if (key == PARAM_IPV4 || key == PARAM_IPV6)
		param_addresses(&value, line, key == PARAM_IPV4 ? AF_INET : AF_INET6);
	data->bad |= value.bad;
}

static void data_service(struct reader *data, struct line *line)
{
	data_mx(data, line); /* priority and target have the same shape */
	while (!data->bad && data->at < data->size)
		add_param(data, line);
}

static void data_unknown(struct reader *data, struct line *line)
{
	size_t size = data->size - data->at;
	const uint8_t *bytes = read_bytes(data, size);

	line_printf(line, size ? "\\# %zu " : "\\# %zu", size);
	for (size_t i = 0; bytes && i < size && line->length < line->size; i++)
		line_printf(line, "%02x", bytes[i]);
}

typedef void data_reader(struct reader *data, struct line *line);

static const struct {
	uint16_t type;
	data_reader *read;
} data_kinds[] = {
	{DNS_A, data_ipv4},	  {DNS_AAAA, data_ipv6},     {DNS_NS, read_name},
	{DNS_CNAME, read_name},	  {DNS_PTR, read_name},	     {DNS_DNAME, read_name},
	{DNS_MX, data_mx},	  {DNS_SRV, data_srv},	     {DNS_TXT, data_text},
	{DNS_SVCB, data_service}, {DNS_HTTPS, data_service},
};
_Static_assert(ARRAY_SIZE(data_kinds) == 11, "kinds of data");

/* Types mean what they mean in the Internet class only (mDNS uses its top bit
 * as a flag); an update (RFC 2136) names types without data. */
static data_reader *data_kind(const struct dns_answer *answer)
{
	if ((answer->class & 0x7fff) != CLASS_IN || !answer->size)
		return data_unknown;
	for (size_t i = 0; i < ARRAY_SIZE(data_kinds); i++)
		if (data_kinds[i].type == answer->type)
			return data_kinds[i].read;
	return data_unknown;
}

/* The data must fill its size exactly; what was read before a fault stays. */
static void read_data(struct reader *message, struct dns_answer *answer)
{
	struct line line = line_start(answer->data, sizeof(answer->data));
	const uint8_t *bytes = read_bytes(message, answer->size);
	data_reader *read = data_kind(answer);
	struct reader data = *message;

	if (!bytes)
		return;
	data.at = (size_t)(bytes - message->bytes);
	data.size = message->at;
	read(&data, &line);
	message->bad |= data.bad || data.at != data.size;
	if (!message->bad && (read == data_ipv4 || read == data_ipv6)) {
		memcpy(answer->address, bytes, answer->size);
		answer->address_size = (uint8_t)answer->size;
	}
}

static void read_question(struct reader *reader, struct dns_question *question)
{
	struct line line = line_start(question->name, sizeof(question->name));

	read_name(reader, &line);
	question->type = (uint16_t)read_16(reader);
	question->class = (uint16_t)read_16(reader);
}

/* false: the head of the record is broken, there is nothing to keep. */
static bool read_answer(struct reader *reader, struct dns_answer *answer)
{
	struct line line = line_start(answer->name, sizeof(answer->name));

	memset(answer->address, 0, sizeof(answer->address));
	answer->address_size = 0;
	read_name(reader, &line);
	answer->type = (uint16_t)read_16(reader);
	answer->class = (uint16_t)read_16(reader);
	answer->ttl = read_32(reader);
	answer->size = (uint16_t)read_16(reader);
	if (reader->bad)
		return false;
	read_data(reader, answer);
	return true;
}

static void read_header(struct reader *reader, struct dns_message *out)
{
	unsigned flags;

	out->id = (uint16_t)read_16(reader);
	flags = read_16(reader);
	out->response = flags & 0x8000;
	out->opcode = flags >> 11 & 0xf;
	out->truncated = flags & 0x0200;
	out->rcode = flags & 0xf;
	out->questions = (uint16_t)read_16(reader);
	out->answers_claimed = (uint16_t)read_16(reader);
	read_32(reader); /* how many authority and additional records follow */
}

void dns_parse(const void *bytes, size_t size, struct dns_message *out)
{
	struct reader reader = {.bytes = bytes, .size = size};

	/* The answers are most of it and get filled one by one. */
	memset(out, 0, offsetof(struct dns_message, answer));
	read_header(&reader, out);
	reader.bad |= out->questions > QUESTIONS_MAX;
	for (unsigned i = 0; i < out->questions && !reader.bad; i++) {
		struct dns_question rest;

		read_question(&reader, i ? &rest : &out->question);
	}
	while (!reader.bad && out->answers < MIN(out->answers_claimed, DNS_ANSWERS))
		out->answers += read_answer(&reader, &out->answer[out->answers]);
	out->malformed = reader.bad;
}
