/* SPDX-License-Identifier: GPL-2.0-only */
/* The words of -e: which events, which system calls. */
#ifndef KWP_SELECT_H
#define KWP_SELECT_H

#include "../bpf/policy.h"
#include "event.h"

struct selection {
	uint64_t types;			 /* bits of event types */
	uint8_t syscalls[KWP_SYSCALLS];	 /* flags, for SYSCALL */
	bool any;			 /* something was selected */
};

/*
 * Adds "exec,open", a group ("process", "file", "net", "task", "kernel", "all"), or
 * "syscall:NAME,NAME" (system calls by name, or %file %network %process
 * %memory %ipc %desc %signal %creds, or "all"). 0; -EINVAL and a sentence in error.
 */
int selection_add(struct selection *selection, const char *words, char *error, size_t size)
	MUST_CHECK;

/* Calls visit for each event a user can ask for, and for each group. */
void selection_each(void (*visit)(const char *name, uint64_t types, void *data), void *data);

#endif
