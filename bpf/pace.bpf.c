/* SPDX-License-Identifier: GPL-2.0-only */
/* When records are shed, and when they are not any more. */
#include "make.bpf.h"

#define SECOND 1000000000ull
#define MILLION 1000000ull

static __always_inline void pace_tell(u32 on, u64 events, u64 cpu)
{
	struct kwp_shed *facts;
	struct kwp_slot *slot = record_begin(KWP_SHED, KWP_BY_NONE, sizeof(*facts));

	if (!slot)
		return;
	facts = record_facts(slot);
	facts->on = on;
	facts->events = events;
	facts->cpu = cpu;
	record_end(slot);
}

static __noinline int pace_set(u32 on, u64 events, u64 cpu)
{
	if (__sync_lock_test_and_set(&kwp_switch.shed, on) != on)
		pace_tell(on, events, cpu);
	return 0;
}

/* A second is over: the next one is as the last one was. What is shed costs nothing, so that
 * its cost is told by what it was before: else it would come and go each second. */
static __noinline int pace_turn(u64 window, u64 now)
{
	u64 elapsed = (now - window) / MILLION, events, busy, cpu;
	u32 shed = kwp_switch.shed;

	if (!elapsed || __sync_val_compare_and_swap(&kwp_pace.window, window, now) != window)
		return 0;
	events = __sync_lock_test_and_set(&kwp_pace.events, 0);
	busy = __sync_lock_test_and_set(&kwp_pace.busy, 0);
	if (!shed && events)
		kwp_pace.cost = busy / events;
	cpu = (shed ? events * kwp_pace.cost : busy) / elapsed;
	events = events * 1000 / elapsed;
	pace_set((kwp_switch.limit_events && events > kwp_switch.limit_events) ||
			 (kwp_switch.limit_cpu && cpu > kwp_switch.limit_cpu),
		 events, cpu);
	return 0;
}

int pace_count(void)
{
	u64 now = bpf_ktime_get_boot_ns(), window = kwp_pace.window, busy = kwp_pace.busy;
	u64 events = __sync_fetch_and_add(&kwp_pace.events, 1) + 1;

	if (now - window >= SECOND && now > window)
		return pace_turn(window, now);
	if (kwp_switch.shed)
		return 0;
	if ((kwp_switch.limit_events && events > kwp_switch.limit_events) ||
	    (kwp_switch.limit_cpu && busy > kwp_switch.limit_cpu * (SECOND / MILLION))) {
		kwp_pace.cost = busy / events;
		pace_set(1, events, busy / (SECOND / MILLION));
	}
	return 0;
}
