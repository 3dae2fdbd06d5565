/* SPDX-License-Identifier: GPL-2.0-only */
/* The socket of a sink: connects, breaks, connects again, and never blocks. */
#ifndef KWP_SINK_SOCKET_H
#define KWP_SINK_SOCKET_H

#include "sink_address.h"
#include "sink_queue.h"

enum sink_state { SINK_DOWN, SINK_CONNECTING, SINK_UP };

struct sink_socket {
	const char *dest; /* as the user wrote it, borrowed */
	struct sink_address address;
	int fd; /* -1: SINK_DOWN */
	enum sink_state state;
	uint64_t next;	/* ms: when to connect again, or to give up connecting */
	uint64_t pause; /* ms to wait before the next attempt */
	bool said;	/* that it is down */
};

void sink_socket_init(struct sink_socket *socket, const char *dest,
		      const struct sink_address *address);
/* Connects if it is time to, sends what can be sent. */
void sink_socket_flush(struct sink_socket *socket, struct sink_queue *queue);
/* ms until sink_socket_flush() has something to do; -1: never. */
int sink_socket_timeout(const struct sink_socket *socket, const struct sink_queue *queue);
/* Sends the rest for at most a second and closes. */
void sink_socket_close(struct sink_socket *socket, struct sink_queue *queue);

#endif
