/* SPDX-License-Identifier: GPL-2.0-only */
/* Operations of io_uring: what a request says, and its files. */
#ifndef KWP_URING_BPF_H
#define KWP_URING_BPF_H

#include "io.bpf.h"

#define URING_TEXT 1024	  /* bytes of a name that are kept */
#define URING_ALLOC (~0u) /* file_slot: the kernel picks one, the result says which */

/* Which type of act an operation is. */
static const u8 uring_types[KWP_OPCODES] = {
	[IORING_OP_SENDMSG] = KWP_CONNECT, /* with MSG_FASTOPEN */
	[IORING_OP_ACCEPT] = KWP_ACCEPT,   [IORING_OP_CONNECT] = KWP_CONNECT,
	[IORING_OP_OPENAT] = KWP_OPEN,	   [IORING_OP_SEND] = KWP_CONNECT,
	[IORING_OP_OPENAT2] = KWP_OPEN,	   [IORING_OP_RENAMEAT] = KWP_RENAME,
	[IORING_OP_UNLINKAT] = KWP_UNLINK, [IORING_OP_MKDIRAT] = KWP_CREATE,
	[IORING_OP_SYMLINKAT] = KWP_LINK,  [IORING_OP_LINKAT] = KWP_LINK,
	[IORING_OP_SOCKET] = KWP_SOCKET,   [IORING_OP_BIND] = KWP_BIND,
	[IORING_OP_LISTEN] = KWP_LISTEN,
};

/* What a submission says: names as the kernel copied them, or a socket address in text[0]. */
struct uring_words {
	u32 opcode;
	u32 size; /* of the address */
	s32 dirfd[2];
	u64 flags, mode;
	char text[2][URING_TEXT];
};
_Static_assert(sizeof(struct uring_words) <= KWP_PATH_MAX, "words are made in slot->path");

/* An operation, when it is submitted or done. */
struct uring_op {
	u64 request, ring;
	u32 opcode, type;
	u32 flags;     /* REQ_F_* */
	u32 file_slot; /* of the file that it makes: 0: a descriptor, else one more than the slot */
	s32 fd;	       /* at submission, of the file that it works on */
	s32 ret;
	u32 done; /* ret is known */
};

/* ---- reading requests ---- */

#define request_get(op, type, field)                                                               \
	({                                                                                         \
		__typeof__(((type *)0)->field) v_ = 0;                                             \
		u64 at_ = (op)->request;                                                           \
		bpf_core_read(&v_, sizeof(v_), &((type *)at_)->field);                             \
		v_;                                                                                \
	})

static __always_inline u32 request_file_slot(const struct uring_op *op)
{
	switch (op->opcode) {
	case IORING_OP_OPENAT:
	case IORING_OP_OPENAT2:
		return request_get(op, struct io_open, file_slot);
	case IORING_OP_ACCEPT:
		return request_get(op, struct io_accept, file_slot);
	case IORING_OP_SOCKET:
		return request_get(op, struct io_socket, file_slot);
	}
	return 0;
}

static __always_inline bool uring_asked(u32 type)
{
	u64 types = 1ull << type;

	return kwp_settings.types & (type == KWP_OPEN ? types | 1ull << KWP_CREATE : types);
}

/* Fills *op. False: nobody asked for such an act, or not of this process. Not inline: what it
 * has on the stack should not stand under a path walk. */
SUBPROG bool uring_op_read(struct uring_op *op)
{
	op->opcode = request_get(op, struct io_kiocb, opcode);
	op->type = uring_types[op->opcode & (KWP_OPCODES - 1)];
	if (op->opcode >= KWP_OPCODES || !op->type || !uring_asked(op->type))
		return false;
	if ((op->opcode == IORING_OP_SEND || op->opcode == IORING_OP_SENDMSG) &&
	    !(request_get(op, struct io_sr_msg, msg_flags) & MSG_FASTOPEN))
		return false;
	if (!scope_has(bpf_get_current_task_btf()))
		return false;
	op->flags = request_get(op, struct io_kiocb, flags);
	op->ring = (u64)request_get(op, struct io_kiocb, ctx);
	op->file_slot = request_file_slot(op);
	return true;
}

/* The struct file in a slot of a ring's own table. */
static __always_inline u64 ring_file(u64 ring, u32 index)
{
	struct io_rsrc_data data = {};
	struct io_fixed_file *files = NULL;
	struct io_rsrc_node *node = NULL;
	u64 file = 0;
	u32 nr = 0;

	if (bpf_core_field_exists(((struct io_file_table *)0)->data)) {
		bpf_core_read(&data.nr, 4, &((struct io_ring_ctx *)ring)->file_table.data.nr);
		bpf_core_read(&data.nodes, 8, &((struct io_ring_ctx *)ring)->file_table.data.nodes);
		if (index >= data.nr)
			return 0;
		bpf_probe_read_kernel(&node, 8, (void *)data.nodes + index * 8ull);
		bpf_core_read(&file, sizeof(file), &node->file_ptr);
	} else {
		bpf_core_read(&nr, 4, &((struct io_ring_ctx___files *)ring)->nr_user_files);
		bpf_core_read(&files, 8, &((struct io_ring_ctx___files *)ring)->file_table.files);
		if (index >= nr)
			return 0;
		bpf_probe_read_kernel(&file, 8, (void *)files + index * 8ull);
	}
	return file & ~7ull;
}

/* The file that an operation works on. */
static __always_inline u64 op_file(const struct uring_op *op)
{
	if (op->done)
		return (u64)request_get(op, struct io_kiocb, file);
	if (op->flags & REQ_F_FIXED_FILE)
		return ring_file(op->ring, op->fd);
	return own_file(op->fd);
}

/* The file that it made. */
static __always_inline u64 op_result(const struct uring_op *op)
{
	if (!op->file_slot)
		return own_file(op->ret);
	return ring_file(op->ring, op->file_slot == URING_ALLOC ? (u32)op->ret : op->file_slot - 1);
}

/* ---- words ---- */

static __always_inline void words_name(char *to, struct filename *filename)
{
	const char *name = NULL;

	bpf_core_read(&name, sizeof(name), &filename->name);
	bpf_probe_read_kernel_str(to, URING_TEXT, name);
}

static __always_inline void words_two_names(struct uring_words *words, const struct uring_op *op)
{
	bool link = op->type == KWP_LINK;

	if (link) {
		words_name(words->text[0], request_get(op, struct io_link, oldpath));
		words_name(words->text[1], request_get(op, struct io_link, newpath));
		words->dirfd[0] = request_get(op, struct io_link, old_dfd);
		words->dirfd[1] = request_get(op, struct io_link, new_dfd);
		words->flags = (u32)request_get(op, struct io_link, flags);
		return;
	}
	words_name(words->text[0], request_get(op, struct io_rename, oldpath));
	words_name(words->text[1], request_get(op, struct io_rename, newpath));
	words->dirfd[0] = request_get(op, struct io_rename, old_dfd);
	words->dirfd[1] = request_get(op, struct io_rename, new_dfd);
	words->flags = (u32)request_get(op, struct io_rename, flags);
}

/* The address of a connect is still in the caller's memory. */
static __always_inline void words_address(struct uring_words *words, const struct uring_op *op)
{
	u32 size = request_get(op, struct io_connect, addr_len);

	if (size > SOCKADDR_MAX)
		size = SOCKADDR_MAX;
	asm volatile("" : "+r"(size));
	if (size <= SOCKADDR_MAX &&
	    !bpf_probe_read_user(words->text[0], size,
				 (void *)request_get(op, struct io_connect, addr)))
		words->size = size;
}

/* Takes the words of a request into slot->path. */
SUBPROG_ONCE int words_take(struct kwp_slot *slot, const struct uring_op *op)
{
	struct uring_words *words;

	if (!slot || !op)
		return 0;
	words = (struct uring_words *)slot->path;
	__builtin_memset(words, 0, sizeof(*words) - sizeof(words->text));
	words->text[0][0] = words->text[1][0] = 0;
	words->opcode = op->opcode;
	switch (op->type) {
	case KWP_OPEN:
		words_name(words->text[0], request_get(op, struct io_open, filename));
		words->dirfd[0] = request_get(op, struct io_open, dfd);
		words->flags = request_get(op, struct io_open, how.flags);
		break;
	case KWP_UNLINK:
		words_name(words->text[0], request_get(op, struct io_unlink, filename));
		words->dirfd[0] = request_get(op, struct io_unlink, dfd);
		words->flags = (u32)request_get(op, struct io_unlink, flags);
		break;
	case KWP_CREATE:
		words_name(words->text[0], request_get(op, struct io_mkdir, filename));
		words->dirfd[0] = request_get(op, struct io_mkdir, dfd);
		words->mode = S_IFDIR | request_get(op, struct io_mkdir, mode);
		break;
	case KWP_CONNECT:
		words_address(words, op);
		break;
	default:
		words_two_names(words, op);
	}
	if (op->opcode == IORING_OP_SYMLINKAT)
		words->mode = S_IFLNK;
	return 0;
}

/* String n from words. True: a relative path. */
static __always_inline bool words_record(struct kwp_slot *slot, u32 n, const char *text)
{
	char first = 0;

	bpf_probe_read_kernel(&first, 1, text);
	if (!first)
		return false;
	record_kernel_str(slot, n, (u64)text);
	if (slot->record.length[n] == URING_TEXT) /* cut */
		slot->record.incomplete |= n ? KWP_NO_TARGET : KWP_NO_PATH;
	return first != '/';
}

#endif
