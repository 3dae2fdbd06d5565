/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the lines of kwp diff go: to stdout or each -w DEST, as soon as they are known. */
#ifndef KWP_BASELINE_TELL_H
#define KWP_BASELINE_TELL_H

#include "baseline_drift.h"
#include "options.h"

struct teller;

/* STATUS_OK and *out, or STATUS_USAGE, said. options are borrowed. */
int teller_open(const struct options *options, const char *host, struct teller **out);
/* A drift_fn: one line; data is the teller. */
void teller_drift(const struct drift *drift, void *data);
/* Room for other lines, which go out at the end. */
struct buffer *teller_lines(struct teller *teller);
/* STATUS_OK, or STATUS_LOST if not all could be delivered. */
int teller_close(struct teller *teller);

#endif
