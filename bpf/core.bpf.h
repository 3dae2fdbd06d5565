/* SPDX-License-Identifier: GPL-2.0-only */
/* What everything in bpf/ stands on: the settings, the maps, the scratch slots and the scope. */
#ifndef KWP_CORE_BPF_H
#define KWP_CORE_BPF_H

#include "kernel.h"

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "climb.bpf.h"
#include "policy.h"

/* A function that is verified once a caller instead of being copied into it. */
#define SUBPROG static __noinline __attribute__((unused))

/* The same, verified once a program however often it is called. The verifier
 * forgets what the callers know: each pointer must be checked for NULL. It takes no
 * kernel pointer for a number: those go through slot->from. */
#define SUBPROG_ONCE __weak __noinline

/* The address that a pointer field holds. Loading the pointer itself, through one that
 * the verifier trusts (those of tracepoints and hooks), has it look through all of the
 * kernel's BTF, for some milliseconds a load (6.12, 6.18). */
#define ADDRESS(field)                                                                             \
	({                                                                                         \
		u64 address_ = 0;                                                                  \
		bpf_core_read(&address_, sizeof(address_), &(field));                              \
		address_;                                                                          \
	})

/* The struct file of what the task at this address executes, 0: it has no memory of its own. */
static __always_inline u64 task_exe(u64 task)
{
	u64 mm = ADDRESS(((struct task_struct *)task)->mm);

	return ADDRESS(((struct mm_struct *)mm)->exe_file);
}

#define SNAP_SIZE 136 /* bytes of a kernel object that one read brings: all that kwp wants
			 of an inode, a superblock, a file of 6.1 and later but i_generation */

/* Scratch of one record. bytes follows the record without a gap. */
struct kwp_slot {
	u32 busy;
	u32 used;	/* of bytes: facts and strings */
	u32 path_at;	/* where the text in path begins */
	u32 path_flags; /* enum kwp_file_flag: what the way to the file says of it */
	u32 path_ended; /* the root was reached */
	u32 pad;
	struct climb climb;
	struct climb_name step;
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
extern __u64 kwp_came; /* when a record came, to a millisecond */

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
struct kwp_verdicts_map {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 18);
};
extern struct kwp_slots_map kwp_slots SEC(".maps");
extern struct kwp_verdicts_map kwp_verdicts SEC(".maps");
extern struct kwp_ring_map kwp_ring SEC(".maps");
extern struct kwp_cpus_map kwp_cpus SEC(".maps");
extern struct kwp_pids_map kwp_pids SEC(".maps");

/* ---- scope ---- */

#if defined(__TARGET_ARCH_x86)
#define NR_BPF 321
#else
#define NR_BPF 280
#endif

/* The number of the system call that these registers are of. */
static __always_inline long regs_nr(struct pt_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	return (int)regs->orig_ax;
#else
	return regs->syscallno;
#endif
}

/* Is this process in kwp_pids? One that has just enrolled itself is, from the
 * first act that is not the bpf(2) by which it did. */
static __always_inline bool scope_has_pid(struct task_struct *task, u32 tgid)
{
	u32 *state = bpf_map_lookup_elem(&kwp_pids, &tgid);

	if (!state)
		return false;
	if (*state != KWP_PID_ENROLLING)
		return true;
	if (regs_nr((struct pt_regs *)bpf_task_pt_regs(task)) == NR_BPF)
		return false;
	*state = KWP_PID_IN;
	return true;
}

static __always_inline bool scope_has_task(struct task_struct *task)
{
	u32 tgid = task->tgid;

	if (tgid == kwp_view.self)
		return false;
	if ((kwp_settings.scope & KWP_SCOPE_PID) && !scope_has_pid(task, tgid))
		return false;
	if ((kwp_settings.scope & KWP_SCOPE_TID) && (u32)task->pid != kwp_settings.tid)
		return false;
	if ((kwp_settings.scope & KWP_SCOPE_UID) && task->cred->uid.val != kwp_settings.uid)
		return false;
	return true;
}

/* Does this process stand for the scope of a policy, which is of a user, a thread or a container? */
static __always_inline bool scope_proves(u32 tgid)
{
	u32 *state;

	if (!kwp_settings.guards || !kwp_settings.scope || (kwp_settings.scope & KWP_SCOPE_PID))
		return false;
	state = bpf_map_lookup_elem(&kwp_pids, &tgid);
	return state && *state == KWP_PID_PROVES;
}

static __always_inline bool scope_has(struct task_struct *task)
{
	if ((kwp_settings.scope & KWP_SCOPE_CGROUP) &&
	    bpf_get_current_ancestor_cgroup_id(kwp_settings.cgroup_level) != kwp_settings.cgroup)
		return scope_proves(task->tgid);
	return scope_has_task(task) || scope_proves(task->tgid);
}

#endif
