/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of addresses: learnt from answers, found by address, in bounded memory. */
#include "../../common/domain.h"
#include "check.h"

#include <arpa/inet.h>
#include <sys/socket.h>

static struct domain_table table;
static struct dns_message message;

static void set_answer(unsigned n, const char *address)
{
	struct dns_answer *answer = &message.answer[n];
	bool v6 = strchr(address, ':');

	CHECK(inet_pton(v6 ? AF_INET6 : AF_INET, address, answer->address) == 1);
	answer->address_size = v6 ? 16 : 4;
	message.answers = n + 1;
}

static void ask(const char *name)
{
	memset(&message, 0, sizeof(message));
	message.response = true;
	snprintf(message.question.name, sizeof(message.question.name), "%s", name);
}

static const char *find(const char *address)
{
	struct kwp_addr addr = {.family = strchr(address, ':') ? AF_INET6 : AF_INET};

	inet_pton(addr.family, address, addr.addr);
	return domain_find(&table, &addr).bytes;
}

static void test_learn(void)
{
	CHECK(!find("192.0.2.1") && !find("2001:db8::1"));
	ask("www.example.com");
	set_answer(0, "192.0.2.1");
	set_answer(1, "2001:db8::1");
	message.answer[2] = (struct dns_answer){.type = DNS_CNAME};
	message.answers = 3;
	domain_learn(&table, &message);
	CHECK_STR(find("192.0.2.1"), "www.example.com");
	CHECK_STR(find("2001:db8::1"), "www.example.com");
	CHECK_STR(find("::ffff:192.0.2.1"), "www.example.com");
	CHECK(!find("192.0.2.2") && !find("2001:db8::2"));
	/* The same bytes at the beginning of the other kind. */
	CHECK(!find("c000:201::") && !find("32.1.13.184"));
	/* The newest name counts. */
	ask("other.example");
	set_answer(0, "192.0.2.1");
	domain_learn(&table, &message);
	CHECK_STR(find("192.0.2.1"), "other.example");
	CHECK(!table.evicted);
}

static void test_refused(void)
{
	struct kwp_addr addr = {.family = AF_UNIX};

	ask("query.example");
	set_answer(0, "192.0.2.9");
	message.response = false;
	domain_learn(&table, &message);
	CHECK(!find("192.0.2.9"));
	ask("");
	set_answer(0, "192.0.2.9");
	domain_learn(&table, &message);
	CHECK(!find("192.0.2.9"));
	CHECK(!domain_find(&table, &addr).bytes);
	addr.family = 0;
	CHECK(!domain_find(&table, &addr).bytes);
}

static void test_long_name(void)
{
	ask("");
	memset(message.question.name, 'n', sizeof(message.question.name) - 1);
	set_answer(0, "192.0.2.3");
	domain_learn(&table, &message);
	CHECK(strlen(find("192.0.2.3")) == 255);
}

static void test_bounded(void)
{
	unsigned found = 0;
	char address[32];

	memset(&table, 0, sizeof(table));
	for (unsigned i = 0; i < 20000; i++) {
		ask("many.example");
		message.answers = 1;
		message.answer[0].address_size = 4;
		memcpy(message.answer[0].address, (uint8_t[]){10, 0, i >> 8, i}, 4);
		domain_learn(&table, &message);
	}
	for (unsigned i = 0; i < 20000; i++) {
		snprintf(address, sizeof(address), "10.0.%u.%u", i >> 8, i & 0xff);
		found += find(address) != NULL;
	}
	CHECK(found <= DOMAINS_MAX && found > DOMAINS_MAX / 2);
	CHECK(table.evicted == 20000 - found);
	/* The newest is never the one that went. */
	CHECK(find("10.0.78.31"));
}

int main(void)
{
	test_learn();
	test_refused();
	test_long_name();
	test_bounded();
	return check_end();
}
