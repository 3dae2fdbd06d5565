/* SPDX-License-Identifier: GPL-2.0-only */
#include "act.h"

#include "../bpf/policy.h"

#define FILES (TYPE(OPEN) | TYPE(CREATE))
#define NET (TYPE(CONNECT) | TYPE(ACCEPT) | TYPE(BIND) | TYPE(LISTEN) | TYPE(SOCKET))
#define URINGS (FILES | NET | TYPE(RENAME) | TYPE(UNLINK) | TYPE(LINK))
const uint64_t act_uring_types = URINGS;

/* Rows in the order of the files of bpf/. */
const struct act_call act_calls[] = {
	/* exec.bpf.c: the failures; a success is sched_process_exec */
	{"execve", KWP_EXEC, KWP_FORM_PLAIN, TYPE(EXEC)},
	{"execveat", KWP_EXEC, KWP_FORM_AT, TYPE(EXEC)},
	/* file.bpf.c */
	{"open", KWP_OPEN, KWP_FORM_PLAIN, FILES | TYPE(DRIFT)},
	{"creat", KWP_OPEN, KWP_FORM_A, FILES},
	{"openat", KWP_OPEN, KWP_FORM_AT, FILES | TYPE(DRIFT)},
	{"openat2", KWP_OPEN, KWP_FORM_HOW, FILES | TYPE(DRIFT)},
	{"open_by_handle_at", KWP_OPEN, KWP_FORM_B, FILES},
	/* change.bpf.c; names that end in 32 or 64 are those of 32-bit machines */
	{"mkdir", KWP_CREATE, KWP_FORM_PLAIN, TYPE(CREATE)},
	{"mkdirat", KWP_CREATE, KWP_FORM_AT, TYPE(CREATE)},
	{"mknod", KWP_CREATE, KWP_FORM_A, TYPE(CREATE)},
	{"mknodat", KWP_CREATE, KWP_FORM_B, TYPE(CREATE)},
	{"rename", KWP_RENAME, KWP_FORM_PLAIN, TYPE(RENAME)},
	{"renameat", KWP_RENAME, KWP_FORM_AT, TYPE(RENAME)},
	{"renameat2", KWP_RENAME, KWP_FORM_HOW, TYPE(RENAME)},
	{"unlink", KWP_UNLINK, KWP_FORM_PLAIN, TYPE(UNLINK)},
	{"rmdir", KWP_UNLINK, KWP_FORM_A, TYPE(UNLINK)},
	{"unlinkat", KWP_UNLINK, KWP_FORM_AT, TYPE(UNLINK)},
	{"link", KWP_LINK, KWP_FORM_PLAIN, TYPE(LINK)},
	{"linkat", KWP_LINK, KWP_FORM_AT, TYPE(LINK)},
	{"symlink", KWP_LINK, KWP_FORM_A, TYPE(LINK)},
	{"symlinkat", KWP_LINK, KWP_FORM_B, TYPE(LINK)},
	{"chmod", KWP_CHMOD, KWP_FORM_PLAIN, TYPE(CHMOD)},
	{"fchmod", KWP_CHMOD, KWP_FORM_FD, TYPE(CHMOD)},
	{"fchmodat", KWP_CHMOD, KWP_FORM_AT, TYPE(CHMOD)},
	{"fchmodat2", KWP_CHMOD, KWP_FORM_HOW, TYPE(CHMOD)},
	{"chown", KWP_CHOWN, KWP_FORM_PLAIN, TYPE(CHOWN)},
	{"chown32", KWP_CHOWN, KWP_FORM_PLAIN, TYPE(CHOWN)},
	{"lchown", KWP_CHOWN, KWP_FORM_PLAIN, TYPE(CHOWN)},
	{"lchown32", KWP_CHOWN, KWP_FORM_PLAIN, TYPE(CHOWN)},
	{"fchown", KWP_CHOWN, KWP_FORM_FD, TYPE(CHOWN)},
	{"fchown32", KWP_CHOWN, KWP_FORM_FD, TYPE(CHOWN)},
	{"fchownat", KWP_CHOWN, KWP_FORM_AT, TYPE(CHOWN)},
	{"truncate", KWP_TRUNCATE, KWP_FORM_PLAIN, TYPE(TRUNCATE)},
	{"ftruncate", KWP_TRUNCATE, KWP_FORM_FD, TYPE(TRUNCATE)},
	{"truncate64", KWP_TRUNCATE, KWP_FORM_A, TYPE(TRUNCATE)},
	{"ftruncate64", KWP_TRUNCATE, KWP_FORM_B, TYPE(TRUNCATE)},
	{"setxattr", KWP_XATTR, KWP_FORM_PLAIN, TYPE(XATTR)},
	{"lsetxattr", KWP_XATTR, KWP_FORM_PLAIN, TYPE(XATTR)},
	{"fsetxattr", KWP_XATTR, KWP_FORM_FD, TYPE(XATTR)},
	{"setxattrat", KWP_XATTR, KWP_FORM_AT, TYPE(XATTR)},
	{"removexattr", KWP_XATTR, KWP_FORM_A, TYPE(XATTR)},
	{"lremovexattr", KWP_XATTR, KWP_FORM_A, TYPE(XATTR)},
	{"fremovexattr", KWP_XATTR, KWP_FORM_B, TYPE(XATTR)},
	{"removexattrat", KWP_XATTR, KWP_FORM_C, TYPE(XATTR)},
	/* times: only verdicts are told */
	{"utimensat", KWP_XATTR, KWP_FORM_D, TYPE(XATTR)},
	{"utimensat_time64", KWP_XATTR, KWP_FORM_D, TYPE(XATTR)},
	{"futimesat", KWP_XATTR, KWP_FORM_D, TYPE(XATTR)},
	{"utimes", KWP_XATTR, KWP_FORM_HOW, TYPE(XATTR)},
	{"utime", KWP_XATTR, KWP_FORM_HOW, TYPE(XATTR)},
	/* mount.bpf.c */
	{"mount", KWP_MOUNT, KWP_FORM_PLAIN, TYPE(MOUNT)},
	{"fsmount", KWP_MOUNT, KWP_FORM_FD, TYPE(MOUNT)},
	{"move_mount", KWP_MOUNT, KWP_FORM_A, TYPE(MOUNT)},
	{"open_tree", KWP_MOUNT, KWP_FORM_B, TYPE(MOUNT)},
	{"open_tree_attr", KWP_MOUNT, KWP_FORM_B, TYPE(MOUNT)},
	{"mount_setattr", KWP_MOUNT, KWP_FORM_C, TYPE(MOUNT)},
	{"umount2", KWP_UMOUNT, KWP_FORM_PLAIN, TYPE(UMOUNT)},
	{"umount", KWP_UMOUNT, KWP_FORM_A, TYPE(UMOUNT)},
	{"chroot", KWP_CHROOT, KWP_FORM_PLAIN, TYPE(CHROOT)},
	{"pivot_root", KWP_CHROOT, KWP_FORM_A, TYPE(CHROOT)},
	/* memory.bpf.c */
	{"memfd_create", KWP_MEMFD, KWP_FORM_PLAIN, TYPE(MEMFD)},
	{"memfd_secret", KWP_MEMFD, KWP_FORM_A, TYPE(MEMFD)},
	{"mmap", KWP_MMAP_EXEC, KWP_FORM_PLAIN, TYPE(MMAP_EXEC) | TYPE(DRIFT)},
	{"mmap2", KWP_MMAP_EXEC, KWP_FORM_A, TYPE(MMAP_EXEC) | TYPE(DRIFT)},
	{"shmat", KWP_MMAP_EXEC, KWP_FORM_B, TYPE(MMAP_EXEC) | TYPE(DRIFT)},
	{"mprotect", KWP_MPROTECT, KWP_FORM_PLAIN, TYPE(MPROTECT) | TYPE(DRIFT)},
	{"pkey_mprotect", KWP_MPROTECT, KWP_FORM_PLAIN, TYPE(MPROTECT) | TYPE(DRIFT)},
	/* task.bpf.c */
	{"kill", KWP_SIGNAL, KWP_FORM_PLAIN, TYPE(SIGNAL)},
	{"tkill", KWP_SIGNAL, KWP_FORM_PLAIN, TYPE(SIGNAL)},
	{"tgkill", KWP_SIGNAL, KWP_FORM_A, TYPE(SIGNAL)},
	{"rt_sigqueueinfo", KWP_SIGNAL, KWP_FORM_PLAIN, TYPE(SIGNAL)},
	{"rt_tgsigqueueinfo", KWP_SIGNAL, KWP_FORM_A, TYPE(SIGNAL)},
	{"pidfd_send_signal", KWP_SIGNAL, KWP_FORM_FD, TYPE(SIGNAL)},
	{"ptrace", KWP_PTRACE, KWP_FORM_PLAIN, TYPE(PTRACE)},
	{"process_vm_readv", KWP_PTRACE, KWP_FORM_A, TYPE(PTRACE)},
	{"process_vm_writev", KWP_PTRACE, KWP_FORM_A, TYPE(PTRACE)},
	{"pidfd_getfd", KWP_PTRACE, KWP_FORM_FD, TYPE(PTRACE)},
	{"setns", KWP_SETNS, KWP_FORM_PLAIN, TYPE(SETNS)},
	{"unshare", KWP_UNSHARE, KWP_FORM_PLAIN, TYPE(UNSHARE)},
	{"clone", KWP_UNSHARE, KWP_FORM_A, TYPE(UNSHARE)},
	{"clone3", KWP_UNSHARE, KWP_FORM_B, TYPE(UNSHARE)},
	/* cred.bpf.c; names that end in 32 are those of 32-bit machines */
	{"setuid", KWP_SETUID, KWP_FORM_PLAIN, TYPE(SETUID)},
	{"setuid32", KWP_SETUID, KWP_FORM_PLAIN, TYPE(SETUID)},
	{"setreuid", KWP_SETUID, KWP_FORM_A, TYPE(SETUID)},
	{"setreuid32", KWP_SETUID, KWP_FORM_A, TYPE(SETUID)},
	{"setresuid", KWP_SETUID, KWP_FORM_A, TYPE(SETUID)},
	{"setresuid32", KWP_SETUID, KWP_FORM_A, TYPE(SETUID)},
	{"setgid", KWP_SETUID, KWP_FORM_B, TYPE(SETUID)},
	{"setgid32", KWP_SETUID, KWP_FORM_B, TYPE(SETUID)},
	{"setregid", KWP_SETUID, KWP_FORM_C, TYPE(SETUID)},
	{"setregid32", KWP_SETUID, KWP_FORM_C, TYPE(SETUID)},
	{"setresgid", KWP_SETUID, KWP_FORM_C, TYPE(SETUID)},
	{"setresgid32", KWP_SETUID, KWP_FORM_C, TYPE(SETUID)},
	{"setfsuid", KWP_SETUID, KWP_FORM_D, TYPE(SETUID)},
	{"setfsuid32", KWP_SETUID, KWP_FORM_D, TYPE(SETUID)},
	{"setfsgid", KWP_SETUID, KWP_FORM_D, TYPE(SETUID)},
	{"setfsgid32", KWP_SETUID, KWP_FORM_D, TYPE(SETUID)},
	{"capset", KWP_CAPSET, KWP_FORM_PLAIN, TYPE(CAPSET)},
	/* kernel.bpf.c */
	{"init_module", KWP_MODULE, KWP_FORM_PLAIN, TYPE(MODULE)},
	{"finit_module", KWP_MODULE, KWP_FORM_FD, TYPE(MODULE)},
	{"delete_module", KWP_MODULE, KWP_FORM_A, TYPE(MODULE)},
	{"bpf", KWP_BPF, KWP_FORM_PLAIN, TYPE(BPF)},
	/* net.bpf.c; the sends connect with MSG_FASTOPEN, socketcall is any of 32-bit x86 */
	{"connect", KWP_CONNECT, KWP_FORM_PLAIN, TYPE(CONNECT)},
	{"sendto", KWP_CONNECT, KWP_FORM_A, TYPE(CONNECT)},
	{"sendmsg", KWP_CONNECT, KWP_FORM_B, TYPE(CONNECT)},
	{"sendmmsg", KWP_CONNECT, KWP_FORM_C, TYPE(CONNECT)},
	{"accept", KWP_ACCEPT, KWP_FORM_PLAIN, TYPE(ACCEPT) | TYPE(CLOSE)},
	{"accept4", KWP_ACCEPT, KWP_FORM_PLAIN, TYPE(ACCEPT) | TYPE(CLOSE)},
	{"bind", KWP_BIND, KWP_FORM_PLAIN, TYPE(BIND)},
	{"listen", KWP_LISTEN, KWP_FORM_PLAIN, TYPE(LISTEN)},
	{"socket", KWP_SOCKET, KWP_FORM_PLAIN, TYPE(SOCKET)},
	{"socketpair", KWP_SOCKET, KWP_FORM_A, TYPE(SOCKET)},
	{"socketcall", KWP_SOCKET, KWP_FORM_D, NET},
	/* fd.bpf.c */
	{"dup", KWP_DUP, KWP_FORM_PLAIN, TYPE(DUP)},
	{"dup2", KWP_DUP, KWP_FORM_A, TYPE(DUP)},
	{"dup3", KWP_DUP, KWP_FORM_A, TYPE(DUP)},
	{"fcntl", KWP_DUP, KWP_FORM_B, TYPE(DUP)},
	{"fcntl64", KWP_DUP, KWP_FORM_B, TYPE(DUP)},
	/* uring.bpf.c */
	{"io_uring_setup", KWP_URING, KWP_FORM_PLAIN, TYPE(URING)},
};
const size_t act_calls_count = ARRAY_SIZE(act_calls);

/* The two programs that HOOK() of hook.bpf.h makes. */
#define HOOK(name, id, types)                                                                      \
	{"kwp_l_" name, id, KWP_BY_LSM, ACT_ATTACH, types},                                        \
	{                                                                                          \
		"kwp_m_" name, id, KWP_BY_FMOD_RET, ACT_ATTACH, types                              \
	}
/* The same where classes of rules need them as well. */
#define GUARDS(name, id, types, guards)                                                            \
	{"kwp_l_" name, id, KWP_BY_LSM, ACT_ATTACH, types, guards},                                \
	{                                                                                          \
		"kwp_m_" name, id, KWP_BY_FMOD_RET, ACT_ATTACH, types, guards                      \
	}
#define GUARD(name, id, types, class) GUARDS(name, id, types, 1u << KWP_CLASS_##class)
#define PATHS (1u << KWP_CLASS_PROCESS | 1u << KWP_CLASS_FILE)
#define CODE (1u << KWP_CLASS_PROCESS | 1u << KWP_CLASS_DRIFT)
/* The two that WAY() of deny.bpf.c makes. */
#define WAY(name, way)                                                                             \
	{"kwp_l_d_" name, KWP_SYSCALL, KWP_BY_LSM, ACT_ATTACH, 0, KWP_GUARD_WAY(way)},              \
	{                                                                                          \
		"kwp_m_d_" name, KWP_SYSCALL, KWP_BY_FMOD_RET, ACT_ATTACH, 0, KWP_GUARD_WAY(way)   \
	}
#define EXIT(name, id) {"kwp_x_" name, id, KWP_BY_TRACEPOINT, ACT_EXIT, 1ull << (id)}
/* The same where classes of rules need it if no hook can deny. */
#define ENDED(name, id, types, guards)                                                             \
	{                                                                                          \
		"kwp_x_" name, id, KWP_BY_TRACEPOINT, ACT_EXIT, types, guards                      \
	}
/* On a cgroup, for rules of addresses, and of those by a name. */
#define PACKETS(name, id) {name, id, KWP_BY_CGROUP, ACT_ATTACH, 0, 1u << KWP_CLASS_NETWORK}

const struct act_program act_programs[] = {
	/* exec.bpf.c */
	{"kwp_fork", KWP_FORK, KWP_BY_TRACEPOINT, ACT_ATTACH, ~0ull},
	{"kwp_exec", KWP_EXEC, KWP_BY_TRACEPOINT, ACT_ATTACH, ~0ull,
	 1u << KWP_CLASS_PROCESS | 1u << KWP_CLASS_DETECT},
	{"kwp_exit", KWP_EXIT, KWP_BY_TRACEPOINT, ACT_ATTACH, ~0ull},
	{"kwp_c_execve", KWP_EXEC, KWP_BY_TRACEPOINT, ACT_CALL, TYPE(EXEC)},
	{"kwp_c_execveat", KWP_EXEC, KWP_BY_TRACEPOINT, ACT_CALL, TYPE(EXEC)},
	EXIT("exec", KWP_EXEC),
	GUARDS("exec", KWP_EXEC, TYPE(EXEC),
	       CODE | 1u << KWP_CLASS_DETECT),
	/* file.bpf.c */
	ENDED("open", KWP_OPEN, FILES | TYPE(DRIFT),
	      1u << KWP_CLASS_FILE | 1u << KWP_CLASS_DRIFT | 1u << KWP_CLASS_DETECT),
	GUARD("open", KWP_OPEN, FILES, FILE),
	GUARD("receive", KWP_OPEN, 0, FILE),
	/* change.bpf.c: one program */
	ENDED("change", KWP_CREATE, TYPE(CREATE),
	      1u << KWP_CLASS_FILE | 1u << KWP_CLASS_DETECT),
	ENDED("change", KWP_RENAME, TYPE(RENAME), PATHS),
	ENDED("change", KWP_UNLINK, TYPE(UNLINK), 1u << KWP_CLASS_FILE),
	ENDED("change", KWP_LINK, TYPE(LINK), 1u << KWP_CLASS_FILE),
	ENDED("change", KWP_CHMOD, TYPE(CHMOD), 1u << KWP_CLASS_FILE),
	ENDED("change", KWP_CHOWN, TYPE(CHOWN), 1u << KWP_CLASS_FILE),
	ENDED("change", KWP_TRUNCATE, TYPE(TRUNCATE), 1u << KWP_CLASS_FILE),
	ENDED("change", KWP_XATTR, TYPE(XATTR), 1u << KWP_CLASS_FILE),
	/* path.bpf.c */
	GUARD("mkdir", KWP_CREATE, TYPE(CREATE), FILE),
	GUARDS("mknod", KWP_CREATE, TYPE(CREATE), 1u << KWP_CLASS_FILE | 1u << KWP_CLASS_DETECT),
	GUARDS("rename", KWP_RENAME, TYPE(RENAME), PATHS),
	GUARD("unlink", KWP_UNLINK, TYPE(UNLINK), FILE),
	GUARDS("rmdir", KWP_UNLINK, TYPE(UNLINK), PATHS),
	GUARDS("link", KWP_LINK, TYPE(LINK), PATHS),
	GUARD("symlink", KWP_LINK, TYPE(LINK), FILE),
	/* tree.bpf.c */
	{"kwp_renamed", KWP_RENAME, KWP_BY_TRACEPOINT, ACT_ATTACH, 0, PATHS},
	{"kwp_ns_made", KWP_UNSHARE, KWP_BY_TRACEPOINT, ACT_ATTACH, 0, PATHS},
	/* attr.bpf.c */
	GUARD("chmod", KWP_CHMOD, TYPE(CHMOD), FILE),
	GUARD("chown", KWP_CHOWN, TYPE(CHOWN), FILE),
	GUARD("truncate", KWP_TRUNCATE, TYPE(TRUNCATE), FILE),
	GUARD("ftruncate", KWP_TRUNCATE, TYPE(TRUNCATE), FILE),
	GUARD("setxattr", KWP_XATTR, TYPE(XATTR), FILE),
	GUARD("rmxattr", KWP_XATTR, TYPE(XATTR), FILE),
	GUARD("setacl", KWP_XATTR, 0, FILE),
	GUARD("rmacl", KWP_XATTR, 0, FILE),
	GUARD("times", KWP_XATTR, 0, FILE),
	/* mount.bpf.c */
	ENDED("mount", KWP_MOUNT, TYPE(MOUNT), 1u << KWP_CLASS_DETECT),
	EXIT("umount", KWP_UMOUNT),
	EXIT("chroot", KWP_CHROOT),
	GUARDS("mount", KWP_MOUNT, TYPE(MOUNT), PATHS | 1u << KWP_CLASS_DETECT),
	GUARDS("movemount", KWP_MOUNT, TYPE(MOUNT), PATHS),
	GUARDS("fsmade", KWP_MOUNT, 0, 1u << KWP_CLASS_DETECT),
	HOOK("umount", KWP_UMOUNT, TYPE(UMOUNT)),
	HOOK("chroot", KWP_CHROOT, TYPE(CHROOT)),
	GUARDS("pivotroot", KWP_CHROOT, TYPE(CHROOT), PATHS),
	/* memory.bpf.c */
	EXIT("memfd", KWP_MEMFD),
	ENDED("mapping", KWP_MMAP_EXEC, TYPE(MMAP_EXEC) | TYPE(DRIFT), CODE | 1u << KWP_CLASS_DETECT),
	ENDED("mapping", KWP_MPROTECT, TYPE(MPROTECT) | TYPE(DRIFT), CODE | 1u << KWP_CLASS_DETECT),
	GUARDS("mmap", KWP_MMAP_EXEC, TYPE(MMAP_EXEC) | TYPE(DRIFT), CODE | 1u << KWP_CLASS_DETECT),
	GUARDS("mprotect", KWP_MPROTECT, TYPE(MPROTECT) | TYPE(DRIFT), CODE | 1u << KWP_CLASS_DETECT),
	/* drift.bpf.c */
	{"kwp_drift_exec", KWP_DRIFT, KWP_BY_TRACEPOINT, ACT_ATTACH, TYPE(DRIFT),
	 1u << KWP_CLASS_DRIFT},
	GUARDS("script", KWP_DRIFT, TYPE(DRIFT),
	       1u << KWP_CLASS_DRIFT | 1u << KWP_CLASS_DETECT),
	/* task.bpf.c */
	{"kwp_signal", KWP_SIGNAL, KWP_BY_TRACEPOINT, ACT_ATTACH, TYPE(SIGNAL)},
	EXIT("signal", KWP_SIGNAL),
	ENDED("ptrace", KWP_PTRACE, TYPE(PTRACE), 1u << KWP_CLASS_DETECT),
	EXIT("setns", KWP_SETNS),
	EXIT("unshare", KWP_UNSHARE),
	GUARD("kill", KWP_SIGNAL, TYPE(SIGNAL), PROTECT),
	GUARDS("ptrace", KWP_PTRACE, TYPE(PTRACE), 1u << KWP_CLASS_DETECT | 1u << KWP_CLASS_PROTECT),
	HOOK("traceme", KWP_PTRACE, TYPE(PTRACE)),
	HOOK("userns", KWP_UNSHARE, TYPE(UNSHARE)),
	/* cred.bpf.c */
	EXIT("setuid", KWP_SETUID),
	EXIT("capset", KWP_CAPSET),
	HOOK("setuid", KWP_SETUID, TYPE(SETUID)),
	HOOK("setgid", KWP_SETUID, TYPE(SETUID)),
	HOOK("capset", KWP_CAPSET, TYPE(CAPSET)),
	/* kernel.bpf.c */
	EXIT("module", KWP_MODULE),
	EXIT("bpf", KWP_BPF),
	{"kwp_module", KWP_MODULE, KWP_BY_TRACEPOINT, ACT_ATTACH, TYPE(MODULE)},
	HOOK("readfile", KWP_MODULE, TYPE(MODULE)),
	HOOK("loaddata", KWP_MODULE, TYPE(MODULE)),
	GUARD("bpf", KWP_BPF, TYPE(BPF), PROTECT),
	{"kwp_sysctl", KWP_SYSCTL, KWP_BY_CGROUP, ACT_ATTACH, TYPE(SYSCTL),
	 1u << KWP_CLASS_SYSCTL | 1u << KWP_CLASS_PROTECT},
	/* net.bpf.c */
	EXIT("connect", KWP_CONNECT),
	ENDED("accept", KWP_ACCEPT, TYPE(ACCEPT) | TYPE(CLOSE), 0),
	EXIT("bind", KWP_BIND),
	EXIT("listen", KWP_LISTEN),
	EXIT("socket", KWP_SOCKET),
	GUARD("connect", KWP_CONNECT, TYPE(CONNECT), NETWORK),
	HOOK("bind", KWP_BIND, TYPE(BIND)),
	HOOK("listen", KWP_LISTEN, TYPE(LISTEN)),
	GUARD("socket", KWP_SOCKET, TYPE(SOCKET), NETWORK),
	GUARD("sendmsg", KWP_CONNECT, 0, NETWORK),
	/* close.bpf.c */
	{"kwp_close", KWP_CLOSE, KWP_BY_TRACEPOINT, ACT_ATTACH, TYPE(CLOSE)},
	/* gate.bpf.c: connects and sends are idle where hooks are */
	PACKETS("kwp_sock_new", KWP_SOCKET),
	PACKETS("kwp_sock_bind4", KWP_SOCKET),
	PACKETS("kwp_sock_bind6", KWP_SOCKET),
	PACKETS("kwp_connect4", KWP_CONNECT),
	PACKETS("kwp_connect6", KWP_CONNECT),
	PACKETS("kwp_sendmsg4", KWP_CONNECT),
	PACKETS("kwp_sendmsg6", KWP_CONNECT),
	/* packet.bpf.c */
	PACKETS("kwp_packet_out", KWP_CONNECT),
	PACKETS("kwp_packet_in", KWP_ACCEPT),
	/* device.bpf.c: only where the hooks of path.bpf.c can't be */
	{"kwp_device", KWP_CREATE, KWP_BY_CGROUP, ACT_ATTACH, 0, 1u << KWP_CLASS_DETECT},
	/* name.bpf.c */
	{"kwp_name_out", KWP_DNS, KWP_BY_CGROUP, ACT_ATTACH, 0, KWP_GUARD_NAMES},
	{"kwp_name_in", KWP_DNS, KWP_BY_CGROUP, ACT_ATTACH, 0, KWP_GUARD_NAMES},
	/* dns.bpf.c */
	{"kwp_dns_out", KWP_DNS, KWP_BY_CGROUP, ACT_ATTACH, TYPE(DNS)},
	{"kwp_dns_in", KWP_DNS, KWP_BY_CGROUP, ACT_ATTACH, TYPE(DNS)},
	/* fd.bpf.c */
	ENDED("dup", KWP_DUP, TYPE(DUP), 1u << KWP_CLASS_DETECT),
	/* uring.bpf.c; kernels have one of the two submissions */
	EXIT("uring", KWP_URING),
	{"kwp_uring_req", KWP_URING, KWP_BY_TRACEPOINT, ACT_ATTACH, URINGS},
	{"kwp_uring_sqe", KWP_URING, KWP_BY_TRACEPOINT, ACT_ATTACH, URINGS},
	{"kwp_uring_done", KWP_URING, KWP_BY_TRACEPOINT, ACT_ATTACH, URINGS},
	/* syscall.bpf.c */
	{"kwp_sys_enter", KWP_SYSCALL, KWP_BY_TRACEPOINT, ACT_ATTACH, TYPE(SYSCALL)},
	{"kwp_sys_leave", KWP_SYSCALL, KWP_BY_TRACEPOINT, ACT_ATTACH, TYPE(SYSCALL)},
	/* detect.bpf.c */
	GUARD("recv", KWP_DUP, 0, DETECT),
	/* code.bpf.c */
	GUARD("code", KWP_EXEC, 0, DETECT),
	/* relay.bpf.c */
	{"kwp_led_exec", KWP_EXEC, KWP_BY_TRACEPOINT, ACT_ATTACH, 0, 1u << KWP_CLASS_DETECT},
	{"kwp_led_exit", KWP_EXIT, KWP_BY_TRACEPOINT, ACT_ATTACH, 0, 1u << KWP_CLASS_DETECT},
	GUARD("take", KWP_CONNECT, 0, DETECT),
	GUARD("give", KWP_CONNECT, 0, DETECT),
	/* protect.bpf.c */
	GUARD("map", KWP_BPF, 0, PROTECT),
	GUARD("prog", KWP_BPF, 0, PROTECT),
	GUARD("scheduler", KWP_PTRACE, 0, PROTECT),
	GUARD("nice", KWP_PTRACE, 0, PROTECT),
	GUARD("ionice", KWP_PTRACE, 0, PROTECT),
	GUARD("rlimit", KWP_PTRACE, 0, PROTECT),
	/* deny.bpf.c */
	{"kwp_call_enter", KWP_SYSCALL, KWP_BY_TRACEPOINT, ACT_ATTACH, 0,
	 KWP_GUARD_WAY(KWP_WAY_ENTER)},
	WAY("capable", KWP_WAY_CAPABLE),
	WAY("file", KWP_WAY_FILE),
	WAY("task", KWP_WAY_TASK),
	WAY("bpf", KWP_WAY_BPF),
	WAY("ptrace", KWP_WAY_PTRACE),
	WAY("traceme", KWP_WAY_PTRACE),
	WAY("userns", KWP_WAY_USERNS),
	WAY("perf", KWP_WAY_PERF),
	WAY("key", KWP_WAY_KEY),
	WAY("newkey", KWP_WAY_KEY),
	WAY("socket", KWP_WAY_SOCKET),
	WAY("connect", KWP_WAY_CONNECT),
	WAY("bind", KWP_WAY_BIND),
	WAY("listen", KWP_WAY_LISTEN),
	WAY("kill", KWP_WAY_KILL),
	WAY("uid", KWP_WAY_IDS),
	WAY("gid", KWP_WAY_IDS),
	WAY("capset", KWP_WAY_CAPSET),
	WAY("prctl", KWP_WAY_PRCTL),
	WAY("syslog", KWP_WAY_SYSLOG),
	WAY("sched", KWP_WAY_SCHED),
};
const size_t act_programs_count = ARRAY_SIZE(act_programs);
