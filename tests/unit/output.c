/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines of events as users see them: text, JSON and its schema. */
#include "check.h"

#include "../../common/container.h"
#include "../../common/output.h"
#include "../../common/process.h"
#include "../../common/rule.h"

#include <ctype.h>
#include <stdlib.h>

/* A strict reader of JSON: the end of the value at s, or NULL. */
static const char *json_skip(const char *s);

static const char *string_skip(const char *s)
{
	if (*s++ != '"')
		return NULL;
	for (; *s != '"'; s++) {
		if ((unsigned char)*s < ' ')
			return NULL;
		if (*s != '\\')
			continue;
		if (!*++s || !strchr("\"\\/bfnrtu", *s))
			return NULL;
		for (int i = 1; *s == 'u' && i <= 4; i++)
			if (!isxdigit((unsigned char)s[i]))
				return NULL;
	}
	return s + 1;
}

static const char *members_skip(const char *s, char end)
{
	if (*s == end)
		return s + 1;
	for (;; s++) {
		if (end == '}') {
			s = string_skip(s);
			if (!s || *s++ != ':')
				return NULL;
		}
		s = json_skip(s);
		if (!s || *s == end)
			return s ? s + 1 : NULL;
		if (*s != ',')
			return NULL;
	}
}

static const char *json_skip(const char *s)
{
	static const char *const words[] = { "true", "false", "null" };

	if (*s == '{' || *s == '[')
		return members_skip(s + 1, *s == '{' ? '}' : ']');
	if (*s == '"')
		return string_skip(s);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strncmp(s, words[i], strlen(words[i])))
			return s + strlen(words[i]);
	if (*s == '-')
		s++;
	if (!isdigit((unsigned char)*s))
		return NULL;
	while (isdigit((unsigned char)*s))
		s++;
	return s;
}

static bool json_valid(const char *s)
{
	s = json_skip(s);
	return s && !*s;
}

static struct process shell = { .pid = 40, .view_pid = 40, .own_pid = 40, .comm = "bash",
				.entity_id = "0011223344556677", .executable = "/usr/bin/bash",
				.start_time = 1767323000ull * NS_PER_S };
static char command_line[] = "mysql -psecret it's -e select 1";
static char args[] = "mysql\0-psecret\0it's\0-e\0select 1";
static struct process client = { .pid = 41, .view_pid = 41, .own_pid = 7, .comm = "mysql",
				 .entity_id = "8899aabbccddeeff", .executable = "/usr/bin/mysql",
				 .args = args, .args_size = sizeof(args), .uid = 1000,
				 .command_line = command_line, .parent = &shell, .cwd = "/root",
				 .start_time = 1767323001ull * NS_PER_S };
static struct container container = { .id = "c0ffee", .name = "web" };

/* An event of any type, whose facts are `byte` all over. */
struct sample {
	struct kwp_record record;
	_Alignas(8) char facts[KWP_FACTS_MAX + sizeof(struct kwp_loss)];
	struct event event;
};

static void sample_make(struct sample *sample, unsigned type, int byte)
{
	memset(sample, 0, sizeof(*sample));
	memset(sample->facts, byte, sizeof(sample->facts));
	sample->record.type = type;
	sample->record.backend = KWP_BY_TRACEPOINT;
	sample->record.view_tid = sample->record.pid = 41;
	sample->record.nr = -1;
	sample->record.loginuid = ~0u;
	strcpy(sample->record.comm, "mysql");
	sample->event = (struct event){ .record = &sample->record, .facts = sample->facts,
					.time = 1767323045678901234ull, .process = &client,
					.container = &container };
}

static char *event_line(const struct output_options *options, const struct event *event)
{
	struct buffer line = { 0 };
	struct output *output;

	if (output_new(options, &output))
		return NULL;
	output_event(output, event, &line);
	buffer_byte(&line, '\0');
	output_free(output);
	/* The next writer may have other options. */
	free(client.json);
	client.json = NULL;
	return line.bytes;
}

static void check_line(const struct output_options *options, const struct event *event,
		       const char *want)
{
	_cleanup_free_ char *line = event_line(options, event);

	CHECK_STR(line, want);
}

/* The first process stands at the left, its child two cells further in. */
static void check_tree(const struct output_options *options, struct event *event)
{
	struct buffer lines = { 0 };
	struct output *output;

	CHECK(!output_new(options, &output));
	shell.parent = NULL;
	event->process = &shell;
	output_event(output, event, &lines);
	event->process = &client;
	output_event(output, event, &lines);
	buffer_byte(&lines, '\0');
	CHECK_STR(lines.bytes, "40      bash            open      -       flags=O_RDONLY\n"
			       "41        mysql         open      -       flags=O_RDONLY\n");
	output_free(output);
	buffer_free(&lines);
}

static void check_has(const struct output_options *options, const struct event *event,
		      const char *part, bool wanted)
{
	_cleanup_free_ char *line = event_line(options, event);

	CHECK(line && !!strstr(line, part) == wanted);
	if (line && !!strstr(line, part) != wanted)
		printf("# %s %s: %s", wanted ? "no" : "there is", part, line);
}

static void test_text(void)
{
	struct output_options text = { .redact = true };
	struct sample sample;
	struct text nasty = { "/tmp/a b\n\x1b[2J\xff", 14 };

	sample_make(&sample, KWP_OPEN, 0);
	sample.event.path = nasty;
	sample.record.flags = KWP_F_RET;
	sample.record.ret = 5;
	check_line(&text, &sample.event,
		   "41      mysql           open      5       '/tmp/a b\\x0a\\x1b[2J\\xff' "
		   "flags=O_RDONLY\n");
	sample.record.ret = -2;
	text.time = text.user = true;
	check_line(&text, &sample.event,
		   "03:04:05.678 1000   41      mysql           open      ENOENT  "
		   "'/tmp/a b\\x0a\\x1b[2J\\xff' flags=O_RDONLY\n");
	text.time = text.user = false;
	text.indent_tree = 2;
	sample.record.flags = 0;
	sample.event.path = (struct text){ NULL, 0 };
	check_tree(&text, &sample.event);
	sample.event.process = &client;
	sample.event.verdict = VERDICT_BLOCK;
	check_has(&text, &sample.event, " EPERM ", true);
	sample.event.process = NULL;
	check_line(&text, &sample.event,
		   "-       -               open      EPERM   flags=O_RDONLY\n");
}

static void test_exec(void)
{
	struct output_options text = { .redact = true };
	struct sample sample;

	sample_make(&sample, KWP_EXEC, 0);
	sample.event.path = (struct text){ "/usr/bin/mysql", 14 };
	sample.record.flags = KWP_F_RET;
	check_line(&text, &sample.event,
		   "41      mysql           exec      ok      /usr/bin/mysql [mysql -p*** "
		   "'it'\\''s' -e 'select 1'] cwd=/root parent=bash:40\n");
	text.redact = false;
	check_has(&text, &sample.event, "-psecret", true);
	/* A failed one did not change the process: its arguments are the record's. */
	text.redact = true;
	sample.record.ret = -13;
	sample.event.string[1] = (struct text){ "x\0--token=abc", 13 };
	check_has(&text, &sample.event, "EACCES  /usr/bin/mysql [x --token=***] ", true);
	text.format = FORMAT_JSON;
	sample.record.ret = 0;
	check_has(&text, &sample.event,
		  "\"args\":[\"mysql\",\"-p***\",\"it's\",\"-e\",\"select 1\"]", true);
	check_has(&text, &sample.event, "secret", false);
	text.redact = false;
	check_has(&text, &sample.event, "\"-psecret\"", true);
}

static void test_connect(void)
{
	struct output_options text = { .redact = true };
	struct kwp_net *net;
	struct sample sample;

	sample_make(&sample, KWP_CONNECT, 0);
	net = (struct kwp_net *)sample.facts;
	net->family = net->remote.family = 2;
	net->remote.port = 443;
	memcpy(net->remote.addr, "\x0a\x00\x00\x09", 4);
	check_has(&text, &sample.event, "connect   -       10.0.0.9:443", true);
	net->family = net->remote.family = 10;
	memcpy(net->remote.addr, "\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	check_has(&text, &sample.event, "[fd00::1]:443", true);
	text.format = FORMAT_JSON;
	check_has(&text, &sample.event, "\"destination\":{\"ip\":\"fd00::1\",\"port\":443}", true);
}

static void test_finding(void)
{
	struct output_options options = { .redact = true, .header = true, .findings = true };
	struct rule rule = { .id = "shell", .title = "a shell", .severity = SEVERITY_HIGH };
	struct sample sample;

	sample_make(&sample, KWP_EXEC, 0);
	sample.event.rule = &rule;
	check_line(&options, &sample.event,
		   "03:04:05.678 high     shell                  41      mysql           "
		   "a shell\n");
	sample.event.ruleset = (struct text){ "mine", 4 };
	sample.event.message = (struct text){ "ran x --password=abc\n", 21 };
	check_line(&options, &sample.event,
		   "03:04:05.678 high     shell                  41      mysql           "
		   "ran x --password=***\\x0a\n");
	options.format = FORMAT_JSON;
	check_has(&options, &sample.event, "\"kind\":\"alert\"", true);
	check_has(&options, &sample.event, "ran x --password=***\\n", true);
	check_has(&options, &sample.event, "\"rule\":{\"name\":\"shell\",\"ruleset\":\"mine\"}", true);
	/* A reader of events sees the act. */
	options = (struct output_options){ .redact = true };
	check_has(&options, &sample.event, "mysql           exec      -", true);
}

static void test_fields(void)
{
	const struct field *fields_of[] = { field_find("file.path", 9),
					    field_find("process.pid", 11),
					    field_find("event.action", 12) };
	struct output_options options = { .fields = fields_of, .fields_count = 3, .header = true };
	struct buffer line = { 0 };
	struct output *output;
	struct sample sample;

	sample_make(&sample, KWP_OPEN, 0);
	sample.event.path = (struct text){ "/e", 2 };
	check_line(&options, &sample.event, "/e 41      open\n");
	CHECK(!output_new(&options, &output));
	output_header(output, false, &line);
	output_header(output, true, &line);
	buffer_byte(&line, '\0');
	CHECK_STR(line.bytes, "PATH PID     EVENT\nPATH PID     EVENT\n");
	output_free(output);
	options.format = FORMAT_JSON;
	check_line(&options, &sample.event,
		   "{\"event\":{\"action\":\"open\"},\"process\":{\"pid\":41},"
		   "\"file\":{\"path\":\"/e\"}}\n");
	sample.event.process = NULL;
	check_line(&options, &sample.event,
		   "{\"event\":{\"action\":\"open\"},\"file\":{\"path\":\"/e\"}}\n");
	buffer_free(&line);
}

static void test_header(void)
{
	struct output_options options = { .header = true, .time = true, .user = true };
	struct buffer line = { 0 };
	struct output *output;

	CHECK(!output_new(&options, &output));
	output_header(output, false, &line);
	output_header(output, true, &line);
	buffer_byte(&line, '\0');
	CHECK_STR(line.bytes,
		  "TIME         UID    PID     NAME            EVENT     RESULT  DETAILS\n"
		  "TIME         SEVERITY RULE                   UID    PID     NAME            "
		  "MESSAGE\n");
	output_free(output);
	line.size = 0;
	options.header = false;
	CHECK(!output_new(&options, &output));
	output_header(output, false, &line);
	output_free(output);
	options.format = FORMAT_JSON;
	options.header = true;
	CHECK(!output_new(&options, &output));
	output_header(output, false, &line);
	output_free(output);
	CHECK(!line.size);
	buffer_free(&line);
}

/* Every type, with facts of zeros and of ones, with and without a process. */
static void test_types(void)
{
	struct output_options options = { .redact = true };
	struct sample sample;

	for (unsigned i = 1; i < 4 * KWP_TYPE_COUNT; i++) {
		sample_make(&sample, i % KWP_TYPE_COUNT, i / KWP_TYPE_COUNT % 2 ? 0xff : 0);
		if (!sample.record.type)
			continue;
		if (i / KWP_TYPE_COUNT >= 2)
			sample.event.process = NULL;
		sample.event.path = (struct text){ "\xff\"\\\n", 4 };
		options.format = FORMAT_JSON;
		char *line = event_line(&options, &sample.event);
		size_t size = strlen(line);

		CHECK(size && line[size - 1] == '\n' && strchr(line, '\n') == line + size - 1);
		line[size - !!size] = '\0';
		CHECK(json_valid(line));
		free(line);
		options.format = FORMAT_TEXT;
		line = event_line(&options, &sample.event);
		CHECK(strchr(line, '\n') == line + strlen(line) - 1);
		free(line);
	}
}

static void test_schema(void)
{
	struct buffer out = { 0 };

	output_schema(&out);
	for (size_t i = 0; i < out.size; i++)
		if (out.bytes[i] == '\n' || (i && out.bytes[i] == ' ' && out.bytes[i - 1] == ' '))
			out.bytes[i] = ' ';
	/* Spaces outside strings are at the starts of lines only. */
	size_t size = 0;
	bool inside = false;

	for (size_t i = 0; i < out.size; i++) {
		inside ^= out.bytes[i] == '"';
		if (inside || out.bytes[i] != ' ')
			out.bytes[size++] = out.bytes[i];
	}
	out.size = size;
	buffer_byte(&out, '\0');
	CHECK(json_valid(out.bytes));
	CHECK(strstr(out.bytes, "\"parent\":{\"type\":\"object\",\"properties\":{\"pid\":{"));
	CHECK(strstr(out.bytes, "\"@timestamp\":{\"type\":\"string\",\"format\":\"date-time\""));
	buffer_free(&out);
}

static void test_memory_fails(void)
{
	struct buffer line = { .failed = true };
	struct output_options options = { .format = FORMAT_JSON };
	struct output *output;
	struct sample sample;

	sample_make(&sample, KWP_OPEN, 0);
	for (int format = 0; format < 2; format++) {
		options.format = format;
		CHECK(!output_new(&options, &output));
		output_event(output, &sample.event, &line);
		CHECK(line.failed && !line.size);
		output_free(output);
		free(client.json);
		client.json = NULL;
	}
}

int main(void)
{
	test_text();
	test_exec();
	test_connect();
	test_finding();
	test_fields();
	test_header();
	test_types();
	test_schema();
	test_memory_fails();
	return check_end();
}
