/* SPDX-License-Identifier: GPL-2.0-only */
/* What a verdict is made of: its one number, and the maps of the policy. Nothing here needs to
 * know the kernel's own types, so that packet.bpf.c runs where they are unknown. */
#ifndef KWP_SAID_BPF_H
#define KWP_SAID_BPF_H

#include "core.bpf.h"

/* What was said, in one number that the backend (0 to 3) fits into:
 * bits 4-7 enum kwp_access, 8-11 enum kwp_verdict, 12-15 enum kwp_signal, 16-31 rule, 32-63
 * generation. A signal may be there without a verdict. */
#define SAID(generation, rule, access, verdict)                                                    \
	((u64)(generation) << 32 | (u64)(rule) << 16 | (u64)(verdict) << 8 | (u64)(access) << 4)
#define SAID_SIGNAL(signal) ((u64)(signal) << 12)

static __always_inline u32 said_backend(u64 by)
{
	return by & 15;
}

static __always_inline u32 said_access(u64 by)
{
	return by >> 4 & 15;
}

static __always_inline u32 said_verdict(u64 by)
{
	return by >> 8 & 15;
}

static __always_inline u32 said_signal(u64 by)
{
	return by >> 12 & 15;
}

static __always_inline u32 said_rule(u64 by)
{
	return by >> 16 & 0xffff;
}

static __always_inline u32 said_generation(u64 by)
{
	return by >> 32;
}

/* What a program of a cgroup returns. */
#define DENY 0
#define PASS 1

/* What a hook returns. */
static __always_inline int said_ret(u64 by)
{
	return said_verdict(by) >= KWP_SAID_BLOCK ? -EPERM : 0;
}

/* The stricter of two. */
static __always_inline u64 said_worse(u64 a, u64 b)
{
	return said_verdict(b) > said_verdict(a) ? b : a;
}

struct kwp_policies_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, KWP_GENERATIONS);
	__type(key, u32);
	__type(value, struct kwp_policy);
};
struct kwp_rules_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, KWP_GENERATIONS * KWP_RULES_MAX);
	__type(key, u32);
	__type(value, struct kwp_rule);
};
struct kwp_hits_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, KWP_GENERATIONS * KWP_RULES_MAX);
	__type(key, u32);
	__type(value, struct kwp_hits);
};
struct kwp_nodes_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, KWP_NODES_MAX);
	__type(key, u64);
	__type(value, struct kwp_node);
};
struct kwp_exempt_map { /* by pid; the value is the start of the process */
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, KWP_EXEMPT_MAX);
	__type(key, u32);
	__type(value, u64);
};
struct kwp_covered_map { /* by cgroup id; the value is its level */
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, KWP_EXEMPT_MAX);
	__type(key, u64);
	__type(value, u32);
};
extern struct kwp_policies_map kwp_policies SEC(".maps");
extern struct kwp_rules_map kwp_rules SEC(".maps");
extern struct kwp_hits_map kwp_hits SEC(".maps");
extern struct kwp_nodes_map kwp_nodes SEC(".maps");
extern struct kwp_exempt_map kwp_exempt SEC(".maps");
extern struct kwp_covered_map kwp_covered SEC(".maps");
extern struct kwp_switch kwp_switch;

#define CGROUP_LEVELS 12 /* that a cgroup of the scope may be deep; Kata's are at most 5 */

/* Are verdicts on this class of acts asked for? The verifier drops what is not. */
static __always_inline bool guard_on(u32 class)
{
	return kwp_settings.guards & 1u << class;
}

/* Are there rules of addresses by name? */
static __always_inline bool guard_on_names(void)
{
	return kwp_settings.guards & KWP_GUARD_NAMES;
}

/* The generation in force, to be read once an act; 0: none, or all is off. */
static __always_inline u32 guard_generation(void)
{
	return *(volatile u32 *)&kwp_switch.mode ? *(volatile u32 *)&kwp_switch.generation : 0;
}

static __always_inline struct kwp_policy *guard_policy(u32 generation)
{
	u32 slot = generation % KWP_GENERATIONS;

	return bpf_map_lookup_elem(&kwp_policies, &slot);
}

/* A rule, NULL: it is 0, which is none. */
static __always_inline struct kwp_rule *guard_rule(u32 generation, u32 rule)
{
	u32 at = KWP_AT(generation, rule);

	return rule ? bpf_map_lookup_elem(&kwp_rules, &at) : NULL;
}

/* One more time a rule spoke. */
static __always_inline void rule_hit(u32 generation, u32 rule)
{
	u32 at = KWP_AT(generation, rule);
	struct kwp_hits *hits = bpf_map_lookup_elem(&kwp_hits, &at);

	if (!hits)
		return;
	__sync_fetch_and_add(&hits->count, 1);
	hits->last = bpf_ktime_get_boot_ns();
}

/* What a rule says to an access. */
static __always_inline u32 rule_action(u32 generation, u32 rule, u32 access)
{
	struct kwp_rule *found = guard_rule(generation, rule);

	return found ? found->action[access & (KWP_ACCESS_COUNT - 1)] : KWP_NO_OPINION;
}

static __always_inline struct kwp_node *guard_node(u64 key)
{
	return bpf_map_lookup_elem(&kwp_nodes, &key);
}

#endif
