/* SPDX-License-Identifier: GPL-2.0-only */
#include "profile_say.h"

#include "log.h"

void profile_problem_say(const struct profile_problem *p)
{
	/* Without a line: the file could not be read at all. */
	if (!p->line)
		log_error("%s: %s", p->file, p->message);
	else
		fprintf(stderr, "%s:%u:%u: %s%s\n", p->file, p->line, p->column,
			p->warning ? "warning: " : "", p->message);
}

int profile_read_said(const char *name, struct profile **out)
{
	struct profile_problems problems = {};
	int err = profile_read(name, out, &problems);

	for (size_t i = 0; i < problems.count; i++)
		profile_problem_say(&problems.list[i]);
	if (err && !problems.count)
		log_errno(err, "cannot read profile %s", name);
	profile_problems_free(&problems);
	return err;
}
