/* SPDX-License-Identifier: GPL-2.0-only */
/* One look at the guest, for a baseline or beside one. */
#ifndef KWP_BASELINE_LOOK_H
#define KWP_BASELINE_LOOK_H

#include "baseline.h"
#include "baseline_drift.h"
#include "snapshot.h"

struct activity;

struct look {
	const char *root;      /* directory that the walk starts from; of a comparison, NULL:
				  the baseline's */
	const char *host;      /* id of the machine */
	const char *container; /* its id, NULL: none */
	const char *image;     /* of the container, NULL: unknown */
	const char *cgroup;    /* only its processes; NULL: all */
	unsigned subjects;     /* 1 << enum subject */
	bool all, rehash;
	unsigned threads;
	uint64_t since;	      /* ns since 1970; 0: always */
	const char **ignored; /* patterns */
	size_t ignored_count;
	const struct activity *activity; /* what was recorded; NULL: nothing */
};

/* How it went. */
struct looked {
	struct snapshot_counts files;
	uint64_t drifts;
	bool partly; /* this user could not see all of it */
};

/* Writes a baseline to path ("-": stdout), which appears when it is whole. An older baseline
 * there lends the hashes of what did not change. 0 or -errno, said. */
int look_record(const struct look *look, const char *path, struct looked *out) MUST_CHECK;
/* Compares with the baseline at path. 0 or -errno, said. */
int look_compare(const struct look *look, const char *path, drift_fn *tell, void *data,
		 struct looked *out) MUST_CHECK;

/* For both: */

/* The items of all sections but the files. */
void look_state(const struct look *look, struct items *out, bool *partly);
/* Says what was missed; only what a user may not see makes a look partly. */
void look_missed(struct looked *looked, struct text path, int err);
void look_skipped(struct text path, const char *type);
/* Does the name match one of the patterns? "/a/b", "/a/STAR", "/a/STARSTAR", "STARSTAR/name" of
 * paths, and shell patterns of anything else. */
bool look_ignores(const char *const *patterns, size_t count, struct text name);
/* Id of this boot, "" if the kernel does not tell. */
void look_boot(char out[40]);
/* Was the baseline made since then? Before, disks and images may have been others, whose files
 * have the same numbers and times. */
bool look_is_of_boot(const struct baseline *baseline);
/* Answers known() of a walk from a baseline, in the order of both. */
struct look_memory {
	struct baseline *baseline;
	struct item item;
	bool has; /* item is one that was not passed yet */
	bool older; /* of another boot: no file is unchanged by its stamp */
};
bool look_remembers(struct look_memory *memory, struct text path, struct item *out);

#endif
