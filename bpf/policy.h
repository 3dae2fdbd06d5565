/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What user space sends down: settings, map keys and values. Both sides
 * include it.
 */
#ifndef KWP_POLICY_H
#define KWP_POLICY_H

#include "hash.h"
#include "network.h"
#include "record.h"

#define KWP_SYSCALLS 512   /* system call numbers that kwp tells apart */
#define KWP_SCOPE_PIDS 32768
#define KWP_SLOTS 3	   /* scratch slots of a CPU: a task, one that pre-empted it, an interrupt */
#define KWP_WALKS 2	   /* scratches for walks up a path, a CPU */
#define KWP_WALK_TRIES 8   /* that are looked at for a free one; as many more at the end */
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
	KWP_PID_PROVES,	   /* kwp's own, by which it tries a policy whose scope it is not in */
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
	KWP_OPEN_NAMED = 1 << 3,  /* READ: only of files with a name in kwp_basenames */
};

#define KWP_BASENAMES_MAX 256

/* Last component of a path, filled up with zeros; longer ones are in no map. */
struct kwp_basename {
	char bytes[64];
};

/* ---- the policy of a profile ---- */

#define KWP_RULES_MAX 8192   /* rules of a generation; 0 is no rule */
#define KWP_NODES_MAX 32768  /* entries of kwp_nodes; two generations have to fit */
#define KWP_DEPTH_MAX 2048   /* components of a path of KWP_PATH_MAX bytes */
#define KWP_GENERATIONS 3    /* policies side by side: in force, being built, being left */
/* Where what a generation has under a number is in the arrays that all of them share. */
#define KWP_AT(generation, number) ((number) * KWP_GENERATIONS + (generation) % KWP_GENERATIONS)
#define KWP_EXEMPT_MAX 1024  /* processes that no rule is about */
#define KWP_OWN_MAX 1024     /* BPF objects of kwp's own */

/* What a rule says to an act. The stricter of two that apply is the greater number. */
enum kwp_action {
	KWP_NO_OPINION,
	KWP_ALLOW,
	KWP_MONITOR, /* a record, and the act goes on */
	KWP_BLOCK,
	KWP_KILL,    /* and the process is ended */
};

enum kwp_mode {
	KWP_MODE_OFF,	  /* nothing is looked up */
	KWP_MODE_MONITOR, /* BLOCK and KILL only report what they would do */
	KWP_MODE_ENFORCE,
};

/* What is done to a file. */
enum kwp_access {
	KWP_EXECUTE, /* execve, each stage of it */
	KWP_MAP,     /* an executable mapping */
	KWP_READ,
	KWP_WRITE,   /* create, open for writing, truncate, rename, link, unlink, chmod, chown,
			xattr, mount over */
	KWP_ACCESS_COUNT
};

/* Kinds of rules, and (1 << class) the programs that they need: kwp_settings.guards. */
enum kwp_class {
	KWP_CLASS_NONE,
	KWP_CLASS_PROCESS, /* what may be executed and mapped */
	KWP_CLASS_FILE,	   /* what may be read and written */
	KWP_CLASS_NETWORK,
	KWP_CLASS_SYSCALL,
	KWP_CLASS_SYSCTL,
	KWP_CLASS_DETECT,  /* built-in detections: enum kwp_detect */
	KWP_CLASS_DRIFT,   /* what the image did not bring */
	KWP_CLASS_PROTECT, /* kwp itself; in force with any profile */
	KWP_CLASS_COUNT
};

/* Where the kernel asks in a system call whether it may go on, so that it can be refused. */
enum kwp_way {
	KWP_WAY_ENTER, /* nowhere: the process is ended at the start of the call */
	KWP_WAY_CAPABLE,
	KWP_WAY_FILE, /* the call makes a struct file */
	KWP_WAY_TASK, /* ... a task */
	KWP_WAY_BPF,
	KWP_WAY_PTRACE,
	KWP_WAY_USERNS,
	KWP_WAY_PERF,
	KWP_WAY_KEY,
	KWP_WAY_SOCKET,
	KWP_WAY_CONNECT,
	KWP_WAY_BIND,
	KWP_WAY_LISTEN,
	KWP_WAY_KILL,
	KWP_WAY_IDS,
	KWP_WAY_CAPSET,
	KWP_WAY_PRCTL,
	KWP_WAY_SYSLOG,
	KWP_WAY_SCHED,
	KWP_WAY_COUNT
};

/* Programs of a way are a kind of their own beside those of classes: rules on few calls must
 * not slow down others. */
#define KWP_GUARD_WAY(way) (1u << (12 + (way)))
#define KWP_GUARD_WAYS (~0u << 12)
_Static_assert(KWP_CLASS_COUNT <= 12 && KWP_WAY_COUNT <= 20, "bits of guards would overlap");

/* Not a class, but among guards: there are rules by name, so answers are read. */
#define KWP_GUARD_NAMES (1u << 11)
_Static_assert(KWP_CLASS_COUNT <= 11, "a class would be KWP_GUARD_NAMES");

/* What kwp_ways say of a native system call. */
#define KWP_WAY_TEXTS 24 /* from this bit on: argument n is a text; below: 1 << enum kwp_way */
_Static_assert(KWP_WAY_COUNT <= KWP_WAY_TEXTS, "bits of kwp_ways would overlap");

/* What kwp_native says of a 32-bit system call: its native number, or these. */
#define KWP_NATIVE_NONE 0xffff
#define KWP_NATIVE_MANY 0x8000 /* | where its calls begin in kwp_native_many */
#define KWP_NATIVE_CALLS 32    /* that ipc(2) and socketcall(2) have each at most */

/* Detections that the kernel side decides, so that they can block. */
#define KWP_DETECTS(X)                                                                             \
	X(FILELESS_EXEC, "fileless-exec")                                                          \
	X(EXEC_DELETED, "exec-deleted")                                                            \
	X(EXEC_SHARED_MEMORY, "exec-shared-memory")                                                \
	X(REVERSE_SHELL, "reverse-shell")                                                          \
	X(BIND_SHELL, "bind-shell")                                                                \
	X(EXEC_ON_SOCKET, "exec-on-socket")                                                        \
	X(REVERSE_SHELL_RELAY, "reverse-shell-relay")                                              \
	X(BIND_SHELL_RELAY, "bind-shell-relay")                                                    \
	X(BIND_SHELL_UNIX, "bind-shell-unix")                                                      \
	X(PIPE_TO_SHELL, "pipe-to-shell")                                                          \
	X(CONNECTED_CODE, "connected-code")                                                        \
	X(MEMORY_EXECUTABLE, "memory-executable")                                                  \
	X(MEMORY_FILE_MAPPED, "memory-file-mapped")                                                \
	X(PROCESS_INJECTION, "process-injection")                                                  \
	X(MOUNT_ESCAPE, "mount-escape")                                                            \
	X(BLOCK_DEVICE, "block-device")

enum kwp_detect {
#define X(id, name) KWP_DETECT_##id,
	KWP_DETECTS(X)
#undef X
	KWP_DETECT_COUNT
};
_Static_assert(KWP_DETECT_COUNT <= 32, "sets of detections have 32 bits");

enum kwp_rule_flag {
	KWP_RULE_BAIT = 1 << 0,	    /* a file that nobody has a reason to touch */
	KWP_RULE_EXCEPTED = 1 << 1, /* has exceptions: see KWP_DOMAIN_EXCEPT */
	KWP_RULE_DEFAULT = 1 << 2,  /* stands for what no other rule names */
	KWP_RULE_FOREIGN = 1 << 3,  /* what it allows need not be the image's */
	KWP_RULE_NAMED = 1 << 4,    /* of addresses by a name, which are known for a while only */
};

/* A rule as the kernel side knows it, in kwp_rules at KWP_AT() its number. */
struct kwp_rule {
	__u8 class;			 /* enum kwp_class */
	__u8 flags;			 /* enum kwp_rule_flag */
	__u8 action[KWP_ACCESS_COUNT];	 /* enum kwp_action by enum kwp_access; other classes
					    than PROCESS, FILE and DRIFT have theirs in [0]; of
					    DRIFT, READ is for scripts */
	__u8 pad[2];
};

/* What happened by a rule, in kwp_hits at the same place. */
struct kwp_hits {
	__u64 count; /* acts that were denied, killed for, or would have been, or monitored */
	__u64 last;  /* ns of CLOCK_BOOTTIME */
};

/* Domains of the keys of kwp_nodes: the first number of kwp_hash_pair(). A path is
 *	key("/")	 = kwp_hash_pair(KWP_DOMAIN_PATH, 0)
 *	key("/etc")	 = kwp_hash_pair(key("/"), kwp_hash_name("etc"))
 *	key("/etc/x")	 = kwp_hash_pair(key("/etc"), kwp_hash_name("x"))
 * and every directory on the way to a pattern has a node, so that a look-up from the root
 * ends where no rule can follow. */
enum kwp_domain {
	KWP_DOMAIN_PATH = 1,
	KWP_DOMAIN_NAME,   /* "**" "/name": the hash of the name; exact[] is the rule */
	KWP_DOMAIN_AS,	   /* a file by the name that it was invoked by:
			      pair(pair(AS, key of the path), hash of the name); exact[] */
	KWP_DOMAIN_EXCEPT, /* pair(pair(EXCEPT, number of the rule), key of the path of the
			      executable); or with pair(UID, uid) in its place; flags */
	KWP_DOMAIN_UID,	   /* pair(UID, uid) */
	KWP_DOMAIN_INODE,  /* pair(pair(INODE, device), inode number): KWP_INODE_RULE(), whatever
			      its name */
	KWP_DOMAIN_CALLED, /* pair(CALLED, hash of a name): names of shells; flags */
	KWP_DOMAIN_SYSCTL, /* begins at pair(SYSCTL, 0); each byte of a name that dots separate
			      goes on at pair(key so far, byte). exact[0]; subtree[0]: below it,
			      "*" at the beginning. Only places with a rule have a node; exact
			      goes first, then the longest */
};

enum kwp_path_class { KWP_PATH_PROCESS, KWP_PATH_FILE, KWP_PATH_CLASSES };

enum kwp_node_flag {
	KWP_NODE_SHELL = 1 << 0,       /* CALLED: is a shell's name */
	KWP_NODE_INTERPRETER = 1 << 1, /* CALLED: is an interpreter's name */
	KWP_NODE_ALIASED = 1 << 2,     /* PATH: has rules by the name that it is invoked by */
	KWP_NODE_EXCEPT = 1 << 8,      /* EXCEPT: << enum kwp_access (0 for classes without
					  accesses), those that the exception is from; a rule
					  may have others of a broader one that has no such
					  exception */
};

/*
 * Rules that a place in the tree of names has, by kwp_path_class; 0: none.
 *
 * The rule for an access to a path is the first of these that has an action for it
 * (not KWP_NO_OPINION):
 *	1. exact of KWP_DOMAIN_AS, for EXECUTE by that name
 *	2. exact of the path's own node
 *	3. exact of KWP_DOMAIN_NAME for its last component ("/" has none)
 *	4. one of the directories above it: of the deepest that has one; children only counts in
 *	   the direct parent, and goes before subtree there
 *	5. kwp_policy.fallback
 * Only one rule is to be looked at in 4: a directory's rule already has, for accesses
 * that it does not speak of, the actions of the directories around it. If the rule has an
 * exception for the process, the act goes on, and no other rule is asked.
 * A file that has other places too (bpf/home.bpf.h), or is named by its inode, has the strictest
 * of what 2 to 4 say of each; the fallback counts for the path that led to it only.
 */
struct kwp_node {
	__u16 exact[KWP_PATH_CLASSES];	  /* this very path */
	__u16 children[KWP_PATH_CLASSES]; /* what is directly in it */
	__u16 subtree[KWP_PATH_CLASSES];  /* what is anywhere below it */
	__u16 above; /* a rule that moving or removing this directory would get round: the
			strictest of its actions is for that */
	__u16 flags; /* enum kwp_node_flag */
	__u32 generation; /* keys of two generations differ by their seeds; this tells which
			     are to be cleared away */
};

/* Where a node of KWP_DOMAIN_INODE has the rule for an access. */
#define KWP_INODE_RULE(node, access)                                                               \
	((access) & 1 ? &(node)->children[(access) >> 1] : &(node)->exact[(access) >> 1])
_Static_assert(KWP_ACCESS_COUNT == 2 * KWP_PATH_CLASSES, "accesses need more room");

/* Which processes a policy is about. Never: kernel threads, pid 1 of the guest, kwp,
 * kwp_exempt. */
enum kwp_cover {
	KWP_COVER_ALL,
	KWP_COVER_CONTAINERS, /* outside of the guest's own mount namespace */
	KWP_COVER_CGROUPS,    /* in or below a cgroup of kwp_covered */
	KWP_COVER_SCOPE,      /* the processes of kwp_settings.scope: kwp block -p, -c, -- */
};

/* What there is one of in a generation, in kwp_policies at its slot. Rule numbers; 0: none. */
struct kwp_policy {
	__u16 fallback[KWP_PATH_CLASSES]; /* where no pattern fits: process.default */
	__u16 address_fallback[2];	  /* egress, ingress */
	__u16 detect[KWP_DETECT_COUNT];
	__u16 drift;
	__u16 protect;
	__u16 address_raw; /* the strictest rule of egress that blocks: for sockets whose packets
			      no rule can see; 0: none blocks */
	__u16 named;	   /* names in kwp_names */
	__u16 by_port;	   /* some rule of an address or a name is for some ports only */
	__u32 cover;			  /* enum kwp_cover */
	__u32 resolvers;		  /* in resolver */
	struct kwp_seed seed;
	__u16 call[KWP_SYSCALLS];	  /* by native system call number */
	__u8 resolver[KWP_RESOLVERS][16]; /* whose answers count: as of struct kwp_cidr */
	__u32 resolvers_local;		  /* 1 << n: it is in this guest */
	__u32 ranges;			  /* 1 << 0: egress has any in kwp_cidrs, 1 << 1: ingress */
};

/* Written by user space while programs run. What a generation has in maps is at slot
 * generation % KWP_GENERATIONS; storing the generation is the switch. A program reads it once an
 * act. The slot of a generation that was left may be written again after a grace period of RCU. */
struct kwp_switch {
	__u32 generation; /* 0: none yet */
	__u32 mode;	  /* enum kwp_mode */
	__u32 guest_mnt_ns; /* inode number of the mount namespace of the guest's pid 1 */
	__u32 shed;	  /* telemetry is off for now: limits were passed */
	__u64 limit_events; /* records a second, 0: no limit */
	__u64 limit_cpu;  /* of one CPU, in millionths, that making them may take */
	__u64 netns;	  /* cookie of the network namespace in which answers count */
	__u32 unread;	  /* nobody takes records now */
	__u32 pad;
};

/* How fast records come, and what they cost: the programs' own. */
struct kwp_pace {
	__u64 window; /* when the present second began */
	__u64 events; /* in it: records that were made or would have been */
	__u64 busy;   /* ns in it, of all CPUs together, that making them took */
	__u64 cost;   /* ns that one took before they were shed */
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
	__u32 guards;	   /* bits of enum kwp_class: what programs give verdicts on */
	__u32 kill_only;   /* no hook can deny here: verdicts at tracepoints end the process */
	__u32 drift;	   /* enum kwp_backend that tells DRIFT, 0: nobody asked */
	__u32 setattr;	   /* which argument of lsm/inode_setattr is the dentry: 0, since 6.9 1 */
	__u32 found_only;  /* of EXEC, not those of files that are not there */
	__u32 environ;	   /* of EXEC: variables that the loader of libraries obeys */
	__u32 pad;
	__u64 odd;	   /* types of mappings that are told only if the file is in no directory */
	__u64 name_sizes;  /* of those in kwp_basenames: 1 << bytes */
	__u64 boot_time;   /* ns since 1970 at which CLOCK_BOOTTIME was 0 */
	__u64 loaded;	   /* when the programs were: ns since 1970 */
};

/* BPF objects of kwp's own, by their ids, in kwp_own. */
enum kwp_own_kind { KWP_OWN_MAP, KWP_OWN_PROGRAM, KWP_OWN_LINK };

struct kwp_own {
	__u32 kind; /* enum kwp_own_kind */
	__u32 id;
};

/* Filled by kwp_whoami, in kwp's own context. */
struct kwp_view {
	__u32 self;	/* kwp's pid, which is out of scope */
	__u32 level;	/* of kwp's pid namespace */
	__u64 pid_ns;	/* its address */
	__u64 inode;	/* of kwp's executable: an operator's kwp is no business of rules */
	__u64 changed;	/* when it was, ns since 1970: one that was written to is not kwp */
	__u32 device, pad;
};

/* Counters that only grow. */
struct kwp_counters {
	__u64 lost[KWP_TYPE_COUNT];	/* no room in the ring */
	__u64 unslotted[KWP_TYPE_COUNT]; /* no free scratch slot */
	__u64 shed[KWP_TYPE_COUNT];	/* not made because limits were passed */
	__u64 untracked;		/* a followed child that kwp_pids had no room for */
	__u64 named;			/* addresses that got a first name of a rule */
	__u64 unread;			/* a question or an answer: no free scratch */
	__u64 unwalked;			/* a file whose path was not found: no free scratch, too deep */
};

#endif
