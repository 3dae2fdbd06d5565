/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where lines go: stdout and each -w DEST.
 *
 *	FILE  unix:PATH  tcp:HOST:PORT  vsock:CID:PORT  syslog:[PATH]
 *
 * A stream that breaks is connected again (after 100 ms, then twice as long each
 * time up to 10 s) while lines wait in at most 1 MiB; what did not fit is
 * counted. Nothing ever blocks the reader of the kernel's ring: sockets are
 * non-blocking, files and stdout are written when told to flush.
 */
#ifndef KWP_SINK_H
#define KWP_SINK_H

#include "util.h"

#include <stdbool.h>
#include <stdint.h>

struct sink;

/* Opens DEST ("-" is stdout). A file is appended to (mode 0600 when new). A socket that
 * can't be reached now is not an error, a malformed DEST is -EINVAL, a file
 * that can't be opened its -errno; the reason was said. */
int sink_open(const char *dest, struct sink **out) MUST_CHECK;
/* Takes lines (any number, whole). Errors are kept for sink_flush(). */
void sink_write(struct sink *sink, const char *bytes, size_t size);
/* Pushes out what waits. 0; -EPIPE: a pipe's reader is gone; -ENOSPC, -EIO ...: a
 * file failed (said once). A socket's trouble is not an error. */
int sink_flush(struct sink *sink);
/* When the next reconnect is due, ms from now; -1: nothing to wait for. */
int sink_timeout(const struct sink *sink);
/* Lines that were dropped so far. */
uint64_t sink_dropped(const struct sink *sink);
/* Flushes (sockets: waits at most a second) and ends it. The last error, as sink_flush(), or -EIO
 * if lines were dropped now. */
int sink_close(struct sink *sink);

#endif
