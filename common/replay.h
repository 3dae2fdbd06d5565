/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Recordings: raw records in a file, with what is needed to read them elsewhere.
 *
 *	struct recording | record | record | ...
 */
#ifndef KWP_REPLAY_H
#define KWP_REPLAY_H

#include <stdio.h>

#include "event.h"

#define RECORDING_MAGIC "kwp-rec\n"

/* Head of the file, in the byte order of the machine that wrote it. */
struct recording {
	char magic[8];
	uint32_t schema;    /* KWP_SCHEMA */
	uint32_t head_size; /* sizeof(struct kwp_record) */
	uint64_t boot_time; /* as in enrich.h */
	char host[64];	    /* id of the machine, NUL-terminated */
};

/* Begins a recording at path ("-": stdout); the file must not exist or be
 * empty, so that none is overwritten. 0 or -errno, which was said. */
int recording_create(const char *path, const struct recording *head, FILE **out) MUST_CHECK;
/* Adds a record. 0 or -errno. */
int recording_add(FILE *file, const void *record, size_t size);

/* Opens one for reading ("-": stdin) and checks its head. 0 and *out, -errno
 * or -EBADMSG, which was said. */
int recording_open(const char *path, struct recording *head, FILE **out) MUST_CHECK;
/*
 * The next record, in a buffer that the next call uses again (*bytes; begin
 * with NULL, end with free()). 1; 0 at the end; -EBADMSG when the file is cut off or
 * damaged here: nothing behind it can be read.
 */
int recording_next(FILE *file, char **bytes, size_t *room) MUST_CHECK;

#endif
