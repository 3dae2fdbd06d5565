/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kwp audit: what is wrong. Matches the rules of a profile against the events
 * and streams what they find.
 */
#include "cmd.h"

#include <string.h>

#include "../common/act.h"
#include "../common/capture.h"
#include "../common/log.h"
#include "../common/need.h"
#include "../common/profile_say.h"
#include "../common/run.h"
#include "../common/selftest.h"
#include "../common/verdict.h"

struct audit {
	struct options options;
	struct profile *profile;
	struct need need; /* of the profile */
	struct text ruleset; /* the profile's name */
	enum severity least;
	const char *evidence;	/* --capture, NULL: none is kept */
	uint64_t evidence_mib;
	struct capture *capture;
	struct output *writer;	/* of the lines in its manifest */
	struct buffer line;
	double heartbeat; /* seconds, 0: none */
	bool check, list, now, selftest;
	const char *tested; /* --selftest=ID, NULL: all */
	bool *seen;	    /* by rule, while it tests itself */
	bool hooks;	    /* some event came from a hook */
};

enum {
	KEY_CAPTURE = 0x200, KEY_CAPTURE_LIMIT, KEY_CHECK, KEY_HEARTBEAT, KEY_LIST, KEY_NOW,
	KEY_SELFTEST, KEY_SELFTEST_ACT, KEY_SELFTEST_STAGE, KEY_SEVERITY
};

static const struct argp_option audit_options[] = {
	{"profile", 'P', "PROFILE", 0, "rules to use: a name or a file (base)", 0},
	{"severity", KEY_SEVERITY, "LEVEL", 0,
	 "findings of this level or worse: info, low, medium, high, critical", 0},
	{"capture", KEY_CAPTURE, "DIR", 0, "keep evidence of findings in this directory", 0},
	{"capture-limit", KEY_CAPTURE_LIMIT, "MIB", 0, "most that it may hold (64)", 0},
	{"heartbeat", KEY_HEARTBEAT, "SECS", 0,
	 "a record each so many seconds, with counts: the watch is on", 0},
	{"now", KEY_NOW, NULL, 0, "look at what there is now, once: exit status 0 or 1", 0},
	{"selftest", KEY_SELFTEST, "ID", OPTION_ARG_OPTIONAL,
	 "do a harmless act for each rule, or that one, and tell which are seen", 0},
	/* What it calls itself with. */
	{"selftest-act", KEY_SELFTEST_ACT, "ACT", OPTION_HIDDEN, NULL, 0},
	{"selftest-stage", KEY_SELFTEST_STAGE, "FD[,ID]", OPTION_HIDDEN, NULL, 0},
	{"check", KEY_CHECK, NULL, 0, "only check the profile; needs no root", 0},
	{"list", KEY_LIST, NULL, 0, "list the rules: id, severity, techniques, events", 0},
	{},
};

/* In the child of a self test. */
static int stage(const char *words, const struct argp_state *state)
{
	const char *comma = strchr(words, ',');
	char number[16];

	snprintf(number, sizeof(number), "%.*s", comma ? (int)(comma - words) : 15, words);
	return selftest_stage(options_number(number, 0, 65535, "descriptor", state),
			      comma ? comma + 1 : NULL);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct audit *audit = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		options_share(state, &audit->options);
		return 0;
	case 'P':
		audit->options.profile = arg;
		return 0;
	case KEY_SEVERITY:
		if (!severity_find(arg, strlen(arg), &audit->least))
			argp_error(state, "unknown severity '%s': info, low, medium, high or critical",
				   arg);
		return 0;
	case KEY_CHECK:
		audit->check = true;
		return 0;
	case KEY_CAPTURE:
		audit->evidence = arg;
		return 0;
	case KEY_CAPTURE_LIMIT:
		audit->evidence_mib = options_number(arg, 1, 1 << 20, "size in MiB", state);
		return 0;
	case KEY_HEARTBEAT:
		audit->heartbeat = options_seconds(arg, state);
		return 0;
	case KEY_SELFTEST:
		audit->selftest = true;
		audit->tested = arg;
		return 0;
	case KEY_SELFTEST_ACT:
		exit(selftest_do(arg));
	case KEY_SELFTEST_STAGE:
		exit(stage(arg, state));
	case KEY_NOW:
		audit->now = true;
		return 0;
	case ARGP_KEY_END:
		if (audit->now && (audit->options.read || audit->options.attached ||
				   audit->options.command))
			argp_error(state,
				   "--now looks at what runs: no --read, --attached or command");
		if (audit->evidence && audit->options.read)
			argp_error(state, "--capture needs what runs: a recording has no files");
		if (audit->selftest && (audit->options.read || audit->options.attached ||
					audit->options.command || audit->now))
			argp_error(state, "--selftest goes without --read, --attached, --now "
					  "or command");
		return 0;
	case KEY_LIST:
		audit->list = true;
		return 0;
	}
	return options_word(key, arg, state, &audit->options, true);
}

static int read_profile(struct audit *audit)
{
	const char *name = audit->options.profile ? audit->options.profile : "base";

	return profile_read_said(name, &audit->profile) ? STATUS_USAGE : STATUS_OK;
}

static int list_rules(const struct profile *profile)
{
	printf("%-26s %-8s %-22s %-24s %s\n", "RULE", "SEVERITY", "TECHNIQUE", "EVENTS", "TITLE");
	for (size_t i = 0; i < profile->rules_count; i++) {
		const struct rule *rule = &profile->rules[i];
		char techniques[128] = "", events[256] = "";

		for (size_t t = 0, used = 0; t < rule->technique_count && used < sizeof(techniques); t++)
			used += snprintf(techniques + used, sizeof(techniques) - used, "%s%s",
					 t ? "," : "", rule->technique[t]);
		for (size_t t = 1, used = 0; t < KWP_TYPE_COUNT && used < sizeof(events); t++)
			if (rule->types & 1ull << t)
				used += snprintf(events + used, sizeof(events) - used, "%s%s",
						 used ? "," : "", event_type_name(t));
		printf("%-26s %-8s %-22s %-24s %s\n", rule->id, severity_name(rule->severity),
		       techniques, events, rule->title ? rule->title : "");
	}
	return fflush(stdout) || ferror(stdout) ? STATUS_LOST : STATUS_OK;
}

/* The finding in words; what was there before kwp is not told as if it were done now. */
static size_t say(const struct rule *rule, const struct event *event, char *out, size_t size)
{
	static const char there[] = "already there: ";
	const size_t before = event->record->backend == KWP_BY_ITER ? sizeof(there) - 1 : 0;

	memcpy(out, there, before);
	return before + rule_message(rule, event, out + before, size - before);
}

static void on_event(struct run *run, const struct event *event, void *data)
{
	struct audit *audit = data;

	audit->hooks |= event->record->backend == KWP_BY_LSM ||
			event->record->backend == KWP_BY_FMOD_RET || event->hook_facts;
	if (event->verdict && verdict_severity(event) >= audit->least)
		run_finding(run, event);
	/* Rules look at the act itself, which is told with its result. */
	if ((event->verdict && !(event->record->flags & KWP_F_RET)) ||
	    need_skips(&audit->need, event))
		return;
	for (size_t i = 0; i < audit->profile->rules_count; i++) {
		struct rule *rule = &audit->profile->rules[i];
		struct event finding;
		char message[2048];

		if (rule->severity < audit->least || !(rule->types & 1ull << event->record->type) ||
		    !rule_match(rule, event))
			continue;
		rule->hits++;
		if (audit->seen) {
			audit->seen[i] = true;
			continue;
		}
		finding = *event;
		finding.rule = rule;
		finding.ruleset = audit->ruleset;
		finding.verdict = VERDICT_AUDIT;
		finding.message.bytes = message;
		finding.message.size = say(rule, event, message, sizeof(message));
		run_finding(run, &finding);
	}
}

static void on_finding(const struct event *finding, void *data)
{
	struct audit *audit = data;

	if (!audit->capture)
		return;
	audit->line.size = 0;
	audit->line.failed = false;
	output_event(audit->writer, finding, &audit->line);
	if (!audit->line.failed)
		capture_take(audit->capture, finding,
			     (struct text){audit->line.bytes, audit->line.size});
}

/* What keeps evidence, if some is to be kept. An exit status. */
static int open_capture(struct audit *audit)
{
	const struct output_options options = {.format = FORMAT_JSON, .redact = true};

	if (!audit->evidence)
		return STATUS_OK;
	if (output_new(&options, &audit->writer) ||
	    capture_open(audit->evidence, audit->evidence_mib << 20, &audit->capture))
		return STATUS_USAGE;
	return STATUS_OK;
}

static int watch(struct audit *audit)
{
	struct run_request request = {
		/* A recording is to serve other profiles too. */
		.need = audit->options.write ? NULL : &audit->need,
		.options = &audit->options,
		.types = profile_types(audit->profile),
		.stdio = true,
		.findings = true,
		.now = audit->now,
		.quiet = audit->seen != NULL,
		.heartbeat = audit->heartbeat * NS_PER_S,
		.on_event = on_event,
		.on_finding = on_finding,
		.data = audit,
	};

	need_of(audit->profile, &audit->need);
	request.environ = audit->need.environ;
	if (audit->profile->name)
		audit->ruleset = (struct text){audit->profile->name, strlen(audit->profile->name)};
	return run_events(&request);
}

/* Watches a child that does all the acts. */
static int test(struct audit *audit)
{
	char stage[128], self[] = "/proc/self/exe", name[] = "audit", option[] = "--selftest-stage";
	char *command[] = {self, name, option, stage, NULL};
	struct selftest test = {.only = audit->tested,
				.json = audit->options.output.format == FORMAT_JSON};
	int report[2], status;

	if (audit->tested && !selftest_find(audit->tested)) {
		log_error("no act is known for a rule '%s'; kwp audit --selftest lists them",
			  audit->tested);
		return STATUS_USAGE;
	}
	audit->seen = test.seen = calloc(audit->profile->rules_count, sizeof(*test.seen));
	if (!test.seen || pipe(report)) {
		log_error("out of memory or descriptors");
		return STATUS_CANT;
	}
	test.report = report[0];
	snprintf(stage, sizeof(stage), "%d%s%s", report[1], audit->tested ? "," : "",
		 audit->tested ?: "");
	audit->options.command = command;
	audit->options.output.header = false;
	audit->least = SEVERITY_INFO;
	status = watch(audit);
	close(report[1]);
	test.hooks = audit->hooks;
	if (status == STATUS_OK)
		status = selftest_tell(&test, audit->profile) ? STATUS_FINDINGS : STATUS_OK;
	close(report[0]);
	free(test.seen);
	return status;
}

static int cmd_audit_run(int argc, char **argv)
{
	static const struct argp argp = {
		.options = audit_options,
		.parser = parse,
		.args_doc = "[-- COMMAND...]",
		.doc = "Streams findings: acts in this guest that a rule calls suspicious.\v"
		       "See kwp-audit(8).",
		.children = options_children,
	};
	struct audit audit = {.evidence_mib = CAPTURE_MIB};
	int status;

	options_init(&audit.options);
	options_parse(&argp, "audit", argc, argv, &audit.options, &audit);
	status = read_profile(&audit);
	if (!status && audit.list)
		status = list_rules(audit.profile);
	else if (!status && audit.selftest && !audit.check)
		status = test(&audit);
	else if (!status && !audit.check)
		status = open_capture(&audit) ?: watch(&audit);
	capture_close(audit.capture);
	output_free(audit.writer);
	buffer_free(&audit.line);
	profile_free(audit.profile);
	options_free(&audit.options);
	return status;
}

const struct command cmd_audit = {"audit", cmd_audit_run, "what is wrong: findings of the rules"};
