/* SPDX-License-Identifier: GPL-2.0-only */
/* Sockets and their addresses. */
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
		record_place(slot, n, (u64)path.mnt, (u64)path.dentry);
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

#endif
