/* SPDX-License-Identifier: GPL-2.0-only */
/* The socket of a sink. */
#include "sink_socket.h"

#include <errno.h>
#include <poll.h>
#include <time.h>

#include "digits.h"
#include "log.h"

#define PAUSE_FIRST 100	  /* ms */
#define PAUSE_MOST 10000
#define CONNECT_MOST 10000 /* ms that a connection may take */
#define RETRY 50	  /* ms between looks at a socket that takes no more */
#define CLOSE_MOST 1000	  /* ms to get rid of the rest */
#define PRIORITY 85	  /* RFC 5424: authpriv.notice */

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + now.tv_nsec / NS_PER_MS;
}

void sink_socket_init(struct sink_socket *socket, const char *dest,
		      const struct sink_address *address)
{
	*socket = (struct sink_socket){.dest = dest, .address = *address, .fd = -1,
				       .pause = PAUSE_FIRST};
}

/* Trouble: start anew after a while. */
static void socket_break(struct sink_socket *s, struct sink_queue *queue, int err)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->state = SINK_DOWN;
	s->next = now_ms() + s->pause;
	s->pause = MIN(s->pause * 2, (uint64_t)PAUSE_MOST);
	sink_queue_rewind(queue);
	if (!s->said)
		log_warning("cannot write to %s: %s; will try again", s->dest, strerror(err));
	s->said = true;
}

static void socket_up(struct sink_socket *s)
{
	s->state = SINK_UP;
	if (s->said)
		log_info("connected to %s", s->dest);
	s->said = false;
}

static void socket_connect(struct sink_socket *s, struct sink_queue *queue)
{
	s->fd = socket(s->address.address.ss_family,
		       s->address.type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd < 0) {
		socket_break(s, queue, errno);
		return;
	}
	if (!connect(s->fd, (const struct sockaddr *)&s->address.address, s->address.size)) {
		socket_up(s);
	} else if (errno == EINPROGRESS) {
		s->state = SINK_CONNECTING;
		s->next = now_ms() + CONNECT_MOST;
	} else {
		/* EAGAIN too: the queue of a unix listener is full. */
		socket_break(s, queue, errno);
	}
}

static void socket_connecting(struct sink_socket *s, struct sink_queue *queue)
{
	struct pollfd wait = {.fd = s->fd, .events = POLLOUT};
	int err = 0;
	socklen_t size = sizeof(err);

	if (poll(&wait, 1, 0) <= 0) {
		if (now_ms() >= s->next)
			socket_break(s, queue, ETIMEDOUT);
		return;
	}
	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &err, &size))
		err = errno;
	if (err)
		socket_break(s, queue, err);
	else
		socket_up(s);
}

/* Did the reader go? What is sent to it then would be lost without an error. */
static bool socket_gone(const struct sink_socket *s)
{
	struct pollfd wait = {.fd = s->fd};

	return poll(&wait, 1, 0) > 0 && (wait.revents & (POLLHUP | POLLERR));
}

static void stream_send(struct sink_socket *s, struct sink_queue *queue)
{
	ssize_t sent;

	if (socket_gone(s)) {
		socket_break(s, queue, EPIPE);
		return;
	}
	while (sink_queue_left(queue)) {
		sent = send(s->fd, sink_queue_next(queue), sink_queue_left(queue), MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0) {
			if (errno != EAGAIN)
				socket_break(s, queue, errno);
			return;
		}
		sink_queue_sent(queue, sent);
		s->pause = PAUSE_FIRST;
	}
}

/* <85>1 2026-01-02T03:04:05.678901Z HOST kwp PID - - */
static size_t syslog_head(char *head, size_t size)
{
	static const char microseconds = 6;
	struct digits_times times = {0};
	char time[DIGITS_MAX], host[256] = "-", *end;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	end = digits_put_time(time, (uint64_t)now.tv_sec * NS_PER_S + now.tv_nsec, &times);
	/* RFC 5424 allows no more digits. */
	end -= 1 + 9 - microseconds;
	*end++ = 'Z';
	*end = '\0';
	if (gethostname(host, sizeof(host) - 1) || !*host)
		strcpy(host, "-");
	return snprintf(head, size, "<%d>1 %s %s kwp %d - - ", PRIORITY, time, host, getpid());
}

/* One datagram per line. */
static void syslog_send(struct sink_socket *s, struct sink_queue *queue)
{
	char head[512];
	size_t head_size = sink_queue_left(queue) ? syslog_head(head, sizeof(head)) : 0;

	while (sink_queue_left(queue)) {
		const char *line = sink_queue_next(queue);
		const char *newline = memchr(line, '\n', sink_queue_left(queue));
		size_t size = newline ? (size_t)(newline - line) : sink_queue_left(queue);
		struct iovec parts[] = {{head, head_size}, {(void *)line, size}};
		struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};

		if (sendmsg(s->fd, &message, MSG_NOSIGNAL) >= 0) {
			sink_queue_sent(queue, size + !!newline);
			s->pause = PAUSE_FIRST;
		} else if (errno == EMSGSIZE) {
			sink_queue_skip(queue);
		} else if (errno != EINTR) {
			if (errno != EAGAIN && errno != ENOBUFS)
				socket_break(s, queue, errno);
			return;
		}
	}
}

void sink_socket_flush(struct sink_socket *s, struct sink_queue *queue)
{
	if (s->state == SINK_DOWN && now_ms() >= s->next)
		socket_connect(s, queue);
	if (s->state == SINK_CONNECTING)
		socket_connecting(s, queue);
	if (s->state != SINK_UP)
		return;
	if (s->address.syslog)
		syslog_send(s, queue);
	else
		stream_send(s, queue);
}

int sink_socket_timeout(const struct sink_socket *s, const struct sink_queue *queue)
{
	uint64_t now = now_ms();

	if (s->state == SINK_DOWN)
		return s->next > now ? (int)(s->next - now) : 0;
	return s->state == SINK_CONNECTING || sink_queue_left(queue) ? RETRY : -1;
}

void sink_socket_close(struct sink_socket *s, struct sink_queue *queue)
{
	uint64_t end = now_ms() + CLOSE_MOST;

	sink_socket_flush(s, queue);
	while (sink_queue_left(queue) && now_ms() < end) {
		struct pollfd wait = {.fd = s->fd, .events = POLLOUT};
		int most = MIN(sink_socket_timeout(s, queue), RETRY);

		/* Without a descriptor this only waits. */
		poll(&wait, 1, MAX(most, 1));
		sink_socket_flush(s, queue);
	}
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}
