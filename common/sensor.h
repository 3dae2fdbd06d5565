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

#define SENSOR_NAME 16		     /* bytes of the name of a part */
#define SENSOR_VARIABLES "variables" /* the map of the programs' variables */

struct need;
struct policy;
struct sensor;

struct sensor_options {
	uint64_t types;		   /* bits of the events asked for */
	bool open_writes_only;	   /* of OPEN, only opens for writing */
	const struct need *need;   /* of OPEN and mappings, only these; NULL: all */
	bool stdio;		   /* records say what fds 0 to 2 are */
	bool environ;		   /* those of exec have process.env_vars */
	bool failed_only;
	uint32_t scope;		   /* enum kwp_scope; pids are added by sensor_add_pid() */
	uint32_t uid, tid;
	uint64_t cgroup;
	uint32_t cgroup_level;
	const uint8_t *syscalls;   /* for SYSCALL: KWP_SYSCALLS flags, 1: wanted; NULL: none */
	enum kwp_backend backend;  /* forced; KWP_BY_NONE: the best that fires */
	size_t ring;		   /* bytes, a power of two */
	const struct policy *policy; /* programs give the verdicts that it needs; NULL: none.
					enforce.h brings it into their maps */
	bool now;		   /* only iterators, for sensor_iterate() */
	bool pinned;		   /* is to outlive kwp: what enforce.h pins */
	bool fitted;		   /* room for this policy and some more, not for the largest;
				      what does not fit is -E2BIG when it is brought there */
};

/* Where in the programs' variables is what. */
struct sensor_layout {
	uint32_t size, counters, view, switched; /* bytes */
};

/* What a sensor consists of: as long as it is open or pinned, programs run. */
enum sensor_kind { SENSOR_MAP, SENSOR_PROGRAM, SENSOR_LINK, SENSOR_KIND_COUNT };

struct sensor_part {
	enum sensor_kind kind;
	char name[SENSOR_NAME]; /* of a link: its program's */
	char hook[48];		/* of a link: "lsm/file_open" */
	enum kwp_backend by;
	int fd;
};

/* What the sensor ended up with. */
struct sensor_view {
	uint64_t watched[KWP_BACKEND_COUNT]; /* types that each backend shows */
	uint64_t unwatched;	/* types asked for that nobody shows */
	uint32_t silent;	/* backends that attach and never fire */
	uint32_t guards;	/* classes of rules that have programs */
	uint32_t partial;	/* those of them that lack one which this kernel refuses */
	bool kill_only;		/* they can't deny, only end the process */
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
/* Opens what was pinned below directory: maps and programs, but not the links. reads: to take
 * records. 0 and *out, or -errno with view->reason. */
int sensor_open_pinned(const char *directory, const struct sensor_layout *layout, bool reads,
		       struct sensor **out, struct sensor_view *view) MUST_CHECK;
/* Detaches everything that is not pinned. */
void sensor_close(struct sensor *sensor);

/* What it consists of; the sensor's. */
const struct sensor_part *sensor_parts(const struct sensor *sensor, size_t *count);
/* A map's, a program's descriptor by its name, -1: there is none. */
int sensor_part(const struct sensor *sensor, enum sensor_kind kind, const char *name);
struct sensor_layout sensor_layout(const struct sensor *sensor);
/* Variables that user space may write. */
struct kwp_switch *sensor_switch(struct sensor *sensor);
struct kwp_view *sensor_self(struct sensor *sensor);

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
/* Iterators: a record (backend iterator) for each process that already runs and that kwp's pid
 * namespace shows, parents in any order; a HELD record for each of them, if HELD was asked for; with
 * options.now, for what those have; and one that has no records: it learns whose the sockets are
 * that are open, for verdicts on their packets. */
#define SENSOR_TASKS "kwp_tasks"
#define SENSOR_HOLDS "kwp_holds"
#define SENSOR_NOW {"kwp_now_maps", "kwp_now_files", "kwp_now_traced"}
#define SENSOR_SOCKETS "kwp_socks"
/* take NULL: there are no records. 0 or -errno; -ENOTSUP: the sensor has no such one. */
int sensor_iterate(struct sensor *sensor, const char *name,
		   void (*take)(void *data, const void *record, size_t size), void *data);
/* What the programs count; it only grows. */
const struct kwp_counters *sensor_counters(const struct sensor *sensor);
/* Losses so far, by type. */
void sensor_lost(const struct sensor *sensor, uint64_t lost[KWP_TYPE_COUNT]);

#endif
