/* SPDX-License-Identifier: GPL-2.0-only */
#include "summary.h"

#include <inttypes.h>
#include <search.h>
#include <string.h>

#include "process.h"
#include "target.h"
#include "verdict.h"

#define TARGET_MAX 256

struct row {
	char event[16];
	char name[KWP_COMM + 1];
	char target[TARGET_MAX];
	enum verdict verdict; /* of the policy in the kernel */
	uint64_t count, failed;
};

struct summary {
	void *tree; /* of struct row, see tsearch(3) */
	struct row *sorted[SUMMARY_MAX];
	size_t count;
	struct row other;
};

struct summary *summary_new(void)
{
	struct summary *summary = calloc(1, sizeof(*summary));

	if (summary)
		strcpy(summary->other.event, "(other)");
	return summary;
}

void summary_clear(struct summary *summary)
{
	tdestroy(summary->tree, free);
	summary->tree = NULL;
	summary->count = 0;
	summary->other.count = summary->other.failed = 0;
}

void summary_free(struct summary *summary)
{
	if (!summary)
		return;
	summary_clear(summary);
	free(summary);
}

static int row_compare(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return strcmp(x->event, y->event) ?: strcmp(x->name, y->name)
	       ?: strcmp(x->target, y->target) ?: (int)x->verdict - (int)y->verdict;
}

/* A new row, NULL: no memory. */
static struct row *row_add(struct summary *summary, const struct row *key)
{
	struct row *row = malloc(sizeof(*row));

	if (!row)
		return NULL;
	*row = *key;
	if (!tsearch(row, &summary->tree, row_compare)) {
		free(row);
		return NULL;
	}
	summary->sorted[summary->count++] = row;
	return row;
}

void summary_add(struct summary *summary, const struct event *event)
{
	struct row key = {.verdict = event->verdict}, *row = &summary->other, **found;
	struct value target;

	snprintf(key.event, sizeof(key.event), "%s", event_type_name(event->record->type));
	snprintf(key.name, sizeof(key.name), "%s", event->process ? event->process->comm : "");
	if (target_get(event, &target))
		value_print(&target, key.target, sizeof(key.target));
	found = tfind(&key, &summary->tree, row_compare);
	if (found) {
		row = *found;
	} else if (summary->count < SUMMARY_MAX - 1) {
		row = row_add(summary, &key) ?: row;
	}
	row->count++;
	row->failed += event_failed(event);
}

static int row_more(const void *a, const void *b)
{
	const struct row *x = *(struct row *const *)a, *y = *(struct row *const *)b;

	return x->count < y->count ? 1 : x->count > y->count ? -1 : row_compare(x, y);
}

static void add_json(struct buffer *out, const char *key, const char *text)
{
	buffer_addf(out, "\"%s\":\"", key);
	escape_json(out, (struct text){text, strlen(text)});
	buffer_string(out, "\",");
}

static void print_row(const struct row *row, enum format format, struct buffer *out)
{
	if (format == FORMAT_JSON) {
		buffer_string(out, "{");
		add_json(out, "event", row->event);
		add_json(out, "process", row->name);
		add_json(out, "target", row->target);
		if (row->verdict)
			add_json(out, "verdict", verdict_name(row->verdict));
		buffer_addf(out, "\"count\":%" PRIu64 ",\"failed\":%" PRIu64 "}\n", row->count,
			    row->failed);
		return;
	}
	buffer_addf(out, "%8" PRIu64 " %7" PRIu64 " %-9s ", row->count, row->failed, row->event);
	escape_text(out, (struct text){row->name, strlen(row->name)});
	for (size_t i = strlen(row->name); i < KWP_COMM; i++)
		buffer_byte(out, ' ');
	if (row->verdict)
		buffer_addf(out, "%s: ", verdict_deed(row->verdict));
	escape_text(out, (struct text){row->target, strlen(row->target)});
	buffer_string(out, "\n");
}

void summary_print(struct summary *summary, enum format format, struct buffer *out)
{
	qsort(summary->sorted, summary->count, sizeof(*summary->sorted), row_more);
	if (format == FORMAT_TEXT)
		buffer_addf(out, "%8s %7s %-9s %-15s %s\n", "COUNT", "FAILED", "EVENT", "NAME",
			    "TARGET");
	for (size_t i = 0; i < summary->count; i++)
		print_row(summary->sorted[i], format, out);
	if (summary->other.count)
		print_row(&summary->other, format, out);
}
