/* SPDX-License-Identifier: GPL-2.0-only */
#include "kernel_rule.h"

#include <string.h>

#include "../bpf/policy.h"

#define TEXTS 4 /* name, ruleset, reference, words: in the order of the record */

/* A rule and behind it the bytes of its texts. */
struct entry {
	struct kernel_rule rule;
	size_t size; /* of the whole */
	char bytes[];
};

struct generation {
	uint32_t number;
	struct entry **entry; /* by number of the rule, NULL: a free slot */
};

struct kernel_rules {
	struct generation generation[KERNEL_RULE_GENERATIONS]; /* in the order of learning */
	size_t bytes;
};

struct kernel_rules *kernel_rules_new(void)
{
	return calloc(1, sizeof(struct kernel_rules));
}

static void entry_free(struct kernel_rules *rules, struct entry **entry)
{
	if (*entry)
		rules->bytes -= (*entry)->size;
	free(*entry);
	*entry = NULL;
}

static void generation_free(struct kernel_rules *rules, struct generation *generation)
{
	for (size_t i = 0; generation->entry && i < KWP_RULES_MAX; i++)
		entry_free(rules, &generation->entry[i]);
	free(generation->entry);
	*generation = (struct generation){};
}

void kernel_rules_free(struct kernel_rules *rules)
{
	if (!rules)
		return;
	for (size_t i = 0; i < KERNEL_RULE_GENERATIONS; i++)
		generation_free(rules, &rules->generation[i]);
	free(rules);
}

static struct generation *generation_find(const struct kernel_rules *rules, uint32_t number)
{
	for (size_t i = 0; i < KERNEL_RULE_GENERATIONS; i++)
		if (rules->generation[i].entry && rules->generation[i].number == number)
			return (struct generation *)&rules->generation[i];
	return NULL;
}

/* A slot for a new generation, of which the first to be learnt goes. NULL: no memory. */
static struct generation *generation_add(struct kernel_rules *rules, uint32_t number)
{
	struct generation *list = rules->generation;
	struct entry **entry = calloc(KWP_RULES_MAX, sizeof(struct entry *));
	size_t last = 0;

	if (!entry)
		return NULL;
	while (last < KERNEL_RULE_GENERATIONS && list[last].entry)
		last++;
	if (last == KERNEL_RULE_GENERATIONS) {
		generation_free(rules, list);
		memmove(list, list + 1, --last * sizeof(*list));
	}
	list[last] = (struct generation){number, entry};
	return &list[last];
}

static struct entry *entry_make(const struct kwp_rule_text *facts, const struct text *string)
{
	struct text *to[TEXTS], text[TEXTS];
	struct entry *entry;
	size_t size = sizeof(*entry);
	char *at;

	for (size_t i = 0; i < TEXTS; i++) {
		text[i] = (struct text){string[i].bytes,
					MIN(string[i].size, (size_t)KERNEL_RULE_TEXT)};
		size += text[i].size;
	}
	entry = calloc(1, size);
	if (!entry)
		return NULL;
	entry->size = size;
	entry->rule.class = facts->class;
	to[0] = &entry->rule.name;
	to[1] = &entry->rule.ruleset;
	to[2] = &entry->rule.reference;
	to[3] = &entry->rule.words;
	at = entry->bytes;
	for (size_t i = 0; i < TEXTS; i++) {
		if (!text[i].size)
			continue;
		memcpy(at, text[i].bytes, text[i].size);
		*to[i] = (struct text){at, text[i].size};
		at += text[i].size;
	}
	return entry;
}

void kernel_rules_learn(struct kernel_rules *rules, const struct kwp_rule_text *facts,
			const struct text string[KWP_STRINGS])
{
	struct generation *generation = generation_find(rules, facts->generation);
	struct entry *entry;

	if (facts->rule >= KWP_RULES_MAX)
		return;
	generation = generation ?: generation_add(rules, facts->generation);
	entry = generation ? entry_make(facts, string) : NULL;
	if (!entry)
		return;
	if (rules->bytes + entry->size > KERNEL_RULE_BYTES) {
		free(entry);
		return;
	}
	entry_free(rules, &generation->entry[facts->rule]);
	generation->entry[facts->rule] = entry;
	rules->bytes += entry->size;
}

const struct kernel_rule *kernel_rules_find(const struct kernel_rules *rules, uint32_t generation,
					    uint32_t number)
{
	const struct generation *in = generation_find(rules, generation);
	const struct entry *entry = in && number < KWP_RULES_MAX ? in->entry[number] : NULL;

	return entry ? &entry->rule : NULL;
}
