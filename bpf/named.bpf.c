/* SPDX-License-Identifier: GPL-2.0-only */
/* The names of a path in the caller's words, as parts of a walk. */
#include "walk.bpf.h"

struct named_way {
	struct kwp_walk *walk;
	u32 at, end; /* the name that is looked at, as far as is known */
	u32 up;	     /* ".." that no name has met yet */
};

/* The text lies where only a longer walk would have hashes, and none has begun. */
#define NAMED_TEXT(walk) ((char *)((walk)->parts + KWP_DEPTH_MAX / 2))

static __always_inline char named_char(struct kwp_walk *walk, u32 at)
{
	asm volatile("" : "+r"(at));
	return NAMED_TEXT(walk)[at & (KWP_PATH_MAX - 1)];
}

/* The name from `at` on is whole. */
static __always_inline void named_add(struct named_way *way, u32 at)
{
	struct kwp_walk *walk = way->walk;
	u32 size = way->end - at, named = walk->named;
	bool dot = named_char(walk, at) == '.';

	if (!size || (size == 1 && dot))
		return;
	if (size == 2 && dot && named_char(walk, at + 1) == '.') {
		way->up++;
		return;
	}
	if (way->up) {
		way->up--;
		return;
	}
	asm volatile("" : "+r"(named));
	if (named >= KWP_DEPTH_MAX / 2)
		return;
	walk->parts[named] = walk_text(walk, NAMED_TEXT(walk), at, size);
	walk->named = named + 1;
}

static long named_step(u32 index, struct named_way *way)
{
	u32 at = way->at;

	if (at && named_char(way->walk, at - 1) != '/') {
		way->at = at - 1;
		return 0;
	}
	named_add(way, at);
	way->at = way->end = at ? at - 1 : 0;
	return !at;
}

static long named_up(u32 index, struct named_way *way)
{
	u32 step = climb_step(&way->walk->climb, &way->walk->step);

	if (step == CLIMB_NAME)
		way->up--;
	return !way->up || step == CLIMB_END;
}

/* The directory that the words begin at, or as many above as they say. */
static __always_inline void named_begin(struct named_way *way)
{
	struct kwp_walk *walk = way->walk;
	u64 fs = ADDRESS(bpf_get_current_task_btf()->fs);
	struct path root = {};

	if (named_char(walk, 0) == '/') {
		bpf_core_read(&root, sizeof(root), &((struct fs_struct *)fs)->root);
		walk->place.vfsmount = (u64)root.mnt;
		walk->place.dentry = (u64)root.dentry;
		return;
	}
	if (!way->up)
		return;
	climb_enter(&walk->climb, climb_mount_of(walk->place.vfsmount));
	walk->climb.dentry = walk->place.dentry;
	bpf_loop(KWP_DEPTH_MAX, named_up, way, 0);
	walk->place.vfsmount =
		walk->climb.mount + bpf_core_field_offset(((struct mount *)0)->mnt);
	walk->place.dentry = walk->climb.dentry;
}

__noinline int named_take(struct kwp_walk *walk, u64 words)
{
	struct named_way way = {.walk = walk};
	long size;

	if (!walk)
		return 0;
	walk->named = 0;
	walk->id.inode = walk->id.event = 0; /* which file it is nobody knows */
	size = bpf_probe_read_user_str(NAMED_TEXT(walk), KWP_PATH_MAX, (void *)words);
	way.at = way.end = size > 0 ? size - 1 : 0;
	bpf_loop(KWP_PATH_MAX + 1, named_step, &way, 0);
	named_begin(&way);
	return 0;
}
