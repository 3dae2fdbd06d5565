/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel sends up: the contract between bpf/ and common/.
 *
 * A record is a fixed head, the facts of its type, then up to KWP_STRINGS
 * byte strings, each with a terminating NUL that its length counts:
 *
 *	struct kwp_record | struct kwp_<type> | string 0 | string 1 | ... | pad to 8
 *
 * All numbers are in host byte order unless a comment says "network order".
 * Times are nanoseconds of CLOCK_BOOTTIME. "pid" is the user's word for the
 * kernel's tgid, "tid" for the kernel's pid. A pid without further words is
 * the one of the initial pid namespace.
 *
 * Included by both sides: only types that <linux/types.h> gives.
 */
#ifndef KWP_RECORD_H
#define KWP_RECORD_H

#include <linux/types.h>

#define KWP_SCHEMA 1	      /* changes when a field changes meaning */
#define KWP_STRINGS 6	      /* strings of a record at most */
#define KWP_STRINGS_MAX 16384 /* bytes of all strings of a record */
#define KWP_FACTS_MAX 384     /* bytes of the facts of a record */
#define KWP_PATH_MAX 4096     /* bytes of a path, NUL included */
#define KWP_COMM 16	      /* TASK_COMM_LEN of every kernel */

/* One row per type of act: KWP_<upper>, text name. Order is the wire number,
 * so rows are only ever added before the end. */
#define KWP_TYPES(X)                                                           \
	X(EXEC, "exec")                                                        \
	X(FORK, "fork")                                                        \
	X(EXIT, "exit")                                                        \
	X(OPEN, "open")                                                        \
	X(CREATE, "create")                                                    \
	X(RENAME, "rename")                                                    \
	X(UNLINK, "unlink")                                                    \
	X(LINK, "link")                                                        \
	X(CHMOD, "chmod")                                                      \
	X(CHOWN, "chown")                                                      \
	X(TRUNCATE, "truncate")                                                \
	X(XATTR, "xattr")                                                      \
	X(MOUNT, "mount")                                                      \
	X(UMOUNT, "umount")                                                    \
	X(CONNECT, "connect")                                                  \
	X(ACCEPT, "accept")                                                    \
	X(BIND, "bind")                                                        \
	X(LISTEN, "listen")                                                    \
	X(SOCKET, "socket")                                                    \
	X(DNS, "dns")                                                          \
	X(DUP, "dup")                                                          \
	X(SIGNAL, "signal")                                                    \
	X(PTRACE, "ptrace")                                                    \
	X(SETUID, "setuid")                                                    \
	X(CAPSET, "capset")                                                    \
	X(SETNS, "setns")                                                      \
	X(UNSHARE, "unshare")                                                  \
	X(CHROOT, "chroot")                                                    \
	X(MEMFD, "memfd")                                                      \
	X(MMAP_EXEC, "mmap-exec")                                              \
	X(MPROTECT, "mprotect")                                                \
	X(MODULE, "module")                                                    \
	X(BPF, "bpf")                                                          \
	X(SYSCTL, "sysctl")                                                    \
	X(URING, "io-uring")                                                   \
	X(SYSCALL, "syscall")                                                  \
	X(ARGS, "args")                                                        \
	X(LOSS, "loss")                                                        \
	X(CONTAINER, "container")                                              \
	X(RULE, "rule")                                                        \
	X(SHED, "shed")                                                        \
	X(DRIFT, "drift")                                                      \
	X(HEARTBEAT, "heartbeat")                                              \
	X(HELD, "held")                                                        \
	X(RELAY, "relay")                                                      \
	X(CLOSE, "close")

enum kwp_type {
	KWP_NONE,
#define X(id, name) KWP_##id,
	KWP_TYPES(X)
#undef X
	KWP_TYPE_COUNT
};

/* Who saw the act. */
enum kwp_backend {
	KWP_BY_NONE,
	KWP_BY_LSM,	   /* lsm/HOOK: before the act, can deny */
	KWP_BY_FMOD_RET,   /* fmod_ret/security_HOOK: before the act, can deny */
	KWP_BY_TRACEPOINT, /* tp_btf: after the act, with its result */
	KWP_BY_CGROUP,	   /* cgroup/...: packets */
	KWP_BY_ITER,	   /* iterator: what already was there */
	KWP_BACKEND_COUNT
};

enum kwp_flag {
	KWP_F_RET = 1 << 0,	 /* ret holds the act's result: >= 0 or -errno */
	KWP_F_HOOK = 1 << 1,	 /* seen before the act; the same thread's next
				    record of this type completes it */
	KWP_F_URING = 1 << 2,	 /* done through io_uring */
	KWP_F_COMPAT = 1 << 3,	 /* a 32-bit system call */
	KWP_F_UNRESOLVED = 1 << 4, /* paths are the caller's words, read from its
				    memory: the kernel resolved none */
	KWP_F_EXECED = 1 << 5,	 /* the process has executed a program since fork */
	KWP_F_NSINIT = 1 << 6,	 /* the process is pid 1 of its pid namespace */
	KWP_F_ENTERED = 1 << 7,	 /* the parent lives in another pid namespace:
				    init of a container or an exec session */
	KWP_F_VERDICT = 1 << 8,	 /* a rule of the policy in the kernel spoke: see rule */
};

/* What the policy in the kernel did to the act. */
enum kwp_verdict {
	KWP_SAID_NOTHING,
	KWP_SAID_MONITOR,     /* the rule only wants to know */
	KWP_SAID_WOULD_BLOCK, /* monitor mode: the rule would have blocked or killed */
	KWP_SAID_BLOCK,	      /* the act was denied */
	KWP_SAID_KILL,	      /* the process was ended; denied as well where a hook could */
	KWP_SAID_COUNT
};

/* Why a file is not the image's. */
enum kwp_signal {
	KWP_SIGNAL_NONE,
	KWP_SIGNAL_UPPER,    /* overlay's upper layer has it */
	KWP_SIGNAL_CTIME,    /* changed after its container started */
	KWP_SIGNAL_MEMORY,   /* memfd, tmpfs, a file without a name */
	KWP_SIGNAL_MOUNT,    /* on another file system than the image's */
	KWP_SIGNAL_WRITTEN,  /* was seen to be written to */
	KWP_SIGNAL_COUNT
};

/* What a record should hold and does not (bits of kwp_record.incomplete). */
enum kwp_missing {
	KWP_NO_PATH = 1 << 0,	 /* string 0 of a file act, or the executable */
	KWP_NO_ARGS = 1 << 1,
	KWP_NO_CWD = 1 << 2,
	KWP_NO_TARGET = 1 << 3,	 /* second path of a file act, or the other process */
	KWP_NO_ADDRESS = 1 << 4, /* a socket's address */
	KWP_NO_PID = 1 << 5,	 /* kwp's pid namespace does not show the process */
	KWP_NO_STDIO = 1 << 6,
	KWP_NO_OLD = 1 << 7,	 /* what was there before: ids, capabilities */
};

/* The bytes go as they are from one side to the other: no hidden padding. */
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

struct kwp_record {
	__u32 size;	      /* of the whole record in bytes, multiple of 8 */
	__u16 type;	      /* enum kwp_type */
	__u8 backend;	      /* enum kwp_backend */
	__u8 strings;	      /* how many strings follow */
	__u16 facts_size;     /* bytes between head and strings */
	__u16 length[KWP_STRINGS]; /* of each string with its NUL; 0: absent */
	__u16 rule;	      /* KWP_F_VERDICT: number of the rule of the generation's policy */
	__u32 generation;     /* of the policy */
	__u32 cpu;
	__u64 sequence;	      /* of this CPU: a gap is a loss */
	__u64 time;
	__u64 start;	      /* of the process (its first thread) */
	__u64 parent_start;
	__u64 cgroup;	      /* id (v2): inode of its directory */
	__s64 ret;	      /* see KWP_F_RET */
	__u32 flags;	      /* enum kwp_flag */
	__u32 incomplete;     /* enum kwp_missing */
	__s32 nr;	      /* system call, -1: none */
	__u32 pid, tid, parent_pid;
	__u32 view_pid, view_tid, view_parent_pid; /* in kwp's pid namespace; 0: invisible */
	__u32 own_pid;	      /* in the innermost pid namespace of the process */
	__u32 uid, gid, euid, egid;
	__u32 loginuid;	      /* ~0: unset */
	__u32 session;	      /* session leader, initial namespace */
	__u32 tty;	      /* kernel dev_t of the controlling terminal, 0: none */
	__u32 pid_ns, mnt_ns; /* inode numbers */
	__u8 verdict;	      /* enum kwp_verdict */
	__u8 signal;	      /* enum kwp_signal: what showed a drift */
	__u16 pad;
	__u32 access;	      /* enum kwp_access (policy.h); of a drift, READ: as a script */
	__u32 pad2;
	__u64 capabilities;   /* effective */
	char comm[KWP_COMM];
	char parent_comm[KWP_COMM];
};

/* A file as the kernel knows it. All zero: no file. */
struct kwp_file {
	__u64 inode;
	__u64 size;   /* bytes */
	__s64 ctime;  /* ns since 1970: last change of content or attributes */
	__u32 device; /* kernel dev_t: major << 20 | minor */
	__u32 generation;
	__u32 mode;   /* type and permissions, as st_mode */
	__u32 links;  /* 0: deleted, memfd or O_TMPFILE */
	__u32 uid, gid;
	__u32 magic;  /* of the filesystem, as statfs(2) f_type */
	__u32 flags;  /* enum kwp_file_flag */
};

enum kwp_file_flag {
	KWP_FILE_UPPER = 1 << 0,   /* overlayfs: has a file in the upper layer */
	KWP_FILE_UNHASHED = 1 << 1, /* its name was removed */
	KWP_FILE_KERNMOUNT = 1 << 2, /* on a mount that no path leads to (memfd, shm, pipe) */
};

/* One end of a socket. family 0: unknown. */
struct kwp_addr {
	__u16 family;	/* AF_INET, AF_INET6, AF_UNIX, AF_VSOCK, ... */
	__u16 port;	/* host order */
	__u32 scope;	/* AF_INET6: scope id; AF_VSOCK: CID; vsock port is in addr[0..3] */
	__u8 addr[16];	/* network order; AF_INET uses the first four */
};

#include "held.h"

/* exec: 0 executable, 1 arguments (NUL separated), 2 cwd, 3 name as given to
 * execve, 4 interpreter as the kernel named it, or, of an execveat that failed,
 * the file of its descriptor, which 3 may be relative to, 5 variables of its
 * environment that the loader of libraries obeys, as arguments are, if asked for.
 * With KWP_F_HOOK: 0 is the file that is looked at, a script before its interpreter. */
struct kwp_exec {
	struct kwp_file file;
	struct kwp_stdio io;
	__u32 args_size; /* bytes of the whole argument area; more than string 1
			    holds follows in ARGS records of the same thread */
	__u32 argc, envc;
	__u32 secure;	 /* gained privileges (AT_SECURE) */
	__u32 script;	 /* an interpreter was substituted (#! or binfmt_misc) */
	__u32 pad;
};

/* args: 0 bytes of the argument area */
struct kwp_args {
	__u32 offset, total;
};

struct kwp_fork {
	__u32 child_pid, child_tid;
	__u32 child_view_pid, child_view_tid;
	__u32 child_own_pid;
	__u32 child_pid_ns;
	__u64 child_start;
	__u32 child_level, level; /* depth of their pid namespaces, 0: the initial one */
};

struct kwp_exit {
	__s32 code;   /* as wait(2) gives it: status << 8 | signal */
	__u32 last;   /* 1: the whole process ended, 0: a thread */
};

/*
 * The acts on files; strings:
 *	0 path; 1 second path of rename, link, mount (the target) and
 *	pivot_root (where the old root goes), or the name of an xattr;
 *	symlink: 0 is its text, 1 its path;
 *	mount: 0 source, 2 filesystem, 3 options.
 * Where a path is relative (KWP_F_UNRESOLVED): 4 the directory that string 0
 * starts from, 3 the one of string 1; without 3 string 1 starts from 4. mount:
 * 4 is the one of the target, or of string 0 alone if only that is relative.
 * drift, of a library: 5 as exec has it.
 */
enum {
	KWP_DIR2 = 3, /* rename, link: directory that string 1 is relative to */
	KWP_DIR = 4,  /* directory that string 0 is relative to */
};
struct kwp_file_act {
	struct kwp_file file; /* KWP_F_HOOK: as it is before the act */
	__u64 flags;  /* O_*, RENAME_*, AT_* (rmdir: AT_REMOVEDIR), XATTR_* or KWP_XATTR_REMOVE,
			 MS_* of mount(2), MNT_* of umount2, MFD_*, MAP_*;
			 mprotect: PROT_* before it, hooks only */
	__u64 mode;   /* create: type and permissions asked for, 0: open made it; chmod:
			 permissions; symlink: S_IFLNK; chown: uid; mmap, mprotect: PROT_* */
	__u64 extra;  /* mknod: device; chown: gid; truncate: length; xattr: size; mmap,
			 mprotect: address; mount by another call than mount(2): its flags
			 or, mount_setattr, the attributes that it sets */
	__s32 fd;     /* the descriptor, -1: none */
	__s32 dirfd;  /* that an unresolved path is relative to */
};
#define KWP_XATTR_REMOVE (1u << 31)

/* connect accept bind listen socket: 0 local unix path, 1 remote unix path
 * (abstract names begin with '@'), 2 the name by which the other end was looked up, which rules
 * by name know of */
struct kwp_net {
	struct kwp_addr local, remote;
	__u64 cookie;	/* of the socket, 0: none was made */
	__u64 inode;	/* of the socket file */
	__u32 net_ns;
	__u16 family, type, protocol;
	__s16 backlog;
	__s32 fd;
	struct kwp_stdio io;
};

/* close: a connection has ended */
struct kwp_close {
	struct kwp_net net;   /* without io */
	__u64 sent, received; /* bytes; sent ones were acknowledged */
	__u64 duration;	      /* ns, 0: it was there before kwp */
	__u32 inbound, pad;   /* 1: it was accepted, 0: made */
};

/* dns: 0 the message (RFC 1035 bytes) */
struct kwp_dns {
	struct kwp_addr local, remote;
	__u64 cookie;
	__u32 protocol; /* IPPROTO_UDP, IPPROTO_TCP */
	__u32 answer;	/* 1: came in */
	__u32 size;	/* of the whole message */
	__u32 pad;
};

struct kwp_dup {
	__s32 from, to;
	struct kwp_stdio io; /* after it */
};

/* signal ptrace setns unshare setuid capset: what they did to whom. The target
 * of PTRACE_TRACEME is the parent, that of unshare the new child of clone(2). */
struct kwp_task_act {
	__u32 target_pid, target_tid; /* tid 0: the whole process */
	__u32 target_view_pid;
	__u32 signal;	     /* or ptrace request, ~0: not by ptrace(2) */
	__u64 target_start;
	__u64 flags;	     /* CLONE_NEW*, si_code, PTRACE_MODE_* of a hook */
	__u64 old_caps, new_caps; /* all ones: unknown, as are ids of ~0 */
	__u32 old_uid, new_uid, old_gid, new_gid;
	__u32 old_euid, new_euid, old_egid, new_egid; /* setfsuid: filesystem ids */
	__s32 asked_pid;     /* pid or tid as the caller named it, in its pid namespace */
	__u32 ns;	     /* setns: inode number of the namespace, 0: through a pidfd */
	char target_comm[KWP_COMM];
};

/* bpf: 0 program or map name, 1 path of a pin */
struct kwp_bpf_act {
	__u32 command, prog_type;
	__u32 attach_type;
	__u32 map_type; /* of BPF_MAP_CREATE */
};

/* sysctl: 0 name, 1 value written */
struct kwp_sysctl {
	__u32 write, pad;
};

/* io-uring: set-up of a ring; or an operation whose effect no other type shows */
struct kwp_uring {
	__u32 opcode, entries;
	__u32 setup_flags, pad;
};

/* syscall: strings are the arguments that are paths or texts, in order */
struct kwp_syscall {
	__u64 arg[6];
	__u64 duration; /* ns, 0: not timed */
	__u32 text;	/* bit n: argument n has a string */
	__u32 pad;
};

/* container: user space's own, so that a recording holds the names: 0 path of the
 * cgroup, 1 container name, 2 image, 3 pod, 4 namespace */
struct kwp_container {
	__u64 cgroup;
};

/* rule: user space's own: what a rule number of a generation means. 0 name ("drift",
 * "file", ...), 1 profile, 2 "profile.yaml:13", 3 the rule in words */
struct kwp_rule_text {
	__u32 generation;
	__u32 rule;
	__u32 class; /* enum kwp_class (policy.h) */
	__u32 pad;
};

/* shed: auditing was lowered, or is back. */
struct kwp_shed {
	__u64 events;	 /* per second, that made it so */
	__u64 cpu;	 /* share of one CPU, in millionths */
	__u32 on, pad;	 /* 1: lowered from now on */
};

/* heartbeat: user space's own; the watch is on. Sums since it began. */
struct kwp_heartbeat {
	__u64 records;	/* that came */
	__u64 findings; /* lines of them */
	__u64 repeats;	/* of findings, which one line counts */
	__u64 lost;
	__u64 evicted;	/* what bounded tables had to forget while it was of use */
	__u64 damaged;	/* records that made no sense */
};

struct kwp_loss {
	__u64 lost[KWP_TYPE_COUNT]; /* records by type since the last loss record */
};

#pragma GCC diagnostic pop

#endif
