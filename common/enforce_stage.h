/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where canaries are tried: a child with mounts of its own, in which nothing but kwp's own
 * files can be harmed, and a child of that one for each act. The first is exempt from the
 * policy, so that it can prepare; the others are covered by it, as the workload is.
 */
#ifndef KWP_ENFORCE_STAGE_H
#define KWP_ENFORCE_STAGE_H

#include "enforce_canary.h"
#include "sensor.h"

enum stage_act {
	STAGE_WRITE,	/* the canary's path is created */
	STAGE_EXEC,	/* a program at the canary's path is executed */
	STAGE_CONNECT,	/* to the canary's address */
	STAGE_CALL,	/* a system call, see stage_do() */
	STAGE_SYSCTL,	/* one is written with what it holds */
	STAGE_MEMORY,	/* a program in a memfd is executed */
	STAGE_DEVICE,	/* the file of a disk that is not there is made */
	STAGE_DRIFT,	/* a program that no image has is executed */
	STAGE_MAP,	/* a map of kwp's is opened by its number */
	STAGE_SELF,	/* kwp itself is executed, which no profile should refuse */
	STAGE_ACTS
};

struct stage {
	const struct canary *canary;
	int enroll;	 /* program that puts its caller into the scope */
	pid_t pid;	 /* 0: none */
	int socket;
	int mounts;	 /* the mount namespace of kwp */
	uint64_t cgroup; /* of the acts, 0: kwp's own */
	char self[256];	 /* path of kwp */
};

/* What became of an act. */
struct stage_outcome {
	int err;     /* 0: it was done, -errno: it was refused */
	bool killed; /* by SIGKILL */
	bool failed; /* it could not be tried */
};

/* Begins the child, which does nothing yet. */
int stage_start(struct stage *stage, const struct canary *canary, int enroll) MUST_CHECK;
/* Has it prepare, when its pid is exempt. -errno: no act can be tried. */
int stage_prepare(struct stage *stage) MUST_CHECK;
/* word: what a CALL, a SYSCTL or a MAP is about. */
struct stage_outcome stage_do(struct stage *stage, enum stage_act act, int word);
void stage_end(struct stage *stage);

#endif
