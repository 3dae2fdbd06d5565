/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The maps and the process side of packet.bpf.c, gate.bpf.c, name.bpf.c and setting.bpf.c for
 * kernels without type information. These are an object of their own, because the loader refuses
 * one with a single field of the kernel's types in it there.
 */
#include "free.bpf.h"

char LICENSE[] SEC("license") = "GPL";

const volatile struct kwp_settings kwp_settings = {};
struct kwp_view kwp_view = {};
struct kwp_counters kwp_counters = {};
struct kwp_switch kwp_switch = {};

struct kwp_cpus_map kwp_cpus SEC(".maps");
struct kwp_pids_map kwp_pids SEC(".maps");
struct kwp_verdicts_map kwp_verdicts SEC(".maps");
struct kwp_policies_map kwp_policies SEC(".maps");
struct kwp_rules_map kwp_rules SEC(".maps");
struct kwp_hits_map kwp_hits SEC(".maps");
struct kwp_nodes_map kwp_nodes SEC(".maps");
struct kwp_exempt_map kwp_exempt SEC(".maps");
struct kwp_covered_map kwp_covered SEC(".maps");
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

/* What can be known of a task here: its ids, its name, its cgroup. */
static __always_inline void head_fill(struct kwp_record *head)
{
	u64 ids = bpf_get_current_uid_gid(), task = bpf_get_current_pid_tgid();

	head->pid = head->view_pid = task >> 32;
	head->tid = head->view_tid = task;
	head->uid = head->euid = ids;
	head->gid = head->egid = ids >> 32;
	head->loginuid = ~0u;
	head->cgroup = bpf_get_current_cgroup_id();
	bpf_get_current_comm(head->comm, sizeof(head->comm));
}

__noinline int owner_note(struct kwp_owner *owner)
{
	u32 pid;

	if (!owner)
		return 0;
	head_fill(&owner->head);
	pid = owner->head.pid;
	owner->exempt =
		pid == 1 || pid == kwp_view.self || bpf_map_lookup_elem(&kwp_exempt, &pid) != NULL;
	return 0;
}
