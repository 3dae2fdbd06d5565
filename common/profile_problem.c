/* SPDX-License-Identifier: GPL-2.0-only */
#include "profile_reader.h"
#include "escape.h"

#include <stdarg.h>
#include <string.h>

/* Messages quote the file, which may hold what a terminal acts on. NULL: no memory. */
static char *message_make(const char *format, va_list args)
{
	_cleanup_buffer_ struct buffer shown = {0};
	_cleanup_free_ char *text = NULL;

	if (vasprintf(&text, format, args) < 0) {
		text = NULL;
		return NULL;
	}
	escape_text(&shown, (struct text){text, strlen(text)});
	return shown.failed ? NULL : strndup(shown.bytes, shown.size);
}

static void problem_add(struct profile_reader *reader, bool warning,
			const struct profile_place *place, const char *format, va_list args)
{
	struct profile_problems *problems = reader->problems;
	struct profile_problem problem = {
		.line = place->line, .column = place->column, .warning = warning};
	struct profile_problem *larger;

	reader->errors += !warning;
	if (problems->count >= PROFILE_PROBLEMS_MAX)
		return;
	problem.message = message_make(format, args);
	problem.file = strdup(place->file);
	larger = realloc(problems->list, (problems->count + 1) * sizeof(*larger));
	if (larger)
		problems->list = larger;
	if (!larger || !problem.message || !problem.file) {
		free(problem.message);
		free(problem.file);
		reader->no_memory = true;
		return;
	}
	problems->list[problems->count++] = problem;
}

void reader_problem(struct profile_reader *reader, bool warning, unsigned line, unsigned column,
		    const char *format, ...)
{
	va_list args;

	va_start(args, format);
	problem_add(reader, warning, &(struct profile_place){reader->file, line, column}, format,
		    args);
	va_end(args);
}

void place_problem(struct profile_reader *reader, bool warning, const struct profile_place *place,
		   const char *format, ...)
{
	va_list args;

	va_start(args, format);
	problem_add(reader, warning, place, format, args);
	va_end(args);
}

struct profile_place place_of(const struct profile_reader *reader, const struct yaml_node *node)
{
	return (struct profile_place){reader->file, node->line, node->column};
}

const char *place_show(const char *file, const struct profile_place *place, char out[PLACE_SHOWN])
{
	if (place->file == file)
		snprintf(out, PLACE_SHOWN, "line %u", place->line);
	else
		snprintf(out, PLACE_SHOWN, "%.120s:%u", place->file, place->line);
	return out;
}

void profile_problems_free(struct profile_problems *problems)
{
	for (size_t i = 0; i < problems->count; i++) {
		free(problems->list[i].file);
		free(problems->list[i].message);
	}
	free(problems->list);
	*problems = (struct profile_problems){0};
}
