/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Name resolution, as packets to and from port 53 of another end. Only the client's side
 * of a loopback resolver matches, so a question is seen once, and so is its answer.
 *
 * A packet comes in while any task runs, and TCP may send from an interrupt too. So the
 * first packet that a socket sends fixes who it belongs to.
 */
#include "hook.bpf.h"
#include "transport.bpf.h"

#define DNS_BYTES 4096 /* of a message that a record holds */
#define DNS_MESSAGES 8 /* of one TCP segment that are looked at */
#define DNS_SOCKETS 1024
#define DNS_STREAMS 256
#define ALLOW 1

#define TCP_SYN 0x02

/* Whose a socket is: the head of the record that its first packet made. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, DNS_SOCKETS);
	__type(key, u64); /* cookie */
	__type(value, struct kwp_record);
} kwp_dns_owners SEC(".maps");

/* Where a TCP stream stands, by cookie and direction. */
struct dns_stream {
	u32 next; /* sequence number */
	u32 left; /* bytes of a message that began earlier */
	u32 size; /* of a message whose first byte is next: its length came alone */
	u32 pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, DNS_STREAMS);
	__type(key, u64); /* cookie << 1 | answer */
	__type(value, struct dns_stream);
} kwp_dns_streams SEC(".maps");

/* A packet, as far as it has been read. */
struct dns_packet {
	struct transport in;
	u64 cookie;
	u32 answer;
	u32 size; /* of the stream's message */
	u32 left; /* bytes of the last message that have not come */
};

/* ---- owners ---- */

static __always_inline bool dns_scope(struct __sk_buff *skb, struct task_struct *task)
{
	if ((kwp_settings.scope & KWP_SCOPE_CGROUP) &&
	    bpf_skb_ancestor_cgroup_id(skb, kwp_settings.cgroup_level) != kwp_settings.cgroup)
		return false;
	return scope_has_task(task);
}

/* Is the current task the one that sends? A datagram goes out within the call that sends
 * it, and so does the first packet of a connection. Later ones do at times: the task
 * is at least in the socket's cgroup then. */
static __always_inline bool task_sends(const struct dns_packet *packet, struct task_struct *task)
{
	if (task->flags & PF_KTHREAD)
		return false;
	if (packet->in.ip.protocol == IPPROTO_UDP || (packet->in.tcp_flags & TCP_SYN))
		return true;
	return task->cgroups->dfl_cgrp->kn->id == bpf_skb_cgroup_id(packet->in.ip.skb);
}

/* Remembers who sends, if that is news and can be told. */
static __always_inline void owner_learn(const struct dns_packet *packet)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct kwp_record *owner = bpf_map_lookup_elem(&kwp_dns_owners, &packet->cookie);
	struct kwp_slot *slot;

	if (owner && (packet->in.ip.protocol == IPPROTO_TCP || owner->tid == (u32)task->pid))
		return;
	if (!task_sends(packet, task) || !dns_scope(packet->in.ip.skb, task))
		return;
	slot = record_begin(KWP_DNS, KWP_BY_CGROUP, sizeof(struct kwp_dns));
	if (!slot)
		return;
	bpf_map_update_elem(&kwp_dns_owners, &packet->cookie, &slot->record, BPF_ANY);
	slot_give(slot);
}

/* A record in the name of the socket's owner. */
static __always_inline struct kwp_slot *owner_record(const struct kwp_record *owner)
{
	struct kwp_slot *slot = slot_take(KWP_DNS);

	if (!slot)
		return NULL;
	__builtin_memcpy(&slot->record, owner, sizeof(*owner));
	__builtin_memset(slot->bytes, 0, sizeof(struct kwp_dns));
	slot->used = sizeof(struct kwp_dns);
	slot->record.time = bpf_ktime_get_boot_ns();
	return slot;
}

/* ---- messages ---- */

/* Sends the message of size bytes that begins at packet->in.ip.at, as far as the packet has it. */
SUBPROG int dns_record(struct dns_packet *packet, u32 size)
{
	struct kwp_record *owner = bpf_map_lookup_elem(&kwp_dns_owners, &packet->cookie);
	u32 took = packet->in.end - packet->in.ip.at;
	struct kwp_slot *slot;
	struct kwp_dns *dns;
	char *to;

	if (!owner)
		return 0;
	slot = owner_record(owner);
	if (!slot)
		return 0;
	dns = record_facts(slot);
	dns->local = packet->answer ? packet->in.ip.target : packet->in.ip.source;
	dns->remote = packet->answer ? packet->in.ip.source : packet->in.ip.target;
	dns->cookie = packet->cookie;
	dns->protocol = packet->in.ip.protocol;
	dns->answer = packet->answer;
	dns->size = size;
	if (took > size)
		took = size;
	if (took > DNS_BYTES)
		took = DNS_BYTES;
	to = record_room(slot);
	if (to && took) {
		asm volatile("" : "+r"(took));
		took = ((took - 1) & (DNS_BYTES - 1)) + 1; /* as it is: 6.1 must be shown */
		if (!bpf_skb_load_bytes(packet->in.ip.skb, packet->in.ip.at, to, took))
			record_took(slot, 0, took);
	}
	record_end(slot);
	return 0;
}

/* One message of a TCP segment: two bytes of length before it. */
static long dns_step(u32 index, struct dns_packet *packet)
{
	u32 size = packet->size, here;
	u8 length[2];

	packet->size = 0;
	if (!size) {
		if (packet->in.end - packet->in.ip.at < sizeof(length) ||
		    bpf_skb_load_bytes(packet->in.ip.skb, packet->in.ip.at, length, sizeof(length)))
			return 1;
		size = packet_u16(length);
		packet->in.ip.at += sizeof(length);
	}
	here = packet->in.end - packet->in.ip.at;
	if (!here) {
		packet->size = size;
		return 1;
	}
	dns_record(packet, size);
	packet->left = here < size ? size - here : 0;
	packet->in.ip.at += here < size ? here : size;
	return packet->in.ip.at >= packet->in.end;
}

/* The messages of a TCP segment, but for bytes that were seen before. */
static __always_inline void dns_segment(struct dns_packet *packet)
{
	u64 key = packet->cookie << 1 | packet->answer;
	struct dns_stream *old = bpf_map_lookup_elem(&kwp_dns_streams, &key);
	struct dns_stream stream = {.next = packet->in.sequence + packet->in.end -
					    packet->in.ip.at};

	if (old && (s32)(stream.next - old->next) <= 0)
		return; /* sent again */
	if (old && old->next == packet->in.sequence) {
		packet->size = old->size;
		packet->left = old->left;
	}
	if (packet->left >= packet->in.end - packet->in.ip.at) {
		stream.left = packet->left - (packet->in.end - packet->in.ip.at);
	} else {
		packet->in.ip.at += packet->left;
		packet->left = 0;
		bpf_loop(DNS_MESSAGES, dns_step, packet, 0);
		stream.left = packet->left;
		stream.size = packet->size;
	}
	bpf_map_update_elem(&kwp_dns_streams, &key, &stream, BPF_ANY);
}

static __always_inline void dns_look(struct __sk_buff *skb, u32 answer)
{
	struct dns_packet packet = {.in.ip.skb = skb, .answer = answer};

	if (kwp_settings.failed_only || transport_unlikely(skb) || !transport_read(&packet.in))
		return;
	if ((answer ? packet.in.ip.source.port : packet.in.ip.target.port) != DNS_PORT)
		return;
	packet.cookie = bpf_get_socket_cookie(skb);
	if (!answer)
		owner_learn(&packet);
	if (packet.in.ip.at >= packet.in.end)
		return;
	if (packet.in.ip.protocol == IPPROTO_TCP)
		dns_segment(&packet);
	else
		dns_record(&packet, packet.in.end - packet.in.ip.at);
}

SEC("cgroup_skb/egress")
int kwp_dns_out(struct __sk_buff *skb)
{
	dns_look(skb, 0);
	return ALLOW;
}

SEC("cgroup_skb/ingress")
int kwp_dns_in(struct __sk_buff *skb)
{
	dns_look(skb, 1);
	return ALLOW;
}
