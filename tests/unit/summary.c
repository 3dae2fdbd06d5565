/* SPDX-License-Identifier: GPL-2.0-only */
/* Counts by event, process and target. */
#include "../../common/process.h"
#include "../../common/summary.h"
#include "../../common/verdict.h"
#include "build.h"
#include "check.h"

static struct summary *summary;

static void add(struct draft *draft, const char *name, const char *path)
{
	_cleanup_built_ struct built built = draft_build(draft);
	struct process process = {};
	struct event event;

	if (event_decode(built.record, built.size, &event))
		return;
	event.verdict = verdict_of(event.record->verdict);
	snprintf(process.comm, sizeof(process.comm), "%s", name);
	event.process = &process;
	event.path = (struct text){path, path ? strlen(path) : 0};
	summary_add(summary, &event);
}

static void add_open(const char *name, const char *path, int result)
{
	struct draft draft = draft_of(KWP_OPEN, 20, 1);

	draft.head.flags = KWP_F_RET;
	draft.head.ret = result;
	add(&draft, name, path);
}

static char *print(enum format format)
{
	struct buffer out = {};

	summary_print(summary, format, &out);
	buffer_byte(&out, '\0');
	return out.bytes;
}

static void check_text(const char *want)
{
	_cleanup_free_ char *text = print(FORMAT_TEXT);

	CHECK_STR(text, want);
}

#define HEAD "   COUNT  FAILED EVENT     NAME            TARGET\n"

static void test_rows(void)
{
	summary = summary_new();
	check_text(HEAD);
	add_open("cat", "/a", 3);
	add_open("cat", "/b", 3);
	add_open("cat", "/b", -2);
	add_open("sh", "/b", 4);
	check_text(HEAD "       2       1 open      cat             /b\n"
			"       1       0 open      cat             /a\n"
			"       1       0 open      sh              /b\n");
	_cleanup_free_ char *json = print(FORMAT_JSON);

	CHECK(strstr(json, "{\"event\":\"open\",\"process\":\"cat\",\"target\":\"/b\","
			   "\"count\":2,\"failed\":1}\n") == json);
	summary_clear(summary);
	check_text(HEAD);
	add_open("x\n", "/\x1b[2J", 0);
	check_text(HEAD "       1       0 open      x\\x0a              /\\x1b[2J\n");
	summary_free(summary);
	summary_free(NULL);
}

static void check_target(struct draft draft, const char *want)
{
	_cleanup_free_ char *json = NULL;

	summary_clear(summary);
	add(&draft, "p", NULL);
	json = print(FORMAT_JSON);
	CHECK(strstr(json, want));
	if (!strstr(json, want))
		printf("# %s", json);
}

/* The call that did it says least. */
static void test_targets(void)
{
	struct draft draft = draft_of(KWP_SYSCTL, 20, 1);

	summary = summary_new();
	draft.head.nr = 1;
	draft_text(&draft, 0, "kernel.core_pattern");
	check_target(draft, "\"target\":\"kernel.core_pattern\"");
	draft = draft_of(KWP_BPF, 20, 1);
	draft.head.nr = 1;
	DRAFT_FACTS(&draft, kwp_bpf_act)->command = 5;
	check_target(draft, "\"target\":\"BPF_PROG_LOAD\"");
	draft = draft_of(KWP_SIGNAL, 20, 1);
	draft.head.nr = 1;
	strcpy(DRAFT_FACTS(&draft, kwp_task_act)->target_comm, "victim");
	check_target(draft, "\"target\":\"victim\"");
	draft = draft_of(KWP_CONNECT, 20, 1);
	DRAFT_FACTS(&draft, kwp_net)->remote.family = 2;
	memcpy(DRAFT_FACTS(&draft, kwp_net)->remote.addr, "\xc0\0\2\1", 4);
	check_target(draft, "\"target\":\"192.0.2.1\"");
	draft = draft_of(KWP_SYSCALL, 20, 1);
	draft.head.nr = 1;
	check_target(draft, "\"event\":\"syscall\",\"process\":\"p\",\"target\":\"write\"");
	draft = draft_verdict(KWP_OPEN, 20, 1, 1, KWP_SAID_BLOCK);
	check_target(draft, "\"verdict\":\"block\",\"count\":1,\"failed\":1}");
	draft = draft_verdict(KWP_OPEN, 20, 1, 1, KWP_SAID_WOULD_BLOCK);
	check_target(draft, "\"verdict\":\"would-block\",\"count\":1,\"failed\":0}");
	draft = draft_of(KWP_LOSS, 0, 0);
	check_target(draft, "\"target\":\"\"");
	summary_free(summary);
}

/* The sum of both columns of numbers, and how many rows. */
static void totals(const char *text, uint64_t *count, uint64_t *failed, unsigned *rows)
{
	*count = *failed = *rows = 0;
	for (const char *line = strchr(text, '\n') + 1; *line; line = strchr(line, '\n') + 1) {
		unsigned long long one = 0, two = 0;

		if (sscanf(line, "%llu %llu", &one, &two) != 2)
			CHECK(!"a row has no numbers");
		*count += one;
		*failed += two;
		++*rows;
	}
}

static void test_bounded(void)
{
	uint64_t count, failed;
	unsigned rows;

	summary = summary_new();
	for (unsigned i = 0; i < 12000; i++) {
		char path[32];

		snprintf(path, sizeof(path), "/tmp/%u", i);
		add_open("cat", path, i % 3 ? 3 : -13);
	}
	add_open("cat", "/tmp/0", 3);
	/* Printed twice without a clearing: the same. */
	for (int i = 0; i < 2; i++) {
		_cleanup_free_ char *text = print(FORMAT_TEXT);

		totals(text, &count, &failed, &rows);
		CHECK(count == 12001 && failed == 4000 && rows == SUMMARY_MAX);
		CHECK(strstr(text, "    2001     667 (other)"));
		CHECK(strstr(text, "       2       1 open      cat             /tmp/0\n"));
	}
	add_open("cat", "/tmp/one more", 3);
	_cleanup_free_ char *last = print(FORMAT_TEXT);

	totals(last, &count, &failed, &rows);
	CHECK(count == 12002 && rows == SUMMARY_MAX);
	summary_clear(summary);
	check_text(HEAD);
	summary_free(summary);
}

/* Longer than a row has room for: cut, and still one row. */
static void test_long(void)
{
	static char path[5000];
	_cleanup_free_ char *text = NULL;

	summary = summary_new();
	memset(path, 'p', sizeof(path) - 1);
	add_open("cat", path, 3);
	add_open("cat", path, 3);
	text = print(FORMAT_TEXT);
	CHECK(strlen(text) < 1000 && strstr(text, "\n       2       0 open "));
	summary_free(summary);
}

int main(void)
{
	test_rows();
	test_targets();
	test_bounded();
	test_long();
	return check_end();
}
