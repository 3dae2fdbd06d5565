/* SPDX-License-Identifier: GPL-2.0-only */
/* Any bytes as a baseline: items or a refusal; what was read is written and read as the same. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../common/baseline.h"
#include "../../common/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int read_all(const char *bytes, size_t size, struct items *out)
{
	struct baseline *baseline = NULL;
	struct item item;
	FILE *file = fmemopen((void *)bytes, size, "r");
	int got = file ? baseline_open_file(file, "fuzz", &baseline) : -1;

	while (!got && (got = baseline_next(baseline, &item)) > 0) {
		items_add(out, &item);
		got = 0;
	}
	if (!got)
		out->looked |= baseline_sections(baseline);
	baseline_close(baseline);
	return got;
}

/* Once more through the writer. */
static void check_again(struct items *items)
{
	struct buffer out = {};
	struct items again = {};

	buffer_string(&out, "kwp-baseline: \"1\"\n");
	for (int i = 0; i < SECTION_COUNT; i++)
		baseline_put_section(&out, items, i);
	if (read_all(out.bytes, out.size, &again) || again.count != items->count)
		abort();
	for (size_t i = 0; i < again.count; i++)
		if (item_order(&items->list[i], &again.list[i]) ||
		    item_changes(&items->list[i], &again.list[i]))
			abort();
	items_free(&again);
	buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct items items = {};

	log_set_level(LOG_QUIET);
	if (size && !read_all((const char *)data, size, &items))
		check_again(&items);
	items_free(&items);
	return 0;
}
