/* SPDX-License-Identifier: GPL-2.0-only */
/* A profile for a command: read, and all that is wrong with it said on stderr. */
#ifndef KWP_PROFILE_SAY_H
#define KWP_PROFILE_SAY_H

#include "profile.h"

/* See profile_read(). Problems are lines "FILE:LINE:COLUMN: message". */
int profile_read_said(const char *name, struct profile **out) MUST_CHECK;
/* One of the problems of a profile. */
void profile_problem_say(const struct profile_problem *problem);

#endif
