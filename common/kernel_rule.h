/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rules of the policy in the kernel, by generation and number: what RULE records say of
 * them. Pure, bounded, and trusts no record: a recording can hold anything.
 */
#ifndef KWP_KERNEL_RULE_H
#define KWP_KERNEL_RULE_H

#include "event.h"

#define KERNEL_RULE_TEXT 1024	      /* bytes of a text that are kept */
#define KERNEL_RULE_GENERATIONS 4     /* that are remembered; the oldest goes */
#define KERNEL_RULE_BYTES (16u << 20) /* of all rules together; beyond it none is learnt */

/* A rule in words; each text may be absent. */
struct kernel_rule {
	uint32_t class; /* enum kwp_class */
	struct text name, ruleset, reference, words;
};

struct kernel_rules;

/* NULL: no memory. */
struct kernel_rules *kernel_rules_new(void);
void kernel_rules_free(struct kernel_rules *rules);
/* Takes a RULE record's facts and strings. The last word about a rule counts. */
void kernel_rules_learn(struct kernel_rules *rules, const struct kwp_rule_text *facts,
			const struct text string[KWP_STRINGS]);
/* The rule, NULL: nobody said what it is. It lives until the next one is learnt. */
const struct kernel_rule *kernel_rules_find(const struct kernel_rules *rules, uint32_t generation,
					    uint32_t number);

#endif
