/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kwp diff: what has changed. Keeps a baseline of the guest, compares with it, and makes a
 * profile of what was recorded.
 */
#include "cmd.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <string.h>
#include <time.h>

#include "../common/baseline_look.h"
#include "../common/baseline_merge.h"
#include "../common/baseline_tell.h"
#include "../common/guest.h"
#include "../common/learn.h"
#include "../common/learn_compare.h"
#include "../common/learn_running.h"
#include "../common/learn_watch.h"
#include "../common/log.h"
#include "../common/oci.h"
#include "../common/word.h"

#define THREADS_DEFAULT 8 /* at most; as many as there are CPUs */

enum mode { MODE_COMPARE, MODE_RECORD, MODE_LEARN, MODE_MERGE, MODE_RUNNING };

struct diff {
	struct options options;
	struct selection selection;
	struct look look;
	enum mode mode;
	const char *record; /* MODE_RECORD: where to */
	bool force, watches;
	unsigned also; /* enum activity_also */
	char **words;
	size_t words_count;
	char host[64];
	struct teller *teller;
	struct oci_names names; /* of the container */
};

enum {
	KEY_RECORD = 0x200, KEY_LEARN, KEY_MERGE, KEY_RUNNING, /* as enum mode */
	KEY_ROOT, KEY_ALL, KEY_ONLY, KEY_IGNORE, KEY_SINCE, KEY_REHASH, KEY_THREADS, KEY_FORCE,
	KEY_HEAL,
};

static const struct argp_option diff_options[] = {
	{"record", KEY_RECORD, "FILE", 0,
	 "keep a baseline in FILE (- is stdout); with -d, a command or --read also of what happens",
	 0},
	{"learn", KEY_LEARN, NULL, 0, "print a profile of what recordings and baselines hold", 0},
	{"merge", KEY_MERGE, NULL, 0, "print the baselines as one", 0},
	{"running", KEY_RUNNING, NULL, 0, "is the policy in the kernel this profile's?", 0},
	{"root", KEY_ROOT, "DIR", 0, "look at the files below DIR", 0},
	{"all", KEY_ALL, NULL, 0,
	 "every file, not only programs, libraries, scripts and configuration", 0},
	{"only", KEY_ONLY, "A,B", 0,
	 "kernel, modules, sysctls, mounts, bpf, net, procs or files", 0},
	{"ignore", KEY_IGNORE, "PATTERN", 0,
	 "not these names: /dir/*, /dir/**, **/name (may repeat)", 0},
	{"since", KEY_SINCE, "TIME", 0, "only files that changed since: 10m, 2h, 3d, or a date", 0},
	{"rehash", KEY_REHASH, NULL, 0, "read every file, whatever its times say", 0},
	{"threads", KEY_THREADS, "N", 0, "hash with N threads", 0},
	{"event", 'e', "EVENTS", 0, "what to record, as in kwp-trace(8)", 0},
	{"existing", 's', NULL, 0, "programs that already run count as executed", 0},
	{"heal", KEY_HEAL, NULL, 0, "learn what a policy denied, too", 0},
	{"force", KEY_FORCE, NULL, 0, "learn from a recording with losses", 0},
	{},
};

/* ---- options ---- */

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

static void take_only(struct diff *diff, const char *list, const struct argp_state *state)
{
	diff->look.subjects = 0;
	for (bool more = true; more;) {
		size_t size = strcspn(list, ",");
		enum subject subject = subject_find(list, size);

		if (subject == SUBJECT_COUNT)
			argp_error(state,
				   "unknown word '%.*s'; --only knows kernel, modules, sysctls, "
				   "mounts, bpf, net, procs, files",
				   (int)size, list);
		diff->look.subjects |= 1u << subject;
		more = list[size] == ',';
		list += size + more;
	}
}

/* "10m", "2h", "3d", "45s": that long ago; or RFC 3339. */
static uint64_t since(const char *text, const struct argp_state *state)
{
	static const struct {
		char unit;
		uint64_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	size_t size = strlen(text);
	int64_t number;
	uint64_t time;

	if (!word_time(text, size, &time))
		return time;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (size > 1 && text[size - 1] == units[i].unit &&
		    !word_number(text, size - 1, false, &number) && number >= 0 && number < 1000000)
			return now_ns() - (uint64_t)number * units[i].seconds * NS_PER_S;
	argp_error(state, "'%s' is no time (10m, 2h, 3d, or a date such as 2026-01-02T03:04:05Z)",
		   text);
	return 0;
}

static void take_ignored(struct diff *diff, const char *pattern, const struct argp_state *state)
{
	struct look *look = &diff->look;
	const char **more = reallocarray(look->ignored, look->ignored_count + 1, sizeof(*more));

	if (!more)
		argp_failure(state, STATUS_USAGE, ENOMEM, "options");
	if (!*pattern || strchr(pattern, '\n'))
		argp_error(state, "--ignore: '%s' is no pattern", pattern);
	look->ignored = more;
	look->ignored[look->ignored_count++] = pattern;
}

static void mode_set(struct diff *diff, enum mode mode, const struct argp_state *state)
{
	if (diff->mode != MODE_COMPARE)
		argp_error(state, "one of --record, --learn, --merge and --running at a time");
	diff->mode = mode;
}

/* A word: a file, unless it stands behind "--". */
static error_t take_word(struct diff *diff, char *arg, struct argp_state *state)
{
	if (state->quoted && state->next - 1 >= state->quoted)
		return options_word(ARGP_KEY_ARG, arg, state, &diff->options, true);
	diff->words = reallocarray(diff->words, diff->words_count + 1, sizeof(*diff->words));
	if (!diff->words)
		argp_failure(state, STATUS_USAGE, ENOMEM, "options");
	diff->words[diff->words_count++] = arg;
	return 0;
}

static void check(struct diff *diff, const struct argp_state *state)
{
	const struct options *o = &diff->options;
	const size_t count = diff->words_count;

	diff->watches = o->command || o->duration || o->attached;
	if (diff->mode == MODE_RECORD && count)
		argp_error(state, "unexpected word '%s' (a command to run goes behind --)",
			   diff->words[0]);
	if ((diff->mode == MODE_LEARN || diff->mode == MODE_MERGE) && !count)
		argp_error(state, "which files?");
	if (diff->mode == MODE_RUNNING && count != 1)
		argp_error(state, "--running needs one profile");
	if (diff->mode == MODE_COMPARE && !count)
		argp_error(state, "a baseline is missing, or two profiles");
	if (diff->mode == MODE_COMPARE && count > 2)
		argp_error(state, "'%s' is one word too many: one baseline, or two profiles",
			   diff->words[2]);
	if (o->output.fields)
		argp_error(state, "--fields has no meaning here: the lines are no events");
	if (diff->watches && (diff->mode > MODE_RECORD || count > 1))
		argp_error(state, "-d and a command go with a baseline only");
	if (o->write && !diff->watches)
		argp_error(state, "--write needs -d or a command");
	if (diff->watches && o->read)
		argp_error(state, "--read and -d do not go together");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct diff *diff = state->input;
	char error[200];

	switch (key) {
	case ARGP_KEY_INIT:
		options_share(state, &diff->options);
		return 0;
	case KEY_RECORD:
	case KEY_LEARN:
	case KEY_MERGE:
	case KEY_RUNNING:
		mode_set(diff, MODE_RECORD + (key - KEY_RECORD), state);
		diff->record = arg;
		return 0;
	case KEY_ROOT:
		diff->look.root = arg;
		return 0;
	case KEY_ALL:
		diff->look.all = true;
		return 0;
	case KEY_ONLY:
		take_only(diff, arg, state);
		return 0;
	case KEY_IGNORE:
		take_ignored(diff, arg, state);
		return 0;
	case KEY_SINCE:
		diff->look.since = since(arg, state);
		return 0;
	case KEY_REHASH:
		diff->look.rehash = true;
		return 0;
	case KEY_THREADS:
		diff->look.threads = (unsigned)options_number(arg, 1, SNAPSHOT_THREADS_MAX,
							      "number of threads", state);
		return 0;
	case 'e':
		if (selection_add(&diff->selection, arg, error, sizeof(error)))
			argp_error(state, "%s", error);
		return 0;
	case 's':
		diff->also |= ACTIVITY_EXISTING;
		return 0;
	case KEY_HEAL:
		diff->also |= ACTIVITY_DENIED;
		return 0;
	case KEY_FORCE:
		diff->force = true;
		return 0;
	case ARGP_KEY_ARG:
		return take_word(diff, arg, state);
	case ARGP_KEY_END:
		check(diff, state);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/* ---- the modes ---- */

/* From a recording, or by watching; *out stays NULL if neither is asked for. */
static int activity_get(struct diff *diff, struct activity **out)
{
	int status;

	if (!diff->watches && !diff->options.read)
		return STATUS_OK;
	if (activity_new(diff->options.container, diff->also, out))
		return STATUS_CANT;
	status = learn_watch(&diff->options, &diff->selection, *out);
	diff->look.activity = *out;
	return status;
}

static int do_look(struct diff *diff)
{
	_cleanup_activity_ struct activity *activity = NULL;
	struct looked looked;
	int status = activity_get(diff, &activity), err;

	if (status != STATUS_OK && status != STATUS_PARTLY)
		return status;
	if (diff->mode == MODE_RECORD)
		err = look_record(&diff->look, diff->record, &looked);
	else
		err = look_compare(&diff->look, diff->words[0], teller_drift, diff->teller,
				   &looked);
	if (err == -ENOSPC || err == -EIO)
		return STATUS_LOST;
	if (err)
		return STATUS_USAGE;
	log_info("%" PRIu64 " file%s, %" PRIu64 " hashed, %" PRIu64 " difference%s",
		 looked.files.files, looked.files.files == 1 ? "" : "s", looked.files.hashed,
		 looked.drifts, looked.drifts == 1 ? "" : "s");
	return looked.drifts ? STATUS_FINDINGS : looked.partly ? STATUS_PARTLY : status;
}

static int do_learn(struct diff *diff)
{
	struct learn_options options = {
		.files = diff->words,
		.count = diff->words_count,
		.container = diff->options.container,
		.also = diff->also,
		.force = diff->force,
	};

	return learn_profile(&options, teller_lines(diff->teller)) ? STATUS_USAGE : STATUS_OK;
}

static int run_mode(struct diff *diff)
{
	struct buffer *lines = teller_lines(diff->teller);
	int got;

	switch (diff->mode) {
	case MODE_LEARN:
		return do_learn(diff);
	case MODE_MERGE:
		return baseline_merge(diff->words, diff->words_count, lines) ? STATUS_USAGE
									     : STATUS_OK;
	case MODE_RUNNING:
		return learn_running(diff->words[0], lines);
	case MODE_RECORD:
	case MODE_COMPARE:
		break;
	}
	if (diff->words_count < 2)
		return do_look(diff);
	got = learn_compare(diff->words[0], diff->words[1], lines);
	return got < 0 ? STATUS_USAGE : got ? STATUS_FINDINGS : STATUS_OK;
}

/* -c: the container's root and processes. The names live as long as diff. */
static int container_find(struct diff *diff, struct snapshot_container *container)
{
	static char root[64];
	char config[sizeof(container->id) + 64];
	const char *name = diff->options.container;
	int err;

	if (!name || (diff->mode != MODE_COMPARE && diff->mode != MODE_RECORD) ||
	    diff->words_count > 1)
		return 0;
	err = snapshot_container(name, container);
	if (err) {
		log_error(err == -EEXIST ? "several containers begin with '%s'"
					 : "no container here begins with '%s'",
			  name);
		return err;
	}
	snprintf(root, sizeof(root), "/proc/%d/root", container->pid);
	snprintf(config, sizeof(config), "/run/kata-containers/%s/config.json", container->id);
	/* Only where the guest's own root is visible. */
	if (!strchr(container->id, '/') && !oci_read_names(config, &diff->names))
		diff->look.image = diff->names.image;
	diff->look.container = container->id;
	diff->look.cgroup = container->cgroup;
	if (!diff->look.root)
		diff->look.root = root;
	return 0;
}

static unsigned threads_default(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set)
		       ? 1
		       : MIN((unsigned)CPU_COUNT(&set), THREADS_DEFAULT);
}

static int cmd_diff_run(int argc, char **argv)
{
	static const struct argp argp = {
		.options = diff_options,
		.parser = parse,
		.args_doc =
			"BASELINE [-- COMMAND...]\nPROFILE PROFILE\n--record FILE [-- COMMAND...]\n"
			"--learn FILE...\n--merge BASELINE...\n--running PROFILE",
		.doc = "Says what differs between this guest and a baseline of it.\v"
		       "See kwp-diff(8).",
		.children = options_children,
	};
	struct snapshot_container container;
	struct diff diff = {.look = {.subjects = (1u << SUBJECT_COUNT) - 1}};
	int status, lost = STATUS_OK;

	options_init(&diff.options);
	options_parse(&argp, "diff", argc, argv, &diff.options, &diff);
	guest_id(diff.host, sizeof(diff.host));
	diff.look.host = diff.host;
	if (!diff.look.threads)
		diff.look.threads = threads_default();
	status = container_find(&diff, &container)
			 ? STATUS_USAGE
			 : teller_open(&diff.options, diff.host, &diff.teller);
	if (!diff.look.root && diff.mode == MODE_RECORD)
		diff.look.root = "/";
	if (!status) {
		status = run_mode(&diff);
		lost = teller_close(diff.teller);
	}
	free(diff.look.ignored);
	oci_names_free(&diff.names);
	free(diff.words);
	options_free(&diff.options);
	return lost ?: status;
}

const struct command cmd_diff = {"diff", cmd_diff_run,
				 "what has changed: baselines, drift, learning"};
