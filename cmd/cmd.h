/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KWP_CMD_H
#define KWP_CMD_H

/* A command of kwp: `kwp NAME` and `kwp-NAME`. */
struct command {
	const char *name;
	int (*run)(int argc, char **argv); /* argv[0] may be changed; returns an exit status */
	const char *help;		   /* one line */
};

extern const struct command cmd_trace, cmd_audit, cmd_load, cmd_diff, cmd_block;

#endif
