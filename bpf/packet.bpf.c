/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The policy at each packet that a socket of the guest sends or gets: what no hook sees (raw
 * sockets, connections that were there before the rule) and what hooks can't tell apart. A
 * connection is judged by who began it, datagrams by their direction, but for answers.
 *
 * This runs on kernels without type information too: no field of the kernel's own types, no
 * callback. Packets that a guest forwards for others come by no socket, so not here.
 */
#include "free.bpf.h"
#include "look.bpf.h"

/* ---- connections ---- */

static __always_inline u32 connection_ports(const struct bpf_sock *sk)
{
	return sk->src_port << 16 | sk->dst_port;
}

/* The first word of the other end. Both are read: a choice of two places is none that the
 * verifier takes. */
static __always_inline u32 connection_ip(const struct bpf_sock *sk)
{
	u32 four = sk->dst_ip4, six = sk->dst_ip6[0];

	asm volatile("" : "+r"(four), "+r"(six));
	return sk->family == AF_INET ? four : six;
}

/* Is it one that passes, and the same as when that was said? */
static __always_inline bool connection_passes(const struct kwp_socket *socket,
					      const struct bpf_sock *sk, u32 generation)
{
	const struct passing *passing = &socket->passing;

	return passing->generation == generation && sk->state != BPF_TCP_SYN_SENT &&
	       passing->ports == connection_ports(sk) && passing->ip[0] == connection_ip(sk) &&
	       passing->ip[1] == sk->dst_ip6[1] && passing->ip[2] == sk->dst_ip6[2] &&
	       passing->ip[3] == sk->dst_ip6[3];
}

static __always_inline void connection_pass(struct kwp_socket *socket, const struct bpf_sock *sk,
					    u32 generation)
{
	struct passing *passing = &socket->passing;

	passing->generation = 0;
	barrier();
	passing->ports = connection_ports(sk);
	passing->ip[0] = connection_ip(sk);
	passing->ip[1] = sk->dst_ip6[1];
	passing->ip[2] = sk->dst_ip6[2];
	passing->ip[3] = sk->dst_ip6[3];
	barrier();
	passing->generation = generation;
}

/* Makes its listener's owner that of a socket that has none. */
static __always_inline void owner_take(struct kwp_owner *to, void *listener)
{
	struct kwp_owner *from = bpf_sk_storage_get(&kwp_owners, listener, 0, 0);

	if (from && !to->head.pid)
		__builtin_memcpy(to, from, sizeof(*to));
}

/* Is there a listener where the connection ends? Of a connection of which nothing was kept
 * that says who began it, and whose it is. */
static __noinline bool listener_is_there(struct __sk_buff *skb, const struct bpf_sock *sk,
					 struct kwp_owner *to)
{
	u32 size, state, theirs = sk->dst_ip4, ours = sk->src_ip4;
	struct bpf_sock_tuple tuple = {};
	struct bpf_sock *found;

	asm volatile("" : "+r"(theirs), "+r"(ours)); /* as in connection_ip() */
	size = sizeof(tuple.ipv6);
	/* from no port, so that it finds no connection */
	if (sk->family == AF_INET) {
		size = sizeof(tuple.ipv4);
		tuple.ipv4.saddr = theirs;
		tuple.ipv4.daddr = ours;
		tuple.ipv4.dport = bpf_htons(sk->src_port);
	} else {
		for (int i = 0; i < 4; i++) {
			tuple.ipv6.saddr[i] = sk->dst_ip6[i];
			tuple.ipv6.daddr[i] = sk->src_ip6[i];
		}
		tuple.ipv6.dport = bpf_htons(sk->src_port);
	}
	found = bpf_skc_lookup_tcp(skb, &tuple, size, BPF_F_CURRENT_NETNS, 0);
	if (!found)
		return false;
	state = found->state;
	if (state == BPF_TCP_LISTEN && to)
		owner_take(to, found);
	bpf_sk_release(found);
	return state == BPF_TCP_LISTEN;
}

static __always_inline void connection_ends(struct look *look, const struct bpf_sock *sk)
{
	u32 *words = (u32 *)look->to.ip, first = connection_ip(sk);

	if (sk->family == AF_INET) {
		address_ip4(&look->to, first);
	} else {
		words[0] = first;
		words[1] = sk->dst_ip6[1];
		words[2] = sk->dst_ip6[2];
		words[3] = sk->dst_ip6[3];
	}
	look->to.protocol = IPPROTO_TCP;
	look_end(look, bpf_ntohs(sk->dst_port), sk->src_port);
}

/* The rules of who began it speak of all packets of a connection: said[0] is what they say. */
static __always_inline int connection_look(struct look *look, struct __sk_buff *skb,
					   const struct bpf_sock *sk)
{
	struct kwp_socket *socket = look->socket;
	bool begins = sk->state == BPF_TCP_SYN_SENT, theirs;

	if (begins)
		socket->origin = ORIGIN_OURS;
	else if (socket->origin == ORIGIN_UNKNOWN)
		socket->origin =
			listener_is_there(skb, sk, &socket->owner) ? ORIGIN_THEIRS : ORIGIN_OURS;
	theirs = socket->origin == ORIGIN_THEIRS;
	connection_ends(look, sk);
	if (begins || !look_recall(look)) {
		look->end.said[0] = look_ask(look, skb, theirs);
		look_remember(look);
	}
	if (!look->end.said[0].verdict)
		connection_pass(socket, sk, look->end.generation);
	return look_done(look, skb, theirs, look->end.said[0]);
}

/* At a listener: the first packets of a connection, and their answers. */
static __always_inline int listener_look(struct look *look, struct __sk_buff *skb, bool ingress)
{
	struct said_here said;

	look->socket->origin = ORIGIN_THEIRS;
	if (!look_read(look, skb, ingress))
		return PASS;
	said = look_ask(look, skb, true);
	said.told = !ingress;
	return look_done(look, skb, true, said);
}

/* ---- datagrams ---- */

/* What a rule lets pass may be answered, whatever the rules of the other direction say. */
static __always_inline int datagram_done(struct look *look, struct __sk_buff *skb, bool ingress)
{
	struct said_here here = look->end.said[ingress], there = look->end.said[!ingress];
	struct kwp_flow key;

	if (!here.verdict == !there.verdict)
		return look_done(look, skb, ingress, here);
	key = flow_key(bpf_get_socket_cookie(skb), &look->to, look->end.port,
		       here.verdict ? !ingress : ingress, look->end.generation);
	if (!here.verdict) {
		flow_note(&key);
		return PASS;
	}
	return flow_lives(&key) ? PASS : look_done(look, skb, ingress, here);
}

static __always_inline int datagram_look(struct look *look, struct __sk_buff *skb, bool ingress)
{
	if (!look_read(look, skb, ingress))
		return PASS;
	if (!look->socket->owner.head.pid && look->type == SOCK_RAW && look_is_kernels(look, skb))
		return PASS;
	if (look->to.partial || !look_recall(look) || look_is_old(look, skb)) {
		look->end.said[0] = look_ask(look, skb, false);
		look->end.said[1] = look_ask(look, skb, true);
		if (!look->to.partial)
			look_remember(look);
	}
	return datagram_done(look, skb, ingress);
}

/* ---- programs ---- */

#define GREETING 128 /* bytes of a packet of a connection that carries nothing yet */
#define GREETINGS 12 /* packets of a connection that is over soon */

/* Do the rules of a direction let the end pass, and will they as long as they are in force? */
static __always_inline bool end_is_free(struct look *look, bool ingress)
{
	u32 generation = look->end.generation, rule;

	look->to.ingress = ingress;
	look->to.port = ingress ? look->end.own_port : look->end.port;
	rule = address_rule(generation, &look->to);
	return !rule_verdict(generation, rule) && !rule_is_named(generation, rule);
}

/* The packets of a connection's beginning, at its listener. */
static __always_inline bool beginning_is_free(struct look *look, struct __sk_buff *skb,
					      bool ingress)
{
	if (!look_read(look, skb, ingress) || look->to.partial || !end_is_free(look, false))
		return false;
	free_know(&look->end);
	return end_is_free(look, true);
}

/* Does nothing that comes in matter to a connection that rules of egress let pass? */
static __always_inline bool connection_is_ours(struct look *look, struct __sk_buff *skb,
					       const struct bpf_sock *sk)
{
	return sk->state == BPF_TCP_SYN_SENT || end_is_free(look, true) ||
	       !listener_is_there(skb, sk, NULL);
}

/* A connection of which nothing is kept: is it free whoever began it, or ours and free? Then
 * nothing need be kept until more goes over it: many a connection is over before. */
static __always_inline bool connection_is_free(struct __sk_buff *skb, struct bpf_sock *sk,
					       u32 generation, bool ingress)
{
	struct look look = {.end.generation = generation};
	struct bpf_tcp_sock *tcp;

	if (sk->protocol != IPPROTO_TCP || sk->type != SOCK_STREAM || skb->len > GREETING)
		return false;
	if (sk->state == BPF_TCP_LISTEN)
		return beginning_is_free(&look, skb, ingress);
	tcp = bpf_tcp_sock(sk);
	if (!tcp || tcp->segs_in + tcp->segs_out > GREETINGS)
		return false;
	connection_ends(&look, sk);
	if (!end_is_free(&look, false))
		return false;
	free_know(&look.end);
	return connection_is_ours(&look, skb, sk);
}

/* What no connection that passes needs. */
static __always_inline int packet_judge(struct __sk_buff *skb, struct bpf_sock *sk,
					struct kwp_socket *socket, u32 generation, bool ingress)
{
	struct look look = {.socket = socket,
			    .type = sk->type,
			    .end.generation = generation,
			    .end.mode = *(volatile u32 *)&kwp_switch.mode};

	if (sk->protocol != IPPROTO_TCP || look.type != SOCK_STREAM)
		return datagram_look(&look, skb, ingress);
	if (sk->state == BPF_TCP_LISTEN)
		return listener_look(&look, skb, ingress);
	return connection_look(&look, skb, sk);
}

/* Begins to keep what is said to a socket. */
static __always_inline struct kwp_socket *packet_keep(struct __sk_buff *skb, struct bpf_sock *sk,
						      u32 generation)
{
	struct kwp_socket *socket;
	u64 cookie = bpf_get_socket_cookie(skb);
	u32 *spared = bpf_map_lookup_elem(&kwp_spared, &cookie);

	socket = bpf_sk_storage_get(&kwp_sockets, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (!socket)
		return NULL;
	if (sk->state == BPF_TCP_LISTEN)
		owner_take(&socket->owner, sk);
	if (spared)
		socket->owner.spared = *spared;
	return socket;
}

/* Is it a packet of a connection to or from an end that is known to be free? */
static __always_inline bool packet_is_free(struct __sk_buff *skb, const struct bpf_sock *sk,
					   u32 generation, bool ingress)
{
	u32 ip[6]; /* with the ports, as there are no options */

	if (sk->family != AF_INET || sk->protocol != IPPROTO_TCP || sk->type != SOCK_STREAM)
		return false;
	if (sk->state != BPF_TCP_LISTEN)
		return free_is_known(sk->dst_ip4, sk->dst_port, generation);
	return !bpf_skb_load_bytes(skb, 0, ip, sizeof(ip)) && *(u8 *)ip == (4 << 4 | 5) &&
	       ((u8 *)ip)[9] == IPPROTO_TCP && !(ip[1] & bpf_htonl(IP_OFFSET)) &&
	       free_is_known(ingress ? ip[3] : ip[4], ((u16 *)ip)[ingress ? 10 : 11], generation);
}

static __always_inline int packet_look(struct __sk_buff *skb, bool ingress)
{
	u32 generation = guard_generation();
	struct bpf_sock *sk = skb->sk;
	struct kwp_socket *socket;

	if (!guard_on(KWP_CLASS_NETWORK) || !generation || !sk)
		return PASS;
	sk = bpf_sk_fullsock(sk);
	/* Most packets go no further: no more than this is asked of the kernel for them. */
	if (!sk || packet_is_free(skb, sk, generation, ingress))
		return PASS;
	socket = bpf_sk_storage_get(&kwp_sockets, sk, 0, 0);
	if (socket && connection_passes(socket, sk, generation))
		return PASS;
	if (!socket) {
		if (connection_is_free(skb, sk, generation, ingress))
			return PASS;
		socket = packet_keep(skb, sk, generation);
	}
	if (!socket)
		return kwp_switch.mode == KWP_MODE_ENFORCE ? DENY : PASS;
	return packet_judge(skb, sk, socket, generation, ingress);
}

SEC("cgroup_skb/egress")
int kwp_packet_out(struct __sk_buff *skb)
{
	return packet_look(skb, false);
}

SEC("cgroup_skb/ingress")
int kwp_packet_in(struct __sk_buff *skb)
{
	return packet_look(skb, true);
}
