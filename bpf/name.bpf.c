/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which addresses stand for the names of rules: what the guest's resolvers answer. An answer counts
 * if it comes from one of them, to the socket that asked for that name, with the question's number,
 * in the guest's own network namespace, and all of it holds together; else nothing changes.
 *
 * This runs on kernels without type information too, as packet.bpf.c does.
 */
#include "answer.h"
#include "owner.bpf.h"
#include "transport.bpf.h"

#define LOOPBACK_DEVICE 1 /* its index in each network namespace */
#define ANSWERS 4	  /* scratches of a CPU: tasks that pre-empt each other, an interrupt */
#define ASKED 1024
#define ASKED_NS 30000000000ull /* that an answer may take */

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, ANSWERS);
	__type(key, u32);
	__type(value, struct kwp_answer);
} kwp_answers SEC(".maps");

/* Questions that are not answered yet. */
struct asked {
	u64 cookie;
	u64 name; /* its hash */
	u8 server[16];
	u16 id, type;
	u32 pad;
};
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, ASKED);
	__type(key, struct asked);
	__type(value, u64); /* when, ns of CLOCK_BOOTTIME */
} kwp_asked SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, KWP_NAMES_MAX);
	__type(key, struct kwp_name);
	__type(value, u64);
} kwp_names SEC(".maps");

/* Where a look-up in kwp_names, and a kwp_called, are put together. */
struct scratch {
	struct kwp_name name;
	struct kwp_called called;
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, ANSWERS);
	__type(key, u32);
	__type(value, struct scratch);
} kwp_scratches SEC(".maps");

/* ---- what an answer says ---- */

/* One letter of a name that is turned round, and zeros behind it. */
SUBPROG_ONCE int letter_turn(struct scratch *to, const struct kwp_answer *from, u32 i)
{
	const u8 *text;
	u32 length, at;

	if (!to || !from || i > KWP_ANSWER_NAME)
		return 0;
	text = (const u8 *)from->words;
	length = from->length;
	at = length - 1 - i;
	to->name.text[i] = i < length ? text[at & (KWP_ANSWER_TEXT - 1)] : 0;
	return 0;
}

static __always_inline void name_turn(struct scratch *to, const struct kwp_answer *from)
{
	for (u32 i = 0; i <= KWP_ANSWER_NAME; i++) {
		letter_turn(to, from, i);
		if (i > from->length)
			break;
	}
	to->name.prefix = 8 * (1 + from->length + 1);
	to->called.size = from->length < KWP_CALLED_TEXT ? from->length : 0;
	__builtin_memcpy(to->called.text, from->words, sizeof(to->called.text));
}

static __always_inline void named_put(struct kwp_named *named, u64 id, u64 until)
{
	u32 way = 0;

	for (u32 i = 1; i < KWP_NAMED_WAYS; i++)
		if (named->until[i] < named->until[way & (KWP_NAMED_WAYS - 1)])
			way = i;
	for (u32 i = 0; i < KWP_NAMED_WAYS; i++)
		if (named->id[i] == id)
			way = i;
	way &= KWP_NAMED_WAYS - 1;
	if (named->id[way] != id) {
		named->until[way] = 0;
		barrier();
		named->id[way] = id;
		barrier();
	}
	if (named->until[way] < until)
		named->until[way] = until;
}

/* An address stands for a name that rules know. */
SUBPROG_ONCE int named_learn(const struct kwp_answer *answer, u32 n, u64 id, u64 until)
{
	struct kwp_named first = {}, *named;
	u8 ip[16];

	if (!answer)
		return 0;
	__builtin_memcpy(ip, answer->address[n & (KWP_ANSWER_FOUND - 1)], sizeof(ip));
	named = bpf_map_lookup_elem(&kwp_named, ip);
	if (named) {
		named_put(named, id, until);
		return 0;
	}
	first.id[0] = id;
	first.until[0] = until;
	if (!bpf_map_update_elem(&kwp_named, ip, &first, BPF_NOEXIST))
		__sync_fetch_and_add(&kwp_counters.named, 1);
	return 0;
}

static __always_inline void answer_learn(const struct kwp_answer *answer,
					 const struct scratch *scratch)
{
	u64 *id = bpf_map_lookup_elem(&kwp_names, &scratch->name), ttl = answer->ttl;

	if (ttl < KWP_TTL_LEAST)
		ttl = KWP_TTL_LEAST;
	if (ttl > KWP_TTL_MOST)
		ttl = KWP_TTL_MOST;
	for (u32 n = 0; n < KWP_ANSWER_FOUND && n < answer->found; n++) {
		if (id)
			named_learn(answer, n, *id, bpf_ktime_get_boot_ns() + ttl * 1000000000);
		bpf_map_update_elem(&kwp_called, answer->address[n], &scratch->called, BPF_ANY);
	}
}

/* ---- questions and answers ---- */

/* A message, and where it came by. */
struct exchange {
	struct transport in;
	struct asked asked;
	u32 generation;
	bool answer, raw;
};

/* Its bytes. False: none, or too many. */
static __always_inline bool message_take(struct kwp_answer *to, const struct exchange *exchange)
{
	const struct packet *ip = &exchange->in.ip;
	u32 size = exchange->in.end - ip->at;

	if (ip->at >= exchange->in.end || size > KWP_ANSWER_BYTES)
		return false;
	to->size = size;
	asm volatile("" : "+r"(size));
	size = ((size - 1) & (KWP_ANSWER_BYTES - 1)) + 1; /* as it is: 6.1 must be shown */
	return !bpf_skb_load_bytes(ip->skb, ip->at, to->bytes, size);
}

static __always_inline void question_note(struct exchange *exchange,
					  const struct kwp_answer *message)
{
	u64 now = bpf_ktime_get_boot_ns();

	if (!message->is_answer)
		bpf_map_update_elem(&kwp_asked, &exchange->asked, &now, BPF_ANY);
}

static __always_inline void answer_take(struct exchange *exchange, struct kwp_answer *message,
					struct scratch *scratch)
{
	u64 *when = bpf_map_lookup_elem(&kwp_asked, &exchange->asked);

	if (!message->is_answer || !when || bpf_ktime_get_boot_ns() - *when > ASKED_NS)
		return;
	/* The text of the question goes before the next name is read. */
	name_turn(scratch, message);
	scratch->name.slot = exchange->generation % KWP_GENERATIONS;
	if (!kwp_answer_records(message))
		return;
	answer_learn(message, scratch);
	bpf_map_delete_elem(&kwp_asked, &exchange->asked);
}

static __always_inline void message_read(struct exchange *exchange, struct kwp_answer *message,
					 struct scratch *scratch)
{
	struct kwp_policy *policy = guard_policy(exchange->generation);

	if (!policy || !message_take(message, exchange))
		return;
	message->seed = policy->seed;
	if (!kwp_answer_question(message))
		return;
	exchange->asked.name = message->asked;
	exchange->asked.id = message->id;
	exchange->asked.type = message->type;
	if (exchange->answer)
		answer_take(exchange, message, scratch);
	else
		question_note(exchange, message);
}

static __always_inline void exchange_read(struct exchange *exchange)
{
	u32 key = 0;

	for (int i = 0; i < ANSWERS; i++, key++) {
		struct kwp_answer *message = bpf_map_lookup_elem(&kwp_answers, &key);
		struct scratch *scratch = bpf_map_lookup_elem(&kwp_scratches, &key);

		if (!message || !scratch || __sync_lock_test_and_set(&message->busy, 1))
			continue;
		message_read(exchange, message, scratch);
		__sync_lock_test_and_set(&message->busy, 0);
		return;
	}
	__sync_fetch_and_add(&kwp_counters.unread, 1);
}

/* ---- packets ---- */

/* Which of the guest's resolvers an address is; KWP_RESOLVERS: none. */
SUBPROG_ONCE u32 resolver_find(u32 generation, const struct address *of)
{
	struct kwp_policy *policy = guard_policy(generation);
	const u64 *want, *has;

	if (!policy || !of)
		return KWP_RESOLVERS;
	want = (const u64 *)of->ip;
	for (u32 i = 0; i < KWP_RESOLVERS && i < policy->resolvers; i++) {
		has = (const u64 *)policy->resolver[i];
		if (want[0] == has[0] && want[1] == has[1])
			return i;
	}
	return KWP_RESOLVERS;
}

static __always_inline bool resolver_is_local(u32 generation, u32 n)
{
	struct kwp_policy *policy = guard_policy(generation);

	return policy && policy->resolvers_local >> (n & (KWP_RESOLVERS - 1)) & 1;
}

/* TCP: one whole message and its length, and the first of its connection when it comes in, so that
 * nobody can make the middle of another one look like it. */
static __always_inline bool stream_begins(struct exchange *exchange, struct bpf_sock *sk)
{
	struct packet *ip = &exchange->in.ip;
	struct bpf_tcp_sock *tcp;
	u8 length[2];

	if (bpf_skb_load_bytes(ip->skb, ip->at, length, sizeof(length)))
		return false;
	ip->at += sizeof(length);
	if (ip->at + packet_u16(length) != exchange->in.end)
		return false;
	if (!exchange->answer)
		return true;
	tcp = bpf_tcp_sock(sk);
	return tcp && !tcp->bytes_received && tcp->rcv_nxt == exchange->in.sequence;
}

/* Nobody but a resolver sends as one. Its own packets come of no raw socket. */
static __always_inline int exchange_forged(struct exchange *exchange)
{
	struct kwp_policy *policy = guard_policy(exchange->generation);
	struct address from = {};

	if (!exchange->raw || exchange->in.ip.source.port != DNS_PORT || !policy)
		return PASS;
	address_from(&from, &exchange->in.ip.source);
	if (resolver_find(exchange->generation, &from) == KWP_RESOLVERS)
		return PASS;
	rule_hit(exchange->generation, policy->address_raw);
	return kwp_switch.mode == KWP_MODE_ENFORCE ? DENY : PASS;
}

static __always_inline bool exchange_counts(struct exchange *exchange, struct bpf_sock *sk)
{
	struct packet *ip = &exchange->in.ip;
	struct kwp_socket *socket = bpf_sk_storage_get(&kwp_sockets, sk, 0, 0);
	struct address server = {};
	u32 n;

	if (!socket || !socket->netns || socket->netns != kwp_switch.netns)
		return false;
	address_from(&server, exchange->answer ? &ip->source : &ip->target);
	n = resolver_find(exchange->generation, &server);
	if (n == KWP_RESOLVERS)
		return false;
	/* What comes from within the guest is not what another machine sent. */
	if (exchange->answer && ip->skb->ifindex == LOOPBACK_DEVICE &&
	    !resolver_is_local(exchange->generation, n))
		return false;
	__builtin_memcpy(exchange->asked.server, server.ip, sizeof(server.ip));
	return ip->protocol == IPPROTO_UDP || stream_begins(exchange, sk);
}

static __always_inline int name_look(struct __sk_buff *skb, bool answer)
{
	struct exchange exchange = {.in.ip.skb = skb, .answer = answer};
	struct bpf_sock *sk = skb->sk;

	exchange.generation = guard_generation();
	if (!guard_on_names() || !exchange.generation || !sk)
		return PASS;
	sk = bpf_sk_fullsock(sk);
	if (!sk)
		return PASS;
	exchange.raw = sk->type == SOCK_RAW;
	if ((!exchange.raw && transport_unlikely(skb)) || !transport_read(&exchange.in))
		return PASS;
	if (!answer && exchange_forged(&exchange) == DENY)
		return DENY;
	if ((answer ? exchange.in.ip.source.port : exchange.in.ip.target.port) != DNS_PORT)
		return PASS;
	exchange.asked.cookie = bpf_get_socket_cookie(skb);
	if (exchange_counts(&exchange, sk))
		exchange_read(&exchange);
	return PASS;
}

SEC("cgroup_skb/egress")
int kwp_name_out(struct __sk_buff *skb)
{
	return name_look(skb, false);
}

SEC("cgroup_skb/ingress")
int kwp_name_in(struct __sk_buff *skb)
{
	return name_look(skb, true);
}
