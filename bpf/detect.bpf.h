/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Detections that the kernel side decides, so that they can block: a program that no directory
 * holds, a shell on a connection. They mean what the rules of the same names in
 * profiles/base.yaml mean.
 */
#ifndef KWP_DETECT_BPF_H
#define KWP_DETECT_BPF_H

#include "io.bpf.h"
#include "served.bpf.h"

#define CALLED_MAX 32	/* bytes of a name that can be a shell's, a power of two */
#define DETECT_DEPTH 64 /* directories that a file in shared memory may be deep */

#define DETECT_NONE KWP_DETECT_COUNT

/* ---- what programs are called ---- */

struct called {
	u64 words[CALLED_MAX / 8];
	u32 size, pad;
};

/* What the policy says of the first size bytes of a name: enum kwp_node_flag. */
static __always_inline u32 called_flags(const struct kwp_seed *seed, const struct called *name,
					u32 size)
{
	struct kwp_node *node;
	struct kwp_sip sip;
	u64 word;

	kwp_sip_begin(&sip, seed);
	for (u32 i = 0; i < CALLED_MAX / 8; i++) {
		if (size <= i * 8)
			break;
		word = name->words[i];
		if (size < i * 8 + 8)
			word &= (1ull << size % 8 * 8) - 1;
		kwp_sip_word(&sip, word);
	}
	kwp_sip_word(&sip, size);
	node = guard_node(kwp_hash_pair(seed, KWP_DOMAIN_CALLED, kwp_sip_end(&sip)));
	return node ? node->flags : 0;
}

/* All zero, by a way that the verifier can't follow: to 6.6 it takes it that a loop runs its body
 * once, and leaves out what can only be true in a later round. */
static __always_inline void zero_unseen(void *at, u32 size)
{
	bpf_probe_read_kernel(at, size, NULL);
}

struct stem_walk {
	char text[CALLED_MAX];
	u32 end;     /* where the version begins, 0: nowhere */
	u32 letters; /* may be part of it: a dot was before */
};

static long stem_step(u32 index, struct stem_walk *walk)
{
	char c = walk->text[index & (CALLED_MAX - 1)];

	if (!c)
		return 1;
	if (c == '-' || c == '.' || (c >= '0' && c <= '9')) {
		walk->end = walk->end ? walk->end : index;
		walk->letters = c == '.';
	} else if (!walk->letters || c < 'a' || c > 'z') {
		walk->end = walk->letters = 0;
	}
	return 0;
}

/* How much of a name its version leaves ("python3.11", "bash-5.2", "sh.distrib"), 0: it has
 * none. */
static __noinline u32 called_stem(const struct called *name)
{
	struct stem_walk walk;

	zero_unseen(&walk, sizeof(walk));
	__builtin_memcpy(walk.text, name->words, sizeof(walk.text));
	bpf_loop(CALLED_MAX, stem_step, &walk, 0);
	return walk.end;
}

/* What the policy says of the name at this address in the kernel, of size bytes with its NUL.
 * stem: also of what it is without a version. */
SUBPROG_ONCE u32 called_find(u32 generation, u64 from, bool stem)
{
	struct kwp_policy *policy = guard_policy(generation);
	struct called name = {};
	long size;
	u32 flags, end;

	if (!policy || !from)
		return 0;
	size = bpf_probe_read_kernel_str(name.words, sizeof(name.words), (void *)from);
	if (size <= 1)
		return 0;
	name.size = size - 1;
	flags = called_flags(&policy->seed, &name, name.size);
	if (flags || !stem)
		return flags;
	end = called_stem(&name);
	return end ? called_flags(&policy->seed, &name, end) : 0;
}

struct last_walk {
	char part[128];
	u32 at, pad;
};

static long last_step(u32 index, struct last_walk *walk)
{
	char c = walk->part[index & 127];

	if (c == '/')
		walk->at = index + 1;
	return !c;
}

/* The address of a path's last component. */
static __noinline u64 name_last(u64 path)
{
	struct last_walk walk = {};

	bpf_probe_read_kernel_str(walk.part, sizeof(walk.part), (void *)path);
	bpf_loop(sizeof(walk.part), last_step, &walk, 0);
	return path + walk.at;
}

static __always_inline u64 file_name(u64 file)
{
	return (u64)BPF_CORE_READ((struct file *)file, f_path.dentry, d_name.name);
}

/* ---- standard streams ---- */

enum stream {
	STREAM_SOCKET = 1 << 0,
	STREAM_NETWORK = 1 << 1, /* leads out of the machine */
	STREAM_ACCEPTED = 1 << 2,
};

static __always_inline u32 stream_of(u64 file)
{
	struct sock *sk = file_sock(file);
	u16 family = 0;

	if (!sk)
		return 0;
	bpf_core_read(&family, sizeof(family), &sk->__sk_common.skc_family);
	if (family != AF_INET && family != AF_INET6 && family != AF_VSOCK)
		return STREAM_SOCKET;
	return STREAM_SOCKET | STREAM_NETWORK | (sock_accepted(sk) ? STREAM_ACCEPTED : 0);
}

/* What the standard streams of the current task amount to. */
enum streams {
	STREAMS_SERVE = 1 << 0,	  /* it reads its commands from a connection, and answers there */
	STREAMS_INBOUND = 1 << 1, /* one that came in */
	STREAMS_OUT = 1 << 2,	  /* standard output is a socket */
	STREAMS_FED = 1 << 3,	  /* it reads from one that this guest made, and answers nowhere */
};

SUBPROG_ONCE u32 streams_of(u64 files)
{
	u32 stream[3], networks = 0, first = 0;
	u64 file[3] = {};

	files_standard(file, files);
	stream[0] = stream_of(file[0]);
	if (!stream[0])
		return 0;
	stream[1] = file[1] == file[0] ? stream[0] : stream_of(file[1]);
	stream[2] = file[2] == file[0] ? stream[0] : stream_of(file[2]);
	for (int i = 0; i < 3; i++) {
		networks += !!(stream[i] & STREAM_NETWORK);
		if (!first && (stream[i] & STREAM_NETWORK))
			first = stream[i];
	}
	if (networks < 2 || !(stream[1] | stream[2]))
		return (stream[0] & (STREAM_NETWORK | STREAM_ACCEPTED)) == STREAM_NETWORK
			       ? STREAMS_FED
			       : 0;
	return STREAMS_SERVE | (first & STREAM_ACCEPTED ? STREAMS_INBOUND : 0) |
	       (stream[1] ? STREAMS_OUT : 0);
}

/* What a program with these streams is. flags: KWP_NODE_SHELL, INTERPRETER or none. serves: it was
 * told to run a script, so that for whom it answers it is a service, as super servers have. */
static __always_inline u32 detect_streams(u32 streams, u32 flags, bool serves)
{
	if (streams & STREAMS_FED)
		return flags & KWP_NODE_SHELL ? KWP_DETECT_REVERSE_SHELL : DETECT_NONE;
	if (!flags && (streams & (STREAMS_INBOUND | STREAMS_OUT)) == STREAMS_OUT)
		return KWP_DETECT_EXEC_ON_SOCKET;
	if (!flags || (serves && (streams & STREAMS_INBOUND)))
		return DETECT_NONE;
	return streams & STREAMS_INBOUND ? KWP_DETECT_BIND_SHELL : KWP_DETECT_REVERSE_SHELL;
}

/* ---- files ---- */

struct detect_walk {
	struct climb climb;
	u64 top[2]; /* the first 8 bytes of the names nearest to the root */
	u32 depth, ended;
};

static long detect_step(u32 index, struct detect_walk *walk)
{
	struct climb_name name = {};
	u32 step = climb_step(&walk->climb, &name);

	if (step == CLIMB_END) {
		walk->ended = 1;
		return 1;
	}
	if (step != CLIMB_NAME)
		return 0;
	walk->top[1] = walk->top[0];
	walk->top[0] = 0;
	bpf_probe_read_kernel_str(&walk->top[0], sizeof(walk->top[0]), (void *)name.name);
	walk->depth++;
	return 0;
}

/* Is the file below /dev/shm or /run/shm? */
static __noinline bool file_is_shared(struct path *path)
{
	static const u64 dev = 0x766564, run = 0x6e7572, shm = 0x6d6873;
	struct detect_walk walk;

	zero_unseen(&walk, sizeof(walk));
	climb_enter(&walk.climb, climb_mount_of((u64)path->mnt));
	walk.climb.dentry = (u64)path->dentry;
	bpf_loop(DETECT_DEPTH, detect_step, &walk, 0);
	return walk.ended && walk.depth > 2 && walk.top[1] == shm &&
	       (walk.top[0] == dev || walk.top[0] == run);
}

static __always_inline bool magic_is_memory(u32 magic)
{
	return magic == TMPFS_MAGIC || magic == RAMFS_MAGIC || magic == HUGETLBFS_MAGIC;
}

/* Which detection the file of a program is: one that no directory holds, or that only shared memory
 * does. */
SUBPROG_ONCE u32 detect_file(u64 file)
{
	struct path path = {};
	struct inode *inode = NULL;
	u32 magic, flags = 0, links = 0;

	bpf_core_read(&path, sizeof(path), &((struct file *)file)->f_path);
	bpf_core_read(&flags, sizeof(flags), &path.mnt->mnt_flags);
	bpf_core_read(&inode, sizeof(inode), &((struct file *)file)->f_inode);
	bpf_core_read(&links, sizeof(links), &inode->i_nlink);
	magic = BPF_CORE_READ(path.dentry, d_sb, s_magic);
	if (flags & MNT_INTERNAL)
		return KWP_DETECT_FILELESS_EXEC;
	if (!links)
		return magic_is_memory(magic) ? KWP_DETECT_FILELESS_EXEC : KWP_DETECT_EXEC_DELETED;
	if (magic == TMPFS_MAGIC && file_is_shared(&path))
		return KWP_DETECT_EXEC_SHARED_MEMORY;
	return DETECT_NONE;
}

/* ---- an exec ---- */

/* Which detection a program is that is to be executed with the current task's streams: by the name
 * that it will have and by its file. A script's interpreter comes after it and is judged then. */
SUBPROG u32 detect_program(u32 generation, struct linux_binprm *bprm)
{
	u64 file = 0, path = 0;
	u32 streams, flags;
	u16 magic = 0;

	streams = streams_of(ADDRESS(bpf_get_current_task_btf()->files));
	if (!streams)
		return DETECT_NONE;
	bpf_core_read(&magic, sizeof(magic), &bprm->buf);
	if (magic == 0x2123) /* #! */
		return DETECT_NONE;
	bpf_core_read(&file, sizeof(file), &bprm->file);
	bpf_core_read(&path, sizeof(path), &bprm->filename);
	flags = called_find(generation, name_last(path), false) & KWP_NODE_SHELL;
	flags |= called_find(generation, file_name(file), true);
	return detect_streams(streams, flags,
			      (streams & STREAMS_INBOUND) && flags &&
				      exec_serves(bprm, flags & KWP_NODE_SHELL));
}

/* What the policy says of an exec, by all that is detected in it. */
static __always_inline u64 detect_exec(struct linux_binprm *bprm)
{
	u32 generation = guard_generation(), which;
	u64 file, said;

	if (!guard_on(KWP_CLASS_DETECT) || !generation)
		return 0;
	file = ADDRESS(bprm->file);
	which = detect_program(generation, bprm);
	said = guard_detected(generation, which, file);
	which = detect_file(file);
	return said_worse(said, guard_detected(generation, which, file));
}

/* ---- what runs already ---- */

/* What the policy says of the current task if it is a shell or interpreter whose standard streams
 * are a connection. By its own name, which it can change, and by its executable. */
SUBPROG_ONCE u64 detect_running(u32 generation)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	u32 streams = streams_of(ADDRESS(task->files)), flags;
	u64 file;
	bool serves;

	/* `read <&5` lets a shell's input be a connection for a moment: that is seen at execs only. */
	if (!(streams & STREAMS_SERVE))
		return 0;
	file = task_exe((u64)task);
	flags = called_find(generation, (u64)&task->comm, false) & KWP_NODE_SHELL;
	flags |= called_find(generation, file_name(file), true);
	if (!flags)
		return 0;
	serves = (streams & STREAMS_INBOUND) && task_serves(ADDRESS(task->mm), flags & KWP_NODE_SHELL);
	return guard_detected(generation, detect_streams(streams, flags, serves), file);
}

/* ---- who was told of: one that may go on reads often ---- */

struct shell {
	u64 start;
	u32 pid, generation;
};
struct kwp_shells_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct shell);
	__type(value, u32);
};
extern struct kwp_shells_map kwp_shells SEC(".maps");

static __always_inline bool shell_is_new(u32 generation)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct shell key = {.pid = task->tgid, .generation = generation};
	u32 one = 1;

	key.start = BPF_CORE_READ(task, group_leader, start_boottime);
	return !bpf_map_update_elem(&kwp_shells, &key, &one, BPF_NOEXIST);
}

#endif
