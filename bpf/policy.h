/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What user space sends down: settings, map keys and values. Both sides
 * include it.
 */
#ifndef KWP_POLICY_H
#define KWP_POLICY_H

#include "record.h"

#define KWP_SYSCALLS 512   /* system call numbers that kwp tells apart */
#define KWP_SCOPE_PIDS 32768
#define KWP_SLOTS 3	   /* scratch slots of a CPU: a task, one that pre-empted it, an interrupt */
#define KWP_OPCODES 64	   /* io_uring operations */

enum kwp_scope {
	KWP_SCOPE_PID = 1 << 0,	   /* processes in kwp_pids */
	KWP_SCOPE_TID = 1 << 1,
	KWP_SCOPE_UID = 1 << 2,
	KWP_SCOPE_CGROUP = 1 << 3, /* the cgroup with that id at that level */
	KWP_SCOPE_FOLLOW = 1 << 4, /* children of processes in kwp_pids join them */
};

/* What kwp_pids says of a process. */
enum kwp_pid_state {
	KWP_PID_IN = 1,
	KWP_PID_ENROLLING, /* in the bpf(2) that puts it in, which is not its own act */
};

/* Where a system call keeps its arguments, for bodies that serve several. */
enum kwp_form {
	KWP_FORM_PLAIN, /* path first, or the only one of its kind */
	KWP_FORM_AT,	/* a directory descriptor before the path */
	KWP_FORM_FD,	/* a descriptor instead of a path */
	KWP_FORM_HOW,	/* AT, with a struct instead of flags */
	KWP_FORM_A,	/* further ones; each body says what it takes them for */
	KWP_FORM_B,
	KWP_FORM_C,
	KWP_FORM_D,
};

/* What kwp_acts say of a system call. */
struct kwp_act {
	__u8 type; /* enum kwp_type whose body looks at it; 0: nobody */
	__u8 form; /* enum kwp_form */
};

/* What kwp_calls say of a system call: whether and how it is told as SYSCALL. */
enum kwp_call {
	KWP_CALL_TEXTS = 0x3f,	 /* bit n: argument n is a text */
	KWP_CALL_ASKED = 1 << 6,
	KWP_CALL_ENDLESS = 1 << 7, /* told at its start: exit, exit_group, rt_sigreturn */
	KWP_CALL_EXEC = 1 << 8,	 /* told at its start and its end: execve, execveat */
};

enum kwp_open_which { /* of kwp_settings.open */
	KWP_OPEN_READ = 1 << 0,	  /* opens for reading only */
	KWP_OPEN_WRITE = 1 << 1,  /* opens for writing */
	KWP_OPEN_CREATE = 1 << 2, /* opens that made the file, as CREATE */
};

/* Settings that are fixed before the load; the verifier drops what they rule out. */
struct kwp_settings {
	__u32 scope;	/* enum kwp_scope */
	__u32 uid, tid;
	__u32 cgroup_level;
	__u64 cgroup;
	__u32 open;	/* enum kwp_open_which */
	__u32 failed_only;
	__u32 stdio;	/* records say what fds 0 to 2 are */
	__u32 cqe;	/* argument of tp_btf/io_uring_complete: 0: request, user_data, result
			   (to 6.14), 1: request, completion (since 6.15) */
	__u64 types;	/* that were asked for: 1 << enum kwp_type */
	__u32 hooks;	/* lsm or fmod_ret programs see what comes through io_uring */
	__u32 completions; /* io_uring's tell of sockets: their hooks need not */
};

/* Filled by kwp_whoami, in kwp's own context. */
struct kwp_view {
	__u32 self;	/* kwp's pid, which is out of scope */
	__u32 level;	/* of kwp's pid namespace */
	__u64 pid_ns;	/* its address */
};

/* Counters that only grow. */
struct kwp_counters {
	__u64 lost[KWP_TYPE_COUNT];	/* no room in the ring */
	__u64 unslotted[KWP_TYPE_COUNT]; /* no free scratch slot */
	__u64 untracked;		/* a followed child that kwp_pids had no room for */
};

#endif
