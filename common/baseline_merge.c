/* SPDX-License-Identifier: GPL-2.0-only */
#include "baseline_merge.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "baseline.h"
#include "learn_seen.h"
#include "log.h"
#include "word.h"

struct source {
	struct baseline *baseline;
	struct item item; /* the next one */
	int more;	  /* it is there; < 0: an error, said */
};

struct merge {
	struct source *sources;
	size_t count;
	struct seen_set seen; /* of what was recorded */
	struct items items;   /* of the rest */
	uint64_t files;
	struct buffer *out;
};

static uint64_t number_of(struct text text)
{
	int64_t number;

	return !text.bytes || word_number(text.bytes, text.size, false, &number) || number < 0
		       ? 0
		       : (uint64_t)number;
}

static void source_next(struct source *source)
{
	source->more = baseline_next(source->baseline, &source->item);
}

/* Everything that stands before the files. */
static void state_take(struct merge *merge, struct source *source)
{
	for (source_next(source); source->more > 0; source_next(source)) {
		struct item *item = &source->item;

		if (item->section >= SECTION_FILES)
			break;
		if (sections[item->section].recorded)
			seen_add_many(&merge->seen, item, number_of(item->value[SEEN_COUNT]));
		else
			items_add(&merge->items, item);
	}
	merge->items.looked |= baseline_sections(source->baseline);
}

/* The sources whose next file is the first of all; the last of them has the word. */
static struct source *file_first(struct merge *merge)
{
	struct source *first = NULL;

	for (size_t i = 0; i < merge->count; i++) {
		struct source *source = &merge->sources[i];

		if (source->more <= 0 || source->item.section != SECTION_FILES)
			continue;
		if (!first || path_order(source->item.name, first->item.name) <= 0)
			first = source;
	}
	return first;
}

static void files_merge(struct merge *merge)
{
	struct source *first;

	if (!(merge->items.looked & 1u << SECTION_FILES))
		return;
	while ((first = file_first(merge))) {
		struct buffer name = {};

		if (!merge->files++)
			baseline_put_begin(merge->out, SECTION_FILES, true);
		baseline_put_item(merge->out, &first->item);
		buffer_add(&name, first->item.name.bytes, first->item.name.size);
		for (size_t i = 0; i < merge->count; i++) {
			struct source *source = &merge->sources[i];

			if (source->more > 0 && source->item.section == SECTION_FILES &&
			    text_equal(source->item.name, (struct text){name.bytes, name.size}))
				source_next(source);
		}
		buffer_free(&name);
	}
	if (!merge->files)
		baseline_put_begin(merge->out, SECTION_FILES, false);
}

/* What they say of themselves: sums, and a yes of any is one of all. */
static void complete_merge(struct merge *merge)
{
	struct seen_set sums = {};
	struct items out = {};

	for (size_t i = 0; i < merge->count; i++) {
		struct source *source = &merge->sources[i];

		for (; source->more > 0; source_next(source)) {
			struct item key = {.section = SECTION_COMPLETE, .name = source->item.name};

			seen_add_many(&sums, &key, number_of(source->item.value[0]));
		}
	}
	out.looked = 1u << SECTION_COMPLETE;
	for (size_t i = 0; i < sums.items.count; i++) {
		struct item item = {.section = SECTION_COMPLETE, .name = sums.items.list[i].name};
		const bool flag = text_equal(item.name, text_of("growing")) ||
				  text_equal(item.name, text_of("partly"));
		char text[24];
		uint64_t sum = sums.counts[i];

		if (text_equal(item.name, text_of("files")))
			sum = merge->files;
		snprintf(text, sizeof(text), "%" PRIu64, flag ? MIN(sum, (uint64_t)1) : sum);
		item.value[0] = text_of(text);
		items_add(&out, &item);
	}
	items_sort(&out);
	baseline_put_section(merge->out, &out, SECTION_COMPLETE);
	items_free(&out);
	seen_free(&sums);
}

static int merge_all(struct merge *merge)
{
	for (size_t i = 0; i < merge->count; i++)
		state_take(merge, &merge->sources[i]);
	seen_items(&merge->seen, &merge->items);
	items_sort(&merge->items);
	/* The first one says whose it is and when it began. */
	baseline_put_head(merge->out, baseline_head(merge->sources[0].baseline));
	for (int i = 0; i < SECTION_FILES; i++)
		baseline_put_section(merge->out, &merge->items, i);
	files_merge(merge);
	complete_merge(merge);
	for (size_t i = 0; i < merge->count; i++)
		if (merge->sources[i].more < 0)
			return merge->sources[i].more;
	return merge->out->failed || merge->items.failed ? -ENOMEM : 0;
}

int baseline_merge(char *const *paths, size_t count, struct buffer *out)
{
	struct merge merge = {.out = out, .sources = calloc(count, sizeof(*merge.sources))};
	int err = merge.sources ? 0 : -ENOMEM;

	for (; !err && merge.count < count; merge.count += !err)
		err = baseline_open(paths[merge.count], &merge.sources[merge.count].baseline);
	err = err ?: merge_all(&merge);
	for (size_t i = 0; i < merge.count; i++)
		baseline_close(merge.sources[i].baseline);
	free(merge.sources);
	items_free(&merge.items);
	seen_free(&merge.seen);
	if (err)
		out->size = 0;
	return err;
}
