/* SPDX-License-Identifier: GPL-2.0-only */
/* RULE records: what a rule's number of a generation means, for readers and recordings. */
#ifndef KWP_RULE_RECORD_H
#define KWP_RULE_RECORD_H

#include "buffer.h"
#include "../bpf/record.h"

struct rule_words {
	const char *name, *ruleset, *reference, *words; /* as in struct kwp_rule_text */
};

/* Makes out hold the record; out->failed: no memory. */
void rule_record(struct buffer *out, const struct kwp_rule_text *facts,
		 const struct rule_words *words);

#endif
