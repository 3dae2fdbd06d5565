/* SPDX-License-Identifier: GPL-2.0-only */
/* What a policy's paths mean in the trees that there are now: the files behind them. */
#ifndef KWP_ENFORCE_FILES_H
#define KWP_ENFORCE_FILES_H

#include "enforce_roots.h"
#include "policy.h"
#include "sensor.h"

/* Adds to a generation that is not in force yet the files that its rules name, by their inode,
 * so that they are protected by whatever name. partial: there were more than fit. */
int files_add(const struct sensor *sensor, const struct policy *policy, uint32_t generation,
	      const struct roots *roots, bool *partial) MUST_CHECK;
/* Lets a generation that is not in force yet see each mount once, in the order in which they were
 * made, so that what is bound to a second place is known at its first. */
void files_visit(const struct sensor *sensor, uint32_t generation, const struct roots *roots);

#endif
