/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Any bytes as a sequence of records, the way from the kernel to both outputs: each line
 * is one line, without a byte that a terminal obeys, and what processes and the writer keep in
 * writing is what would be written now.
 */
#include <stdlib.h>
#include <string.h>

#include "../../common/enrich.h"
#include "../../common/output.h"
#include "../../common/process.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is left of the input; zeros behind its end. */
static const uint8_t *input;
static size_t left;

static void take(void *out, size_t size)
{
	size_t got = MIN(size, left);

	memset(out, 0, size);
	memcpy(out, input, got);
	input += got;
	left -= got;
}

static unsigned take_byte(void)
{
	uint8_t byte;

	take(&byte, 1);
	return byte;
}

static struct output *writers[2];
static struct buffer lines[2], fresh;
static const struct output_options text = {.format = FORMAT_TEXT, .redact = true, .time = true,
					   .user = true, .indent_tree = 2},
				   json = {.format = FORMAT_JSON, .redact = true};
static bool thorough; /* compare with a new writer, which takes its time */

static void line_check(const struct buffer *line)
{
	if (line->failed || !line->size || line->bytes[line->size - 1] != '\n')
		abort();
	for (size_t i = 0; i + 1 < line->size; i++)
		if ((unsigned char)line->bytes[i] < ' ' || line->bytes[i] == 0x7f)
			abort();
}

static void on_event(const struct event *event, void *data)
{
	struct process *process = (struct process *)event->process;
	struct output *other = writers[FORMAT_JSON];

	for (int format = 0; format < 2; format++) {
		lines[format].size = 0;
		output_event(writers[format], event, &lines[format]);
		line_check(&lines[format]);
	}
	if (!process)
		return;
	free(process->json);
	process->json = NULL;
	fresh.size = 0;
	if (thorough && output_new(&json, &other))
		abort();
	output_event(other, event, &fresh);
	if (thorough)
		output_free(other);
	if (fresh.size != lines[FORMAT_JSON].size ||
	    memcmp(fresh.bytes, lines[FORMAT_JSON].bytes, fresh.size))
		abort();
}

/* The head: small numbers, so that records have to do with each other. */
static void head_make(struct kwp_record *head)
{
	uint8_t byte[8];

	take(byte, sizeof(byte));
	*head = (struct kwp_record){
		.type = 1 + byte[0] % (KWP_TYPE_COUNT - 1), .backend = byte[1] % KWP_BACKEND_COUNT,
		.flags = byte[2], .incomplete = byte[3] & 0x10 ? byte[3] : 0,
		.pid = byte[4] % 8, .tid = byte[4] / 8 % 8, .parent_pid = byte[5] % 8,
		.start = byte[5] / 8 % 4, .parent_start = byte[5] / 32, .own_pid = byte[4] % 8,
		.view_pid = byte[4] % 8, .uid = byte[6] % 3, .cgroup = byte[6] / 3 % 4,
		.ret = (int8_t)byte[7], .nr = byte[6] * 2 - 1, .time = left};
	if (byte[3] & 0x20) {
		head->flags |= KWP_F_VERDICT;
		head->verdict = byte[3] % (KWP_SAID_COUNT + 1);
		head->rule = byte[4] % 4;
		head->generation = byte[5] % 8;
		head->signal = byte[6] % KWP_SIGNAL_COUNT;
		head->access = byte[6] % 4;
	}
	head->facts_size = event_facts_size(head->type);
	memcpy(head->comm, byte, 3);
	memcpy(head->parent_comm, byte + 4, 3);
}

/* A well-formed record of the next bytes, spoilt in one place when they say so. */
static void record_feed(struct enrich *enrich)
{
	_Alignas(8) static char bytes[sizeof(struct kwp_record) + KWP_FACTS_MAX +
				      KWP_STRINGS * 256 + 8];
	struct kwp_record head;
	unsigned present, spoil;
	char *at = bytes, *copy;

	head_make(&head);
	present = take_byte();
	spoil = take_byte();
	at += sizeof(head);
	take(at, head.facts_size);
	at += head.facts_size;
	for (unsigned n = 0; n < KWP_STRINGS; n++) {
		if (!(present >> n & 1))
			continue;
		head.length[n] = take_byte() + 1;
		head.strings = n + 1;
		take(at, head.length[n] - 1);
		at += head.length[n];
		at[-1] = 0;
	}
	memset(at, 0, 8);
	head.size = (at - bytes + 7) & ~7;
	memcpy(bytes, &head, sizeof(head));
	if (spoil > 200)
		bytes[(spoil * 7 + present) % head.size] = spoil;
	/* In exactly as many bytes, and gone afterwards. */
	copy = malloc(head.size);
	memcpy(copy, bytes, head.size);
	enrich_record(enrich, copy, head.size);
	free(copy);
	if (spoil == 1)
		enrich_flush(enrich, head.time);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct enrich_options options = {.host = "fuzz", .processes = 4, .emit = on_event};
	struct enrich *enrich;
	unsigned how;

	if (!writers[0] && (output_new(&text, &writers[FORMAT_TEXT]) ||
			    output_new(&json, &writers[FORMAT_JSON])))
		abort();
	input = data;
	left = size;
	how = take_byte();
	options.existing = how & 1;
	thorough = !(how & 0x1e);
	if (enrich_new(&options, &enrich))
		abort();
	while (left)
		record_feed(enrich);
	enrich_flush(enrich, ~0ull);
	enrich_free(enrich);
	return 0;
}
