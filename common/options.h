/* SPDX-License-Identifier: GPL-2.0-only */
/* Options that several commands share, as an argp child; and exit statuses. */
#ifndef KWP_OPTIONS_H
#define KWP_OPTIONS_H

#include <argp.h>

#include "filter.h"
#include "output.h"

/* One table of exit statuses for all commands; wrapper forms also give 126,
 * 127, 128+n and the child's own. */
enum status {
	STATUS_OK,	 /* ran, nothing to report */
	STATUS_FINDINGS, /* findings, drift or a denial */
	STATUS_USAGE,	 /* usage or profile error, nothing was changed */
	STATUS_CANT,	 /* this kernel, or this user, can't */
	STATUS_PARTLY,	 /* something asked for is not watched */
	STATUS_LOST,	 /* events were lost (with --strict), or output was */
};

struct options {
	uint32_t *pids; /* -p, as kwp's pid namespace knows them */
	size_t pids_count;
	uint32_t tid;	/* -t, 0: any */
	uint32_t uid;	/* -u */
	bool has_uid;
	const char *name; /* -n: part of the command name */
	bool follow;	  /* -f */
	bool follows_other; /* the command has another process than -p's for -f */
	const char *container;
	bool failed_only; /* -x */
	double duration;  /* -d in seconds, 0: none */
	uint64_t count;	  /* --count, 0: none */
	struct filter *filter;
	struct output_options output;
	const char **sinks; /* -w */
	size_t sinks_count;
	const char *write, *read; /* recordings */
	enum kwp_backend backend;
	const char *profile; /* -P */
	size_t ring;	     /* --buffer in bytes */
	bool strict, exit_code;
	bool attached; /* from what `kwp load` pinned */
	char **command; /* after "--", NULL-terminated; NULL: none */
};

/* What the commands that stream have in common, as argp children: which acts, how
 * they are shown, how it runs. A command's parser calls options_share() at
 * ARGP_KEY_INIT, so that all of them fill these options. */
extern const struct argp_child options_children[];
void options_share(struct argp_state *state, struct options *options);

/* Sets the defaults. */
void options_init(struct options *options);
void options_free(struct options *options);

/* Runs argp with exit status 2 for usage errors. name: "trace"; the program
 * is then called kwp-trace in every message. Takes "--" CMD if wrapper, and
 * refuses other words. */
void options_parse(const struct argp *argp, const char *name, int argc, char **argv,
		   struct options *options, void *input);
/* For the parser of a command: what a word outside of options is. */
error_t options_word(int key, char *arg, struct argp_state *state, struct options *options,
		     bool wrapper);

/* Number parsers of option values (a time: seconds, or with s, m or h behind); argp_error() ends kwp if the text is no number
 * of that range. */
uint64_t options_number(const char *text, uint64_t min, uint64_t max, const char *what,
			const struct argp_state *state);
double options_seconds(const char *text, const struct argp_state *state);

#endif
