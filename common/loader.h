/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loading the BPF programs, in a child process: libbpf needs twice the size of
 * the kernel's type information, which a process that runs for days need not
 * carry. What remains is descriptors.
 */
#ifndef KWP_LOADER_H
#define KWP_LOADER_H

#include "sensor.h"

#define LOADER_ROWS 200 /* programs; with the rest, less than SCM_RIGHTS carries */

/* Descriptors that are always there. */
enum loader_fd {
	LOADER_RING, LOADER_DATA, LOADER_PIDS, LOADER_EXITS, /* maps */
	LOADER_WHOAMI, LOADER_ENROLL, LOADER_TASKS, LOADER_SYS_EXIT, /* programs */
	LOADER_FIXED
};

struct loaded {
	int err;		 /* 0, or -errno with view.reason */
	struct sensor_view view; /* silent and reason are set */
	uint32_t data_size;	 /* bytes of the map of variables */
	uint32_t counters;	 /* where struct kwp_counters is in them */
	bool ends;		 /* LOADER_SYS_EXIT is to be attached */
	uint16_t rows;
	struct {
		uint16_t row;	 /* in act_programs */
		uint16_t attach; /* enum bpf_attach_type, of KWP_BY_CGROUP */
		uint32_t event;	 /* perf event, of ACT_CALL */
	} row[LOADER_ROWS];
	int fd[LOADER_FIXED + LOADER_ROWS]; /* owned by the caller; -1: none */
};

/* Loads what the options need. Sets all of *out; returns out->err. */
int loader_run(const struct sensor_options *options, struct loaded *out) MUST_CHECK;
/* Closes the descriptors. */
void loader_close(struct loaded *loaded);

#endif
