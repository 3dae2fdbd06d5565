/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kwp block: stop it. Enforces a profile, or rules of the command line, while it runs;
 * prints what was denied; and takes all away at its end.
 */
#include "cmd.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../common/adhoc.h"
#include "../common/freeze.h"
#include "../common/log.h"
#include "../common/policy_say.h"
#include "../common/run.h"

struct block {
	struct options options;
	struct adhoc adhoc;
	struct policy *policy;
	bool force;
	pid_t freeze, thaw;
	double confirm; /* seconds, 0: not asked for */
	unsigned seconds; /* that passed */
	bool confirmed;
};

enum {
	KEY_EXEC = 0x200, KEY_READ_FILE, KEY_WRITE_FILE, KEY_EGRESS, KEY_INGRESS, KEY_SYSCALL,
	KEY_DETECT, KEY_FOR, KEY_ISOLATE, KEY_EXCEPT, KEY_FREEZE, KEY_THAW, KEY_DRY_RUN, KEY_KILL,
	KEY_CONFIRM, KEY_FORCE,
};

static const struct argp_option block_options[] = {
	{NULL, 0, NULL, 0, "What to block:", 0},
	{"profile", 'P', "PROFILE", 0, "the rules of a profile: a name or a file", 0},
	{"exec", KEY_EXEC, "PATTERN", 0, "programs and libraries: /tmp/**, **/nc (all of these may repeat)", 0},
	{"read-file", KEY_READ_FILE, "PATTERN", 0, "reading of files", 0},
	{"write-file", KEY_WRITE_FILE, "PATTERN", 0, "writing, making and removing of files", 0},
	{"egress", KEY_EGRESS, "ADDR", 0,
	 "connections to 10.0.0.0/8:443/tcp, [fd00::/8], :22, a domain; !ADDR: to all but it", 0},
	{"ingress", KEY_INGRESS, "ADDR", 0, "connections from there, or to that port; !ADDR", 0},
	{"syscall", KEY_SYSCALL, "NAMES", 0, "system calls", 0},
	{"detect", KEY_DETECT, "ID", 0, "what this detection finds: reverse-shell, fileless-exec...", 0},
	{"isolate", KEY_ISOLATE, NULL, 0, "the network, both ways", 0},
	{"except", KEY_EXCEPT, "ADDR", 0, "with --isolate: but this", 0},
	{NULL, 0, NULL, 0, "How:", 0},
	{"kill", KEY_KILL, NULL, 0, "end the process as well", 0},
	{"dry-run", KEY_DRY_RUN, NULL, 0, "only say what would be denied", 0},
	{"for", KEY_FOR, "TIME", 0, "end after TIME (90s, 10m, 1h), as -d", 0},
	{"confirm", KEY_CONFIRM, "SECS", 0, "end after SECS unless a line was typed until then", 0},
	{"force", KEY_FORCE, NULL, 0, "also what would stop the whole guest", 0},
	{"freeze", KEY_FREEZE, "PID", 0, "let a process (-f: and its descendants) stand still, and end", 0},
	{"thaw", KEY_THAW, "PID", 0, "let it go on", 0},
	{},
};

/* A rule of the command line; argp ends kwp if it is none. */
static void add(struct block *block, enum adhoc_kind kind, const char *text,
		const struct argp_state *state)
{
	int err = adhoc_add(&block->adhoc, kind, text);

	if (err)
		argp_failure(state, STATUS_USAGE, -err, "%s", text);
}

static error_t parse_rule(int key, char *arg, struct argp_state *state, struct block *block)
{
	switch (key) {
	case KEY_EXEC:
		add(block, ADHOC_EXEC, arg, state);
		return 0;
	case KEY_READ_FILE:
		add(block, ADHOC_READ, arg, state);
		return 0;
	case KEY_WRITE_FILE:
		add(block, ADHOC_WRITE, arg, state);
		return 0;
	case KEY_EGRESS:
		add(block, ADHOC_EGRESS, arg, state);
		return 0;
	case KEY_INGRESS:
		add(block, ADHOC_INGRESS, arg, state);
		return 0;
	case KEY_SYSCALL:
		add(block, ADHOC_SYSCALL, arg, state);
		return 0;
	case KEY_DETECT:
		add(block, ADHOC_DETECT, arg, state);
		return 0;
	case KEY_ISOLATE:
		block->adhoc.isolate = true;
		return 0;
	case KEY_EXCEPT:
		add(block, ADHOC_EXCEPT, arg, state);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct block *block = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		options_share(state, &block->options);
		return 0;
	case 'P':
		block->adhoc.profile = arg;
		return 0;
	case KEY_KILL:
		block->adhoc.kill = true;
		return 0;
	case KEY_DRY_RUN:
		block->adhoc.dry = true;
		return 0;
	case KEY_FOR:
		block->options.duration = options_seconds(arg, state);
		return 0;
	case KEY_CONFIRM:
		block->confirm = options_seconds(arg, state);
		return 0;
	case KEY_FORCE:
		block->force = true;
		return 0;
	case KEY_FREEZE:
		block->freeze = options_number(arg, 1, INT32_MAX, "process id", state);
		block->options.follows_other = true;
		return 0;
	case KEY_THAW:
		block->thaw = options_number(arg, 1, INT32_MAX, "process id", state);
		return 0;
	case ARGP_KEY_END:
		if (block->adhoc.excepts && !block->adhoc.isolate)
			argp_error(state, "--except belongs to --isolate");
		if (block->options.read || block->options.attached || block->options.name ||
		    block->options.failed_only)
			argp_error(state, "--read, --attached, -n and -x are for kwp trace and kwp audit");
		if (!block->freeze && !block->thaw && !adhoc_any(&block->adhoc))
			argp_error(state, "nothing to block: -P PROFILE, or --exec, --write-file, "
					  "--egress...");
		return 0;
	}
	if (!parse_rule(key, arg, state, block))
		return 0;
	return options_word(key, arg, state, &block->options, true);
}

/* ---- the policy ---- */

/* Is it about some processes only? */
static bool is_scoped(const struct options *options)
{
	return options->pids_count || options->tid || options->has_uid || options->container ||
	       options->command;
}

static int compile(struct block *block)
{
	_cleanup_profile_ struct profile *profile = NULL;
	const char *everything;

	if (adhoc_profile(&block->adhoc, &profile))
		return STATUS_USAGE;
	everything = adhoc_stops_all(profile);
	if (everything && !is_scoped(&block->options) && !block->force && !block->adhoc.dry) {
		log_error("%s would stop the whole guest: name processes (-p, -c, -- COMMAND), or --force",
			  everything);
		return STATUS_USAGE;
	}
	if (policy_compile_said(profile, &block->policy))
		return STATUS_USAGE;
	if (is_scoped(&block->options))
		block->policy->fixed.cover = KWP_COVER_SCOPE;
	return STATUS_OK;
}

/* ---- running ---- */

static void on_event(struct run *run, const struct event *event, void *data)
{
	if (event->record->flags & KWP_F_VERDICT)
		run_print(run, event);
}

/* Somebody who is locked out can't type. */
static void on_tick(struct run *run, void *data)
{
	struct pollfd input = {STDIN_FILENO, POLLIN, 0};
	struct block *block = data;
	char line[256];

	if (!block->confirm || block->confirmed)
		return;
	if (poll(&input, 1, 0) == 1 && (input.revents & POLLIN) &&
	    read(STDIN_FILENO, line, sizeof(line)) > 0) {
		block->confirmed = true;
		log_info("confirmed");
	} else if (++block->seconds >= block->confirm) {
		log_warning("not confirmed within %g s: undone", block->confirm);
		run_stop(run);
	}
}

static int enforce(struct block *block)
{
	struct run_request request = {
		.options = &block->options,
		.policy = block->policy,
		.findings = true,
		.on_event = on_event,
		.on_tick = on_tick,
		.data = block,
	};

	if (block->confirm)
		log_info("press Enter within %g s to keep it", block->confirm);
	return run_events(&request);
}

/* One-shot forms. */
static int freeze(const struct block *block)
{
	int err = block->thaw ? thaw_process(block->thaw)
			      : freeze_process(block->freeze, block->options.follow);

	return err ? STATUS_CANT : STATUS_OK;
}

static int cmd_block_run(int argc, char **argv)
{
	static const struct argp argp = {
		.options = block_options,
		.parser = parse,
		.args_doc = "[-- COMMAND...]",
		.doc = "Denies acts while it runs, and says so.\v"
		       "Rules of the command line come on top of those of a profile. See kwp-block(8).",
		.children = options_children,
	};
	struct block block = {};
	int status;

	options_init(&block.options);
	options_parse(&argp, "block", argc, argv, &block.options, &block);
	if (block.freeze || block.thaw) {
		status = freeze(&block);
	} else {
		status = compile(&block);
		if (!status)
			status = enforce(&block);
	}
	policy_free(block.policy);
	adhoc_free(&block.adhoc);
	options_free(&block.options);
	return status;
}

const struct command cmd_block = {"block", cmd_block_run, "stop it: deny acts while it runs"};
