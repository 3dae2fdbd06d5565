/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which rule speaks of an address: the most specific range that holds it, then the first of
 * its port rules that fits. Nothing here needs to know the kernel's own types.
 *
 * What no range names, and no name that answers gave for it (name.bpf.c), falls to the default of
 * its direction, but for loopback: programs of one guest may talk to each other unless a range
 * that was written down holds their address.
 */
#ifndef KWP_ADDRESS_BPF_H
#define KWP_ADDRESS_BPF_H

#include "said.bpf.h"

#include <bpf/bpf_endian.h>

#define ADDRESS_BITS (8 * (sizeof(struct kwp_cidr) - sizeof(__u32)))
#define ADDRESS_NO_RULE 0x10000 /* no port rule fits */
#define ADDRESS_FLOWS 4096
#define ADDRESS_TOLD 1024
#define FLOW_NS 180000000000ull	   /* that an answer may let wait for itself */
#define FLOW_STEP_NS 1000000000ull /* a flow's time is written down this rarely */

/* The other end of a connection or a packet, and the port that rules of its direction name. */
struct address {
	u8 ip[16];   /* network order, IPv4 as ::ffff:a.b.c.d */
	u16 port;    /* host order; egress: of the other end, ingress: ours */
	u8 protocol; /* IPPROTO_*; MPTCP is TCP, ICMPv6 is ICMP */
	u8 ingress;
	u32 partial; /* the ports are not known: a later fragment */
};

struct kwp_cidrs_map {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, KWP_CIDRS_MAX);
	__type(key, struct kwp_cidr);
	__type(value, struct kwp_cidr_rules);
};
struct kwp_ports_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, KWP_GENERATIONS *KWP_PORTS_TOTAL);
	__type(key, u32);
	__type(value, struct kwp_port);
};

/* Datagrams that a rule of their own direction let pass: answers to them may pass too. */
struct kwp_flow {
	u64 cookie;
	u8 ip[16];
	u16 port; /* of the other end */
	u8 protocol;
	u8 ingress; /* who began: the other end */
	u32 generation;
};
struct kwp_flows_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, ADDRESS_FLOWS);
	__type(key, struct kwp_flow);
	__type(value, u64); /* when, ns of CLOCK_BOOTTIME */
};

/* What a hook has said and not denied, by cookie: packets need not say it again. The value is
 * the rule, with the generation above it. */
struct kwp_told_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, ADDRESS_TOLD);
	__type(key, u64);
	__type(value, u64);
};

/* Sockets whose connect a rule would deny and the process is one that no rule is about, by cookie;
 * the value is the generation. */
struct kwp_spared_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, ADDRESS_TOLD);
	__type(key, u64);
	__type(value, u32);
};

struct kwp_name_rules_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, KWP_NAMES_MAX);
	__type(key, struct kwp_name_key);
	__type(value, struct kwp_cidr_rules);
};
struct kwp_named_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, KWP_NAMED_MAX);
	__type(key, u8[16]);
	__type(value, struct kwp_named);
};
struct kwp_called_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, KWP_NAMED_MAX);
	__type(key, u8[16]);
	__type(value, struct kwp_called);
};
extern struct kwp_called_map kwp_called SEC(".maps");
extern struct kwp_name_rules_map kwp_name_rules SEC(".maps");
extern struct kwp_named_map kwp_named SEC(".maps");
extern struct kwp_cidrs_map kwp_cidrs SEC(".maps");
extern struct kwp_ports_map kwp_ports SEC(".maps");
extern struct kwp_flows_map kwp_flows SEC(".maps");
extern struct kwp_told_map kwp_told SEC(".maps");
extern struct kwp_spared_map kwp_spared SEC(".maps");

/* ---- making one ---- */

static __always_inline void address_ip4(struct address *to, u32 ip)
{
	u32 *words = (u32 *)to->ip;

	words[0] = words[1] = 0;
	words[2] = bpf_htonl(0xffff);
	words[3] = ip;
}

/* Is an address that, of IPv4? */
static __always_inline bool address_is_ip4(const u32 *words)
{
	return !words[0] && !words[1] && words[2] == bpf_htonl(0xffff);
}

/* The address that a record has. */
static __always_inline void address_from(struct address *to, const struct kwp_addr *from)
{
	if (from->family == AF_INET)
		address_ip4(to, *(const u32 *)from->addr);
	else
		__builtin_memcpy(to->ip, from->addr, sizeof(to->ip));
}

static __always_inline u8 address_protocol(u32 protocol)
{
	if (protocol == IPPROTO_MPTCP)
		return IPPROTO_TCP;
	return protocol == IPPROTO_ICMPV6 ? IPPROTO_ICMP : protocol;
}

/* Loopback, or no address at all, by which connect(2) means loopback. */
static __always_inline bool address_is_local(const struct address *to)
{
	const u32 *words = (const u32 *)to->ip;

	if (words[0] | words[1])
		return false;
	if (words[2] == bpf_htonl(0xffff))
		return to->ip[12] == 127 || !words[3];
	return !words[2] && (!words[3] || words[3] == bpf_htonl(1));
}

/* ---- its rule ---- */

static __always_inline bool rule_denies(u32 generation, u32 rule)
{
	return rule_action(generation, rule, 0) >= KWP_BLOCK;
}

/* Where the ports are not known, what may be forbidden is. */
static __always_inline bool port_fits(const struct kwp_port *port, const struct address *to,
				      u32 generation)
{
	bool whole = !port->low && port->high == 0xffff;

	if (port->protocol && port->protocol != to->protocol && !(to->partial && !to->protocol))
		return false;
	if (to->partial)
		return (whole && (!port->protocol || to->protocol)) ||
		       rule_denies(generation, port->rule);
	return to->port >= port->low && to->port <= port->high;
}

/* The rule of one entry of kwp_ports, if it fits. */
SUBPROG_ONCE u32 port_rule(u32 at, const struct address *to, u32 generation)
{
	struct kwp_port *port = to ? bpf_map_lookup_elem(&kwp_ports, &at) : NULL;

	return port && port_fits(port, to, generation) ? port->rule : ADDRESS_NO_RULE;
}

/* at: of the first in kwp_ports. */
SUBPROG_ONCE u32 ports_rule(u32 at, u32 count, const struct address *to, u32 generation)
{
	for (u32 i = 0; i < KWP_PORTS_MAX && i < count; i++, at += KWP_GENERATIONS) {
		u32 rule = port_rule(at, to, generation);

		if (rule != ADDRESS_NO_RULE)
			return rule;
	}
	return ADDRESS_NO_RULE;
}

static __always_inline u32 ports_find(const struct kwp_cidr_rules *rules, const struct address *to,
				      u32 generation)
{
	return ports_rule(KWP_AT(generation, rules->first), rules->count, to, generation);
}

/* The same by the names that answers gave for it: the strictest of what they say. */
SUBPROG_ONCE u32 name_rule(u32 generation, const struct address *to)
{
	struct kwp_name_key key = {.slot = generation % KWP_GENERATIONS};
	u32 best = ADDRESS_NO_RULE, rule;
	struct kwp_cidr_rules *rules;
	struct kwp_named *named;
	u8 ip[16];
	u64 now;

	if (!to)
		return best;
	__builtin_memcpy(ip, to->ip, sizeof(ip));
	named = bpf_map_lookup_elem(&kwp_named, ip);
	if (!named)
		return best;
	now = bpf_ktime_get_boot_ns();
	for (u32 way = 0; way < KWP_NAMED_WAYS; way++) {
		if (named->until[way] <= now)
			continue;
		key.id = named->id[way];
		rules = bpf_map_lookup_elem(&kwp_name_rules, &key);
		rule = rules ? ports_find(rules, to, generation) : ADDRESS_NO_RULE;
		if (rule != ADDRESS_NO_RULE &&
		    (best == ADDRESS_NO_RULE ||
		     rule_action(generation, rule, 0) > rule_action(generation, best, 0)))
			best = rule;
	}
	return best;
}

/* The number of the rule that speaks of an address; 0: none does. */
SUBPROG_ONCE u32 address_rule(u32 generation, const struct address *to)
{
	struct kwp_policy *policy = guard_policy(generation);
	struct kwp_cidr key = {.prefix = ADDRESS_BITS};
	struct kwp_cidr_rules *rules;
	u32 rule = ADDRESS_NO_RULE;

	if (!policy || !to)
		return 0;
	key.slot = generation % KWP_GENERATIONS;
	key.ingress = to->ingress;
	__builtin_memcpy(key.address, to->ip, sizeof(key.address));
	rules = policy->ranges >> to->ingress & 1 ? bpf_map_lookup_elem(&kwp_cidrs, &key) : NULL;
	if (rules)
		rule = ports_find(rules, to, generation);
	if (rule != ADDRESS_NO_RULE)
		return rule;
	if (address_is_local(to))
		return 0;
	if (to->ingress)
		return policy->address_fallback[1];
	if (guard_on_names() && policy->named)
		rule = name_rule(generation, to);
	return rule != ADDRESS_NO_RULE ? rule : policy->address_fallback[0];
}

/* The name that was asked for when the address was answered; NULL: none was. */
static __always_inline struct kwp_called *address_called(const u8 *of)
{
	struct kwp_called *called;
	u8 ip[16];

	if (!guard_on_names())
		return NULL;
	__builtin_memcpy(ip, of, sizeof(ip));
	called = bpf_map_lookup_elem(&kwp_called, ip);
	return called && called->size && called->size < KWP_CALLED_TEXT ? called : NULL;
}

/* A rule has been told of at the act itself: its packets need not. */
static __always_inline void address_told(u64 cookie, u32 generation, u32 rule)
{
	u64 told = (u64)generation << 16 | rule;

	if (cookie)
		bpf_map_update_elem(&kwp_told, &cookie, &told, BPF_ANY);
}

static __always_inline void address_spare(u64 cookie, u32 generation)
{
	if (cookie)
		bpf_map_update_elem(&kwp_spared, &cookie, &generation, BPF_ANY);
}

/* ---- flows ---- */

/* port: of the other end. */
static __always_inline struct kwp_flow flow_key(u64 cookie, const struct address *to, u32 port,
						bool ingress, u32 generation)
{
	struct kwp_flow key = {.cookie = cookie,
			       .port = port,
			       .protocol = to->protocol,
			       .ingress = ingress,
			       .generation = generation};

	__builtin_memcpy(key.ip, to->ip, sizeof(key.ip));
	return key;
}

/* Did it begin, or go on, a while ago at most? */
static __always_inline bool flow_lives(const struct kwp_flow *key)
{
	u64 *last = bpf_map_lookup_elem(&kwp_flows, key);

	return last && bpf_ktime_get_boot_ns() - *last < FLOW_NS;
}

static __always_inline void flow_note(const struct kwp_flow *key)
{
	u64 *last = bpf_map_lookup_elem(&kwp_flows, key), now = bpf_ktime_get_boot_ns();

	if (last && now - *last < FLOW_STEP_NS)
		return;
	if (last)
		*last = now;
	else
		bpf_map_update_elem(&kwp_flows, key, &now, BPF_ANY);
}

#endif
