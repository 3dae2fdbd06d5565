/* SPDX-License-Identifier: GPL-2.0-only */
/* Profiles from texts, and what is said about them. */
#ifndef KWP_PROBLEMS_H
#define KWP_PROBLEMS_H

#include "../../common/profile.h"
#include "check.h"

#include <errno.h>

static struct profile_problems problems;

static inline struct profile *parse(const char *text)
{
	struct profile *profile = NULL;
	int err;

	profile_problems_free(&problems);
	err = profile_parse("dir/t.yaml", text, strlen(text), &profile, &problems);
	CHECK(err == (profile ? 0 : -EINVAL));
	for (size_t i = 0; i < problems.count; i++)
		printf("# %s:%u:%u: %s\n", problems.list[i].file, problems.list[i].line,
		       problems.list[i].column, problems.list[i].message);
	return profile;
}

/* Is there this problem? */
static inline int said(bool warning, unsigned line, unsigned column, const char *words)
{
	for (size_t i = 0; i < problems.count; i++) {
		const struct profile_problem *problem = &problems.list[i];

		if (problem->warning == warning && problem->line == line &&
		    problem->column == column && strstr(problem->message, words))
			return 1;
	}
	return 0;
}

/* Is this text refused with one error, at this place, with these words? */
static inline int refused(const char *text, unsigned line, unsigned column, const char *words)
{
	_cleanup_profile_ struct profile *profile = parse(text);

	return !profile && problems.count == 1 && said(false, line, column, words);
}

/* Is it taken with one warning? */
static inline int warned(const char *text, unsigned line, unsigned column, const char *words)
{
	_cleanup_profile_ struct profile *profile = parse(text);

	return profile && problems.count == 1 && said(true, line, column, words);
}

/* Is it taken, and nothing said? */
static inline int silent(const char *text)
{
	_cleanup_profile_ struct profile *profile = parse(text);

	return profile && !problems.count;
}

#endif
