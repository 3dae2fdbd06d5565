/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What happened in recordings, as sets: which programs ran, which files were opened and written,
 * who connected where, and who was the last to change a file. Pure.
 */
#ifndef KWP_LEARN_ACTIVITY_H
#define KWP_LEARN_ACTIVITY_H

#include "baseline.h"
#include "baseline_drift.h"

struct activity;

/* container: only what a container did, by its name or the beginning of its id; NULL: all.
 * also: bits of enum activity_also. */
enum activity_also {
	ACTIVITY_EXISTING = 1 << 0, /* programs that ran already count as executed */
	ACTIVITY_DENIED = 1 << 1,   /* acts that a policy denied count as done */
};
int activity_new(const char *container, unsigned also, struct activity **out) MUST_CHECK;
void activity_free(struct activity *activity);
/* Adds a recording of kwp. 0 or -errno, said; what came before a fault is in. */
int activity_read(struct activity *activity, const char *path) MUST_CHECK;
/* Adds one event, enriched. */
void activity_take(struct activity *activity, const struct event *event);

/* Adds the items of all recorded sections, with how often each was seen. */
void activity_items(const struct activity *activity, struct items *out);
/* Who made this drift, if it was seen; *out is untouched if not. root: the directory, in words of
 * the recording, that the paths of files start from ("": the root). */
void activity_actor(const struct activity *activity, const struct drift *drift, const char *root,
		    struct drift_actor *out);

uint64_t activity_events(const struct activity *activity);
/* Records that were lost, damaged, or beyond what is remembered. */
uint64_t activity_lost(const struct activity *activity);
/* From the first event to the last. */
uint64_t activity_seconds(const struct activity *activity);
/* Was anything new still seen in the last quarter of that time? */
bool activity_growing(const struct activity *activity);
/* Containers that were seen, each once: calls visit. */
void activity_containers(const struct activity *activity,
			 void (*visit)(struct text name, void *data), void *data);

static inline void cleanup_activity(struct activity **a)
{
	activity_free(*a);
}
#define _cleanup_activity_ __attribute__((cleanup(cleanup_activity)))

#endif
