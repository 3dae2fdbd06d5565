/* SPDX-License-Identifier: GPL-2.0-only */
/* An enricher whose events are kept as JSON lines, to be looked at afterwards. */
#ifndef KWP_TESTS_SEEN_H
#define KWP_TESTS_SEEN_H

#include "../../common/enrich.h"
#include "../../common/output.h"
#include "../../common/process.h"
#include "build.h"
#include "check.h"

#define SEEN_MAX 256

static struct seen {
	unsigned type;
	char *json;
} seen[SEEN_MAX];
static unsigned seen_count, seen_stale;
static struct output_options seen_options;
static struct output *seen_writer;
static struct enrich *seen_enrich;

/* The event as a line, to be freed. */
static inline char *seen_line(struct output *writer, const struct event *event)
{
	struct buffer line = {0};

	output_event(writer, event, &line);
	buffer_byte(&line, '\0');
	return line.bytes;
}

/* Keeps the line that the writer makes with what it and the process keep, and counts
 * it as stale when it is another one than without. */
static void seen_emit(const struct event *event, void *data)
{
	struct process *process = (struct process *)event->process;
	char *kept = seen_line(seen_writer, event), *fresh;
	struct output *other;

	if (process) {
		free(process->json);
		process->json = NULL;
	}
	CHECK(!output_new(&seen_options, &other));
	fresh = seen_line(other, event);
	output_free(other);
	if (strcmp(kept, fresh)) {
		seen_stale++;
		printf("# stale %s# fresh %s", kept, fresh);
	}
	free(fresh);
	if (seen_count < SEEN_MAX)
		seen[seen_count] = (struct seen){event->record->type, kept};
	else
		free(kept);
	seen_count++;
}

/* Forgets the events; the enricher keeps what it knows. */
static inline void seen_clear(void)
{
	for (unsigned i = 0; i < MIN(seen_count, (unsigned)SEEN_MAX); i++)
		free(seen[i].json);
	seen_count = 0;
}

static inline void seen_open(struct enrich_options options)
{
	static const struct field *all[256];

	seen_options = (struct output_options){
		.format = FORMAT_JSON, .fields = all, .fields_count = fields_count};
	/* Also those that a line has only on request. */
	for (size_t i = 0; i < fields_count && i < ARRAY_SIZE(all); i++)
		all[i] = &fields[i];
	options.emit = seen_emit;
	options.host = options.host ? options.host : "host";
	seen_count = seen_stale = 0;
	CHECK(!output_new(&seen_options, &seen_writer));
	CHECK(!enrich_new(&options, &seen_enrich));
}

static inline void seen_close(void)
{
	CHECK(!seen_stale);
	seen_clear();
	enrich_free(seen_enrich);
	output_free(seen_writer);
}

/* The record is gone when this returns, so nothing may point at it later. */
static inline int feed(const struct draft *draft)
{
	_cleanup_built_ struct built built = draft_build(draft);

	return enrich_record(seen_enrich, built.record, built.size);
}

/* Is this part in line i? */
static inline bool seen_has(unsigned i, const char *part)
{
	bool has = i < seen_count && i < SEEN_MAX && strstr(seen[i].json, part);

	if (!has)
		printf("# line %u of %u has no %s: %s", i, seen_count, part,
		       i < seen_count ? seen[i].json : "\n");
	return has;
}

static inline bool seen_lacks(unsigned i, const char *part)
{
	bool lacks = i < seen_count && i < SEEN_MAX && !strstr(seen[i].json, part);

	if (!lacks)
		printf("# line %u of %u has %s: %s", i, seen_count, part,
		       i < seen_count ? seen[i].json : "\n");
	return lacks;
}

#endif
