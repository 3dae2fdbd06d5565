/* SPDX-License-Identifier: GPL-2.0-only */
/* What is in force, as text and as JSON. Pure. */
#ifndef KWP_STATUS_H
#define KWP_STATUS_H

#include "buffer.h"
#include "enforce.h"

/* boot: ns since 1970 at which CLOCK_BOOTTIME was 0. */
void status_text(const struct enforce_status *status, uint64_t boot, struct buffer *out);
/* One object on one line. */
void status_json(const struct enforce_status *status, uint64_t boot, struct buffer *out);
/* Words of a set of classes, comma separated; "none". */
void status_classes(uint32_t guards, struct buffer *out);
/* The same of detections, 1 << enum kwp_detect. */
void status_detects(uint32_t detects, struct buffer *out);
/* The same of what is enforced, and which of it only by ending the process. */
void status_enforced(uint32_t guards, bool kill_only, struct buffer *out);

#endif
