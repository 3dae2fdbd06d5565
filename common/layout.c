/* SPDX-License-Identifier: GPL-2.0-only */
/* The layout of a JSON line, made once from the field table. */
#include "layout.h"

#include <errno.h>
#include <string.h>

#define DEPTH_MAX 6
/* Room for a number, a time or an address, and its quotes. */
#define VALUE_ROOM 64

/* The object of that name in parent, made if it is new. */
static const struct layout_object *object_get(struct layout *layout,
					      const struct layout_object *parent, const char *name,
					      size_t size)
{
	struct layout_object *object, **objects;

	for (size_t i = 0; i < layout->objects_count; i++) {
		object = layout->objects[i];
		if (object->parent == parent && object->size == size &&
		    !memcmp(object->name, name, size))
			return object;
	}
	objects = realloc(layout->objects, (layout->objects_count + 1) * sizeof(*objects));
	if (!objects)
		return NULL;
	layout->objects = objects;
	object = malloc(sizeof(*object));
	if (!object)
		return NULL;
	*object = (struct layout_object){parent, name, size, parent ? parent->depth + 1 : 0};
	layout->objects[layout->objects_count++] = object;
	return object;
}

static const char *key_of(const struct field *field)
{
	const char *dot = strrchr(field->name, '.');

	return dot ? dot + 1 : field->name;
}

/* The object that a field stands in. */
static const struct layout_object *object_of(struct layout *layout, const struct field *field)
{
	const struct layout_object *object = object_get(layout, NULL, "", 0);
	const char *name = field->name, *dot;

	for (; object && (dot = strchr(name, '.')); name = dot + 1)
		object = object_get(layout, object, name, dot - name);
	return object;
}

/* The outermost object but one around it; NULL: it stands in the outermost. */
static const struct layout_object *object_top(const struct layout_object *object)
{
	if (!object->parent)
		return NULL;
	while (object->parent->parent)
		object = object->parent;
	return object;
}

/* An object that ended must not come again: a JSON object has a key once. */
static bool neighbours(const struct layout *choice)
{
	for (size_t i = 1; i < choice->count; i++) {
		const struct layout_object *before = choice->home[i - 1];

		for (; before; before = before->parent) {
			const struct layout_object *now = choice->home[i];

			while (now && now != before)
				now = now->parent;
			if (now == before)
				break;
			for (size_t j = i + 1; j < choice->count; j++)
				for (now = choice->home[j]; now; now = now->parent)
					if (now == before)
						return false;
		}
	}
	return true;
}

/* Appends to a step's text, which has room for LAYOUT_TEXT; false: it is full. */
static bool text_add(struct layout_step *step, const char *bytes, size_t size)
{
	if (step->size + size > LAYOUT_TEXT)
		return false;
	memcpy(step->text + step->size, bytes, size);
	step->size += size;
	return true;
}

static bool text_open(struct layout_step *step, const struct layout_object *object,
		      const struct layout_object *until)
{
	if (object == until)
		return true;
	return text_open(step, object->parent, until) && text_add(step, "\"", 1) &&
	       text_add(step, object->name, object->size) && text_add(step, "\":{", 3);
}

/* The text on the way from the step before to this one's value. */
static bool text_make(struct layout_step *step, const struct field *field)
{
	const struct layout_object *from = step->from, *to = step->in;
	bool ok = true;

	for (; from != to; from = from->parent) {
		const struct layout_object *at = to;

		while (at && at != from)
			at = at->parent;
		if (at)
			break;
		/* The first brace replaces the comma that is there. */
		ok = ok && (!step->closes || text_add(step, "}", 1));
		step->closes = true;
	}
	ok = ok && (!step->closes || text_add(step, ",", 1)) && text_open(step, to, from);
	step->key = step->size;
	if (!field)
		return ok;
	return ok && text_add(step, "\"", 1) &&
	       text_add(step, key_of(field), strlen(key_of(field))) &&
	       text_add(step, "\":", 2);
}

static int step_add(struct layout_steps *steps, struct layout_step step, const struct field *field)
{
	char text[LAYOUT_TEXT + LAYOUT_COPY] = {};
	struct layout_step *list;

	step.text = text;
	if (!text_make(&step, field))
		return -EINVAL;
	list = realloc(steps->step, (steps->count + 1) * sizeof(*list));
	if (!list)
		return -ENOMEM;
	steps->step = list;
	step.text = malloc(step.size + LAYOUT_COPY);
	if (!step.text)
		return -ENOMEM;
	memcpy(step.text, text, step.size + LAYOUT_COPY);
	step.kept = field && field->of_type ? calloc(1, LAYOUT_KEPT + LAYOUT_COPY) : NULL;
	list[steps->count++] = step;
	return 0;
}

static void steps_free(struct layout_steps *steps)
{
	for (size_t i = 0; i < steps->count; i++) {
		free(steps->step[i].text);
		free(steps->step[i].kept);
	}
	free(steps->step);
}

/* Where the steps stand when these are done. */
static const struct layout_object *steps_at(const struct layout_steps *steps,
					    const struct layout_object *start)
{
	return steps->count ? steps->step[steps->count - 1].in : start;
}

static int field_add(struct layout_steps *steps, const struct layout *choice, size_t i,
		     const struct layout_object *start)
{
	const struct field *field = &choice->table[i];

	return step_add(steps, (struct layout_step){
		.get = field->get, .in = choice->home[i], .from = steps_at(steps, start),
		.secret = choice->redact && field_secret(field)}, field);
}

/* How many fields from i on are one run; 0: none. */
static size_t run_length(const struct layout *choice, size_t i)
{
	const struct layout_object *top = object_top(choice->home[i]);
	size_t length = 0;

	while (top && i + length < choice->count && choice->table[i + length].of_process &&
	       object_top(choice->home[i + length]) == top)
		length++;
	return length;
}

static int run_make(struct layout_run *run, const struct layout *choice)
{
	int err = 0;

	run->in = object_top(choice->home[run->first]);
	run->types = ~0ull;
	for (size_t i = run->first; i < run->first + run->length && !err; i++) {
		if (!choice->chosen[i])
			continue;
		run->types &= choice->table[i].types;
		err = field_add(&run->steps, choice, i, run->in);
	}
	return err;
}

static int runs_make(struct layout *layout)
{
	const struct layout *choice = layout;
	int err = 0;

	for (size_t i = 0, length; i < choice->count && !err; i += length) {
		length = run_length(choice, i);
		if (length && layout->runs_count < LAYOUT_RUNS) {
			struct layout_run *run = &layout->runs[layout->runs_count++];

			run->first = i;
			run->length = length;
			err = run_make(run, choice);
		}
		length = MAX(length, (size_t)1);
	}
	return err;
}

/* The run that begins with field i, or NULL. */
static const struct layout_run *run_at(const struct layout *layout, size_t i)
{
	for (size_t n = 0; n < layout->runs_count; n++)
		if (layout->runs[n].first == i)
			return &layout->runs[n];
	return NULL;
}

static int type_make(struct layout *layout, struct layout_steps *steps, unsigned type, bool finding)
{
	const struct layout_object *outermost = layout->objects[0];
	int err = 0;

	for (size_t i = 0; i < layout->count && !err; i++) {
		const struct layout_run *run = run_at(layout, i);
		const struct field *field = &layout->table[i];

		if (run && run->steps.count && run->types >> type & 1) {
			err = step_add(steps, (struct layout_step){
				.in = run->in, .run = run - layout->runs,
				.from = steps_at(steps, outermost)}, NULL);
			i += run->length - 1;
		} else if (layout->chosen[i] && field->types >> type & 1 &&
			   (finding || !field->of_rule)) {
			err = field_add(steps, layout, i, outermost);
		}
	}
	return err;
}

const struct layout_steps *layout_steps(struct layout *layout, unsigned type, bool finding)
{
	struct layout_steps *steps = &layout->types[type][finding];

	if (steps->made)
		return steps;
	if (type_make(layout, steps, type, finding)) {
		steps_free(steps);
		*steps = (struct layout_steps){0};
		return NULL;
	}
	steps->made = true;
	return steps;
}

/* Longest way: up from the deepest object, down to another, and a key. */
static size_t slack_of(const struct layout *layout)
{
	size_t longest = 0;

	for (size_t i = 0; i < layout->objects_count; i++)
		longest = MAX(longest, layout->objects[i]->size);
	return (DEPTH_MAX + 1) * (longest + 6) + LAYOUT_TEXT + LAYOUT_COPY + VALUE_ROOM;
}

/* FNV-1a of what is chosen. */
static uint64_t signature_of(const struct layout *choice)
{
	uint64_t hash = 0xcbf29ce484222325ull ^ choice->redact;

	for (size_t i = 0; i < choice->count; i++)
		hash = (hash ^ choice->chosen[i]) * 0x100000001b3ull;
	return hash;
}

static int choose(struct layout *layout, const struct field **only, size_t only_count)
{
	for (size_t i = 0; i < layout->count; i++) {
		layout->chosen[i] = !only;
		for (size_t j = 0; only && j < only_count; j++)
			layout->chosen[i] |= only[j] == &layout->table[i];
		layout->home[i] = object_of(layout, &layout->table[i]);
		if (!layout->home[i])
			return -ENOMEM;
		if (layout->home[i]->depth > DEPTH_MAX)
			return -EINVAL;
	}
	return neighbours(layout) ? 0 : -EINVAL;
}

int layout_make(struct layout *layout, const struct field *table, size_t count,
		const struct field **only, size_t only_count, bool redact)
{
	struct layout made = {.table = table, .count = count, .redact = redact};
	int err = -ENOMEM;

	made.chosen = calloc(count + 1, sizeof(*made.chosen));
	made.home = calloc(count + 1, sizeof(*made.home));
	if (made.chosen && made.home && object_get(&made, NULL, "", 0))
		err = choose(&made, only, only_count);
	if (!err)
		err = runs_make(&made);
	/* A table whose names are too long is told now, not with the first event. */
	for (unsigned type = 0; type < KWP_TYPE_COUNT && !err; type++) {
		struct layout_steps tried = {0};

		err = type_make(&made, &tried, type, true);
		steps_free(&tried);
	}
	if (err) {
		layout_free(&made);
		return err;
	}
	made.slack = slack_of(&made);
	made.signature = signature_of(&made);
	*layout = made;
	return 0;
}

void layout_free(struct layout *layout)
{
	for (size_t i = 0; i < layout->objects_count; i++)
		free(layout->objects[i]);
	free(layout->objects);
	for (size_t i = 0; i < layout->runs_count; i++)
		steps_free(&layout->runs[i].steps);
	for (size_t i = 0; i < KWP_TYPE_COUNT; i++) {
		steps_free(&layout->types[i][0]);
		steps_free(&layout->types[i][1]);
	}
	free(layout->chosen);
	free(layout->home);
	*layout = (struct layout){0};
}
