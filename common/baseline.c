/* SPDX-License-Identifier: GPL-2.0-only */
/* The vocabulary of baselines, and items in memory. */
#include "baseline.h"

#include <stdint.h>
#include <string.h>

static const struct attribute one_value[] = {{"value", 'c'}};
static const struct attribute of_module[] = {{"size", 's'}, {"taint", 't'}};
static const struct attribute of_mount[] = {
	{"type", 't'}, {"source", 'l'}, {"options", 'm'}, {"super", 's'}};
static const struct attribute of_bpf[] = {{"type", 't'}, {"tag", 'c'}};
static const struct attribute of_net[] = {{"process", 'p'}, {"uid", 'u'}};
static const struct attribute of_proc[] = {{"args", 'a'},	  {"uid", 'u'},
					   {"capabilities", 'k'}, {"seccomp", 's'},
					   {"container", 'n'},	  {"deleted", 'd'}};
/* Positions: SEEN_*. */
static const struct attribute of_program[] = {{"as", 't'}, {"container", 'n'}, {"count", 0}};
static const struct attribute of_open[] = {{"access", 'm'}, {"container", 'n'}, {"count", 0}};
static const struct attribute of_act[] = {{"process", 'p'}, {"container", 'n'}, {"count", 0}};
static const struct attribute of_connection[] = {
	{"process", 'p'}, {"container", 'n'}, {"count", 0}, {"domain", 0}};
static const struct attribute of_file[] = {{"type", 't'},	  {"sha256", 'c'}, {"size", 's'},
					   {"mode", 'm'},	  {"uid", 'u'},	   {"gid", 'g'},
					   {"capabilities", 'k'}, {"xattrs", 'x'}, {"target", 'l'},
					   {"device", 'd'},	  {"stamp", 0}};
_Static_assert(ARRAY_SIZE(of_file) == FILE_ATTRIBUTES, "FILE_* are the positions of of_file");
_Static_assert(ARRAY_SIZE(of_open) == SEEN_ATTRIBUTES, "SEEN_* are the positions of of_open");
_Static_assert(FILE_ATTRIBUTES <= BASELINE_ATTRIBUTES, "the attributes of a file fit an item");

const struct section_row sections[SECTION_COUNT] = {
#define X(id, name, subject, recorded, table)                                                      \
	{name,                                                                                     \
	 SECTION_##id == SECTION_FILES ? "path" : "name",                                          \
	 SUBJECT_##subject,                                                                        \
	 recorded,                                                                                 \
	 table,                                                                                    \
	 ARRAY_SIZE(table)},
	BASELINE_SECTIONS(X)
#undef X
};

static const char *const subjects[] = {
#define X(id, name) name,
	BASELINE_SUBJECTS(X)
#undef X
};

enum subject subject_find(const char *name, size_t size)
{
	for (int i = 0; i < SUBJECT_COUNT; i++)
		if (strlen(subjects[i]) == size && !memcmp(subjects[i], name, size))
			return i;
	return SUBJECT_COUNT;
}

const char *subject_name(enum subject subject)
{
	return subject < SUBJECT_COUNT ? subjects[subject] : NULL;
}

enum section section_find(const char *name, size_t size)
{
	for (int i = 0; i < SECTION_COUNT; i++)
		if (strlen(sections[i].name) == size && !memcmp(sections[i].name, name, size))
			return i;
	return SECTION_COUNT;
}

/* ---- order ---- */

struct text text_of(const char *string)
{
	return (struct text){string, string ? strlen(string) : 0};
}

bool text_equal(struct text a, struct text b)
{
	return !a.bytes == !b.bytes && a.size == b.size &&
	       (!a.size || !memcmp(a.bytes, b.bytes, a.size));
}

/* '/' is the lowest byte: what is below a directory stands right behind it. */
static int byte_rank(char byte)
{
	return byte == '/' ? 0 : 1 + (unsigned char)byte;
}

int path_order(struct text a, struct text b)
{
	size_t size = MIN(a.size, b.size), i = 0;

	while (i < size && a.bytes[i] == b.bytes[i])
		i++;
	if (i < size)
		return byte_rank(a.bytes[i]) - byte_rank(b.bytes[i]);
	return (a.size > b.size) - (a.size < b.size);
}

int item_order(const struct item *a, const struct item *b)
{
	return a->section != b->section ? (int)a->section - (int)b->section
					: path_order(a->name, b->name);
}

/* One order for items of the same name, so that a file does not depend on who came first. */
static int item_order_all(const void *x, const void *y)
{
	const struct item *a = x, *b = y;
	int order = item_order(a, b);

	for (int i = 0; !order && i < BASELINE_ATTRIBUTES; i++)
		order = path_order(a->value[i], b->value[i]);
	return order;
}

unsigned item_changes(const struct item *before, const struct item *after)
{
	const struct section_row *row = &sections[before->section];
	unsigned changes = 0;

	for (size_t i = 0; i < row->count; i++)
		if (row->attributes[i].letter && !text_equal(before->value[i], after->value[i]))
			changes |= 1u << i;
	return changes;
}

/* ---- in memory ---- */

/* The texts of a copy stand in one piece of memory behind its name. */
static bool item_copy(const struct item *item, struct item *out)
{
	size_t size = item->name.size;
	char *at;

	for (int i = 0; i < BASELINE_ATTRIBUTES; i++)
		size += item->value[i].size;
	at = malloc(size + 1);
	if (!at)
		return false;
	*out = *item;
	out->name.bytes = memcpy(at, item->name.bytes, item->name.size);
	at += item->name.size;
	for (int i = 0; i < BASELINE_ATTRIBUTES; i++) {
		if (!item->value[i].bytes)
			continue;
		out->value[i].bytes = memcpy(at, item->value[i].bytes, item->value[i].size);
		at += item->value[i].size;
	}
	return true;
}

void items_add(struct items *items, const struct item *item)
{
	if (items->failed)
		return;
	if (items->count == items->room) {
		size_t room = items->room ? 2 * items->room : 64;
		struct item *list = reallocarray(items->list, room, sizeof(*list));

		items->failed = !list;
		if (!list)
			return;
		items->list = list;
		items->room = room;
	}
	items->failed = !item_copy(item, &items->list[items->count]);
	items->count += !items->failed;
	items->looked |= 1u << item->section;
}

static void item_free(struct item *item)
{
	free((char *)item->name.bytes);
}

void items_sort(struct items *items)
{
	size_t kept = 0;

	if (items->count)
		qsort(items->list, items->count, sizeof(*items->list), item_order_all);
	for (size_t i = 0; i < items->count; i++) {
		if (kept && !item_order_all(&items->list[kept - 1], &items->list[i]))
			item_free(&items->list[i]);
		else
			items->list[kept++] = items->list[i];
	}
	items->count = kept;
}

void items_free(struct items *items)
{
	for (size_t i = 0; i < items->count; i++)
		item_free(&items->list[i]);
	free(items->list);
	*items = (struct items){};
}

void baseline_head_free(struct baseline_head *head)
{
	for (int i = 0; i < HEAD_COUNT; i++)
		free(head->value[i]);
	*head = (struct baseline_head){};
}
