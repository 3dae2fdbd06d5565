/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Acts: which system calls and which BPF programs show which type of event.
 * The one table that ties the programs of bpf/ to the types of record.h.
 */
#ifndef KWP_ACT_H
#define KWP_ACT_H

#include "event.h"

/* A system call whose end is looked at. */
struct act_call {
	const char *name; /* of the system call, looked up per architecture */
	enum kwp_type body; /* whose exit program handles it */
	uint8_t form;	  /* enum kwp_form */
	uint64_t types;	  /* events that need it */
};

enum act_how {
	ACT_ATTACH, /* attached by itself */
	ACT_EXIT,   /* body of kwp_sys_exit for its type */
	ACT_CALL,   /* on the end of one system call, instead of ACT_EXIT where only
		       that type needs ends of system calls */
};

/* A BPF program. */
struct act_program {
	const char *name;
	enum kwp_type type;
	enum kwp_backend by;
	enum act_how how;
	uint64_t types; /* events that need it */
	uint32_t guards; /* 1 << enum kwp_class: verdicts that need it */
};

extern const struct act_call act_calls[];
extern const size_t act_calls_count;
/* Events that io_uring has operations for. */
extern const uint64_t act_uring_types;
extern const struct act_program act_programs[];
extern const size_t act_programs_count;

#endif
