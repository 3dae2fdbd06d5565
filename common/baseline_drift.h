/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between two sets of items, and how it is told. */
#ifndef KWP_BASELINE_DRIFT_H
#define KWP_BASELINE_DRIFT_H

#include "baseline.h"

enum drift_kind { DRIFT_ADDED = 'A', DRIFT_CHANGED = 'C', DRIFT_DELETED = 'D' };

/* Who was seen to do it; all of it absent: nobody was seen. */
struct drift_actor {
	struct text process; /* its executable, or its name */
	struct text act;     /* "create" */
	uint32_t pid;
	uint64_t time; /* ns since 1970 */
};

struct drift {
	enum drift_kind kind;
	const struct item *before, *after; /* NULL: not there */
	struct drift_actor actor;
};

typedef void drift_fn(const struct drift *drift, void *data);

/* Compares items of one section after the other, both in the order of items_sort(). Several of
 * one name are paired so that as few as possible differ. What was recorded can only be new:
 * a short look does not see again all that a long one saw. */
void drift_compare(const struct items *before, const struct items *after, enum section section,
		   drift_fn *tell, void *data);

/* Appends a line with its newline. time: ns since 1970, of this look. */
void drift_put_text(struct buffer *out, const struct drift *drift);
void drift_put_json(struct buffer *out, const struct drift *drift, uint64_t time, const char *host);

#endif
