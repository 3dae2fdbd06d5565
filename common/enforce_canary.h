/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rules of kwp's own, behind those of the profile, about names and addresses that nobody else
 * uses: an act that breaks one proves that its class is enforced, and touches nobody.
 */
#ifndef KWP_ENFORCE_CANARY_H
#define KWP_ENFORCE_CANARY_H

#include <netinet/in.h>

#include "policy.h"

#define CANARY_PLACE "/dev" /* a private file system is mounted there for the proof */
#define CANARY_CALL 400	     /* no system call on x86-64 and arm64 */

struct canary {
	struct policy policy;	     /* the profile's with the canaries; shares most with it */
	uint16_t first;		     /* number of the first canary */
	uint16_t rule[KWP_CLASS_COUNT]; /* 0: this class has none */
	char write_path[64], exec_path[64];
	struct in_addr address;	     /* of class E, which nobody is given */
};

/* Adds a canary for each class that the policy asks for and that can have one. 0 or -ENOMEM.
 * policy has to outlive it. */
int canary_make(const struct policy *policy, struct canary *out) MUST_CHECK;
void canary_free(struct canary *canary);

static inline void cleanup_canary(struct canary *c) { canary_free(c); }
#define _cleanup_canary_ __attribute__((cleanup(cleanup_canary)))

#endif
