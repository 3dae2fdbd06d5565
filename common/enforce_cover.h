/* SPDX-License-Identifier: GPL-2.0-only */
/* Whom a policy is about and whom never: processes, control groups, the guest's own root. */
#ifndef KWP_ENFORCE_COVER_H
#define KWP_ENFORCE_COVER_H

#include "policy.h"
#include "sensor.h"

#include <sys/types.h>

struct cover {
	struct sensor *sensor;
	bool netns; /* the kernel tells network namespaces apart */
	uint32_t guest_mnt_ns; /* of the guest's pid 1, 0: unknown, kwp is in a container */
	pid_t helper;
	uint32_t own[2];       /* pids of kwp and its helper in the initial namespace, 0: none */
	uint32_t pids[64];     /* exempt */
	uint64_t starts[64];
	uint32_t pids_count;
	uint64_t cgroups[KWP_EXEMPT_MAX];
	uint32_t levels[KWP_EXEMPT_MAX];
	uint32_t cgroups_count;
};

/* Looks at what runs, and lets the programs know before a policy is in force. helper: another
 * process that is exempt, 0: none. missing: the first container that the policy names and that does
 * not run, NULL: none. */
int cover_learn(struct cover *cover, struct sensor *sensor, const struct policy *policy,
		pid_t helper, const char **missing) MUST_CHECK;
/* Forgets, when the generation before is not in force any more, what only that one was about. */
int cover_trim(const struct cover *cover) MUST_CHECK;
/* A control group more, for the time of a proof. */
int cover_add(const struct cover *cover, uint64_t cgroup) MUST_CHECK;
/* kwp ends, and its helper has. */
void cover_forget_self(const struct cover *cover);

#endif
