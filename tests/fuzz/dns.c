/* SPDX-License-Identifier: GPL-2.0-only */
/* dns_parse() on any bytes: every text ends inside its room, every count within its bounds. */
#include <stdlib.h>
#include <string.h>

#include "../../common/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void text_check(const char *text, size_t room)
{
	size_t length = strnlen(text, room);

	if (length == room)
		abort();
	for (size_t i = 0; i < length; i++)
		if (text[i] < ' ' || text[i] > '~')
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct dns_message message;

	/* What an earlier message left behind must not show. */
	memset(&message, 0xff, sizeof(message));
	dns_parse(bytes, size, &message);
	if (message.answers > DNS_ANSWERS || message.answers > message.answers_claimed)
		abort();
	text_check(message.question.name, sizeof(message.question.name));
	for (unsigned i = 0; i < message.answers; i++) {
		const struct dns_answer *answer = &message.answer[i];

		text_check(answer->name, sizeof(answer->name));
		text_check(answer->data, sizeof(answer->data));
		if (answer->address_size && answer->address_size != 4 && answer->address_size != 16)
			abort();
	}
	return 0;
}
