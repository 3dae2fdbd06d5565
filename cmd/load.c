/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kwp load: make it stay. Brings a profile into the kernel, pins it and ends; shows
 * it, changes its mode, and takes it away.
 */
#include "cmd.h"

#include <errno.h>
#include <string.h>

#include "../common/enforce_say.h"
#include "../common/explain.h"
#include "../common/guest.h"
#include "../common/harden.h"
#include "../common/kconfig.h"
#include "../common/log.h"
#include "../common/options.h"
#include "../common/probe.h"
#include "../common/policy_say.h"
#include "../common/profile_say.h"
#include "../common/status.h"

#define GUEST_PROFILE "/etc/kwp/profile.yaml"

struct load {
	const char *profile;
	int (*act)(const struct load *load); /* NULL: to load */
	const char *word; /* of --explain */
	enum kwp_mode mode;
	bool json, harden;
};

enum {
	KEY_CHECK = 0x200, KEY_EXPLAIN, KEY_HARDEN, KEY_KCONFIG, KEY_MODE, KEY_PROBE, KEY_STATUS,
	KEY_UNLOAD,
};

static const struct argp_option load_options[] = {
	{NULL, 0, NULL, 0, "Instead of loading:", 1},
	{"check", KEY_CHECK, NULL, 0, "only check the profile; needs no root", 0},
	{"explain", KEY_EXPLAIN, "NAME", 0,
	 "what a field, event, detection or key of profiles means; - lists all", 0},
	{"status", KEY_STATUS, NULL, 0, "what is loaded, and what its rules did", 0},
	{"mode", KEY_MODE, "MODE", 0,
	 "what is loaded only reports from now on (monitor), or denies (enforce)", 0},
	{"unload", KEY_UNLOAD, NULL, 0, "take away what is loaded", 0},
	{"probe", KEY_PROBE, NULL, 0, "what this kernel can enforce, hook by hook", 0},
	{"kconfig", KEY_KCONFIG, NULL, 0,
	 "the options that this kernel lacks, as a fragment for Kata's kernel", 0},
	{NULL, 0, NULL, 0, "Besides:", 2},
	{"harden", KEY_HARDEN, NULL, 0,
	 "forbid BPF programs of unprivileged processes until the guest ends", 0},
	{"output", 'o', "FORMAT", 0, "of --status: text or json", 0},
	{"verbose", 'v', NULL, 0, "more diagnostics", 0},
	{"quiet", 'q', NULL, 0, "only errors as diagnostics", 0},
	{},
};

/* ---- the acts ---- */

static int put_out(struct buffer *out)
{
	if (!out->failed)
		fwrite(out->bytes, out->size, 1, stdout);
	return out->failed || fflush(stdout) || ferror(stdout) ? STATUS_LOST : STATUS_OK;
}

/* Nothing is loaded: no error of the kernel's, and not what a script hoped for. */
static int status_of(int err)
{
	return err == -ENOENT ? STATUS_FINDINGS : err ? STATUS_CANT : STATUS_OK;
}

static int compile(const struct load *load, struct policy **out)
{
	_cleanup_profile_ struct profile *profile = NULL;

	return profile_read_said(load->profile, &profile) || policy_compile_said(profile, out)
		       ? STATUS_USAGE : STATUS_OK;
}

static int act_check(const struct load *load)
{
	_cleanup_policy_ struct policy *policy = NULL;

	return compile(load, &policy);
}

static int act_explain(const struct load *load)
{
	int err = strcmp(load->word, "-") ? explain_print(load->word, stdout)
					  : explain_list(stdout);

	if (err)
		return err == -ENOENT ? STATUS_USAGE : STATUS_LOST;
	return fflush(stdout) || ferror(stdout) ? STATUS_LOST : STATUS_OK;
}

static int act_status(const struct load *load)
{
	_cleanup_buffer_ struct buffer out = {};
	struct enforce_status status;
	const uint64_t boot = guest_boot_time();
	int err = enforce_status(&status), partly;

	if (err)
		return status_of(err);
	if (load->json)
		status_json(&status, boot, &out);
	else
		status_text(&status, boot, &out);
	partly = status.unguarded || status.unstopped ? STATUS_PARTLY : STATUS_OK;
	enforce_status_free(&status);
	return put_out(&out) ?: partly;
}

static int act_mode(const struct load *load)
{
	return status_of(enforce_set_mode(load->mode));
}

static int act_unload(const struct load *load)
{
	return status_of(enforce_unload());
}

static int act_probe(const struct load *load)
{
	_cleanup_buffer_ struct buffer out = {};
	enum probe_result result = PROBE_NONE;
	int err;

	if (!guest_is_privileged()) {
		log_error("needs root, or CAP_BPF and CAP_PERFMON");
		return STATUS_CANT;
	}
	err = probe_text(&out, &result);
	if (err) {
		log_errno(err, "cannot probe this kernel");
		return STATUS_CANT;
	}
	return put_out(&out) ?: result == PROBE_ALL ? STATUS_OK
			     : result == PROBE_SOME ? STATUS_PARTLY : STATUS_CANT;
}

static int act_kconfig(const struct load *load)
{
	_cleanup_buffer_ struct buffer out = {};

	kconfig_missing(&out);
	return put_out(&out);
}

static int act_harden(const struct load *load)
{
	return harden() ? STATUS_CANT : STATUS_OK;
}

static int act_load(const struct load *load)
{
	_cleanup_policy_ struct policy *policy = NULL;
	struct enforce_report report;
	int status = compile(load, &policy);

	if (status)
		return status;
	if (load->harden && harden())
		return STATUS_CANT;
	if (enforce_load(policy, &report)) {
		log_error("%s", report.reason);
		return STATUS_CANT;
	}
	return enforce_say(policy, &report) ? STATUS_OK : STATUS_PARTLY;
}

/* ---- options ---- */

/* One act at a time. */
static void choose(struct load *load, int (*act)(const struct load *load), struct argp_state *state)
{
	if (load->act)
		argp_error(state, "--check, --explain, --status, --mode, --unload, --probe and "
			   "--kconfig exclude each other");
	load->act = act;
}

static void take_mode(struct load *load, const char *arg, struct argp_state *state)
{
	choose(load, act_mode, state);
	if (!strcmp(arg, "enforce"))
		load->mode = KWP_MODE_ENFORCE;
	else if (!strcmp(arg, "monitor"))
		load->mode = KWP_MODE_MONITOR;
	else
		argp_error(state, "unknown mode '%s': monitor or enforce", arg);
}

/* Kata's agent runs a guest hook with the name of its kind as its only word. */
static void take_profile(struct load *load, const char *arg, struct argp_state *state)
{
	static const char *const kinds[] = {"prestart", "poststart", "poststop"};

	if (load->profile)
		argp_error(state, "unexpected word '%s': one profile at a time", arg);
	load->profile = arg;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(arg, kinds[i]))
			load->profile = GUEST_PROFILE;
}

static void finish(struct load *load, struct argp_state *state)
{
	const bool wanted = !load->act || load->act == act_check;

	if (load->harden && load->act)
		argp_error(state, "--harden goes with a profile to load, or stands alone");
	if (!load->profile && load->harden)
		load->act = act_harden;
	else if (!load->profile && wanted)
		argp_error(state, "which profile? A name, a file, or - for standard input");
	if (load->profile && !wanted)
		argp_error(state, "unexpected word '%s'", load->profile);
	if (load->json && load->act != act_status)
		argp_error(state, "-o goes with --status");
	if (!load->act)
		load->act = act_load;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct load *load = state->input;

	switch (key) {
	case KEY_CHECK:
		choose(load, act_check, state);
		return 0;
	case KEY_EXPLAIN:
		choose(load, act_explain, state);
		load->word = arg;
		return 0;
	case KEY_HARDEN:
		load->harden = true;
		return 0;
	case KEY_KCONFIG:
		choose(load, act_kconfig, state);
		return 0;
	case KEY_MODE:
		take_mode(load, arg, state);
		return 0;
	case KEY_PROBE:
		choose(load, act_probe, state);
		return 0;
	case KEY_STATUS:
		choose(load, act_status, state);
		return 0;
	case KEY_UNLOAD:
		choose(load, act_unload, state);
		return 0;
	case 'o':
		load->json = !strcmp(arg, "json");
		if (!load->json && strcmp(arg, "text"))
			argp_error(state, "unknown format '%s': text or json", arg);
		return 0;
	case 'v':
		log_set_level(LOG_DEBUG);
		return 0;
	case 'q':
		log_set_level(LOG_ERROR);
		return 0;
	case ARGP_KEY_ARG:
		take_profile(load, arg, state);
		return 0;
	case ARGP_KEY_END:
		finish(load, state);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static int cmd_load_run(int argc, char **argv)
{
	static const struct argp argp = {
		.options = load_options,
		.parser = parse,
		.args_doc = "[PROFILE]",
		.doc = "Brings a profile into the kernel, where it stays in force when kwp ends.\v"
		       "See kwp-load(8).",
	};
	struct load load = {};

	options_parse(&argp, "load", argc, argv, NULL, &load);
	return load.act(&load);
}

const struct command cmd_load = {"load", cmd_load_run, "make it stay: a profile in the kernel"};
