/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hooks of cgroups: connects and sends to an address, where no hook of lsm or fmod_ret can
 * deny them, and whose a socket is. Runs on kernels without type information too.
 */
#include "free.bpf.h"

/* What an act asks for; cookie: of its socket. */
struct ask {
	struct kwp_socket *socket;
	struct address to;
	struct end_said end;
	u64 cookie;
};

static __always_inline void gate_tell(struct ask *ask, u32 type, struct said_here said)
{
	struct owner_record *out;

	if (said.verdict < KWP_SAID_BLOCK)
		address_told(ask->cookie, ask->end.generation, said.rule);
	out = owner_record(&ask->socket->owner.head, KWP_CONNECT, ask->end.generation, said,
			   ask->end.ip);
	if (!out)
		return;
	owner_ends(&out->net, &ask->end);
	out->net.cookie = ask->cookie;
	out->net.type = type;
	bpf_ringbuf_submit(out, 0);
}

static __always_inline int gate_verdict(struct bpf_sock_addr *ctx, struct bpf_sock *sk,
					struct ask *ask, bool send)
{
	struct said_here said = {.rule = address_rule(ask->end.generation, &ask->to)};
	struct kwp_flow answer;

	said.verdict = rule_verdict(ask->end.generation, said.rule);
	if (!said.verdict)
		return PASS;
	ask->socket = bpf_sk_storage_get(&kwp_sockets, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (!ask->socket)
		return said.verdict >= KWP_SAID_BLOCK ? DENY : PASS;
	if (ask->socket->owner.head.pid != bpf_get_current_pid_tgid() >> 32)
		owner_note(&ask->socket->owner);
	if (!owner_covered(ctx, false, &ask->socket->owner, ask->end.generation))
		return PASS;
	answer = flow_key(ask->cookie, &ask->to, ask->to.port, true, ask->end.generation);
	if (send && flow_lives(&answer))
		return PASS;
	rule_hit(ask->end.generation, said.rule);
	gate_tell(ask, ctx->type, said);
	return said.verdict >= KWP_SAID_BLOCK ? DENY : PASS;
}

/* A question by TCP is on its way: of which network namespace? */
static __always_inline void gate_asks(struct bpf_sock_addr *ctx, struct bpf_sock *sk)
{
	struct kwp_socket *socket;

	if (!guard_on_names() || ctx->user_port != bpf_htons(DNS_PORT))
		return;
	socket = bpf_sk_storage_get(&kwp_sockets, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (socket)
		socket->netns = bpf_get_netns_cookie(ctx);
}

static __always_inline int gate(struct bpf_sock_addr *ctx, bool six, bool send)
{
	struct ask ask = {.end.generation = guard_generation()};
	struct bpf_sock *sk = ctx->sk;
	u32 *words = (u32 *)ask.to.ip;

	if (!guard_on(KWP_CLASS_NETWORK) || !ask.end.generation || !sk)
		return PASS;
	gate_asks(ctx, sk);
	if (kwp_settings.hooks)
		return PASS;
	if (!six && ctx->protocol == IPPROTO_TCP &&
	    free_is_known(ctx->user_ip4, ctx->user_port, ask.end.generation))
		return PASS;
	if (six) {
		words[0] = ctx->user_ip6[0];
		words[1] = ctx->user_ip6[1];
		words[2] = ctx->user_ip6[2];
		words[3] = ctx->user_ip6[3];
	} else {
		address_ip4(&ask.to, ctx->user_ip4);
	}
	ask.to.protocol = ask.end.protocol = address_protocol(ctx->protocol);
	ask.to.port = ask.end.port = bpf_ntohs(ctx->user_port);
	__builtin_memcpy(ask.end.ip, ask.to.ip, sizeof(ask.end.ip));
	ask.cookie = bpf_get_socket_cookie(ctx);
	return gate_verdict(ctx, sk, &ask, send);
}

SEC("cgroup/connect4")
int kwp_connect4(struct bpf_sock_addr *ctx)
{
	return gate(ctx, false, false);
}

SEC("cgroup/connect6")
int kwp_connect6(struct bpf_sock_addr *ctx)
{
	return gate(ctx, true, false);
}

SEC("cgroup/sendmsg4")
int kwp_sendmsg4(struct bpf_sock_addr *ctx)
{
	return gate(ctx, false, true);
}

SEC("cgroup/sendmsg6")
int kwp_sendmsg6(struct bpf_sock_addr *ctx)
{
	return gate(ctx, true, true);
}

/* ---- owners ---- */

/* What may wait for connections. */
static __always_inline void gate_own_listener(struct bpf_sock *sk)
{
	struct kwp_owner *owner =
		bpf_sk_storage_get(&kwp_owners, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);

	if (owner)
		owner_note(owner);
}

/* What waits for others, and datagrams, which may come from anywhere: whose is it, if a packet
 * is denied? A connection of our own is judged at its connect, by the task itself. */
static __always_inline int gate_own(struct bpf_sock *sk)
{
	struct kwp_socket *socket;

	if (!guard_on(KWP_CLASS_NETWORK))
		return PASS;
	if (sk->type == SOCK_STREAM && sk->protocol == IPPROTO_TCP) {
		gate_own_listener(sk);
		return PASS;
	}
	socket = bpf_sk_storage_get(&kwp_sockets, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (socket && !socket->owner.head.pid)
		owner_note(&socket->owner);
	if (socket && guard_on_names())
		socket->netns = bpf_get_netns_cookie(sk);
	return PASS;
}

SEC("cgroup/sock_create")
int kwp_sock_new(struct bpf_sock *sk)
{
	bpf_get_socket_cookie(sk); /* makes it: hooks can only read it */
	if (sk->type == SOCK_STREAM && sk->protocol != IPPROTO_SCTP)
		return PASS;
	return gate_own(sk);
}

SEC("cgroup/post_bind4")
int kwp_sock_bind4(struct bpf_sock *sk)
{
	return gate_own(sk);
}

SEC("cgroup/post_bind6")
int kwp_sock_bind6(struct bpf_sock *sk)
{
	return gate_own(sk);
}
