/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the rules of a profile need of the acts that are very many: opens for reading, and
 * mappings of code. What none of them can be about, the kernel's side leaves out.
 */
#ifndef KWP_NEED_H
#define KWP_NEED_H

#include <errno.h>

#include "profile.h"

struct need {
	bool reads;	/* opens for reading of any file */
	struct filter_names names; /* else only of files with these names; the profile's */
	uint64_t odd;	/* types of mappings of which only those of files that are in no
			   directory, or of none, are needed */
	bool environ;	/* process.env_vars */
	bool found_only; /* of EXEC, none whose file is not there: a search along PATH */
};

/* Is it an act that is left out, which a recording can hold? */
static inline bool need_skips(const struct need *need, const struct event *event)
{
	return need->found_only && event->record->type == KWP_EXEC &&
	       event->record->ret == -ENOENT && (event->record->flags & KWP_F_RET);
}

void need_of(const struct profile *profile, struct need *out);

#endif
