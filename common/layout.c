/* SPDX-License-Identifier: GPL-2.0-only */
/* The layout of a JSON line, made once from the field table. */
#include "layout_step.h"

#include <errno.h>
#include <string.h>

#include "fnv.h"

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

static void runs_free(struct layout_runs *runs)
{
	for (size_t i = 0; i < runs->count; i++)
		steps_free(&runs->run[i].steps);
}

static void line_free(struct layout_line *line)
{
	steps_free(&line->steps);
	for (size_t i = 0; i < LAYOUT_KEEPERS; i++)
		runs_free(&line->runs[i]);
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
		if (length && layout->process.count < LAYOUT_RUNS) {
			struct layout_run *run = &layout->process.run[layout->process.count++];

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
	for (size_t n = 0; n < layout->process.count; n++)
		if (layout->process.run[n].first == i)
			return &layout->process.run[n];
	return NULL;
}

/* Who keeps a field besides the process; LAYOUT_KEEPERS: nobody. Findings are seldom. */
static enum layout_keeper keeper_of(const struct field *field, bool finding)
{
	if (finding || !(field->of_head || field->of_file))
		return LAYOUT_KEEPERS;
	return field->of_head ? LAYOUT_HEAD : LAYOUT_FILE;
}

/* Which lines a layout is asked for. */
struct kind {
	unsigned type;
	bool finding;
};

static bool field_wanted(const struct layout *layout, size_t i, const struct kind *kind)
{
	const struct field *field = &layout->table[i];

	return layout->chosen[i] && (field->types >> kind->type & 1) &&
	       (kind->finding || !field->of_rule);
}

/* Adds the fields from *at on that can be kept together; *at becomes the last of them. */
static int kept_add(struct layout *layout, struct layout_line *line, const struct kind *kind,
		    size_t *at)
{
	const enum layout_keeper keeper = keeper_of(&layout->table[*at], kind->finding);
	struct layout_runs *runs = &line->runs[keeper];
	struct layout_run *run = &runs->run[runs->count++];
	int err = 0;

	run->in = object_top(layout->home[*at]);
	for (size_t i = *at; i < layout->count && !err; i++) {
		if (!field_wanted(layout, i, kind))
			continue;
		if (keeper_of(&layout->table[i], kind->finding) != keeper ||
		    object_top(layout->home[i]) != run->in)
			break;
		err = field_add(&run->steps, layout, i, run->in);
		*at = i;
	}
	if (err)
		return err;
	return step_add(&line->steps, (struct layout_step){
		.in = run->in, .keeper = keeper, .run = runs->count - 1,
		.from = steps_at(&line->steps, layout->objects[0])}, NULL);
}

/* Is there somebody to keep the field, and room for one more run? */
static bool kept_can(const struct layout *layout, const struct layout_line *line,
		     const struct kind *kind, size_t i)
{
	const enum layout_keeper keeper = keeper_of(&layout->table[i], kind->finding);

	return keeper != LAYOUT_KEEPERS && line->runs[keeper].count < LAYOUT_RUNS &&
	       object_top(layout->home[i]);
}

static int line_make(struct layout *layout, struct layout_line *line, const struct kind *kind)
{
	const struct layout_object *outermost = layout->objects[0];
	int err = 0;

	for (size_t i = 0; i < layout->count && !err; i++) {
		const struct layout_run *run = run_at(layout, i);

		if (run && run->steps.count && run->types >> kind->type & 1) {
			err = step_add(&line->steps, (struct layout_step){
				.in = run->in, .keeper = LAYOUT_PROCESS,
				.run = run - layout->process.run,
				.from = steps_at(&line->steps, outermost)}, NULL);
			i += run->length - 1;
		} else if (field_wanted(layout, i, kind)) {
			err = kept_can(layout, line, kind, i) ?
				      kept_add(layout, line, kind, &i) :
				      field_add(&line->steps, layout, i, outermost);
		}
	}
	return err;
}

const struct layout_line *layout_line(struct layout *layout, unsigned type, bool finding)
{
	struct layout_line *line = &layout->types[type][finding];

	if (line->made)
		return line;
	if (line_make(layout, line, &(struct kind){type, finding})) {
		line_free(line);
		*line = (struct layout_line){0};
		return NULL;
	}
	line->made = true;
	return line;
}

/* Longest way: up from the deepest object, down to another, and a key. */
static size_t slack_of(const struct layout *layout)
{
	size_t longest = 0;

	for (size_t i = 0; i < layout->objects_count; i++)
		longest = MAX(longest, layout->objects[i]->size);
	return (DEPTH_MAX + 1) * (longest + 6) + LAYOUT_TEXT + LAYOUT_COPY + VALUE_ROOM;
}

/* Of what is chosen. */
static uint64_t signature_of(const struct layout *choice)
{
	return fnv_add(FNV_BEGIN ^ choice->redact, choice->chosen,
		       choice->count * sizeof(*choice->chosen));
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
		struct layout_line tried = {0};

		err = line_make(&made, &tried, &(struct kind){type, true});
		line_free(&tried);
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
	runs_free(&layout->process);
	for (size_t i = 0; i < KWP_TYPE_COUNT; i++) {
		line_free(&layout->types[i][0]);
		line_free(&layout->types[i][1]);
	}
	free(layout->chosen);
	free(layout->home);
	*layout = (struct layout){0};
}
