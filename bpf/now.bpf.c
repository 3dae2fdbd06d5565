/* SPDX-License-Identifier: GPL-2.0-only */
/* What processes have now: mappings, open files, sockets, tracers; told as the acts by which they
 * came by them. */
#include "basename.bpf.h"
#include "io.bpf.h"
#include "task.bpf.h"

#include <linux/mman.h>

#define TCP_LISTEN 10
#define VM_PROT 7 /* vm_flags: the bits of PROT_READ, PROT_WRITE and PROT_EXEC */
#define PT_SEIZED 0x00010000

/* Is it the first thread of a process that runs a program? */
static __always_inline bool now_wants(struct task_struct *task)
{
	return task && task->pid == task->tgid && !(task->flags & PF_KTHREAD) &&
	       (u32)task->tgid != kwp_view.self;
}

/* ---- mappings ---- */

/* Code that is in no file, or in one that no path leads to. What the kernel itself maps (vdso)
 * has operations. */
SEC("iter/task_vma")
int kwp_now_maps(struct bpf_iter__task_vma *ctx)
{
	struct vm_area_struct *vma = ctx->vma;
	struct task_struct *task = ctx->task;
	struct kwp_file_act *act;
	struct kwp_slot *slot;
	u64 file, prot;

	if (!vma || !now_wants(task) || !(vma->vm_flags & PROT_EXEC))
		return 0;
	file = ADDRESS(vma->vm_file);
	prot = vma->vm_flags & VM_PROT;
	if (file ? file_is_plain(file) : ADDRESS(vma->vm_ops) != 0)
		return 0;
	/* Memory that can still be written to was mapped so; other was written to before. */
	slot = record_begin_for(file || (prot & PROT_WRITE) ? KWP_MMAP_EXEC : KWP_MPROTECT,
				KWP_BY_ITER, sizeof(*act), task);
	if (!slot)
		return 0;
	act = record_facts(slot);
	act->mode = prot;
	act->extra = vma->vm_start;
	act->flags = vma->vm_flags & VM_SHARED ? MAP_SHARED : MAP_PRIVATE;
	act->fd = -1;
	act->dirfd = AT_FDCWD;
	if (file)
		record_file(slot, &act->file, 0, file);
	iter_send(slot, ctx->meta);
	return 0;
}

/* ---- descriptors ---- */

/* What a socket was made for; KWP_NONE: nothing that a rule can be about. */
static __always_inline u32 now_socket_type(struct sock *sk)
{
	u16 family = 0, type = 0;
	u8 state = 0;

	bpf_core_read(&family, sizeof(family), &sk->__sk_common.skc_family);
	bpf_core_read(&state, sizeof(state), &sk->__sk_common.skc_state);
	bpf_core_read(&type, sizeof(type), &sk->sk_type);
	if (family == AF_PACKET || type == SOCK_RAW)
		return family == AF_NETLINK ? KWP_NONE : KWP_SOCKET;
	if (state == TCP_LISTEN)
		return KWP_LISTEN;
	return sock_accepted(sk) ? KWP_NONE : KWP_CONNECT;
}

static __always_inline void now_socket(struct bpf_iter__task_file *ctx, struct task_struct *task,
				       struct sock *sk)
{
	u32 type = now_socket_type(sk), ends = type == KWP_CONNECT ? END_REMOTE : END_LOCAL;
	struct kwp_slot *slot;
	struct kwp_net *net;

	if (!type)
		return;
	slot = record_begin_for(type, KWP_BY_ITER, sizeof(*net), task);
	if (!slot)
		return;
	net = record_facts(slot);
	net->fd = ctx->fd;
	record_sock(slot, net, (u64)sk, ends);
	iter_send(slot, ctx->meta);
}

/* A file that rules know by its name, as if it were opened now. */
static __always_inline void now_file(struct bpf_iter__task_file *ctx, struct task_struct *task,
				     struct file *file)
{
	struct kwp_file_act *act;
	struct kwp_slot *slot;
	u32 flags = file->f_flags;

	if (!names_rule(O_RDONLY) || !file_is_named((u64)file))
		return;
	slot = record_begin_for(KWP_OPEN, KWP_BY_ITER, sizeof(*act), task);
	if (!slot)
		return;
	act = record_facts(slot);
	act->flags = flags;
	act->fd = ctx->fd;
	act->dirfd = AT_FDCWD;
	record_file(slot, &act->file, 0, (u64)file);
	iter_send(slot, ctx->meta);
}

SEC("iter/task_file")
int kwp_now_files(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct sock *sk;

	if (!file || !now_wants(task))
		return 0;
	sk = file_sock((u64)file);
	if (sk)
		now_socket(ctx, task, sk);
	else
		now_file(ctx, task, file);
	return 0;
}

/* ---- tracers ---- */

SEC("iter/task")
int kwp_now_traced(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task, *tracer;
	struct kwp_task_act *act;
	struct kwp_slot *slot;
	u32 traced = 0;

	if (!task)
		return 0;
	bpf_core_read(&traced, sizeof(traced), &task->ptrace);
	if (!traced)
		return 0;
	tracer = task->parent;
	slot = record_begin_for(KWP_PTRACE, KWP_BY_ITER, sizeof(*act), tracer);
	if (!slot)
		return 0;
	act = record_facts(slot);
	act->signal = traced & PT_SEIZED ? PTRACE_SEIZE : PTRACE_ATTACH;
	record_target(slot, act, (u64)task);
	iter_send(slot, ctx->meta);
	return 0;
}
