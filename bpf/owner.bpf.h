/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whose a socket is and what the policy says to its packets, where no task is there to be
 * asked. Nothing here needs to know the kernel's own types.
 */
#ifndef KWP_OWNER_BPF_H
#define KWP_OWNER_BPF_H

#include "address.bpf.h"

enum origin {
	ORIGIN_UNKNOWN, /* the connection was there before us */
	ORIGIN_OURS,	/* connect(2) made it: a rule of egress speaks of it */
	ORIGIN_THEIRS,	/* a listener took it: one of ingress does */
};

/* What is said to one end by the rules of a direction. */
struct said_here {
	u16 rule;
	u8 verdict; /* enum kwp_verdict */
	u8 told;    /* there was a record of it */
};

/* What is said to an end; the one that a socket spoke with last is kept, so that most packets
 * need no look-up. */
struct end_said {
	u32 generation; /* 0: nothing yet */
	u32 mode;	/* enum kwp_mode, by which it was said */
	u8 ip[16];
	u32 protocol;
	u16 port, own_port;
	struct said_here said[2]; /* egress, ingress */
};

/* A connection that all rules let pass, so that its next packets cost least. */
struct passing {
	u32 generation; /* 0: none; written last */
	u32 ports;	/* as struct bpf_sock has them, ours above */
	u32 ip[4];
};

struct kwp_owner {
	struct kwp_record head; /* of its records; pid 0: unknown */
	u32 exempt;		/* no rule is about that process */
	u32 spared;		/* generation whose rules are not about it */
};

/* What kwp keeps of a socket, where it must: of connections that rules let pass for good, not
 * until more goes over them than a greeting. One that accept(2) makes begins with a copy of its
 * listener's, if that has any. */
struct kwp_socket {
	struct kwp_owner owner;
	u64 netns;		   /* cookie of its network namespace, 0: unknown */
	u32 origin;		   /* enum origin, of a connection */
	struct bpf_spin_lock lock; /* of the end: threads may send at once */
	struct end_said end;
	struct passing passing;
};
struct kwp_sockets_map {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, struct kwp_socket);
};
/* Whose a socket is that waits for connections. No copy of it is made for each of them: they may
 * come by the ten thousand. */
struct kwp_owners_map {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct kwp_owner);
};
extern struct kwp_sockets_map kwp_sockets SEC(".maps");
extern struct kwp_owners_map kwp_owners SEC(".maps");

/* Makes the current task a socket's owner. There are two: one tells all that a record's head
 * has, the other (plain.bpf.c) what can be known without the kernel's types. */
extern int owner_note(struct kwp_owner *owner);

/* ---- is the policy about it? ---- */

/* The cgroup of a packet's socket, or of the current task, at a level. */
static __always_inline u64 owner_cgroup(void *ctx, bool packet, u32 level)
{
	return packet ? bpf_skb_ancestor_cgroup_id(ctx, level)
		      : bpf_get_current_ancestor_cgroup_id(level);
}

static __always_inline bool owner_in_cgroups(void *ctx, bool packet)
{
	for (u32 level = 1; level <= CGROUP_LEVELS; level++) {
		u64 id = owner_cgroup(ctx, packet, level);

		if (!id)
			return false;
		if (bpf_map_lookup_elem(&kwp_covered, &id))
			return true;
	}
	return false;
}

static __always_inline bool owner_in_scope(void *ctx, bool packet, const struct kwp_record *owner)
{
	u32 pid = owner->pid;

	if (scope_proves(pid))
		return true;
	if ((kwp_settings.scope & KWP_SCOPE_CGROUP) &&
	    owner_cgroup(ctx, packet, kwp_settings.cgroup_level) != kwp_settings.cgroup)
		return false;
	if ((kwp_settings.scope & KWP_SCOPE_PID) && !bpf_map_lookup_elem(&kwp_pids, &pid))
		return false;
	if ((kwp_settings.scope & KWP_SCOPE_TID) && owner->tid != kwp_settings.tid)
		return false;
	return !(kwp_settings.scope & KWP_SCOPE_UID) || owner->uid == kwp_settings.uid;
}

/* The same as guard_covers(). A socket that nobody is known to have made is covered, unless the
 * policy is about containers and it belongs to no cgroup below the root. */
static __always_inline bool owner_covered(void *ctx, bool packet, const struct kwp_owner *of,
					  u32 generation)
{
	const struct kwp_record *owner = &of->head;
	struct kwp_policy *policy = guard_policy(generation);

	if (!policy || of->exempt || of->spared == generation)
		return false;
	if (policy->cover == KWP_COVER_CONTAINERS)
		return owner->mnt_ns ? owner->mnt_ns != kwp_switch.guest_mnt_ns
				     : owner_cgroup(ctx, packet, 1) != 0;
	if (policy->cover == KWP_COVER_CGROUPS)
		return owner_in_cgroups(ctx, packet);
	return policy->cover != KWP_COVER_SCOPE || owner_in_scope(ctx, packet, owner);
}

/* ---- what it says ---- */

/* enum kwp_verdict of a rule. There is no process to end here, so KILL denies. */
static __always_inline u32 rule_verdict(u32 generation, u32 rule)
{
	u32 action = rule_action(generation, rule, 0);

	if (action < KWP_MONITOR)
		return KWP_SAID_NOTHING;
	if (action == KWP_MONITOR)
		return KWP_SAID_MONITOR;
	return kwp_switch.mode == KWP_MODE_ENFORCE ? KWP_SAID_BLOCK : KWP_SAID_WOULD_BLOCK;
}

/* Does it speak of addresses that a name has, for as long as the name's answer is good for? */
static __always_inline bool rule_is_named(u32 generation, u32 rule)
{
	struct kwp_rule *found = guard_on_names() ? guard_rule(generation, rule) : NULL;

	return found && (found->flags & KWP_RULE_NAMED);
}

/* ---- and the record of it ---- */

/* An act of a socket's owner: one record of a fixed size, straight into the ring. */
struct owner_record {
	struct kwp_record record;
	struct kwp_net net;
	char name[KWP_CALLED_TEXT + 4]; /* string 2, and 3: room that it does not need */
};
#define OWNER_UNNAMED __builtin_offsetof(struct owner_record, name)

/* The head of a record of this size, whose facts have that one. */
static __always_inline void owner_head(struct kwp_record *record, const struct kwp_record *owner,
				       u32 size, u32 facts_size)
{
	struct kwp_cpu *cpu;
	u32 zero = 0;

	__builtin_memcpy(record, owner, sizeof(*record));
	if (!owner->pid)
		record->incomplete |= KWP_NO_PID;
	record->size = size;
	record->facts_size = facts_size;
	record->backend = KWP_BY_CGROUP;
	record->flags |= KWP_F_VERDICT;
	record->nr = -1;
	record->time = bpf_ktime_get_boot_ns();
	record->cpu = bpf_get_smp_processor_id();
	cpu = bpf_map_lookup_elem(&kwp_cpus, &zero);
	if (cpu)
		record->sequence = __sync_fetch_and_add(&cpu->sequence, 1);
}

/* What it is about, and what was said to it. */
static __always_inline void owner_act(struct kwp_record *record, u32 type, u32 generation, u32 rule,
				      u32 verdict)
{
	record->type = type;
	record->generation = generation;
	record->rule = rule;
	record->verdict = verdict;
}

static __always_inline void owner_name(struct owner_record *out, const struct kwp_called *called)
{
	out->record.size = sizeof(*out);
	out->record.strings = 4;
	out->record.length[2] = called->size + 1;
	out->record.length[3] = sizeof(out->name) - 1 - called->size;
	__builtin_memset(out->name, 0, sizeof(out->name));
	__builtin_memcpy(out->name, called->text, KWP_CALLED_TEXT);
}

/* Room for a record in the name of the owner, about the end with this address; the caller fills net
 * and hands it to bpf_ringbuf_submit(). NULL: it is counted as lost. */
static __always_inline struct owner_record *owner_record(const struct kwp_record *owner, u32 type,
							 u32 generation, struct said_here said,
							 const u8 *end)
{
	struct kwp_called *called = address_called(end);
	struct owner_record *out;

	out = called ? bpf_ringbuf_reserve(&kwp_verdicts, sizeof(*out), 0)
		     : bpf_ringbuf_reserve(&kwp_verdicts, OWNER_UNNAMED, 0);
	if (!out) {
		__sync_fetch_and_add(&kwp_counters.lost[type], 1);
		return NULL;
	}
	__builtin_memset(&out->net, 0, sizeof(out->net));
	owner_head(&out->record, owner, OWNER_UNNAMED, sizeof(out->net));
	owner_act(&out->record, type, generation, said.rule, said.verdict);
	out->net.fd = -1;
	if (called)
		owner_name(out, called);
	return out;
}

static __always_inline void addr_fill(struct kwp_addr *out, const u8 *ip, u32 port)
{
	const u32 *words = (const u32 *)ip;

	out->port = port;
	if (address_is_ip4(words)) {
		out->family = AF_INET;
		*(u32 *)out->addr = words[3];
	} else {
		out->family = AF_INET6;
		__builtin_memcpy(out->addr, ip, sizeof(out->addr));
	}
}

static __always_inline void owner_ends(struct kwp_net *net, const struct end_said *end)
{
	addr_fill(&net->remote, end->ip, end->port);
	net->local.family = net->family = net->remote.family;
	net->local.port = end->own_port;
	net->protocol = end->protocol;
}

/* Has a hook told of the rule already? */
static __always_inline bool owner_told(u64 cookie, u32 generation, u32 rule)
{
	u64 *told = bpf_map_lookup_elem(&kwp_told, &cookie);

	return told && *told == ((u64)generation << 16 | rule);
}

#endif
