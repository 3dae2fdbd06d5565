/* SPDX-License-Identifier: GPL-2.0-only */
/* A look at a packet: the end that it goes to or comes from, what the rules say to that end, and
 * what its socket remembers of it. */
#ifndef KWP_LOOK_BPF_H
#define KWP_LOOK_BPF_H

#include "owner.bpf.h"
#include "packet.bpf.h"

#define TCP_SYN 0x02

/* A packet, and what is said to the end that it goes to or comes from. */
struct look {
	struct packet packet;
	struct kwp_socket *socket;
	struct address to; /* as the rules of a direction see the end */
	struct end_said end;
	u32 type; /* of the socket: SOCK_* */
	u32 pad;
};

/* ---- reading ---- */

static __always_inline bool has_ports(u32 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_UDPLITE ||
	       protocol == IPPROTO_SCTP || protocol == IPPROTO_DCCP;
}

static __always_inline void look_end(struct look *look, u16 port, u16 own_port)
{
	look->end.protocol = look->to.protocol;
	look->end.port = port;
	look->end.own_port = own_port;
	__builtin_memcpy(look->end.ip, look->to.ip, sizeof(look->end.ip));
}

/* Fills the look from the packet's headers; false: it is none of IP. */
static __always_inline bool look_read(struct look *look, struct __sk_buff *skb, bool ingress)
{
	struct packet *packet = &look->packet;
	u8 ports[4] = {};

	packet->skb = skb;
	if (!packet_headers(packet))
		return false;
	address_from(&look->to, ingress ? &packet->source : &packet->target);
	look->to.protocol = address_protocol(packet->protocol);
	look->to.partial = packet->partial;
	if (!packet->partial && has_ports(packet->protocol) &&
	    bpf_skb_load_bytes(skb, packet->at, ports, sizeof(ports)))
		look->to.partial = 1;
	look_end(look, packet_u16(ingress ? ports : ports + 2),
		 packet_u16(ingress ? ports + 2 : ports));
	return true;
}

/* The kernel's own control sockets answer for it: neighbours, echoes, resets, and connections
 * that are over. Nobody is known to have made them, and other packets of such sockets are not
 * let off. */
static __always_inline bool look_is_kernels(const struct look *look, struct __sk_buff *skb)
{
	u8 tcp[2] = {}; /* offset of the data, flags */

	switch (look->packet.protocol) {
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
	case IPPROTO_IGMP:
		return true;
	case IPPROTO_TCP:
		if (look->packet.partial ||
		    bpf_skb_load_bytes(skb, look->packet.at + 12, tcp, sizeof(tcp)))
			return false;
		return !(tcp[1] & TCP_SYN) && skb->len == look->packet.at + (tcp[0] >> 4) * 4;
	}
	return false;
}

/* ---- saying ---- */

/* What the rules of a direction say to the end that look->to names. */
static __always_inline struct said_here look_ask(struct look *look, struct __sk_buff *skb,
						 bool ingress)
{
	struct said_here said = {};

	look->to.ingress = ingress;
	look->to.port = ingress ? look->end.own_port : look->end.port;
	said.rule = address_rule(look->end.generation, &look->to);
	said.verdict = rule_verdict(look->end.generation, said.rule);
	if (said.verdict && !owner_covered(skb, true, &look->socket->owner, look->end.generation))
		said.verdict = KWP_SAID_NOTHING;
	return said;
}

/* The record of what was said to a packet. */
static __always_inline void look_tell(struct look *look, struct __sk_buff *skb, bool ingress,
				      struct said_here said)
{
	u64 cookie = bpf_get_socket_cookie(skb);
	struct owner_record *out;

	if (said.verdict < KWP_SAID_BLOCK && owner_told(cookie, look->end.generation, said.rule))
		return;
	out = owner_record(&look->socket->owner.head, ingress ? KWP_ACCEPT : KWP_CONNECT,
			   look->end.generation, said, look->end.ip);
	if (!out)
		return;
	owner_ends(&out->net, &look->end);
	out->net.cookie = cookie;
	out->net.type = look->type;
	bpf_ringbuf_submit(out, 0);
}

/* Counts, tells once, and returns what becomes of the packet. */
static __always_inline int look_done(struct look *look, struct __sk_buff *skb, bool ingress,
				     struct said_here said)
{
	if (!said.verdict)
		return PASS;
	rule_hit(look->end.generation, said.rule);
	if (!said.told)
		look_tell(look, skb, ingress, said);
	return said.verdict >= KWP_SAID_BLOCK ? DENY : PASS;
}

/* ---- what the socket remembers ---- */

/* Takes over what was said to this end before; false: it was another one. */
static __always_inline bool look_recall(struct look *look)
{
	const u64 *a = (const u64 *)look->socket->end.ip, *b = (const u64 *)look->end.ip;
	struct kwp_socket *socket = look->socket;
	bool known;

	bpf_spin_lock(&socket->lock);
	known = socket->end.generation == look->end.generation &&
		socket->end.mode == look->end.mode && a[0] == b[0] && a[1] == b[1] &&
		socket->end.port == look->end.port && socket->end.own_port == look->end.own_port &&
		socket->end.protocol == look->end.protocol;
	if (known) {
		look->end.said[0] = socket->end.said[0];
		look->end.said[1] = socket->end.said[1];
	}
	bpf_spin_unlock(&socket->lock);
	return known;
}

/* What was forbidden may have got a name since. */
static __always_inline bool look_is_old(struct look *look, struct __sk_buff *skb)
{
	return guard_on_names() && look->end.said[0].verdict &&
	       look_ask(look, skb, false).rule != look->end.said[0].rule;
}

static __always_inline void look_remember(struct look *look)
{
	struct kwp_socket *socket = look->socket;

	bpf_spin_lock(&socket->lock);
	socket->end = look->end;
	socket->end.said[0].told = socket->end.said[1].told = 1;
	bpf_spin_unlock(&socket->lock);
}

#endif
