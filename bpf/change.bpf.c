/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ends of system calls that change files: by name, by attribute, by size. One program for
 * all of them: each program in which a verdict is given costs the verifier the walk along paths
 * again, which is most of a load's time.
 */
#include "call.bpf.h"

/* A system call that changes files. */
struct change {
	struct call call;
	u16 first, second; /* to its files: accesses, as guard_place() takes them */
	u32 untold;	   /* no event is about it: only what the policy said is told */
};

/* ---- by name ---- */

static __always_inline void create_call(struct call *call, const struct call_regs *from)
{
	bool at = from->form == KWP_FORM_AT || from->form == KWP_FORM_B;
	bool node = from->form == KWP_FORM_A || from->form == KWP_FORM_B; /* mknod, mknodat */

	if (at)
		call->dirfd[0] = call_arg(from, 0);
	call->path[0] = at ? call_arg(from, 1) : call_arg(from, 0);
	call->mode = (u16)(at ? call_arg(from, 2) : call_arg(from, 1));
	if (node)
		call->extra = (u32)(at ? call_arg(from, 3) : call_arg(from, 2));
	else
		call->mode = (call->mode & ~S_IFMT) | S_IFDIR;
	if (!(call->mode & S_IFMT))
		call->mode |= S_IFREG;
}

/* Two paths, each with a directory descriptor before it or none. */
static __always_inline void call_two_paths(struct call *call, const struct call_regs *from, bool at)
{
	call->path[0] = at ? call_arg(from, 1) : call_arg(from, 0);
	call->path[1] = at ? call_arg(from, 3) : call_arg(from, 1);
	if (!at)
		return;
	call->dirfd[0] = call_arg(from, 0);
	call->dirfd[1] = call_arg(from, 2);
}

static __always_inline void rename_call(struct call *call, const struct call_regs *from)
{
	call_two_paths(call, from, from->form != KWP_FORM_PLAIN);
	if (from->form == KWP_FORM_HOW) /* renameat2 */
		call->flags = (u32)call_arg(from, 4);
}

static __always_inline void link_call(struct call *call, const struct call_regs *from)
{
	if (from->form == KWP_FORM_A || from->form == KWP_FORM_B) {
		call->text = 0;
		call->mode = S_IFLNK;
	}
	switch (from->form) {
	case KWP_FORM_B: /* symlinkat; A: symlink */
		call->path[0] = call_arg(from, 0);
		call->path[1] = call_arg(from, 2);
		call->dirfd[1] = call_arg(from, 1);
		break;
	case KWP_FORM_AT:
		call->flags = (u32)call_arg(from, 4);
		call_two_paths(call, from, true);
		break;
	default:
		call_two_paths(call, from, false);
	}
}

static __always_inline void unlink_call(struct call *call, const struct call_regs *from)
{
	if (from->form == KWP_FORM_AT) {
		call->dirfd[0] = call_arg(from, 0);
		call->path[0] = call_arg(from, 1);
		call->flags = (u32)call_arg(from, 2);
	} else {
		call->path[0] = call_arg(from, 0);
		call->flags = from->form == KWP_FORM_A ? AT_REMOVEDIR : 0; /* rmdir */
	}
}

/* ---- by attribute and size ---- */

static __always_inline void chmod_call(struct call *call, const struct call_regs *from)
{
	switch (from->form) {
	case KWP_FORM_AT:
	case KWP_FORM_HOW: /* fchmodat2: the only one with flags */
		call->dirfd[0] = call_arg(from, 0);
		call->path[0] = call_arg(from, 1);
		call->mode = (u16)call_arg(from, 2);
		if (from->form == KWP_FORM_HOW)
			call->flags = (u32)call_arg(from, 3);
		call_empty_path(call, call->flags);
		break;
	case KWP_FORM_FD:
		call->fd = call_arg(from, 0);
		call->mode = (u16)call_arg(from, 1);
		break;
	default:
		call->path[0] = call_arg(from, 0);
		call->mode = (u16)call_arg(from, 1);
	}
}

static __always_inline void chown_call(struct call *call, const struct call_regs *from)
{
	bool at = from->form == KWP_FORM_AT;

	if (from->form == KWP_FORM_FD)
		call->fd = call_arg(from, 0);
	else
		call->path[0] = at ? call_arg(from, 1) : call_arg(from, 0);
	call->mode = (u32)(at ? call_arg(from, 2) : call_arg(from, 1));
	call->extra = (u32)(at ? call_arg(from, 3) : call_arg(from, 2));
	if (at) {
		call->dirfd[0] = call_arg(from, 0);
		call->flags = (u32)call_arg(from, 4);
		call_empty_path(call, call->flags);
	}
}

/* A length of 64 bits in two registers of a 32-bit call; arm has it in an
 * even pair. */
static __always_inline u64 call_length(const struct call_regs *from)
{
#if defined(__TARGET_ARCH_x86)
	return call_arg(from, 1) | call_arg(from, 2) << 32;
#else
	return (u32)call_arg(from, 2) | call_arg(from, 3) << 32;
#endif
}

static __always_inline void truncate_call(struct call *call, const struct call_regs *from)
{
	bool wide = from->form == KWP_FORM_A || from->form == KWP_FORM_B; /* (f)truncate64 */

	if (from->form == KWP_FORM_FD || from->form == KWP_FORM_B)
		call->fd = call_arg(from, 0);
	else
		call->path[0] = call_arg(from, 0);
	call->extra = wide ? call_length(from) : call_arg(from, 1);
}

/* utimensat and futimesat (D), utimes and utime (HOW). */
static __always_inline bool xattr_is_times(u32 form)
{
	return form == KWP_FORM_D || form == KWP_FORM_HOW;
}

static __always_inline void times_call(struct call *call, const struct call_regs *from)
{
	if (from->form == KWP_FORM_D) {
		call->dirfd[0] = call_arg(from, 0);
		call->path[0] = call_arg(from, 1);
		call->fd = call->path[0] ? -1 : call->dirfd[0];
	} else {
		call->path[0] = call_arg(from, 0);
	}
}

static __always_inline void xattr_named(struct call *call, const struct call_regs *from, bool at)
{
	call->text = 1;
	if (at) {
		call->dirfd[0] = call_arg(from, 0);
		call->path[0] = call_arg(from, 1);
		call->path[1] = call_arg(from, 3);
		call_empty_path(call, call_arg(from, 2));
		return;
	}
	call->path[1] = call_arg(from, 1);
	if (from->form == KWP_FORM_FD || from->form == KWP_FORM_B)
		call->fd = call_arg(from, 0);
	else
		call->path[0] = call_arg(from, 0);
}

static __always_inline void xattr_call(struct call *call, const struct call_regs *from)
{
	struct { /* struct xattr_args of the kernel */
		u64 value;
		u32 size, flags;
	} args = {};

	xattr_named(call, from, from->form == KWP_FORM_AT || from->form == KWP_FORM_C);
	switch (from->form) {
	case KWP_FORM_A: /* removexattr, lremovexattr; B: fremovexattr; C: removexattrat */
	case KWP_FORM_B:
	case KWP_FORM_C:
		call->flags = KWP_XATTR_REMOVE;
		break;
	case KWP_FORM_AT:
		bpf_probe_read_user(&args, sizeof(args), (void *)call_arg(from, 4));
		call->extra = args.size;
		call->flags = args.flags;
		break;
	default:
		call->extra = call_arg(from, 3);
		call->flags = (u32)call_arg(from, 4);
	}
}

/* ---- verdicts where no hook can deny ---- */

/* The place behind a descriptor, or the working directory. */
static __always_inline void place_start(struct place *place, s32 fd)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u64 fs = ADDRESS(task->fs);

	if (fd == AT_FDCWD)
		place_read(place, ((struct fs_struct *)fs)->pwd);
	else
		file_place(place, fd_file(task, fd));
}

/* What the policy says to accesses to the file that words name from there on; sets place->rules. */
static __always_inline u64 guard_named(struct place *place, s32 dirfd, u64 words, u32 accesses)
{
	place->generation = guard_generation();
	if (!place->generation || !words)
		return 0;
	place_start(place, dirfd);
	if (!place->dentry || place_find_named(place, words))
		return 0;
	return place->rules | place->above ? guard_rules(place, accesses) : 0;
}

static __always_inline u64 files_said(const struct change *change)
{
	const struct call *call = &change->call;
	struct place place = {};
	u64 said, next, from;

	if (call->fd >= 0) {
		place_start(&place, call->fd);
		return place.dentry ? guard_place(&place, change->first) : 0;
	}
	said = call->text ? guard_named(&place, call->dirfd[0], call->path[0], change->first) : 0;
	if (!change->second)
		return said;
	from = place.rules;
	next = guard_named(&place, call->dirfd[1], call->path[1], change->second);
	said = said_worse(said, next);
	next = said ? 0 : guard_renamed(place.generation, from, place.rules, 1 << KWP_READ);
	return said_worse(said, next);
}

/* The two below are functions that the verifier looks at once, and not for each of the calls. */

/* What is done is done; who did it is ended. */
SUBPROG_ONCE u64 change_said(struct change *change, u32 type)
{
	u64 said = 0, next;

	if (!change)
		return 0;
	if (guard_on(KWP_CLASS_FILE))
		said = files_said(change);
	if (type == KWP_RENAME) /* it may have been a directory: see tree.bpf.c */
		place_epoch_end();
	if (type != KWP_CREATE)
		return said;
	next = device_said(change->call.mode, change->call.extra);
	return said_worse(said, next);
}

SUBPROG_ONCE int change_tell(struct change *change, u32 type, s64 ret, u64 said)
{
	struct task_struct *task = bpf_get_current_task_btf();

	if (change && (said || !change->untold))
		call_record_said((struct pt_regs *)bpf_task_pt_regs(task), ret, type, &change->call,
				 said);
	return 0;
}

/* ---- the program ---- */

/* By the type of the act. A function for its stack's sake. */
SUBPROG int change_read(struct change *change, struct pt_regs *regs, u32 type)
{
	struct call_regs from = call_regs(regs);
	struct call *call = &change->call;

	*change = (struct change){.call = CALL_NONE, .first = 1 << KWP_WRITE};
	switch (type) {
	case KWP_CREATE:
		create_call(call, &from);
		break;
	case KWP_RENAME:
		rename_call(call, &from);
		change->first |= GUARD_ABOVE;
		change->second = 1 << KWP_WRITE;
		break;
	case KWP_LINK:
		link_call(call, &from);
		change->first = 0;
		change->second = 1 << KWP_WRITE;
		break;
	case KWP_UNLINK:
		unlink_call(call, &from);
		change->first |= GUARD_ABOVE;
		break;
	case KWP_CHMOD:
		chmod_call(call, &from);
		break;
	case KWP_CHOWN:
		chown_call(call, &from);
		break;
	case KWP_TRUNCATE:
		truncate_call(call, &from);
		break;
	case KWP_XATTR:
		change->untold = xattr_is_times(from.form);
		if (change->untold)
			times_call(call, &from);
		else
			xattr_call(call, &from);
	}
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_change, struct pt_regs *regs, long ret)
{
	u32 type = regs_act(regs, task_is_compat(bpf_get_current_task_btf()));
	struct change change;
	u64 said = 0;

	change_read(&change, regs, type);
	if (kwp_settings.kill_only && !ret)
		said = change_said(&change, type);
	return change_tell(&change, type, ret, said);
}
