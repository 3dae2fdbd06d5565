/* SPDX-License-Identifier: GPL-2.0-only */
#include "layout_step.h"

#include <errno.h>
#include <string.h>

static const char *key_of(const struct field *field)
{
	const char *dot = strrchr(field->name, '.');

	return dot ? dot + 1 : field->name;
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

int step_add(struct layout_steps *steps, struct layout_step step, const struct field *field)
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
	list[steps->count++] = step;
	return 0;
}

void steps_free(struct layout_steps *steps)
{
	for (size_t i = 0; i < steps->count; i++)
		free(steps->step[i].text);
	free(steps->step);
}
