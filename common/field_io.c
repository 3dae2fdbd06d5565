/* SPDX-License-Identifier: GPL-2.0-only */
/* What descriptors 0, 1 and 2 are. */
#include "field_get.h"

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

/* Does this descriptor lead out of the machine's own file systems? */
static bool io_is_network(const struct kwp_io *io)
{
	return io->kind == KWP_IO_SOCKET &&
	       (io->peer.family == AF_INET || io->peer.family == AF_INET6 ||
		io->peer.family == AF_VSOCK);
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

	if (io)
		value_address(out, &io->peer);
}

void get_io_remote_port(const struct event *event, struct value *out)
{
	const struct kwp_io *io = io_remote(event);

	if (io && io->peer.port)
		value_number(out, io->peer.port);
}

void get_io_inbound(const struct event *event, struct value *out)
{
	const struct kwp_io *io = io_remote(event);

	if (io)
		value_bool(out, io->accepted);
}
