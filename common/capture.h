/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Evidence of findings, in a directory of kwp's own:
 *
 *	DIR/manifest.jsonl	a line for each finding: the event, and what was kept of it
 *	DIR/<SHA-256>		the bytes, once however often they come
 *
 * Files are 0600 and bounded in size. No symbolic link of the one who is looked at is
 * followed. A process may be gone, or another may have its number: that is said.
 */
#ifndef KWP_CAPTURE_H
#define KWP_CAPTURE_H

#include "buffer.h"
#include "event.h"

#define CAPTURE_MIB 64		       /* of all of it, unless the user says another */
#define CAPTURE_FILE_MAX (16u << 20)   /* bytes of one file; more is cut, and said */

struct capture;

/* Opens the directory, or makes it; what it holds counts. 0 or -errno, said. */
int capture_open(const char *path, uint64_t limit, struct capture **out) MUST_CHECK;
void capture_close(struct capture *capture);
/* Keeps what there is of a finding. json: its line. */
void capture_take(struct capture *capture, const struct event *finding, struct text json);

/* ---- the parts ---- */

/* Adds to the line of the finding. missing: why it is not there, NULL: it is. */
void capture_missing(struct capture *capture, const char *kind, const char *missing);
void capture_bytes(struct capture *capture, const char *kind, struct text path, const char *bytes,
		   size_t size, bool cut);
/* All that the descriptor gives, which is closed; < 0: -errno of its open. */
void capture_fd(struct capture *capture, const char *kind, struct text path, int fd);
/* capture_process.c: what there is of the process and the files of the event. */
void capture_process(struct capture *capture, const struct event *finding);

#endif
