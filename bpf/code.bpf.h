/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Code that no file holds and that has a connection, before it runs a program: an interpreter with
 * code on its command line that will read the program's output, a shell that lets it answer
 * there. Looked at before the exec, while the memory and the descriptors are still the caller's.
 */
#ifndef KWP_CODE_BPF_H
#define KWP_CODE_BPF_H

#include "detect.bpf.h"

#define CODE_LOOKED 256 /* descriptors that are looked at, of a process */
#define CODE_BLOCK 4
#define CODE_TEXT 64 /* bytes of an argument that are looked at */

struct code_walk {
	struct files files;
	u64 found;
};

SUBPROG_ONCE u32 code_connected(u64 file)
{
	struct sock *sk = file_sock(file);
	u16 family = 0;
	u8 state = 0;

	if (!sk)
		return 0;
	bpf_core_read(&family, sizeof(family), &sk->__sk_common.skc_family);
	bpf_core_read(&state, sizeof(state), &sk->__sk_common.skc_state);
	return (family == AF_INET || family == AF_INET6) && state == TCP_ESTABLISHED;
}

static long code_step(u32 index, struct code_walk *walk)
{
	u64 file[CODE_BLOCK] = {};

	if (!files_read(&walk->files, index * CODE_BLOCK, file, CODE_BLOCK))
		return 1;
	for (int i = 0; i < CODE_BLOCK; i++)
		if (file[i])
			walk->found |= code_connected(file[i]);
	return walk->found ? 1 : 0;
}

/* Has a process with these descriptors a connection? */
SUBPROG bool code_connects(u64 files)
{
	struct code_walk walk = {.files = files_of(files)};

	bpf_loop(CODE_LOOKED / CODE_BLOCK, code_step, &walk, 0);
	return walk.found;
}

struct code_text {
	char bytes[CODE_TEXT];
};

/* Is it an option behind which code comes: letters after a dash, the last of them c, e or r? */
static __noinline bool text_is_code(const struct code_text *text)
{
	char last = 0;

	if (text->bytes[0] != '-')
		return false;
	for (int i = 1; i < 8; i++) {
		char c = text->bytes[i];

		if (!c)
			break;
		if ((c | 0x20) < 'a' || (c | 0x20) > 'z')
			return false;
		last = c;
	}
	return last == 'c' || last == 'e' || last == 'r';
}

/* Does the current program run code of its arguments or of its input? awk: its first argument is
 * code, unless it is -f. */
static __noinline bool code_inline(u64 at, u64 end, u32 awk)
{
	struct code_text text = {};
	long size;

	for (u32 i = 0; i < 4; i++) {
		if (at >= end)
			return i == 1 && !awk;
		size = bpf_probe_read_user_str(text.bytes, sizeof(text.bytes), (void *)at);
		if (size <= 0)
			return false;
		if (i == 1 && awk)
			return text.bytes[0] != '-' || text.bytes[1] != 'f';
		if (i && (text_is_code(&text) || (text.bytes[0] == '-' && !text.bytes[1])))
			return true;
		if (i && text.bytes[0] != '-')
			return false;
		if (size == sizeof(text.bytes))
			return false;
		at += size;
	}
	return false;
}

static __always_inline bool name_is_awk(u64 name)
{
	char text[8] = {};

	bpf_probe_read_kernel(text, sizeof(text), (void *)name);
	return (text[0] == 'a' && text[1] == 'w' && text[2] == 'k') ||
	       (text[1] == 'a' && text[2] == 'w' && text[3] == 'k');
}

/* ---- what the code names itself ---- */

#define NAMED_BYTES 4096 /* of arguments that are looked through */
#define NAMED_WORD 7	 /* bytes of a command that are compared */

struct named_walk {
	u64 at;	  /* where the arguments begin */
	u64 word; /* the first bytes of the command */
	u32 size; /* of them: NAMED_WORD at most */
	u32 bytes, found, pad;
};

static __always_inline bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static long named_step(u32 index, struct named_walk *walk)
{
	struct {
		u64 word;
		char next, before;
	} text = {};
	u64 mask = (1ull << walk->size * 8) - 1;

	if (index >= walk->bytes)
		return 1;
	bpf_probe_read_user(&text.word, 8, (void *)(walk->at + index));
	if ((text.word & mask) != walk->word)
		return 0;
	bpf_probe_read_user(&text.next, 1, (void *)(walk->at + index + walk->size));
	if (index)
		bpf_probe_read_user(&text.before, 1, (void *)(walk->at + index - 1));
	if (is_alnum(text.before) || (walk->size < NAMED_WORD && is_alnum(text.next)))
		return 0;
	walk->found = 1;
	return 1;
}

/* The command that is to be executed: its name, or what is behind -c; as far as code would write it
 * in the same way. */
static __always_inline void named_word(struct named_walk *walk, u64 argv, u32 wide)
{
	u64 arg[3] = {};
	char text[8] = {};
	u32 option = 0;

	for (int i = 0; i < 3; i++)
		if (bpf_probe_read_user(&arg[i], wide == 4 ? 4 : 8, (void *)argv + i * wide) ||
		    !arg[i])
			break;
	bpf_probe_read_user(&option, 3, (void *)arg[1]);
	bpf_probe_read_user_str(text, sizeof(text), (void *)(option == 0x632d ? arg[2] : arg[0]));
	for (u32 i = 0; i < NAMED_WORD; i++) {
		if (text[i] < ' ' || text[i] == '"' || text[i] == '\'' || text[i] == '\\')
			break;
		walk->word |= (u64)(u8)text[i] << i * 8;
		walk->size = i + 1;
	}
}

/* Is it a word of the current program's own arguments? */
SUBPROG bool code_names(u64 at, u64 end)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	struct named_walk walk = {.at = at, .bytes = end - at};
	bool compat = task_is_compat(task);

	named_word(&walk, exec_argv_of(regs, compat), compat ? 4 : 8);
	if (walk.size)
		bpf_loop(NAMED_BYTES, named_step, &walk, 0);
	return walk.found;
}

enum { CODE_PIPED = 1, CODE_ANSWERS = 2 };

/* Where the output of the current task goes: to who reads it, or out by a connection that this
 * guest made, with its errors. */
static __noinline u32 code_output(u64 files)
{
	u64 file[3] = {};
	u32 out, errors;
	u16 type = 0;

	files_standard(file, files);
	BPF_CORE_READ_INTO(&type, (struct file *)file[1], f_inode, i_mode);
	out = stream_of(file[1]);
	errors = stream_of(file[2]);
	if ((out & errors & STREAM_NETWORK) && !(stream_of(file[0]) & STREAM_NETWORK))
		return out & STREAM_ACCEPTED ? 0 : CODE_ANSWERS;
	return (type & S_IFMT) == S_IFIFO || (type & S_IFMT) == S_IFSOCK ? CODE_PIPED : 0;
}

/* Which detection the program that the current task is about to execute is, by who executes it. */
SUBPROG u32 detect_code(u32 generation, bool script)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	u64 mm = ADDRESS(task->mm), files = ADDRESS(task->files), file, at = 0, end = 0;
	u32 output = code_output(files), flags;
	struct task_struct *parent;

	if (!output || script || kwp_settings.kill_only)
		return DETECT_NONE;
	file = task_exe((u64)task);
	flags = called_find(generation, file_name(file), true);
	if (output == CODE_ANSWERS)
		return flags & KWP_NODE_SHELL ? KWP_DETECT_CONNECTED_CODE : DETECT_NONE;
	bpf_core_read(&at, sizeof(at), &((struct mm_struct *)mm)->arg_start);
	bpf_core_read(&end, sizeof(end), &((struct mm_struct *)mm)->arg_end);
	if (!(flags & KWP_NODE_INTERPRETER) || !code_inline(at, end, name_is_awk(file_name(file))))
		return DETECT_NONE;
	parent = (struct task_struct *)ADDRESS(task->real_parent);
	return (code_connects(files) || code_connects(ADDRESS(parent->files))) &&
			       !code_names(at, end)
		       ? KWP_DETECT_CONNECTED_CODE
		       : DETECT_NONE;
}

#endif
