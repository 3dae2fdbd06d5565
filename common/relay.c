/* SPDX-License-Identifier: GPL-2.0-only */
#include "relay.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "relay_way.h"

enum { STREAM_INPUT = 1, STREAM_OUTPUT = 2, STREAM_UNIX = 4, STREAM_ALL = 3 };

/* A program that takes its commands from a channel. */
struct shell {
	struct kwp_record head; /* of its exec */
	struct kwp_stdio io;
	uint8_t told;	/* STREAM_* */
	bool check;	/* it may lead to a connection now */
	unsigned looks; /* that were in vain */
	uint64_t due;	/* when to look next, 0: not */
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
	uint32_t pid[RELAY_SHELLS]; /* of each shell, 0: none */
	struct shell shell[RELAY_SHELLS];
	unsigned next; /* place of the next shell, and the first to go when all are taken */
	bool checks;   /* some shell is to be checked */
	bool listed;   /* what all processes hold has come, or is coming */
	uint64_t now, looked, evicted;
};

struct relay_table *relay_table_new(void)
{
	struct relay_table *table = calloc(1, sizeof(*table));

	if (table)
		table->holders = holder_table_new();
	if (table && !table->holders)
		free(take_ptr(table));
	return table;
}

void relay_table_free(struct relay_table *table)
{
	if (!table)
		return;
	holder_table_free(table->holders);
	free(table);
}

uint64_t relay_evicted(const struct relay_table *table)
{
	return table->evicted + holder_evicted(table->holders);
}

/* ---- programs ---- */

static struct shell *shell_find(struct relay_table *table, uint32_t pid, uint64_t start)
{
	for (unsigned i = 0; i < RELAY_SHELLS; i++)
		if (table->pid[i] == pid && table->shell[i].head.start == start)
			return &table->shell[i];
	return NULL;
}

static struct shell *shell_new(struct relay_table *table)
{
	for (unsigned i = 0; i < RELAY_SHELLS && table->pid[table->next % RELAY_SHELLS]; i++)
		table->next++;
	table->evicted += table->pid[table->next % RELAY_SHELLS] != 0;
	return &table->shell[table->next++ % RELAY_SHELLS];
}

static void shell_drop(struct relay_table *table, const struct shell *shell)
{
	if (shell)
		table->pid[shell - table->shell] = 0;
}

static bool stream_leads(const struct kwp_io *io)
{
	return io_is_channel(io) || io_is_network(io);
}

#define LOOK_FIRST (40 * NS_PER_MS)

/* Both of its streams lead away, and not simply out of the machine: other rules see that. */
static bool streams_matter(const struct kwp_stdio *io)
{
	if (io_is_network(&io->fd[0]))
		return io_is_channel(&io->fd[1]);
	return io_is_channel(&io->fd[0]);
}

static void shell_learn(struct relay_table *table, const struct event *event,
			const struct kwp_stdio *io)
{
	struct shell *shell = shell_find(table, event->record->pid, event->record->start);

	if (!streams_matter(io) || !event->process || !relay_asks(event->process)) {
		shell_drop(table, shell);
		return;
	}
	if (shell && event->record->type == KWP_DUP && !memcmp(&shell->io, io, sizeof(*io)))
		return;
	shell = shell ?: shell_new(table);
	*shell = (struct shell){.head = *event->record, .io = *io, .check = true};
	table->pid[shell - table->shell] = event->record->pid;
	table->checks = true;
	if (stream_leads(&io->fd[0]) && (stream_leads(&io->fd[1]) || stream_leads(&io->fd[2])))
		shell->due = event->record->time + LOOK_FIRST;
}

static void check_all(struct relay_table *table)
{
	for (unsigned i = 0; i < RELAY_SHELLS; i++)
		table->shell[i].check |= table->pid[i] &&
					 (table->shell[i].told & STREAM_ALL) != STREAM_ALL;
	table->checks = true;
}

/* ---- what events tell ---- */

static bool stdio_seen(const struct kwp_stdio *io)
{
	return io->fd[0].kind || io->fd[1].kind || io->fd[2].kind;
}

/* What its standard descriptors are now; those that are a connection make others worth a look. */
static void take_streams(struct relay_table *table, const struct event *event,
			 const struct kwp_stdio *io)
{
	bool network = false, channel = false;

	if (!stdio_seen(io))
		return;
	holder_streams(table->holders, event->record, io, event->record->type == KWP_EXEC);
	for (int fd = 0; fd < 3; fd++) {
		network |= io_is_network(&io->fd[fd]);
		channel |= io_is_channel(&io->fd[fd]);
	}
	if (network && channel)
		check_all(table);
}

static void take_connection(struct relay_table *table, const struct event *event)
{
	const struct kwp_record *r = event->record;
	const struct kwp_net *net = event->facts;

	take_streams(table, event, &net->io);
	if ((r->flags & KWP_F_RET) && r->ret < 0 && r->ret != -EINPROGRESS && r->ret != -EINTR)
		return;
	if (net->family != AF_INET && net->family != AF_INET6 && net->family != AF_VSOCK)
		return;
	if (holder_connection(table->holders, r, net))
		check_all(table);
}

static void take_end(struct relay_table *table, const struct kwp_record *r)
{
	shell_drop(table, shell_find(table, r->pid, r->start));
	holder_end(table->holders, r->pid, r->start);
}

void relay_listed(struct relay_table *table)
{
	if (table->listed)
		check_all(table);
	table->listed = false;
}

void relay_take(struct relay_table *table, const struct event *event)
{
	const struct kwp_record *r = event->record;
	const bool listing = r->type == KWP_HELD && r->backend == KWP_BY_ITER;

	table->now = MAX(table->now, r->time);
	if (!listing)
		relay_listed(table);
	table->listed = listing;
	if ((r->flags & (KWP_F_HOOK | KWP_F_VERDICT)) && !(r->flags & KWP_F_RET))
		return;
	switch (r->type) {
	case KWP_HELD:
		holder_held(table->holders, event->facts, event->string[0]);
		break;
	case KWP_EXEC:
		if (r->ret < 0)
			break;
		take_streams(table, event, &((const struct kwp_exec *)event->facts)->io);
		shell_learn(table, event, &((const struct kwp_exec *)event->facts)->io);
		break;
	case KWP_DUP:
		take_streams(table, event, &((const struct kwp_dup *)event->facts)->io);
		if (stdio_seen(&((const struct kwp_dup *)event->facts)->io))
			shell_learn(table, event, &((const struct kwp_dup *)event->facts)->io);
		break;
	case KWP_CONNECT:
	case KWP_ACCEPT:
		take_connection(table, event);
		break;
	case KWP_EXIT:
		if (((const struct kwp_exit *)event->facts)->last)
			take_end(table, r);
		break;
	}
}

/* ---- when to list what all processes hold ---- */

bool relay_look_due(struct relay_table *table, uint64_t now)
{
	static const uint64_t after[] = {300, 1000, 3000, 10000, 30000, 120000}; /* ms */
	bool due = false;

	if (now < table->looked + 250 * NS_PER_MS)
		return false;
	for (unsigned i = 0; i < RELAY_SHELLS; i++) {
		struct shell *shell = &table->shell[i];

		if (!table->pid[i] || !shell->due || shell->due > now ||
		    (shell->told & STREAM_ALL) == STREAM_ALL)
			continue;
		due = true;
		shell->due = now + after[MIN(shell->looks, ARRAY_SIZE(after) - 1)] * NS_PER_MS;
		shell->looks++;
	}
	if (due)
		table->looked = now;
	return due;
}

/* ---- what is found ---- */

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
	uint64_t hash = 0xcbf29ce484222325ull;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3ull;
	return hash;
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

/* The record of a program, of the ways of its input and its output. */
static void record_make(struct relay_table *table, const struct shell *shell, uint8_t streams,
			const struct relay_way way[2], struct process_table *processes,
			struct buffer *out)
{
	struct {
		struct kwp_record head;
		struct kwp_relay facts;
	} fixed = {.head = shell->head};
	struct kwp_record *head = &fixed.head;
	const struct relay_way *first = &way[way[RELAY_INPUT].found ? RELAY_INPUT : RELAY_OUTPUT];

	out->size = 0;
	out->failed = false;
	buffer_add(out, (const char *)&fixed, sizeof(fixed));
	if (way[RELAY_INPUT].found)
		relay_way_words(&way[RELAY_INPUT], RELAY_INPUT, processes, out);
	if (way[RELAY_INPUT].found && way[RELAY_OUTPUT].found)
		buffer_string(out, "; ");
	if (way[RELAY_OUTPUT].found)
		relay_way_words(&way[RELAY_OUTPUT], RELAY_OUTPUT, processes, out);
	facts_fill(&fixed.facts, shell, first->steps ? first : &way[RELAY_OUTPUT]);
	fixed.facts.streams = streams;
	if (streams == STREAM_INPUT)
		fixed.facts.repeats = fetch_count(table, head,
						  relay_process(processes, fixed.facts.relay_pid,
								fixed.facts.relay_start));
	head->type = KWP_RELAY;
	head->backend = KWP_BY_NONE;
	head->facts_size = sizeof(fixed.facts);
	head->time = table->now;
	head->flags &= KWP_F_EXECED | KWP_F_NSINIT | KWP_F_ENTERED;
	head->incomplete &= KWP_NO_PID;
	head->nr = -1;
	memset(head->length, 0, sizeof(head->length));
	head->strings = 1;
	head->length[0] = out->size - sizeof(fixed) + 1;
	do
		buffer_byte(out, 0);
	while (out->size % 8);
	head->size = out->size;
	if (!out->failed)
		memcpy(out->bytes, &fixed, sizeof(fixed));
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
		return false;
	streams = (way[RELAY_INPUT].found ? STREAM_INPUT : 0) |
		  (way[RELAY_OUTPUT].found ? STREAM_OUTPUT : 0);
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
