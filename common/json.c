/* SPDX-License-Identifier: GPL-2.0-only */
/* Events as JSON. The order of writing is layout.h's; this fills in the values. */
#include "json.h"

#include <errno.h>
#include <string.h>

#include "json_value.h"
#include "layout.h"
#include "process.h"
#include "redact.h"

struct json {
	struct layout layout;
	struct digits_times times;
	struct buffer redacted; /* of the value that is being written */
	struct buffer kept;	/* what a process is to keep */
};

/* Where a line is: the object that is open. */
struct place {
	const struct layout_object *in;
	struct buffer *line;
};

/* What process->json holds. */
struct kept {
	uint64_t signature; /* of the layout that wrote it */
	const struct container *container;
	uint32_t end[LAYOUT_RUNS]; /* of each run in bytes */
	char bytes[];
};

/* Text of a step, in steps of LAYOUT_COPY: both sides have room for a whole one. */
static inline char *put_text(char *to, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i += LAYOUT_COPY)
		memcpy(to + i, text + i, LAYOUT_COPY);
	return to + size;
}

static char *put_close(char *to)
{
	to[-1] = '}';
	*to++ = ',';
	return to;
}

static char *put_open(char *to, const struct layout_object *object,
		      const struct layout_object *until)
{
	if (object == until)
		return to;
	to = put_open(to, object->parent, until);
	*to++ = '"';
	to = json_put(to, object->name, object->size);
	return JSON_PUT(to, "\":{");
}

/* The way between any two objects: fields in between were absent. */
static char *put_way(char *to, const struct layout_object *from, const struct layout_object *in)
{
	const struct layout_object *common = in;

	while (common->depth > from->depth)
		common = common->parent;
	while (from->depth > common->depth) {
		to = put_close(to);
		from = from->parent;
	}
	for (; from != common; from = from->parent, common = common->parent)
		to = put_close(to);
	return put_open(to, in, common);
}

static inline char *put_step(char *to, struct place *place, const struct layout_step *step)
{
	if (place->in == step->from) {
		if (step->closes)
			to[-1] = '}';
		to = put_text(to, step->text, step->size);
	} else {
		to = put_way(to, place->in, step->in);
		to = json_put(to, step->text + step->key, step->size - step->key);
	}
	place->in = step->in;
	return to;
}

static void field_write(struct json *json, struct place *place, const struct layout_step *step,
			const struct event *event)
{
	struct value value;
	char *to;

	value.kind = VALUE_NONE;
	step->get(event, &value);
	if (value.kind == VALUE_NONE)
		return;
	if (step->secret)
		value_redact(&value, &json->redacted);
	to = buffer_want(place->line, json->layout.slack + json_value_room(&value));
	if (!to)
		return;
	to = json_value_put(put_step(to, place, step), &value, &json->times);
	*to = ',';
	buffer_end(place->line, to + 1);
}

/* Keeps what was just written for a step: the value stands between its key and the
 * comma at the end. */
static void constant_keep(const struct buffer *line, size_t before, struct layout_step *step)
{
	size_t written = line->size - before, key = step->size - step->key, size;
	const char *value;

	if (line->failed || written <= key + 1)
		return;
	value = memmem(line->bytes + before, written, step->text + step->key, key);
	if (!value)
		return;
	value += key;
	size = line->bytes + line->size - 1 - value;
	if (size > LAYOUT_KEPT)
		return;
	memcpy(step->kept, value, size);
	step->kept_size = size;
}

/* A value that is the same for all events of the type: written once, then copied.
 * Steps are made per type, so each keeps its own. */
static void constant_write(struct json *json, struct place *place, struct layout_step *step,
			   const struct event *event)
{
	const size_t before = place->line->size;
	char *to;

	if (!step->kept_size) {
		field_write(json, place, step, event);
		constant_keep(place->line, before, step);
		return;
	}
	to = buffer_want(place->line, json->layout.slack + LAYOUT_KEPT);
	if (!to)
		return;
	to = put_step(to, place, step);
	to = put_text(to, step->kept, step->kept_size);
	*to = ',';
	buffer_end(place->line, to + 1);
}

static void fields_write(struct json *json, struct place *place, const struct layout_steps *steps,
			 const struct event *event)
{
	for (size_t i = 0; i < steps->count; i++)
		field_write(json, place, &steps->step[i], event);
}

/* Closes what is open inside `in`. */
static void place_leave(struct place *place, const struct layout_object *in, size_t slack)
{
	char *to = place->in == in ? NULL : buffer_want(place->line, slack);

	if (!to)
		return;
	buffer_end(place->line, put_way(to, place->in, in));
	place->in = in;
}

/* Is what the process keeps what this writer would write now? */
static bool kept_valid(const struct json *json, const struct event *event)
{
	const struct kept *kept = (const struct kept *)event->process->json;

	return kept && kept->signature == json->layout.signature &&
	       kept->container == event->container &&
	       event->process->json_generation == process_generation(event->process);
}

/* Writes all runs of the event's process and gives them to it. */
static bool kept_make(struct json *json, const struct event *event)
{
	/* To the event a process is constant; what it keeps in writing is the writer's. */
	struct process *process = (struct process *)event->process;
	struct kept head = {.signature = json->layout.signature, .container = event->container};
	struct buffer *kept = &json->kept;
	char *copy;

	kept->size = 0;
	kept->failed = false;
	for (size_t i = 0; i < json->layout.runs_count; i++) {
		const struct layout_run *run = &json->layout.runs[i];
		struct place place = {run->in, kept};

		fields_write(json, &place, &run->steps, event);
		place_leave(&place, run->in, json->layout.slack);
		head.end[i] = kept->size;
	}
	copy = kept->failed ? NULL : calloc(1, sizeof(head) + kept->size + LAYOUT_COPY);
	if (!copy)
		return false;
	memcpy(copy, &head, sizeof(head));
	if (kept->size)
		memcpy(copy + sizeof(head), kept->bytes, kept->size);
	free(process->json);
	process->json = copy;
	process->json_generation = process_generation(process);
	return true;
}

static void run_write(struct json *json, struct place *place, const struct layout_step *step,
		      const struct kept *kept)
{
	size_t from = step->run ? kept->end[step->run - 1] : 0;
	size_t size = kept->end[step->run] - from;
	char *to;

	if (!size)
		return;
	to = buffer_want(place->line, json->layout.slack + size);
	if (!to)
		return;
	to = put_step(to, place, step);
	/* Most are short; behind the last one there is LAYOUT_COPY to spare. */
	buffer_end(place->line, size > 4 * LAYOUT_COPY ? json_put(to, kept->bytes + from, size) :
							 put_text(to, kept->bytes + from, size));
}

void json_event(struct json *json, const struct event *event, struct buffer *line)
{
	const struct layout_steps *steps =
		layout_steps(&json->layout, event->record->type, event->rule != NULL);
	const struct layout_object *outermost = json->layout.objects[0];
	struct place place = {outermost, line};
	const struct kept *kept = NULL;
	size_t start = line->size;

	if (!steps) {
		line->failed = true;
		return;
	}
	if (event->process && (kept_valid(json, event) || kept_make(json, event)))
		kept = (const struct kept *)event->process->json;
	buffer_byte(line, '{');
	for (size_t i = 0; i < steps->count; i++) {
		struct layout_step *step = &steps->step[i];

		if (step->kept && !event->rule)
			constant_write(json, &place, step, event);
		else if (step->get)
			field_write(json, &place, step, event);
		else if (kept)
			run_write(json, &place, step, kept);
		else
			fields_write(json, &place, &json->layout.runs[step->run].steps, event);
	}
	place_leave(&place, outermost, json->layout.slack);
	if (!line->failed && line->bytes[line->size - 1] == ',')
		line->size--;
	buffer_add(line, "}\n", 2);
	if (line->failed)
		line->size = start;
}

int json_new(const struct field *table, size_t count, const struct field **only,
	     size_t only_count, bool redact, struct json **out)
{
	_cleanup_free_ struct json *json = calloc(1, sizeof(*json));
	int err = json ? layout_make(&json->layout, table, count, only, only_count, redact) :
			 -ENOMEM;

	if (err)
		return err;
	*out = take_ptr(json);
	return 0;
}

void json_free(struct json *json)
{
	if (!json)
		return;
	layout_free(&json->layout);
	buffer_free(&json->redacted);
	buffer_free(&json->kept);
	free(json);
}
