/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of run.h that has a kernel: sensor, signals, the wrapped command. */
#include "run_state.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>

#include "enforce_hold.h"
#include "enforce_say.h"
#include "guest.h"
#include "log.h"
#include "scope.h"

#define BATCH 4096 /* records between two looks at signals and time */

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

/* ---- records in ---- */

/* Tells who a cgroup is before its first process is shown. */
static void explain_cgroup(struct run *run, uint64_t cgroup)
{
	if (!cgroup || cgroup == run->cgroup)
		return;
	run->cgroup = cgroup;
	if (enrich_knows_cgroup(run->enrich, cgroup))
		return;
	run->container.size = 0;
	run->container.failed = false;
	guest_container_record(cgroup, &run->container);
	if (!run->container.failed)
		run_take(run, run->container.bytes, run->container.size);
}

static int take_live(void *data, void *record, size_t size)
{
	struct run *run = data;
	const struct kwp_record *head = record;
	bool skip = false;

	if (size >= sizeof(*head)) {
		explain_cgroup(run, head->cgroup);
		skip = (run->reader && reader_skips(run->reader, head, run_take, run)) ||
		       (run->hold && hold_skips(run->hold, head, run_take, run));
	}
	if (!skip)
		run_take(run, record, size);
	if (run->stopped || ++run->batch >= BATCH) {
		run->batch = 0;
		return -EAGAIN;
	}
	return 0;
}

/* What all processes hold, if there is a program whose streams lead to nobody known. */
static void look(struct run *run, uint64_t now)
{
	if (enrich_look_due(run->enrich, now))
		sensor_iterate(run->sensor, SENSOR_HOLDS, run_take, run);
}

void run_take_existing(void *data, const void *record, size_t size)
{
	struct run *run = data;
	const struct kwp_record *head = record;

	if (!run->reader)
		scope_learn(&run->search, run->options, run->sensor, head);
	explain_cgroup(run, head->cgroup);
	run_take(run, record, size);
}

/* What was lost since the last look becomes a record like others. */
static void take_losses(struct run *run)
{
	struct {
		struct kwp_record head;
		struct kwp_loss facts;
	} record = {.head = {.size = sizeof(record), .type = KWP_LOSS, .nr = -1}};
	uint64_t lost[KWP_TYPE_COUNT], total = 0;

	sensor_lost(run->sensor, lost);
	for (int i = 0; i < KWP_TYPE_COUNT; i++) {
		record.facts.lost[i] = lost[i] - run->lost_by[i];
		total += record.facts.lost[i];
		run->lost_by[i] = lost[i];
	}
	if (!total)
		return;
	run->lost += total;
	record.head.facts_size = sizeof(record.facts);
	record.head.time = now_ns();
	run_take(run, &record, sizeof(record));
}

/* ---- starting ---- */

static void words_of_types(uint64_t types, char *out, size_t size)
{
	size_t used = 0;

	out[0] = 0;
	for (int i = 1; i < KWP_TYPE_COUNT; i++)
		if (types & 1ull << i)
			used += snprintf(out + used, used < size ? size - used : 0, " %s",
					 event_type_name(i));
}

/* Who watches what, in one line a backend. */
static int say_view(const struct sensor_view *view)
{
	char words[512];

	for (int by = 0; by < KWP_BACKEND_COUNT; by++) {
		words_of_types(view->watched[by], words, sizeof(words));
		if (view->watched[by])
			log_info("watching by %s:%s", event_backend_name(by), words);
	}
	if (view->silent & 1u << KWP_BY_LSM)
		log_info("BPF LSM is built in but not active: add bpf to lsm= of the kernel's "
			 "command line to use it");
	if (!view->unwatched)
		return STATUS_OK;
	words_of_types(view->unwatched, words, sizeof(words));
	log_warning("not watched here:%s", words);
	return STATUS_PARTLY;
}

/* What is loaded looks at what its own profile asks for, no more and no less. */
static int open_attached(struct run *run)
{
	struct sensor_view view;
	char why[512];

	if (reader_open(&run->reader, why, sizeof(why))) {
		log_error("%s", why);
		return STATUS_CANT;
	}
	run->sensor = reader_sensor(run->reader);
	view = *reader_view(run->reader);
	log_info("attached to %s", reader_profile(run->reader));
	view.unwatched = 0;
	return say_view(&view);
}

void run_close_sensor(struct run *run)
{
	if (run->reader)
		reader_close(run->reader);
	else
		sensor_close(run->sensor);
	hold_end(run->hold);
	run->hold = NULL;
	run->reader = NULL;
	run->sensor = NULL;
}

/* What the sensor is to tell: relays are made of other events. */
static uint64_t run_types(const struct run *run)
{
	const uint64_t types = run->request->types;

	return types & TYPE(RELAY) ? types | TYPE(HELD) | TYPE(EXEC) | TYPE(CONNECT) |
					     TYPE(ACCEPT) | TYPE(DUP)
				   : types;
}

/* Does anybody want what an exec leaves in the environment? A recording may be asked later. */
static bool wants_environ(const struct run *run)
{
	const struct options *o = run->options;
	static const char name[] = "process.env_vars";

	for (size_t i = 0; i < o->output.fields_count; i++)
		if (!strcmp(o->output.fields[i]->name, name))
			return true;
	return run->request->environ || o->write || filter_mentions(o->filter, name);
}

int run_open_sensor(struct run *run)
{
	const struct options *o = run->options;
	struct sensor_options options = {
		.types = run_types(run),
		.open_writes_only = run->request->open_writes_only,
		.need = run->request->need,
		.stdio = run->request->stdio || (run->request->types & TYPE(RELAY)),
		.environ = wants_environ(run),
		.syscalls = run->request->syscalls,
		.failed_only = o->failed_only,
		.backend = o->backend,
		.ring = o->ring,
		.policy = run->request->policy,
		.now = run->request->now,
	};
	int err = o->attached ? 0 : scope_options(o, &options);

	if (err)
		return STATUS_USAGE;
	if (o->attached)
		return open_attached(run);
	err = sensor_open(&options, &run->sensor, &run->view);
	if (err) {
		log_error("%s", run->view.reason);
		return STATUS_CANT;
	}
	return run->request->now ? STATUS_OK : say_view(&run->view);
}

/* Puts the policy in force; the scope is complete. */
static int hold_policy(struct run *run)
{
	const struct policy *policy = run->request->policy;
	struct enforce_report report;

	if (!policy)
		return STATUS_OK;
	if (hold_begin(run->sensor, &run->view, policy, &run->hold, &report)) {
		log_error("%s", report.reason);
		return STATUS_CANT;
	}
	return enforce_say(policy, &report) ? STATUS_OK : STATUS_PARTLY;
}

/* What already runs, so that every event has its chain of parents. */
static int learn_existing(struct run *run)
{
	int err = sensor_iterate(run->sensor, SENSOR_TASKS, run_take_existing, run);

	if (!err && !run->reader && (run_types(run) & TYPE(HELD)))
		err = sensor_iterate(run->sensor, SENSOR_HOLDS, run_take, run);
	if (err)
		log_warning("cannot list what already runs (%s): ancestors may be missing",
			    strerror(-err));
	if (run->reader)
		return STATUS_OK;
	return scope_complete(&run->search, run->options, run->sensor) ? STATUS_USAGE : STATUS_OK;
}

/* SIGINT and SIGTERM end the run; for a wrapped command SIGINT is the command's
 * affair and SIGTERM is handed on to it. */
static void take_signals(struct run *run)
{
	struct signalfd_siginfo info;

	while (read(run->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD || info.ssi_signo == SIGPIPE)
			continue;
		if (!run->wrapper.pid)
			run->stopped = true;
		else if (info.ssi_signo == SIGTERM)
			kill(run->wrapper.pid, SIGTERM);
	}
}

/* Sleeps until something is to be done. While records come we look on our own each
 * four milliseconds, because waking us for them would cost more than the records;
 * only after a quiet while the ring is to wake us. */
static void wait_for_work(struct run *run, unsigned idle)
{
	struct pollfd fds[2] = {{run->signals, POLLIN, 0}, {sensor_fd(run->sensor), POLLIN, 0}};
	const bool busy = idle < 3;
	const int look = enrich_look_timeout(run->enrich, now_ns());
	int timeout = busy ? 4 : 250;

	if (look >= 0 && look < timeout)
		timeout = look;
	for (size_t i = 0; i < run->sinks_count; i++) {
		int due = sink_timeout(run->sinks[i]);

		if (due >= 0 && due < timeout)
			timeout = due;
	}
	poll(fds, busy ? 1 : 2, timeout);
}

static void tick(struct run *run, uint64_t now, uint64_t *next)
{
	if (now < *next)
		return;
	*next = now + NS_PER_S;
	take_losses(run);
	run_clock(run, run->boot_time + now);
	if (run->reader && reader_follow(run->reader)) {
		run->sensor = reader_sensor(run->reader);
		memset(run->lost_by, 0, sizeof(run->lost_by));
		log_info("attached to %s", reader_profile(run->reader));
	}
	if (run->request->on_tick)
		run->request->on_tick(run, run->request->data);
}

static void loop(struct run *run)
{
	const uint64_t start = now_ns();
	uint64_t next_tick = start + NS_PER_S, now = start;
	const uint64_t end = run->options->duration
				     ? start + (uint64_t)(run->options->duration * NS_PER_S) : ~0ull;
	unsigned idle = 0;

	while (!run->stopped && now < end) {
		bool ended = wrapper_poll(&run->wrapper);
		int got = sensor_consume(run->sensor, take_live, run);

		now = now_ns();
		if (got == 0)
			enrich_flush(run->enrich, now - UNFINISHED_NS);
		look(run, now);
		tick(run, now, &next_tick);
		take_signals(run);
		if (got != -EAGAIN) {
			run_flush(run, true);
			if (ended && !got)
				break; /* what it did is in the ring before its exit is */
			idle = got ? 0 : idle + 1;
			wait_for_work(run, idle);
			now = now_ns();
		}
	}
}

/* The time is over and the wrapped command goes on, unwatched but not unconfined: its status is
 * still ours to give, and signals to kwp are still meant for it. */
static void outlive(struct run *run)
{
	struct pollfd fd = {run->signals, POLLIN, 0};

	if (!run->wrapper.pid || wrapper_poll(&run->wrapper))
		return;
	run_flush(run, true);
	if (!run->hold)
		run_close_sensor(run);
	while (!wrapper_poll(&run->wrapper)) {
		poll(&fd, 1, 1000);
		take_signals(run);
	}
}

int run_live(struct run *run)
{
	char host[64];
	int status, partly;

	guest_id(host, sizeof(host));
	status = run_open_enrich(run, host, guest_boot_time()) ?: run_open_recording(run, host)
		 ?: run_open_signals(run);
	if (status)
		return status;
	partly = run_open_sensor(run);
	if (partly && partly != STATUS_PARTLY)
		return partly;
	if (run->options->command &&
	    wrapper_start(&run->wrapper, run->options->command, sensor_enroll_fd(run->sensor)))
		return STATUS_CANT;
	run_say_header(run);
	status = learn_existing(run) ?: hold_policy(run);
	if (status == STATUS_PARTLY) {
		partly = status;
	} else if (status) {
		run->lines.size = 0; /* nothing is to be seen */
		return status;
	}
	run_clock(run, run->boot_time + now_ns());
	run_flush(run, true);
	wrapper_go(&run->wrapper);
	loop(run);
	enrich_flush(run->enrich, ~0ull);
	take_losses(run);
	outlive(run);
	return partly;
}
