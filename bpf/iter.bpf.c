/* SPDX-License-Identifier: GPL-2.0-only */
/* What already runs, without /proc. */
#include "held.bpf.h"
#include "owner.bpf.h"

#define ITER_ARGS 8192 /* bytes of arguments; the paths need room too */

/* The arguments of another process: its pages are brought in if need be, so
 * the program sleeps. The process can have changed them since its exec. */
static __always_inline void tasks_args(struct kwp_slot *slot, struct kwp_exec *exec,
				       struct task_struct *task, struct mm_struct *mm)
{
	u64 start = BPF_CORE_READ(mm, arg_start), end = BPF_CORE_READ(mm, arg_end);
	u64 size = end - start;
	char *to = record_room(slot);

	slot->record.incomplete |= KWP_NO_ARGS;
	if (!to || end <= start)
		return;
	exec->args_size = size;
	if (size > ITER_ARGS)
		size = ITER_ARGS;
	else
		slot->record.incomplete &= ~KWP_NO_ARGS;
	if (bpf_copy_from_user_task(to, size, (void *)start, task, 0))
		slot->record.incomplete |= KWP_NO_ARGS;
	else
		record_took(slot, 1, size);
}

/* One exec record for each process of the reader's pid namespace. */
SEC("iter.s/task")
int kwp_tasks(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct kwp_slot *slot;
	struct mm_struct *mm;
	struct kwp_exec *exec;

	/* Not threads, not kernel threads, not zombies. */
	if (!task || task->pid != task->tgid || (task->flags & PF_KTHREAD) ||
	    !task->signal->live.counter)
		return 0;
	slot = record_begin_for(KWP_EXEC, KWP_BY_ITER, sizeof(*exec), task);
	if (!slot)
		return 0;
	exec = record_facts(slot);
	stdio_read(&exec->io, task);
	mm = (struct mm_struct *)ADDRESS(task->mm);
	if (mm) {
		record_file(slot, &exec->file, 0, ADDRESS(mm->exe_file));
		tasks_args(slot, exec, task, mm);
	} else { /* the first thread has ended, others go on */
		slot->record.incomplete |= KWP_NO_PATH | KWP_NO_ARGS;
	}
	record_cwd(slot, 2, task);
	iter_send(slot, ctx->meta);
	return 0;
}

/* What each process of the reader's pid namespace holds that leads to others. */
SEC("iter/task")
int kwp_holds(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct kwp_slot *slot;

	if (!task || task->pid != task->tgid || (task->flags & PF_KTHREAD) ||
	    !task->signal->live.counter)
		return 0;
	slot = record_begin_for(KWP_HELD, KWP_BY_ITER, sizeof(struct kwp_hold), task);
	if (!slot)
		return 0;
	slot->from[0] = (u64)task;
	held_of(slot);
	if (((struct kwp_hold *)record_facts(slot))->count)
		iter_send(slot, ctx->meta);
	else
		slot_give(slot);
	return 0;
}

/* ---- sockets ---- */

static __always_inline u64 sock_netns(struct sock *sk)
{
	u64 net = ADDRESS(sk->__sk_common.skc_net.net), cookie = 0;

	bpf_core_read(&cookie, sizeof(cookie), &((struct net *)net)->net_cookie);
	return cookie;
}

/* Of processes that hold a socket the first one has it, but one in the scope goes before. */
static __always_inline bool task_has_socket(const struct kwp_owner *kept, u32 tgid)
{
	if (!kept->head.pid)
		return true;
	return (kwp_settings.scope & KWP_SCOPE_PID) && bpf_map_lookup_elem(&kwp_pids, &tgid);
}

/* Where it is noted whose the socket is; as gate_own() has it. */
static __always_inline struct kwp_owner *sock_owner(struct sock *sk)
{
	struct kwp_socket *kept;

	if (sk->sk_protocol == IPPROTO_TCP && (sk->__sk_common.skc_state == BPF_TCP_LISTEN ||
					       sk->__sk_common.skc_state == BPF_TCP_CLOSE))
		return bpf_sk_storage_get(&kwp_owners, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	kept = bpf_sk_storage_get(&kwp_sockets, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (!kept)
		return NULL;
	kept->netns = sock_netns(sk);
	return &kept->owner;
}

/* Notes whose the sockets are that are open already, for their packets. */
SEC("iter/task_file")
int kwp_socks(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct kwp_owner *owner;
	struct socket *socket;
	struct kwp_slot *slot;
	struct sock *sk;

	if (!task || !file || !guard_on(KWP_CLASS_NETWORK))
		return 0;
	socket = bpf_sock_from_file(file);
	sk = socket ? socket->sk : NULL;
	if (!sk ||
	    (sk->__sk_common.skc_family != AF_INET && sk->__sk_common.skc_family != AF_INET6))
		return 0;
	bpf_get_socket_cookie(sk); /* makes it */
	owner = sock_owner(sk);
	slot = owner && task_has_socket(owner, task->tgid) ? slot_take(KWP_SOCKET) : NULL;
	if (!slot)
		return 0;
	__builtin_memset(&slot->record, 0, sizeof(slot->record));
	record_head(slot, task);
	__builtin_memcpy(&owner->head, &slot->record, sizeof(owner->head));
	owner->exempt = task->tgid == 1 || (u32)task->tgid == kwp_view.self;
	slot_give(slot);
	return 0;
}
