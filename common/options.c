/* SPDX-License-Identifier: GPL-2.0-only */
#include "options.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "log.h"
#include "word.h"

#define PID_MAX 4194304 /* PID_MAX_LIMIT of a 64-bit kernel */
#define RING_SIZE (2 << 20) /* bytes, if nobody asks for another */

#define SINKS_MOST 16 /* at the end each may keep us waiting for a second */

enum {
	KEY_FILTER = 0x100, KEY_FIELDS, KEY_NO_HEADER, KEY_NO_REDACT, KEY_COUNT, KEY_BACKEND,
	KEY_WRITE, KEY_READ, KEY_BUFFER, KEY_STRICT, KEY_EXIT_CODE, KEY_ATTACHED,
};

void options_init(struct options *options)
{
	*options = (struct options){
		.output = {.header = true, .redact = true},
		.ring = RING_SIZE,
	};
}

void options_free(struct options *options)
{
	free(options->pids);
	free(options->sinks);
	free(options->output.fields);
	filter_free(options->filter);
	*options = (struct options){};
}

/* ---- values ---- */

uint64_t options_number(const char *text, uint64_t min, uint64_t max, const char *what,
			const struct argp_state *state)
{
	int64_t number = 0;
	int err = word_number(text, strlen(text), false, &number);

	if (err || number < 0 || (uint64_t)number < min || (uint64_t)number > max)
		argp_error(state, "'%s' is no %s (a number from %llu to %llu)", text, what,
			   (unsigned long long)min, (unsigned long long)max);
	return number;
}

/* Seconds: "2.5", "90s", "10m", "1h". */
double options_seconds(const char *text, const struct argp_state *state)
{
	char *end;
	double value = strtod(text, &end);

	if (end != text && (!strcmp(end, "") || !strcmp(end, "s")))
		;
	else if (end != text && !strcmp(end, "m"))
		value *= 60;
	else if (end != text && !strcmp(end, "h"))
		value *= 3600;
	else
		value = NAN;
	if (!isfinite(value) || value <= 0 || value > 1e9)
		argp_error(state, "'%s' is no time (seconds, or with s, m or h behind)", text);
	return value;
}

static void *grow(void *array, size_t count, size_t size, const struct argp_state *state)
{
	void *more = reallocarray(array, count + 1, size);

	if (!more)
		argp_failure(state, STATUS_USAGE, ENOMEM, "options");
	return more;
}

/* "a,b,c": calls take for each word. */
static void each_word(const char *list, const struct argp_state *state, struct options *options,
		      void (*take)(const char *, size_t, const struct argp_state *,
				   struct options *))
{
	while (*list) {
		size_t size = strcspn(list, ",");

		take(list, size, state, options);
		list += size + (list[size] == ',');
	}
}

static void take_pid(const char *word, size_t size, const struct argp_state *state,
		     struct options *options)
{
	char text[32];

	snprintf(text, sizeof(text), "%.*s", (int)MIN(size, sizeof(text) - 1), word);
	options->pids = grow(options->pids, options->pids_count, sizeof(*options->pids), state);
	options->pids[options->pids_count++] =
		options_number(text, 1, PID_MAX, "process id", state);
}

static void take_field(const char *word, size_t size, const struct argp_state *state,
		       struct options *options)
{
	struct output_options *output = &options->output;
	const struct field *field = field_find(word, size), *close;

	if (!field) {
		close = field_suggest(word, size);
		argp_error(state, "unknown field '%.*s'%s%s%s", (int)size, word,
			   close ? "; did you mean '" : " (kwp-event(7) lists them)",
			   close ? close->name : "", close ? "'?" : "");
	}
	output->fields = grow(output->fields, output->fields_count, sizeof(*output->fields), state);
	output->fields[output->fields_count++] = field;
}

static enum kwp_backend backend(const char *name, const struct argp_state *state)
{
	for (enum kwp_backend by = KWP_BY_LSM; by <= KWP_BY_TRACEPOINT; by++)
		if (!strcmp(name, event_backend_name(by)))
			return by;
	argp_error(state, "unknown backend '%s': lsm, fmod_ret or tracepoint", name);
	return KWP_BY_NONE;
}

static struct filter *filter(const char *text, const struct argp_state *state)
{
	struct filter_error error;
	struct filter *parsed = NULL;

	if (filter_parse(text, strlen(text), &parsed, &error))
		argp_error(state, "--filter, at character %zu: %s", error.offset + 1, error.message);
	return parsed;
}

/* ---- which processes and acts ---- */

static const struct argp_option scope_options[] = {
	{NULL, 0, NULL, 0, "Which acts:", 1},
	{"pid", 'p', "PID", 0, "only this process (may repeat, or PID,PID)", 0},
	{"tid", 't', "TID", 0, "only this thread", 0},
	{"uid", 'u', "UID", 0, "only processes of this user", 0},
	{"name", 'n', "TEXT", 0, "only processes with TEXT in their command name", 0},
	{"follow", 'f', NULL, 0, "with -p: and all descendants", 0},
	{"container", 'c', "ID", 0, "only this container (a beginning of its id, or its cgroup)", 0},
	{"failed", 'x', NULL, 0, "only what failed", 0},
	{"filter", KEY_FILTER, "EXPR", 0,
	 "only events for which EXPR is true: 'process.name==bash,file.path~^/etc/'", 0},
	{},
};

static error_t scope_parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'p':
		each_word(arg, state, o, take_pid);
		break;
	case 't':
		o->tid = options_number(arg, 1, PID_MAX, "thread id", state);
		break;
	case 'u':
		o->uid = options_number(arg, 0, UINT32_MAX, "user id", state);
		o->has_uid = true;
		break;
	case 'n':
		o->name = arg;
		break;
	case 'f':
		o->follow = true;
		break;
	case 'c':
		o->container = arg;
		break;
	case 'x':
		o->failed_only = true;
		break;
	case KEY_FILTER:
		if (o->filter)
			argp_error(state, "--filter stands once; join conditions with 'and'");
		o->filter = filter(arg, state);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp scope_argp = {.options = scope_options, .parser = scope_parse};

/* ---- how it is shown ---- */

static const struct argp_option output_options[] = {
	{NULL, 0, NULL, 0, "Output:", 2},
	{"output", 'o', "FORMAT", 0, "text (columns) or json (one object a line)", 0},
	{"fields", KEY_FIELDS, "A,B", 0, "these fields only, in this order", 0},
	{"no-header", KEY_NO_HEADER, NULL, 0, "no line of headings", 0},
	{"time", 'T', NULL, 0, "a time column", 0},
	{"uid-column", 'U', NULL, 0, "a user id column", 0},
	{"sink", 'w', "DEST", 0,
	 "write there instead of stdout: a file, unix:PATH, tcp:HOST:PORT, vsock:CID:PORT, "
	 "syslog:, - (may repeat)", 0},
	{"no-redact", KEY_NO_REDACT, NULL, 0, "do not mask secrets in arguments", 0},
	{},
};

static error_t output_parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'o':
		if (!strcmp(arg, "json"))
			o->output.format = FORMAT_JSON;
		else if (!strcmp(arg, "text"))
			o->output.format = FORMAT_TEXT;
		else
			argp_error(state, "unknown format '%s': text or json", arg);
		break;
	case KEY_FIELDS:
		each_word(arg, state, o, take_field);
		break;
	case KEY_NO_HEADER:
		o->output.header = false;
		break;
	case 'T':
		o->output.time = true;
		break;
	case 'U':
		o->output.user = true;
		break;
	case 'w':
		if (o->sinks_count == SINKS_MOST)
			argp_error(state, "-w: at most %d destinations", SINKS_MOST);
		o->sinks = grow(o->sinks, o->sinks_count, sizeof(*o->sinks), state);
		o->sinks[o->sinks_count++] = arg;
		break;
	case KEY_NO_REDACT:
		o->output.redact = false;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp output_argp = {.options = output_options, .parser = output_parse};

/* ---- how it runs ---- */

static const struct argp_option run_options[] = {
	{NULL, 0, NULL, 0, "Running:", 3},
	{"duration", 'd', "SECS", 0, "end after SECS (also 90s, 10m, 1h)", 0},
	{"timeout", 0, NULL, OPTION_ALIAS, NULL, 0},
	{"count", KEY_COUNT, "N", 0, "end after N lines", 0},
	{"write", KEY_WRITE, "FILE", 0, "keep the raw records in FILE as well", 0},
	{"read", KEY_READ, "FILE", 0, "take the records from FILE: no root, no kernel", 0},
	{"attached", KEY_ATTACHED, NULL, 0,
	 "take the records of what kwp load brought, also those of before", 0},
	{"backend", KEY_BACKEND, "NAME", 0, "only lsm, fmod_ret or tracepoint", 0},
	{"buffer", KEY_BUFFER, "KIB", 0, "size of the ring, a power of two (2048)", 0},
	{"strict", KEY_STRICT, NULL, 0, "exit 5 if an event was lost", 0},
	{"exit-code", KEY_EXIT_CODE, NULL, 0, "exit 1 if anything was reported", 0},
	{"verbose", 'v', NULL, 0, "more diagnostics", 0},
	{"quiet", 'q', NULL, 0, "only errors as diagnostics", 0},
	{},
};

static size_t ring_size(const char *arg, const struct argp_state *state)
{
	uint64_t kib = options_number(arg, 64, 1 << 20, "size in KiB", state);

	if (kib & (kib - 1))
		argp_error(state, "--buffer %s is no power of two", arg);
	return kib << 10;
}

static error_t run_parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'd':
		o->duration = options_seconds(arg, state);
		break;
	case KEY_COUNT:
		o->count = options_number(arg, 1, INT64_MAX, "count", state);
		break;
	case KEY_WRITE:
		o->write = arg;
		break;
	case KEY_READ:
		o->read = arg;
		break;
	case KEY_BACKEND:
		o->backend = backend(arg, state);
		break;
	case KEY_BUFFER:
		o->ring = ring_size(arg, state);
		break;
	case KEY_ATTACHED:
		o->attached = true;
		break;
	case KEY_STRICT:
		o->strict = true;
		break;
	case KEY_EXIT_CODE:
		o->exit_code = true;
		break;
	case 'v':
		log_set_level(LOG_DEBUG);
		break;
	case 'q':
		log_set_level(LOG_ERROR);
		break;
	case ARGP_KEY_END:
		if (state->quoted && !o->command)
			argp_error(state, "a command is missing behind --");
		if (o->read && o->command)
			argp_error(state, "--read takes no command: nothing runs");
		if (o->attached && (o->read || o->command || o->backend))
			argp_error(state, "--attached takes what is loaded: no --read, no --backend, "
				   "no command");
		if (o->attached && o->follow)
			argp_error(state, "--attached knows no -f: what is loaded has its own scope");
		if (o->follow && !o->pids_count && !o->command && !o->read && !o->follows_other)
			argp_error(state, "-f needs -p PID");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp run_argp = {.options = run_options, .parser = run_parse};

/* ---- parsing ---- */

const struct argp_child options_children[] = {
	{&scope_argp, 0, NULL, 0}, {&output_argp, 0, NULL, 0}, {&run_argp, 0, NULL, 0}, {}};

void options_share(struct argp_state *state, struct options *options)
{
	for (size_t i = 0; options_children[i].argp; i++)
		state->child_inputs[i] = options;
}

error_t options_word(int key, char *arg, struct argp_state *state, struct options *options,
		     bool wrapper)
{
	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	/* Only what stands behind "--" is a command. */
	if (!wrapper || !state->quoted || state->next - 1 < state->quoted)
		argp_error(state, "unexpected word '%s'%s", arg,
			   wrapper ? " (a command to run goes behind --)" : "");
	options->command = &state->argv[state->next - 1];
	state->next = state->argc;
	return 0;
}

void options_parse(const struct argp *argp, const char *name, int argc, char **argv,
		   struct options *options, void *input)
{
	static char full[64];

	snprintf(full, sizeof(full), "kwp-%s", name);
	argv[0] = full;
	log_open(full);
	argp_err_exit_status = STATUS_USAGE;
	argp_parse(argp, argc, argv, ARGP_IN_ORDER, NULL, input);
}
