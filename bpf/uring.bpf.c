/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is done through io_uring, where no system call shows it.
 *
 * The completion is the place: there the result is known, and the file or socket. But the names
 * have been let go by then, so they are kept from the submission on. Where lsm or fmod_ret hooks
 * see acts on files (their records have KWP_F_URING), only what failed is left to tell: most of it
 * never came to a hook. Acts on sockets are told here everywhere: a connect comes to its hook
 * twice, a fast open never, and an accept before it has a peer.
 */
#include "uring.bpf.h"

#define URING_PENDING 512 /* operations with names under way */
#define URING_ACCEPTS 256

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, URING_PENDING);
	__type(key, u64); /* address of the request */
	__type(value, struct uring_words);
} kwp_uring_words SEC(".maps");

/* Accepts by ring and user_data: one that goes on completes without its request. */
struct uring_key {
	u64 ring, user_data;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, URING_ACCEPTS);
	__type(key, struct uring_key);
	__type(value, u32); /* file_slot */
} kwp_uring_multi SEC(".maps");

/* ---- records ---- */

static __always_inline struct kwp_slot *uring_begin(const struct uring_op *op, u32 type,
						    u32 facts_size)
{
	struct kwp_slot *slot = record_begin(type, KWP_BY_TRACEPOINT, facts_size);

	if (!slot)
		return NULL;
	slot->record.flags |= KWP_F_URING;
	if (op->done) {
		slot->record.flags |= KWP_F_RET;
		slot->record.ret = op->ret;
	}
	return slot;
}

/* An act on names; words is NULL when there was no room to keep them. */
SUBPROG_ONCE int uring_named(const struct uring_op *op, u32 type, const struct uring_words *words)
{
	struct kwp_slot *slot;
	struct kwp_file_act *act;
	bool first, second;

	if (!op)
		return 0;
	slot = uring_begin(op, type, sizeof(*act));
	if (!slot)
		return 0;
	act = record_facts(slot);
	act->fd = -1;
	slot->record.flags |= KWP_F_UNRESOLVED;
	if (!words || words->opcode != op->opcode) {
		slot->record.incomplete |= KWP_NO_PATH | KWP_NO_TARGET;
		record_end(slot);
		return 0;
	}
	act->dirfd = words->dirfd[0];
	act->flags = words->flags;
	act->mode = words->mode;
	first = words_record(slot, 0, words->text[0]) && op->opcode != IORING_OP_SYMLINKAT;
	second = words_record(slot, 1, words->text[1]);
	if (second && !(first && words->dirfd[0] == words->dirfd[1]))
		record_dir(slot, KWP_DIR2, words->dirfd[1]);
	if (first)
		record_dir(slot, KWP_DIR, words->dirfd[0]);
	record_end(slot);
	return 0;
}

/* An open that made a descriptor. */
SUBPROG_ONCE int uring_opened(const struct uring_op *op)
{
	struct kwp_file_act *act;
	struct kwp_slot *slot;
	u32 flags, mode = 0, type;
	u64 file;

	if (!op)
		return 0;
	flags = request_get(op, struct io_open, how.flags);
	file = op_result(op);
	bpf_core_read(&mode, sizeof(mode), &((struct file *)file)->f_mode);
	type = open_type(flags, mode);
	if (!type)
		return 0;
	slot = uring_begin(op, type, sizeof(*act));
	if (!slot)
		return 0;
	act = record_facts(slot);
	act->flags = flags;
	act->fd = op->file_slot ? -1 : op->ret;
	act->dirfd = request_get(op, struct io_open, dfd);
	record_file(slot, &act->file, 0, file);
	record_end(slot);
	return 0;
}

static __always_inline void uring_connected(struct kwp_slot *slot, struct kwp_net *net,
					    const struct uring_op *op,
					    const struct uring_words *words)
{
	bool settled = op->done && connect_settled(op->ret);
	u32 size = 0;

	record_socket(slot, net, op_file(op), settled ? END_BOTH : END_LOCAL);
	if (settled)
		return;
	if (words && words->opcode == op->opcode)
		size = sockaddr_take(slot, (u64)words->text[0], words->size, false);
	slot->record.flags |= KWP_F_UNRESOLVED;
	record_sockaddr(slot, &net->remote, 1, size);
}

/* An act on a socket. */
SUBPROG_ONCE int uring_net(const struct uring_op *op, const struct uring_words *words)
{
	struct kwp_slot *slot;
	struct kwp_net *net;
	bool made;

	if (!op)
		return 0;
	made = op->done && op->ret >= 0;
	slot = uring_begin(op, op->type, sizeof(*net));
	if (!slot)
		return 0;
	net = record_facts(slot);
	net->fd = -1;
	if (kwp_settings.stdio && (op->type == KWP_CONNECT || op->type == KWP_ACCEPT))
		own_stdio(&net->io);
	switch (op->type) {
	case KWP_CONNECT:
		uring_connected(slot, net, op, words);
		break;
	case KWP_SOCKET:
		net_asked(net, request_get(op, struct io_socket, domain),
			  request_get(op, struct io_socket, type),
			  request_get(op, struct io_socket, protocol));
		break;
	case KWP_LISTEN:
		if (bpf_core_type_exists(struct io_listen))
			net_set_backlog(net, request_get(op, struct io_listen, backlog));
		break;
	}
	if ((op->type == KWP_SOCKET || op->type == KWP_ACCEPT) && made) {
		net->fd = op->file_slot ? -1 : op->ret;
		record_socket(slot, net, op_result(op), END_BOTH);
	} else if (op->type != KWP_SOCKET && op->type != KWP_CONNECT && op->request) {
		record_socket(slot, net, op_file(op), END_BOTH);
	}
	record_end(slot);
	return 0;
}

static __always_inline bool type_is_net(u32 type)
{
	return type == KWP_CONNECT || type == KWP_ACCEPT || type == KWP_SOCKET ||
	       type == KWP_BIND || type == KWP_LISTEN;
}

/* The one record of an operation. */
static __always_inline void uring_record(const struct uring_op *op, const struct uring_words *words)
{
	bool failed = op->done && op->ret < 0;
	u32 type = op->type;

	if (kwp_settings.failed_only && !failed)
		return;
	if (kwp_settings.hooks && !type_is_net(type) && !failed)
		return; /* the hook has told it, with its path */
	if (type_is_net(type)) {
		uring_net(op, words);
		return;
	}
	if (type == KWP_OPEN && op->done && op->ret >= 0) {
		uring_opened(op);
		return;
	}
	if (type == KWP_OPEN)
		type = open_type(request_get(op, struct io_open, how.flags), 0);
	if (type)
		uring_named(op, type, words);
}

/* ---- submission ---- */

SUBPROG int uring_multi_keep(struct uring_op *op)
{
	struct uring_key key = {op->ring, request_get(op, struct io_kiocb, cqe.user_data)};

	bpf_map_update_elem(&kwp_uring_multi, &key, &op->file_slot, BPF_ANY);
	return 0;
}

/* Keeps what the completion will not know. An operation that there is no room for is told now,
 * without its result; so is one that asked for no completion when all goes well. */
static __always_inline void uring_submit(u64 request)
{
	struct uring_op op = {.request = request};
	struct uring_words *words;
	struct kwp_slot *slot;

	if (!uring_op_read(&op))
		return;
	op.fd = request_get(&op, struct io_kiocb, cqe.fd);
	if (op.type == KWP_ACCEPT)
		uring_multi_keep(&op);
	if (type_is_net(op.type) && op.opcode != IORING_OP_CONNECT) { /* no words */
		if (op.flags & REQ_F_CQE_SKIP)
			uring_record(&op, NULL);
		return;
	}
	slot = slot_take(op.type);
	if (!slot)
		return;
	words_take(slot, &op);
	words = (struct uring_words *)slot->path;
	if ((op.flags & REQ_F_CQE_SKIP) ||
	    bpf_map_update_elem(&kwp_uring_words, &request, words, BPF_ANY))
		uring_record(&op, words);
	slot_give(slot);
}

SEC("tp_btf/io_uring_submit_req") /* since 6.4 */
int BPF_PROG(kwp_uring_req, struct io_kiocb *request)
{
	uring_submit((u64)request);
	return 0;
}

SEC("tp_btf/io_uring_submit_sqe") /* to 6.3 */
int BPF_PROG(kwp_uring_sqe, struct io_kiocb *request)
{
	uring_submit((u64)request);
	return 0;
}

/* ---- completion ---- */

/* What a completion without a request says. */
struct uring_done {
	u64 user_data;
	s32 ret;
	u32 pad;
};

static __always_inline void done_read(struct uring_done *out, u64 *ctx)
{
	if (kwp_settings.cqe) {
		bpf_core_read(&out->user_data, 8, &((struct io_uring_cqe *)ctx[2])->user_data);
		bpf_core_read(&out->ret, 4, &((struct io_uring_cqe *)ctx[2])->res);
	} else {
		out->user_data = ctx[2];
		out->ret = ctx[3];
	}
}

/* One more connection of an accept that goes on. */
SUBPROG bool uring_multi_read(struct uring_op *op, struct uring_done *done)
{
	struct uring_key key = {op->ring, done->user_data};
	u32 *file_slot = bpf_map_lookup_elem(&kwp_uring_multi, &key);

	if (!file_slot || done->ret < 0 || !uring_asked(KWP_ACCEPT) ||
	    !scope_has(bpf_get_current_task_btf()))
		return false;
	op->opcode = IORING_OP_ACCEPT;
	op->type = KWP_ACCEPT;
	op->file_slot = *file_slot;
	op->ret = done->ret;
	return true;
}

SUBPROG bool uring_single_read(struct uring_op *op)
{
	if (!uring_op_read(op))
		return false;
	/* The result from the kernel's memory: the ring's own is the caller's too. */
	op->ret = request_get(op, struct io_kiocb, cqe.res);
	/* Nobody came. */
	return op->type != KWP_ACCEPT || (op->ret != -EAGAIN && op->ret != -ECANCELED);
}

SEC("tp_btf/io_uring_complete")
int kwp_uring_done(u64 *ctx)
{
	struct uring_op op = {.ring = ctx[0], .request = ctx[1], .done = 1};
	struct uring_words *words = NULL;
	struct uring_done done = {};

	if (!op.request)
		done_read(&done, ctx);
	if (op.request ? !uring_single_read(&op) : !uring_multi_read(&op, &done))
		return 0;
	if (op.request)
		words = bpf_map_lookup_elem(&kwp_uring_words, &op.request);
	uring_record(&op, words);
	if (words)
		bpf_map_delete_elem(&kwp_uring_words, &op.request);
	return 0;
}

/* ---- set-up ---- */

#define PARAMS_FLAGS 8 /* of flags in struct io_uring_params */

SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_uring, struct pt_regs *regs, long ret)
{
	bool compat = task_is_compat(bpf_get_current_task_btf());
	struct kwp_slot *slot = exit_begin(regs, ret, KWP_URING, sizeof(struct kwp_uring));
	struct kwp_uring *uring;

	if (!slot)
		return 0;
	uring = record_facts(slot);
	uring->entries = regs_arg(regs, compat, 0);
	bpf_probe_read_user(&uring->setup_flags, sizeof(uring->setup_flags),
			    (void *)regs_arg(regs, compat, 1) + PARAMS_FLAGS);
	record_end(slot);
	return 0;
}
