/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by selftest_*.c only: acts on sockets, on processes and on the kernel. Each returns 0 or
 * -errno, where an errno that shows that the act was tried is none. */
#ifndef KWP_SELFTEST_ACT_H
#define KWP_SELFTEST_ACT_H

#include <sys/types.h>

typedef int selftest_act(char **words, size_t count);

/* selftest_net.c */
selftest_act act_stdio, act_stdin, act_relay, act_decode, act_connect, act_listen, act_unix,
	act_vsock, act_raw, act_odd, act_metadata;
/* selftest_task.c */
selftest_act act_ptrace, act_traceme, act_memory, act_kill, act_capability, act_setuid,
	act_userns, act_mounts, act_chroot, act_setns, act_session, act_mount, act_hide, act_sysctl,
	act_module, act_bpf;

/* Waits for a child. 0, or what it ended with as -errno. */
int selftest_wait(pid_t pid);

#endif
