/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The loop of the commands that stream: from the sensor, or a recording,
 * through enrichment to the command's on_event(), and from its run_print() to the sinks.
 */
#ifndef KWP_RUN_H
#define KWP_RUN_H

#include "options.h"

struct need;
struct policy;
struct run;

struct run_request {
	const struct options *options;
	uint64_t types;		/* bits of the events that on_event() wants */
	bool open_writes_only;
	const struct need *need; /* see struct sensor_options */
	bool stdio;		/* records say what fds 0 to 2 are */
	bool environ;		/* rules want process.env_vars */
	const uint8_t *syscalls; /* see struct sensor_options */
	const struct policy *policy; /* to be in force while it runs, NULL: none */
	bool findings;		/* lines are findings: other headings */
	bool quiet;		/* no word on how many lines there were */
	uint64_t heartbeat;	/* ns between two records that the watch is on, 0: none */
	bool now;		/* on_event() only for what there is now, then it ends */
	bool existing;		/* on_event() also for what already runs, as exec events */
	void (*on_event)(struct run *run, const struct event *event, void *data);
	/* A finding that is told for the first time, before its line; may be NULL. */
	void (*on_finding)(const struct event *finding, void *data);
	void (*on_tick)(struct run *run, void *data); /* each second; may be NULL */
	void (*on_end)(struct run *run, void *data); /* before the last lines go out; may be NULL */
	void *data;
};

/* Runs until its time is over, its command ended, or a signal came. Returns
 * the exit status of the table in options.h; everything was said. */
int run_events(const struct run_request *request);

/* For on_event() and on_tick(): ends the run as a signal would. */
void run_stop(struct run *run);
/* For on_event(): one event to the sinks, counted. */
void run_print(struct run *run, const struct event *event);
/* For on_event(): the same for a finding, unless it repeats one; see burst.h. */
void run_finding(struct run *run, const struct event *finding);
/* Other lines (a summary) to the sinks. */
void run_write(struct run *run, const char *bytes, size_t size);

#endif
