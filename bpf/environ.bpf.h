/* SPDX-License-Identifier: GPL-2.0-only */
/* Variables of a new program's environment that the loader of libraries obeys. */
#ifndef KWP_ENVIRON_BPF_H
#define KWP_ENVIRON_BPF_H

#include "make.bpf.h"

#define ENVIRON_BLOCK 8	    /* variables that are looked at together */
#define ENVIRON_BLOCKS 128  /* of them: the rest is not looked at */
#define ENVIRON_TAKEN 8	    /* of them that a record has */
#define ENVIRON_TEXT 1024   /* bytes of one */
_Static_assert(ENVIRON_BLOCK * 8 <= SNAP_SIZE, "a block is read into snap");

/* The first eight bytes of a text, as a little-endian machine reads them. */
#define ENVIRON_WORD(a, b, c, d, e, f, g, h)                                                       \
	((u64)(a) | (u64)(b) << 8 | (u64)(c) << 16 | (u64)(d) << 24 | (u64)(e) << 32 |             \
	 (u64)(f) << 40 | (u64)(g) << 48 | (u64)(h) << 56)
#define LD_PRELOAD ENVIRON_WORD('L', 'D', '_', 'P', 'R', 'E', 'L', 'O')
#define LD_LIBRARY_PATH ENVIRON_WORD('L', 'D', '_', 'L', 'I', 'B', 'R', 'A')
#define LD_AUDIT ENVIRON_WORD('L', 'D', '_', 'A', 'U', 'D', 'I', 'T')

struct environ_walk {
	struct kwp_slot *slot;
	u64 from; /* the new program's array of pointers; a NULL ends it */
	u32 at, taken, wide, pad;
};

static __always_inline void environ_take(struct environ_walk *walk, u64 text)
{
	u32 at = walk->at;
	long size;

	asm volatile("" : "+r"(at));
	if (at >= KWP_FACTS_MAX + KWP_STRINGS_MAX)
		return;
	size = bpf_probe_read_user_str(&walk->slot->bytes[at], ENVIRON_TEXT, (void *)text);
	if (size <= 0)
		return;
	walk->at += size;
	walk->taken++;
}

/* The next of the array, into snap: a call of the kernel's for each would cost as much as all
 * else. */
static __always_inline u64 environ_read(const struct environ_walk *walk, u32 index)
{
	char *to = walk->slot->snap;

	if (walk->wide)
		return bpf_probe_read_user(to, ENVIRON_BLOCK * 8,
					   (void *)walk->from + index * ENVIRON_BLOCK * 8);
	return bpf_probe_read_user(to, ENVIRON_BLOCK * 4,
				   (void *)walk->from + index * ENVIRON_BLOCK * 4);
}

static long environ_step(u32 index, struct environ_walk *walk)
{
	const char *snap = walk->slot->snap;
	u64 text, word;

	if (environ_read(walk, index))
		return 1;
	for (int i = 0; i < ENVIRON_BLOCK; i++) {
		text = walk->wide ? ((const u64 *)snap)[i] : ((const u32 *)snap)[i];
		if (!text || walk->taken == ENVIRON_TAKEN)
			return 1;
		word = 0;
		bpf_probe_read_user(&word, sizeof(word), (void *)text);
		if (word == LD_PRELOAD || word == LD_LIBRARY_PATH || word == LD_AUDIT)
			environ_take(walk, text);
	}
	return 0;
}

/* String 5: those variables of the current process. The kernel has laid them out at the top of
 * its stack, behind the number of arguments, the pointers to those and a NULL. They are the
 * process's to change, but the loader obeys them before it runs any code of the program. */
SUBPROG_ONCE int record_environ(struct kwp_slot *slot)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct environ_walk walk = {.slot = slot, .wide = !task_is_compat(task)};
	u64 mm = ADDRESS(task->mm), stack = 0, count = 0;
	u32 size = walk.wide ? 8 : 4, begin;

	if (!slot)
		return 0;
	bpf_core_read(&stack, sizeof(stack), &((struct mm_struct *)mm)->start_stack);
	bpf_probe_read_user(&count, 4, (void *)stack);
	walk.from = stack + (count + 2) * size;
	walk.at = begin = slot->used;
	bpf_loop(ENVIRON_BLOCKS, environ_step, &walk, 0);
	if (walk.taken)
		record_took(slot, 5, walk.at - begin);
	return 0;
}

#endif
