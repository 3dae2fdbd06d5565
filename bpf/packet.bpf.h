/* SPDX-License-Identifier: GPL-2.0-only */
/* The headers of an IP packet, up to where its transport begins. */
#ifndef KWP_PACKET_BPF_H
#define KWP_PACKET_BPF_H

#include "core.bpf.h"

#include <bpf/bpf_endian.h>

#define IP6_HEADERS 8 /* extension headers that are passed over */
#define IP_VERSION(first) ((first) >> 4)
#define IP_OFFSET 0x1fff /* of a fragment, in frag_off */
#define IP6F_OFFSET 0xfff8

struct packet {
	struct __sk_buff *skb;
	struct kwp_addr source, target; /* but for their ports */
	u32 protocol;
	u32 at;	     /* of the transport header */
	u32 partial; /* there is none: a later fragment, or headers without end */
};

static __always_inline u16 packet_u16(const u8 *bytes)
{
	return bytes[0] << 8 | bytes[1];
}

static __always_inline bool packet_ip4(struct packet *packet)
{
	u8 ip[20];

	if (bpf_skb_load_bytes(packet->skb, 0, ip, sizeof(ip)))
		return false;
	packet->partial = (packet_u16(ip + 6) & IP_OFFSET) != 0;
	packet->protocol = ip[9];
	packet->at = (ip[0] & 15) * 4;
	packet->source.family = packet->target.family = AF_INET;
	__builtin_memcpy(packet->source.addr, ip + 12, 4);
	__builtin_memcpy(packet->target.addr, ip + 16, 4);
	return true;
}

static __always_inline bool ip6_extends(u32 protocol)
{
	switch (protocol) {
	case 0:	 /* hop by hop */
	case 43: /* routing */
	case 44: /* fragment */
	case 51: /* authentication */
	case 60: /* destination */
		return true;
	}
	return false;
}

/* Steps over one extension header; false: there is no further one. */
static __always_inline bool packet_ip6_step(struct packet *packet)
{
	u8 head[4];

	if (!ip6_extends(packet->protocol))
		return false;
	if (bpf_skb_load_bytes(packet->skb, packet->at, head, sizeof(head))) {
		packet->partial = 1;
		return false;
	}
	if (packet->protocol == 44 && (packet_u16(head + 2) & IP6F_OFFSET)) {
		packet->partial = 1;
		packet->protocol = head[0];
		return false;
	}
	packet->at += packet->protocol == 44   ? 8
		      : packet->protocol == 51 ? (head[1] + 2) * 4
					       : (head[1] + 1) * 8;
	packet->protocol = head[0];
	return true;
}

static __always_inline bool packet_ip6(struct packet *packet)
{
	u8 ip[40];

	if (bpf_skb_load_bytes(packet->skb, 0, ip, sizeof(ip)))
		return false;
	packet->protocol = ip[6];
	packet->at = sizeof(ip);
	packet->source.family = packet->target.family = AF_INET6;
	__builtin_memcpy(packet->source.addr, ip + 8, 16);
	__builtin_memcpy(packet->target.addr, ip + 24, 16);
	for (int i = 0; i < IP6_HEADERS; i++)
		if (!packet_ip6_step(packet))
			break;
	if (ip6_extends(packet->protocol)) { /* more of them, or cut off */
		packet->partial = 1;
		packet->protocol = 0;
	}
	return true;
}

/* False: this is no IP packet. */
static __always_inline bool packet_headers(struct packet *packet)
{
	u8 first = 0;

	if (bpf_skb_load_bytes(packet->skb, 0, &first, 1))
		return false;
	return IP_VERSION(first) == 4 ? packet_ip4(packet) : packet_ip6(packet);
}

#endif
