/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A shell that another process leads over a connection: who carries the bytes can neither take
 * them from the connection nor give them to it.
 */
#include "relay.bpf.h"

#define FILTERS_DEEP 4 /* programs between a shell and who carries */

struct kwp_led_map kwp_led SEC(".maps");
struct kwp_led_pids_map kwp_led_pids SEC(".maps");
struct kwp_filters_map kwp_filters SEC(".maps");
struct kwp_carried_map kwp_carried SEC(".maps");
struct kwp_carriers_map kwp_carriers SEC(".maps");
__u32 kwp_led_epoch;

/* ---- shells ---- */

/* What leads to the shell through the filters that are known, from the channel of led->role on. Who
 * carries may look like a filter, by which one channel leads both ways; what is another shell's
 * stays. */
static __noinline int led_spread(struct led *led, struct led_key *from)
{
	struct led_key at = *from, *next;
	struct led *known;

	for (int i = 0; i < FILTERS_DEEP; i++) {
		at.role = led->role;
		next = bpf_map_lookup_elem(&kwp_filters, &at);
		if (!next)
			return 0;
		at = *next;
		known = bpf_map_lookup_elem(&kwp_led, &at);
		if (!known)
			bpf_map_update_elem(&kwp_led, &at, led, BPF_NOEXIST);
		else if (known->pid == led->pid)
			known->role |= led->role;
	}
	return 0;
}

static __always_inline void led_note(struct led *led, struct led_key *out)
{
	u32 pid = led->pid, *carried = bpf_map_lookup_elem(&kwp_carried, &led->in);

	led->carried |= carried ? *carried & LED_IN : 0;
	carried = bpf_map_lookup_elem(&kwp_carried, out);
	led->carried |= carried ? *carried & LED_OUT : 0;
	led->role = out->inode ? LED_OUT : 0;
	if (out->inode && out->inode != led->in.inode) {
		bpf_map_update_elem(&kwp_led, out, led, BPF_ANY);
		led_spread(led, out);
		led->role = 0;
	}
	led->role |= LED_IN;
	bpf_map_update_elem(&kwp_led, &led->in, led, BPF_ANY);
	led->role = LED_IN;
	led_spread(led, &led->in);
	bpf_map_update_elem(&kwp_led_pids, &pid, &led->in, BPF_ANY);
	__sync_fetch_and_add(&kwp_led_epoch, 1);
}

/* One end of a filter leads to a shell, so the other does; who looked a moment ago looks again. */
static __noinline int filter_join(struct led_key *at, u32 role)
{
	struct led *led = bpf_map_lookup_elem(&kwp_led, at), found;

	if (!led || !(led->role & role))
		return 0;
	found = *led;
	found.role = role;
	led_spread(&found, at);
	__sync_fetch_and_add(&kwp_led_epoch, 1);
	return 0;
}

/* A program between two channels: if one of them leads to a shell, so does the other. */
static __noinline int filter_take(struct led_key *in, struct led_key *out)
{
	struct led_key key = *in;

	if (in->inode == out->inode)
		return 0;
	key.role = LED_OUT;
	bpf_map_update_elem(&kwp_filters, &key, out, BPF_ANY);
	key = *out;
	key.role = LED_IN;
	bpf_map_update_elem(&kwp_filters, &key, in, BPF_ANY);
	filter_join(out, LED_IN);
	filter_join(in, LED_OUT);
	return 0;
}

/* By the streams of the current task. flags: it is such a shell; 0: another program. */
static __noinline int led_take(u64 files, u32 flags)
{
	struct led led = {.flags = flags, .pid = bpf_get_current_pid_tgid() >> 32};
	struct led_key out = {};
	u32 end, terminal = 0;
	u64 file[3] = {};

	files_standard(file, files);
	if (led_end(&led.in, file[0], &led.terminal) != END_CHANNEL)
		return 0;
	end = led_end(&out, file[1], &terminal);
	if (!flags)
		return end == END_CHANNEL && !terminal && !led.terminal ? filter_take(&led.in, &out)
									: 0;
	if (end == END_NOWHERE)
		end = led_end(&out, file[2], &terminal);
	led.carried = end == END_NETWORK ? LED_OUT : 0;
	led_note(&led, &out);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(kwp_led_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	u32 generation = guard_generation(), flags;
	struct kwp_policy *policy = guard_policy(generation);
	u64 mm = ADDRESS(task->mm), args = 0;

	if (!generation || !policy || !relay_wanted(policy))
		return 0;
	flags = led_flags(generation, ADDRESS(bprm->file));
	bpf_core_read(&args, sizeof(args), &((struct mm_struct *)mm)->arg_start);
	if (flags && !(flags & KWP_NODE_SHELL ? program_asks(args, bprm->argc)
					      : interpreter_asks(args, bprm->argc)))
		flags = 0;
	return led_take(ADDRESS(task->files), flags);
}

/* Numbers of terminals are given again; what is left in a pipe is the shell's still. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(kwp_led_exit, struct task_struct *task)
{
	u32 pid = task->tgid;
	struct led_key *in, key;
	struct led *led;

	if (!kwp_led_epoch || (u32)task->pid != pid)
		return 0;
	in = bpf_map_lookup_elem(&kwp_led_pids, &pid);
	if (!in)
		return 0;
	key = *in;
	bpf_map_delete_elem(&kwp_led_pids, &pid);
	led = bpf_map_lookup_elem(&kwp_led, &key);
	if (led && led->pid == pid && led->terminal)
		bpf_map_delete_elem(&kwp_led, &key);
	return 0;
}

/* ---- who carries ---- */

static __always_inline u32 carrier_detects(const struct carrier_walk *walk, struct sock *sk,
					   u16 family)
{
	if (!walk->found)
		return walk->fed && family != AF_UNIX && !walk->listens && !sock_accepted(sk)
			       ? KWP_DETECT_PIPE_TO_SHELL
			       : DETECT_NONE;
	if (family == AF_UNIX)
		return (walk->found & KWP_NODE_SHELL) && !walk->terminal
			       ? KWP_DETECT_BIND_SHELL_UNIX
			       : DETECT_NONE;
	return walk->listens || sock_accepted(sk) ? KWP_DETECT_BIND_SHELL_RELAY
						  : KWP_DETECT_REVERSE_SHELL_RELAY;
}

/* A client's connection; the channel to a shell itself is none. */
static __always_inline bool unix_comes(struct sock *sk, u64 file)
{
	struct led_key key = {};

	if (!kwp_led_epoch || !unix_accepted(sk))
		return false;
	BPF_CORE_READ_INTO(&key.inode, (struct file *)file, f_inode, i_ino);
	return !bpf_map_lookup_elem(&kwp_led, &key);
}

SUBPROG_ONCE u64 carrier_judge(u64 sock, u64 file)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct sock *sk = (struct sock *)sock;
	u32 generation = guard_generation();
	struct kwp_policy *policy = guard_policy(generation);
	struct carrier_walk walk = {};
	u16 family = 0;

	if (!file || !generation || !policy || !relay_wanted(policy))
		return 0;
	bpf_core_read(&family, sizeof(family), &sk->__sk_common.skc_family);
	if (family == AF_UNIX ? !unix_comes(sk, file)
			      : family != AF_INET && family != AF_INET6 && family != AF_VSOCK)
		return 0;
	walk.keeps = family != AF_UNIX;
	carrier_find(&walk, ADDRESS(task->files));
	return guard_detected_own(carrier_detects(&walk, sk, family));
}

static __always_inline u64 carrier_said(struct socket *sock)
{
	struct task_struct *task = bpf_get_current_task_btf();

	if (task->flags & PF_KTHREAD)
		return 0;
	return carrier_judge(ADDRESS(sock->sk), ADDRESS(sock->file));
}

/* The connection that it carries for. */
static __always_inline void carrier_tell(u64 by, struct socket *sock)
{
	struct kwp_slot *slot;
	struct kwp_net *net;

	if (!said_verdict(by) || !shell_is_new(said_generation(by)))
		return;
	slot = record_begin(KWP_CONNECT, by, sizeof(*net));
	if (!slot)
		return;
	net = record_facts(slot);
	net->fd = -1;
	own_stdio(&net->io);
	record_socket(slot, net, (u64)sock->file, END_BOTH);
	record_end(slot);
}

HOOK(take, socket_recvmsg, carrier_said(sock), carrier_tell,
     (struct socket * sock, struct msghdr *msg, int size, int flags), (sock))
HOOK(give, socket_sendmsg, carrier_said(sock), carrier_tell,
     (struct socket * sock, struct msghdr *msg, int size), (sock))
