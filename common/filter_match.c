/* SPDX-License-Identifier: GPL-2.0-only */
#include "filter_tree.h"
#include "process.h"

#include <string.h>

#define ANCESTORS_MAX 256 /* a broken chain must not hang us */

/* Is it one of the operands? */
static bool operand_find(const struct filter_test *test, const union operand *key)
{
	size_t low = 0, high = test->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = operand_compare(test->field->kind, key, &test->operands[middle]);

		if (!order)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

static bool match_ordered(const struct filter_test *test, const union operand *key)
{
	int order;

	if (test->op == OP_EQUAL)
		return operand_find(test, key);
	order = operand_compare(test->field->kind, key, &test->operands[0]);
	switch (test->op) {
	case OP_LESS:
		return order < 0;
	case OP_LESS_EQUAL:
		return order <= 0;
	case OP_GREATER:
		return order > 0;
	default:
		return order >= 0;
	}
}

static bool match_text(const struct filter_test *test, struct text text)
{
	if (test->op == OP_REGEX)
		return regex_match(test->regex, text);
	return operand_find(test, &(union operand){.text = text});
}

static bool match_list(const struct filter_test *test, struct text list)
{
	const char *at = list.bytes, *end = list.bytes + list.size;

	while (at < end) {
		const char *stop = memchr(at, '\0', (size_t)(end - at));

		if (!stop)
			stop = end;
		if (match_text(test, (struct text){at, (size_t)(stop - at)}))
			return true;
		at = stop + 1;
	}
	return false;
}

static bool match_address(const struct filter_test *test, const struct value *value)
{
	for (size_t i = 0; i < test->count; i++) {
		if (prefix_covers(&test->operands[i].prefix, value->address.bytes,
				  value->address.v6))
			return true;
	}
	return false;
}

/* A process is named by its name and by the path of its executable. */
static bool match_processes(const struct filter_test *test, const struct process *process)
{
	for (unsigned i = 0; process && i < ANCESTORS_MAX; i++, process = process->parent) {
		const char *path = process->executable;

		if (match_text(test, (struct text){process->comm, strlen(process->comm)}))
			return true;
		if (path && match_text(test, (struct text){path, strlen(path)}))
			return true;
	}
	return false;
}

static bool match_value(const struct filter_test *test, const struct value *value)
{
	switch (value->kind) {
	case VALUE_NUMBER:
	case VALUE_BOOL:
		return match_ordered(test, &(union operand){.number = value->number});
	case VALUE_TIME:
		return match_ordered(test, &(union operand){.time = value->time});
	case VALUE_TEXT:
		return match_text(test, value->text);
	case VALUE_LIST:
		return match_list(test, value->text);
	case VALUE_ADDRESS:
		return match_address(test, value);
	case VALUE_PROCESSES:
		return match_processes(test, value->process);
	default:
		return false;
	}
}

static bool match_test(const struct filter_test *test, const struct event *event)
{
	const struct field *field = test->field;
	unsigned type = event->record->type;
	struct value value;

	value.kind = VALUE_NONE;
	if (type < KWP_TYPE_COUNT && field->types >> type & 1)
		field->get(event, &value);
	/* Absent: false, even for !=. */
	if (value.kind != field->kind)
		return false;
	if (test->op != OP_PRESENT)
		return match_value(test, &value) != test->negated;
	return (value.kind != VALUE_NUMBER && value.kind != VALUE_BOOL) || value.number;
}

/* Recursion is bounded by the parser. */
static bool match_node(const struct filter_node *node, const struct event *event)
{
	const struct filter_node *child = node->first;

	switch (node->kind) {
	case NODE_TEST:
		return match_test(&node->test, event);
	case NODE_NOT:
		return !match_node(child, event);
	case NODE_AND:
		while (child && match_node(child, event))
			child = child->next;
		return !child;
	default:
		while (child && !match_node(child, event))
			child = child->next;
		return child;
	}
}

bool filter_match(const struct filter *filter, const struct event *event)
{
	return !filter || match_node(filter->root, event);
}
