/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a process holds of pipes, pseudo terminals and sockets. Who has the other ends of a shell's
 * streams, and a connection too, carries bytes between them: user space joins the two
 * (common/relay.h). Asked where a program is executed that takes its commands from such a stream.
 */
#ifndef KWP_HELD_BPF_H
#define KWP_HELD_BPF_H

#include "io.bpf.h"

#define HELD_BLOCK 8	   /* descriptors that are read at once */
#define HELD_LOOKED 1024   /* descriptors that are looked at, of a process */
#define HELD_MAX 128	   /* that are told of, a power of two */
#define HELD_NETWORKS 32   /* of them, sockets that lead out: servers have thousands */
#define HELD_ANCESTORS 6
#define ARGS_ZEROTH 64	   /* bytes of argument 0 that are skipped at most */
#define ARGS_WORD 8	   /* bytes of argument 1 that are looked at */

/* Does it lead to another process, or out of the machine? */
static __always_inline bool io_leads(const struct kwp_io *io)
{
	u16 family = io->peer.family;

	if (io->kind == KWP_IO_SOCKET)
		return family == AF_UNIX || family == AF_INET || family == AF_INET6 ||
		       family == AF_VSOCK;
	return io->kind == KWP_IO_PIPE || io->kind == KWP_IO_TTY;
}

/* Adds the descriptor to string 0, which grows at the end of the record, if it is one that
 * leads anywhere. */
SUBPROG_ONCE int held_take(struct kwp_slot *slot, u64 file, s32 fd)
{
	struct kwp_hold *hold;
	struct kwp_held *held;
	bool network;
	u32 at;

	if (!slot || !file)
		return 0;
	hold = record_facts(slot);
	at = slot->used + (hold->count & (2 * HELD_MAX - 1)) * sizeof(*held);
	asm volatile("" : "+r"(at));
	if (at >= KWP_FACTS_MAX + KWP_STRINGS_MAX)
		return 0;
	held = (void *)&slot->bytes[at];
	__builtin_memset(held, 0, sizeof(*held));
	io_from_file(&held->io, file);
	if (!io_leads(&held->io))
		return 0;
	network = held->io.kind == KWP_IO_SOCKET && held->io.peer.family != AF_UNIX;
	if (hold->count >= HELD_MAX || (network && hold->networks >= HELD_NETWORKS)) {
		hold->more++;
		return 0;
	}
	held->fd = fd;
	held->mode = BPF_CORE_READ((struct file *)file, f_mode) & (FMODE_READ | FMODE_WRITE);
	if (held->io.kind == KWP_IO_SOCKET)
		held->state = BPF_CORE_READ(socket_sock(file), __sk_common.skc_state);
	hold->count++;
	hold->networks += network;
	return 0;
}

struct held_walk {
	struct kwp_slot *slot;
	struct files files;
};

static long held_step(u32 index, struct held_walk *walk)
{
	u64 file[HELD_BLOCK] = {};
	u32 fd = index * HELD_BLOCK;

	if (!files_read(&walk->files, fd, file, HELD_BLOCK))
		return 1;
	for (int i = 0; i < HELD_BLOCK; i++)
		if (file[i])
			held_take(walk->slot, file[i], fd + i);
	return 0;
}

/* Facts and string 0 of the process of the task at slot->from[0]. */
SUBPROG_ONCE int held_of(struct kwp_slot *slot)
{
	struct held_walk walk = {};
	struct task_struct *task;
	struct kwp_hold *hold;
	u64 leader = 0;

	if (!slot)
		return 0;
	walk.slot = slot;
	task = (struct task_struct *)slot->from[0];
	hold = record_facts(slot);
	bpf_core_read(&leader, sizeof(leader), &task->group_leader);
	bpf_core_read(&hold->pid, sizeof(hold->pid), &task->tgid);
	bpf_core_read(&hold->start, sizeof(hold->start),
		      &((struct task_struct *)leader)->start_boottime);
	bpf_core_read(hold->comm, sizeof(hold->comm), &((struct task_struct *)leader)->comm);
	walk.files = files_of(ADDRESS(task->files));
	bpf_loop(HELD_LOOKED / HELD_BLOCK, held_step, &walk, 0);
	record_took(slot, 0, (hold->count & (2 * HELD_MAX - 1)) * sizeof(struct kwp_held));
	return 0;
}

/* ---- at an exec ---- */

SUBPROG_ONCE int held_tell(u64 task)
{
	struct kwp_slot *slot = record_begin(KWP_HELD, KWP_BY_TRACEPOINT, sizeof(struct kwp_hold));

	if (!slot)
		return 0;
	slot->from[0] = task;
	held_of(slot);
	record_end(slot);
	return 0;
}

/* Reads how argument 1 begins, of those that lie at args. false: argument 0 is too long. */
static __always_inline bool argument_read(char *first, u64 args)
{
	char zeroth[ARGS_ZEROTH];
	long size = bpf_probe_read_user_str(zeroth, sizeof(zeroth), (void *)args);

	if (size <= 0 || size >= ARGS_ZEROTH)
		return false;
	bpf_probe_read_user_str(first, ARGS_WORD, (void *)(args + size));
	return true;
}

/* Is argument 1, which begins so, one of a shell that will read commands from its input?
 * "-i", "-s", "--norc", "busybox sh" and the like are; "-c" and names of scripts are not. */
static __always_inline bool argument_asks(const char *text, u32 argc)
{
	bool inside = false, asks = false;

	if (text[0] != '-' && text[0] != '+') /* an applet: sh, ash, bash */
		return text[1] == 'h' ? text[0] == 's' && !text[2]
				      : text[0] && text[1] == 's' && text[2] == 'h' && !text[3];
	if (text[1] == '-')
		return true;
	for (int i = 1; i < ARGS_WORD && text[i]; i++) {
		inside |= text[i] == 'c';
		asks |= text[i] == 'i' || text[i] == 's';
	}
	return !inside && (asks || argc == 2);
}

/* By its arguments, will the program take its commands from its standard input? User space looks
 * closer; this only saves work. */
SUBPROG_ONCE bool program_asks(u64 args, u32 argc)
{
	char first[ARGS_WORD] = {};

	return argc < 2 || (argument_read(first, args) && argument_asks(first, argc));
}

/* Tells what the ancestors hold, if they may be what a program's streams lead to. */
static __always_inline void held_of_exec(const struct kwp_stdio *io, u64 mm, u32 argc)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	u64 parent = 0, args = 0;
	u32 pid = 0;

	if (!(kwp_settings.types & 1ull << KWP_HELD) || !io_leads(&io->fd[0]) ||
	    !io_leads(&io->fd[1]))
		return;
	bpf_core_read(&args, sizeof(args), &((struct mm_struct *)mm)->arg_start);
	if (!program_asks(args, argc))
		return;
	for (int i = 0; i < HELD_ANCESTORS; i++) {
		bpf_core_read(&parent, sizeof(parent), &task->real_parent);
		bpf_core_read(&pid, sizeof(pid), &((struct task_struct *)parent)->tgid);
		if (!parent || !pid)
			return;
		held_tell(parent);
		if (pid == 1)
			return;
		task = (struct task_struct *)parent;
	}
}

#endif
