/* SPDX-License-Identifier: GPL-2.0-only */
/* Events as text in columns. A cell that is too long pushes the rest of its line
 * to the right: a path is never cut. */
#include "columns.h"

#include <errno.h>
#include <string.h>

#include "detail.h"
#include "digits.h"
#include "names.h"
#include "process.h"
#include "verdict.h"

#define COLUMNS_MAX 8	/* of the command's own */
#define TREE_DEPTH_MAX 32
#define ABSENT "-"

struct columns {
	struct output_options options;
	struct column *event, *finding;
	size_t event_count, finding_count;
	struct detail_fields details;
	const struct field *pid, *name, *user, *rule;
	struct buffer redacted;
	unsigned tree_top; /* depth of the shallowest process that was shown, 0: none yet */
};

struct column {
	const char *heading;
	int width; /* in cells; 0: the last one */
	void (*add)(struct columns *columns, const struct column *column, const struct event *event,
		    struct buffer *out);
	const struct field *field; /* NULL: add() knows */
	bool secret;		   /* its value is to be redacted */
};

static void field_add(struct columns *columns, const struct field *field, bool secret,
		      const struct event *event, struct buffer *out)
{
	struct value value = {.kind = VALUE_NONE};

	if (!field)
		return;
	field->get(event, &value);
	if (value.kind == VALUE_NONE)
		return;
	if (secret && value_secret(&value, event))
		value_redact(&value, &columns->redacted);
	detail_value(&value, false, out);
}

static void add_field(struct columns *columns, const struct column *column,
		      const struct event *event, struct buffer *out)
{
	field_add(columns, column->field, column->secret, event, out);
}

static void add_time(struct columns *columns, const struct column *column,
		     const struct event *event, struct buffer *out)
{
	uint64_t second = event->time / NS_PER_S;
	char *to = buffer_want(out, DIGITS_MAX);

	if (!to)
		return;
	to = digits_put_fixed(to, second / 3600 % 24, 2);
	*to++ = ':';
	to = digits_put_fixed(to, second / 60 % 60, 2);
	*to++ = ':';
	to = digits_put_fixed(to, second % 60, 2);
	*to++ = '.';
	buffer_end(out, digits_put_fixed(to, event->time / NS_PER_MS % 1000, 3));
}

static void add_user(struct columns *columns, const struct column *column,
		     const struct event *event, struct buffer *out)
{
	field_add(columns, columns->user, false, event, out);
}

static void add_pid(struct columns *columns, const struct column *column,
		    const struct event *event, struct buffer *out)
{
	field_add(columns, columns->pid, false, event, out);
}

/* How deep a process stands below the shallowest one that was shown. */
static unsigned tree_depth(struct columns *columns, const struct process *process)
{
	unsigned depth = 1;

	while (depth < TREE_DEPTH_MAX && process && (process = process->parent))
		depth++;
	if (!columns->tree_top || depth < columns->tree_top)
		columns->tree_top = depth;
	return depth - columns->tree_top;
}

static void add_name(struct columns *columns, const struct column *column,
		     const struct event *event, struct buffer *out)
{
	for (unsigned i = columns->options.indent_tree ? tree_depth(columns, event->process) : 0; i; i--)
		for (unsigned cell = 0; cell < columns->options.indent_tree; cell++)
			buffer_byte(out, ' ');
	field_add(columns, columns->name, false, event, out);
}

static void add_type(struct columns *columns, const struct column *column,
		     const struct event *event, struct buffer *out)
{
	const char *name = event_type_name(event->record->type);

	if (name)
		buffer_string(out, name);
}

/* Types whose result is a descriptor, or a number that matters. */
static bool result_is_number(unsigned type)
{
	return type == KWP_OPEN || type == KWP_CREATE || type == KWP_SOCKET ||
	       type == KWP_ACCEPT || type == KWP_MEMFD || type == KWP_SYSCALL || type == KWP_BPF;
}

static void add_result(struct columns *columns, const struct column *column,
		       const struct event *event, struct buffer *out)
{
	const struct kwp_record *record = event->record;
	char text[64];

	if (!(record->flags & KWP_F_RET)) {
		/* Seen before the act: known only if kwp itself decided it. */
		if (event->verdict == VERDICT_KILL)
			buffer_string(out, "killed");
		else if (event_denied(event))
			buffer_string(out, "EPERM");
	} else if (record->ret < 0) {
		name_flags(NAME_ERRNO, -(uint64_t)record->ret, text, sizeof(text));
		buffer_string(out, text);
	} else if (result_is_number(record->type)) {
		buffer_addf(out, "%lld", (long long)record->ret);
	} else {
		buffer_string(out, "ok");
	}
}

static void add_details(struct columns *columns, const struct column *column,
			const struct event *event, struct buffer *out)
{
	detail_add(&columns->details, event, columns->options.redact ? &columns->redacted : NULL,
		   out);
}

static void add_severity(struct columns *columns, const struct column *column,
			 const struct event *event, struct buffer *out)
{
	buffer_string(out, severity_name(verdict_severity(event)));
}

static void add_rule(struct columns *columns, const struct column *column,
		     const struct event *event, struct buffer *out)
{
	field_add(columns, columns->rule, false, event, out);
}

static void add_message(struct columns *columns, const struct column *column,
			const struct event *event, struct buffer *out)
{
	const struct rule *rule = event->rule;
	struct value value = {.kind = VALUE_TEXT, .text = event->message};

	if (!value.text.bytes && rule && (rule->title || rule->id)) {
		value.text.bytes = rule->title ? rule->title : rule->id;
		value.text.size = strlen(value.text.bytes);
	}
	if (!value.text.bytes)
		return;
	if (columns->options.redact && value_secret(&value, event))
		value_redact(&value, &columns->redacted);
	detail_value(&value, false, out);
}

static const struct column column_time = {"TIME", 12, add_time, NULL, false},
			   column_user = {"UID", 6, add_user, NULL, false},
			   column_pid = {"PID", 7, add_pid, NULL, false},
			   column_name = {"NAME", 15, add_name, NULL, false},
			   column_type = {"EVENT", 9, add_type, NULL, false},
			   column_result = {"RESULT", 7, add_result, NULL, false},
			   column_details = {"DETAILS", 0, add_details, NULL, false},
			   column_severity = {"SEVERITY", 8, add_severity, NULL, false},
			   column_rule = {"RULE", 22, add_rule, NULL, false},
			   column_message = {"MESSAGE", 0, add_message, NULL, false};

/* A column to choose from: only if the option is set (NULL: always). */
struct choice {
	const struct column *column;
	bool wanted;
};

static size_t choices_take(const struct choice *choices, size_t count, struct column *out)
{
	size_t taken = 0;

	for (size_t i = 0; i < count; i++)
		if (choices[i].wanted)
			out[taken++] = *choices[i].column;
	return taken;
}

static void own_columns(struct columns *columns)
{
	const struct output_options *o = &columns->options;
	const struct choice event[] = {
		{&column_time, o->time}, {&column_user, o->user}, {&column_pid, true},
		{&column_name, true}, {&column_type, true}, {&column_result, true},
		{&column_details, true},
	}, finding[] = {
		{&column_time, true}, {&column_severity, true}, {&column_rule, true},
		{&column_user, o->user}, {&column_pid, true}, {&column_name, true},
		{&column_message, true},
	};
	_Static_assert(ARRAY_SIZE(event) <= COLUMNS_MAX && ARRAY_SIZE(finding) <= COLUMNS_MAX,
		       "COLUMNS_MAX is too small");

	columns->event_count = choices_take(event, ARRAY_SIZE(event), columns->event);
	columns->finding_count = choices_take(finding, ARRAY_SIZE(finding), columns->finding);
}

static void field_columns(struct columns *columns)
{
	const struct output_options *o = &columns->options;

	for (size_t i = 0; i < o->fields_count; i++) {
		const struct field *field = o->fields[i];
		struct column column = {field->column, field->width, add_field, field,
					o->redact && field_secret(field)};

		columns->event[i] = columns->finding[i] = column;
	}
	columns->event_count = columns->finding_count = o->fields_count;
}

static const struct field *find(const char *name)
{
	return field_find(name, strlen(name));
}

int columns_new(const struct output_options *options, struct columns **out)
{
	struct columns *columns = calloc(1, sizeof(*columns));
	size_t room = MAX(options->fields_count, (size_t)COLUMNS_MAX);
	int err = -ENOMEM;

	if (!columns)
		return err;
	columns->options = *options;
	columns->event = calloc(room, sizeof(*columns->event));
	columns->finding = calloc(room, sizeof(*columns->finding));
	if (columns->event && columns->finding)
		err = detail_init(&columns->details);
	if (err) {
		columns_free(columns);
		return err;
	}
	columns->pid = find("process.pid");
	columns->name = find("process.name");
	columns->user = find("user.id");
	columns->rule = find("rule.name");
	if (options->fields)
		field_columns(columns);
	else
		own_columns(columns);
	*out = columns;
	return 0;
}

void columns_free(struct columns *columns)
{
	if (!columns)
		return;
	free(columns->event);
	free(columns->finding);
	buffer_free(&columns->redacted);
	free(columns);
}

/* Pads what was written from start to the column's width and a space. */
static void cell_end(struct buffer *line, size_t start, int width, bool last)
{
	int cells = 0;

	if (last || line->failed)
		return;
	/* Bytes that continue a UTF-8 sequence take no cell. */
	for (size_t i = start; i < line->size; i++)
		cells += (line->bytes[i] & 0xc0) != 0x80;
	do
		buffer_byte(line, ' ');
	while (++cells <= width && !line->failed);
}

void columns_event(struct columns *columns, const struct event *event, struct buffer *line)
{
	const bool finding = columns->options.findings && event_is_finding(event);
	const struct column *column = finding ? columns->finding : columns->event;
	size_t count = finding ? columns->finding_count : columns->event_count;
	size_t begin = line->size;

	for (size_t i = 0; i < count; i++) {
		size_t start = line->size;

		column[i].add(columns, &column[i], event, line);
		if (line->size == start)
			buffer_string(line, ABSENT);
		cell_end(line, start, column[i].width, i + 1 == count);
	}
	buffer_byte(line, '\n');
	if (line->failed)
		line->size = begin;
}

void columns_header(const struct columns *columns, bool findings, struct buffer *line)
{
	const struct column *column = findings ? columns->finding : columns->event;
	size_t count = findings ? columns->finding_count : columns->event_count;

	for (size_t i = 0; i < count; i++) {
		size_t start = line->size;

		buffer_string(line, column[i].heading);
		cell_end(line, start, column[i].width, i + 1 == count);
	}
	buffer_byte(line, '\n');
}
