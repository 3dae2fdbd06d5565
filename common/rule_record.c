/* SPDX-License-Identifier: GPL-2.0-only */
#include "rule_record.h"

#include <string.h>

#include "util.h"

void rule_record(struct buffer *out, const struct kwp_rule_text *facts,
		 const struct rule_words *words)
{
	const char *const texts[] = {words->name, words->ruleset, words->reference, words->words};
	struct kwp_record head = {.type = KWP_RULE, .nr = -1, .facts_size = sizeof(*facts),
				  .strings = ARRAY_SIZE(texts)};

	out->size = 0;
	buffer_add(out, (const char *)&head, sizeof(head));
	buffer_add(out, (const char *)facts, sizeof(*facts));
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		const size_t size = strnlen(texts[i], KWP_PATH_MAX);

		buffer_add(out, texts[i], size);
		buffer_byte(out, 0);
		head.length[i] = size + 1;
	}
	while (out->size % 8 && !out->failed)
		buffer_byte(out, 0);
	head.size = out->size;
	if (!out->failed)
		memcpy(out->bytes, &head, sizeof(head));
}
