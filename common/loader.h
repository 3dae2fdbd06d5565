/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loading the BPF programs, in a child process: libbpf needs twice the size of
 * the kernel's type information, which a process that runs for days need not
 * carry. What remains is descriptors.
 */
#ifndef KWP_LOADER_H
#define KWP_LOADER_H

#include "sensor.h"

struct act_program;

/* Backends that can deny. */
#define LOADER_HOOKS (1u << KWP_BY_LSM | 1u << KWP_BY_FMOD_RET)
#define LOADER_MAPS 64
#define LOADER_ROWS 200
#define LOADER_FDS 253 /* that SCM_RIGHTS carries at once */

/* Programs that are no rows. */
enum loader_program {
	LOADER_WHOAMI, LOADER_ENROLL, LOADER_TASKS, LOADER_LEARN, LOADER_HOLDS, LOADER_SOCKS,
	LOADER_NOW_MAPS, LOADER_NOW_FILES, LOADER_NOW_TRACED, LOADER_SYS_EXIT, LOADER_PROGRAMS
};

struct loaded {
	int err;		 /* 0, or -errno with view.reason */
	struct sensor_view view; /* silent and reason are set */
	struct sensor_layout layout;
	uint32_t guards;	 /* classes that the programs give verdicts on */
	uint32_t backends;	 /* in use: 1 << enum kwp_backend */
	bool has[LOADER_PROGRAMS]; /* else the descriptor stands for nothing */
	uint16_t maps, rows;
	char map[LOADER_MAPS][SENSOR_NAME]; /* names */
	struct {
		uint16_t row;	 /* in act_programs */
		uint16_t attach; /* enum bpf_attach_type, of KWP_BY_CGROUP */
		uint32_t event;	 /* perf event, of ACT_CALL */
		char hook[48];	 /* "lsm/file_open" */
	} row[LOADER_ROWS];
	/* Programs, then maps, then rows; owned by the caller; -1: none. */
	int fd[LOADER_FDS];
};

/* Calls take for each program of the table: where it attaches ("lsm/file_open"), and whether this
 * kernel has that. Needs no privilege. 0 or -errno. */
int loader_hooks(void (*take)(void *data, const struct act_program *row, const char *hook,
			      bool there), void *data) MUST_CHECK;
/* Loads what the options need. Sets all of *out; returns out->err. */
int loader_run(const struct sensor_options *options, struct loaded *out) MUST_CHECK;
/* Closes the descriptors. */
void loader_close(struct loaded *loaded);

#endif
