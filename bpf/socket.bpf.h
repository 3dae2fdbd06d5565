/* SPDX-License-Identifier: GPL-2.0-only */
/* Sockets, their addresses, and what the standard descriptors are. */
#ifndef KWP_SOCKET_BPF_H
#define KWP_SOCKET_BPF_H

#include "file.bpf.h"

#include <bpf/bpf_endian.h>
#include <linux/errno.h>

#define SOCKADDR_MAX 128 /* sizeof(struct sockaddr_storage) */
_Static_assert(SOCKADDR_MAX <= SNAP_SIZE, "an address is read into snap");
#define UNIX_PATH_MAX 110 /* bytes of sun_path, and its missing NUL */

enum { END_LOCAL = 1, END_REMOTE = 2, END_BOTH = 3 };

/* The struct sock behind the struct file of a socket. */
static __always_inline struct sock *socket_sock(u64 file)
{
	struct socket *socket = NULL;
	struct sock *sk = NULL;

	bpf_core_read(&socket, sizeof(socket), &((struct file *)file)->private_data);
	if (!socket)
		return NULL;
	bpf_core_read(&sk, sizeof(sk), &socket->sk);
	return sk;
}

/* The struct sock behind a struct file, NULL if it is no socket. */
static __always_inline struct sock *file_sock(u64 file)
{
	u16 mode = 0;

	if (!file)
		return NULL;
	BPF_CORE_READ_INTO(&mode, (struct file *)file, f_inode, i_mode);
	return S_ISSOCK(mode) ? socket_sock(file) : NULL;
}

static __always_inline void addr_vsock(struct kwp_addr *out, struct sock *sk, bool remote)
{
	struct vsock_sock *vsk = (struct vsock_sock *)sk;
	struct sockaddr_vm vm = {};

	if (!bpf_core_type_exists(struct vsock_sock))
		return;
	if (remote)
		bpf_core_read(&vm, sizeof(vm), &vsk->remote_addr);
	else
		bpf_core_read(&vm, sizeof(vm), &vsk->local_addr);
	out->scope = vm.svm_cid;
	__builtin_memcpy(out->addr, &vm.svm_port, sizeof(vm.svm_port));
}

/* Fills one end of a socket. Family is set even when the end has no address. */
SUBPROG_ONCE int addr_from_sock(struct kwp_addr *out, u64 sock, bool remote)
{
	struct sock *sk = (struct sock *)sock;
	u16 port = 0;

	if (!out || !sk)
		return 0;
	bpf_core_read(&out->family, sizeof(out->family), &sk->__sk_common.skc_family);
	if (out->family == AF_INET) {
		if (remote)
			bpf_core_read(out->addr, 4, &sk->__sk_common.skc_daddr);
		else
			bpf_core_read(out->addr, 4, &sk->__sk_common.skc_rcv_saddr);
	} else if (out->family == AF_INET6) {
		if (remote)
			bpf_core_read(out->addr, 16, &sk->__sk_common.skc_v6_daddr);
		else
			bpf_core_read(out->addr, 16, &sk->__sk_common.skc_v6_rcv_saddr);
		/* fe80::/10 means nothing without its link */
		if (out->addr[0] == 0xfe && (out->addr[1] & 0xc0) == 0x80)
			bpf_core_read(&out->scope, 4, &sk->__sk_common.skc_bound_dev_if);
	} else {
		if (out->family == AF_VSOCK)
			addr_vsock(out, sk, remote);
		return 0;
	}
	if (remote) {
		bpf_core_read(&port, sizeof(port), &sk->__sk_common.skc_dport);
		out->port = bpf_ntohs(port);
	} else {
		bpf_core_read(&out->port, sizeof(out->port), &sk->__sk_common.skc_num);
	}
	return 0;
}

/* ---- records of sockets ---- */

/* String n from a unix address: size bytes of sun_path at the kernel address slot->from[0]. A
 * path ends at its NUL; an abstract name has one in front and may hold others. */
SUBPROG_ONCE int record_unix_name(struct kwp_slot *slot, u32 n, u32 size)
{
	u8 first = 0;
	long took;
	char *to;

	if (!slot || !size || size > UNIX_PATH_MAX)
		return 0;
	to = record_room(slot);
	if (!to)
		return 0;
	bpf_probe_read_kernel(&first, 1, (void *)slot->from[0]);
	asm volatile("" : "+r"(size));
	if (first) {
		took = bpf_probe_read_kernel_str(to, (size & 127) + 1, (void *)slot->from[0]);
		if (took > 1)
			record_took(slot, n, (u32)took - 1);
		return 0;
	}
	if (bpf_probe_read_kernel(to, size & 127, (void *)slot->from[0]))
		return 0;
	to[0] = '@';
	record_took(slot, n, size);
	return 0;
}

/* String n: what a unix socket is bound to, by the path that the kernel resolved. */
static __always_inline void record_unix(struct kwp_slot *slot, u32 n, struct sock *sk)
{
	struct unix_sock *unix_sk = (struct unix_sock *)sk;
	struct unix_address *address = NULL;
	struct path path = {};
	int size = 0;

	bpf_core_read(&path, sizeof(path), &unix_sk->path);
	if (path.dentry) {
		path_resolve(slot, (u64)path.mnt, (u64)path.dentry);
		record_path(slot, n);
		return;
	}
	bpf_core_read(&address, sizeof(address), &unix_sk->addr);
	if (!address)
		return;
	bpf_core_read(&size, sizeof(size), &address->len);
	slot->from[0] = (u64)&address->name[0].sun_path;
	if (size > (int)sizeof(u16))
		record_unix_name(slot, n, size - sizeof(u16));
}

static __always_inline void record_unix_ends(struct kwp_slot *slot, struct sock *sk, u32 ends)
{
	struct sock *peer = NULL;

	if (!bpf_core_type_exists(struct unix_sock))
		return;
	if (ends & END_LOCAL)
		record_unix(slot, 0, sk);
	if (!(ends & END_REMOTE))
		return;
	bpf_core_read(&peer, sizeof(peer), &((struct unix_sock *)sk)->peer);
	if (peer)
		record_unix(slot, 1, peer);
}

/* All that the socket itself says. Its unix names become strings 0 and 1, as far as ends asks
 * for them: the other end's name is the caller's word then. */
SUBPROG_ONCE int record_sock(struct kwp_slot *slot, struct kwp_net *net, u64 sock, u32 ends)
{
	struct sock *sk = (struct sock *)sock;

	if (!slot || !net)
		return 0;
	if (!sk) {
		slot->record.incomplete |= ends & END_REMOTE ? KWP_NO_ADDRESS : 0;
		return 0;
	}
	addr_from_sock(&net->local, sock, false);
	addr_from_sock(&net->remote, sock, true);
	net->family = net->local.family;
	bpf_core_read(&net->type, sizeof(net->type), &sk->sk_type);
	bpf_core_read(&net->protocol, sizeof(net->protocol), &sk->sk_protocol);
	bpf_core_read(&net->cookie, sizeof(net->cookie), &sk->__sk_common.skc_cookie);
	BPF_CORE_READ_INTO(&net->net_ns, sk, __sk_common.skc_net.net, ns.inum);
	if (net->family == AF_UNIX)
		record_unix_ends(slot, sk, ends);
	return 0;
}

/* The same of the socket behind a struct file. */
static __always_inline void record_socket(struct kwp_slot *slot, struct kwp_net *net, u64 file,
					  u32 ends)
{
	if (file)
		BPF_CORE_READ_INTO(&net->inode, (struct file *)file, f_inode, i_ino);
	record_sock(slot, net, (u64)file_sock(file), ends);
}

/* What a caller of socket(2) asked for. */
static __always_inline void net_asked(struct kwp_net *net, u32 family, u32 type, u32 protocol)
{
	net->family = family;
	net->type = type & SOCK_TYPE_MASK;
	net->protocol = protocol;
	net->local.family = family;
}

/* Does the socket hold the address of this connect? After other errors the kernel has forgotten
 * it, or holds an older one. */
static __always_inline bool connect_settled(long ret)
{
	return ret >= 0 || ret == -EINPROGRESS || ret == -EALREADY || ret == -EISCONN ||
	       ret == -EINTR || ret == -ERESTARTSYS;
}

static __always_inline void net_set_backlog(struct kwp_net *net, int backlog)
{
	net->backlog = backlog > 32767 ? 32767 : backlog;
}

/* ---- addresses in a caller's words ---- */

/* Reads a struct sockaddr into slot->snap for record_sockaddr(). */
static __always_inline u32 sockaddr_take(struct kwp_slot *slot, u64 from, u32 size, bool user)
{
	long failed;

	if (!from || !size)
		return 0;
	if (size > SOCKADDR_MAX)
		size = SOCKADDR_MAX;
	asm volatile("" : "+r"(size));
	if (size > SOCKADDR_MAX)
		return 0;
	failed = user ? bpf_probe_read_user(slot->snap, size, (void *)from)
		      : bpf_probe_read_kernel(slot->snap, size, (void *)from);
	return failed ? 0 : size;
}

/* Fills one end from the size bytes of a struct sockaddr in slot->snap; a unix name becomes
 * string n. */
SUBPROG_ONCE int record_sockaddr(struct kwp_slot *slot, struct kwp_addr *out, u32 n, u32 size)
{
	const char *snap;

	if (!slot || !out)
		return 0;
	snap = slot->snap;
	if (size <= sizeof(u16)) {
		slot->record.incomplete |= KWP_NO_ADDRESS;
		return 0;
	}
	__builtin_memset(out, 0, sizeof(*out));
	out->family = *(u16 *)snap;
	if (out->family == AF_INET && size >= 16) {
		out->port = bpf_ntohs(*(u16 *)(snap + 2));
		__builtin_memcpy(out->addr, snap + 4, 4);
	} else if (out->family == AF_INET6 && size >= 24) {
		out->port = bpf_ntohs(*(u16 *)(snap + 2));
		__builtin_memcpy(out->addr, snap + 8, 16);
		if (size >= 28)
			out->scope = *(u32 *)(snap + 24);
	} else if (out->family == AF_VSOCK && size >= 16) {
		__builtin_memcpy(out->addr, snap + 4, 4); /* port */
		out->scope = *(u32 *)(snap + 8);	  /* CID */
	} else if (out->family == AF_UNIX) {
		slot->from[0] = (u64)slot->snap + sizeof(u16);
		record_unix_name(slot, n, size - sizeof(u16));
	}
	return 0;
}

/* ---- the standard descriptors ---- */

/* A connected TCP socket that accept(2) made still has its listener's backlog;
 * one that connect(2) made never had any. */
static __always_inline bool sock_accepted(struct sock *sk)
{
	u32 backlog = 0;

	bpf_core_read(&backlog, sizeof(backlog), &sk->sk_max_ack_backlog);
	return backlog != 0;
}

#define INODE_SIZE 80 /* bytes of an inode that hold what is wanted of it here */

static __always_inline u8 io_device(u32 device)
{
	if (device == (1 << 20 | 3))
		return KWP_IO_NULL;
	/* tty, console, ptmx: 4, 5; pty slaves: 136 to 143; hvc, ttyAMA: 229, 204 */
	device >>= 20;
	return device == 4 || device == 5 || (device >= 136 && device <= 143) || device == 229 ||
			       device == 204
		       ? KWP_IO_TTY
		       : KWP_IO_OTHER;
}

/* copy: the first bytes of the inode. */
static __always_inline u8 io_kind(const char *copy, u64 inode)
{
	struct super_block *sb;

	switch (copy_get(copy, INODE_SIZE, inode, struct inode, i_mode) & S_IFMT) {
	case S_IFIFO:
		return KWP_IO_PIPE;
	case S_IFSOCK:
		return KWP_IO_SOCKET;
	case S_IFCHR:
		return io_device(copy_get(copy, INODE_SIZE, inode, struct inode, i_rdev));
	case S_IFREG:
		if (copy_get(copy, INODE_SIZE, inode, struct inode, i_nlink))
			return KWP_IO_FILE;
		sb = copy_get(copy, INODE_SIZE, inode, struct inode, i_sb);
		return BPF_CORE_READ(sb, s_magic) == TMPFS_MAGIC ? KWP_IO_MEMFD : KWP_IO_FILE;
	}
	return KWP_IO_OTHER;
}

/* The socket file of a unix socket's other end, its inode number. */
static __always_inline u64 unix_far(struct sock *sk)
{
	struct sock *peer = NULL;

	if (!bpf_core_type_exists(struct unix_sock))
		return 0;
	bpf_core_read(&peer, sizeof(peer), &((struct unix_sock *)sk)->peer);
	return peer ? BPF_CORE_READ(peer, sk_socket, file, f_inode, i_ino) : 0;
}

/* One that accept(2) made has the name of its listener. */
static __always_inline bool unix_accepted(struct sock *sk)
{
	u64 address = 0;

	if (bpf_core_type_exists(struct unix_sock))
		bpf_core_read(&address, sizeof(address), &((struct unix_sock *)sk)->addr);
	return address && BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_ESTABLISHED;
}

static __always_inline void io_socket(struct kwp_io *io, u64 file)
{
	struct sock *sk = socket_sock(file);

	if (!sk)
		return;
	addr_from_sock(&io->peer, (u64)sk, true);
	io->socket_type = BPF_CORE_READ(sk, sk_type);
	if (io->peer.family == AF_UNIX) {
		io->far = unix_far(sk);
		io->accepted = unix_accepted(sk);
	} else {
		io->accepted = sock_accepted(sk);
	}
}

/* Both sides of a pseudo terminal are known by the inode of its slave. */
static __always_inline void io_master(struct kwp_io *io, u64 file)
{
	struct tty_file_private *private = NULL;
	struct dentry *slave = NULL;

	io->master = 1;
	io->inode = 0;
	if (!bpf_core_type_exists(struct tty_file_private))
		return;
	bpf_core_read(&private, sizeof(private), &((struct file *)file)->private_data);
	slave = (struct dentry *)BPF_CORE_READ(private, tty, link, driver_data);
	io->inode = BPF_CORE_READ(slave, d_inode, i_ino);
	io->device = BPF_CORE_READ(slave, d_sb, s_dev);
}

#define PTMX (5 << 20 | 2)

SUBPROG_ONCE int io_from_file(struct kwp_io *io, u64 file)
{
	char copy[INODE_SIZE] __attribute__((aligned(8))) = {};
	struct inode *inode = NULL;
	struct super_block *sb;

	if (!io || !file)
		return 0;
	bpf_core_read(&inode, sizeof(inode), &((struct file *)file)->f_inode);
	bpf_probe_read_kernel(copy, sizeof(copy), inode);
	io->inode = copy_get(copy, INODE_SIZE, inode, struct inode, i_ino);
	io->kind = io_kind(copy, (u64)inode);
	if (io->kind == KWP_IO_SOCKET)
		io_socket(io, file);
	if (io->kind != KWP_IO_PIPE && io->kind != KWP_IO_TTY)
		return 0;
	if (copy_get(copy, INODE_SIZE, (u64)inode, struct inode, i_rdev) == PTMX) {
		io_master(io, file);
		return 0;
	}
	sb = copy_get(copy, INODE_SIZE, (u64)inode, struct inode, i_sb);
	io->device = BPF_CORE_READ(sb, s_dev);
	return 0;
}

/* What descriptors 0, 1 and 2 of a struct files_struct are. Each table has room for 64 or
 * more; often the three are one file. */
SUBPROG_ONCE int stdio_of(struct kwp_stdio *out, u64 files)
{
	struct fdtable *table = NULL;
	struct file **array = NULL;
	u64 file[3] = {};

	if (!out || !files)
		return 0;
	bpf_core_read(&table, sizeof(table), &((struct files_struct *)files)->fdt);
	bpf_core_read(&array, sizeof(array), &table->fd);
	bpf_probe_read_kernel(file, sizeof(file), array);
	io_from_file(&out->fd[0], file[0]);
	if (file[1] == file[0])
		out->fd[1] = out->fd[0];
	else
		io_from_file(&out->fd[1], file[1]);
	if (file[2] == file[1])
		out->fd[2] = out->fd[1];
	else
		io_from_file(&out->fd[2], file[2]);
	return 0;
}

static __always_inline void stdio_read(struct kwp_stdio *out, struct task_struct *task)
{
	stdio_of(out, ADDRESS(task->files));
}

/* The two below are for the current task, and verified once: each step from a task to its
 * files costs the verifier a search of all kernel types. */

SUBPROG_ONCE u64 own_file(s32 fd)
{
	return fd_file(bpf_get_current_task_btf(), fd);
}

SUBPROG_ONCE int own_stdio(struct kwp_stdio *out)
{
	if (!out)
		return 0;
	stdio_read(out, bpf_get_current_task_btf());
	return 0;
}

#endif
