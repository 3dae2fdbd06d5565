/* SPDX-License-Identifier: GPL-2.0-only */
#include "enforce_turn.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

#include "enforce_files.h"
#include "enforce_fill.h"
#include "log.h"

int turn_begin(struct turn *turn, struct sensor *sensor, const struct policy *policy, pid_t helper)
{
	const struct kwp_switch *now = sensor_switch(sensor);
	int err;

	turn->sensor = sensor;
	turn->old = now->generation;
	turn->old_mode = now->mode;
	turn->limits = policy->limits;
	/* 0 is "none yet". */
	turn->new = turn->old + 1 ?: 1;
	turn->policy = policy;
	turn->roots = (struct roots){};
	err = sensor_iterate(sensor, SENSOR_SOCKETS, NULL, NULL);
	if (err && err != -ENOTSUP)
		log_debug("whose the open sockets are is not known: %s", strerror(-err));
	err = roots_find(&turn->roots)
	      ?: cover_learn(&turn->cover, sensor, policy, helper, &turn->missing)
	      ?: fill_generation(sensor, policy, turn->new)
	      ?: files_add(sensor, policy, turn->new, &turn->roots, &turn->partial);
	if (err)
		roots_free(&turn->roots);
	if (err && fill_sweep(sensor, turn->old))
		log_debug("what a failed load wrote stays in the maps until the next one");
	return err;
}

void turn_switch(struct turn *turn, enum kwp_mode mode)
{
	struct kwp_switch *now = sensor_switch(turn->sensor);

	files_visit(turn->sensor, turn->new, &turn->roots);
	__atomic_store_n(&now->generation, turn->new, __ATOMIC_SEQ_CST);
	__atomic_store_n(&now->mode, mode, __ATOMIC_SEQ_CST);
	roots_free(&turn->roots);
}

/* Waits until every program that has read the variables before now is over: tracing programs
 * run under RCU. */
static void wait_for_programs(void)
{
	const struct timespec pause = {.tv_nsec = 100 * NS_PER_MS};

	/* A kernel with nohz_full refuses. */
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0))
		nanosleep(&pause, NULL);
}

void turn_back(struct turn *turn)
{
	struct kwp_switch *now = sensor_switch(turn->sensor);

	__atomic_store_n(&now->generation, turn->old, __ATOMIC_SEQ_CST);
	__atomic_store_n(&now->mode, turn->old_mode, __ATOMIC_SEQ_CST);
	wait_for_programs();
	if (fill_sweep(turn->sensor, turn->old))
		log_debug("what a failed load wrote stays in the maps until the next one");
	cover_forget_self(&turn->cover);
}

int turn_end(struct turn *turn)
{
	struct kwp_switch *now = sensor_switch(turn->sensor);
	int err;

	now->limit_events = turn->limits.events;
	now->limit_cpu = turn->limits.cpu;
	wait_for_programs();
	err = fill_sweep(turn->sensor, turn->new) ?: cover_trim(&turn->cover);
	cover_forget_self(&turn->cover);
	return err;
}

void turn_report(const struct turn *turn, const struct sensor_view *view,
		 struct enforce_report *report)
{
	report->kill_only = view->kill_only;
	report->partial = turn->partial;
	report->names = turn->cover.netns && (view->guards & KWP_GUARD_NAMES) &&
			!(view->partial & KWP_GUARD_NAMES);
}
