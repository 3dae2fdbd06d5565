/* SPDX-License-Identifier: GPL-2.0-only */
/* Acts on sockets: connect, accept, bind, listen, socket. */
#include "close.bpf.h"
#include "io.bpf.h"
#include "owner.bpf.h"
#include "peer.bpf.h"

/* ---- arguments ---- */

/* Arguments of a socket call, whatever way they came. Forms: connect: PLAIN, sendto A,
 * sendmsg B, sendmmsg C. socket: PLAIN, socketpair A. All: D is socketcall. */
struct net_args {
	u32 form;
	u32 compat;
	u64 arg[6];
};

static __always_inline u32 socketcall_form(u32 call)
{
	if (call == SYS_SENDMSG)
		return KWP_FORM_B;
	if (call == SYS_SENDMMSG)
		return KWP_FORM_C;
	return call == SYS_SENDTO || call == SYS_SOCKETPAIR ? KWP_FORM_A : KWP_FORM_PLAIN;
}

/* socketcall(2) leaves its arguments in the caller's memory, so another thread may
 * have changed them since. Read one by one: what follows the last may not be mapped. */
static __always_inline void socketcall_args(struct net_args *out, struct pt_regs *regs)
{
	u64 from = regs_arg(regs, true, 1);

	out->form = socketcall_form(regs_arg(regs, true, 0));
	for (int i = 0; i < 6; i++)
		bpf_probe_read_user(&out->arg[i], sizeof(u32), (void *)from + i * sizeof(u32));
}

/* Verified once, so that the verifier does not follow the body for each form. */
SUBPROG_ONCE int net_args_read(struct net_args *out)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	bool compat = task_is_compat(task);

	if (!out)
		return 0;
	out->compat = compat;
	out->form = regs_form(regs, compat);
	if (out->form == KWP_FORM_D) {
		socketcall_args(out, regs);
		return 0;
	}
	out->arg[0] = regs_arg(regs, compat, 0);
	out->arg[1] = regs_arg(regs, compat, 1);
	out->arg[2] = regs_arg(regs, compat, 2);
	out->arg[3] = regs_arg(regs, compat, 3);
	out->arg[4] = regs_arg(regs, compat, 4);
	out->arg[5] = regs_arg(regs, compat, 5);
	return 0;
}

/* The caller's address: two arguments, or the head of a struct msghdr. */
static __always_inline u32 net_args_sockaddr(struct kwp_slot *slot, const struct net_args *args)
{
	u32 head[3] = {};
	u64 name;

	if (args->form == KWP_FORM_PLAIN)
		return sockaddr_take(slot, args->arg[1], args->arg[2], true);
	if (args->form == KWP_FORM_A)
		return sockaddr_take(slot, args->arg[4], args->arg[5], true);
	if (bpf_probe_read_user(head, sizeof(head), (void *)args->arg[1]))
		return 0;
	if (args->compat)
		return sockaddr_take(slot, head[0], head[1], true);
	__builtin_memcpy(&name, head, sizeof(name));
	return sockaddr_take(slot, name, head[2], true);
}

/* ---- the ends of system calls ---- */

static __always_inline struct kwp_slot *net_begin(struct pt_regs *regs, long ret, u32 type, s32 fd)
{
	struct kwp_slot *slot = exit_begin(regs, ret, type, sizeof(struct kwp_net));
	struct kwp_net *net;

	if (!slot)
		return NULL;
	net = record_facts(slot);
	net->fd = fd;
	if (kwp_settings.stdio && (type == KWP_CONNECT || type == KWP_ACCEPT))
		own_stdio(&net->io);
	return slot;
}

/* Makes the caller's address one end, because the socket does not have it. */
static __always_inline void net_words(struct kwp_slot *slot, const struct net_args *args,
				      struct kwp_addr *out, u32 n)
{
	slot->record.flags |= KWP_F_UNRESOLVED;
	record_sockaddr(slot, out, n, net_args_sockaddr(slot, args));
}

/* Does a send connect? TCP fast open does. */
static __always_inline bool send_connects(const struct net_args *args)
{
	return (args->form == KWP_FORM_B ? args->arg[2] : args->arg[3]) & MSG_FASTOPEN;
}

/* connect with AF_UNSPEC took the peer away; resolvers do so for each address that they sort. */
static __always_inline bool net_left_alone(const struct kwp_net *net)
{
	const u64 *addr = (const u64 *)net->remote.addr;

	return (net->family == AF_INET || net->family == AF_INET6) && !net->remote.port &&
	       !addr[0] && !addr[1];
}

SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_connect, struct pt_regs *regs, long ret)
{
	struct net_args args = {};
	struct kwp_slot *slot;
	struct kwp_net *net;
	bool settled;

	net_args_read(&args);
	if (args.form != KWP_FORM_PLAIN && !send_connects(&args))
		return 0;
	slot = net_begin(regs, ret, KWP_CONNECT, args.arg[0]);
	if (!slot)
		return 0;
	net = record_facts(slot);
	settled = connect_settled(ret);
	record_socket(slot, net, own_file(net->fd), settled ? END_BOTH : END_LOCAL);
	if (!settled || (net->family == AF_VSOCK && !net->remote.scope)) {
		net_words(slot, &args, &net->remote, 1);
	} else if (net_left_alone(net)) {
		slot_give(slot);
		return 0;
	}
	record_end(slot);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_accept, struct pt_regs *regs, long ret)
{
	struct net_args args = {};
	struct kwp_slot *slot;
	struct kwp_net *net;
	u64 file;

	/* Nobody came: servers ask so all the time. */
	if (ret == -EAGAIN || ret == -EINTR || ret == -ERESTARTSYS)
		return 0;
	net_args_read(&args);
	slot = net_begin(regs, ret, KWP_ACCEPT, ret < 0 ? -1 : (s32)ret);
	if (!slot)
		return 0;
	net = record_facts(slot);
	file = own_file(ret < 0 ? (s32)args.arg[0] : ret);
	record_socket(slot, net, file, END_BOTH);
	if ((kwp_settings.types & 1ull << KWP_CLOSE) && ret >= 0)
		connection_own((u64)file_sock(file), &slot->record);
	if (kwp_settings.types & 1ull << KWP_ACCEPT)
		record_end(slot);
	else
		slot_give(slot);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_bind, struct pt_regs *regs, long ret)
{
	struct net_args args = {};
	struct kwp_slot *slot;
	struct kwp_net *net;

	net_args_read(&args);
	slot = net_begin(regs, ret, KWP_BIND, args.arg[0]);
	if (!slot)
		return 0;
	net = record_facts(slot);
	record_socket(slot, net, own_file(net->fd), ret < 0 ? 0 : END_BOTH);
	if (ret < 0)
		net_words(slot, &args, &net->local, 0);
	record_end(slot);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_listen, struct pt_regs *regs, long ret)
{
	struct net_args args = {};
	struct kwp_slot *slot;
	struct kwp_net *net;

	net_args_read(&args);
	slot = net_begin(regs, ret, KWP_LISTEN, args.arg[0]);
	if (!slot)
		return 0;
	net = record_facts(slot);
	net_set_backlog(net, args.arg[1]);
	record_socket(slot, net, own_file(net->fd), END_BOTH);
	record_end(slot);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_socket, struct pt_regs *regs, long ret)
{
	struct net_args args = {};
	struct kwp_slot *slot;
	struct kwp_net *net;
	s32 fd = ret;

	net_args_read(&args);
	if (ret >= 0 && args.form == KWP_FORM_A) /* socketpair: the first of two */
		bpf_probe_read_user(&fd, sizeof(fd), (void *)args.arg[3]);
	slot = net_begin(regs, ret, KWP_SOCKET, ret < 0 ? -1 : fd);
	if (!slot)
		return 0;
	net = record_facts(slot);
	if (ret >= 0)
		record_socket(slot, net, own_file(fd), END_BOTH);
	else
		net_asked(net, args.arg[0], args.arg[1], args.arg[2]);
	record_end(slot);
	return 0;
}

/* ---- hooks ---- */

/* For what neither the end of a system call nor a completion of io_uring (uring.bpf.c) tells.
 * Accept has none: its peer is not known yet then. */

static __always_inline struct kwp_slot *net_hook_begin(u32 type, u64 by)
{
	struct kwp_slot *slot;
	struct kwp_net *net;

	if (!said_verdict(by) && kwp_settings.completions &&
	    hook_way(bpf_get_current_task_btf(), type) == KWP_F_URING)
		return NULL;
	slot = hook_begin_other(type, by, sizeof(struct kwp_net));
	if (!slot)
		return NULL;
	net = record_facts(slot);
	net->fd = -1;
	if (kwp_settings.stdio && (type == KWP_CONNECT || type == KWP_ACCEPT))
		own_stdio(&net->io);
	return slot;
}

/* By what name the other end was looked up, where that is known. */
static __always_inline void net_called(struct kwp_slot *slot, const struct kwp_net *net)
{
	struct kwp_called *called;
	struct address to = {};

	address_from(&to, &net->remote);
	called = address_called(to.ip);
	if (called)
		record_kernel_str(slot, 2, (u64)called->text);
}

/* Connect and bind: the kernel has its own copy of the address. */
static __always_inline void address_hook(u32 type, u64 by, struct socket *socket, u64 address,
					 int size)
{
	struct kwp_slot *slot = net_hook_begin(type, by);
	struct kwp_net *net;

	if (!slot)
		return;
	net = record_facts(slot);
	record_socket(slot, net, (u64)socket->file, type == KWP_CONNECT ? END_LOCAL : 0);
	size = sockaddr_take(slot, address, size, false);
	if (type == KWP_CONNECT) {
		record_sockaddr(slot, &net->remote, 1, size);
		net_called(slot, net);
	} else {
		record_sockaddr(slot, &net->local, 0, size);
	}
	record_end(slot);
}

static __always_inline void connect_hook(u64 by, struct socket *socket, struct sockaddr *address,
					 int size)
{
	address_hook(KWP_CONNECT, by, socket, (u64)address, size);
}
HOOK(connect, socket_connect, guard_connect(socket, address, size), connect_hook,
     (struct socket * socket, struct sockaddr *address, int size), (socket, address, size))

static __always_inline void bind_hook(u64 by, struct socket *socket, struct sockaddr *address,
				      int size)
{
	address_hook(KWP_BIND, by, socket, (u64)address, size);
}
HOOK(bind, socket_bind, 0, bind_hook, (struct socket * socket, struct sockaddr *address, int size),
     (socket, address, size))

static __always_inline void listen_hook(u64 by, struct socket *socket, int backlog)
{
	struct kwp_slot *slot = net_hook_begin(KWP_LISTEN, by);
	struct kwp_net *net;

	if (!slot)
		return;
	net = record_facts(slot);
	net_set_backlog(net, backlog);
	record_socket(slot, net, (u64)socket->file, END_BOTH);
	record_end(slot);
}
HOOK(listen, socket_listen, 0, listen_hook, (struct socket * socket, int backlog), (socket, backlog))

static __always_inline void socket_hook(u64 by, int family, int type, int protocol, int kern)
{
	struct kwp_slot *slot;

	if (kern) /* the kernel makes it for itself */
		return;
	slot = net_hook_begin(KWP_SOCKET, by);
	if (!slot)
		return;
	net_asked(record_facts(slot), family, type, protocol);
	record_end(slot);
}
HOOK(socket, socket_create, guard_socket(family, kern), socket_hook,
     (int family, int type, int protocol, int kern), (family, type, protocol, kern))

/* A send to an address, which no end of a system call is reported for: only what a rule spoke
 * of is told, as the connect that it amounts to. */
static __always_inline void send_hook(u64 by, struct socket *socket, struct msghdr *msg)
{
	if (said_verdict(by))
		address_hook(KWP_CONNECT, by, socket, ADDRESS(msg->msg_name), msg->msg_namelen);
}
HOOK(sendmsg, socket_sendmsg, guard_send(socket, msg), send_hook,
     (struct socket * socket, struct msghdr *msg, int size), (socket, msg))

/* ---- owners ---- */

__noinline int owner_note(struct kwp_owner *owner)
{
	struct kwp_slot *slot;

	if (!owner)
		return 0;
	owner->exempt = !guard_covers(KWP_COVER_ALL);
	slot = slot_take(KWP_SOCKET);
	if (!slot)
		return 0;
	__builtin_memset(&slot->record, 0, sizeof(slot->record));
	record_own_head(slot);
	__builtin_memcpy(&owner->head, &slot->record, sizeof(owner->head));
	slot_give(slot);
	return 0;
}
