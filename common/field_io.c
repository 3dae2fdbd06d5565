/* SPDX-License-Identifier: GPL-2.0-only */
/* What descriptors 0, 1 and 2 are. */
#include "field_get.h"
#include "holder.h"
#include "process.h"

#include <sys/socket.h>

/* Whether the descriptors were looked at: only where a rule needs them, and
 * always at an exec. */
static const struct kwp_stdio *stdio_seen(const struct kwp_stdio *io)
{
	return io->fd[0].kind || io->fd[1].kind || io->fd[2].kind ? io : NULL;
}

static const struct kwp_stdio *event_stdio(const struct event *event)
{
	switch (RECORD(event)->type) {
	case KWP_EXEC: /* a failed one has not looked */
		return RECORD(event)->ret < 0 ? NULL : &FACTS(event, kwp_exec)->io;
	case KWP_DUP:
		return stdio_seen(&FACTS(event, kwp_dup)->io);
	case KWP_CONNECT:
	case KWP_ACCEPT:
		return stdio_seen(&FACTS(event, kwp_net)->io);
	case KWP_RELAY:
		return &FACTS(event, kwp_relay)->io;
	}
	return NULL;
}

static void get_io(const struct event *event, int fd, struct value *out)
{
	static const char *const names[] = {"none", "file",   "null",  "tty",
					    "pipe", "socket", "memfd", "other"};
	_Static_assert(ARRAY_SIZE(names) == KWP_IO_KIND_COUNT, "a kind has no name");
	const struct kwp_stdio *io = event_stdio(event);

	if (io && io->fd[fd].kind < ARRAY_SIZE(names))
		value_text(out, names[io->fd[fd].kind]);
}

void get_stdin(const struct event *event, struct value *out)
{
	get_io(event, 0, out);
}

void get_stdout(const struct event *event, struct value *out)
{
	get_io(event, 1, out);
}

void get_stderr(const struct event *event, struct value *out)
{
	get_io(event, 2, out);
}

static const struct kwp_relay *event_relay(const struct event *event)
{
	return RECORD(event)->type == KWP_RELAY ? FACTS(event, kwp_relay) : NULL;
}

void get_io_sockets(const struct event *event, struct value *out)
{
	const struct kwp_stdio *io = event_stdio(event);
	int count = 0;

	if (!io)
		return;
	for (int fd = 0; fd < 3; fd++)
		count += io_is_network(&io->fd[fd]);
	value_number(out, count);
}

/* The first standard descriptor that has a remote end. */
static const struct kwp_io *io_remote(const struct event *event)
{
	const struct kwp_stdio *io = event_stdio(event);

	for (int fd = 0; io && fd < 3; fd++)
		if (io_is_network(&io->fd[fd]))
			return &io->fd[fd];
	return NULL;
}

void get_io_remote_ip(const struct event *event, struct value *out)
{
	const struct kwp_io *io = io_remote(event);

	if (event_relay(event))
		value_address(out, &event_relay(event)->remote);
	else if (io)
		value_address(out, &io->peer);
}

void get_io_remote_port(const struct event *event, struct value *out)
{
	const struct kwp_io *io = io_remote(event);
	const struct kwp_addr *remote = io ? &io->peer : NULL;

	if (event_relay(event))
		remote = &event_relay(event)->remote;
	if (remote && remote->port)
		value_number(out, remote->port);
}

void get_io_inbound(const struct event *event, struct value *out)
{
	const struct kwp_stdio *stdio = event_stdio(event);
	const struct kwp_io *io = io_remote(event);

	if (event_relay(event))
		value_bool(out, event_relay(event)->accepted);
	else if (io)
		value_bool(out, io->accepted);
	else if (stdio && stdio->fd[0].kind == KWP_IO_SOCKET && stdio->fd[0].accepted)
		value_bool(out, true);
}

/* ---- the other ends of pipes, terminals and unix sockets ---- */

static void get_holder_pid(const struct process *holder, uint32_t pid, struct value *out)
{
	value_number(out, holder && holder->view_pid ? holder->view_pid : pid);
}

static void get_holder_name(const struct process *holder, struct value *out)
{
	if (holder && holder->comm[0])
		value_text(out, holder->comm);
}

void get_io_peer_pid(const struct event *event, struct value *out)
{
	if (event_relay(event))
		get_holder_pid(event->peer, event_relay(event)->peer_pid, out);
}

void get_io_peer_name(const struct event *event, struct value *out)
{
	get_holder_name(event->peer, out);
}

void get_io_peer_executable(const struct event *event, struct value *out)
{
	if (event->peer)
		value_text(out, event->peer->executable);
}

void get_io_peer_command_line(const struct event *event, struct value *out)
{
	if (event->peer)
		value_text(out, event->peer->command_line);
}

void get_io_relay_pid(const struct event *event, struct value *out)
{
	if (event_relay(event))
		get_holder_pid(event->relay, event_relay(event)->relay_pid, out);
}

void get_io_relay_name(const struct event *event, struct value *out)
{
	get_holder_name(event->relay, out);
}

void get_io_relay_executable(const struct event *event, struct value *out)
{
	if (event->relay)
		value_text(out, event->relay->executable);
}

void get_io_relay_command_line(const struct event *event, struct value *out)
{
	if (event->relay)
		value_text(out, event->relay->command_line);
}

void get_io_relay_streams(const struct event *event, struct value *out)
{
	static const char *const words[] = {NULL, "input", "output", "both",
					     [KWP_RELAY_LOCAL] = "local"};

	if (event_relay(event) && event_relay(event)->streams < ARRAY_SIZE(words))
		value_text(out, words[event_relay(event)->streams]);
}

void get_io_relay_family(const struct event *event, struct value *out)
{
	if (event_relay(event))
		value_flags(out, NAME_FAMILY_WORD, event_relay(event)->remote.family);
}

void get_io_relay_type(const struct event *event, struct value *out)
{
	if (event_relay(event))
		value_flags(out, NAME_SOCKET_WORD, event_relay(event)->socket_type);
}

void get_io_relay_listens(const struct event *event, struct value *out)
{
	if (event_relay(event))
		value_bool(out, event_relay(event)->listens);
}

void get_io_relay_hops(const struct event *event, struct value *out)
{
	if (event_relay(event))
		value_number(out, event_relay(event)->hops);
}

void get_io_relay_repeats(const struct event *event, struct value *out)
{
	if (event_relay(event) && event_relay(event)->repeats)
		value_number(out, event_relay(event)->repeats);
}

void get_relay_path(const struct event *event, struct value *out)
{
	if (event_relay(event))
		value_bytes(out, event->string[0]);
}
