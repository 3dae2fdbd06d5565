/* SPDX-License-Identifier: GPL-2.0-only */
#include "run.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>

#include "enrich.h"
#include "guest.h"
#include "log.h"
#include "process.h"
#include "replay.h"
#include "scope.h"
#include "sensor.h"
#include "sink.h"
#include "wrapper.h"

#define FLUSH_SIZE (32 << 10) /* bytes of lines that go out at once in a storm */
#define BATCH 4096	      /* records between two looks at signals and time */
#define UNFINISHED_NS (50 * NS_PER_MS)

struct run {
	const struct run_request *request;
	const struct options *options;
	struct enrich *enrich;
	struct output *output;
	struct sink **sinks;
	size_t sinks_count;
	struct buffer lines;
	struct buffer container; /* a CONTAINER record in the making */
	FILE *recording;
	struct sensor *sensor;
	struct wrapper wrapper;
	int signals; /* signalfd */
	uint64_t cgroup; /* the last one that is known */
	uint64_t printed, damaged, lost;
	uint64_t lost_by[KWP_TYPE_COUNT];
	uint64_t boot_time;
	unsigned batch;
	bool stopped;
	int output_error; /* -errno of a sink or of the recording */
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

/* ---- lines out ---- */

static void flush_lines(struct run *run, bool dry)
{
	if (!dry && run->lines.size < FLUSH_SIZE)
		return;
	for (size_t i = 0; i < run->sinks_count; i++) {
		int err;

		if (run->lines.size)
			sink_write(run->sinks[i], run->lines.bytes, run->lines.size);
		err = sink_flush(run->sinks[i]);
		if (err && !run->output_error) {
			run->output_error = err;
			run->stopped = true;
		}
	}
	run->lines.size = 0;
}

void run_write(struct run *run, const char *bytes, size_t size)
{
	buffer_add(&run->lines, bytes, size);
	flush_lines(run, false);
}

void run_print(struct run *run, const struct event *event)
{
	const bool loss = event->record->type == KWP_LOSS;

	if (run->request->findings && !loss && !filter_match(run->options->filter, event))
		return;
	output_event(run->output, event, &run->lines);
	flush_lines(run, false);
	if (loss)
		return;
	run->printed++;
	if (run->options->count && run->printed >= run->options->count)
		run->stopped = true;
}

void run_stop(struct run *run)
{
	run->stopped = true;
}

/* ---- records in ---- */

static uint64_t loss_total(const struct kwp_loss *loss)
{
	uint64_t total = 0;

	for (int i = 0; i < KWP_TYPE_COUNT; i++)
		total += loss->lost[i];
	return total;
}

static void on_event(const struct event *event, void *data)
{
	struct run *run = data;

	if (event->record->type == KWP_LOSS) {
		if (run->options->read)
			run->lost += loss_total(event->facts);
		run_print(run, event);
		return;
	}
	if (run->stopped)
		return;
	if (!(run->request->types & 1ull << event->record->type))
		return;
	if (scope_refuses(run->options, event))
		return;
	/* A filter on findings may name their rule: they pass it in run_print(). */
	if (!run->request->findings && !filter_match(run->options->filter, event))
		return;
	run->request->on_event(run, event, run->request->data);
}

static void take(struct run *run, const void *record, size_t size)
{
	if (run->recording && !run->output_error) {
		run->output_error = recording_add(run->recording, record, size);
		if (run->output_error) {
			log_errno(run->output_error, "cannot write %s", run->options->write);
			run->stopped = true;
		}
	}
	if (enrich_record(run->enrich, record, size) && !run->damaged++)
		log_debug("a record of %zu bytes can't be understood", size);
}

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
		take(run, run->container.bytes, run->container.size);
}

static int take_live(void *data, void *record, size_t size)
{
	struct run *run = data;
	const struct kwp_record *head = record;

	if (size >= sizeof(*head))
		explain_cgroup(run, head->cgroup);
	take(run, record, size);
	if (run->stopped || ++run->batch >= BATCH) {
		run->batch = 0;
		return -EAGAIN;
	}
	return 0;
}

static void take_existing(void *data, const void *record, size_t size)
{
	struct run *run = data;
	const struct kwp_record *head = record;

	scope_learn(run->options, run->sensor, head);
	explain_cgroup(run, head->cgroup);
	take(run, record, size);
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
	take(run, &record, sizeof(record));
}

/* ---- setting up ---- */

static int open_sinks(struct run *run)
{
	static const char *const standard[] = {"-"};
	const char *const *names = run->options->sinks_count ? run->options->sinks : standard;
	size_t count = run->options->sinks_count ? run->options->sinks_count : 1;

	run->sinks = calloc(count, sizeof(*run->sinks));
	for (; run->sinks && run->sinks_count < count; run->sinks_count++)
		if (sink_open(names[run->sinks_count], &run->sinks[run->sinks_count]))
			return STATUS_USAGE;
	return run->sinks ? STATUS_OK : STATUS_USAGE;
}

/* The reader of events: from now on, or of a recording's past. */
static int open_enrich(struct run *run, const char *host, uint64_t boot_time)
{
	struct enrich_options options = {
		.host = host,
		.boot_time = boot_time,
		.drop_unfinished = run->options->failed_only,
		.existing = run->request->existing,
		.emit = on_event,
		.data = run,
	};

	run->boot_time = boot_time;
	return enrich_new(&options, &run->enrich) ? STATUS_CANT : STATUS_OK;
}

static int open_output(struct run *run)
{
	return output_new(&run->options->output, &run->output) ? STATUS_CANT : STATUS_OK;
}

static void say_header(struct run *run)
{
	output_header(run->output, run->request->findings, &run->lines);
}

static int open_recording(struct run *run, const char *host)
{
	struct recording head = {.schema = KWP_SCHEMA,
				 .head_size = sizeof(struct kwp_record),
				 .boot_time = run->boot_time};

	if (!run->options->write)
		return STATUS_OK;
	memcpy(head.magic, RECORDING_MAGIC, sizeof(head.magic));
	snprintf(head.host, sizeof(head.host), "%s", host);
	return recording_create(run->options->write, &head, &run->recording) ? STATUS_USAGE
									    : STATUS_OK;
}

/* ---- live ---- */

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
	log_warning("not watched in this kernel:%s", words);
	return STATUS_PARTLY;
}

static int open_sensor(struct run *run)
{
	const struct options *o = run->options;
	struct sensor_view view;
	struct sensor_options options = {
		.types = run->request->types,
		.open_writes_only = run->request->open_writes_only,
		.stdio = run->request->stdio,
		.syscalls = run->request->syscalls,
		.failed_only = o->failed_only,
		.backend = o->backend,
		.ring = o->ring,
	};
	int err = scope_options(o, &options);

	if (err)
		return STATUS_USAGE;
	err = sensor_open(&options, &run->sensor, &view);
	if (err) {
		log_error("%s", view.reason);
		return STATUS_CANT;
	}
	return say_view(&view);
}

/* What already runs, so that every event has its chain of parents. */
static int learn_existing(struct run *run)
{
	int err = sensor_iterate(run->sensor, take_existing, run);

	if (err)
		log_warning("cannot list what already runs (%s): ancestors may be missing",
			    strerror(-err));
	return scope_complete(run->options, run->sensor) ? STATUS_USAGE : STATUS_OK;
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

static int open_signals(struct run *run)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGPIPE);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return STATUS_CANT;
	run->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return run->signals < 0 ? STATUS_CANT : STATUS_OK;
}

/* Sleeps until something is to be done. While records come we look on our own each
 * three milliseconds, because waking us for them would cost more than the records;
 * only after a quiet while the ring is to wake us. */
static void wait_for_work(struct run *run, unsigned idle)
{
	struct pollfd fds[2] = {{run->signals, POLLIN, 0}, {sensor_fd(run->sensor), POLLIN, 0}};
	const bool busy = idle < 3;
	int timeout = busy ? 3 : 250;

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
		tick(run, now, &next_tick);
		take_signals(run);
		if (got != -EAGAIN) {
			flush_lines(run, true);
			if (ended && !got)
				break; /* what it did is in the ring before its exit is */
			idle = got ? 0 : idle + 1;
			wait_for_work(run, idle);
			now = now_ns();
		}
	}
}

/* The time is over and the wrapped command goes on, unwatched: its status is still
 * ours to give, and signals to kwp are still meant for it. */
static void outlive(struct run *run)
{
	struct pollfd fd = {run->signals, POLLIN, 0};

	if (!run->wrapper.pid || wrapper_poll(&run->wrapper))
		return;
	flush_lines(run, true);
	sensor_close(run->sensor);
	run->sensor = NULL;
	while (!wrapper_poll(&run->wrapper)) {
		poll(&fd, 1, 1000);
		take_signals(run);
	}
}

static int run_live(struct run *run)
{
	char host[64];
	int status, partly;

	guest_id(host, sizeof(host));
	status = open_enrich(run, host, guest_boot_time()) ?: open_recording(run, host)
		 ?: open_signals(run);
	if (status)
		return status;
	partly = open_sensor(run);
	if (partly && partly != STATUS_PARTLY)
		return partly;
	if (run->options->command &&
	    wrapper_start(&run->wrapper, run->options->command, sensor_enroll_fd(run->sensor)))
		return STATUS_CANT;
	say_header(run);
	status = learn_existing(run);
	if (status) {
		run->lines.size = 0; /* nothing is to be seen */
		return status;
	}
	flush_lines(run, true);
	wrapper_go(&run->wrapper);
	loop(run);
	enrich_flush(run->enrich, ~0ull);
	take_losses(run);
	outlive(run);
	return partly;
}

/* ---- replay ---- */

static int run_replay(struct run *run)
{
	_cleanup_free_ char *bytes = NULL;
	_cleanup_fclose_ FILE *file = NULL;
	struct recording head;
	size_t room = 0;
	int status, got = 1;

	if (recording_open(run->options->read, &head, &file))
		return STATUS_USAGE;
	status = open_enrich(run, head.host, head.boot_time) ?: open_recording(run, head.host)
		 ?: open_signals(run);
	if (!status)
		say_header(run);
	while (!status && !run->stopped && (got = recording_next(file, &bytes, &room)) > 0) {
		const struct kwp_record *record = (const void *)bytes;

		enrich_flush(run->enrich, record->time - MIN(record->time, UNFINISHED_NS));
		take(run, bytes, record->size);
	}
	enrich_flush(run->enrich, ~0ull);
	if (got < 0) {
		log_error("%s is cut off or damaged: nothing behind this point can be read",
			  run->options->read);
		status = STATUS_PARTLY;
	}
	return status;
}

/* ---- the whole ---- */

static int close_sinks(struct run *run)
{
	uint64_t dropped = 0;
	bool lost = false;

	flush_lines(run, true);
	for (size_t i = 0; i < run->sinks_count; i++) {
		uint64_t lines = sink_dropped(run->sinks[i]);

		int err = sink_close(run->sinks[i]);

		/* That a reader like head(1) has enough is no loss. */
		if (err == -EPIPE)
			continue;
		dropped += lines;
		lost |= lines || err;
	}
	free(run->sinks);
	run->sinks_count = 0;
	if (dropped)
		log_warning("%" PRIu64 " lines were not delivered", dropped);
	lost |= run->output_error && run->output_error != -EPIPE;
	return lost ? STATUS_LOST : STATUS_OK;
}

/* The last word, and the status that a script sees. */
static int finish(struct run *run, int status)
{
	int written;

	if (run->request->on_end && run->enrich && status != STATUS_USAGE && status != STATUS_CANT)
		run->request->on_end(run, run->request->data);
	/* Nothing was watched, so not even headings are due. */
	if (status == STATUS_USAGE || status == STATUS_CANT)
		run->lines.size = 0;
	written = close_sinks(run);
	if (run->recording && fclose(run->recording) && !run->output_error) {
		log_errno(-errno, "cannot write %s", run->options->write);
		written = STATUS_LOST;
	}
	if (status == STATUS_USAGE || status == STATUS_CANT)
		return status;
	if (run->damaged)
		log_warning("%" PRIu64 " records could not be understood", run->damaged);
	if (!run->options->read || run->lost)
		log_info("%" PRIu64 " %s, %" PRIu64 " lost", run->printed,
			 run->request->findings ? "findings" : "events", run->lost);
	if (run->wrapper.ended)
		return wrapper_status(&run->wrapper);
	if (written)
		return written;
	if (run->lost && run->options->strict)
		return STATUS_LOST;
	if (run->printed && run->options->exit_code)
		return STATUS_FINDINGS;
	return status;
}

int run_events(const struct run_request *request)
{
	struct run run = {.request = request,
			  .options = request->options,
			  .signals = -1,
			  .wrapper = {.gate = -1}};
	int status = open_sinks(&run) ?: open_output(&run);

	signal(SIGPIPE, SIG_IGN);
	if (!status)
		status = request->options->read ? run_replay(&run) : run_live(&run);
	wrapper_end(&run.wrapper);
	status = finish(&run, status);
	sensor_close(run.sensor);
	enrich_free(run.enrich);
	output_free(run.output);
	buffer_free(&run.lines);
	buffer_free(&run.container);
	if (run.signals >= 0)
		close(run.signals);
	return status;
}
