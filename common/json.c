/* SPDX-License-Identifier: GPL-2.0-only */
/* Events as JSON. The order of writing is layout.h's; this fills in the values. */
#include "json.h"

#include <errno.h>
#include <string.h>

#include "json_piece.h"
#include "json_value.h"
#include "process.h"
#include "redact.h"

struct json {
	struct layout layout;
	struct digits_times times;
	struct buffer redacted; /* of the value that is being written */
	struct buffer kept;	/* what somebody is to keep */
	struct pieces heads, files;
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
	if (step->secret && value_secret(&value, event))
		value_redact(&value, &json->redacted);
	to = buffer_want(place->line, json->layout.slack + json_value_room(&value));
	if (!to)
		return;
	to = json_value_put(put_step(to, place, step), &value, &json->times);
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

/* Runs in writing, as somebody keeps them. */
struct written {
	const uint32_t *end; /* of each run in bytes */
	const char *bytes;   /* NULL: nobody has them */
};

/* Writes all runs of a keeper into json->kept; false: no memory. */
static bool runs_write(struct json *json, const struct layout_runs *runs, const struct event *event,
		       uint32_t end[LAYOUT_RUNS])
{
	struct buffer *kept = &json->kept;

	kept->size = 0;
	kept->failed = false;
	for (size_t i = 0; i < runs->count; i++) {
		struct place place = {runs->run[i].in, kept};

		fields_write(json, &place, &runs->run[i].steps, event);
		place_leave(&place, runs->run[i].in, json->layout.slack);
		end[i] = kept->size;
	}
	return !kept->failed && buffer_want(kept, 1);
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
	char *copy;

	if (!runs_write(json, &json->layout.process, event, head.end))
		return false;
	copy = calloc(1, sizeof(head) + json->kept.size + LAYOUT_COPY);
	if (!copy)
		return false;
	memcpy(copy, &head, sizeof(head));
	memcpy(copy + sizeof(head), json->kept.bytes, json->kept.size);
	free(process->json);
	process->json = copy;
	process->json_generation = process_generation(process);
	return true;
}

static struct written process_written(struct json *json, const struct event *event)
{
	const struct kept *kept;

	if (!event->process || !(kept_valid(json, event) || kept_make(json, event)))
		return (struct written){};
	kept = (const struct kept *)event->process->json;
	return (struct written){kept->end, kept->bytes};
}

/* The runs of this line that others have in common. */
static struct written pieces_written(struct json *json, struct pieces *pieces,
				     const struct layout_runs *runs, const struct event *event,
				     const struct piece_key *key)
{
	const struct piece *piece = pieces_find(pieces, key);
	uint32_t end[LAYOUT_RUNS] = {};

	if (!piece && runs_write(json, runs, event, end))
		piece = pieces_keep(pieces, key, json->kept.bytes, json->kept.size, end);
	return piece ? (struct written){piece->end, piece->bytes} : (struct written){};
}

static void all_written(struct json *json, const struct layout_line *line,
			const struct event *event, struct written out[LAYOUT_KEEPERS])
{
	const struct layout_runs *head = &line->runs[LAYOUT_HEAD], *file = &line->runs[LAYOUT_FILE];
	struct piece_key key;

	out[LAYOUT_PROCESS] = process_written(json, event);
	if (head->count && piece_key_head(event, &key))
		out[LAYOUT_HEAD] = pieces_written(json, &json->heads, head, event, &key);
	if (file->count && piece_key_file(event, &key))
		out[LAYOUT_FILE] = pieces_written(json, &json->files, file, event, &key);
}

static void run_copy(struct json *json, struct place *place, const struct layout_step *step,
		     const struct written *written)
{
	size_t from = step->run ? written->end[step->run - 1] : 0;
	size_t size = written->end[step->run] - from;
	char *to;

	if (!size)
		return;
	to = buffer_want(place->line, json->layout.slack + size);
	if (!to)
		return;
	to = put_step(to, place, step);
	/* Most are short; behind the last one there is LAYOUT_COPY to spare. */
	buffer_end(place->line, size > 4 * LAYOUT_COPY ? json_put(to, written->bytes + from, size) :
							 put_text(to, written->bytes + from, size));
}

static void run_write(struct json *json, struct place *place, const struct layout_line *line,
		      const struct layout_step *step, const struct event *event)
{
	const struct layout_runs *runs = step->keeper == LAYOUT_PROCESS ? &json->layout.process :
									  &line->runs[step->keeper];

	fields_write(json, place, &runs->run[step->run].steps, event);
}

void json_event(struct json *json, const struct event *event, struct buffer *line)
{
	const struct layout_line *layout =
		layout_line(&json->layout, event->record->type, event_is_finding(event));
	const struct layout_object *outermost = json->layout.objects[0];
	struct place place = {outermost, line};
	struct written written[LAYOUT_KEEPERS] = {};
	size_t start = line->size;

	if (!layout) {
		line->failed = true;
		return;
	}
	all_written(json, layout, event, written);
	buffer_byte(line, '{');
	for (size_t i = 0; i < layout->steps.count; i++) {
		const struct layout_step *step = &layout->steps.step[i];

		if (step->get)
			field_write(json, &place, step, event);
		else if (written[step->keeper].bytes)
			run_copy(json, &place, step, &written[step->keeper]);
		else
			run_write(json, &place, layout, step, event);
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
	pieces_free(&json->heads);
	pieces_free(&json->files);
	free(json);
}
