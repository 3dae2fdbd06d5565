/* SPDX-License-Identifier: GPL-2.0-only */
/* What is told of a program: the ways of its streams, in a record. */
#include <string.h>
#include <sys/socket.h>

#include "fnv.h"
#include "relay_state.h"
#include "relay_way.h"

struct relay_record {
	struct kwp_record head;
	struct kwp_relay facts;
};

static bool way_is_unix(const struct relay_way *way)
{
	return way->found && way->connection.peer.family == AF_UNIX;
}

static void facts_fill(struct kwp_relay *facts, const struct shell *shell,
		       const struct relay_way *way)
{
	facts->io = shell->io;
	facts->remote = way->connection.peer;
	facts->socket_type = way->connection.socket_type;
	facts->accepted = way->connection.accepted;
	facts->listens = way->listens;
	facts->hops = way->steps;
	facts->peer_pid = facts->relay_pid = shell->head.pid;
	facts->peer_start = facts->relay_start = shell->head.start;
	if (!way->steps)
		return;
	facts->peer_pid = way->step[0].holder->pid;
	facts->peer_start = way->step[0].holder->start;
	facts->relay_pid = way->step[way->steps - 1].holder->pid;
	facts->relay_start = way->step[way->steps - 1].holder->start;
}

static uint64_t command_hash(const struct process *process)
{
	const char *text = process && process->command_line ? process->command_line : "";

	return fnv_add(FNV_BEGIN, text, strlen(text));
}

/* A loop that fetches commands again and again differs from an installer in this. */
static uint8_t fetch_count(struct relay_table *table, const struct kwp_record *head,
			   const struct process *fetcher)
{
	const uint64_t command = command_hash(fetcher);
	struct fetch *fetch;

	for (fetch = table->fetch; fetch < table->fetch + FETCHES; fetch++)
		if (fetch->pid == head->parent_pid && fetch->start == head->parent_start &&
		    fetch->command == command)
			return fetch->count < UINT8_MAX ? ++fetch->count : fetch->count;
	fetch = &table->fetch[table->fetches++ % FETCHES];
	*fetch = (struct fetch){head->parent_start, command, head->parent_pid, 0};
	return 0;
}

static void parent_fetched(struct process_table *processes, const struct kwp_record *head)
{
	struct process *parent = process_find(processes, head->parent_pid);

	if (!parent || parent->start != head->parent_start || parent->fetched)
		return;
	parent->fetched = true;
	parent->generation++;
}

/* Ends the record whose words are in *out. */
static void record_end(struct relay_record *fixed, uint64_t now, struct buffer *out)
{
	struct kwp_record *head = &fixed->head;

	head->type = KWP_RELAY;
	head->backend = head->backend == KWP_BY_ITER ? KWP_BY_ITER : KWP_BY_NONE;
	head->facts_size = sizeof(fixed->facts);
	head->time = now;
	head->flags &= KWP_F_EXECED | KWP_F_NSINIT | KWP_F_ENTERED;
	head->incomplete &= KWP_NO_PID;
	head->nr = -1;
	memset(head->length, 0, sizeof(head->length));
	head->strings = 1;
	head->length[0] = out->size - sizeof(*fixed) + 1;
	do
		buffer_byte(out, 0);
	while (out->size % 8);
	head->size = out->size;
	if (!out->failed)
		memcpy(out->bytes, fixed, sizeof(*fixed));
}

static void record_begin(const struct relay_record *fixed, struct buffer *out)
{
	out->size = 0;
	out->failed = false;
	buffer_add(out, (const char *)fixed, sizeof(*fixed));
}

/* The record of a program, of the ways of its input and its output. */
static void record_make(struct relay_table *table, const struct shell *shell, uint8_t streams,
			const struct relay_way way[2], struct process_table *processes,
			struct buffer *out)
{
	struct relay_record fixed = {.head = shell->head};
	const struct kwp_record *head = &fixed.head;
	const struct relay_way *first = &way[way[RELAY_INPUT].found ? RELAY_INPUT : RELAY_OUTPUT];

	record_begin(&fixed, out);
	if (way[RELAY_INPUT].found)
		relay_way_words(&way[RELAY_INPUT], RELAY_INPUT, processes, out);
	if (way[RELAY_INPUT].found && way[RELAY_OUTPUT].found)
		buffer_string(out, "; ");
	if (way[RELAY_OUTPUT].found)
		relay_way_words(&way[RELAY_OUTPUT], RELAY_OUTPUT, processes, out);
	facts_fill(&fixed.facts, shell, first->steps ? first : &way[RELAY_OUTPUT]);
	fixed.facts.streams = streams;
	if (streams == STREAM_INPUT && !first->connection.accepted)
		parent_fetched(processes, head);
	if (streams == STREAM_INPUT)
		fixed.facts.repeats = fetch_count(table, head,
						  relay_process(processes, fixed.facts.relay_pid,
								fixed.facts.relay_start));
	record_end(&fixed, table->now, out);
}

/* Who was started last to write what this program reads. */
static const struct writer *writer_find(const struct relay_table *table, const struct shell *shell)
{
	const struct kwp_io *in = &shell->io.fd[0];
	const struct writer *found = NULL;

	for (unsigned i = 0; i < WRITERS && in->kind == KWP_IO_PIPE; i++) {
		const struct writer *writer = &table->writer[(table->writers + i) % WRITERS];

		if (writer->pid && writer->pipe == in->inode && writer->pid != shell->head.pid)
			found = writer;
	}
	return found;
}

/* A program whose input another one writes, and neither has a connection that is known. */
static bool shell_tell_local(struct relay_table *table, struct shell *shell,
			     struct process_table *processes, struct buffer *out)
{
	const struct writer *writer = writer_find(table, shell);
	struct relay_record fixed = {.head = shell->head};
	const struct process *process;

	if (!writer || shell->told)
		return false;
	process = relay_process(processes, writer->pid, writer->start);
	if (!process)
		return false;
	shell->told |= STREAM_LOCAL;
	fixed.facts = (struct kwp_relay){.io = shell->io,
					 .streams = KWP_RELAY_LOCAL,
					 .hops = 1,
					 .peer_pid = writer->pid,
					 .peer_start = writer->start,
					 .relay_pid = writer->pid,
					 .relay_start = writer->start};
	record_begin(&fixed, out);
	buffer_addf(out, "stdin <- pipe <- %s (%u)", process->comm,
		    process->view_pid ?: process->pid);
	record_end(&fixed, table->now, out);
	return !out->failed;
}

static bool shell_tell(struct relay_table *table, struct shell *shell,
		       struct process_table *processes, struct buffer *out)
{
	const struct kwp_io *in = &shell->io.fd[0], *output = &shell->io.fd[1];
	struct relay_way way[2];
	uint8_t streams;

	relay_way_find(table->holders, shell->head.pid, shell->head.start, in, RELAY_INPUT,
		       &way[RELAY_INPUT]);
	relay_way_find(table->holders, shell->head.pid, shell->head.start,
		       stream_leads(output) ? output : &shell->io.fd[2], RELAY_OUTPUT,
		       &way[RELAY_OUTPUT]);
	/* A connection on one of the streams alone is no relay: that is told elsewhere. */
	if (!way[RELAY_INPUT].steps && !way[RELAY_OUTPUT].steps)
		return shell_tell_local(table, shell, processes, out);
	streams = (way[RELAY_INPUT].found ? STREAM_INPUT : 0) |
		  (way[RELAY_OUTPUT].found ? STREAM_OUTPUT : 0);
	if (shell->ended && streams)
		streams |= shell->told & STREAM_INPUT;
	if (way_is_unix(&way[RELAY_INPUT]) || way_is_unix(&way[RELAY_OUTPUT])) {
		if (shell->told & STREAM_UNIX)
			return false;
		shell->told |= STREAM_UNIX;
	} else if (!(streams & ~shell->told)) {
		return false;
	} else {
		shell->told |= streams;
	}
	record_make(table, shell, streams, way, processes, out);
	return !out->failed;
}

bool relay_next(struct relay_table *table, struct process_table *processes, struct buffer *out)
{
	for (unsigned i = 0; table->checks && i < RELAY_SHELLS; i++) {
		struct shell *shell = &table->shell[i];
		const bool check = shell->check && table->pid[i];

		shell->check = false;
		if (check && shell_tell(table, shell, processes, out))
			return true;
	}
	table->checks = false;
	return false;
}
