/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A shell that another process leads over a connection: who carries the bytes can neither take
 * them from the connection nor give them to it.
 */
#include "relay.bpf.h"

struct kwp_led_map kwp_led SEC(".maps");
struct kwp_led_pids_map kwp_led_pids SEC(".maps");
struct kwp_carriers_map kwp_carriers SEC(".maps");
__u32 kwp_led_epoch;

/* ---- shells ---- */

static __noinline int led_note(struct led *led)
{
	u32 pid = led->pid;

	bpf_map_update_elem(&kwp_led, &led->out, led, BPF_ANY);
	bpf_map_update_elem(&kwp_led, &led->in, led, BPF_ANY);
	bpf_map_update_elem(&kwp_led_pids, &pid, led, BPF_ANY);
	__sync_fetch_and_add(&kwp_led_epoch, 1);
	return 0;
}

static __noinline int led_take(u64 files, u32 flags)
{
	struct led led = {.flags = flags, .pid = bpf_get_current_pid_tgid() >> 32};
	u64 table = 0, array = 0, file[3] = {};
	u32 end, terminal = 0;

	bpf_core_read(&table, sizeof(table), &((struct files_struct *)files)->fdt);
	bpf_core_read(&array, sizeof(array), &((struct fdtable *)table)->fd);
	bpf_probe_read_kernel(file, sizeof(file), (void *)array);
	if (led_end(&led.in, file[0], &led.terminal) != END_CHANNEL)
		return 0;
	end = led_end(&led.out, file[1], &terminal);
	if (end == END_NOWHERE)
		end = led_end(&led.out, file[2], &terminal);
	if (end == END_NOWHERE)
		return 0;
	if (end == END_NETWORK) {
		led.out = led.in;
		led.carried = LED_OUT;
	}
	return led_note(&led);
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
	if (!flags)
		return 0;
	bpf_core_read(&args, sizeof(args), &((struct mm_struct *)mm)->arg_start);
	if (flags & KWP_NODE_SHELL ? program_asks(args, bprm->argc)
				   : interpreter_asks(args, bprm->argc))
		led_take(ADDRESS(task->files), flags);
	return 0;
}

/* Numbers of terminals are given again. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(kwp_led_exit, struct task_struct *task)
{
	u32 pid = task->tgid;
	struct led *led, own;

	if (!kwp_led_epoch || (u32)task->pid != pid)
		return 0;
	led = bpf_map_lookup_elem(&kwp_led_pids, &pid);
	if (!led)
		return 0;
	own = *led;
	bpf_map_delete_elem(&kwp_led_pids, &pid);
	led = bpf_map_lookup_elem(&kwp_led, &own.in);
	if (led && led->pid == pid)
		bpf_map_delete_elem(&kwp_led, &own.in);
	led = bpf_map_lookup_elem(&kwp_led, &own.out);
	if (led && led->pid == pid)
		bpf_map_delete_elem(&kwp_led, &own.out);
	return 0;
}

/* ---- who carries ---- */

static __always_inline u32 carrier_detects(const struct carrier_walk *walk, struct sock *sk,
					   u16 family)
{
	if (!walk->found)
		return DETECT_NONE;
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

	if (!unix_accepted(sk))
		return false;
	BPF_CORE_READ_INTO(&key.inode, (struct file *)file, f_inode, i_ino);
	return !bpf_map_lookup_elem(&kwp_led, &key);
}

SUBPROG_ONCE u64 carrier_judge(u64 sock, u64 file)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct sock *sk = (struct sock *)sock;
	struct carrier_walk walk = {};
	u16 family = 0;

	if (!file)
		return 0;
	bpf_core_read(&family, sizeof(family), &sk->__sk_common.skc_family);
	if (family == AF_UNIX ? !unix_comes(sk, file)
			      : family != AF_INET && family != AF_INET6 && family != AF_VSOCK)
		return 0;
	carrier_find(&walk, ADDRESS(task->files));
	return guard_detected_own(carrier_detects(&walk, sk, family));
}

static __always_inline u64 carrier_said(struct socket *sock)
{
	struct task_struct *task = bpf_get_current_task_btf();

	if (!kwp_led_epoch || (task->flags & PF_KTHREAD))
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
