/* SPDX-License-Identifier: GPL-2.0-only */
/* The way from a program's stream, from process to process, to a connection. */
#ifndef KWP_RELAY_WAY_H
#define KWP_RELAY_WAY_H

#include "buffer.h"
#include "holder.h"
#include "process.h"

#define RELAY_HOPS 4 /* processes between a program and the connection */

enum relay_direction { RELAY_INPUT, RELAY_OUTPUT };

struct relay_way {
	struct relay_step {
		const struct holder *holder;
		struct kwp_io io; /* the channel that leads to it */
	} step[RELAY_HOPS];
	unsigned steps; /* 0: the stream itself is the connection */
	struct kwp_io connection;
	bool found;
	bool listens; /* its holder waits for more of them */
};

/* What the stream leads to. pid and start: of the program, which leads nowhere itself. A unix
 * socket that somebody's connection came in by is only taken where there is nothing else. */
void relay_way_find(const struct holder_table *table, uint32_t pid, uint64_t start,
		    const struct kwp_io *stream, enum relay_direction direction,
		    struct relay_way *out);
/* "stdin <- pipe <- nc (810) <- tcp to 192.0.2.1:4444"; names from the table, which knows more. */
void relay_way_words(const struct relay_way *way, enum relay_direction direction,
		     struct process_table *processes, struct buffer *out);
/* What the record's facts say, of a process that the table may know. */
const struct process *relay_process(struct process_table *processes, uint32_t pid,
				    uint64_t start);

#endif
