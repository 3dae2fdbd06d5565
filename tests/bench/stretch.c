/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stretch RECORDING TIMES
 *
 * Writes a recording to stdout as if all of it happened so many times, one after the other, each
 * time by other processes: what a reader that runs for days sees. Prints on stderr how many
 * records that are.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../bpf/record.h"

#define HEAD 88		/* bytes of struct recording */
#define PIDS 100000	/* between two times */
#define GAP 1000000000ull /* ns between them */

static void shift(struct kwp_record *r, unsigned long n, __u64 length)
{
	const __u32 pids = n * PIDS;

	r->time += n * length;
	r->pid += r->pid ? pids : 0;
	r->tid += r->tid ? pids : 0;
	r->view_pid += r->view_pid ? pids : 0;
	r->view_tid += r->view_tid ? pids : 0;
	r->start += n * length;
	/* Their common ancestor stays. */
	if (r->parent_pid > 1) {
		r->parent_pid += pids;
		r->view_parent_pid += pids;
		r->parent_start += n * length;
	}
	if (r->type == KWP_FORK) {
		struct kwp_fork *fork = (void *)(r + 1);

		fork->child_pid += pids;
		fork->child_tid += pids;
		fork->child_view_pid += pids;
		fork->child_view_tid += pids;
		fork->child_start += n * length;
	}
}

static char *read_all(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	char *bytes;

	if (!file || fseek(file, 0, SEEK_END))
		return NULL;
	*size = ftell(file);
	rewind(file);
	bytes = malloc(*size);
	if (!bytes || fread(bytes, 1, *size, file) != *size)
		return NULL;
	fclose(file);
	return bytes;
}

int main(int argc, char **argv)
{
	static char copy[1 << 17] __attribute__((aligned(8)));
	unsigned long records = 0;
	__u64 first = ~0ull, last = 0;
	size_t size = 0;
	char *bytes = argc == 3 ? read_all(argv[1], &size) : NULL;

	if (!bytes || size < HEAD) {
		fprintf(stderr, "stretch: usage: stretch RECORDING TIMES\n");
		return 2;
	}
	for (size_t at = HEAD; at < size; at += ((struct kwp_record *)(bytes + at))->size) {
		const struct kwp_record *r = (void *)(bytes + at);

		first = r->time && r->time < first ? r->time : first;
		last = r->time > last ? r->time : last;
	}
	fwrite(bytes, 1, HEAD, stdout);
	for (unsigned long n = 0, times = strtoul(argv[2], NULL, 10); n < times; n++)
		for (size_t at = HEAD; at < size;) {
			const struct kwp_record *r = (void *)(bytes + at);

			memcpy(copy, r, r->size);
			shift((struct kwp_record *)copy, n, last - first + GAP);
			if (fwrite(copy, 1, r->size, stdout) != r->size)
				return 1;
			records++;
			at += r->size;
		}
	fprintf(stderr, "%lu\n", records);
	return fflush(stdout) ? 1 : 0;
}
