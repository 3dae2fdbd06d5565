/* SPDX-License-Identifier: GPL-2.0-only */
/* The names of a path in the caller's words, as parts of a walk. */
#include "walk.bpf.h"

/* The text lies where only a longer walk would have hashes, and none has begun. */
#define NAMED_TEXT(walk) ((char *)((walk)->parts + KWP_DEPTH_MAX / 2))

/* Counters lie in the scratch: of what is on the stack the verifier would follow each value. */
#define named_at depth	 /* where the name begins that is looked at, as far as is known */
#define named_end first	 /* where it ends */
#define named_up crossed /* ".." that no name has met yet */

static __always_inline char named_char(struct kwp_walk *walk, u32 at)
{
	asm volatile("" : "+r"(at));
	return NAMED_TEXT(walk)[at & (KWP_PATH_MAX - 1)];
}

/* The name from `at` on is whole. */
static __always_inline void named_add(struct kwp_walk *walk, u32 at)
{
	u32 size = walk->named_end - at, named = walk->named;
	bool dot = named_char(walk, at) == '.';

	if (!size || (size == 1 && dot))
		return;
	if (size == 2 && dot && named_char(walk, at + 1) == '.') {
		walk->named_up++;
		return;
	}
	if (walk->named_up) {
		walk->named_up--;
		return;
	}
	asm volatile("" : "+r"(named));
	if (named >= KWP_DEPTH_MAX / 2)
		return;
	walk->parts[named] = walk_text(walk, NAMED_TEXT(walk), at, size);
	walk->named = named + 1;
}

static long named_step(u32 index, struct walk_way *way)
{
	struct kwp_walk *walk = way->walk;
	u32 at = walk->named_at;

	if (at && named_char(walk, at - 1) != '/') {
		walk->named_at = at - 1;
		return 0;
	}
	named_add(walk, at);
	walk->named_at = walk->named_end = at ? at - 1 : 0;
	return !at;
}

static long named_climb(u32 index, struct walk_way *way)
{
	struct kwp_walk *walk = way->walk;
	u32 step = climb_step(&walk->climb, &walk->step);

	if (step == CLIMB_NAME)
		walk->named_up--;
	return !walk->named_up || step == CLIMB_END;
}

/* The directory that the words begin at, or as many above as they say. */
static __always_inline void named_begin(struct kwp_walk *walk, struct walk_way *way)
{
	u64 fs = ADDRESS(bpf_get_current_task_btf()->fs);
	struct path root = {};

	if (named_char(walk, 0) == '/') {
		bpf_core_read(&root, sizeof(root), &((struct fs_struct *)fs)->root);
		walk->place.vfsmount = (u64)root.mnt;
		walk->place.dentry = (u64)root.dentry;
		return;
	}
	if (!walk->named_up)
		return;
	climb_enter(&walk->climb, climb_mount_of(walk->place.vfsmount));
	walk->climb.dentry = walk->place.dentry;
	bpf_loop(KWP_DEPTH_MAX, named_climb, way, 0);
	walk->place.vfsmount = walk->climb.mount + bpf_core_field_offset(((struct mount *)0)->mnt);
	walk->place.dentry = walk->climb.dentry;
}

__noinline int named_take(struct kwp_walk *walk, u64 words)
{
	struct walk_way way = {walk};
	long size;

	if (!walk)
		return 0;
	walk->named = walk->named_up = 0;
	walk->id.inode = walk->id.event = 0;
	walk->unknown = 1;
	size = bpf_probe_read_user_str(NAMED_TEXT(walk), KWP_PATH_MAX, (void *)words);
	walk->named_at = walk->named_end = size > 0 ? size - 1 : 0;
	bpf_loop(KWP_PATH_MAX + 1, named_step, &way, 0);
	named_begin(walk, &way);
	return 0;
}
