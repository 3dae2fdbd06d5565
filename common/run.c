/* SPDX-License-Identifier: GPL-2.0-only */
#include "run_state.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>

#include "log.h"
#include "replay.h"
#include "scope.h"

#define FLUSH_SIZE (64 << 10) /* bytes of lines that go out at once in a storm */

/* ---- lines out ---- */

void run_flush(struct run *run, bool dry)
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
	run_flush(run, false);
}

void run_stop(struct run *run)
{
	run->stopped = true;
}

void run_line(struct run *run, const struct event *event)
{
	output_event(run->output, event, &run->lines);
	run_flush(run, false);
}

void run_print(struct run *run, const struct event *event)
{
	const bool metric = event_is_metric(event);

	if (run->request->findings && !metric && !filter_match(run->options->filter, event))
		return;
	run_line(run, event);
	if (metric)
		return;
	run->printed++;
	if (run->options->count && run->printed >= run->options->count)
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

	if (event->record->type == KWP_LOSS && run->options->read)
		run->lost += loss_total(event->facts);
	if (event_is_metric(event)) {
		run_print(run, event);
		return;
	}
	if (run->stopped)
		return;
	/* What the policy in the kernel found is a finding, whatever rules look at. */
	if (!(run->request->types & 1ull << event->record->type) &&
	    !(run->request->findings && event->verdict))
		return;
	if (scope_refuses(run->options, event))
		return;
	/* A filter on findings may name their rule: they pass it in run_print(). */
	if (!run->request->findings && !filter_match(run->options->filter, event))
		return;
	run->request->on_event(run, event, run->request->data);
}

void run_take(void *data, const void *record, size_t size)
{
	struct run *run = data;

	if (run->recording && !run->output_error) {
		run->output_error = recording_add(run->recording, record, size);
		if (run->output_error) {
			log_errno(run->output_error, "cannot write %s", run->options->write);
			run->stopped = true;
		}
	}
	run->records++;
	if (enrich_record(run->enrich, record, size) && !run->damaged++)
		log_debug("a record of %zu bytes can't be understood", size);
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
int run_open_enrich(struct run *run, const char *host, uint64_t boot_time)
{
	struct enrich_options options = {
		.host = host,
		.boot_time = boot_time,
		.drop_unfinished = run->options->failed_only,
		.relays = run->request->types & TYPE(RELAY),
		.existing = run->request->existing,
		.emit = on_event,
		.data = run,
	};

	run->boot_time = boot_time;
	return enrich_new(&options, &run->enrich) ? STATUS_CANT : STATUS_OK;
}

static int open_output(struct run *run)
{
	struct output_options options = run->options->output;

	options.findings = run->request->findings;
	return output_new(&options, &run->output) ? STATUS_CANT : STATUS_OK;
}

void run_say_header(struct run *run)
{
	output_header(run->output, run->request->findings, &run->lines);
}

int run_open_recording(struct run *run, const char *host)
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

int run_open_signals(struct run *run)
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
	status = run_open_enrich(run, head.host, head.boot_time) ?: run_open_recording(run, head.host)
		 ?: run_open_signals(run);
	if (!status)
		run_say_header(run);
	while (!status && !run->stopped && (got = recording_next(file, &bytes, &room)) > 0) {
		const struct kwp_record *record = (const void *)bytes;

		enrich_flush(run->enrich, record->time - MIN(record->time, UNFINISHED_NS));
		run_clock(run, run->boot_time + record->time);
		run_take(run, bytes, record->size);
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

	run_flush(run, true);
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

/* What the kernel's side had no room for. A loaded policy's counts are its status's. Returns
 * whether acts were not seen. */
static bool say_unseen(const struct run *run)
{
	const struct kwp_counters *counters;

	if (!run->sensor || run->reader)
		return false;
	counters = sensor_counters(run->sensor);
	if (counters->untracked)
		log_warning("%" PRIu64 " processes were not followed: there was no room for more",
			    (uint64_t)counters->untracked);
	if (counters->unwalked)
		log_warning("%" PRIu64 " paths could not be judged: too deep, or too many at once",
			    (uint64_t)counters->unwalked);
	if (counters->unread)
		log_warning("%" PRIu64 " answers of resolvers could not be read: too many at once",
			    (uint64_t)counters->unread);
	return counters->untracked;
}

/* The last word, and the status that a script sees. */
static int finish(struct run *run, int status)
{
	const bool began = run->enrich && status != STATUS_USAGE && status != STATUS_CANT;
	bool unseen;
	int written;

	if (began)
		run_clock(run, ~0ull);
	if (run->request->on_end && began)
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
	unseen = say_unseen(run);
	if (run->damaged)
		log_warning("%" PRIu64 " records could not be understood", run->damaged);
	if (!run->request->quiet)
		run_say_evicted(run);
	if (!run->request->quiet && (!run->options->read || run->lost))
		log_info("%" PRIu64 " %s, %" PRIu64 " lost", run->printed,
			 run->request->findings ? "findings" : "events", run->lost);
	if (run->wrapper.ended)
		return wrapper_status(&run->wrapper);
	if (written)
		return written;
	if ((run->lost || unseen) && run->options->strict)
		return STATUS_LOST;
	if (run->printed && (run->options->exit_code || run->request->now))
		return STATUS_FINDINGS;
	return status;
}

int run_events(const struct run_request *request)
{
	struct run run = {.request = request,
			  .options = request->options,
			  .signals = -1,
			  .wrapper = {.gate = -1}};
	int status = open_sinks(&run) ?: open_output(&run) ?: run_open_findings(&run);

	/* A reader that went and a file that may not grow are errors of a write. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	if (!status)
		status = request->options->read ? run_replay(&run)
			 : request->now		? run_now(&run)
						: run_live(&run);
	wrapper_end(&run.wrapper);
	status = finish(&run, status);
	run_close_sensor(&run);
	run_close_findings(&run);
	enrich_free(run.enrich);
	output_free(run.output);
	buffer_free(&run.lines);
	buffer_free(&run.container);
	if (run.signals >= 0)
		close(run.signals);
	return status;
}
