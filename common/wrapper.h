/* SPDX-License-Identifier: GPL-2.0-only */
/* The command behind "--": held before its first instruction, then let go. */
#ifndef KWP_WRAPPER_H
#define KWP_WRAPPER_H

#include <stdbool.h>
#include <sys/types.h>

struct wrapper {
	pid_t pid; /* 0: none */
	int gate;  /* closing it lets the child go; -1 */
	bool ended;
	int status; /* as wait(2) gives it */
};

/* Forks a child that waits, then runs the BPF program enroll_fd (which puts it
 * into the scope) and executes argv. 0 or -errno, which was said. */
int wrapper_start(struct wrapper *wrapper, char **argv, int enroll_fd);
void wrapper_go(struct wrapper *wrapper);
/* Has it ended? Never waits. */
bool wrapper_poll(struct wrapper *wrapper);
/* Its exit status as a shell gives it: 128 + signal, 126, 127 or its own. */
int wrapper_status(const struct wrapper *wrapper);
/* Kills the child if it was never let go. */
void wrapper_end(struct wrapper *wrapper);

#endif
