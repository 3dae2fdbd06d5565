/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * day COUNT RECORDING...: a recording of COUNT records on standard output: the given ones over and
 * over, each time later, by new processes with new pipes and connections to new addresses, as a
 * day's are. Who ran before a recording began stays who it is. The end of every fourth
 * process is left out, as if it had been lost, so that tables fill up.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../bpf/record.h"
#include "../../common/replay.h"

#define PIDS 4000000u /* fewer than pid_max of 64-bit kernels */
#define OWN 100000u   /* pids that a round may have */
#define LOSE 4

struct part {
	char *bytes;
	size_t size;
	uint64_t begin, end; /* of its records, ns of CLOCK_BOOTTIME */
};

/* What a round adds. */
struct shift {
	uint64_t begin; /* who started before is the same in each round */
	uint64_t time;
	uint32_t pid;
	uint64_t inode;
	uint32_t address;
};

static void __attribute__((noreturn)) die(const char *what)
{
	perror(what);
	exit(2);
}

static struct part part_read(const char *path, struct recording *head)
{
	struct part part = {.begin = ~0ull};
	FILE *file = fopen(path, "r");
	long size;

	if (!file || fread(head, sizeof(*head), 1, file) != 1 || fseek(file, 0, SEEK_END) ||
	    (size = ftell(file)) <= (long)sizeof(*head) ||
	    fseek(file, sizeof(*head), SEEK_SET))
		die(path);
	part.size = size - sizeof(*head);
	part.bytes = malloc(part.size);
	if (!part.bytes || fread(part.bytes, part.size, 1, file) != 1)
		die(path);
	fclose(file);
	for (size_t at = 0; at < part.size;) {
		struct kwp_record r;

		memcpy(&r, part.bytes + at, sizeof(r));
		if (part.begin == ~0ull)
			part.begin = r.time;
		if (r.time > part.end)
			part.end = r.time;
		at += r.size;
	}
	return part;
}

static void shift_pid(const struct shift *s, uint32_t *pid)
{
	if (*pid)
		*pid = (*pid + s->pid) % PIDS + 2;
}

/* Those of one process go together with its start. */
static int shift_start(const struct shift *s, __u64 *start)
{
	if (*start < s->begin)
		return 0;
	*start += s->time;
	return 1;
}

static void shift_address(const struct shift *s, struct kwp_addr *a)
{
	uint32_t word;

	if (a->family != 2) /* AF_INET */
		return;
	memcpy(&word, a->addr, sizeof(word));
	word ^= s->address << 8; /* 127 stays first */
	memcpy(a->addr, &word, sizeof(word));
}

static void shift_io(const struct shift *s, struct kwp_io *io)
{
	if (io->kind != KWP_IO_PIPE && io->kind != KWP_IO_SOCKET)
		return;
	io->inode += s->inode;
	io->far += io->far ? s->inode : 0;
	shift_address(s, &io->peer);
}

static void shift_stdio(const struct shift *s, struct kwp_stdio *io)
{
	for (int i = 0; i < 3; i++)
		shift_io(s, &io->fd[i]);
}

static void shift_head(const struct shift *s, struct kwp_record *r)
{
	r->time += s->time;
	if (shift_start(s, &r->start)) {
		shift_pid(s, &r->pid);
		shift_pid(s, &r->tid);
		shift_pid(s, &r->view_pid);
		shift_pid(s, &r->view_tid);
		shift_pid(s, &r->session);
	}
	if (shift_start(s, &r->parent_start)) {
		shift_pid(s, &r->parent_pid);
		shift_pid(s, &r->view_parent_pid);
	}
}

static void shift_fork(const struct shift *s, struct kwp_fork *fork)
{
	shift_start(s, &fork->child_start);
	shift_pid(s, &fork->child_pid);
	shift_pid(s, &fork->child_tid);
	shift_pid(s, &fork->child_view_pid);
	shift_pid(s, &fork->child_view_tid);
}

static void shift_net(const struct shift *s, struct kwp_net *net)
{
	net->cookie += net->cookie ? s->inode : 0;
	net->inode += net->inode ? s->inode : 0;
	shift_address(s, &net->remote);
	shift_stdio(s, &net->io);
}

static void shift_hold(const struct shift *s, struct kwp_hold *hold, struct kwp_held *held)
{
	if (shift_start(s, &hold->start))
		shift_pid(s, &hold->pid);
	for (uint32_t i = 0; i < hold->count; i++)
		shift_io(s, &held[i].io);
}

static void shift_record(const struct shift *s, struct kwp_record *r)
{
	void *facts = r + 1;

	shift_head(s, r);
	switch (r->type) {
	case KWP_FORK:
		shift_fork(s, facts);
		break;
	case KWP_EXEC:
		shift_stdio(s, &((struct kwp_exec *)facts)->io);
		break;
	case KWP_DUP:
		shift_stdio(s, &((struct kwp_dup *)facts)->io);
		break;
	case KWP_CONNECT:
	case KWP_ACCEPT:
	case KWP_BIND:
	case KWP_LISTEN:
	case KWP_SOCKET:
		shift_net(s, facts);
		break;
	case KWP_HELD:
		shift_hold(s, facts, (void *)((char *)facts + r->facts_size));
		break;
	}
}

/* One round of a part; returns how many records it wrote, of left at most. */
static unsigned long part_write(const struct part *part, const struct shift *s, unsigned long left)
{
	static union {
		struct kwp_record record;
		char bytes[1 << 16];
	} room;
	static unsigned ends;
	unsigned long count = 0;

	for (size_t at = 0; at < part->size && count < left;) {
		uint32_t size;

		memcpy(&size, part->bytes + at, sizeof(size));
		memcpy(room.bytes, part->bytes + at, size);
		at += size;
		if (room.record.type == KWP_EXIT && !(++ends % LOSE))
			continue;
		shift_record(s, &room.record);
		if (fwrite(room.bytes, size, 1, stdout) != 1)
			die("standard output");
		count++;
	}
	return count;
}

int main(int argc, char **argv)
{
	unsigned long left = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
	struct part part[argc];
	struct recording head, first;
	struct shift shift = {};
	uint64_t time = 0;

	if (!left) {
		fprintf(stderr, "day COUNT RECORDING...\n");
		return 2;
	}
	for (int i = 2; i < argc; i++)
		part[i] = part_read(argv[i], i == 2 ? &first : &head);
	fwrite(&first, sizeof(first), 1, stdout);
	for (uint32_t round = 0; left; round++) {
		const struct part *p = &part[2 + round % (argc - 2)];

		/* Each part begins where the one before it ended. */
		time = time ?: p->begin;
		shift = (struct shift){.begin = p->begin, .time = time - p->begin,
				       .pid = round * OWN % PIDS, .inode = (uint64_t)round << 32,
				       .address = round & 0xffff};
		left -= part_write(p, &shift, left);
		time += p->end - p->begin + 1000000;
	}
	return fflush(stdout) ? 2 : 0;
}
