/* SPDX-License-Identifier: GPL-2.0-only */
/* A packet of UDP or TCP up to its payload, for who reads what goes to and from a name server. */
#ifndef KWP_TRANSPORT_BPF_H
#define KWP_TRANSPORT_BPF_H

#include "packet.bpf.h"

struct transport {
	struct packet ip; /* at: of what is left of the payload */
	u32 end;	  /* of the payload */
	u32 sequence, tcp_flags;
};

/* Reads the headers up to the payload; false: no UDP or TCP packet that concerns us. */
static __always_inline bool transport_read(struct transport *in)
{
	struct packet *ip = &in->ip;
	u8 head[14];

	if (!packet_headers(ip) || ip->partial ||
	    (ip->protocol != IPPROTO_UDP && ip->protocol != IPPROTO_TCP))
		return false;
	/* A datagram may be shorter, but then it is no message. */
	if (bpf_skb_load_bytes(ip->skb, ip->at, head, sizeof(head)))
		return false;
	ip->source.port = packet_u16(head);
	ip->target.port = packet_u16(head + 2);
	/* What a card padded is gone, what it will cut or has joined has no length of its own. */
	in->end = ip->skb->len;
	if (ip->protocol == IPPROTO_UDP) {
		ip->at += 8;
		return true;
	}
	in->sequence = bpf_ntohl(*(u32 *)(head + 4));
	in->tcp_flags = head[13];
	ip->at += (head[12] >> 4) * 4;
	return true;
}

/* Most TCP packets go to no name server, and their socket says so. A datagram may go
 * elsewhere than its socket is connected to. */
static __always_inline bool transport_unlikely(struct __sk_buff *skb)
{
	struct bpf_sock *sk = skb->sk;

	if (!sk)
		return false;
	sk = bpf_sk_fullsock(sk);
	return sk && sk->protocol == IPPROTO_TCP && sk->dst_port != bpf_htons(DNS_PORT);
}

#endif
