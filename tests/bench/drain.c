/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Drain: the reader at the end of a tool's pipe. Counts the lines in which each TEXT is,
 * and tells how late the lines of `storm mix` came. Must be cheaper than any tool that it reads.
 *
 *   drain [-s MS] [-l TYPE] TEXT...
 *
 * -s: leaves the pipe alone for the first MS milliseconds.
 * -l: counts losses of this type of event.
 * Prints "first NS" (CLOCK_REALTIME) at once when the first line of `storm mix` comes; at the end
 * "lines N", "count N TEXT" for each, "loss N" (the sum of kwp.loss.total), "lost N" (what of it
 * was of the TYPE of -l, by kwp.loss.events), "delay N P50 P99 MAX" (ns).
 */
#define _GNU_SOURCE 1
#include <err.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "stamp.h"

#define TEXTS_MAX 16
#define NEAR 64

/* A text that is looked for. */
struct needle {
	const char *text;
	size_t size;
	size_t where; /* its place in the last line that had it */
	uint64_t count;
};

struct drain {
	struct needle needles[TEXTS_MAX]; /* the first is STAMP */
	size_t count, last;		  /* last: which the line before had */
	uint64_t lines;
	uint64_t *delays; /* ns */
	size_t delays_count, delays_room;
	char type[32]; /* "syscall= of -l, as a loss record has it; empty: none */
	uint64_t loss, lost; /* sums of what kwp's loss records say: of all, of the type */
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* The lines of a storm are alike: looks first where the last line had the text. */
static const char *needle_find(struct needle *needle, const char *line, size_t size)
{
	size_t from = needle->where > NEAR ? needle->where - NEAR : 0;
	const char *found = NULL;

	if (from < size) {
		size_t window = size - from;

		if (window > 2 * NEAR + needle->size)
			window = 2 * NEAR + needle->size;
		found = memmem(line + from, window, needle->text, needle->size);
	}
	if (!found)
		found = memmem(line, size, needle->text, needle->size);
	if (found)
		needle->where = (size_t)(found - line);
	return found;
}

static void drain_delay(struct drain *drain, const char *stamp, uint64_t now)
{
	uint64_t then = strtoull(stamp + strlen(STAMP), NULL, 10);

	if (!drain->delays_count) {
		printf("first %" PRIu64 "\n", now);
		fflush(stdout);
	}
	if (drain->delays_count == drain->delays_room) {
		drain->delays_room = drain->delays_room ? 2 * drain->delays_room : 1024;
		drain->delays =
			reallocarray(drain->delays, drain->delays_room, sizeof(*drain->delays));
		if (!drain->delays)
			err(1, "delays");
	}
	drain->delays[drain->delays_count++] = now > then ? now - then : 0;
}

static void drain_loss(struct drain *drain, const char *line, size_t size)
{
	static const char kind[] = "\"metric\"", total[] = "\"loss\":{\"total\":";
	const char *found = memmem(line, size, kind, sizeof(kind) - 1);

	if (found)
		found = memmem(line, size, total, sizeof(total) - 1);
	if (!found)
		return;
	drain->loss += strtoull(found + sizeof(total) - 1, NULL, 10);
	size -= (size_t)(found - line);
	found = drain->type[0] ? memmem(found, size, drain->type, strlen(drain->type)) : NULL;
	if (found)
		drain->lost += strtoull(found + strlen(drain->type), NULL, 10);
}

/* A line counts for one text only: the one that the line before had, or the first. */
static void drain_line(struct drain *drain, const char *line, size_t size, uint64_t now)
{
	drain->lines++;
	for (size_t i = 0; i < drain->count; i++) {
		size_t which = (drain->last + i) % drain->count;
		const char *found = needle_find(&drain->needles[which], line, size);

		if (!found)
			continue;
		drain->last = which;
		drain->needles[which].count++;
		if (!which)
			drain_delay(drain, found, now);
		return;
	}
	drain_loss(drain, line, size);
}

/* Takes the whole lines of the buffer; returns how many bytes it took. */
static size_t drain_buffer(struct drain *drain, const char *buffer, size_t size)
{
	const char *line = buffer, *end = buffer + size, *newline;
	uint64_t now = now_ns();

	while ((newline = memchr(line, '\n', (size_t)(end - line)))) {
		drain_line(drain, line, (size_t)(newline - line), now);
		line = newline + 1;
	}
	return (size_t)(line - buffer);
}

static void drain_read(struct drain *drain, int fd)
{
	static char buffer[1 << 20];
	size_t held = 0, taken;
	ssize_t got;

	while ((got = read(fd, buffer + held, sizeof(buffer) - held)) > 0) {
		held += (size_t)got;
		taken = drain_buffer(drain, buffer, held);
		/* A line that fills the buffer has no end that matters. */
		if (!taken && held == sizeof(buffer))
			taken = held;
		held -= taken;
		memmove(buffer, buffer + taken, held);
	}
	if (got < 0)
		err(1, "read");
}

static int delay_compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void drain_print(struct drain *drain)
{
	size_t n = drain->delays_count;

	printf("lines %" PRIu64 "\n", drain->lines);
	for (size_t i = 1; i < drain->count; i++)
		printf("count %" PRIu64 " %s\n", drain->needles[i].count, drain->needles[i].text);
	printf("loss %" PRIu64 "\nlost %" PRIu64 "\n", drain->loss, drain->lost);
	if (!n)
		return;
	qsort(drain->delays, n, sizeof(*drain->delays), delay_compare);
	printf("delay %zu %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", n, drain->delays[n / 2],
	       drain->delays[n * 99 / 100], drain->delays[n - 1]);
}

int main(int argc, char **argv)
{
	struct drain drain = {.needles[0].text = STAMP, .count = 1};
	useconds_t stall = 0;
	int option;

	while ((option = getopt(argc, argv, "s:l:")) != -1) {
		if (option == 's')
			stall = (useconds_t)atoi(optarg) * 1000;
		else if (option == 'l')
			snprintf(drain.type, sizeof(drain.type), "\"%s=", optarg);
		else
			return 2;
	}
	usleep(stall);
	for (; optind < argc; optind++) {
		if (drain.count == TEXTS_MAX)
			errx(2, "too many texts");
		drain.needles[drain.count++].text = argv[optind];
	}
	for (size_t i = 0; i < drain.count; i++)
		drain.needles[i].size = strlen(drain.needles[i].text);
	drain_read(&drain, 0);
	drain_print(&drain);
	free(drain.delays);
	return 0;
}
