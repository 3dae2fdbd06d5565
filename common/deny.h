/* SPDX-License-Identifier: GPL-2.0-only */
/* How each system call can be refused, by the questions that the kernel puts in it. Pure. */
#ifndef KWP_DENY_H
#define KWP_DENY_H

#include <stdbool.h>
#include <stdint.h>

#include "../bpf/policy.h"

/* What programs need to know of all system calls. */
struct deny_tables {
	__u32 ways[KWP_SYSCALLS];   /* as kwp_ways */
	__u16 native[KWP_SYSCALLS]; /* as kwp_native */
	__u16 many[2 * KWP_NATIVE_CALLS];
};

/* Bits of enum kwp_way for a native number. Never 0: what can't be refused ends the process. */
uint32_t deny_ways(int nr);
/* KWP_GUARD_WAY() of the programs that a rule on this call needs. */
uint32_t deny_guards(int nr);
/* guards where hooks are there, or are not: then all that is left is KWP_WAY_ENTER. */
uint32_t deny_guards_of(uint32_t guards, bool hooks);
void deny_tables(struct deny_tables *out, bool hooks);

#endif
