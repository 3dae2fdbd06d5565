/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scripts: the file that a shell or an interpreter was told to run, by its arguments or as its
 * standard input. What a running script reads itself (source, require, import) looks as any
 * other data does.
 */
#ifndef KWP_SCRIPT_BPF_H
#define KWP_SCRIPT_BPF_H

#include "drift.bpf.h"
#include "interpreter.bpf.h"

#define SCRIPT_ARGS 256	  /* arguments that are looked at */
#define SCRIPT_OPTION 16  /* bytes of an option that matter */
#define SCRIPT_NAME 256	  /* bytes of a name, from its end, that are compared */

/* What an argument is. */
enum script_word {
	WORD_OPTION,
	WORD_VALUED, /* an option; the next argument may be its value */
	WORD_INLINE, /* code follows: no file is run */
	WORD_STDIN,
	WORD_LAST,   /* "--" */
	WORD_NAME,
};

/* Lies in a scratch, whose path holds an argument: of what it has on the stack the verifier
 * would follow each value. */
struct script_walk {
	u64 at, end;	       /* of the arguments, in the task's memory */
	u64 name, asked;       /* of the file; as which the task wanted it, in its memory */
	u32 name_size, asked_size;
	u32 family;
	u32 word, before;      /* enum script_word of the argument, of the one before */
	u32 named, words, over;
	u32 from_stdin;
};
_Static_assert(sizeof(struct script_walk) <= SNAP_SIZE, "a scratch has less room");

/* What callbacks get. */
struct script_way {
	struct kwp_slot *slot;
};

static __always_inline struct script_walk *script_walk(struct kwp_slot *slot)
{
	return (struct script_walk *)slot->snap;
}

/* ---- what arguments mean ---- */

/* A bit for each letter, those of lower case behind. */
#define LETTER(c) (1ull << ((c) & 63))

/* Letters behind which code stands, or a value: in the rest of the argument, or the next one. */
struct script_letters {
	u64 code, valued;
};
static const struct script_letters script_letters[] = {
	[FAMILY_SHELL] = {LETTER('c'), LETTER('o') | LETTER('O')},
	[FAMILY_PYTHON] = {LETTER('c') | LETTER('m'), LETTER('W') | LETTER('X')},
	[FAMILY_PERL] = {LETTER('e') | LETTER('E'),
			 LETTER('I') | LETTER('M') | LETTER('m') | LETTER('i') | LETTER('F') |
				 LETTER('C') | LETTER('D') | LETTER('x')},
	[FAMILY_RUBY] = {LETTER('e'), LETTER('I') | LETTER('r') | LETTER('C') | LETTER('E') |
					      LETTER('F') | LETTER('K') | LETTER('T') |
					      LETTER('W') | LETTER('x')},
	[FAMILY_NODE] = {LETTER('e') | LETTER('p'), LETTER('r') | LETTER('C')},
	[FAMILY_PHP] = {LETTER('r') | LETTER('B') | LETTER('R'),
			LETTER('f') | LETTER('c') | LETTER('d') | LETTER('z') | LETTER('S') |
				LETTER('t')},
	[FAMILY_LUA] = {0, LETTER('e') | LETTER('l')},
	[FAMILY_AWK] = {0, LETTER('f') | LETTER('i') | LETTER('v') | LETTER('F') | LETTER('E')},
	[FAMILY_OTHER] = {LETTER('e'), 0},
	[FAMILY_BOX] = {},
};

static __attribute__((unused)) long letters_step(u32 index, struct script_way *way)
{
	struct script_walk *walk = script_walk(way->slot);
	const char *text = way->slot->path;
	u32 family = walk->family;
	char c = text[(index + 1) & (SCRIPT_OPTION - 1)];
	u64 bit = LETTER(c);

	if (!c || family > FAMILY_BOX)
		return 1;
	if (script_letters[family].code & bit)
		walk->word = WORD_INLINE;
	else if (family == FAMILY_SHELL && c == 's')
		walk->word = WORD_STDIN;
	else if (script_letters[family].valued & bit)
		walk->word = text[(index + 2) & (SCRIPT_OPTION - 1)] ? WORD_OPTION : WORD_VALUED;
	else
		return 0;
	return 1;
}

static const char code_words[2][8] = {"--eval", "--print"};

/* What the argument in slot->path is. */
SUBPROG_ONCE u32 script_word(struct kwp_slot *slot, u32 family)
{
	struct script_way way = {slot};
	const char *text;
	u64 first;

	if (!slot)
		return WORD_NAME;
	text = slot->path;
	first = *(const u64 *)text;
	if (text[0] != '-' && (text[0] != '+' || family != FAMILY_SHELL))
		return WORD_NAME;
	if (!text[1])
		return WORD_STDIN;
	if (text[0] == '-' && text[1] == '-') {
		if (!text[2])
			return WORD_LAST;
		return first == *(const u64 *)code_words[0] || first == *(const u64 *)code_words[1]
			       ? WORD_INLINE
			       : WORD_VALUED;
	}
	if (family == FAMILY_JAVA)
		return WORD_VALUED;
	script_walk(slot)->word = WORD_OPTION;
	bpf_loop(SCRIPT_OPTION - 2, letters_step, &way, 0);
	return script_walk(slot)->word;
}

/* ---- which file they name ---- */

/* Are there the same bytes at a, in the kernel's or the task's memory, and at b, in the
 * task's? */
SUBPROG_ONCE int script_same(struct kwp_slot *slot, u64 a, u32 of_kernel, u64 b, u32 size)
{
	const u64 *left, *right;
	u64 other = 0;

	if (!slot || !size || size >= SCRIPT_NAME)
		return 0;
	asm volatile("" : "+r"(size));
	size &= SCRIPT_NAME - 1;
	left = (const u64 *)slot->bytes;
	right = left + SCRIPT_NAME / 8;
	__builtin_memset(slot->bytes, 0, 2 * SCRIPT_NAME);
	if (of_kernel)
		bpf_probe_read_kernel(slot->bytes, size, (void *)a);
	else
		bpf_probe_read_user(slot->bytes, size, (void *)a);
	bpf_probe_read_user(slot->bytes + SCRIPT_NAME, size, (void *)b);
	for (u32 i = 0; i < SCRIPT_NAME / 8; i++)
		other |= left[i] ^ right[i];
	return !other;
}

static __always_inline bool is_boundary(u64 at)
{
	char c = 0;

	bpf_probe_read_user(&c, 1, (void *)at);
	return c == '/' || c == '=';
}

/* Is the argument, of that size, a path of this name, or the end of what was asked for? */
SUBPROG_ONCE int script_names_file(struct kwp_slot *slot, u32 size)
{
	struct script_walk *walk;
	u64 end, asked;
	u32 part;

	if (!slot)
		return 0;
	walk = script_walk(slot);
	end = walk->at + size;
	asked = walk->asked + walk->asked_size;
	part = walk->name_size;
	if (part <= size && (part == size || is_boundary(end - part - 1)) &&
	    script_same(slot, walk->name, 1, end - part, part))
		return 1;
	part = size < SCRIPT_NAME ? size : SCRIPT_NAME - 1;
	return size <= walk->asked_size &&
	       (size == walk->asked_size || is_boundary(asked - size - 1)) &&
	       script_same(slot, asked - part, 0, end - part, part);
}

/* busybox by the name of a shell is one; by its own name, the next argument says. */
static __always_inline void script_box(struct script_walk *walk, u32 size)
{
	char end[2] = {};

	if (size >= 2)
		bpf_probe_read_user(end, 2, (void *)walk->at + size - 2);
	if (end[0] == 's' && end[1] == 'h')
		walk->family = FAMILY_SHELL;
	else if (end[0] != 'o' || end[1] != 'x')
		walk->over = 1;
}

/* Goes on with an argument of that size. */
static __always_inline void script_take(struct kwp_slot *slot, u32 size)
{
	struct script_walk *walk = script_walk(slot);
	u32 before = walk->before, word;

	word = before == WORD_LAST ? WORD_NAME : script_word(slot, walk->family);
	walk->before = word;
	walk->from_stdin |= word == WORD_STDIN;
	walk->over = word == WORD_INLINE || (word == WORD_STDIN && walk->family != FAMILY_SHELL);
	if (word != WORD_NAME && word != WORD_VALUED)
		return;
	/* awk takes its program from a file if an option says so. */
	if (walk->family == FAMILY_AWK && before != WORD_VALUED) {
		walk->over |= word == WORD_NAME;
		return;
	}
	walk->named |= script_names_file(slot, size);
	if (word == WORD_NAME && before != WORD_VALUED)
		walk->over = walk->words = 1;
	walk->over |= walk->named;
}

static __attribute__((unused)) long script_step(u32 index, struct script_way *way)
{
	struct kwp_slot *slot = way->slot;
	struct script_walk *walk = script_walk(slot);
	long size;

	if (walk->at >= walk->end)
		return 1;
	__builtin_memset(slot->path, 0, SCRIPT_OPTION);
	size = bpf_probe_read_user_str(slot->path, KWP_PATH_MAX, (void *)walk->at);
	if (size < 0)
		return 1;
	if (!size) /* an empty one, to 6.12 */
		size = 1;
	if (walk->family == FAMILY_BOX)
		script_box(walk, size - 1);
	else if (index)
		script_take(slot, size - 1);
	walk->at += size;
	return walk->over != 0;
}

/* ---- opening ---- */

#if defined(__TARGET_ARCH_x86)
#define NR_OPEN 2
#define NR_OPENAT 257
#else
#define NR_OPEN -1
#define NR_OPENAT 56
#endif
#define NR_OPENAT2 437

/* As what the system call that opens it names it; symbolic links may lead to it. */
static __always_inline void script_asked(struct kwp_slot *slot, struct task_struct *task)
{
	struct script_walk *walk = script_walk(slot);
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	long nr = regs_nr(regs), size;
	u64 asked = 0;

	if (task_is_compat(task))
		return;
	if (nr == NR_OPENAT || nr == NR_OPENAT2)
		asked = regs_arg(regs, false, 1);
	else if (nr == NR_OPEN)
		asked = regs_arg(regs, false, 0);
	if (!asked)
		return;
	size = bpf_probe_read_user_str(slot->path, KWP_PATH_MAX, (void *)asked);
	walk->asked = asked;
	walk->asked_size = size > 0 ? size - 1 : 0;
}

/* Is the file of this dentry, which is opened, what the task's arguments tell it to run? dentry 0:
 * is its standard input? */
SUBPROG_ONCE int script_is_told(u32 family, u64 dentry)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct script_way way = {slot_take(KWP_DRIFT)};
	struct script_walk *walk;
	u64 mm = ADDRESS(task->mm);
	int told;

	if (!way.slot) /* one that is not looked at is not let through */
		return 1;
	walk = script_walk(way.slot);
	__builtin_memset(walk, 0, sizeof(*walk));
	walk->family = family;
	if (dentry) {
		bpf_core_read(&walk->name_size, 4, &((struct dentry *)dentry)->d_name.len);
		bpf_core_read(&walk->name, 8, &((struct dentry *)dentry)->d_name.name);
		script_asked(way.slot, task);
	}
	bpf_core_read(&walk->at, 8, &((struct mm_struct *)mm)->arg_start);
	bpf_core_read(&walk->end, 8, &((struct mm_struct *)mm)->arg_end);
	bpf_loop(SCRIPT_ARGS, script_step, &way, 0);
	told = dentry ? walk->named : walk->from_stdin || !(walk->over || walk->words);
	slot_give(way.slot);
	return told;
}

static __always_inline bool file_is_regular(u64 file)
{
	u16 mode = 0;

	bpf_core_read(&file, 8, &((struct file *)file)->f_inode);
	bpf_core_read(&mode, sizeof(mode), &((struct inode *)file)->i_mode);
	return S_ISREG(mode);
}

/* ---- verdicts ---- */

/* Is the file only in memory, without a place in any tree? */
static __always_inline bool file_is_internal(u64 file)
{
	u64 mount = 0;
	int flags = 0;

	bpf_core_read(&mount, 8, &((struct file *)file)->f_path.mnt);
	bpf_core_read(&flags, sizeof(flags), &((struct vfsmount *)mount)->mnt_flags);
	return flags & MNT_INTERNAL;
}

/* What the policy says to the opening of this struct file, with its f_flags and f_mode, as a
 * script. The real file beneath an overlay's is none. */
static __always_inline u64 guard_script(u64 file, u32 flags, u32 mode)
{
	struct place place = {};
	u32 family, signal;
	u64 said, next;
	bool memory;

	if ((flags & FMODE_EXEC) || !(mode & FMODE_READ) || (mode & FMODE_NOACCOUNT))
		return 0;
	memory = guard_on(KWP_CLASS_DETECT) && file_is_internal(file);
	if (!drift_on() && !memory)
		return 0;
	family = script_family_of(bpf_get_current_task_btf());
	if (!family || !file_is_regular(file))
		return 0;
	file_place(&place, file);
	signal = drift_on() ? drift_signal(&place) : 0;
	if (!(signal || memory) || !script_is_told(family, place.dentry))
		return 0;
	drift_tell(kwp_settings.drift, signal, file, KWP_READ);
	said = memory ? guard_detected_own(KWP_DETECT_FILELESS_EXEC) : 0;
	next = drift_said(&place, signal, KWP_READ, GUARD_CAN);
	return said_worse(said, next);
}

/* Where no hook asked: of a file that is open now. */
static __always_inline void script_was_opened(u64 file)
{
	u32 flags = 0, mode = 0;
	u64 said;

	if (!(drift_on() || guard_on(KWP_CLASS_DETECT)) || kwp_settings.hooks)
		return;
	bpf_core_read(&flags, sizeof(flags), &((struct file *)file)->f_flags);
	bpf_core_read(&mode, sizeof(mode), &((struct file *)file)->f_mode);
	said = guard_script(file, flags, mode);
	if (said)
		drift_record(KWP_OPEN, KWP_BY_TRACEPOINT | said, file, KWP_READ);
}

/* The same of the standard input of what the current task has just executed, before its first
 * instruction. No hook can deny it any more. */
static __always_inline void guard_stdin(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u32 family = script_family_of(task), signal;
	struct place place = {};
	u64 file, said;

	file = family && family != FAMILY_JAVA && family != FAMILY_AWK ? fd_file(task, 0) : 0;
	if (!file || !file_is_regular(file))
		return;
	file_place(&place, file);
	signal = drift_signal(&place);
	if (!signal || !script_is_told(family, 0))
		return;
	drift_tell(KWP_BY_TRACEPOINT, signal, file, KWP_READ);
	said = drift_said(&place, signal, KWP_READ | GUARD_EXECED, GUARD_CAN_KILL);
	if (said_verdict(said))
		drift_record(KWP_OPEN, KWP_BY_TRACEPOINT | said, file, KWP_READ);
}

#endif
