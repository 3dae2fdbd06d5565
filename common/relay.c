/* SPDX-License-Identifier: GPL-2.0-only */
#include "relay_state.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

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

#define SHELL_LASTS (10 * NS_PER_S) /* after its end */
#define LOOK_FIRST (40 * NS_PER_MS)
#define LOOK_SPACE (100 * NS_PER_MS) /* between two lists at least */

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

/* Forgets one that has ended some time ago. */
static bool shell_lasts(struct relay_table *table, unsigned i)
{
	const uint64_t ended = table->shell[i].ended;

	if (ended && table->now > ended + SHELL_LASTS)
		table->pid[i] = 0;
	return table->pid[i];
}

static void check_all(struct relay_table *table)
{
	for (unsigned i = 0; i < RELAY_SHELLS; i++)
		table->shell[i].check |= table->pid[i] && shell_lasts(table, i) &&
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

static void look_soon(struct relay_table *table)
{
	for (unsigned i = 0; i < RELAY_SHELLS; i++) {
		struct shell *shell = &table->shell[i];

		if (table->pid[i] && shell->due && (shell->told & STREAM_ALL) != STREAM_ALL)
			shell->due = MIN(shell->due, table->now + LOOK_FIRST);
	}
}

/* Whoever reads this pipe has its input from a program that is known now. */
static void take_writer(struct relay_table *table, const struct kwp_record *r,
			const struct kwp_io *out)
{
	if (out->kind != KWP_IO_PIPE)
		return;
	table->writer[table->writers++ % WRITERS] =
		(struct writer){out->inode, r->start, r->pid};
	for (unsigned i = 0; i < RELAY_SHELLS; i++) {
		const struct kwp_io *in = &table->shell[i].io.fd[0];
		const bool reads = table->pid[i] && in->kind == KWP_IO_PIPE &&
				   in->inode == out->inode;

		table->shell[i].check |= reads;
		table->checks |= reads;
	}
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
	/* Resolvers connect datagram sockets only to learn a route: who keeps his is seen by a
	 * look. */
	if (net->type == SOCK_DGRAM)
		look_soon(table);
	else if (holder_connection(table->holders, r, net))
		check_all(table);
}

/* One that was fed from the network and has ended still speaks to who reads its output. */
static void take_end(struct relay_table *table, const struct kwp_record *r)
{
	struct shell *shell = shell_find(table, r->pid, r->start);

	if (shell && (shell->told & STREAM_ALL) == STREAM_INPUT && stream_leads(&shell->io.fd[1]))
		shell->ended = table->now;
	else
		shell_drop(table, shell);
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
		take_writer(table, r, &((const struct kwp_exec *)event->facts)->io.fd[1]);
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

static bool shell_waits(const struct relay_table *table, unsigned i)
{
	const struct shell *shell = &table->shell[i];

	return table->pid[i] && shell->due && !shell->ended &&
	       (shell->told & STREAM_ALL) != STREAM_ALL;
}

int relay_look_timeout(const struct relay_table *table, uint64_t now)
{
	uint64_t due = ~0ull;

	for (unsigned i = 0; i < RELAY_SHELLS; i++)
		if (shell_waits(table, i))
			due = MIN(due, table->shell[i].due);
	if (due == ~0ull)
		return -1;
	due = MAX(due, table->looked + LOOK_SPACE);
	return due <= now ? 0 : (int)MIN((due - now) / NS_PER_MS + 1, (uint64_t)10000);
}

bool relay_look_due(struct relay_table *table, uint64_t now)
{
	static const uint64_t after[] = {150, 500, 2000, 10000, 30000, 120000}; /* ms */
	bool due = false;

	if (now < table->looked + LOOK_SPACE)
		return false;
	for (unsigned i = 0; i < RELAY_SHELLS; i++) {
		struct shell *shell = &table->shell[i];

		if (!shell_waits(table, i) || shell->due > now)
			continue;
		due = true;
		shell->due = now + after[MIN(shell->looks, ARRAY_SIZE(after) - 1)] * NS_PER_MS;
		shell->looks++;
	}
	if (due)
		table->looked = now;
	return due;
}
