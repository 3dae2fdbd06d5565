/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of run.h that knows of findings: what repeats, what belongs together, and that the
 * watch is on. */
#include "run_state.h"

#include <inttypes.h>
#include <string.h>

#include "log.h"

#define MESSAGE_MAX 4096 /* bytes of a message with its count */

/* ---- repeats ---- */

/* "340 times in 12 s: MESSAGE" */
static size_t repeat_message(const struct burst_told *told, char out[MESSAGE_MAX])
{
	const struct incident *incident = &told->incident;
	const double seconds = (incident->last - incident->first) / 1e9;
	int length = snprintf(out, MESSAGE_MAX, "%" PRIu64 " times in %.*f s: %.*s",
			      incident->count, seconds < 10 ? 1 : 0, seconds,
			      (int)MIN(told->message.size, (size_t)MESSAGE_MAX),
			      told->message.bytes ?: "");

	return MIN((size_t)length, (size_t)MESSAGE_MAX - 1);
}

static void tell(const struct burst_told *told, void *data)
{
	struct run *run = data;
	struct event event;
	char message[MESSAGE_MAX];

	if (enrich_again(run->enrich, told->record, told->size, &event))
		return;
	event.rule = told->rule;
	event.ruleset = told->ruleset;
	event.verdict = told->verdict;
	event.path = told->path;
	event.target_path = told->target_path;
	event.incident = &told->incident;
	event.time = told->incident.last;
	event.message = (struct text){message, repeat_message(told, message)};
	run_line(run, &event);
}

void run_finding(struct run *run, const struct event *finding)
{
	struct incident incident = {.count = 1, .first = finding->time, .last = finding->time};
	struct event event = *finding;

	event.incident = &incident;
	incident_name(run->incidents, event.process, incident.id);
	if (!filter_match(run->options->filter, &event))
		return;
	if (!burst_take(run->bursts, &event, incident.id))
		return;
	if (run->request->on_finding)
		run->request->on_finding(&event, run->request->data);
	run_print(run, &event);
}

/* ---- the clock ---- */

static uint64_t evicted(const struct run *run)
{
	return enrich_evicted(run->enrich) + burst_evicted(run->bursts) +
	       incident_evicted(run->incidents);
}

static void say_forgotten(uint64_t count, const char *what)
{
	if (count)
		log_info("%" PRIu64 " %s were forgotten for others: there was no room for more",
			 count, what);
}

void run_say_evicted(const struct run *run)
{
	static const char *const names[] = {
		[ENRICH_PROCESSES] = "processes",
		[ENRICH_HOLDERS] = "holders of connections and pipes",
		[ENRICH_DOMAINS] = "names of addresses",
		[ENRICH_CONTAINERS] = "containers",
	};
	_Static_assert(ARRAY_SIZE(names) == ENRICH_TABLES, "each table has a name");

	if (!run->bursts)
		return;
	for (enum enrich_table table = 0; table < ENRICH_TABLES; table++)
		say_forgotten(enrich_evicted_of(run->enrich, table), names[table]);
	say_forgotten(burst_evicted(run->bursts), "kinds of findings");
	say_forgotten(incident_evicted(run->incidents), "incidents");
}

static void heartbeat(struct run *run, uint64_t now)
{
	struct {
		struct kwp_record head;
		struct kwp_heartbeat facts;
	} record = {
		.head = {.size = sizeof(record), .type = KWP_HEARTBEAT, .nr = -1,
			 .facts_size = sizeof(record.facts),
			 .time = now - MIN(now, run->boot_time)},
		.facts = {.records = run->records, .findings = run->printed,
			  .repeats = burst_repeats(run->bursts), .lost = run->lost,
			  .evicted = evicted(run), .damaged = run->damaged},
	};
	struct event event;

	if (!enrich_again(run->enrich, &record, sizeof(record), &event))
		run_line(run, &event);
}

void run_clock(struct run *run, uint64_t now)
{
	if (!run->bursts || (now < run->look && now < run->beat))
		return;
	if (now >= run->look) {
		run->look = now + MIN(NS_PER_S, ~now);
		burst_flush(run->bursts, now);
	}
	/* A recording's gaps prove nothing: one heartbeat for what came after, not one each
	 * interval. */
	if (run->request->heartbeat && now != ~0ull && now >= run->beat) {
		run->beat = now + run->request->heartbeat;
		heartbeat(run, now);
	}
}

int run_open_findings(struct run *run)
{
	run->beat = run->request->heartbeat ? 0 : ~0ull;
	if (!run->request->findings)
		return STATUS_OK;
	run->incidents = incident_table_new();
	run->bursts = burst_table_new(tell, run);
	if (run->incidents && run->bursts)
		return STATUS_OK;
	log_error("out of memory");
	return STATUS_CANT;
}

void run_close_findings(struct run *run)
{
	if (run->bursts)
		log_debug("%" PRIu64 " findings repeated others", burst_repeats(run->bursts));
	burst_table_free(run->bursts);
	incident_table_free(run->incidents);
}
