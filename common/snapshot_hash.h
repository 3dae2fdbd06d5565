/* SPDX-License-Identifier: GPL-2.0-only */
/* Threads that read and hash files while the walk goes on; results come in its order. */
#ifndef KWP_SNAPSHOT_HASH_H
#define KWP_SNAPSHOT_HASH_H

#include <sys/stat.h>

#include "baseline.h"

#define HASH_HEX 64

/* One entry of the walk. The walker fills it, a thread may hash it, then it is taken. */
struct hash_job {
	struct buffer path;	/* from the root on */
	struct stat facts;
	int fd;			/* O_PATH of a file that is to be hashed, -1: none */
	bool probe;		/* it counts only if its first bytes are a program's */
	int error;		/* -errno: could not be read; -EAGAIN: it changed meanwhile; -EBUSY:
				   somebody has a lease on it; -EFBIG: it is all holes */
	bool dropped;		/* probe: it is none */
	uint64_t bytes;		/* that were hashed */
	char sha256[HASH_HEX];	/* size 0 of it: see hashed */
	bool hashed;
	struct buffer capabilities, xattrs, target; /* of size 0: none */
};

struct hash_pool;

/* take gets each job in the order in which they were queued. 0 or -errno. */
int hash_pool_new(unsigned threads, void (*take)(void *data, struct hash_job *job), void *data,
		  struct hash_pool **out) MUST_CHECK;
/* A job to be filled; calls take for older ones if all are in use. */
struct hash_job *hash_pool_job(struct hash_pool *pool);
/* Hands the job over. */
void hash_pool_queue(struct hash_pool *pool, struct hash_job *job);
/* Waits for all. */
void hash_pool_finish(struct hash_pool *pool);
void hash_pool_free(struct hash_pool *pool);

/* Hashes the job's file: what a thread does. buffer has room for HASH_BUFFER bytes. */
#define HASH_BUFFER (128 << 10)
void hash_job_do(struct hash_job *job, char *buffer);
/* Closes what it holds, to be filled again. */
void hash_job_reset(struct hash_job *job);

#endif
