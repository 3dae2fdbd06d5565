/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reach HOST HOST6 PORT WAY...: tries to bring the text "by:WAY" to the other end by each way that
 * there is, and prints "WAY RESULT": what the last call returned, or -errno. Whether it arrived
 * only the other end knows.
 * reach --catch DEVICE PORT: is that end: listens, and prints each "by:WAY" that comes in by the
 * device as bytes, whatever protocol it is in; "ready" first.
 * reach --answer PORT: answers each datagram with itself, in a loop.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "catch.h"
#include "ring.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif
#ifndef TCP_FASTOPEN_CONNECT
#define TCP_FASTOPEN_CONNECT 30
#endif

static struct sockaddr_in to4;
static struct sockaddr_in6 to6, mapped;
static char text[32];
static size_t size;

/* ---- streams ---- */

static long stream(int family, int protocol, const void *to, socklen_t length)
{
	struct timeval wait = {.tv_sec = 1};
	int fd = socket(family, SOCK_STREAM, protocol);
	long ret;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	ret = connect(fd, to, length) ? -1 : send(fd, text, size, MSG_NOSIGNAL);
	close(fd);
	return ret;
}

static long by_tcp(void) { return stream(AF_INET, 0, &to4, sizeof(to4)); }
static long by_tcp6(void) { return stream(AF_INET6, 0, &to6, sizeof(to6)); }
static long by_tcp_mapped(void) { return stream(AF_INET6, 0, &mapped, sizeof(mapped)); }
static long by_mptcp(void) { return stream(AF_INET, IPPROTO_MPTCP, &to4, sizeof(to4)); }
static long by_sctp(void) { return stream(AF_INET, IPPROTO_SCTP, &to4, sizeof(to4)); }

static long by_fastopen(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct timeval wait = {.tv_sec = 1};

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	return sendto(fd, text, size, MSG_FASTOPEN | MSG_NOSIGNAL, (void *)&to4, sizeof(to4));
}

static long by_fastopen_connect(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
	struct timeval wait = {.tv_sec = 1};

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &one, sizeof(one));
	if (connect(fd, (void *)&to4, sizeof(to4)))
		return -1;
	return send(fd, text, size, MSG_NOSIGNAL);
}

/* Connected before the rule comes, which is when stdin says so. What was cut is not sent again after the process's end, when
 * other rules may let it out. */
static long by_old_tcp(void)
{
	const struct linger none = {1, 0};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	char line;

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	if (connect(fd, (void *)&to4, sizeof(to4)))
		return -1;
	dprintf(1, "connected\n");
	if (read(0, &line, 1) < 0)
		return -1;
	return send(fd, text, size, MSG_NOSIGNAL);
}

/* ---- datagrams ---- */

static long datagram(int family, const void *to, socklen_t length, bool connected)
{
	int fd = socket(family, SOCK_DGRAM, 0);

	if (connected)
		return connect(fd, to, length) ? -1 : send(fd, text, size, 0);
	return sendto(fd, text, size, 0, to, length);
}

static long by_udp(void) { return datagram(AF_INET, &to4, sizeof(to4), false); }
static long by_udp6(void) { return datagram(AF_INET6, &to6, sizeof(to6), false); }
static long by_udp_mapped(void) { return datagram(AF_INET6, &mapped, sizeof(mapped), false); }
static long by_udp_connected(void) { return datagram(AF_INET, &to4, sizeof(to4), true); }

/* To Linux, no family at all is the socket's own. */
static long by_udp_unspec(void)
{
	struct sockaddr_in to = to4;

	to.sin_family = AF_UNSPEC;
	return datagram(AF_INET, &to, sizeof(to), false);
}

static long by_udp_sendmmsg(void)
{
	struct iovec io = {text, size};
	struct mmsghdr message = {.msg_hdr = {.msg_name = &to4, .msg_namelen = sizeof(to4),
					      .msg_iov = &io, .msg_iovlen = 1}};

	return sendmmsg(socket(AF_INET, SOCK_DGRAM, 0), &message, 1, 0);
}

/* With a destination header of eight bytes before the transport. */
static long by_udp6_header(void)
{
	static const char header[8] = {0, 0, 1, 4};
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	if (setsockopt(fd, IPPROTO_IPV6, IPV6_DSTOPTS, header, sizeof(header)))
		return -1;
	return sendto(fd, text, size, 0, (void *)&to6, sizeof(to6));
}

static long by_ping(void)
{
	char echo[64] = {8};
	int fd = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);

	memcpy(echo + 8, text, size);
	return fd < 0 ? -1 : sendto(fd, echo, sizeof(echo), 0, (void *)&to4, sizeof(to4));
}

/* ---- raw ---- */

static long by_raw_icmp(void)
{
	char echo[64] = {8};

	memcpy(echo + 8, text, size);
	return sendto(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP), echo, sizeof(echo), 0, (void *)&to4,
		      sizeof(to4));
}

struct udp_packet {
	struct iphdr ip;
	struct udphdr udp;
	char text[sizeof(text)];
};

/* offset: of a fragment, in eight bytes. */
static struct udp_packet udp_packet(int offset)
{
	struct udp_packet packet = {
		.ip = {.version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP,
		       .frag_off = htons(offset), .id = htons(7), .daddr = to4.sin_addr.s_addr,
		       .tot_len = htons(sizeof(packet))},
		.udp = {.source = htons(4000), .dest = to4.sin_port,
			.len = htons(sizeof(packet) - sizeof(packet.ip))},
	};

	memcpy(packet.text, text, size);
	return packet;
}

static long raw_udp(int offset)
{
	struct udp_packet packet = udp_packet(offset);

	return sendto(socket(AF_INET, SOCK_RAW, IPPROTO_RAW), &packet, sizeof(packet), 0,
		      (void *)&to4, sizeof(to4));
}

static long by_raw_udp(void) { return raw_udp(0); }
static long by_raw_fragment(void) { return raw_udp(100); }

/* IPv6 by a raw socket, the transport behind nine headers. */
static long by_raw_headers(void)
{
	struct {
		struct ip6_hdr ip;
		unsigned char header[9][8];
		struct udphdr udp;
		char text[sizeof(text)];
	} packet = {.ip = {.ip6_flow = htonl(6u << 28), .ip6_hlim = 64,
			   .ip6_nxt = IPPROTO_DSTOPTS, .ip6_dst = to6.sin6_addr,
			   .ip6_plen = htons(sizeof(packet) - sizeof(packet.ip))},
		    .udp = {.dest = to6.sin6_port}};
	struct sockaddr_in6 to = to6;

	for (int i = 0; i < 9; i++)
		memcpy(packet.header[i], (unsigned char[8]){i < 8 ? IPPROTO_DSTOPTS : IPPROTO_UDP,
							     0, 1, 4}, 8);
	memcpy(packet.text, text, size);
	to.sin6_port = 0;
	return sendto(socket(AF_INET6, SOCK_RAW, IPPROTO_RAW), &packet, sizeof(packet), 0,
		      (void *)&to, sizeof(to));
}

/* Past the network layer, by the first device that is not loopback. */
static long by_packet(void)
{
	struct udp_packet packet = udp_packet(0);
	struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP),
				 .sll_halen = 6, .sll_addr = {255, 255, 255, 255, 255, 255}};
	struct if_nameindex *all = if_nameindex();
	int fd = socket(AF_PACKET, SOCK_DGRAM, 0);

	if (fd < 0)
		return -1;
	for (; all && all->if_index; all++)
		if (!strncmp(all->if_name, "veth", 4))
			to.sll_ifindex = all->if_index;
	return sendto(fd, &packet, sizeof(packet), 0, (void *)&to, sizeof(to));
}

/* ---- other ways to the same calls ---- */

static long ring_try(struct io_uring_sqe sqe)
{
	struct ring ring;
	long ret = ring_open(&ring) ?: ring_do(&ring, &sqe);

	errno = ret < 0 ? -ret : 0;
	return ret < 0 ? -1 : ret;
}

static long by_uring_tcp(void)
{
	struct io_uring_sqe sqe = {.opcode = IORING_OP_CONNECT, .off = sizeof(to4),
				   .addr = (unsigned long)&to4,
				   .fd = socket(AF_INET, SOCK_STREAM, 0)};

	return ring_try(sqe) < 0 ? -1 : send(sqe.fd, text, size, MSG_NOSIGNAL);
}

static long by_uring_udp(void)
{
	struct iovec io = {text, size};
	struct msghdr message = {.msg_name = &to4, .msg_namelen = sizeof(to4), .msg_iov = &io,
				 .msg_iovlen = 1};

	return ring_try((struct io_uring_sqe){.opcode = IORING_OP_SENDMSG, .len = 1,
					      .addr = (unsigned long)&message,
					      .fd = socket(AF_INET, SOCK_DGRAM, 0)});
}

/* The socket was made by another process, and handed over. */
static long by_passed(void)
{
	char control[CMSG_SPACE(sizeof(int))] = {}, byte = 0;
	struct iovec io = {&byte, 1};
	struct msghdr message = {.msg_iov = &io, .msg_iovlen = 1, .msg_control = control,
				 .msg_controllen = sizeof(control)};
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	int pair[2], fd;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return -1;
	if (!fork()) {
		*head = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
		fd = socket(AF_INET, SOCK_DGRAM, 0);
		memcpy(CMSG_DATA(head), &fd, sizeof(fd));
		_exit(sendmsg(pair[0], &message, 0) != 1);
	}
	wait(NULL);
	if (recvmsg(pair[1], &message, 0) != 1)
		return -1;
	memcpy(&fd, CMSG_DATA(head), sizeof(fd));
	return sendto(fd, text, size, 0, (void *)&to4, sizeof(to4));
}

static const struct {
	const char *name;
	long (*go)(void);
} ways[] = {
	{"tcp", by_tcp}, {"tcp6", by_tcp6}, {"tcp-mapped", by_tcp_mapped}, {"mptcp", by_mptcp},
	{"sctp", by_sctp}, {"fastopen", by_fastopen}, {"fastopen-connect", by_fastopen_connect},
	{"old-tcp", by_old_tcp},
	{"udp", by_udp}, {"udp6", by_udp6}, {"udp-mapped", by_udp_mapped},
	{"udp-connected", by_udp_connected}, {"udp-unspec", by_udp_unspec},
	{"udp-sendmmsg", by_udp_sendmmsg}, {"udp6-header", by_udp6_header}, {"ping", by_ping},
	{"raw-icmp", by_raw_icmp}, {"raw-udp", by_raw_udp}, {"raw-fragment", by_raw_fragment},
	{"raw-headers", by_raw_headers}, {"packet", by_packet},
	{"uring-tcp", by_uring_tcp}, {"uring-udp", by_uring_udp}, {"passed", by_passed},
};

static void reach(const char *way)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		long ret;

		if (strcmp(ways[i].name, way))
			continue;
		/* Two words, so that one way's name is no beginning of another's. */
		size = snprintf(text, sizeof(text), "by:%s;", way);
		errno = 0;
		ret = ways[i].go();
		dprintf(1, "%s %ld\n", way, ret < 0 ? -(long)errno : ret);
		return;
	}
	fprintf(stderr, "reach: there is no way '%s'\n", way);
	exit(2);
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "--catch"))
		return catch (argv[2], argv[3]);
	if (argc == 3 && !strcmp(argv[1], "--answer"))
		return answer(argv[2]);
	if (argc < 5)
		return 2;
	to4 = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(atoi(argv[3]))};
	to6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = to4.sin_port};
	mapped = to6;
	inet_pton(AF_INET, argv[1], &to4.sin_addr);
	inet_pton(AF_INET6, argv[2], &to6.sin6_addr);
	mapped.sin6_addr.s6_addr[10] = mapped.sin6_addr.s6_addr[11] = 0xff;
	memcpy(mapped.sin6_addr.s6_addr + 12, &to4.sin_addr, 4);
	for (int i = 4; i < argc; i++)
		reach(argv[i]);
	return 0;
}
