/* SPDX-License-Identifier: GPL-2.0-only */
/* What run.c and run_live.c share: the state of a run. */
#ifndef KWP_RUN_STATE_H
#define KWP_RUN_STATE_H

#include <stdio.h>

#include "burst.h"
#include "enforce_reader.h"
#include "enrich.h"
#include "run.h"
#include "scope.h"
#include "sensor.h"
#include "sink.h"
#include "wrapper.h"

#define UNFINISHED_NS (50 * NS_PER_MS) /* how long an act may wait for its result */

struct run {
	const struct run_request *request;
	const struct options *options;
	struct enrich *enrich;
	struct output *output;
	struct incident_table *incidents; /* NULL: lines are no findings */
	struct burst_table *bursts;
	uint64_t look, beat; /* when bursts are looked at, the next heartbeat; ns since 1970 */
	struct sink **sinks;
	size_t sinks_count;
	struct buffer lines;
	struct buffer container; /* a CONTAINER record in the making */
	FILE *recording;
	struct sensor *sensor;
	struct sensor_view view;
	struct hold *hold;     /* the policy that is in force while it runs, NULL: none */
	struct reader *reader; /* whose sensor it is; NULL: it is our own */
	struct wrapper wrapper;
	struct scope_search search;
	int signals; /* signalfd */
	uint64_t cgroup; /* the last one that is known */
	uint64_t records, printed, damaged, lost;
	uint64_t lost_by[KWP_TYPE_COUNT];
	uint64_t boot_time;
	unsigned batch;
	bool stopped;
	int output_error; /* -errno of a sink or of the recording */
};

/* Lines to the sinks: those that wait if they are many, or all when dry. */
void run_flush(struct run *run, bool dry);
/* A line that does not count. */
void run_line(struct run *run, const struct event *event);
/* One record: to the recording, and through enrichment to the command. Fits sensor_iterate(). */
void run_take(void *run, const void *record, size_t size);
/* The reader of events, the signals, the file of --write. An exit status each. */
int run_open_enrich(struct run *run, const char *host, uint64_t boot_time);
int run_open_recording(struct run *run, const char *host);
int run_open_signals(struct run *run);
/* What is due at this time (ns since 1970; ~0: all that is left): repeats of findings,
 * heartbeats. */
void run_clock(struct run *run, uint64_t now);
/* What findings need. An exit status. */
int run_open_findings(struct run *run);
void run_close_findings(struct run *run);
/* What full tables had to forget. */
void run_say_evicted(const struct run *run);
/* The headings, once it is clear that there will be lines. */
void run_say_header(struct run *run);
/* Gives the sensor back. */
void run_close_sensor(struct run *run);
/* The sensor that the request and the options ask for. An exit status. */
int run_open_sensor(struct run *run);
/* For sensor_iterate(): a record of a process that already runs. */
void run_take_existing(void *run, const void *record, size_t size);
/* From the sensor until the end. An exit status. */
int run_live(struct run *run);
/* What there is now. An exit status. */
int run_now(struct run *run);

#endif
