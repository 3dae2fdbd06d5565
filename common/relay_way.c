/* SPDX-License-Identifier: GPL-2.0-only */
#include "relay_way.h"

#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "digits.h"

#define VISITS 48 /* holders that are looked at for one stream */
#define HUB 24	  /* channels of one that is no relay: a bus, a supervisor */

/* ---- what a holder has ---- */

/* How well a socket does as the connection that bytes come from, 0: not at all. Who serves
 * others is known by what it accepted. */
static int connection_rank(const struct kwp_held *held, bool listens)
{
	const bool stream = held->io.socket_type == SOCK_STREAM ||
			    held->io.socket_type == SOCK_SEQPACKET;

	if (!io_is_network(&held->io) || held->state == TCP_LISTEN)
		return 0;
	if (held->state == TCP_CLOSE) /* not connected, or not any more */
		return stream ? 0 : 1;
	if (!stream)
		return 2;
	return held->io.accepted == listens ? 4 : 3;
}

static bool holder_listens(const struct holder *holder)
{
	for (unsigned i = 0; i < holder->count; i++)
		if (io_is_network(&holder->entry[i].held.io) &&
		    holder->entry[i].held.state == TCP_LISTEN)
			return true;
	return false;
}

static const struct kwp_io *holder_network(const struct holder *holder)
{
	const bool listens = holder_listens(holder);
	const struct kwp_io *best = NULL;
	int most = 0;

	for (unsigned i = 0; i < holder->count; i++) {
		int rank = connection_rank(&holder->entry[i].held, listens);

		if (rank > most) {
			most = rank;
			best = &holder->entry[i].held.io;
		}
	}
	return best;
}

/* Its side of a connection that came in on a unix socket, other than the channel itself. */
static const struct kwp_io *holder_unix(const struct holder *holder, const struct kwp_io *channel)
{
	for (unsigned i = 0; i < holder->count; i++) {
		const struct kwp_io *io = &holder->entry[i].held.io;

		if (io->kind == KWP_IO_SOCKET && io->peer.family == AF_UNIX && io->accepted &&
		    io->inode != channel->far)
			return io;
	}
	return NULL;
}

/* ---- the search ---- */

struct visit {
	const struct holder *holder;
	struct kwp_io io;
	int from; /* visit before it, -1: none */
	unsigned depth;
};

struct search {
	const struct holder_table *table;
	uint32_t pid;
	uint64_t start;
	enum relay_direction direction;
	struct visit visit[VISITS];
	unsigned count, at;
	int from;		      /* visit that is gone on from, -1: none yet */
	const struct kwp_io *channel; /* that is looked along */
};

/* Is this descriptor the other end of the channel, so that bytes come from it (go to it)? */
static bool is_far_end(const struct search *s, const struct kwp_held *held)
{
	const uint8_t mode = s->direction == RELAY_INPUT ? 2 : 1;

	switch (s->channel->kind) {
	case KWP_IO_PIPE:
		return held->mode & mode;
	case KWP_IO_TTY:
		return held->io.master && !s->channel->master;
	}
	return true;
}

static bool visit_entry(void *data, const struct holder_entry *entry)
{
	struct search *s = data;
	const struct holder *holder = entry->holder;

	if ((holder->pid == s->pid && holder->start == s->start) || !is_far_end(s, &entry->held))
		return false;
	for (unsigned i = 0; i < s->count; i++)
		if (s->visit[i].holder == holder)
			return false;
	if (s->count == VISITS)
		return true;
	s->visit[s->count++] = (struct visit){holder, *s->channel, s->from,
					      s->from < 0 ? 1 : s->visit[s->from].depth + 1};
	return false;
}

/* Goes on from a holder to whom its other channels lead, if it is small enough to be a relay. */
static void visit_onward(struct search *s)
{
	const struct visit *visit = &s->visit[s->at];
	const uint8_t mode = s->direction == RELAY_INPUT ? 1 : 2;
	unsigned channels = 0;

	for (unsigned i = 0; i < visit->holder->count; i++)
		channels += io_is_channel(&visit->holder->entry[i].held.io);
	if (visit->depth >= RELAY_HOPS || channels > HUB)
		return;
	s->from = (int)s->at;
	for (unsigned i = 0; i < visit->holder->count; i++) {
		const struct kwp_held *held = &visit->holder->entry[i].held;

		if (!io_is_channel(&held->io) || !(held->mode & mode) || held->io.master ||
		    (held->io.kind == KWP_IO_PIPE && held->io.inode == visit->io.inode))
			continue;
		s->channel = &held->io;
		holder_each(s->table, s->channel, visit_entry, s);
	}
}

static void way_take(const struct search *s, const struct kwp_io *connection,
		     struct relay_way *out)
{
	out->found = true;
	out->connection = *connection;
	out->listens = holder_listens(s->visit[s->at].holder);
	out->steps = s->visit[s->at].depth;
	for (int i = (int)s->at, n = (int)out->steps; i >= 0 && n > 0; i = s->visit[i].from) {
		out->step[--n].holder = s->visit[i].holder;
		out->step[n].io = s->visit[i].io;
	}
}

void relay_way_find(const struct holder_table *table, uint32_t pid, uint64_t start,
		    const struct kwp_io *stream, enum relay_direction direction,
		    struct relay_way *out)
{
	struct search s = {.table = table, .pid = pid, .start = start, .direction = direction,
			   .from = -1, .channel = stream};
	const struct kwp_io *connection;

	memset(out, 0, sizeof(*out));
	if (io_is_network(stream)) {
		out->found = true;
		out->connection = *stream;
		return;
	}
	if (!io_is_channel(stream))
		return;
	holder_each(table, stream, visit_entry, &s);
	for (; s.at < s.count; s.at++) {
		connection = holder_network(s.visit[s.at].holder);
		if (connection) {
			way_take(&s, connection, out);
			return;
		}
		connection = out->found || s.visit[s.at].depth > 1
				     ? NULL : holder_unix(s.visit[s.at].holder, stream);
		if (connection)
			way_take(&s, connection, out);
		visit_onward(&s);
	}
}

/* ---- in words ---- */

const struct process *relay_process(struct process_table *processes, uint32_t pid, uint64_t start)
{
	const struct process *process = process_find(processes, pid);

	return process && process->start == start ? process : NULL;
}

static const char *channel_word(const struct kwp_io *io)
{
	if (io->kind == KWP_IO_PIPE)
		return "pipe";
	return io->kind == KWP_IO_TTY ? "pty" : "unix socket";
}

static void add_connection(const struct kwp_io *io, struct buffer *out)
{
	static const char *const inet[] = {[SOCK_STREAM] = "tcp", [SOCK_DGRAM] = "udp",
					   [SOCK_RAW] = "raw"};
	const unsigned type = io->socket_type;
	char address[DIGITS_MAX];
	uint32_t port;

	if (io->peer.family == AF_UNIX) {
		buffer_string(out, "a client's unix socket");
		return;
	}
	if (io->peer.family == AF_VSOCK) {
		memcpy(&port, io->peer.addr, sizeof(port));
		buffer_addf(out, "vsock %s %u:%u", io->accepted ? "from" : "to", io->peer.scope, port);
		return;
	}
	*digits_put_address(address, io->peer.addr, io->peer.family == AF_INET6) = 0;
	buffer_addf(out, "%s %s ", type < ARRAY_SIZE(inet) && inet[type] ? inet[type] : "socket",
		    io->accepted ? "from" : "to");
	buffer_addf(out, io->peer.family == AF_INET6 ? "[%s]:%u" : "%s:%u", address, io->peer.port);
}

void relay_way_words(const struct relay_way *way, enum relay_direction direction,
		     struct process_table *processes, struct buffer *out)
{
	const char *arrow = direction == RELAY_INPUT ? "<-" : "->";

	buffer_addf(out, "%s %s ", direction == RELAY_INPUT ? "stdin" : "stdout", arrow);
	for (unsigned i = 0; i < way->steps; i++) {
		const struct holder *holder = way->step[i].holder;
		const struct process *p = relay_process(processes, holder->pid, holder->start);

		buffer_addf(out, "%s %s %s (%u) %s ", channel_word(&way->step[i].io), arrow,
			    p && p->comm[0] ? p->comm : holder->comm,
			    p && p->view_pid ? p->view_pid : holder->pid, arrow);
	}
	add_connection(&way->connection, out);
}
