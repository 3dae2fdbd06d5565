/* SPDX-License-Identifier: GPL-2.0-only */
#include "wire.h"

static void test_query(void)
{
	start(1, 0);
	wire[2] = 0x01;
	wire[3] = 0;
	put_question();
	parse();
	CHECK(message.id == 0x1234 && !message.response && !message.malformed);
	CHECK(message.questions == 1 && !message.answers && !message.answers_claimed);
	CHECK(message.opcode == 0 && message.rcode == 0 && !message.truncated);
	CHECK_STR(message.question.name, "www.example.com");
	CHECK(message.question.type == DNS_A && message.question.class == 1);
}

static void test_header_bits(void)
{
	start(0, 0);
	wire[2] = 0xaa; /* response, opcode 5, TC */
	wire[3] = 0x83;
	parse();
	CHECK(message.response && message.opcode == 5 && message.truncated && message.rcode == 3);
	CHECK(!message.malformed && !message.questions);
	CHECK_STR(message.question.name, "");
	CHECK(message.question.type == 0);
}

static void test_addresses(void)
{
	start(1, 2);
	put_question();
	PUT_ANSWER(DNS_A, "\xc0\0\2\1");
	PUT_ANSWER(DNS_AAAA, "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1");
	parse();
	CHECK(message.answers == 2 && message.response && !message.malformed);
	CHECK_STR(message.answer[0].name, "www.example.com");
	CHECK_STR(message.answer[0].data, "192.0.2.1");
	CHECK(message.answer[0].ttl == 300 && message.answer[0].type == DNS_A);
	CHECK(message.answer[0].address_size == 4 && message.answer[0].size == 4);
	CHECK(!memcmp(message.answer[0].address, "\xc0\0\2\1\0\0\0\0\0\0\0\0\0\0\0\0", 16));
	CHECK_STR(message.answer[1].data, "2001:db8::1");
	CHECK(message.answer[1].address_size == 16);
}

static void test_names_in_data(void)
{
	CHECK_STR(DATA(DNS_CNAME, "\3cdn\xc0\x10"), "cdn.example.com");
	CHECK(!message.malformed);
	CHECK_STR(DATA(DNS_PTR, "\4host\0"), "host");
	CHECK_STR(DATA(DNS_NS, "\xc0\x18"), "com");
	CHECK(!message.malformed);
	CHECK_STR(DATA(DNS_DNAME, "\0"), ".");
	CHECK_STR(DATA(DNS_MX, "\0\xa\4mail\xc0\x10"), "10 mail.example.com");
	CHECK_STR(DATA(DNS_SRV, "\0\1\0\2\1\xbb\3srv\0"), "1 2 443 srv");
	CHECK(!message.malformed && message.answer[0].address_size == 0);
}

static void test_texts(void)
{
	CHECK_STR(DATA(DNS_TXT, "\5hello\0\3a b"), "\"hello\" \"\" \"a b\"");
	CHECK_STR(DATA(DNS_TXT, "\4\"\\\n\xff"), "\"\\\"\\\\\\010\\255\"");
	CHECK(!message.malformed);
	CHECK(DATA(DNS_TXT, "\5hell") && message.malformed);
	CHECK_STR(DATA(99, "\1\2\xff"), "\\# 3 0102ff");
	CHECK_STR(DATA(99, ""), "\\# 0");
	CHECK(!message.malformed);
	CHECK_STR(DATA(DNS_A, ""), "\\# 0"); /* as an update has it */
	CHECK(!message.malformed && message.answer[0].address_size == 0);
}

static void test_long_text(void)
{
	static uint8_t data[65000];

	CHECK(data_of(99, data, sizeof(data)) && !message.malformed);
	CHECK(strlen(message.answer[0].data) == DNS_DATA_TEXT - 1);
	CHECK(message.answer[0].size == 65000);
	CHECK(data_of(DNS_TXT, data, sizeof(data)) && !message.malformed);
	CHECK(strlen(message.answer[0].data) == DNS_DATA_TEXT - 1);
}

static void test_service(void)
{
	CHECK_STR(DATA(DNS_HTTPS, "\0\1\0"
				  "\0\1\0\6\2h2\2h3"
				  "\0\2\0\0"
				  "\0\3\0\2\1\xbb"
				  "\0\4\0\x8\1\2\3\4\5\6\7\x8"
				  "\0\5\0\2xx"
				  "\0\6\0\x10\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1"
				  "\x12\x34\0\1x"),
		  "1 . alpn=h2,h3 no-default-alpn port=443 ipv4hint=1.2.3.4,5.6.7.8 ech "
		  "ipv6hint=2001:db8::1 key4660");
	CHECK(!message.malformed);
	CHECK_STR(DATA(DNS_SVCB, "\0\0\3svc\7example\0"), "0 svc.example");
	CHECK_STR(DATA(DNS_SVCB, "\0\1\0\0\1\0\4\3a b"), "1 . alpn=a\\032b");
	CHECK(DATA(DNS_SVCB, "\0\1\0\0\4\0\3\1\2\3") && message.malformed);
	CHECK(DATA(DNS_SVCB, "\0\1\0\0\1\0\xff\1a") && message.malformed);
	CHECK(DATA(DNS_SVCB, "\0\1\0\0\1\0\2\5a") && message.malformed);
	CHECK(DATA(DNS_SVCB, "\0\1\0\0\3\0\1\1") && message.malformed);
	CHECK(DATA(DNS_SVCB, "\0\1\0\0") && message.malformed);
}

static void test_bad_sizes(void)
{
	CHECK_STR(DATA(DNS_A, "\1\2\3"), "");
	CHECK(message.malformed && !message.answer[0].address_size);
	CHECK_STR(DATA(DNS_A, "\1\2\3\4\5"), "1.2.3.4");
	CHECK(message.malformed && !message.answer[0].address_size);
	CHECK(DATA(DNS_CNAME, "\1a\0\0") && message.malformed);
	CHECK_STR(DATA(DNS_CNAME, "\5abc"), "");
	CHECK(message.malformed);
	CHECK_STR(DATA(DNS_MX, "\0\12\1"), "10 ");
	CHECK(message.malformed);
	/* A name may not run on into the record behind it. */
	start(1, 2);
	put_question();
	PUT_ANSWER(DNS_CNAME, "\1a");
	PUT_ANSWER(DNS_A, "\1\2\3\4");
	parse();
	CHECK(message.malformed && message.answers == 1);
	/* Data that is longer than the message. */
	start(1, 2);
	put_question();
	PUT_ANSWER(DNS_A, "\1\2\3\4");
	put_answer(DNS_A, "\1\2", 2);
	wire[used - 3] = 200;
	parse();
	CHECK(message.malformed && message.answers == 2);
	CHECK_STR(message.answer[0].data, "1.2.3.4");
	CHECK_STR(message.answer[1].data, "");
}

static void test_claims(void)
{
	start(1, 65535);
	put_question();
	PUT_ANSWER(DNS_A, "\1\2\3\4");
	parse();
	CHECK(message.malformed && message.answers == 1 && message.answers_claimed == 65535);
	/* More answers than there is room for are no fault. */
	start(1, 40);
	put_question();
	for (int i = 0; i < 40; i++)
		PUT_ANSWER(DNS_A, "\1\2\3\4");
	parse();
	CHECK(!message.malformed && message.answers == DNS_ANSWERS);
	start(65535, 0);
	put_question();
	parse();
	CHECK(message.malformed && message.questions == 65535);
	/* Two questions, as mDNS asks: the first one counts, the answers still come. */
	start(2, 1);
	put_question();
	PUT("\5other\0\0\x1c\0\1");
	PUT_ANSWER(DNS_A, "\1\2\3\4");
	parse();
	CHECK(!message.malformed && message.answers == 1);
	CHECK_STR(message.question.name, "www.example.com");
	/* No question at all. */
	start(0, 1);
	PUT("\1a\0\0\1\0\1\0\0\0\5\0\4\1\2\3\4");
	parse();
	CHECK(!message.malformed && message.answers == 1);
	CHECK_STR(message.answer[0].name, "a");
}

/* The flag that mDNS keeps in the class; other classes have other data. */
static void test_class(void)
{
	start(0, 2);
	PUT("\1a\0\0\1\x80\1\0\0\0\5\0\4\1\2\3\4");
	PUT("\1a\0\0\1\0\3\0\0\0\5\0\3\1b\0");
	parse();
	CHECK(!message.malformed && message.answers == 2);
	CHECK_STR(message.answer[0].data, "1.2.3.4");
	CHECK_STR(message.answer[1].data, "\\# 3 016200");
}

/* Every shorter message keeps what was whole, and says that it is cut. */
static void test_every_cut(void)
{
	size_t whole;

	start(1, 3);
	put_question();
	PUT_ANSWER(DNS_A, "\1\2\3\4");
	PUT_ANSWER(DNS_MX, "\0\1\1m\xc0\x10");
	PUT_ANSWER(DNS_HTTPS, "\0\1\0\0\1\0\3\2h2");
	whole = used;
	parse();
	CHECK(!message.malformed && message.answers == 3);
	for (used = 0; used < whole; used++) {
		unsigned answers;

		parse();
		answers = message.answers;
		if (!message.malformed || answers > 3)
			CHECK(!"a cut message is malformed");
		if (used >= 33 && strcmp(message.question.name, "www.example.com"))
			CHECK(!"a whole question stays");
		if (answers > 1 && strcmp(message.answer[0].data, "1.2.3.4"))
			CHECK(!"a whole answer stays");
	}
	dns_parse(NULL, 0, &message);
	CHECK(message.malformed && !message.answers && !message.id);
}

int main(void)
{
	test_query();
	test_header_bits();
	test_addresses();
	test_names_in_data();
	test_texts();
	test_long_text();
	test_service();
	test_bad_sizes();
	test_claims();
	test_class();
	test_every_cut();
	return check_end();
}
