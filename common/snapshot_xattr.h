/* SPDX-License-Identifier: GPL-2.0-only */
/* Extended attributes of a file as two texts. */
#ifndef KWP_SNAPSHOT_XATTR_H
#define KWP_SNAPSHOT_XATTR_H

#include "buffer.h"

/* Appends the file's capabilities ("CAP_NET_RAW=ep") and its other extended attributes
 * ("user.a=text security.ima=sha256:0123...", by name), or nothing. fd may not be O_PATH. */
void xattrs_read(int fd, struct buffer *capabilities, struct buffer *others);
/* The same of a path, whose last link is not followed. */
void xattrs_read_path(const char *path, struct buffer *capabilities, struct buffer *others);
/* Of the bytes of security.capability. */
void capabilities_print(const void *bytes, size_t size, struct buffer *out);

#endif
