/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A ring of jobs: the walker adds at its end, threads work on the next one that nobody has, and
 * the walker takes from its beginning, so that the memory is bounded whatever the tree.
 */
#include "snapshot_hash.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>

#include <nettle/sha2.h>

#include "snapshot_xattr.h"

#define JOBS 128 /* each may hold a descriptor */
#define HOLLOW_MIN (64 << 20) /* bytes */

enum job_state { JOB_FREE, JOB_QUEUED, JOB_BUSY, JOB_DONE };

struct hash_pool {
	pthread_mutex_t lock;
	pthread_cond_t work, done;
	struct hash_job jobs[JOBS];
	enum job_state state[JOBS];
	size_t first, next, count; /* the oldest, the next to be hashed, how many are in use */
	size_t waiting;		   /* from next on */
	bool ended;
	unsigned threads;
	pthread_t *thread;
	void (*take)(void *data, struct hash_job *job);
	void *data;
};

/* ---- one file ---- */

static bool facts_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* By the path of the descriptor: it is the very file that was looked at, so no device. */
static int reopen(int fd)
{
	char path[64];
	int again;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOATIME);
	return again >= 0 || errno != EPERM ? again : open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

static bool is_program(const char *bytes, ssize_t size)
{
	return (size >= 4 && !memcmp(bytes, "\177ELF", 4)) ||
	       (size >= 2 && !memcmp(bytes, "#!", 2));
}

static void write_hex(const uint8_t digest[SHA256_DIGEST_SIZE], char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0; i < SHA256_DIGEST_SIZE; i++) {
		*out++ = digits[digest[i] >> 4];
		*out++ = digits[digest[i] & 15];
	}
}

/* Anybody can make one of a terabyte, which takes hours to read. */
static bool is_hollow(const struct stat *st)
{
	return st->st_size > HOLLOW_MIN && (uint64_t)st->st_blocks * 512 < (uint64_t)st->st_size / 16;
}

/* 0 or -errno. */
static int content_hash(struct hash_job *job, int fd, char *buffer)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx sha;
	ssize_t got;

	sha256_init(&sha);
	while ((got = read(fd, buffer, HASH_BUFFER)) > 0) {
		if (job->probe && !job->bytes && !is_program(buffer, got))
			break;
		if (is_hollow(&job->facts))
			return -EFBIG;
		sha256_update(&sha, (size_t)got, (const uint8_t *)buffer);
		job->bytes += (uint64_t)got;
		/* One that grows as fast as it is read has no end. */
		if (job->bytes > (uint64_t)job->facts.st_size)
			return -EAGAIN;
	}
	if (got < 0)
		return -errno;
	job->dropped = job->probe && !job->bytes;
	sha256_digest(&sha, sizeof(digest), digest);
	write_hex(digest, job->sha256);
	return 0;
}

void hash_job_do(struct hash_job *job, char *buffer)
{
	_cleanup_close_ int fd = reopen(job->fd);
	const struct stat seen = job->facts;

	if (fd < 0 || fstat(fd, &job->facts)) {
		job->error = errno == EWOULDBLOCK ? -EBUSY : -errno;
		return;
	}
	job->error = content_hash(job, fd, buffer);
	job->hashed = !job->error;
	/* What was read is known, though it was no one state of the file. */
	if (!job->error && (fstat(fd, &job->facts) || !facts_same(&seen, &job->facts)))
		job->error = -EAGAIN;
	if (!job->dropped)
		xattrs_read(fd, &job->capabilities, &job->xattrs);
}

void hash_job_reset(struct hash_job *job)
{
	if (job->fd >= 0)
		close(job->fd);
	job->fd = -1;
	job->probe = job->dropped = job->hashed = false;
	job->error = 0;
	job->bytes = 0;
	job->path.size = job->capabilities.size = job->xattrs.size = job->target.size = 0;
}

/* ---- threads ---- */

static void *worker(void *data)
{
	struct hash_pool *pool = data;
	char *buffer = malloc(HASH_BUFFER);

	pthread_mutex_lock(&pool->lock);
	for (;;) {
		size_t at;

		while (!pool->ended && !pool->waiting)
			pthread_cond_wait(&pool->work, &pool->lock);
		if (!pool->waiting)
			break;
		at = pool->next;
		pool->next = (at + 1) % JOBS;
		pool->waiting--;
		if (pool->state[at] != JOB_QUEUED)
			continue;
		pool->state[at] = JOB_BUSY;
		pthread_mutex_unlock(&pool->lock);
		if (buffer)
			hash_job_do(&pool->jobs[at], buffer);
		else
			pool->jobs[at].error = -ENOMEM;
		pthread_mutex_lock(&pool->lock);
		pool->state[at] = JOB_DONE;
		pthread_cond_signal(&pool->done);
	}
	pthread_mutex_unlock(&pool->lock);
	free(buffer);
	return NULL;
}

/* Takes the oldest job, waiting for it. */
static void take_first(struct hash_pool *pool)
{
	const size_t at = pool->first;

	pthread_mutex_lock(&pool->lock);
	while (pool->state[at] != JOB_DONE)
		pthread_cond_wait(&pool->done, &pool->lock);
	/* Nobody but this thread fills it again. */
	pool->state[at] = JOB_FREE;
	pthread_mutex_unlock(&pool->lock);
	pool->take(pool->data, &pool->jobs[at]);
	hash_job_reset(&pool->jobs[at]);
	pool->first = (at + 1) % JOBS;
	pool->count--;
}

struct hash_job *hash_pool_job(struct hash_pool *pool)
{
	/* Room for several at once: waking each other for every file would cost more. */
	if (pool->count == JOBS)
		for (int i = 0; i < JOBS / 4; i++)
			take_first(pool);
	return &pool->jobs[(pool->first + pool->count) % JOBS];
}

void hash_pool_queue(struct hash_pool *pool, struct hash_job *job)
{
	const size_t at = job - pool->jobs;

	pthread_mutex_lock(&pool->lock);
	pool->state[at] = job->fd >= 0 ? JOB_QUEUED : JOB_DONE;
	pool->waiting++;
	if (job->fd >= 0)
		pthread_cond_signal(&pool->work);
	pthread_mutex_unlock(&pool->lock);
	pool->count++;
}

void hash_pool_finish(struct hash_pool *pool)
{
	while (pool->count)
		take_first(pool);
}

int hash_pool_new(unsigned threads, void (*take)(void *data, struct hash_job *job), void *data,
		  struct hash_pool **out)
{
	struct hash_pool *pool = calloc(1, sizeof(*pool));
	int err = 0;

	if (!pool)
		return -ENOMEM;
	pool->take = take;
	pool->data = data;
	for (int i = 0; i < JOBS; i++)
		pool->jobs[i].fd = -1;
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->work, NULL);
	pthread_cond_init(&pool->done, NULL);
	pool->thread = calloc(threads, sizeof(*pool->thread));
	while (pool->thread && pool->threads < threads && !err) {
		err = -pthread_create(&pool->thread[pool->threads], NULL, worker, pool);
		pool->threads += !err;
	}
	/* Fewer threads than wanted do as well. */
	if (!pool->threads) {
		hash_pool_free(pool);
		return err ?: -ENOMEM;
	}
	*out = pool;
	return 0;
}

void hash_pool_free(struct hash_pool *pool)
{
	if (!pool)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->ended = true;
	pthread_cond_broadcast(&pool->work);
	pthread_mutex_unlock(&pool->lock);
	for (unsigned i = 0; i < pool->threads; i++)
		pthread_join(pool->thread[i], NULL);
	for (int i = 0; i < JOBS; i++) {
		hash_job_reset(&pool->jobs[i]);
		buffer_free(&pool->jobs[i].path);
		buffer_free(&pool->jobs[i].capabilities);
		buffer_free(&pool->jobs[i].xattrs);
		buffer_free(&pool->jobs[i].target);
	}
	free(pool->thread);
	free(pool);
}
