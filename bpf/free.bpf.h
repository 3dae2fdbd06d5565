/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ends of IPv4 that no rule speaks of to TCP, in neither direction, so that their connections cost
 * one look-up in an array. Its words have the address (the index is its last byte), the port, or
 * FREE_ANY_PORT where no rule asks for one, and 24 bits of the generation, which no two writers
 * can mix up. Rules by name change what they say: with them it is not used.
 */
#ifndef KWP_FREE_BPF_H
#define KWP_FREE_BPF_H

#include "owner.bpf.h"

#define KWP_FREE_ENDS 256 /* no other number: see free_word() */
#define FREE_ANY_PORT 0
struct kwp_free_ends_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, KWP_FREE_ENDS);
	__type(key, u32);
	__type(value, u64);
};
extern struct kwp_free_ends_map kwp_free_ends SEC(".maps");

/* ip, port: in network order. Of the address the last byte is left away. */
static __always_inline u64 free_word(u32 ip, u16 port, u32 generation)
{
	return (u64)ip << 40 | (u64)port << 24 | (generation & 0xffffff);
}

static __always_inline volatile u64 *free_place(u32 ip)
{
	u32 at = ip >> 24;

	return guard_on_names() ? NULL : bpf_map_lookup_elem(&kwp_free_ends, &at);
}

static __always_inline bool free_is_known(u32 ip, u16 port, u32 generation)
{
	volatile u64 *place = free_place(ip);
	u64 word = place ? *place : 0;

	return word == free_word(ip, FREE_ANY_PORT, generation) ||
	       word == free_word(ip, port, generation);
}

/* No rule of egress speaks of it: does one of ingress speak of anything? */
static __always_inline void free_know(const struct end_said *end)
{
	const u32 *words = (const u32 *)end->ip, ip = words[3], generation = end->generation;
	struct kwp_policy *policy = guard_policy(generation);
	u16 port = bpf_htons(end->port);
	volatile u64 *place;

	if (!policy || (policy->ranges & 2) || policy->address_fallback[1] ||
	    !address_is_ip4(words))
		return;
	if (!policy->by_port)
		port = FREE_ANY_PORT;
	else if (port == FREE_ANY_PORT)
		return;
	place = free_place(ip);
	if (place)
		*place = free_word(ip, port, generation);
}

#endif
