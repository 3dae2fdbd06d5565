/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shells on a connection that another process has: which channels (pipes, pseudo terminals, unix
 * sockets) lead to a shell that takes its commands from there, and who carries bytes between them
 * and the network. The shell is noted when it is executed, its carrier judged when bytes pass
 * through a socket of its own, so it does not matter which of the two came first, who made the
 * descriptors and how they were handed on.
 */
#ifndef KWP_RELAY_BPF_H
#define KWP_RELAY_BPF_H

#include "detect.bpf.h"
#include "held.bpf.h"

#define CARRIER_BLOCK 4		  /* descriptors that are read at once */
#define CARRIER_LOOKED 1024	  /* descriptors that are looked at, of a process */
#define PIPEFS_MAGIC 0x50495045	  /* of pipes without a name */
#define CARRIER_AGAIN 100000000ll /* ns after which a process is looked at anew */

enum { LED_IN = 1, LED_OUT = 2, LED_BOTH = 3 };

/* A channel, as both of its ends know it. */
struct led_key {
	u64 inode;  /* of a unix socket: that of the end that the shell does not have */
	u32 device; /* 0: a unix socket */
	u32 role;   /* of a filter: which of its streams this is, LED_*; else 0 */
};

/* A shell, by each of the channels that lead to it, through filters too. */
struct led {
	struct led_key in;
	u32 pid;
	u32 flags;    /* enum kwp_node_flag: what it is called */
	u32 terminal; /* its input is one */
	u32 role;     /* LED_*: what comes this way */
	u32 carried;  /* LED_*: somebody with a connection holds the far end; that of in counts */
	u32 pad;
};

/* When a process was looked at, and had nothing to do with a shell. */
struct carrier {
	u64 until;
	u32 epoch, pad;
};

struct kwp_led_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 2048);
	__type(key, struct led_key);
	__type(value, struct led);
};
struct kwp_led_pids_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 2048);
	__type(key, u32);
	__type(value, struct led_key);
};
/* Programs between two channels (cat, tee, base64): from one stream of theirs to the other. */
struct kwp_filters_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 2048);
	__type(key, struct led_key);
	__type(value, struct led_key);
};
/* Channels of who has a connection, LED_*: a shell on them may come later. */
struct kwp_carried_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct led_key);
	__type(value, u32);
};
struct kwp_carriers_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 2048);
	__type(key, u32);
	__type(value, struct carrier);
};
extern struct kwp_led_map kwp_led SEC(".maps");
extern struct kwp_led_pids_map kwp_led_pids SEC(".maps");
extern struct kwp_filters_map kwp_filters SEC(".maps");
extern struct kwp_carried_map kwp_carried SEC(".maps");
extern struct kwp_carriers_map kwp_carriers SEC(".maps");
extern __u32 kwp_led_epoch; /* of the last shell, 0: there was none */

static __always_inline bool relay_wanted(const struct kwp_policy *policy)
{
	return policy->detect[KWP_DETECT_REVERSE_SHELL_RELAY] ||
	       policy->detect[KWP_DETECT_BIND_SHELL_RELAY] ||
	       policy->detect[KWP_DETECT_BIND_SHELL_UNIX] ||
	       policy->detect[KWP_DETECT_PIPE_TO_SHELL];
}

/* ---- shells ---- */

enum { END_NOWHERE, END_CHANNEL, END_NETWORK };

/* What a stream of a shell is, and what its other end will be known by. */
static __noinline u32 led_end(struct led_key *key, u64 file, u32 *terminal)
{
	struct kwp_io io = {};

	if (!key || !terminal || !file)
		return END_NOWHERE;
	io_from_file(&io, file);
	if (!io_leads(&io))
		return END_NOWHERE;
	*terminal = io.kind == KWP_IO_TTY;
	if (io.kind == KWP_IO_SOCKET && io.peer.family != AF_UNIX)
		return END_NETWORK;
	key->inode = io.kind == KWP_IO_SOCKET ? io.far : io.inode;
	key->device = io.device;
	return key->inode ? END_CHANNEL : END_NOWHERE;
}

/* Does an interpreter with this argument 1 read its program from its input? */
static __always_inline bool prompt_asks(const char *text)
{
	if (text[0] != '-')
		return false;
	for (int i = 1; i < ARGS_WORD && text[i]; i++)
		if (text[i] != 'i' && text[i] != 'u' && text[i] != 'q' && text[i] != 'B')
			return false;
	return true;
}

SUBPROG_ONCE bool interpreter_asks(u64 args, u32 argc)
{
	char first[ARGS_WORD] = {};

	return argc < 2 || (argument_read(first, args) && prompt_asks(first));
}

/* One file of many names: only by that of a shell it is one. */
static __always_inline bool name_is_many(u64 at)
{
	u64 word = 0;

	bpf_probe_read_kernel(&word, sizeof(word), (void *)at);
	return word == 0x00786f6279737562ull || (word & ~0ull >> 8) == 0x00786f62796f74ull;
}

/* What the program is that the current task has become. */
static __always_inline u32 led_flags(u32 generation, u64 file)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	u64 name = file_name(file);
	u32 flags = called_find(generation, (u64)&task->comm, false) & KWP_NODE_SHELL;

	return flags || name_is_many(name) ? flags : called_find(generation, name, true);
}

/* ---- who carries ---- */

struct carrier_walk {
	struct files files;
	u32 pid;
	u32 listens;
	u32 found; /* has an end of a shell both of whose streams are carried: its flags */
	u32 fed;   /* of one whose input alone is */
	u32 half;  /* LED_*: what it carries of any shell by itself */
	u32 fifos; /* LED_*: it writes to, or reads from, a pipe that has a name */
	u32 terminal;
	u32 keeps; /* the connection is one of the network */
	u32 holds; /* has an end of any shell: its flags */
};

/* The key of a descriptor that may be the far end of a shell's stream. Returns LED_* that it can
 * be by its mode, 0: none. */
static __always_inline u32 carrier_key(struct led_key *key, struct carrier_walk *walk, u64 file)
{
	struct inode *inode = NULL;
	u32 mode = 0, device = 0;
	u16 type = 0, family = 0;
	struct dentry *slave;
	struct sock *sk;
	u8 state = 0;

	bpf_core_read(&inode, sizeof(inode), &((struct file *)file)->f_inode);
	bpf_core_read(&type, sizeof(type), &inode->i_mode);
	type &= S_IFMT;
	if (type == S_IFSOCK) {
		sk = socket_sock(file);
		bpf_core_read(&family, sizeof(family), &sk->__sk_common.skc_family);
		bpf_core_read(&state, sizeof(state), &sk->__sk_common.skc_state);
		walk->listens |= (family == AF_INET || family == AF_INET6) && state == TCP_LISTEN;
		if (family == AF_UNIX)
			bpf_core_read(&key->inode, sizeof(key->inode), &inode->i_ino);
		return family == AF_UNIX ? LED_BOTH : 0;
	}
	if (type == S_IFIFO) {
		bpf_core_read(&key->inode, sizeof(key->inode), &inode->i_ino);
		key->device = BPF_CORE_READ(inode, i_sb, s_dev);
		bpf_core_read(&mode, sizeof(mode), &((struct file *)file)->f_mode);
		mode = (mode & FMODE_WRITE ? LED_IN : 0) | (mode & FMODE_READ ? LED_OUT : 0);
		if (BPF_CORE_READ(inode, i_sb, s_magic) != PIPEFS_MAGIC)
			walk->fifos |= mode;
		return mode;
	}
	if (type == S_IFCHR)
		bpf_core_read(&device, sizeof(device), &inode->i_rdev);
	if (device != PTMX)
		return 0;
	slave = master_slave(file);
	key->inode = BPF_CORE_READ(slave, d_inode, i_ino);
	key->device = BPF_CORE_READ(slave, d_sb, s_dev);
	return key->inode ? LED_BOTH : 0;
}

SUBPROG_ONCE int carrier_look(struct carrier_walk *walk, u64 file)
{
	struct led_key key = {};
	struct led *led, *first;
	u32 carried;

	if (!walk || !file)
		return 0;
	carried = carrier_key(&key, walk, file);
	led = carried ? bpf_map_lookup_elem(&kwp_led, &key) : NULL;
	if (!led && carried && walk->keeps)
		bpf_map_update_elem(&kwp_carried, &key, &carried, BPF_ANY);
	if (!led || led->pid == walk->pid)
		return 0;
	carried &= led->role;
	first = bpf_map_lookup_elem(&kwp_led, &led->in);
	if (!carried || !first)
		return 0;
	first->carried |= carried;
	walk->half |= carried;
	walk->holds |= first->flags;
	if (first->carried == LED_BOTH) {
		walk->found |= first->flags;
		walk->terminal |= first->terminal;
	} else if (carried & LED_IN) {
		walk->fed |= first->flags;
	}
	return 0;
}

static long carrier_step(u32 index, struct carrier_walk *walk)
{
	u64 file[CARRIER_BLOCK] = {};

	if (!files_read(&walk->files, index * CARRIER_BLOCK, file, CARRIER_BLOCK))
		return 1;
	for (int i = 0; i < CARRIER_BLOCK; i++)
		if (file[i])
			carrier_look(walk, file[i]);
	return 0;
}

/* Looks through the descriptors of the current task, unless it was done a moment ago. */
SUBPROG int carrier_find(struct carrier_walk *walk, u64 files)
{
	struct carrier last = {.until = bpf_ktime_get_ns(), .epoch = kwp_led_epoch}, *known;
	u32 pid = bpf_get_current_pid_tgid() >> 32;

	known = bpf_map_lookup_elem(&kwp_carriers, &pid);
	if (known && known->epoch == last.epoch && last.until < known->until)
		return 0;
	walk->pid = pid;
	walk->files = files_of(files);
	bpf_loop(CARRIER_LOOKED / CARRIER_BLOCK, carrier_step, walk, 0);
	/* Who opens a pipe by its name between it and the shell (cat f | sh | nc >f) is not looked
	 * for. */
	if (walk->half && (walk->half | walk->fifos) == LED_BOTH)
		walk->found |= walk->holds;
	last.until += CARRIER_AGAIN;
	if (!walk->holds)
		bpf_map_update_elem(&kwp_carriers, &pid, &last, BPF_ANY);
	return 0;
}

#endif
