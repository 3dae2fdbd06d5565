/* SPDX-License-Identifier: GPL-2.0-only */
#include "profile_reader.h"

#include <stdarg.h>
#include <string.h>

void reader_problem(struct profile_reader *reader, bool warning, unsigned line, unsigned column,
		    const char *format, ...)
{
	struct profile_problems *problems = reader->problems;
	struct profile_problem problem = {.line = line, .column = column, .warning = warning};
	struct profile_problem *larger;
	va_list args;
	int length;

	reader->errors += !warning;
	if (problems->count >= PROFILE_PROBLEMS_MAX)
		return;
	va_start(args, format);
	length = vasprintf(&problem.message, format, args);
	va_end(args);
	if (length < 0)
		problem.message = NULL;
	problem.file = strdup(reader->file);
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

void profile_problems_free(struct profile_problems *problems)
{
	for (size_t i = 0; i < problems->count; i++) {
		free(problems->list[i].file);
		free(problems->list[i].message);
	}
	free(problems->list);
	*problems = (struct profile_problems){0};
}
