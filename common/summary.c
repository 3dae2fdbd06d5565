/* SPDX-License-Identifier: GPL-2.0-only */
#include "summary.h"

#include <inttypes.h>
#include <search.h>
#include <string.h>

#include "process.h"

#define TARGET_MAX 256

struct row {
	char event[16];
	char name[KWP_COMM + 1];
	char target[TARGET_MAX];
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
	       ?: strcmp(x->target, y->target);
}

/* What the act was done to: a path, a far end, a process. */
static void target_of(const struct event *event, char *out, size_t size)
{
	static const char *const names[] = {"file.path", "destination.ip", "kwp.socket.path",
					    "kwp.target.name", "dns.question.name",
					    "kwp.sysctl.name", "kwp.bpf.command",
					    "kwp.syscall.name"};
	static const struct field *found[ARRAY_SIZE(names)];
	struct value value;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!found[i])
			found[i] = field_find(names[i], strlen(names[i]));
		value.kind = VALUE_NONE;
		/* The text of a system call would make each call a row of its own: its name
		 * is the last of them. */
		if (event->record->type != KWP_SYSCALL || i == ARRAY_SIZE(names) - 1)
			found[i]->get(event, &value);
		if (value.kind != VALUE_NONE) {
			value_print(&value, out, size);
			return;
		}
	}
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
	const bool failed = (event->record->flags & KWP_F_RET) && event->record->ret < 0;
	struct row key = {}, *row = &summary->other, **found;

	snprintf(key.event, sizeof(key.event), "%s", event_type_name(event->record->type));
	snprintf(key.name, sizeof(key.name), "%s", event->process ? event->process->comm : "");
	target_of(event, key.target, sizeof(key.target));
	found = tfind(&key, &summary->tree, row_compare);
	if (found) {
		row = *found;
	} else if (summary->count < SUMMARY_MAX - 1) {
		row = row_add(summary, &key) ?: row;
	}
	row->count++;
	row->failed += failed;
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
		buffer_addf(out, "\"count\":%" PRIu64 ",\"failed\":%" PRIu64 "}\n", row->count,
			    row->failed);
		return;
	}
	buffer_addf(out, "%8" PRIu64 " %7" PRIu64 " %-9s ", row->count, row->failed, row->event);
	escape_text(out, (struct text){row->name, strlen(row->name)});
	for (size_t i = strlen(row->name); i < KWP_COMM; i++)
		buffer_byte(out, ' ');
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
