/* SPDX-License-Identifier: GPL-2.0-only */
/* Filters that only compare, as the kernel side can do it. */
#include "filter_tree.h"

struct visit {
	bool (*word)(const struct filter_word *word, void *data);
	void *data;
};

static bool visit_test(const struct filter_test *test, const struct visit *visit)
{
	enum value_kind kind = test->field->kind;

	if (test->op != OP_EQUAL || test->negated)
		return false;
	for (size_t i = 0; i < test->count; i++) {
		struct filter_word word = {.field = test->field};

		if (kind == VALUE_TEXT)
			word.text = test->operands[i].text;
		else if (kind == VALUE_NUMBER)
			word.number = test->operands[i].number;
		else
			return false;
		if (!visit->word(&word, visit->data))
			return false;
	}
	return true;
}

static bool visit_node(const struct filter_node *node, const struct visit *visit)
{
	if (node->kind == NODE_TEST)
		return visit_test(&node->test, visit);
	if (node->kind != NODE_OR)
		return false;
	for (const struct filter_node *part = node->first; part; part = part->next) {
		if (!visit_node(part, visit))
			return false;
	}
	return true;
}

bool filter_words(const struct filter *filter,
		  bool (*word)(const struct filter_word *word, void *data), void *data)
{
	return visit_node(filter->root, &(struct visit){word, data});
}
