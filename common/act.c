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
	{"open", KWP_OPEN, KWP_FORM_PLAIN, FILES},
	{"creat", KWP_OPEN, KWP_FORM_A, FILES},
	{"openat", KWP_OPEN, KWP_FORM_AT, FILES},
	{"openat2", KWP_OPEN, KWP_FORM_HOW, FILES},
	{"open_by_handle_at", KWP_OPEN, KWP_FORM_B, FILES},
	/* path.bpf.c */
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
	/* attr.bpf.c; names that end in 32 or 64 are those of 32-bit machines */
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
	{"mmap", KWP_MMAP_EXEC, KWP_FORM_PLAIN, TYPE(MMAP_EXEC)},
	{"mmap2", KWP_MMAP_EXEC, KWP_FORM_A, TYPE(MMAP_EXEC)},
	{"shmat", KWP_MMAP_EXEC, KWP_FORM_B, TYPE(MMAP_EXEC)},
	{"mprotect", KWP_MPROTECT, KWP_FORM_PLAIN, TYPE(MPROTECT)},
	{"pkey_mprotect", KWP_MPROTECT, KWP_FORM_PLAIN, TYPE(MPROTECT)},
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
	{"accept", KWP_ACCEPT, KWP_FORM_PLAIN, TYPE(ACCEPT)},
	{"accept4", KWP_ACCEPT, KWP_FORM_PLAIN, TYPE(ACCEPT)},
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
#define EXIT(name, id) {"kwp_x_" name, id, KWP_BY_TRACEPOINT, ACT_EXIT, 1ull << (id)}

const struct act_program act_programs[] = {
	/* exec.bpf.c */
	{"kwp_fork", KWP_FORK, KWP_BY_TRACEPOINT, ACT_ATTACH, ~0ull},
	{"kwp_exec", KWP_EXEC, KWP_BY_TRACEPOINT, ACT_ATTACH, ~0ull},
	{"kwp_exit", KWP_EXIT, KWP_BY_TRACEPOINT, ACT_ATTACH, ~0ull},
	{"kwp_c_execve", KWP_EXEC, KWP_BY_TRACEPOINT, ACT_CALL, TYPE(EXEC)},
	{"kwp_c_execveat", KWP_EXEC, KWP_BY_TRACEPOINT, ACT_CALL, TYPE(EXEC)},
	EXIT("exec", KWP_EXEC),
	HOOK("exec", KWP_EXEC, TYPE(EXEC)),
	/* file.bpf.c */
	{"kwp_x_open", KWP_OPEN, KWP_BY_TRACEPOINT, ACT_EXIT, FILES},
	HOOK("open", KWP_OPEN, FILES),
	/* path.bpf.c */
	EXIT("create", KWP_CREATE),
	EXIT("rename", KWP_RENAME),
	EXIT("unlink", KWP_UNLINK),
	EXIT("link", KWP_LINK),
	HOOK("mkdir", KWP_CREATE, TYPE(CREATE)),
	HOOK("mknod", KWP_CREATE, TYPE(CREATE)),
	HOOK("rename", KWP_RENAME, TYPE(RENAME)),
	HOOK("unlink", KWP_UNLINK, TYPE(UNLINK)),
	HOOK("rmdir", KWP_UNLINK, TYPE(UNLINK)),
	HOOK("link", KWP_LINK, TYPE(LINK)),
	HOOK("symlink", KWP_LINK, TYPE(LINK)),
	/* attr.bpf.c */
	EXIT("chmod", KWP_CHMOD),
	EXIT("chown", KWP_CHOWN),
	EXIT("truncate", KWP_TRUNCATE),
	EXIT("xattr", KWP_XATTR),
	HOOK("chmod", KWP_CHMOD, TYPE(CHMOD)),
	HOOK("chown", KWP_CHOWN, TYPE(CHOWN)),
	HOOK("truncate", KWP_TRUNCATE, TYPE(TRUNCATE)),
	HOOK("ftruncate", KWP_TRUNCATE, TYPE(TRUNCATE)),
	HOOK("setxattr", KWP_XATTR, TYPE(XATTR)),
	HOOK("rmxattr", KWP_XATTR, TYPE(XATTR)),
	/* mount.bpf.c */
	EXIT("mount", KWP_MOUNT),
	EXIT("umount", KWP_UMOUNT),
	EXIT("chroot", KWP_CHROOT),
	HOOK("mount", KWP_MOUNT, TYPE(MOUNT)),
	HOOK("movemount", KWP_MOUNT, TYPE(MOUNT)),
	HOOK("umount", KWP_UMOUNT, TYPE(UMOUNT)),
	HOOK("chroot", KWP_CHROOT, TYPE(CHROOT)),
	HOOK("pivotroot", KWP_CHROOT, TYPE(CHROOT)),
	/* memory.bpf.c */
	EXIT("memfd", KWP_MEMFD),
	EXIT("mmap", KWP_MMAP_EXEC),
	EXIT("mprotect", KWP_MPROTECT),
	HOOK("mmap", KWP_MMAP_EXEC, TYPE(MMAP_EXEC)),
	HOOK("mprotect", KWP_MPROTECT, TYPE(MPROTECT)),
	/* task.bpf.c */
	{"kwp_signal", KWP_SIGNAL, KWP_BY_TRACEPOINT, ACT_ATTACH, TYPE(SIGNAL)},
	EXIT("signal", KWP_SIGNAL),
	EXIT("ptrace", KWP_PTRACE),
	EXIT("setns", KWP_SETNS),
	EXIT("unshare", KWP_UNSHARE),
	HOOK("kill", KWP_SIGNAL, TYPE(SIGNAL)),
	HOOK("ptrace", KWP_PTRACE, TYPE(PTRACE)),
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
	HOOK("bpf", KWP_BPF, TYPE(BPF)),
	{"kwp_sysctl", KWP_SYSCTL, KWP_BY_CGROUP, ACT_ATTACH, TYPE(SYSCTL)},
	/* net.bpf.c */
	EXIT("connect", KWP_CONNECT),
	EXIT("accept", KWP_ACCEPT),
	EXIT("bind", KWP_BIND),
	EXIT("listen", KWP_LISTEN),
	EXIT("socket", KWP_SOCKET),
	HOOK("connect", KWP_CONNECT, TYPE(CONNECT)),
	HOOK("bind", KWP_BIND, TYPE(BIND)),
	HOOK("listen", KWP_LISTEN, TYPE(LISTEN)),
	HOOK("socket", KWP_SOCKET, TYPE(SOCKET)),
	/* dns.bpf.c */
	{"kwp_dns_out", KWP_DNS, KWP_BY_CGROUP, ACT_ATTACH, TYPE(DNS)},
	{"kwp_dns_in", KWP_DNS, KWP_BY_CGROUP, ACT_ATTACH, TYPE(DNS)},
	/* fd.bpf.c */
	EXIT("dup", KWP_DUP),
	/* uring.bpf.c; kernels have one of the two submissions */
	EXIT("uring", KWP_URING),
	{"kwp_uring_req", KWP_URING, KWP_BY_TRACEPOINT, ACT_ATTACH, URINGS},
	{"kwp_uring_sqe", KWP_URING, KWP_BY_TRACEPOINT, ACT_ATTACH, URINGS},
	{"kwp_uring_done", KWP_URING, KWP_BY_TRACEPOINT, ACT_ATTACH, URINGS},
	/* syscall.bpf.c */
	{"kwp_sys_enter", KWP_SYSCALL, KWP_BY_TRACEPOINT, ACT_ATTACH, TYPE(SYSCALL)},
	{"kwp_sys_leave", KWP_SYSCALL, KWP_BY_TRACEPOINT, ACT_ATTACH, TYPE(SYSCALL)},
};
const size_t act_programs_count = ARRAY_SIZE(act_programs);
