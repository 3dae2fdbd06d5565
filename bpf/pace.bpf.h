/* SPDX-License-Identifier: GPL-2.0-only */
/* Load shedding: where records come faster, or cost more, than the profile's limits, none is
 * made for a while but those that the policy spoke of. */
#ifndef KWP_PACE_BPF_H
#define KWP_PACE_BPF_H

#include "said.bpf.h"

extern struct kwp_pace kwp_pace;

/* Counts a record that is to be made (pace.bpf.c). */
int pace_count(void);

static __always_inline bool pace_is_limited(void)
{
	return kwp_switch.limit_events || kwp_switch.limit_cpu;
}

/* One more of this type. 6.1 forgets what a number was compared with when it is read again. */
static __always_inline void count_type(__u64 *counters, u32 type)
{
	asm volatile("" : "+r"(type));
	if (type < KWP_TYPE_COUNT)
		__sync_fetch_and_add(&counters[type], 1);
}

/* May a record of this type be made? */
static __always_inline bool pace_allows(u32 type, u64 by)
{
	if (said_verdict(by) || said_backend(by) == KWP_BY_ITER || type == KWP_SHED)
		return true;
	if (!pace_is_limited())
		return true;
	pace_count();
	if (!kwp_switch.shed)
		return true;
	count_type(kwp_counters.shed, type);
	return false;
}

/* Are the lives of processes to be told? They explain what else is told: not if nobody reads, and
 * the policy asks for no records that somebody could read later. */
static __always_inline bool lives_told(void)
{
	return !kwp_switch.unread || kwp_settings.types;
}

/* A record that was begun then is sent. */
static __always_inline void pace_spent(u64 then)
{
	if (kwp_switch.limit_cpu)
		__sync_fetch_and_add(&kwp_pace.busy, bpf_ktime_get_boot_ns() - then);
}

#endif
