/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A policy in the kernel: switched in as a whole, pinned under /sys/fs/bpf/kwp so that it
 * outlives kwp, shown, and taken away.
 *
 * enforce_dir.h has the layout.
 */
#ifndef KWP_ENFORCE_H
#define KWP_ENFORCE_H

#include "policy.h"
#include "sensor.h"

#define ENFORCE_DIR "/sys/fs/bpf/kwp"

/* A rule's number in words, from the pins. */
struct enforce_rule {
	struct policy_text text;
	uint8_t class; /* enum kwp_class */
	enum kwp_action action; /* the strictest of its accesses */
	struct kwp_hits hits;
};

struct enforce_program {
	char name[16];
	char hook[64];		   /* "lsm/file_open" */
	enum kwp_backend backend;
	uint64_t runs, run_ns;	   /* 0 unless kernel.bpf_stats_enabled */
	uint64_t bytes;		   /* of kernel memory: translated and native code */
};

struct enforce_status {
	char *profile, *digest;
	char version[32];	   /* of the kwp that loaded */
	uint32_t generation;
	enum kwp_mode mode;
	uint32_t guards;	   /* classes that are enforced */
	uint32_t unguarded;	   /* classes asked for that this kernel can't enforce */
	uint32_t unstopped;	   /* 1 << enum kwp_detect: as of a report */
	uint64_t loaded;	   /* ns since 1970 */
	struct sensor_view view;
	struct enforce_rule *rules;
	size_t rules_count;	   /* [0] is no rule */
	struct enforce_program *programs;
	size_t programs_count;
	uint64_t map_bytes, program_bytes;
	uint64_t lost[KWP_TYPE_COUNT];
	uint64_t unmade;	   /* records that were not made because limits were passed */
	uint64_t unwalked;	   /* files that were not judged by their paths */
	uint64_t unread;	   /* questions and answers of resolvers that nobody read */
	bool names;		   /* it has rules by name */
	uint64_t named;		   /* addresses that are known by a name of a rule */
	uint64_t named_evicted;	   /* for which there was no room any more */
	uint32_t reader;	   /* pid that reads the rings, 0: nobody */
	bool shed;		   /* auditing is lowered */
};

/* Result of a load, for the start-up line and the exit status. */
struct enforce_report {
	uint32_t generation;
	uint32_t proven;   /* 1 << enum kwp_class: a canary was denied */
	uint32_t unproven; /* asked for and not enforced here */
	uint32_t unstopped; /* 1 << enum kwp_detect: to be stopped, which only a hook could */
	bool switched;	   /* the programs that were there took the new generation */
	bool kill_only;	   /* it is enforced by ending processes: no hook can deny here */
	uint64_t unwatched; /* types that its rules look at and that nobody shows */
	bool locked;	   /* whom it is about can't start kwp any more */
	bool names;	   /* answers are read, so rules by name are enforced if there are any */
	bool partial;	   /* too many files have several names to know them all by inode */
	char missing[64];  /* a container of the scope that does not run, "": none */
	char reason[512];  /* of a failure, or of unproven, in words */
};

/*
 * Brings the policy into the kernel and pins it. What was there stays in force until the new
 * one is, and stays untouched if anything fails. 0; -ENOTSUP: this kernel can't;
 * -EBUSY: another kwp is at it; other -errno; *report says more.
 */
int enforce_load(const struct policy *policy, struct enforce_report *report) MUST_CHECK;
/* Takes all away. -ENOENT: nothing is loaded. */
int enforce_unload(void) MUST_CHECK;
int enforce_set_mode(enum kwp_mode mode) MUST_CHECK;
/* -ENOENT: nothing is loaded. */
int enforce_status(struct enforce_status *out) MUST_CHECK;
void enforce_status_free(struct enforce_status *status);

#endif
