/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every kernel type and field that kwp reads, and nothing else. CO-RE finds
 * them in the running kernel's BTF, so order and size here mean nothing.
 * A field that was renamed has a flavour: struct NAME___why.
 */
#ifndef KWP_KERNEL_H
#define KWP_KERNEL_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long di, si, dx, r10, r8, r9, ax, orig_ax, bx, cx, bp, sp;
};
#elif defined(__TARGET_ARCH_arm64)
struct pt_regs {
	u64 regs[31], sp;
	s32 syscallno;
	u64 orig_x0;
};
#else
#error "kwp knows the registers of x86_64 and arm64 only"
#endif

struct thread_info {
	unsigned long flags;
	u32 status; /* x86: TS_COMPAT */
};

/* Lists and trees */
struct hlist_node {
	struct hlist_node *next;
};
struct list_head {
	struct list_head *next;
};
struct hlist_head {
	struct hlist_node *first;
};
struct xa_node {
	u8 shift;
	void *slots[64];
};
struct xarray {
	void *xa_head;
};
struct idr {
	struct xarray idr_rt;
};

/* Namespaces */
struct proc_ns_operations {
	const char *name;
};
struct proc_ns_operations___type { /* to 6.17 */
	int type;
};
struct ns_common {
	const struct proc_ns_operations *ops;
	u32 inum;
};
struct ns_common___type { /* since 6.18 */
	u32 ns_type;
};
struct pid_namespace {
	struct ns_common ns;
	struct idr idr;
	struct task_struct *child_reaper;
	u32 level;
};
struct ns_common___id { /* since 6.18 */
	u64 ns_id;
};
struct mnt_namespace {
	struct ns_common ns;
	struct user_namespace *user_ns;
	u64 event; /* number of its last change */
};
struct mnt_namespace___seq { /* to 6.17 */
	u64 seq;
};
struct mnt_namespace___id {
	struct ns_common___id ns;
};
struct net {
	struct ns_common ns;
	u64 net_cookie;
};
struct nsproxy {
	struct mnt_namespace *mnt_ns;
	struct net *net_ns;
};
struct upid {
	int nr;
	struct pid_namespace *ns;
};
struct pid {
	u32 level;
	struct hlist_head tasks[4]; /* PIDTYPE_PID, ... */
	struct upid numbers[1];
};

/* Credentials */
typedef struct {
	u32 val;
} kuid_t;
typedef struct {
	u32 val;
} kgid_t;
typedef struct {
	u64 val; /* since 6.3; u32 cap[2] before, of the same bytes */
} kernel_cap_t;
struct user_namespace {
	struct ns_common ns;
	int level;
};
struct cred {
	kuid_t uid, suid, euid, fsuid;
	kgid_t gid, egid, fsgid;
	kernel_cap_t cap_effective;
	struct user_namespace *user_ns;
};


/* Control groups */
struct kernfs_node {
	u64 id;
};
struct cgroup {
	struct kernfs_node *kn;
};
struct css_set {
	struct cgroup *dfl_cgrp;
	struct list_head tasks; /* the oldest first */
};

/* Files */
struct qstr {
	union {
		struct {
			u32 hash, len;
		};
		u64 hash_len;
	};
	const unsigned char *name;
};
struct file_system_type {
	const char *name;
};
struct super_block {
	u32 s_dev;
	struct user_namespace *s_user_ns;
	unsigned long s_magic;
	struct dentry *s_root;
	struct file_system_type *s_type;
};
struct timespec64 {
	s64 tv_sec;
	long tv_nsec;
};
struct inode {
	unsigned short i_mode;
	kuid_t i_uid;
	kgid_t i_gid;
	struct super_block *i_sb;
	unsigned long i_ino;
	u32 i_nlink;
	u32 i_rdev;
	s64 i_size;
	void *i_private;
	s64 i_ctime_sec; /* since 6.11 */
	u32 i_ctime_nsec;
	u32 i_generation;
};
struct inode___ctime { /* to 6.5 */
	struct timespec64 i_ctime;
};
struct inode___uctime { /* 6.6 to 6.10 */
	struct timespec64 __i_ctime;
};
struct iattr {
	u32 ia_valid;
};
struct hlist_bl_node {
	struct hlist_bl_node *next, **pprev;
};
struct dentry {
	u32 d_flags;
	struct hlist_bl_node d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
	struct super_block *d_sb;
};
struct vfsmount {
	struct dentry *mnt_root;
	struct super_block *mnt_sb;
	int mnt_flags;
};
struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
	struct mnt_namespace *mnt_ns;
};
struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};
struct renamedata {
	struct dentry *old_dentry, *new_dentry;
};
struct file {
	struct path f_path;
	struct inode *f_inode;
	u32 f_flags;
	u32 f_mode;
	void *private_data;
};
struct backing_file { /* since 6.8: what overlayfs maps instead of its own file */
	struct path user_path;
};
struct fdtable {
	u32 max_fds;
	struct file **fd;
};
struct files_struct {
	struct fdtable *fdt;
};
struct fs_struct {
	struct path root, pwd;
};
struct filename {
	const char *name;
};

/* Sockets */
struct in6_addr {
	u8 bytes[16];
};
struct possible_net {
	struct net *net;
};
struct sock_common {
	u32 skc_daddr;
	u32 skc_rcv_saddr;
	u16 skc_dport;
	u16 skc_num;
	u16 skc_family;
	u8 skc_state;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
	struct possible_net skc_net;
	struct {
		s64 counter;
	} skc_cookie;
	int skc_bound_dev_if;
	unsigned long skc_flags;
};
struct sock {
	struct sock_common __sk_common;
	u16 sk_type;
	u16 sk_protocol;
	u32 sk_max_ack_backlog;
	int sk_err;
	struct socket *sk_socket;
};
struct inet_sock {
	u16 inet_sport;
};
struct tcp_sock {
	u64 bytes_received, bytes_acked;
	u32 snd_una, write_seq;
};
struct socket {
	short type;
	struct sock *sk;
	struct file *file;
};
struct msghdr {
	void *msg_name; /* in kernel memory */
	int msg_namelen;
	u32 msg_flags;
};
struct sockaddr_un_k {
	u16 sun_family;
	char sun_path[108];
};
struct unix_address {
	int len;
	struct sockaddr_un_k name[1];
};
struct unix_sock {
	struct unix_address *addr;
	struct path path; /* of the file it is bound to */
	struct sock *peer;
};
struct sockaddr_vm {
	u16 svm_family;
	u32 svm_port, svm_cid;
};
struct vsock_sock {
	struct sockaddr_vm local_addr, remote_addr;
};

/* Tasks */
struct tty_driver {
	int major, minor_start;
};
struct tty_struct {
	struct tty_driver *driver;
	int index;
	struct tty_struct *link; /* of a pseudo terminal's master: its slave */
	void *driver_data;	 /* of a slave: its struct dentry */
};
struct tty_file_private {
	struct tty_struct *tty;
};
struct signal_struct {
	struct pid *pids[4]; /* PIDTYPE_PID, TGID, PGID, SID */
	struct tty_struct *tty;
	struct task_struct *curr_target;
	int group_exit_code;
	u32 flags;
	int nr_threads;
	u64 sum_sched_runtime; /* of threads that have ended */
	struct {
		int counter;
	} live;
};
struct mm_struct {
	unsigned long arg_start, arg_end, env_start, env_end, start_stack;
	struct file *exe_file;
};
struct vm_area_struct {
	unsigned long vm_start, vm_flags;
	void *vm_ops;
	struct file *vm_file;
};
struct task_struct {
	struct thread_info thread_info;
	u32 flags;
	int pid, tgid;
	u32 ptrace; /* PT_* flags: it is traced */
	struct task_struct *parent, *real_parent, *group_leader;
	struct pid *thread_pid;
	struct hlist_node pid_links[4];
	u64 start_boottime;
	const struct cred *cred, *real_cred;
	char comm[16];
	struct fs_struct *fs;
	struct files_struct *files;
	struct nsproxy *nsproxy;
	struct signal_struct *signal;
	struct mm_struct *mm;
	struct css_set *cgroups;
	struct list_head cg_list; /* in css_set.tasks */
	int exit_code;
	kuid_t loginuid;
	u32 personality;
	u32 in_execve : 1;
};
struct linux_binprm {
	struct file *file;
	struct cred *cred;
	const char *filename, *interp;
	int argc, envc;
	u32 secureexec : 1;
	char buf[256]; /* the file begins so */
};

/* io_uring */
struct io_cqe {
	u64 user_data;
	s32 res;
	s32 fd; /* until the request is issued: its descriptor */
};
struct io_kiocb {
	struct file *file;
	u8 opcode;
	u32 flags; /* REQ_F_*; 64 bits since 6.9, those of use are the low ones */
	struct io_cqe cqe;
	struct io_ring_ctx *ctx;
};
struct io_rsrc_node {
	unsigned long file_ptr; /* since 6.13; low bits are flags */
};
struct io_rsrc_data {
	u32 nr;
	struct io_rsrc_node **nodes;
};
struct io_file_table {
	struct io_rsrc_data data; /* since 6.13 */
};
struct io_fixed_file {
	unsigned long file_ptr;
};
struct io_file_table___files { /* to 6.12 */
	struct io_fixed_file *files;
};
struct io_ring_ctx {
	struct io_file_table file_table;
};
struct io_ring_ctx___files { /* to 6.12 */
	struct io_file_table___files file_table;
	u32 nr_user_files;
};
struct open_how {
	u64 flags, mode;
};
struct io_open {
	int dfd;
	u32 file_slot;
	struct filename *filename;
	struct open_how how;
};
struct io_rename {
	int old_dfd, new_dfd;
	struct filename *oldpath, *newpath;
	int flags;
};
struct io_unlink {
	int dfd, flags;
	struct filename *filename;
};
struct io_mkdir {
	int dfd;
	u16 mode;
	struct filename *filename;
};
struct io_link { /* symlinkat too */
	int old_dfd, new_dfd;
	struct filename *oldpath, *newpath;
	int flags;
};
struct io_accept {
	u32 file_slot;
};
struct io_connect {
	void *addr; /* the caller's */
	int addr_len;
};
struct io_listen { /* since 6.11 */
	int backlog;
};
struct io_socket {
	int domain, type, protocol;
	u32 file_slot;
};
struct io_sr_msg {
	u32 msg_flags;
};
struct io_uring_cqe {
	u64 user_data;
	s32 res;
};

struct kernel_siginfo {
	int si_signo, si_errno, si_code;
};
struct module {
	char name[56];
};

/* BPF */
struct bpf_prog_aux {
	u32 id;
	char name[16];
};
struct bpf_prog {
	enum bpf_prog_type type;
	enum bpf_attach_type expected_attach_type;
	struct bpf_prog_aux *aux;
};
struct bpf_link {
	u32 id;
};
struct bpf_map {
	u32 id;
	enum bpf_map_type map_type;
	char name[16];
};
struct seq_file {
	u64 count;
};
struct bpf_iter_meta {
	struct seq_file *seq;
};
struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};
struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	u32 fd;
	struct file *file;
};
struct bpf_iter__task_vma {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	struct vm_area_struct *vma;
};

#pragma clang attribute pop

/* Constants of the kernel that no UAPI header gives to a BPF program. */
#define PF_KTHREAD 0x00200000
#define PF_IO_WORKER 0x00000010
#define PF_FORKNOEXEC 0x00000040
#define SIGNAL_GROUP_EXIT 0x00000004 /* signal_struct.flags */
#define TS_COMPAT 0x0002 /* x86 thread_info.status */
#define READ_IMPLIES_EXEC 0x0400000 /* personality(2): what can be read can be executed */
#if defined(__TARGET_ARCH_x86)
#define NR_EXECVE 59
#define NR_PTRACE 101
#define NR_CLONE 56
#define NR_VFORK 58
#else
#define NR_EXECVE 221
#define NR_PTRACE 117
#define NR_CLONE 220
#define NR_VFORK -1 /* clone() does it */
#endif
#define CLONE_VFORK 0x00004000
#define NR_PTRACE32 26
#define NR_EXECVE32 11
#define FMODE_READ 0x1
#define FMODE_WRITE 0x2
#define FMODE_EXEC 0x20
#define FMODE_CREATED 0x100000
#define FMODE_NOACCOUNT 0x20000000 /* the real file that overlayfs opens beneath its own */
#define MNT_INTERNAL 0x4000
#define VM_EXEC 4 /* vm_area_struct.vm_flags */
#define VM_SHARED 8
#define PTRACE_ATTACH 16
#define PTRACE_SEIZE 0x4206

#define S_IFMT 0170000
#define S_IFSOCK 0140000
#define S_IFLNK 0120000
#define S_IFREG 0100000
#define S_IFDIR 0040000
#define S_IFCHR 0020000
#define S_IFBLK 0060000
#define S_IFIFO 0010000
#define S_ISSOCK(m) (((m) & S_IFMT) == S_IFSOCK)
#define S_ISREG(m) (((m) & S_IFMT) == S_IFREG)

#define O_ACCMODE 3
#define O_RDONLY 0
#define O_WRONLY 1
#define O_CREAT 0100
#define O_TRUNC 01000
#define O_PATH 010000000
#define AT_FDCWD -100
#define AT_EMPTY_PATH 0x1000

#define EBADF 9
#define EPERM 1
#define SIGKILL 9
#define EAGAIN 11
#define EEXIST 17
#define EINVAL 22
#define AT_REMOVEDIR 0x200
#define AT_EMPTY_PATH 0x1000

#define ERESTARTSYS 512 /* a signal came: the call begins again */
#define MSG_FASTOPEN 0x20000000
#define F_DUPFD 0
#define F_DUPFD_CLOEXEC 1030
#define SOCK_TYPE_MASK 0xf
#define SOCK_STREAM 1
#define SOCK_RAW 3
#define TCP_ESTABLISHED 1
#define TCP_LISTEN 10
#define IPPROTO_ICMP 1
#define IPPROTO_IGMP 2
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
#define IPPROTO_DCCP 33
#define IPPROTO_ICMPV6 58
#define IPPROTO_SCTP 132
#define IPPROTO_UDPLITE 136
#define IPPROTO_MPTCP 262

/* Call numbers of socketcall(2). */
enum {
	SYS_SOCKET = 1, SYS_BIND, SYS_CONNECT, SYS_LISTEN, SYS_ACCEPT,
	SYS_SOCKETPAIR = 8,
	SYS_SENDTO = 11,
	SYS_SENDMSG = 16,
	SYS_ACCEPT4 = 18,
	SYS_SENDMMSG = 20,
};

/* io_uring's operations that do what a system call of ours does. */
enum {
	IORING_OP_SENDMSG = 9,
	IORING_OP_ACCEPT = 13,
	IORING_OP_CONNECT = 16,
	IORING_OP_OPENAT = 18,
	IORING_OP_SEND = 26,
	IORING_OP_OPENAT2 = 28,
	IORING_OP_RENAMEAT = 35,
	IORING_OP_UNLINKAT,
	IORING_OP_MKDIRAT,
	IORING_OP_SYMLINKAT,
	IORING_OP_LINKAT,
	IORING_OP_SOCKET = 45,
	IORING_OP_BIND = 56,
	IORING_OP_LISTEN,
};
#define REQ_F_FIXED_FILE (1 << 0)
#define REQ_F_CQE_SKIP (1 << 6)

#define AF_UNSPEC 0
#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define AF_VSOCK 40
#define AF_KEY 15
#define AF_NETLINK 16
#define AF_PACKET 17
#define AF_ALG 38
#define AF_SMC 43
#define AF_XDP 44

#define NSFS_MAGIC 0x6e736673
#define TMPFS_MAGIC 0x01021994
#define RAMFS_MAGIC 0x858458f6
#define HUGETLBFS_MAGIC 0x958458f6
#define RAMFS_MAGIC 0x858458f6
#define HUGETLBFS_MAGIC 0x958458f6
#define OVERLAYFS_SUPER_MAGIC 0x794c7630

enum { PIDTYPE_PID, PIDTYPE_TGID, PIDTYPE_PGID, PIDTYPE_SID };

#endif
