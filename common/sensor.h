/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The sensor: the only user of the BPF skeleton. Loads the programs that the
 * asked-for events need, through the best backend that fires, and hands their
 * records over.
 */
#ifndef KWP_SENSOR_H
#define KWP_SENSOR_H

#include "../bpf/policy.h"
#include "event.h"

struct sensor;

struct sensor_options {
	uint64_t types;		   /* bits of the events asked for */
	bool open_writes_only;	   /* of OPEN, only opens for writing */
	bool stdio;		   /* records say what fds 0 to 2 are */
	bool failed_only;
	uint32_t scope;		   /* enum kwp_scope; pids are added by sensor_add_pid() */
	uint32_t uid, tid;
	uint64_t cgroup;
	uint32_t cgroup_level;
	const uint8_t *syscalls;   /* for SYSCALL: KWP_SYSCALLS flags, 1: wanted; NULL: none */
	enum kwp_backend backend;  /* forced; KWP_BY_NONE: the best that fires */
	size_t ring;		   /* bytes, a power of two */
};

/* What the sensor ended up with. */
struct sensor_view {
	uint64_t watched[KWP_BACKEND_COUNT]; /* types that each backend shows */
	uint64_t unwatched;	/* types asked for that nobody shows */
	uint32_t silent;	/* backends that attach and never fire */
	char reason[256];	/* of unwatched, or of a failure, in words */
};

/* Puts the sentence into view->reason; returns err. */
int sensor_fail(struct sensor_view *view, int err, const char *text, ...) PRINTF(3, 4);

/*
 * Loads, proves and attaches. 0 and *out; -EPERM: not privileged; -ENOTSUP: this
 * kernel can't, and view->reason names the missing options; other -errno. The reason
 * is in view->reason, nothing was said and nothing stays attached. Types that
 * can't be watched are no error: see view->unwatched.
 */
int sensor_open(const struct sensor_options *options, struct sensor **out,
		struct sensor_view *view) MUST_CHECK;
/* Detaches everything. */
void sensor_close(struct sensor *sensor);

/* Puts a process (initial namespace's pid) into the scope. 0 or -errno. */
int sensor_add_pid(struct sensor *sensor, uint32_t pid);
/* A BPF program that puts the process that runs it (BPF_PROG_TEST_RUN) into
 * the scope: for the child of a wrapper, whose kernel pid nobody here knows. */
int sensor_enroll_fd(struct sensor *sensor);

/* Becomes readable when records wait. */
int sensor_fd(struct sensor *sensor);
/* Calls take for each record that waits; it returns < 0 to stop. Returns how many. */
int sensor_consume(struct sensor *sensor, int (*take)(void *data, void *record, size_t size),
		   void *data);
/* A record (backend iterator) for each process that already runs and that kwp's pid
 * namespace shows, parents in any order. 0 or -errno. */
int sensor_iterate(struct sensor *sensor, void (*take)(void *data, const void *record, size_t size),
		   void *data);
/* Losses so far, by type; they only grow. */
void sensor_lost(const struct sensor *sensor, uint64_t lost[KWP_TYPE_COUNT]);

#endif
