/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Canaries: one tiny program a backend, in an object of its own, so that a
 * kernel that refuses one says so without harm. Loading and attaching prove
 * nothing: an lsm program does both and never runs when "bpf" is missing from
 * the kernel's list of LSMs (seen on 6.1 and 6.12).
 */
#include "kernel.h"

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "record.h"

char LICENSE[] SEC("license") = "GPL";

__u32 probe_fired; /* 1 << enum kwp_backend */
__u64 probe_task;	  /* address of that thread's task, filled by probe_who */

SEC("raw_tp/probe_who")
int probe_who(void *ctx)
{
	probe_task = bpf_get_current_task();
	return 0;
}

static __always_inline int fired(u32 by)
{
	if (bpf_get_current_task() == probe_task)
		__sync_fetch_and_or(&probe_fired, 1 << by);
	return 0;
}

SEC("lsm/file_open")
int BPF_PROG(probe_lsm, struct file *file, int ret)
{
	fired(KWP_BY_LSM);
	return ret;
}

SEC("fmod_ret/security_file_open")
int BPF_PROG(probe_fmod_ret, struct file *file)
{
	return fired(KWP_BY_FMOD_RET);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(probe_tp, struct pt_regs *regs, long ret)
{
	return fired(KWP_BY_TRACEPOINT);
}
