/* SPDX-License-Identifier: GPL-2.0-only */
/* Builds a DNS message byte by byte, right or wrong, and parses it. */
#ifndef KWP_TESTS_WIRE_H
#define KWP_TESTS_WIRE_H

#include <stdlib.h>

#include "../../common/dns.h"
#include "check.h"

static struct dns_message message;

/* Bytes of a message in the making. */
static uint8_t wire[70000];
static size_t used;

static inline void put(const void *bytes, size_t size)
{
	memcpy(wire + used, bytes, size);
	used += size;
}

#define PUT(literal) put(literal, sizeof(literal) - 1)

static inline void put_16(unsigned value)
{
	put((uint8_t[]){value >> 8 & 0xff, value & 0xff}, 2);
}

/* Starts a response with so many claimed questions and answers. */
static inline void start(unsigned questions, unsigned answers)
{
	used = 0;
	put_16(0x1234);
	put_16(0x8180);
	put_16(questions);
	put_16(answers);
	put_16(0);
	put_16(0);
}

/* At offset 12: "www.example.com", type A, class IN. */
static inline void put_question(void)
{
	PUT("\3www\7example\3com\0");
	put_16(DNS_A);
	put_16(1);
}

/* A record of the name at offset 12, TTL 300. */
static inline void put_answer(unsigned type, const void *data, size_t size)
{
	put_16(0xc00c);
	put_16(type);
	put_16(1);
	put_16(0);
	put_16(300);
	put_16((unsigned)size);
	put(data, size);
}

#define PUT_ANSWER(type, literal) put_answer(type, literal, sizeof(literal) - 1)

/* Parses a copy of exactly the bytes, so that ASan sees any step beyond. */
static inline void parse(void)
{
	uint8_t *copy = malloc(used ? used : 1);

	memcpy(copy, wire, used);
	memset(&message, 0xa5, sizeof(message));
	dns_parse(copy, used, &message);
	free(copy);
}

/* The data of one answer of that type as text. */
static inline const char *data_of(unsigned type, const void *data, size_t size)
{
	start(1, 1);
	put_question();
	put_answer(type, data, size);
	parse();
	return message.answers == 1 ? message.answer[0].data : NULL;
}

#define DATA(type, literal) data_of(type, literal, sizeof(literal) - 1)

#endif
