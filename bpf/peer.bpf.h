/* SPDX-License-Identifier: GPL-2.0-only */
/* What the policy says to the addresses and sockets that hooks are given. */
#ifndef KWP_PEER_BPF_H
#define KWP_PEER_BPF_H

#include "address.bpf.h"
#include "guard.bpf.h"

#define PEER_SIZE 28 /* sizeof(struct sockaddr_in6); IPv4's and vsock's are 16 */

/* Families of sockets that stay within the guest, that rules of addresses speak of, or, vsock,
 * that connect to the host. Others reach a network by ways that no rule can name. */
#define PEER_FAMILIES                                                                              \
	(1ull << AF_UNSPEC | 1ull << AF_UNIX | 1ull << AF_INET | 1ull << AF_INET6 |                \
	 1ull << AF_KEY | 1ull << AF_NETLINK | 1ull << AF_ALG | 1ull << AF_VSOCK | 1ull << AF_SMC)

/* The head of a struct sockaddr. Read by the caller of what follows, because a function that is
 * verified once takes no kernel pointer. */
struct peer {
	u8 raw[PEER_SIZE] __attribute__((aligned(4)));
	u32 size;
};

static __always_inline void peer_take(struct peer *peer, u64 from, u32 size)
{
	if (size >= 8 &&
	    !bpf_probe_read_kernel(peer->raw, size >= PEER_SIZE ? PEER_SIZE : 16, (void *)from))
		peer->size = size;
}

/* The end that it names. Returns its family, 0: none of ours. A send takes no family at all for
 * the socket's own, which is AF_INET then. */
static __always_inline u32 peer_end(struct address *to, const struct peer *peer, bool send)
{
	u32 family = *(const u16 *)peer->raw;

	if (peer->size < 8)
		return 0;
	if (family == AF_UNSPEC && send)
		family = AF_INET;
	if (family == AF_INET)
		address_ip4(to, *(const u32 *)(peer->raw + 4));
	else if (family == AF_INET6 && peer->size >= 24)
		__builtin_memcpy(to->ip, peer->raw + 8, sizeof(to->ip));
	else
		return family == AF_VSOCK ? AF_VSOCK : 0;
	to->port = bpf_ntohs(*(const u16 *)(peer->raw + 2));
	return family;
}

/* No rule can name an address of vsock: the default of egress is its rule. */
static __always_inline u32 vsock_rule(u32 generation)
{
	struct kwp_policy *policy = guard_policy(generation);

	return policy ? policy->address_fallback[0] : 0;
}

/* The rule that speaks of a connect, or of a send of a datagram, to a peer, with its generation
 * above it; 0: none. Its own function, and over before guard_said() begins: all frames of a call
 * chain share 512 bytes of stack. */
SUBPROG_ONCE u64 peer_rule(u64 sock, const struct peer *peer, u32 send)
{
	u32 generation = guard_generation(), family, rule;
	struct sock *sk = (struct sock *)sock;
	struct address to = {};
	struct kwp_flow answer;
	u16 protocol = 0;
	u64 cookie = 0;

	if (!generation || !sk || !peer)
		return 0;
	family = peer_end(&to, peer, send);
	if (!family)
		return 0;
	bpf_core_read(&protocol, sizeof(protocol), &sk->sk_protocol);
	to.protocol = address_protocol(protocol);
	rule = family == AF_VSOCK ? vsock_rule(generation) : address_rule(generation, &to);
	if (!rule)
		return 0;
	bpf_core_read(&cookie, sizeof(cookie), &sk->__sk_common.skc_cookie);
	answer = flow_key(cookie, &to, to.port, true, generation);
	if (send && flow_lives(&answer))
		return 0;
	return (u64)generation << 32 | rule;
}

/* Tells packet.bpf.c of what was not denied here. */
SUBPROG_ONCE int peer_passed(u64 sock, u32 generation, u32 rule, u32 verdict)
{
	struct sock *sk = (struct sock *)sock;
	u64 cookie = 0;

	if (!sk)
		return 0;
	bpf_core_read(&cookie, sizeof(cookie), &sk->__sk_common.skc_cookie);
	if (verdict)
		address_told(cookie, generation, rule);
	else if (rule_denies(generation, rule))
		address_spare(cookie, generation);
	return 0;
}

static __always_inline u64 guard_peer(u64 sock, const struct peer *peer, u32 send)
{
	u64 asked = peer_rule(sock, peer, send), said;

	if (!asked)
		return 0;
	said = guard_said(asked >> 32, (u32)asked, 0);
	if (said_verdict(said) < KWP_SAID_BLOCK)
		peer_passed(sock, asked >> 32, (u32)asked, said_verdict(said));
	return said;
}

static __always_inline u64 guard_connect(struct socket *socket, struct sockaddr *address, int size)
{
	struct peer peer = {};

	if (!guard_on(KWP_CLASS_NETWORK))
		return 0;
	peer_take(&peer, (u64)address, size);
	return guard_peer(ADDRESS(socket->sk), &peer, 0);
}

/* Does the message's address count? TCP looks at it with MSG_FASTOPEN only. The packets of a
 * raw socket say themselves what they are, and packet.bpf.c reads them. */
static __always_inline bool send_has_end(u64 sock, struct msghdr *msg)
{
	u16 protocol = 0, type = 0;

	bpf_core_read(&protocol, sizeof(protocol), &((struct sock *)sock)->sk_protocol);
	if (protocol == IPPROTO_TCP || protocol == IPPROTO_MPTCP)
		return msg->msg_flags & MSG_FASTOPEN;
	bpf_core_read(&type, sizeof(type), &((struct sock *)sock)->sk_type);
	return type != SOCK_RAW;
}

static __always_inline u64 guard_send(struct socket *socket, struct msghdr *msg)
{
	struct peer peer = {};
	u64 name, sock;

	if (!guard_on(KWP_CLASS_NETWORK))
		return 0;
	name = ADDRESS(msg->msg_name);
	if (!name)
		return 0;
	sock = ADDRESS(socket->sk);
	if (!send_has_end(sock, msg))
		return 0;
	peer_take(&peer, name, msg->msg_namelen);
	return guard_peer(sock, &peer, 1);
}

/* Sockets past all rules: the packets of AF_PACKET and AF_XDP go to a device as they are. */
SUBPROG_ONCE u64 socket_said(u32 family)
{
	u32 generation = guard_generation();
	struct kwp_policy *policy;

	if (!generation || (family < 64 && (PEER_FAMILIES >> family & 1)))
		return 0;
	policy = guard_policy(generation);
	if (!policy)
		return 0;
	if (policy->address_raw && (family == AF_PACKET || family == AF_XDP))
		return guard_said(generation, policy->address_raw, 0);
	return guard_said(generation, policy->address_fallback[0], 0);
}

static __always_inline u64 guard_socket(int family, int kern)
{
	return guard_on(KWP_CLASS_NETWORK) && !kern ? socket_said(family) : 0;
}

#endif
