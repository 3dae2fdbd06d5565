/* SPDX-License-Identifier: GPL-2.0-only */
/* What relay.c and relay_tell.c share: programs that take their commands from a channel. */
#ifndef KWP_RELAY_STATE_H
#define KWP_RELAY_STATE_H

#include "holder.h"
#include "relay.h"

enum { STREAM_INPUT = 1, STREAM_OUTPUT = 2, STREAM_UNIX = 4, STREAM_LOCAL = 8, STREAM_ALL = 3 };

/* A program that takes its commands from a channel. */
struct shell {
	struct kwp_record head; /* of its exec */
	struct kwp_stdio io;
	uint8_t told;	/* STREAM_* */
	bool check;	/* it may lead to a connection now */
	unsigned looks; /* that were in vain */
	uint64_t due;	/* when to look next, 0: not */
	uint64_t ended;	/* it runs no more; who takes what it said may not be connected yet */
};

#define WRITERS 64

/* A program that was started with a pipe as its output. It may end before who reads begins. */
struct writer {
	uint64_t pipe, start;
	uint32_t pid;
};

#define FETCHES 64

/* A command that brought the input of a program, and by whom both were started. */
struct fetch {
	uint64_t start, command; /* of the parent; hash of the command line */
	uint32_t pid;
	uint8_t count;
};

struct relay_table {
	struct holder_table *holders;
	struct fetch fetch[FETCHES];
	unsigned fetches;
	struct writer writer[WRITERS];
	unsigned writers;
	uint32_t pid[RELAY_SHELLS]; /* of each shell, 0: none */
	struct shell shell[RELAY_SHELLS];
	unsigned next; /* place of the next shell, and the first to go when all are taken */
	bool checks;   /* some shell is to be checked */
	bool listed;   /* what all processes hold has come, or is coming */
	uint64_t now, looked, evicted;
};

static inline bool stream_leads(const struct kwp_io *io)
{
	return io_is_channel(io) || io_is_network(io);
}

#endif
