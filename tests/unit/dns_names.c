/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of DNS messages: labels, escapes and compression. */
#include "wire.h"

static void test_escapes(void)
{
	start(1, 0);
	PUT("\6a.b\\ c\3\0\x7f\xff\2A_\0\0\1\0\1");
	parse();
	CHECK_STR(message.question.name, "a\\.b\\\\\\032c.\\000\\127\\255.A_");
	CHECK(!message.malformed);
}

static void test_root(void)
{
	start(1, 0);
	PUT("\0\0\2\0\1");
	parse();
	CHECK_STR(message.question.name, ".");
	CHECK(!message.malformed && message.question.type == DNS_NS);
}

/* One question whose name is these bytes, which must be refused. */
static void refuse(const char *name, size_t size)
{
	start(1, 1);
	put(name, size);
	PUT("\0\1\0\1");
	PUT_ANSWER(DNS_A, "\1\2\3\4");
	parse();
	CHECK(message.malformed && !message.answers);
	CHECK_STR(message.question.name, "");
	CHECK(message.id == 0x1234 && message.answers_claimed == 1);
}

#define REFUSE(literal) refuse(literal, sizeof(literal) - 1)

static void test_bad_names(void)
{
	char label[66] = {64};

	REFUSE("\xc0\x0c");	    /* to itself */
	REFUSE("\1a\xc0\x0c");	    /* a loop of one name */
	REFUSE("\xc0\x0e\xc0\x0c"); /* forward, then back */
	REFUSE("\xc0\x20");	    /* forward */
	REFUSE("\xff\xff");	    /* far beyond the end */
	REFUSE("\xc0\x00");	    /* into the header */
	REFUSE("\xc0\x0b");
	REFUSE("\x40"
	       "a\0"); /* the types of label that never came to be */
	REFUSE("\x80"
	       "a\0");
	memset(label + 1, 'a', 64);
	refuse(label, sizeof(label));
}

static void put_labels(unsigned count, unsigned size)
{
	uint8_t label[64];

	memset(label, 'x', sizeof(label));
	label[0] = (uint8_t)size;
	for (unsigned i = 0; i < count; i++)
		put(label, size + 1);
}

static void test_long_names(void)
{
	/* 3 * 64 + 62 + 1 are 255 bytes: the longest. */
	start(1, 0);
	put_labels(3, 63);
	put_labels(1, 61);
	PUT("\0\0\1\0\1");
	parse();
	CHECK(!message.malformed && strlen(message.question.name) == 253);
	start(1, 0);
	put_labels(3, 63);
	put_labels(1, 62);
	PUT("\0\0\1\0\1");
	parse();
	CHECK(message.malformed);
	CHECK_STR(message.question.name, "");
	/* Many of the longest, each byte escaped, still fit their room. */
	start(1, 0);
	put_labels(3, 63);
	put_labels(1, 61);
	PUT("\0\0\1\0\1");
	for (size_t i = 12; i < used - 5; i++)
		wire[i] = wire[i] == 'x' ? 0xff : wire[i];
	parse();
	CHECK(!message.malformed && strlen(message.question.name) == 1003);
}

/* A chain of pointers, each to the one before: 64 are followed, 65 are not. */
static void pointer_chain(unsigned jumps, bool good)
{
	start(1, 1);
	put_question();
	put_16(0xc00c);
	put_16(99);
	PUT("\0\1\0\0\0\0");
	put_16(jumps * 2);
	put_16(0xc00c);
	for (unsigned i = 1; i < jumps; i++)
		put_16(0xc000 | (unsigned)(used - 2));
	wire[7] = 2;
	put_16(0xc000 | (unsigned)(used - 2));
	PUT("\0\1\0\1\0\0\0\0\0\4\1\2\3\4");
	parse();
	CHECK(message.malformed == !good);
	CHECK(message.answers == (good ? 2 : 1));
	if (good)
		CHECK_STR(message.answer[1].name, "www.example.com");
}

static void test_pointer_chain(void)
{
	pointer_chain(10, true);
	pointer_chain(63, true);
	pointer_chain(64, false);
	pointer_chain(1000, false);
}

/* A pointer that grows the name each time round: labels, then back to them. */
static void test_growing_loop(void)
{
	start(1, 1);
	PUT("\1a\0\0\1\0\1"); /* 12: "a" */
	PUT("\1b\xc0\x13");   /* 19: "b", then to 19 itself */
	PUT("\0\1\0\1\0\0\0\0\0\4\1\2\3\4");
	parse();
	CHECK(message.malformed && message.answers == 0);
	CHECK_STR(message.question.name, "a");
}

int main(void)
{
	test_escapes();
	test_root();
	test_bad_names();
	test_long_names();
	test_pointer_chain();
	test_growing_loop();
	return check_end();
}
