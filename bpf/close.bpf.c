/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ends of connections: what went over them, how long they were there, whose they were.
 *
 * The state of a socket changes while any task runs. Two changes are the doing of the task that
 * runs: to SYN_SENT (it connects), to FIN_WAIT1 or LAST_ACK (it closes). The one that accepts
 * is told by the end of its system call (net.bpf.c).
 */
#include "close.bpf.h"
#include "io.bpf.h"

struct kwp_connections_map kwp_connections SEC(".maps");

#define BIT(state) (1u << BPF_TCP_##state)
/* In these its own FIN is in the stream. */
#define CLOSED (BIT(FIN_WAIT1) | BIT(FIN_WAIT2) | BIT(TIME_WAIT) | BIT(LAST_ACK) | BIT(CLOSING))
/* From these a connection ends. */
#define CONNECTED (BIT(ESTABLISHED) | BIT(SYN_SENT) | BIT(CLOSE_WAIT) | CLOSED)
#define SOCK_DONE 1 /* of skc_flags: the other end's FIN has come */

static __always_inline bool task_owns(struct task_struct *task)
{
	return !(task->flags & PF_KTHREAD) && scope_has(task);
}

/* The head of a record by the current task. */
static __always_inline void owner_take(struct kwp_slot *slot)
{
	__builtin_memset(&slot->record, 0, sizeof(slot->record));
	record_own_head(slot);
}

static __always_inline void connection_begins(u64 sock, bool inbound, bool owned)
{
	struct kwp_slot *slot = NULL;
	struct connection *connection;

	if (inbound || owned || !kwp_settings.scope)
		slot = slot_take(KWP_CLOSE);
	if (!slot) {
		bpf_map_delete_elem(&kwp_connections, &sock);
		return;
	}
	connection = record_facts(slot);
	__builtin_memset(connection, 0, sizeof(*connection));
	connection->began = bpf_ktime_get_boot_ns();
	connection->inbound = inbound;
	if (owned) {
		owner_take(slot);
		__builtin_memcpy(&connection->owner, &slot->record, sizeof(connection->owner));
	}
	bpf_map_update_elem(&kwp_connections, &sock, connection, BPF_ANY);
	slot_give(slot);
}

/* Who closes a connection owns it, if nobody else is known to. */
static __always_inline void connection_closes(u64 sock)
{
	struct connection *connection = bpf_map_lookup_elem(&kwp_connections, &sock);
	struct kwp_slot *slot;

	if (connection && connection->owner.pid)
		return;
	if (!connection) { /* it was there before us */
		struct connection unknown = {};

		bpf_map_update_elem(&kwp_connections, &sock, &unknown, BPF_ANY);
	}
	slot = slot_take(KWP_CLOSE);
	if (!slot)
		return;
	owner_take(slot);
	connection_own(sock, &slot->record);
	slot_give(slot);
}

/* Bytes that went over it, without SYN and FIN, which the kernel counts with them. */
static __always_inline void connection_count(struct kwp_close *close, u64 sock, u32 old)
{
	struct tcp_sock *tcp = (struct tcp_sock *)sock;
	u32 acknowledged = 0, written = 0;
	unsigned long flags = 0;

	bpf_core_read(&close->sent, sizeof(close->sent), &tcp->bytes_acked);
	bpf_core_read(&close->received, sizeof(close->received), &tcp->bytes_received);
	bpf_core_read(&acknowledged, sizeof(acknowledged), &tcp->snd_una);
	bpf_core_read(&written, sizeof(written), &tcp->write_seq);
	bpf_core_read(&flags, sizeof(flags), &((struct sock *)sock)->__sk_common.skc_flags);
	if (close->sent && !close->inbound)
		close->sent--;
	if (close->sent && (CLOSED >> old & 1) && acknowledged == written)
		close->sent--;
	if (close->received && (flags & 1 << SOCK_DONE))
		close->received--;
}

/* The own port is free by now, and nowhere but in a copy. */
static __always_inline void connection_ends(struct kwp_slot *slot, struct kwp_close *close,
					    u64 sock)
{
	u16 port = 0;

	slot->from[1] = sock;
	record_sock(slot, &close->net, *(volatile u64 *)&slot->from[1], END_BOTH);
	bpf_core_read(&port, sizeof(port), &((struct inet_sock *)sock)->inet_sport);
	close->net.local.port = bpf_ntohs(port);
	close->net.fd = -1;
}

/* Its result: the error that ended it. A connect that failed at once told its own. */
static __always_inline void connection_result(struct kwp_slot *slot, int err, u32 old)
{
	if (!err && old == BPF_TCP_SYN_SENT)
		return;
	slot->record.ret = -(s64)err;
	slot->record.flags |= KWP_F_RET;
}

static __always_inline void owner_give(struct kwp_record *record, const struct kwp_record *owner)
{
	const u64 time = record->time;

	if (!owner->pid) {
		record->incomplete |= KWP_NO_PID;
		return;
	}
	__builtin_memcpy(record, owner, sizeof(*record));
	record->type = KWP_CLOSE;
	record->backend = KWP_BY_TRACEPOINT;
	record->facts_size = sizeof(struct kwp_close);
	record->time = time;
	record->nr = -1;
}

/* A function, so that what it keeps on the stack is verified once. */
SUBPROG int connection_tell(struct connection *connection, u64 sock, u32 old, int err)
{
	struct kwp_slot *slot;
	struct kwp_close *close;

	slot = record_begin_headless(KWP_CLOSE, KWP_BY_TRACEPOINT, sizeof(*close));
	if (!slot)
		return 0;
	close = record_facts(slot);
	close->inbound = sock_accepted((struct sock *)sock);
	if (connection) {
		owner_give(&slot->record, &connection->owner);
		if (connection->began) {
			close->inbound = connection->inbound;
			close->duration = slot->record.time - connection->began;
		}
	} else {
		slot->record.incomplete |= KWP_NO_PID;
	}
	connection_count(close, sock, old);
	connection_ends(slot, close, sock);
	connection_result(slot, err, old);
	record_end(slot);
	return 0;
}

static __always_inline void connection_ended(u64 sock, u32 old)
{
	struct connection *connection = bpf_map_lookup_elem(&kwp_connections, &sock);
	bool owned = connection && connection->owner.pid;
	int err = 0;

	bpf_core_read(&err, sizeof(err), &((struct sock *)sock)->sk_err);
	/* Nobody knows of the scope of one without an owner. */
	if ((owned || !kwp_settings.scope) && (err || !kwp_settings.failed_only))
		connection_tell(connection, sock, old, err);
	if (connection)
		bpf_map_delete_elem(&kwp_connections, &sock);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(kwp_close, struct sock *sk, int old, int state)
{
	u64 sock = (u64)sk;
	u16 protocol = 0;

	bpf_core_read(&protocol, sizeof(protocol), &sk->sk_protocol);
	if (protocol != IPPROTO_TCP || old < 0 || old > BPF_TCP_CLOSING)
		return 0;
	if (state == BPF_TCP_SYN_SENT)
		connection_begins(sock, false, task_owns(bpf_get_current_task_btf()));
	else if (state == BPF_TCP_ESTABLISHED && old == BPF_TCP_SYN_RECV)
		connection_begins(sock, true, false);
	else if (state == BPF_TCP_FIN_WAIT1 || state == BPF_TCP_LAST_ACK) {
		if (task_owns(bpf_get_current_task_btf()))
			connection_closes(sock);
	} else if (state == BPF_TCP_CLOSE && (CONNECTED >> old & 1))
		connection_ended(sock, old);
	return 0;
}
