/* SPDX-License-Identifier: GPL-2.0-only */
#include "sensor_state.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/syscall.h>

#include <bpf/bpf.h>

#include "act.h"
#include "guest.h"
#include "log.h"

/* On a tracepoint of perf, in all processes. */
static int attach_event(int program, uint32_t event)
{
	struct perf_event_attr attr = {.type = PERF_TYPE_TRACEPOINT,
				       .size = sizeof(attr),
				       .config = event,
				       .sample_period = 1,
				       .wakeup_events = 1};
	_cleanup_close_ int fd =
		event ? syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC) : -1;

	if (fd < 0) {
		errno = event ? errno : ENOENT;
		return -1;
	}
	return bpf_link_create(program, fd, BPF_PERF_EVENT, NULL);
}

static int attach_cgroup(int program, enum bpf_attach_type type)
{
	_cleanup_close_ int root =
		guest_cgroup_root() ? open(guest_cgroup_root(), O_RDONLY | O_CLOEXEC) : -1;

	if (root < 0) {
		errno = ENOENT;
		return -1;
	}
	return bpf_link_create(program, root, type, NULL);
}

/* Attaches the program of a row, or makes it the body of its type. */
static int attach_row(struct sensor *sensor, const struct loaded *loaded, unsigned i)
{
	const struct act_program *row = &act_programs[loaded->row[i].row];
	int program = loaded->fd[LOADER_PROGRAMS + loaded->maps + i], err, link;
	uint32_t key = row->type;

	if (row->how == ACT_EXIT)
		return bpf_map_update_elem(sensor_part(sensor, SENSOR_MAP, "kwp_exits"), &key,
					   &program, BPF_ANY);
	if (row->how == ACT_CALL)
		link = attach_event(program, loaded->row[i].event);
	else if (row->by == KWP_BY_CGROUP)
		link = attach_cgroup(program, loaded->row[i].attach);
	else /* tp_btf, lsm, fmod_ret, fentry know their place from the load */
		link = bpf_raw_tracepoint_open(NULL, program);
	err = sensor_add(sensor, SENSOR_LINK, row->name, link);
	if (!err) {
		struct sensor_part *part = &sensor->parts[sensor->parts_count - 1];

		memcpy(part->hook, loaded->row[i].hook, sizeof(part->hook));
		part->by = row->by;
	}
	return err;
}

/* What the program of this row gives verdicts on: a tracepoint's only where there are no hooks;
 * and kwp is not protected by sysctls alone. */
static uint32_t row_verdicts(const struct act_program *row, const struct loaded *loaded)
{
	const uint32_t guards = row->guards & loaded->guards;

	if (row->by == KWP_BY_TRACEPOINT && (loaded->backends & LOADER_HOOKS))
		return guards & KWP_GUARD_WAYS;
	return row->by == KWP_BY_CGROUP ? guards & ~(1u << KWP_CLASS_PROTECT) : guards;
}

/* Bodies first, then the jump to them: no act is looked at by half. */
int sensor_attach(struct sensor *sensor, const struct loaded *loaded, uint64_t types,
		  struct sensor_view *view)
{
	uint64_t seen = 0;
	int err;

	for (unsigned i = 0; i < loaded->rows; i++) {
		const struct act_program *row = &act_programs[loaded->row[i].row];

		err = attach_row(sensor, loaded, i);
		if (err) {
			log_debug("cannot attach %s: %s", row->name, strerror(-err));
			/* Hooks without the packets behind them are half of it. */
			if (row->by == KWP_BY_CGROUP)
				view->partial |= row_verdicts(row, loaded);
			continue;
		}
		view->guards |= row_verdicts(row, loaded);
		view->watched[row->by] |= (row->how == ACT_ATTACH && row->types == ~0ull
						   ? TYPE(FORK) | TYPE(EXEC) | TYPE(EXIT) | TYPE(RELAY)
						   : row->types) &
					  types;
	}
	/* Rules on system calls are in force if each call that they name can be refused. */
	if ((loaded->guards & KWP_GUARD_WAYS) && !(loaded->guards & KWP_GUARD_WAYS & ~view->guards))
		view->guards |= 1u << KWP_CLASS_SYSCALL;
	if (loaded->has[LOADER_SYS_EXIT]) {
		err = sensor_add(sensor, SENSOR_LINK, "kwp_sys_exit",
				 bpf_raw_tracepoint_open(NULL, loaded->fd[LOADER_SYS_EXIT]));
		if (err)
			return sensor_fail(view, err,
					   "cannot attach to the end of system calls: %s",
					   strerror(-err));
	}
	for (int by = 0; by < KWP_BACKEND_COUNT; by++)
		seen |= view->watched[by];
	view->unwatched = types & ~seen & ~(TYPE(LOSS) | TYPE(ARGS) | TYPE(CONTAINER) | TYPE(HELD));
	return 0;
}
