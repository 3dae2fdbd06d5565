/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A shell that runs already, and whose standard streams become a connection (bash's
 * /dev/tcp, an interpreter's dup2): no hook sees it turn into one, but it can do nothing before
 * it has read a command.
 */
#include "detect.bpf.h"

struct kwp_shells_map kwp_shells SEC(".maps");

/* Does the task read its standard input from this socket? */
static __always_inline bool socket_is_input(struct task_struct *task, struct socket *sock)
{
	u64 file = fd_file(task, 0);

	return file && file == (u64)sock->file;
}

static __always_inline u64 recv_said(struct socket *sock)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u32 generation;

	if (!socket_is_input(task, sock))
		return 0;
	generation = guard_generation();
	return generation ? detect_running(generation) : 0;
}

static __always_inline void recv_tell(u64 by)
{
	struct kwp_slot *slot;
	struct kwp_dup *dup;

	if (!said_verdict(by) || !shell_is_new(said_generation(by)))
		return;
	slot = record_begin(KWP_DUP, by, sizeof(*dup));
	if (!slot)
		return;
	dup = record_facts(slot);
	dup->from = -1;
	own_stdio(&dup->io);
	record_end(slot);
}

SEC("lsm/socket_recvmsg")
int BPF_PROG(kwp_l_recv, struct socket *sock)
{
	u64 said = recv_said(sock);

	recv_tell(KWP_BY_LSM | said);
	return said_ret(said);
}

SEC("fmod_ret/security_socket_recvmsg")
int BPF_PROG(kwp_m_recv, struct socket *sock)
{
	u64 said = recv_said(sock);

	recv_tell(KWP_BY_FMOD_RET | said);
	return said_ret(said);
}
