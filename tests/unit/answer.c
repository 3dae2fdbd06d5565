/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel side takes out of messages, right and wrong (bpf/answer.h). */
#include "wire.h"

#include "../../bpf/answer.h"

static struct kwp_answer answer;

/* Of the message in wire: true if its addresses count. */
static bool take(void)
{
	memset(&answer, 0, sizeof(answer));
	memcpy(answer.bytes, wire, MIN(used, sizeof(answer.bytes)));
	memset(answer.bytes + MIN(used, sizeof(answer.bytes)), 0xc0,
	       sizeof(answer.bytes) - MIN(used, sizeof(answer.bytes)));
	answer.size = MIN(used, sizeof(answer.bytes));
	return kwp_answer_question(&answer) && kwp_answer_records(&answer);
}

static void put_record(const void *owner, size_t size, unsigned type, unsigned ttl)
{
	put(owner, size);
	put_16(type);
	put_16(1);
	put_16(0);
	put_16(ttl);
}
#define PUT_RECORD(owner, type, ttl) put_record(owner, sizeof(owner) - 1, type, ttl)

static void test_addresses(void)
{
	start(1, 2);
	put_question();
	PUT_ANSWER(DNS_A, "\xc0\0\2\1");
	PUT_ANSWER(DNS_A, "\xc0\0\2\2");
	CHECK(take());
	CHECK(answer.is_answer && answer.id == 0x1234 && answer.found == 2 && answer.ttl == 300);
	CHECK(!memcmp(answer.address[1], "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\2\2", 16));
	/* A type that was not asked for is passed over. */
	start(1, 2);
	put_question();
	PUT_ANSWER(DNS_AAAA, "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1");
	PUT_ANSWER(DNS_A, "\xc0\0\2\1");
	CHECK(take() && answer.found == 1);
}

static void test_question(void)
{
	start(1, 0);
	PUT("\3wWw\7EXAMPLE\3com\0");
	put_16(DNS_AAAA);
	put_16(1);
	wire[2] = wire[3] = 0;
	CHECK(!take() && !answer.is_answer && answer.type == DNS_AAAA);
	CHECK_STR((const char *)answer.words, "www.example.com");
	CHECK(answer.length == 15 && answer.asked == answer.hash);
}

static void test_aliases(void)
{
	start(1, 3);
	put_question();
	PUT_RECORD("\xc0\x0c", DNS_CNAME, 90);
	put_16(6);
	PUT("\3CDN\xc0\x10");
	PUT_RECORD("\3cdn\7example\3COM\0", DNS_CNAME, 20);
	put_16(3);
	PUT("\1x\0");
	PUT_RECORD("\1x\0", DNS_A, 60);
	put_16(4);
	PUT("\xc0\0\2\7");
	CHECK(take() && answer.found == 1 && answer.ttl == 20);
	/* The last one is of another name. */
	wire[used - 16] = 'y';
	CHECK(!take() && !answer.bad);
}

/* Each of these is an answer that counted but for one fault. */
static void test_faults(void)
{
	static const struct {
		unsigned at;
		uint8_t byte;
	} faults[] = {{2, 0x82},  {2, 0x89},  {3, 0x83}, {5, 2},  {5, 0},  {7, 2},  {7, 0},
		      {12, 64},	  {12, 0xc0}, {14, '.'}, {14, 0}, {30, 2}, {32, 3}, {34, 12 + 25},
		      {33, 0xc1}, {36, 2},    {38, 3},	 {44, 5}, {44, 3}};

	start(1, 1);
	put_question();
	PUT_ANSWER(DNS_A, "\xc0\0\2\1");
	CHECK(take());
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		const uint8_t right = wire[faults[i].at];

		wire[faults[i].at] = faults[i].byte;
		CHECK(!take());
		if (take())
			fprintf(stderr, "fault %zu was taken\n", i);
		wire[faults[i].at] = right;
	}
	for (; used > 0; used--) {
		const size_t whole = used--;

		CHECK(!take());
		used = whole;
	}
}

static void test_names(void)
{
	/* A name of 253 letters, and one of 254. */
	for (unsigned last = 61; last <= 62; last++) {
		start(1, 1);
		for (unsigned part = 0; part < 4; part++) {
			const uint8_t size = part < 3 ? 63 : last;

			put(&size, 1);
			for (unsigned i = 0; i < size; i++)
				PUT("a");
		}
		PUT("\0");
		put_16(DNS_A);
		put_16(1);
		PUT_ANSWER(DNS_A, "\xc0\0\2\1");
		CHECK(take() == (last == 61));
	}
	/* Pointers that lead back, each to the one before: too many. */
	start(1, 1);
	put_question();
	for (unsigned i = 0; i < 40; i++) {
		const unsigned target = i ? 33 + 2 * (i - 1) : 12;

		put_16(0xc000 | target);
	}
	CHECK(!take());
}

static void test_limits(void)
{
	start(1, 40);
	put_question();
	for (unsigned i = 0; i < 40; i++)
		PUT_ANSWER(DNS_A, "\xc0\0\2\1");
	CHECK(take() && answer.found == KWP_ANSWER_FOUND);
	/* What does not fit is not there: the message counts no more. */
	start(1, 2);
	put_question();
	PUT_ANSWER(DNS_A, "\xc0\0\2\1");
	put_answer(DNS_TXT, answer.bytes, KWP_ANSWER_BYTES);
	CHECK(!take());
}

int main(void)
{
	test_addresses();
	test_question();
	test_aliases();
	test_faults();
	test_names();
	test_limits();
	return check_end();
}
