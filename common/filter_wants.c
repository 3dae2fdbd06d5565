/* SPDX-License-Identifier: GPL-2.0-only */
/* What a filter can match, from a few facts that are known beforehand. */
#include "filter_tree.h"

#include <string.h>

/* What a part of a filter says of all events of the case: it matches none, each, or maybe
 * some; of those only ones with these names, if it is bounded. */
enum said { SAID_NEVER, SAID_ALWAYS, SAID_MAYBE };

struct chance {
	enum said said;
	bool bounded;
	struct filter_names names;
};

struct question {
	enum kwp_type type;
	enum filter_case which;
};

static struct chance chance_of(enum said said)
{
	return (struct chance){.said = said};
}

static bool is_field(const struct filter_test *test, const char *name)
{
	return !strcmp(test->field->name, name);
}

/* ---- one test ---- */

/* Of an action the type is all there is to know. */
static struct chance chance_of_action(const struct filter_test *test, enum kwp_type type)
{
	const char *name = event_type_name(type);
	bool found = test->op == OP_PRESENT;

	if (test->op != OP_PRESENT && test->op != OP_EQUAL)
		return chance_of(SAID_MAYBE);
	for (size_t i = 0; i < test->count; i++) {
		const struct text word = test->operands[i].text;

		found |= strlen(name) == word.size && !memcmp(name, word.bytes, word.size);
	}
	return chance_of(found != test->negated ? SAID_ALWAYS : SAID_NEVER);
}

/* The last component of what a name or a path is compared with. */
static struct chance chance_of_name(const struct filter_test *test)
{
	struct chance chance = {.said = SAID_MAYBE, .bounded = true};

	if (test->op != OP_EQUAL || test->negated || test->count > FILTER_NAMES)
		return chance_of(SAID_MAYBE);
	for (size_t i = 0; i < test->count; i++)
		chance.names.name[chance.names.count++] = path_name(test->operands[i].text);
	return chance;
}

static struct chance chance_of_read(const struct filter_test *test)
{
	if (is_field(test, "file.name") || is_field(test, "file.path"))
		return chance_of_name(test);
	if (is_field(test, "file.flags") && test->op == OP_REGEX && test->writes && !test->negated)
		return chance_of(SAID_NEVER);
	return chance_of(SAID_MAYBE);
}

static struct chance chance_of_plain(const struct filter_test *test)
{
	if (is_field(test, "file.path") && test->op == OP_PRESENT)
		return chance_of(SAID_ALWAYS);
	if (is_field(test, "file.mount"))
		return chance_of(SAID_NEVER);
	if ((is_field(test, "file.memfd") || is_field(test, "file.deleted")) &&
	    test->op == OP_PRESENT)
		return chance_of(SAID_NEVER);
	return chance_of(SAID_MAYBE);
}

static struct chance chance_of_test(const struct filter_test *test, const struct question *asked)
{
	/* Absent: false. */
	if (!(test->field->types >> asked->type & 1))
		return chance_of(SAID_NEVER);
	if (is_field(test, "event.action"))
		return chance_of_action(test, asked->type);
	return asked->which == FILTER_READ ? chance_of_read(test) : chance_of_plain(test);
}

/* ---- what they are joined to ---- */

/* The part that leaves the fewest names bounds the whole. */
static void join_and(struct chance *all, const struct chance *part)
{
	if (all->said == SAID_NEVER || part->said == SAID_ALWAYS)
		return;
	if (part->said == SAID_NEVER || all->said == SAID_ALWAYS || !all->bounded ||
	    (part->bounded && part->names.count < all->names.count))
		*all = *part;
}

static bool names_add(struct filter_names *to, const struct filter_names *from)
{
	if (to->count + from->count > FILTER_NAMES)
		return false;
	memcpy(to->name + to->count, from->name, from->count * sizeof(*from->name));
	to->count += from->count;
	return true;
}

static void join_or(struct chance *all, const struct chance *part)
{
	if (all->said == SAID_ALWAYS || part->said == SAID_NEVER)
		return;
	if (part->said == SAID_ALWAYS || all->said == SAID_NEVER)
		*all = *part;
	else
		all->bounded = all->bounded && part->bounded &&
			       names_add(&all->names, &part->names);
}

static struct chance chance_of_node(const struct filter_node *node, const struct question *asked)
{
	struct chance all, part;

	if (node->kind == NODE_TEST)
		return chance_of_test(&node->test, asked);
	if (node->kind == NODE_NOT) {
		part = chance_of_node(node->first, asked);
		return chance_of(part.said == SAID_NEVER    ? SAID_ALWAYS
				 : part.said == SAID_ALWAYS ? SAID_NEVER
							    : SAID_MAYBE);
	}
	all = chance_of(node->kind == NODE_AND ? SAID_ALWAYS : SAID_NEVER);
	for (const struct filter_node *child = node->first; child; child = child->next) {
		part = chance_of_node(child, asked);
		if (node->kind == NODE_AND)
			join_and(&all, &part);
		else
			join_or(&all, &part);
	}
	return all;
}

bool filter_wants(const struct filter *filter, enum kwp_type type, enum filter_case which,
		  struct filter_names *names)
{
	const struct question asked = {type, which};
	struct chance chance;

	if (!filter)
		return true;
	chance = chance_of_node(filter->root, &asked);
	if (chance.said == SAID_NEVER)
		return false;
	return chance.said == SAID_ALWAYS || !chance.bounded || !names_add(names, &chance.names);
}

static bool node_mentions(const struct filter_node *node, const char *field)
{
	for (; node; node = node->next)
		if ((node->kind == NODE_TEST && is_field(&node->test, field)) ||
		    node_mentions(node->first, field))
			return true;
	return false;
}

bool filter_mentions(const struct filter *filter, const char *field)
{
	return filter && node_mentions(filter->root, field);
}
