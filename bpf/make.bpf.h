/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one way to make and send a record:
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
#ifndef KWP_MAKE_BPF_H
#define KWP_MAKE_BPF_H

#include "guard.bpf.h"
#include "head.bpf.h"
#include "pace.bpf.h"

static __always_inline void *record_facts(struct kwp_slot *slot)
{
	return slot->bytes;
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
	count_type(kwp_counters.unslotted, type);
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
	if (slot)
		record_head(slot, bpf_get_current_task_btf());
	return 0;
}

static __always_inline struct kwp_slot *record_begin_headless(u32 type, u64 by, u32 facts_size)
{
	struct kwp_slot *slot;

	slot = pace_allows(type, by) ? slot_take(type) : NULL;
	if (!slot)
		return NULL;
	__builtin_memset(&slot->record, 0, sizeof(slot->record));
	__builtin_memset(slot->bytes, 0, facts_size);
	slot->used = facts_size;
	slot->record.type = type;
	slot->record.backend = said_backend(by);
	slot->record.signal = said_signal(by);
	if (said_verdict(by)) {
		slot->record.flags = KWP_F_VERDICT;
		slot->record.verdict = said_verdict(by);
		slot->record.rule = said_rule(by);
		slot->record.generation = said_generation(by);
		slot->record.access = said_access(by);
	}
	slot->record.facts_size = facts_size;
	slot->record.time = bpf_ktime_get_boot_ns();
	slot->record.nr = -1;
	return slot;
}

/* A record of another task. */
static __always_inline struct kwp_slot *record_begin_for(u32 type, u64 by, u32 facts_size,
							 struct task_struct *task)
{
	struct kwp_slot *slot = record_begin_headless(type, by, facts_size);

	if (slot)
		record_head(slot, task);
	return slot;
}

/* A record of the current task. facts_size is a constant multiple of 8. */
static __always_inline struct kwp_slot *record_begin(u32 type, u64 by, u32 facts_size)
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

/* When to wake the reader: never for each record, because a wake-up costs several times a
 * record. The reader looks on its own for 12 milliseconds after each record that it
 * took, so it can sleep only if none came for longer. Two CPUs' clocks may differ a bit. */
static __always_inline u64 record_wake(s64 now)
{
	static const s64 fresh = 1000000, awake = 5000000;
	s64 quiet = now - (s64)kwp_came;

	if (quiet < fresh)
		return BPF_RB_NO_WAKEUP;
	kwp_came = now;
	return quiet < awake ? BPF_RB_NO_WAKEUP : BPF_RB_FORCE_WAKEUP;
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

/* Acts that the policy spoke of have a ring of their own, where a flood of others can't push
 * them out. */
static __always_inline long record_send(struct kwp_slot *slot, u64 size)
{
	u64 wake = record_wake(slot->record.time);

	if ((slot->record.flags & KWP_F_VERDICT) || slot->record.type == KWP_SHED)
		return bpf_ringbuf_output(&kwp_verdicts, &slot->record, size, wake);
	return bpf_ringbuf_output(&kwp_ring, &slot->record, size, wake);
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
	if (record_send(slot, size))
		count_type(kwp_counters.lost, type);
	pace_spent(slot->record.time);
	slot_give(slot);
	return 0;
}

/* The same to who reads an iterator. */
static __always_inline void iter_send(struct kwp_slot *slot, struct bpf_iter_meta *meta)
{
	u64 size = record_close(slot);

	bpf_seq_write(meta->seq, &slot->record, size);
	slot_give(slot);
}

/* String n: a path in the caller's words, because the kernel resolved none. */
static __always_inline void record_words(struct kwp_slot *slot, u32 n, u64 from)
{
	slot->record.flags |= KWP_F_UNRESOLVED;
	if (record_user_str(slot, n, from))
		slot->record.incomplete |= n ? KWP_NO_TARGET : KWP_NO_PATH;
}

/* Begins the record of a system call that ends now, of which the policy said this. */
static __always_inline struct kwp_slot *exit_begin_said(struct pt_regs *regs, long ret, u32 type,
							u64 said, u32 facts_size)
{
	struct kwp_slot *slot = record_begin(type, KWP_BY_TRACEPOINT | said, facts_size);

	if (!slot)
		return NULL;
	slot->record.nr = regs_nr(regs);
	slot->record.ret = ret;
	slot->record.flags |= KWP_F_RET;
	if (task_is_compat(bpf_get_current_task_btf()))
		slot->record.flags |= KWP_F_COMPAT;
	return slot;
}

static __always_inline struct kwp_slot *exit_begin(struct pt_regs *regs, long ret, u32 type,
						   u32 facts_size)
{
	return exit_begin_said(regs, ret, type, 0, facts_size);
}

#endif
