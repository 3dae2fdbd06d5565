/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What people and programs read: text columns and JSON lines, made from the
 * same field table. Everything printed goes through one escaper, because
 * attackers choose file names; secrets in arguments are masked.
 */
#ifndef KWP_OUTPUT_H
#define KWP_OUTPUT_H

#include "buffer.h"
#include "escape.h"
#include "field.h"
#include "redact.h"

enum format { FORMAT_TEXT, FORMAT_JSON };

struct output_options {
	enum format format;
	const struct field **fields; /* --fields; NULL: the command's own columns */
	size_t fields_count;
	bool time;	/* -T: a time column */
	bool user;	/* -U: a uid column */
	bool header;	/* a line of headings first */
	bool findings;	/* text: what a rule made a finding of has the columns of findings */
	bool redact;
	unsigned indent_tree; /* --tree: indent the name by ancestry */
};

struct output;

/* One writer of events. options are copied, except the fields array, which is
 * borrowed. 0, -ENOMEM, or -EINVAL if the tables contradict each other. */
int output_new(const struct output_options *options, struct output **out) MUST_CHECK;
void output_free(struct output *output);
/* Appends the event as one line with its newline to line. Text: the event's
 * columns (TIME UID PID NAME EVENT RESULT DETAILS); findings, if they are wanted:
 * TIME SEVERITY RULE PID NAME MESSAGE. JSON: one object; given --fields, only those keys,
 * nested as ever. */
void output_event(struct output *output, const struct event *event, struct buffer *line);
/* The heading line, or nothing. findings: of rules, not of events. */
void output_header(struct output *output, bool findings, struct buffer *line);

/* The JSON Schema (2020-12) of a record, from the field table. */
void output_schema(struct buffer *out);

#endif
