/* SPDX-License-Identifier: GPL-2.0-only */
/* The maps, the settings, the counters, the exit of system calls, the licence. */
#include "alias.bpf.h"
#include "hook.bpf.h"
#include "basename.bpf.h"
#include "protect.bpf.h"
#include "free.bpf.h"
#include "walk.bpf.h"

char LICENSE[] SEC("license") = "GPL";

const volatile struct kwp_settings kwp_settings = {};
const volatile struct kwp_act kwp_acts[KWP_SYSCALLS] = {};
const volatile struct kwp_act kwp_acts32[KWP_SYSCALLS] = {};
struct kwp_view kwp_view = {};
struct kwp_counters kwp_counters = {};
struct kwp_switch kwp_switch = {};
struct kwp_pace kwp_pace = {};
__u64 kwp_came;
__u32 kwp_epoch;

struct kwp_slots_map kwp_slots SEC(".maps");
struct kwp_ring_map kwp_ring SEC(".maps");
struct kwp_cpus_map kwp_cpus SEC(".maps");
struct kwp_pids_map kwp_pids SEC(".maps");
struct kwp_verdicts_map kwp_verdicts SEC(".maps");
struct kwp_policies_map kwp_policies SEC(".maps");
struct kwp_rules_map kwp_rules SEC(".maps");
struct kwp_hits_map kwp_hits SEC(".maps");
struct kwp_nodes_map kwp_nodes SEC(".maps");
struct kwp_exempt_map kwp_exempt SEC(".maps");
struct kwp_covered_map kwp_covered SEC(".maps");
struct kwp_own_map kwp_own SEC(".maps");
struct kwp_known_map kwp_known SEC(".maps");
struct kwp_walks_map kwp_walks SEC(".maps");
struct kwp_homes_map kwp_homes SEC(".maps");
struct kwp_domains_map kwp_domains SEC(".maps");
struct kwp_aliased_map kwp_aliased SEC(".maps");
struct kwp_cidrs_map kwp_cidrs SEC(".maps");
struct kwp_ports_map kwp_ports SEC(".maps");
struct kwp_name_rules_map kwp_name_rules SEC(".maps");
struct kwp_named_map kwp_named SEC(".maps");
struct kwp_called_map kwp_called SEC(".maps");
struct kwp_flows_map kwp_flows SEC(".maps");
struct kwp_told_map kwp_told SEC(".maps");
struct kwp_spared_map kwp_spared SEC(".maps");
struct kwp_sockets_map kwp_sockets SEC(".maps");
struct kwp_owners_map kwp_owners SEC(".maps");
struct kwp_free_ends_map kwp_free_ends SEC(".maps");
struct kwp_basenames_map kwp_basenames SEC(".maps");

/* The bodies that kwp_sys_exit jumps to, by type of act. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, KWP_TYPE_COUNT);
	__type(key, u32);
	__type(value, u32);
} kwp_exits SEC(".maps");

/* Run once by kwp itself (BPF_PROG_TEST_RUN executes in the caller's task):
 * learns who it is in the initial pid namespace and from where it looks. */
SEC("raw_tp/kwp_whoami")
int kwp_whoami(void *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pid *pid = task_tgid(task);
	u64 inode;

	kwp_view.self = task->tgid;
	kwp_view.level = pid->level;
	pid_number(pid, pid->level, &kwp_view.pid_ns);
	inode = task_program(task);
	bpf_core_read(&kwp_view.inode, sizeof(kwp_view.inode), &((struct inode *)inode)->i_ino);
	kwp_view.device = BPF_CORE_READ((struct inode *)inode, i_sb, s_dev);
	kwp_view.changed = inode_changed(inode);
	return 0;
}

/* Run by a process that wants to be in scope: the child of a wrapper, before its exec; and by
 * those with which kwp tries a policy. */
SEC("raw_tp/kwp_enroll")
int kwp_enroll(void *ctx)
{
	u32 pid = bpf_get_current_pid_tgid() >> 32;
	u32 state = kwp_settings.scope & KWP_SCOPE_PID ? KWP_PID_ENROLLING : KWP_PID_PROVES;

	bpf_map_update_elem(&kwp_pids, &pid, &state, BPF_ANY);
	return 0;
}

/* Every system call that was asked for ends here: one look at a table, then
 * the body of its act. */
SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_sys_exit, struct pt_regs *regs, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u32 act = regs_act(regs, task_is_compat(task));

	if (!act)
		return 0;
	if (kwp_settings.failed_only && ret >= 0)
		return 0;
	if (!scope_has(task))
		return 0;
	bpf_tail_call(ctx, &kwp_exits, act);
	return 0;
}
