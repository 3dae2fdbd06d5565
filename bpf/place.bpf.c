/* SPDX-License-Identifier: GPL-2.0-only */
/* place_find(): what is known of a file, or a walk. */
#include "overlay.bpf.h"
#include "said.bpf.h"
#include "walk.bpf.h"

/* ---- what is known ---- */

/* The number of the mounts that the task sees; 0 if the file's is not one of them. */
static __always_inline u64 place_event(u64 vfsmount)
{
	u64 ns = ns_of_task(), event = 0;

	if (vfsmount && ns_of_mount(climb_mount_of(vfsmount)) == ns)
		bpf_core_read(&event, sizeof(event), &((struct mnt_namespace *)ns)->event);
	return event;
}

static __noinline int place_identify(struct kwp_walk *walk)
{
	struct known_id *id = &walk->id;
	u64 inode;

	id->generation = walk->place.generation;
	id->epoch = *(volatile u32 *)&kwp_epoch;
	id->mount = walk->place.vfsmount;
	id->dentry = walk->place.dentry;
	id->event = place_event(id->mount);
	climb_read(&walk->step, id->dentry);
	id->parent = walk->step.parent;
	id->hash_len = walk->step.hash_len;
	inode = walk->step.inode;
	id->inode = inode;
	id->number = 0;
	id->version = 0;
	if (!inode)
		return 0;
	bpf_core_read(&id->number, 8, &((struct inode *)inode)->i_ino);
	bpf_core_read(&id->version, 4, &((struct inode *)inode)->i_generation);
	return 0;
}

static __noinline int known_put(struct kwp_walk *walk)
{
	volatile struct kwp_known *known = known_entry(&walk->id);
	volatile u64 *words = (volatile u64 *)known;
	u64 sum = 0;

	if (!known || !walk->id.inode || !walk->id.event)
		return 0;
#pragma unroll
	for (u32 i = 0; i < KNOWN_WORDS; i++) {
		words[i] = ((const u64 *)&walk->id)[i];
		sum = known_add(sum, ((const u64 *)&walk->id)[i]);
	}
	known->key[0] = walk->place.key[0];
	known->key[1] = walk->place.key[1];
	known->node = walk->place.node;
	known->rules = walk->place.rules;
	known->sum = known_sum(sum, &walk->place);
	return 0;
}

/* ---- what is found ---- */

/* Rules that name the file by its number, whatever its names are. */
static __noinline int place_number(struct kwp_walk *walk)
{
	struct kwp_node *node;
	u64 key;

	if (!walk->id.inode)
		return 0;
	key = place_pair(&walk->seed, KWP_DOMAIN_INODE, dentry_device(walk->place.dentry));
	node = guard_node(place_pair(&walk->seed, key, walk->id.number));
	for (u32 access = 0; node && access < KWP_ACCESS_COUNT; access++)
		walk_take_rule(walk, access, *KWP_INODE_RULE(node, access));
	return 0;
}

static __always_inline void place_fallback(struct kwp_walk *walk, const struct kwp_policy *policy)
{
	for (u32 access = 0; access < KWP_ACCESS_COUNT; access++)
		if (!walk->place.rule[access])
			walk->place.rule[access] = policy->fallback[access >= KWP_READ];
}

/* ---- overlays ---- */

#define LAYERS (1 + OVERLAY_LOWERS)
_Static_assert(LAYERS * (1 + LAYERS) <= WALK_LAYERS, "layers have no room");

static __always_inline u64 layer_of(u64 dentry, u32 which)
{
	u64 inode = 0;

	bpf_core_read(&inode, 8, &((struct dentry *)dentry)->d_inode);
	if (!inode || dentry_magic(dentry) != OVERLAYFS_SUPER_MAGIC)
		return 0;
	return which ? overlay_lower(inode, which - 1) : overlay_upper(inode);
}

/* Takes the rules of where a layer of the file is. What is done to the overlay changes the upper
 * one only. */
static __always_inline void layer_take(struct kwp_walk *walk, u64 dentry, bool upper)
{
	u64 asked = walk->place.dentry, key = walk->place.key[1];

	walk->only = upper ? 0 : 1 << KWP_EXECUTE | 1 << KWP_MAP | 1 << KWP_READ;
	walk->place.dentry = dentry;
	walk->root = walk->ns = 0;
	walk->first = 0;
	home_find(walk);
	walk->place.dentry = asked;
	walk->only = 0;
	if (!walk->homes_count)
		walk->place.key[1] = key;
}

/* An overlay shows files that have places of their own, and may lie over another: a file, and what
 * lies beneath that, LAYERS times. */
static long layer_find(u32 index, struct walk_way *way)
{
	struct kwp_walk *walk = way->walk;
	u32 inner = index % (1 + LAYERS);
	u64 above = walk->place.dentry;

	if (inner)
		above = walk->layers[(index - inner) & (WALK_LAYERS - 1)];
	walk->layers[index & (WALK_LAYERS - 1)] =
		above ? layer_of(above, inner ? inner - 1 : index / (1 + LAYERS)) : 0;
	return 0;
}

/* All are found first: what the verifier must look at for each layer is little. */
static __always_inline void place_layers(struct kwp_walk *walk)
{
	struct walk_way way = {walk};

	bpf_loop(LAYERS * (1 + LAYERS), layer_find, &way, 0);
	for (u32 i = 0; i < LAYERS * (1 + LAYERS); i++)
		if (walk->layers[i])
			layer_take(walk, walk->layers[i], i <= 1);
}

/* By all the names of the file that can be known. */
static __always_inline int place_walk(struct kwp_walk *walk, const struct kwp_policy *policy)
{
	int nowhere;

	walk->place.rules = walk->place.node = walk->place.key[0] = walk->place.key[1] = 0;
	walk->depth = walk->named;
	walk->first = walk->crossed = walk->ended = 0;
	walk->below[0] = walk->below[1] = 0;
	walk->only = 0;
	walk->root = walk->ns = 0;
	if (walk->place.vfsmount) {
		nowhere = walk_path(walk);
		if (nowhere < 0)
			return nowhere;
		place_fallback(walk, policy);
		if (nowhere)
			return 0;
	}
	place_number(walk);
	home_find(walk);
	if (dentry_magic(walk->place.dentry) == OVERLAYFS_SUPER_MAGIC)
		place_layers(walk);
	known_put(walk);
	return 0;
}

/* A function that the verifier looks at once a program, for all below. */
__noinline int place_fill(struct kwp_walk *walk)
{
	struct kwp_policy *policy;
	int err;

	if (!walk)
		return -EAGAIN;
	policy = guard_policy(walk->place.generation);
	if (!policy)
		return -EAGAIN;
	walk->seed = policy->seed;
	if (!walk->unknown) {
		place_identify(walk);
		if (walk->id.event && known_get(&walk->id, &walk->place))
			return 0;
	}
	err = place_walk(walk, policy);
	if (err)
		__sync_fetch_and_add(&kwp_counters.unwalked, 1);
	return err;
}

__noinline int place_find(struct place *place)
{
	struct kwp_walk *walk;
	int err;

	walk = place ? walk_begin() : NULL;
	if (!place || !walk)
		return -EAGAIN;
	walk->place = *place;
	walk->named = walk->unknown = 0;
	err = place_fill(walk);
	*place = walk->place;
	walk_end(walk);
	return err;
}

__noinline int place_find_named(struct place *place, u64 words)
{
	struct kwp_walk *walk = place ? walk_begin() : NULL;
	struct kwp_policy *policy;
	int err = -EAGAIN;

	if (!place || !walk)
		return -EAGAIN;
	walk->place = *place;
	policy = guard_policy(walk->place.generation);
	if (policy) {
		walk->seed = policy->seed;
		named_take(walk, words);
		err = place_fill(walk);
	}
	*place = walk->place;
	walk_end(walk);
	return err;
}

/* Did somebody without privileges mount the file system? What is in it can have any path. */
static __noinline bool place_of_user(struct kwp_walk *walk)
{
	u64 super = walk->place.dentry, users = 0;
	u32 level = 1;

	bpf_core_read(&super, 8, &((struct dentry *)super)->d_sb);
	bpf_core_read(&users, 8, &((struct super_block *)super)->s_user_ns);
	bpf_core_read(&level, sizeof(level), &((struct user_namespace *)users)->level);
	return level;
}

static __noinline bool place_of_file(struct kwp_walk *walk, u64 file)
{
	struct path path = {};

	bpf_core_read(&path, sizeof(path), &((struct file *)file)->f_path);
	walk->place.vfsmount = (u64)path.mnt;
	walk->place.dentry = (u64)path.dentry;
	return path.mnt && !place_of_user(walk);
}

static __always_inline u64 place_key(u32 generation, u64 file)
{
	struct kwp_walk *walk = walk_begin();
	u64 key = 0;

	if (!walk)
		return 0;
	walk->place.generation = generation;
	walk->named = walk->unknown = 0;
	if (place_of_file(walk, file) && !place_fill(walk))
		key = walk->place.key[1];
	walk_end(walk);
	return key;
}

__noinline u64 place_program(u32 generation, u64 file)
{
	return place_key(generation, file);
}

static __noinline u64 executed(u32 of_parent)
{
	u64 at = (u64)bpf_get_current_task();

	if (of_parent)
		bpf_core_read(&at, sizeof(at), &((struct task_struct *)at)->real_parent);
	return task_exe(at);
}

__noinline u64 place_executable(u32 generation, u32 of_parent)
{
	return place_key(generation, executed(of_parent));
}
