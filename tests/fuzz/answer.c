/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel side takes out of an answer, dns_parse() has as well: no address of a message
 * that breaks the rules, none of another name. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "../../bpf/answer.h"
#include "../../common/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static struct kwp_answer answer;
static struct dns_message message;

static void expect(int what)
{
	if (!what)
		abort();
}

static int is_address(const struct dns_answer *record, const uint8_t *address)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (record->address_size == 4)
		return !memcmp(address, mapped, sizeof(mapped)) &&
		       !memcmp(address + sizeof(mapped), record->address, 4);
	return record->address_size == 16 && !memcmp(address, record->address, 16);
}

/* The addresses in their order, those of the name that was asked for and of its aliases. */
static void compare(void)
{
	const char *current = message.question.name;
	unsigned found = 0;

	for (unsigned i = 0; i < message.answers; i++) {
		const struct dns_answer *record = &message.answer[i];

		if (record->class != 1 || strcasecmp(record->name, current))
			continue;
		if (record->type == DNS_CNAME)
			current = record->data;
		else if (record->type == answer.type && record->address_size &&
			 found < answer.found)
			expect(is_address(record, answer.address[found++]));
	}
	/* What other kinds of records say does not matter to the kernel side. */
	expect(found == answer.found || message.malformed);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const uint32_t full = size > KWP_ANSWER_BYTES ? KWP_ANSWER_BYTES : size;
	int asked;

	memset(&answer, 0, sizeof(answer));
	memcpy(answer.bytes, bytes, full);
	/* Mostly a head that says what is wanted, so that more is tried than heads. */
	if (full > 12 && bytes[0] & 7)
		memcpy(answer.bytes + 2, "\x81\x80\0\1\0", 5);
	answer.size = full;
	dns_parse(answer.bytes, full, &message);
	asked = kwp_answer_question(&answer);
	expect(answer.length <= KWP_ANSWER_NAME && answer.found <= KWP_ANSWER_FOUND);
	if (!asked)
		return 0;
	expect(message.questions == 1 && message.question.type == answer.type);
	expect(message.response == answer.is_answer && !message.truncated && !message.rcode);
	if (!kwp_answer_records(&answer))
		return 0;
	expect(answer.found && answer.found <= KWP_ANSWER_FOUND);
	compare();
	return 0;
}
