/* SPDX-License-Identifier: GPL-2.0-only */
/* The steps of a layout: one value each, and the text on the way to it. */
#ifndef KWP_LAYOUT_STEP_H
#define KWP_LAYOUT_STEP_H

#include "layout.h"

/* Adds a step, of a field or (NULL) of a run; its text leads from step.from to step.in. 0,
 * -ENOMEM, or -EINVAL: names are too long. */
int step_add(struct layout_steps *steps, struct layout_step step,
	     const struct field *field) MUST_CHECK;
void steps_free(struct layout_steps *steps);

/* Where the steps stand when these are done. */
static inline const struct layout_object *steps_at(const struct layout_steps *steps,
						   const struct layout_object *start)
{
	return steps->count ? steps->step[steps->count - 1].in : start;
}

#endif
