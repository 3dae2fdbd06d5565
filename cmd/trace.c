/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kwp trace: what is happening. One ordered stream of events, of the whole
 * guest or of some processes, as columns or JSON; or counted by --summary.
 */
#include "cmd.h"

#include <string.h>

#include "../common/act.h"
#include "../common/run.h"
#include "../common/select.h"
#include "../common/summary.h"

struct trace {
	struct options options;
	struct selection selection;
	bool existing, summarise;
	unsigned every; /* seconds between summaries, 0: one at the end */
	unsigned seconds; /* that passed */
	struct summary *summary;
};

enum { KEY_SUMMARY = 0x200, KEY_TREE };

static const struct argp_option trace_options[] = {
	{"event", 'e', "EVENTS", 0,
	 "exec, open, connect... or a group (process file net task kernel all), or "
	 "syscall:NAME,NAME", 0},
	{"existing", 's', NULL, 0, "begin with the processes that already run", 0},
	{"summary", KEY_SUMMARY, "SECS", OPTION_ARG_OPTIONAL,
	 "count by event, process and target instead; every SECS, or once at the end", 0},
	{"tree", KEY_TREE, NULL, 0, "indent process names by ancestry", 0},
	{},
};

static void print_event_name(const char *name, uint64_t types, void *data)
{
	FILE *out = data;

	fprintf(out, " %s", name);
}

static char *help_filter(int key, const char *text, void *input)
{
	char *list = NULL;
	size_t size;
	FILE *out;

	if (key != ARGP_KEY_HELP_POST_DOC || !(out = open_memstream(&list, &size)))
		return (char *)text;
	fputs("Events and groups:", out);
	selection_each(print_event_name, out);
	fputs("\n\nWithout -e: exec, exit, open (for writing), connect, accept. See kwp-trace(8).", out);
	fclose(out);
	return list;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct trace *trace = state->input;
	char error[200];

	switch (key) {
	case ARGP_KEY_INIT:
		options_share(state, &trace->options);
		return 0;
	case 'e':
		if (selection_add(&trace->selection, arg, error, sizeof(error)))
			argp_error(state, "%s", error);
		return 0;
	case 's':
		trace->existing = true;
		return 0;
	case KEY_SUMMARY:
		trace->summarise = true;
		if (arg)
			trace->every = options_number(arg, 1, 86400, "number of seconds", state);
		return 0;
	case KEY_TREE:
		trace->options.output.indent_tree = 2;
		return 0;
	}
	return options_word(key, arg, state, &trace->options, true);
}

static void on_event(struct run *run, const struct event *event, void *data)
{
	struct trace *trace = data;

	if (trace->summary)
		summary_add(trace->summary, event);
	else
		run_print(run, event);
}

static void print_summary(struct run *run, void *data)
{
	struct trace *trace = data;
	_cleanup_buffer_ struct buffer out = {};

	summary_print(trace->summary, trace->options.output.format, &out);
	run_write(run, out.bytes, out.size);
	summary_clear(trace->summary);
}

static void on_tick(struct run *run, void *data)
{
	struct trace *trace = data;

	if (trace->every && ++trace->seconds % trace->every == 0)
		print_summary(run, data);
}

static int cmd_trace_run(int argc, char **argv)
{
	static const struct argp argp = {
		.options = trace_options,
		.parser = parse,
		.args_doc = "[-- COMMAND...]",
		.doc = "Shows what happens in this guest: one line an event.\v ",
		.children = options_children,
		.help_filter = help_filter,
	};
	struct trace trace = {};
	struct run_request request = {.options = &trace.options,
				      .on_event = on_event,
				      .data = &trace};
	int status;

	options_init(&trace.options);
	options_parse(&argp, "trace", argc, argv, &trace.options, &trace);
	if (!trace.selection.any) {
		trace.selection.types = TYPE(EXEC) | TYPE(EXIT) | TYPE(OPEN) | TYPE(CONNECT) |
					TYPE(ACCEPT);
		request.open_writes_only = true;
	}
	if (trace.summarise) {
		trace.options.output.header = false;
		trace.summary = summary_new();
		request.on_tick = on_tick;
		request.on_end = print_summary;
	}
	request.types = trace.selection.types;
	request.syscalls = trace.selection.syscalls;
	request.existing = trace.existing;
	status = run_events(&request);
	summary_free(trace.summary);
	options_free(&trace.options);
	return status;
}

const struct command cmd_trace = {"trace", cmd_trace_run, "what is happening: a stream of events"};
