/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs that are executed. */
#include "alias.bpf.h"
#include "detect.bpf.h"
#include "drift.bpf.h"
#include "exec.bpf.h"
#include "held.bpf.h"

#define ARGS_TOTAL (6 << 20) /* bytes of arguments that are followed: all that can be */
#define ARGS_FIRST 8192	     /* of them in the exec record, whose paths need room too */
#define ARGS_COUNT 512	     /* arguments of an exec that failed */

/* ---- exec ---- */

struct args_walk {
	struct kwp_slot *slot;
	u64 from;
	u32 offset, total;
};

/* One ARGS record: the next bytes of the argument area. */
static long args_step(u32 index, struct args_walk *walk)
{
	struct kwp_slot *slot = record_begin(KWP_ARGS, KWP_BY_TRACEPOINT, sizeof(struct kwp_args));
	struct kwp_args *args;
	u32 took;

	if (!slot)
		return 1;
	args = record_facts(slot);
	args->offset = walk->offset;
	args->total = walk->total;
	took = record_user_bytes(slot, 0, walk->from + walk->offset, walk->total - walk->offset);
	walk->offset += took;
	record_end(slot);
	return !took || walk->offset >= walk->total;
}

/* Arguments as the kernel copied them into the new address space: the program
 * has not run yet, nobody can have changed them. Longer ones go on in ARGS records. */
static __always_inline u32 exec_args(struct kwp_slot *slot, struct kwp_exec *exec,
				     struct mm_struct *mm, u64 *from)
{
	u64 start = BPF_CORE_READ(mm, arg_start), end = BPF_CORE_READ(mm, arg_end);
	u32 took;

	if (end <= start) {
		slot->record.incomplete |= exec->argc ? KWP_NO_ARGS : 0;
		return 0;
	}
	*from = start;
	exec->args_size = end - start;
	took = exec->args_size < ARGS_FIRST ? exec->args_size : ARGS_FIRST;
	took = record_user_bytes(slot, 1, start, took);
	if (!took)
		slot->record.incomplete |= KWP_NO_ARGS;
	return took;
}

static __always_inline void exec_cwd(struct kwp_slot *slot, struct task_struct *task)
{
	record_cwd(slot, 2, task);
	if (!slot->record.length[2])
		slot->record.incomplete |= KWP_NO_CWD;
}

/* The first two arguments: of the memory of the new program, where nobody can have changed them,
 * or, before the exec, of the caller's, where another thread can. */
static __always_inline void exec_alias(struct alias *alias, struct linux_binprm *bprm, bool execed)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct mm_struct *mm = (struct mm_struct *)ADDRESS(task->mm);
	bool compat = task_is_compat(task);
	u32 wide = compat ? 4 : 8;
	struct pt_regs *regs;
	u64 argv;

	alias->path = (u64)bprm->interp;
	if (execed) {
		bpf_core_read(&alias->first, 8, &mm->arg_start);
		alias->joined = 1;
		return;
	}
	if (bprm->interp != bprm->filename)
		return; /* they are the kernel's now: the path again, and the script */
	regs = (struct pt_regs *)bpf_task_pt_regs(task);
	argv = exec_argv_of(regs, compat);
	bpf_probe_read_user(&alias->first, wide, (void *)argv);
	if (alias->first)
		bpf_probe_read_user(&alias->second, wide, (void *)argv + wide);
}

/* Finds the rule for a file by what it was called by. Functions, so that the stack of one is free
 * for the next. */
SUBPROG int guard_alias(struct place *place, struct linux_binprm *bprm, u32 accesses)
{
	u32 tid = bpf_get_current_pid_tgid(), rule;
	struct alias alias = {};

	exec_alias(&alias, bprm, accesses & GUARD_EXECED);
	alias_find(place, &alias);
	rule = place->rule[KWP_EXECUTE];
	if (!(accesses & GUARD_EXECED))
		bpf_map_update_elem(&kwp_aliased, &tid, &rule, BPF_ANY);
	return 0;
}

/* What the policy says of the program by its path. */
SUBPROG u64 guard_program(struct linux_binprm *bprm, u32 accesses)
{
	struct place place = {.generation = guard_generation()};

	if (!place.generation)
		return 0;
	file_place(&place, ADDRESS(bprm->file));
	if (place_find(&place))
		return guard_blind(place.generation);
	if (place.flags & KWP_NODE_ALIASED)
		guard_alias(&place, bprm, accesses);
	return place.rules ? guard_rules(&place, accesses) : 0;
}

/* A program that the hook let in by its arguments: are they still the same? */
SUBPROG u64 guard_arguments(struct linux_binprm *bprm, u32 tid)
{
	u32 *rule = bpf_map_lookup_elem(&kwp_aliased, &tid);
	struct place place = {};

	place.generation = rule ? guard_generation() : 0;
	if (!place.generation || kwp_switch.mode != KWP_MODE_ENFORCE)
		return 0;
	file_place(&place, ADDRESS(bprm->file));
	if (place_find(&place) || !(place.flags & KWP_NODE_ALIASED))
		return 0;
	guard_alias(&place, bprm, GUARD_EXECED);
	if (place.rule[KWP_EXECUTE] == *rule)
		return 0;
	return guard_rules(&place, 1 << KWP_EXECUTE | GUARD_EXECED);
}

static __always_inline u64 guard_exec(struct linux_binprm *bprm, u32 accesses)
{
	u64 said = detect_exec(bprm), next;

	if (guard_on(KWP_CLASS_PROCESS)) {
		next = guard_program(bprm, 1 << KWP_EXECUTE | accesses);
		said = said_worse(said, next);
	}
	if (guard_on(KWP_CLASS_DRIFT)) {
		next = drift_program(bprm, accesses);
		said = said_worse(said, next);
	}
	return said;
}

/* The record of an exec that succeeded. A function, so that its stack is free for the verdict. */
SUBPROG int exec_tell(struct task_struct *task, struct linux_binprm *bprm, u64 said)
{
	struct args_walk walk = {};
	struct kwp_slot *slot;
	struct kwp_exec *exec;

	slot = record_begin(KWP_EXEC, KWP_BY_TRACEPOINT | said, sizeof(*exec));
	if (!slot)
		return 0;
	exec = record_facts(slot);
	slot->record.flags |= KWP_F_RET;
	exec->argc = bprm->argc;
	exec->envc = bprm->envc;
	exec->secure = BPF_CORE_READ_BITFIELD(bprm, secureexec);
	exec->script = bprm->interp != bprm->filename;
	stdio_read(&exec->io, task);
	held_of_exec(&exec->io, ADDRESS(task->mm), exec->argc);
	record_file(slot, &exec->file, 0, ADDRESS(bprm->file));
	walk.offset = exec_args(slot, exec, (struct mm_struct *)ADDRESS(task->mm), &walk.from);
	walk.total = exec->args_size;
	exec_cwd(slot, task);
	record_kernel_str(slot, 3, (u64)bprm->filename);
	if (exec->script)
		record_kernel_str(slot, 4, (u64)bprm->interp);
	if (kwp_settings.environ)
		record_environ(slot);
	record_end(slot);
	if (walk.offset && walk.offset < walk.total)
		bpf_loop(ARGS_TOTAL / KWP_STRINGS_MAX, args_step, &walk, 0);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(kwp_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	u64 said = kwp_settings.kill_only ? guard_exec(bprm, GUARD_EXECED) : 0;

	if (guard_on(KWP_CLASS_PROCESS) && !kwp_settings.kill_only)
		said = guard_arguments(bprm, old_pid);
	if (said || (lives_told() && scope_has(task) && !kwp_settings.failed_only))
		exec_tell(task, bprm, said);
	return 0;
}

/* ---- exec that failed ---- */

struct argv_walk {
	struct kwp_slot *slot;
	u64 argv; /* the caller's array of pointers; a NULL ends it */
	u32 at, count, compat, ended;
};

static long argv_step(u32 index, struct argv_walk *walk)
{
	u32 at = walk->at;
	u64 text = 0;
	long failed, size;

	if (walk->compat)
		failed = bpf_probe_read_user(&text, 4, (void *)walk->argv + index * 4);
	else
		failed = bpf_probe_read_user(&text, 8, (void *)walk->argv + index * 8);
	if (failed)
		return 1;
	walk->ended = !text;
	asm volatile("" : "+r"(at));
	if (!text || at >= KWP_FACTS_MAX + KWP_STRINGS_MAX)
		return 1;
	size = bpf_probe_read_user_str(&walk->slot->bytes[at], KWP_STRINGS_MAX, (void *)text);
	if (size < 0)
		return 1;
	if (!size) { /* an empty one, to 6.12 */
		walk->slot->bytes[at] = 0;
		size = 1;
	}
	walk->at += size;
	walk->count++;
	return 0;
}

/* String 1: the arguments in the caller's memory, as an exec would have laid them out. */
static __always_inline void exec_argv(struct kwp_slot *slot, struct kwp_exec *exec, u64 argv,
				      bool compat)
{
	struct argv_walk walk = {.slot = slot, .argv = argv, .compat = compat};
	u32 begin = slot->used;

	walk.at = begin;
	if (argv)
		bpf_loop(ARGS_COUNT, argv_step, &walk, 0);
	exec->argc = walk.count;
	exec->args_size = walk.at - begin;
	if (!walk.ended || exec->args_size > ARGS_FIRST)
		slot->record.incomplete |= KWP_NO_ARGS;
	if (exec->args_size > ARGS_FIRST)
		exec->args_size = ARGS_FIRST;
	if (exec->args_size)
		record_took(slot, 1, exec->args_size);
}

/* The file that execveat(fd, "", AT_EMPTY_PATH) means, 0: it means a path. */
static __always_inline u64 exec_of_fd(struct pt_regs *regs, bool compat)
{
	char first = 0;

	if (!(regs_arg(regs, compat, 4) & AT_EMPTY_PATH) ||
	    bpf_probe_read_user(&first, 1, (void *)regs_arg(regs, compat, 1)) || first)
		return 0;
	return fd_file(bpf_get_current_task_btf(), (s32)regs_arg(regs, compat, 0));
}

/* A success has no memory of its caller left: kwp_exec tells it. */
static __always_inline int exec_failed(struct pt_regs *regs, long ret, bool at)
{
	struct task_struct *task = bpf_get_current_task_btf();
	bool compat = task_is_compat(task);
	u64 path = at ? regs_arg(regs, compat, 1) : regs_arg(regs, compat, 0);
	u64 argv = at ? regs_arg(regs, compat, 2) : regs_arg(regs, compat, 1);
	struct kwp_slot *slot;
	struct kwp_exec *exec;

	if (ret >= 0 || (ret == -ENOENT && kwp_settings.found_only))
		return 0;
	slot = exit_begin(regs, ret, KWP_EXEC, sizeof(*exec));
	if (!slot)
		return 0;
	exec = record_facts(slot);
	if (at)
		record_file(slot, &exec->file, 0, exec_of_fd(regs, compat));
	exec_argv(slot, exec, argv, compat);
	exec_cwd(slot, task);
	slot->record.flags |= KWP_F_UNRESOLVED;
	if (record_user_str(slot, 3, path))
		slot->record.incomplete |= KWP_NO_PATH;
	if (at && (s32)regs_arg(regs, compat, 0) != AT_FDCWD)
		record_dir(slot, 4, regs_arg(regs, compat, 0));
	record_end(slot);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_exec, struct pt_regs *regs, long ret)
{
	bool compat = task_is_compat(bpf_get_current_task_btf());

	return exec_failed(regs, ret, regs_form(regs, compat) == KWP_FORM_AT);
}

/* Where nothing else asks for the ends of system calls, those of two alone are looked at, so
 * that all others stay as they were. 32-bit calls have no such tracepoint. */
struct call_end {
	u64 common;
	long nr, ret;
};

static __always_inline int exec_call_end(long ret, bool at)
{
	struct task_struct *task = bpf_get_current_task_btf();

	if (!scope_has(task))
		return 0;
	return exec_failed((struct pt_regs *)bpf_task_pt_regs(task), ret, at);
}

SEC("tracepoint/syscalls/sys_exit_execve")
int kwp_c_execve(struct call_end *end)
{
	return exec_call_end(end->ret, false);
}

SEC("tracepoint/syscalls/sys_exit_execveat")
int kwp_c_execveat(struct call_end *end)
{
	return exec_call_end(end->ret, true);
}

/* ---- hooks ---- */

SEC("lsm/bprm_check_security")
int BPF_PROG(kwp_l_exec, struct linux_binprm *bprm, int ret)
{
	u64 said = guard_exec(bprm, 0);

	exec_hook(KWP_BY_LSM | said, bprm);
	return ret ? ret : said_ret(said);
}

SEC("fmod_ret/security_bprm_check")
int BPF_PROG(kwp_m_exec, struct linux_binprm *bprm, int ret)
{
	u64 said = guard_exec(bprm, 0);

	exec_hook(KWP_BY_FMOD_RET | said, bprm);
	return said_ret(said);
}
