/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every hook body stands on: settings, scope, and the one way to make and
 * send a record.
 *
 *	struct kwp_slot *slot = record_begin(KWP_X, by, sizeof(struct kwp_x));
 *	if (!slot)
 *		return 0;			// counted
 *	struct kwp_x *x = record_facts(slot);
 *	...					// strings in ascending order
 *	record_end(slot);			// the only emit
 *
 * All bounds live here. clang folds a bounds check that a caller writes and the verifier
 * then misses it; so each function re-reads the stored counter and masks it.
 */
#ifndef KWP_CORE_BPF_H
#define KWP_CORE_BPF_H

#include "kernel.h"

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "policy.h"

/* A function that is verified once a caller instead of being copied into it. */
#define SUBPROG static __noinline __attribute__((unused))

/* The same, verified once a program however often it is called. The verifier
 * forgets what the callers know: each pointer must be checked for NULL. It takes no
 * kernel pointer for a number: those go through slot->from. */
#define SUBPROG_ONCE __weak __noinline

#define SNAP_SIZE 136 /* bytes of a kernel object that one read brings: all that kwp wants
			 of an inode, a superblock, a file of 6.1 and later but i_generation */

/* Scratch of one record. bytes follows the record without a gap. */
struct kwp_slot {
	u32 busy;
	u32 used;	/* of bytes: facts and strings */
	u32 path_at;	/* where the text in path begins */
	u32 pad;
	u64 from[2];	/* addresses for a SUBPROG_ONCE */
	struct kwp_record record;
	char bytes[KWP_FACTS_MAX + 2 * KWP_STRINGS_MAX];
	char path[KWP_PATH_MAX + 256];
	char snap[SNAP_SIZE];
};
_Static_assert(sizeof(struct kwp_record) % 8 == 0, "facts would be misaligned");

extern const volatile struct kwp_settings kwp_settings;
extern const volatile struct kwp_act kwp_acts[KWP_SYSCALLS];
extern const volatile struct kwp_act kwp_acts32[KWP_SYSCALLS];
extern struct kwp_view kwp_view;
extern struct kwp_counters kwp_counters;
extern __u64 kwp_woken;	   /* when the reader was last woken */
extern __u64 kwp_woken_at; /* and the ring's end then */

struct kwp_cpu {
	u64 sequence;
};

/* ---- maps (defined in core.bpf.c) ---- */

struct kwp_slots_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, KWP_SLOTS); /* times CPUs, set before the load */
	__type(key, u32);
	__type(value, struct kwp_slot);
};
struct kwp_ring_map {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
};
struct kwp_cpus_map {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct kwp_cpu);
};
struct kwp_pids_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, KWP_SCOPE_PIDS);
	__type(key, u32);
	__type(value, u32);
};
extern struct kwp_slots_map kwp_slots SEC(".maps");
extern struct kwp_ring_map kwp_ring SEC(".maps");
extern struct kwp_cpus_map kwp_cpus SEC(".maps");
extern struct kwp_pids_map kwp_pids SEC(".maps");

/* ---- scope ---- */

static __always_inline bool scope_has_task(struct task_struct *task)
{
	u32 tgid = task->tgid;

	if (tgid == kwp_view.self)
		return false;
	if ((kwp_settings.scope & KWP_SCOPE_PID) && !bpf_map_lookup_elem(&kwp_pids, &tgid))
		return false;
	if ((kwp_settings.scope & KWP_SCOPE_TID) && (u32)task->pid != kwp_settings.tid)
		return false;
	if ((kwp_settings.scope & KWP_SCOPE_UID) && task->cred->uid.val != kwp_settings.uid)
		return false;
	return true;
}

static __always_inline bool scope_has(struct task_struct *task)
{
	if ((kwp_settings.scope & KWP_SCOPE_CGROUP) &&
	    bpf_get_current_ancestor_cgroup_id(kwp_settings.cgroup_level) != kwp_settings.cgroup)
		return false;
	return scope_has_task(task);
}

/* ---- registers ---- */

static __always_inline long regs_nr(struct pt_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	return (int)regs->orig_ax;
#else
	return regs->syscallno;
#endif
}

static __always_inline bool task_is_compat(struct task_struct *task)
{
#if defined(__TARGET_ARCH_x86)
	return task->thread_info.status & TS_COMPAT;
#else
	return task->thread_info.flags & (1 << 22); /* TIF_32BIT */
#endif
}

/* Argument n (a constant, 0 to 5) of the system call; they are still there
 * when it ends, except after a successful exec. */
static __always_inline u64 regs_arg(struct pt_regs *regs, bool compat, int n)
{
#if defined(__TARGET_ARCH_x86)
	if (compat) /* i386: bx cx dx si di bp, 32 bits each */
		return (u32)(n == 0 ? regs->bx : n == 1 ? regs->cx : n == 2 ? regs->dx :
			     n == 3 ? regs->si : n == 4 ? regs->di : regs->bp);
	return n == 0 ? regs->di : n == 1 ? regs->si : n == 2 ? regs->dx :
	       n == 3 ? regs->r10 : n == 4 ? regs->r8 : regs->r9;
#else
	return n == 0 ? regs->orig_x0 : regs->regs[n];
#endif
}

/* ---- records ---- */

/* struct upid as it lies in memory. */
struct upid_copy {
	u32 nr, pad;
	u64 ns;
};

/* The number of a pid at a level of its namespaces, and that namespace. */
static __always_inline u32 pid_number(struct pid *pid, u32 level, u64 *ns)
{
	/* At most 32 levels. 6.1 wants to see that, and no product with an unknown. */
	u64 at = (u64)&pid->numbers[0] + (u64)(level & 63) * sizeof(struct upid_copy);
	struct upid_copy upid = {};

	asm volatile("" : "+r"(at));
	bpf_probe_read_kernel(&upid, sizeof(upid), (void *)at);
	*ns = upid.ns;
	return upid.nr;
}

/* The pid by which kwp's own namespace knows a process, 0 if it does not. */
static __always_inline u32 pid_view(struct pid *pid)
{
	u64 ns = 0;
	u32 nr;

	if (!pid || pid->level < kwp_view.level)
		return 0;
	if (!kwp_view.level)
		return pid->numbers[0].nr;
	nr = pid_number(pid, kwp_view.level, &ns);
	return ns == kwp_view.pid_ns ? nr : 0;
}

static __always_inline u32 ns_inum(u64 pid_ns)
{
	u32 inum = 0;

	bpf_core_read(&inum, sizeof(inum), &((struct pid_namespace *)pid_ns)->ns.inum);
	return inum;
}

static __always_inline struct pid *task_tgid(struct task_struct *task)
{
	return task->signal->pids[PIDTYPE_TGID];
}

static __always_inline void *record_facts(struct kwp_slot *slot)
{
	return slot->bytes;
}

/* A name of 16 bytes in two loads. */
static __always_inline void comm_copy(char *to, struct task_struct *task)
{
	const u64 *from = (const u64 *)task->comm;

	((u64 *)to)[0] = from[0];
	((u64 *)to)[1] = from[1];
	to[KWP_COMM - 1] = 0;
}

/* uid, gid, suid, sgid, euid, egid: neighbours in all kernels. */
struct cred_ids {
	u32 uid, gid, suid, sgid, euid, egid;
};

/* Who the thread acts as. By address, not by typed pointer: see task_leader(). */
static __always_inline void record_cred(struct kwp_record *r, struct task_struct *task)
{
	const struct cred *cred = NULL;
	struct cred_ids ids = {};

	bpf_core_read(&cred, sizeof(cred), &task->cred);
	bpf_probe_read_kernel(&ids, sizeof(ids),
			      (void *)cred + bpf_core_field_offset(((struct cred *)0)->uid));
	r->uid = ids.uid;
	r->gid = ids.gid;
	r->euid = ids.euid;
	r->egid = ids.egid;
	/* u32 cap[2] before 6.3, a u64 since, of the same bytes on these machines */
	bpf_core_read(&r->capabilities, sizeof(r->capabilities), &cred->cap_effective);
}

/* The pid by which the process knows itself, and its pid namespace. */
static __always_inline void record_own_pid(struct kwp_record *r, struct pid *tgid)
{
	u64 ns = 0;

	if (!tgid->level) { /* fields that the verifier lets us load at once */
		r->own_pid = tgid->numbers[0].nr;
		r->pid_ns = tgid->numbers[0].ns->ns.inum;
		return;
	}
	r->own_pid = pid_number(tgid, tgid->level, &ns);
	r->pid_ns = ns_inum(ns);
	if (r->own_pid == 1)
		r->flags |= KWP_F_NSINIT;
}

/* The first thread of the task's process, as a pointer that the verifier does
 * not trust. Each load of a pointer through one that it trusts, as those of
 * tracepoints and hooks are, has it look through all of the kernel's BTF, for some
 * milliseconds (6.12, 6.18); the walk over curr_target, which is always a thread of the
 * same process, ends that. */
static __always_inline struct task_struct *task_leader(struct signal_struct *signal)
{
	return signal->curr_target->group_leader;
}

/* Fills the head from the task. A subprogram: every hook body needs it. */
SUBPROG int record_head(struct kwp_slot *slot, struct task_struct *task)
{
	struct kwp_record *r = &slot->record;
	struct signal_struct *signal = task->signal;
	struct task_struct *leader = task_leader(signal);
	struct task_struct *parent = leader->real_parent;
	struct nsproxy *nsproxy = leader->nsproxy;
	struct pid *tgid = signal->pids[PIDTYPE_TGID];
	struct pid *parent_tgid = task_tgid(parent);
	struct tty_struct *tty = signal->tty;

	r->pid = task->tgid;
	r->tid = task->pid;
	r->parent_pid = parent->tgid;
	r->view_pid = pid_view(tgid);
	r->view_tid = kwp_view.level ? pid_view(task->thread_pid) : task->pid;
	r->view_parent_pid = pid_view(parent_tgid);
	record_own_pid(r, tgid);
	if (!r->view_pid)
		r->incomplete |= KWP_NO_PID;
	r->start = leader->start_boottime;
	r->parent_start = parent->group_leader->start_boottime;
	r->cgroup = leader->cgroups->dfl_cgrp->kn->id;
	record_cred(r, task);
	r->loginuid = bpf_core_field_exists(task->loginuid) ? task->loginuid.val : ~0u;
	r->session = signal->pids[PIDTYPE_SID]->numbers[0].nr;
	if (tty)
		r->tty = tty->driver->major << 20 | (tty->driver->minor_start + tty->index);
	if (nsproxy)
		r->mnt_ns = nsproxy->mnt_ns->ns.inum;
	if (!(task->flags & PF_FORKNOEXEC))
		r->flags |= KWP_F_EXECED;
	if (tgid->level > parent_tgid->level)
		r->flags |= KWP_F_ENTERED;
	comm_copy(r->comm, task);
	comm_copy(r->parent_comm, parent);
	return 0;
}

/* Takes a free scratch slot of this CPU, NULL (and counted) if there is none.
 * A task that was pre-empted within a program keeps its slot, so the next one
 * needs another; the kernel never nests a program in itself. */
static __always_inline struct kwp_slot *slot_take(u32 type)
{
	u32 key = bpf_get_smp_processor_id() * KWP_SLOTS;
	struct kwp_slot *slot;

	for (int i = 0; i < KWP_SLOTS; i++, key++) {
		slot = bpf_map_lookup_elem(&kwp_slots, &key);
		if (slot && !__sync_lock_test_and_set(&slot->busy, 1))
			return slot;
	}
	if (type < KWP_TYPE_COUNT)
		__sync_fetch_and_add(&kwp_counters.unslotted[type], 1);
	return NULL;
}

static __always_inline void slot_give(struct kwp_slot *slot)
{
	__sync_lock_test_and_set(&slot->busy, 0);
}

/* The same of the current task. Each step through a task's pointers makes the verifier of 6.18
 * search all kernel types: 1 ms, so a program should take them once. */
SUBPROG_ONCE int record_own_head(struct kwp_slot *slot)
{
	return slot ? record_head(slot, bpf_get_current_task_btf()) : 0;
}

static __always_inline struct kwp_slot *record_begin_headless(u32 type, u32 by, u32 facts_size)
{
	struct kwp_slot *slot = slot_take(type);

	if (!slot)
		return NULL;
	__builtin_memset(&slot->record, 0, sizeof(slot->record));
	__builtin_memset(slot->bytes, 0, facts_size);
	slot->used = facts_size;
	slot->record.type = type;
	slot->record.backend = by;
	slot->record.facts_size = facts_size;
	slot->record.time = bpf_ktime_get_boot_ns();
	slot->record.nr = -1;
	return slot;
}

/* A record of another task. */
static __always_inline struct kwp_slot *record_begin_for(u32 type, u32 by, u32 facts_size,
							 struct task_struct *task)
{
	struct kwp_slot *slot = record_begin_headless(type, by, facts_size);

	if (slot)
		record_head(slot, task);
	return slot;
}

/* A record of the current task. facts_size is a constant multiple of 8. */
static __always_inline struct kwp_slot *record_begin(u32 type, u32 by, u32 facts_size)
{
	struct kwp_slot *slot = record_begin_headless(type, by, facts_size);

	if (slot)
		record_own_head(slot);
	return slot;
}

/* Ends string n at size bytes that were put at the end, its NUL not among
 * them; adds the NUL. Strings come in ascending n. */
static __always_inline void record_took(struct kwp_slot *slot, u32 n, u32 size)
{
	u32 at = slot->used;

	asm volatile("" : "+r"(n));
	if (n >= KWP_STRINGS || at + size >= KWP_FACTS_MAX + KWP_STRINGS_MAX)
		return;
	size &= KWP_STRINGS_MAX - 1;
	asm volatile("" : "+r"(at));
	if (at >= KWP_FACTS_MAX + KWP_STRINGS_MAX)
		return;
	slot->bytes[at + size] = 0;
	slot->record.length[n] = size + 1;
	if (slot->record.strings <= n)
		slot->record.strings = n + 1;
	slot->used = at + size + 1;
}

/* Where the next string goes: KWP_STRINGS_MAX bytes are there. NULL: full. */
static __always_inline char *record_room(struct kwp_slot *slot)
{
	u32 at = slot->used;

	asm volatile("" : "+r"(at));
	if (at >= KWP_FACTS_MAX + KWP_STRINGS_MAX)
		return NULL;
	return &slot->bytes[at];
}

SUBPROG_ONCE int record_from_kernel(struct kwp_slot *slot, u32 n)
{
	char *to;
	long size;

	if (!slot || !slot->from[0])
		return 0;
	to = record_room(slot);
	if (!to)
		return 0;
	size = bpf_probe_read_kernel_str(to, KWP_PATH_MAX, (void *)slot->from[0]);
	if (size > 0)
		record_took(slot, n, (u32)size - 1);
	return 0;
}

/* String n from kernel memory up to a NUL; size <= KWP_PATH_MAX is a constant. */
static __always_inline void record_kernel_str(struct kwp_slot *slot, u32 n, u64 from)
{
	slot->from[0] = from;
	record_from_kernel(slot, n);
}

/* String n from the caller's memory up to a NUL. */
SUBPROG_ONCE int record_user_str(struct kwp_slot *slot, u32 n, u64 from)
{
	char *to;
	long size;

	if (!slot || !from)
		return 0;
	to = record_room(slot);
	if (!to)
		return 0;
	size = bpf_probe_read_user_str(to, KWP_PATH_MAX, (void *)from);
	if (size < 0)
		return -1;
	record_took(slot, n, size ? (u32)size - 1 : 0); /* an empty one is 0 bytes to 6.12 */
	return 0;
}

/* String n: size bytes of the caller's memory, KWP_STRINGS_MAX - 1 at most.
 * Returns how many bytes were taken. */
SUBPROG u32 record_user_bytes(struct kwp_slot *slot, u32 n, u64 from, u32 size)
{
	char *to = record_room(slot);

	if (!to || !size)
		return 0;
	if (size >= KWP_STRINGS_MAX)
		size = KWP_STRINGS_MAX - 1;
	if (bpf_probe_read_user(to, size, (void *)from))
		return 0;
	record_took(slot, n, size);
	return size;
}

/* When to wake the reader: never for each record (a wake-up costs several
 * times a record), but when the last wake-up is a millisecond or 256 KiB ago. The
 * reader polls for a few milliseconds after each wake-up. How much waits is not
 * asked: a reader that is behind would be woken for each record again, and the
 * answer lies in a cache line that it writes. */
static __always_inline u64 record_wake(u64 now)
{
	static const u64 quiet = 1000000, plenty = 256 << 10;
	u64 end = bpf_ringbuf_query(&kwp_ring, BPF_RB_PROD_POS);

	if (now - kwp_woken < quiet && end - kwp_woken_at < plenty)
		return BPF_RB_NO_WAKEUP;
	kwp_woken = now;
	kwp_woken_at = end;
	return BPF_RB_FORCE_WAKEUP;
}

/* Sets and returns the size of the record: head, facts, strings, padding. */
static __always_inline u64 record_close(struct kwp_slot *slot)
{
	u32 used = slot->used;
	u64 size;

	asm volatile("" : "+r"(used));
	if (used > KWP_FACTS_MAX + KWP_STRINGS_MAX)
		used = KWP_FACTS_MAX + KWP_STRINGS_MAX;
	size = (sizeof(slot->record) + used + 7) & ~7ull;
	slot->record.size = size;
	return size;
}

/* Sends the record and gives the slot back. */
SUBPROG_ONCE int record_end(struct kwp_slot *slot)
{
	struct kwp_cpu *cpu;
	u32 zero = 0, type;
	u64 size;

	if (!slot)
		return 0;
	type = slot->record.type;
	cpu = bpf_map_lookup_elem(&kwp_cpus, &zero);
	if (cpu)
		slot->record.sequence = __sync_fetch_and_add(&cpu->sequence, 1);
	slot->record.cpu = bpf_get_smp_processor_id();
	size = record_close(slot);
	if (bpf_ringbuf_output(&kwp_ring, &slot->record, size, record_wake(slot->record.time)) &&
	    type < KWP_TYPE_COUNT)
		__sync_fetch_and_add(&kwp_counters.lost[type], 1);
	slot_give(slot);
	return 0;
}

/* The form of this system call. */
static __always_inline u32 regs_form(struct pt_regs *regs, bool compat)
{
	u32 nr = regs_nr(regs) & (KWP_SYSCALLS - 1);

	return compat ? kwp_acts32[nr].form : kwp_acts[nr].form;
}

/* String n: a path in the caller's words, because the kernel resolved none. */
static __always_inline void record_words(struct kwp_slot *slot, u32 n, u64 from)
{
	slot->record.flags |= KWP_F_UNRESOLVED;
	if (record_user_str(slot, n, from))
		slot->record.incomplete |= n ? KWP_NO_TARGET : KWP_NO_PATH;
}

/* Begins the record of a system call that ends now. */
static __always_inline struct kwp_slot *exit_begin(struct pt_regs *regs, long ret, u32 type,
						   u32 facts_size)
{
	struct kwp_slot *slot = record_begin(type, KWP_BY_TRACEPOINT, facts_size);

	if (!slot)
		return NULL;
	slot->record.nr = regs_nr(regs);
	slot->record.ret = ret;
	slot->record.flags |= KWP_F_RET;
	if (task_is_compat(bpf_get_current_task_btf()))
		slot->record.flags |= KWP_F_COMPAT;
	return slot;
}

/* Which act a call number of socketcall(2) is. */
static __always_inline u32 socketcall_act(u32 call)
{
	if (call == SYS_CONNECT || call == SYS_SENDTO || call == SYS_SENDMSG || call == SYS_SENDMMSG)
		return KWP_CONNECT;
	if (call == SYS_ACCEPT || call == SYS_ACCEPT4)
		return KWP_ACCEPT;
	if (call == SYS_BIND)
		return KWP_BIND;
	if (call == SYS_LISTEN)
		return KWP_LISTEN;
	return call == SYS_SOCKET || call == SYS_SOCKETPAIR ? KWP_SOCKET : KWP_NONE;
}

/* Whose body looks at this system call, KWP_NONE: nobody's. */
static __always_inline u32 regs_act(struct pt_regs *regs, bool compat)
{
	u64 nr = regs_nr(regs);
	u32 act;

	if (nr >= KWP_SYSCALLS)
		return KWP_NONE;
	if (!compat)
		return kwp_acts[nr].type;
	act = kwp_acts32[nr].type;
	if (act == KWP_SOCKET && kwp_acts32[nr].form == KWP_FORM_D)
		act = socketcall_act(regs_arg(regs, true, 0));
	return act;
}

/* ---- hooks: lsm and fmod_ret, before the act ---- */

#define NR_IO_URING_ENTER 426 /* on every architecture */

/*
 * How the current task came to a hook of this type:
 * KWP_F_HOOK	in a system call whose end kwp_sys_exit reports as this type,
 * KWP_F_URING	through io_uring (its workers, or io_uring_enter itself),
 * 0		another way: the kernel's own doing, or nobody watches the end.
 */
static __always_inline u32 hook_way(struct task_struct *task, u32 type)
{
	struct pt_regs *regs;

	if (task->flags & PF_IO_WORKER)
		return KWP_F_URING;
	regs = (struct pt_regs *)bpf_task_pt_regs(task);
	if (regs_nr(regs) == NR_IO_URING_ENTER)
		return KWP_F_URING;
	return regs_act(regs, task_is_compat(task)) == type ? KWP_F_HOOK : 0;
}

/* Begins the record of a hook body; NULL: not in scope or no slot. A record with
 * KWP_F_HOOK lends its resolved paths to the one that kwp_sys_exit sends next. */
static __always_inline struct kwp_slot *hook_begin(u32 type, u32 by, u32 facts_size)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct kwp_slot *slot;

	if (!scope_has(task))
		return NULL;
	slot = record_begin(type, by, facts_size);
	if (slot)
		slot->record.flags |= hook_way(task, type);
	return slot;
}

/* The same for acts on descriptors and sockets: the end of the system call
 * sees all that the hook sees and the result too, so the hook speaks only for
 * what comes another way. */
static __always_inline struct kwp_slot *hook_begin_other(u32 type, u32 by, u32 facts_size)
{
	if (hook_way(bpf_get_current_task_btf(), type) & KWP_F_HOOK)
		return NULL;
	return hook_begin(type, by, facts_size);
}

/*
 * Attaches body(by, arguments...) to security_<hook> as kwp_l_<name> and
 * kwp_m_<name>. Only for hooks with the same parameters in both places.
 *	HOOK(chmod, path_chmod, chmod_hook, (struct path *path, u16 mode), (path, mode))
 */
#define HOOK_LIST(...) __VA_ARGS__
#define HOOK(name, hook, body, params, args)                                                       \
	SEC("lsm/" #hook)                                                                          \
	int BPF_PROG(kwp_l_##name, HOOK_LIST params, int ret)                                      \
	{                                                                                          \
		body(KWP_BY_LSM, HOOK_LIST args);                                                  \
		return ret;                                                                        \
	}                                                                                          \
	SEC("fmod_ret/security_" #hook)                                                            \
	int BPF_PROG(kwp_m_##name, HOOK_LIST params)                                               \
	{                                                                                          \
		body(KWP_BY_FMOD_RET, HOOK_LIST args);                                             \
		return 0;                                                                          \
	}

#endif
