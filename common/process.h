/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The processes that kwp knows: learnt from iterators at the start, then from fork,
 * exec and exit records. Pure: no /proc, no BPF.
 */
#ifndef KWP_PROCESS_H
#define KWP_PROCESS_H

#include "event.h"

struct process {
	uint32_t pid;		/* initial pid namespace */
	uint32_t view_pid;	/* in kwp's own namespace, 0: invisible there */
	uint32_t own_pid;	/* in the process's innermost namespace */
	uint64_t start;		/* ns of CLOCK_BOOTTIME */
	uint64_t start_time;	/* ns since 1970 */
	char entity_id[17];	/* 16 hex digits: of host, pid and start */
	char comm[KWP_COMM + 1];
	uint32_t uid, gid, euid, session, tty;
	uint32_t pid_ns, mnt_ns;
	uint64_t cgroup;
	bool exited;
	bool entered;		/* its parent lives in another pid namespace */
	bool ns_init;		/* pid 1 of its pid namespace */
	bool fetched;		/* a shell that it started took its input from the network */
	uint8_t connected;	/* stream connections since its exec: enum process_connected */
	/* What the last exec made of it; the memory is its image's: */
	uint64_t execed;	/* when, ns of CLOCK_BOOTTIME; 0: unknown */
	char *executable;	/* resolved path, NULL: unknown */
	char *args;		/* NUL separated, NULL: unknown */
	size_t args_size;
	char *command_line;	/* args joined by spaces, NULL: unknown */
	char *cwd;		/* at exec, NULL: unknown */
	char *environ;		/* variables, NUL separated, NULL: none or not asked for */
	size_t environ_size;
	char *script;		/* file that the executable interprets, NULL: none */
	uint32_t incomplete;	/* KWP_NO_ARGS, KWP_NO_CWD: not as whole as they were */
	const struct container *container; /* NULL: the guest itself */

	const struct process *parent; /* NULL: unknown, or pid 1 */
	uint32_t parent_pid;

	/* For the table's and the writer's own use: */
	struct image *image;	/* shared with forks that did not exec; NULL: none */
	bool leaving, busy;	/* is being forgotten; must not be now */
	unsigned references;	/* children, and who holds it for a call */
	unsigned generation;	/* counts changes of the above */
	char *json;		/* cached fields that are of_process; see output.c */
	unsigned json_generation;
	struct process *next;
	struct process *newer, *older;
};

enum process_connected { PROCESS_OUTBOUND = 1, PROCESS_INBOUND = 2 };

#define PROCESS_CHAIN 32 /* ancestors that a line shows at most */

/* Changes when anything changes that a field of this process shows, its
 * ancestors' facts included. */
static inline unsigned process_generation(const struct process *process)
{
	unsigned sum = 0;

	for (int i = 0; process && i <= PROCESS_CHAIN; i++, process = process->parent)
		sum += process->generation + 1;
	return sum;
}

struct process_table;

/*
 * host: makes entity ids differ between machines. boot_time: ns since 1970 at
 * which CLOCK_BOOTTIME was 0. limit: most processes that are kept; beyond it, and
 * beyond 1,024 that have ended, the ones that were longest untouched go, unless they
 * are in the chain of another. Of chains of ended ones the oldest links go.
 */
struct process_table *process_table_new(const char *host, uint64_t boot_time, size_t limit);
void process_table_free(struct process_table *table);

/* The process of the record's head, made or brought up to date from it; NULL
 * only when memory is out. Its parent is there too, as much as is known. One that has
 * executed nothing yet is what its parent is, if that has executed nothing since. */
struct process *process_touch(struct process_table *table, const struct kwp_record *record);
/* The child of a fork record; parent as process_touch() returned it. */
struct process *process_fork(struct process_table *table, struct process *parent,
			     const struct kwp_record *record, const struct kwp_fork *fork);
/* What an exec (or an iterator) says; absent texts become unknown. */
void process_exec(struct process *process, struct text executable, struct text args,
		  struct text cwd, struct text script);
/* Cuts very long arguments: whoever ran has shown them once, and others share the memory. */
void process_trim(struct process *process);
/* What process_exec() may not know: variables that the loader of libraries obeys, once. */
void process_environ(struct process *process, struct text variables);
/* It has made or accepted a connection, if that is what the event is. */
void process_connection(struct process *process, const struct event *event);
/* It ended; it and others may be gone when this returns. */
void process_exited(struct process_table *table, struct process *process);
/* By pid of the initial namespace: the newest of them, or NULL. */
struct process *process_find(struct process_table *table, uint32_t pid);
/* How many are kept, and how many had to go while they still ran. */
size_t process_table_count(const struct process_table *table);
uint64_t process_table_evicted(const struct process_table *table);

#endif
