/* SPDX-License-Identifier: GPL-2.0-only */
/* The turn from one generation to the next, in the maps of one sensor. */
#ifndef KWP_ENFORCE_TURN_H
#define KWP_ENFORCE_TURN_H

#include "enforce.h"
#include "enforce_cover.h"
#include "enforce_roots.h"

struct turn {
	struct sensor *sensor;
	struct cover cover;
	uint32_t old, new;   /* generations */
	enum kwp_mode old_mode;
	struct profile_limits limits; /* in force from turn_end() on */
	const struct policy *policy;
	struct roots roots;
	bool partial;	     /* not all files that have several names could be found */
	const char *missing; /* container of the scope that does not run, NULL: none */
};

/* Writes the policy beside the one in force. helper: see cover_learn(). After a failure nothing
 * of it is left. */
int turn_begin(struct turn *turn, struct sensor *sensor, const struct policy *policy,
	       pid_t helper) MUST_CHECK;
/* One store: from now on the new one is in force. */
void turn_switch(struct turn *turn, enum kwp_mode mode);
/* Back again: nothing of the new one is left. */
void turn_back(struct turn *turn);
/* Clears the old one away when no program can be in the middle of it any more. */
int turn_end(struct turn *turn) MUST_CHECK;
/* Says in the report how the new one is enforced, and whether all files and names of addresses can
 * be known. */
void turn_report(const struct turn *turn, const struct sensor_view *view,
		 struct enforce_report *report);

#endif
