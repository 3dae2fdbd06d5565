/* SPDX-License-Identifier: GPL-2.0-only */
/* Rules: severities, what matches, findings in words. */
#include "../../common/process.h"
#include "../../common/rule.h"
#include "check.h"

#include <errno.h>

static struct process process = {
	.comm = "bash",
	.executable = (char *)"/usr/bin/bash",
	.args = (char *)"bash\0-c\0id",
	.args_size = sizeof("bash\0-c\0id"),
	.view_pid = 42,
};
static struct kwp_exec facts;
static struct kwp_record record = {.type = KWP_EXEC, .size = sizeof(record)};

static struct event event_exec(void)
{
	return (struct event){.record = &record, .facts = &facts, .process = &process};
}

static struct filter *filter(const char *expression)
{
	struct filter *out = NULL;

	CHECK(!filter_parse(expression, strlen(expression), &out, NULL));
	return out;
}

static void test_severity(void)
{
	enum severity severity = SEVERITY_LOW;

	CHECK_STR(severity_name(SEVERITY_INFO), "info");
	CHECK_STR(severity_name(SEVERITY_CRITICAL), "critical");
	CHECK(!severity_name(SEVERITY_COUNT));
	CHECK(!severity_name((enum severity) - 1));
	CHECK(severity_number(SEVERITY_INFO) == 21);
	CHECK(severity_number(SEVERITY_HIGH) == 73);
	CHECK(severity_number(SEVERITY_CRITICAL) == 99);
	CHECK(severity_find("high!", 4, &severity) && severity == SEVERITY_HIGH);
	severity = SEVERITY_LOW;
	CHECK(!severity_find("hig", 3, &severity) && severity == SEVERITY_LOW);
	CHECK(!severity_find("", 0, &severity) && severity == SEVERITY_LOW);
}

static void test_match(void)
{
	struct event event = event_exec();
	struct filter *except[] = {filter("process.pid == 1"), filter("process.args == -c")};
	struct rule rule = {.types = 1ull << KWP_EXEC};

	CHECK(rule_match(&rule, &event));
	rule.types = 1ull << KWP_CONNECT;
	CHECK(!rule_match(&rule, &event));
	rule.types |= 1ull << KWP_EXEC;
	rule.when = filter("process.name == bash");
	CHECK(rule_match(&rule, &event));
	rule.except = except;
	rule.except_count = 1;
	CHECK(rule_match(&rule, &event));
	rule.except_count = 2;
	CHECK(!rule_match(&rule, &event));
	filter_free(rule.when);
	rule.except_count = 0;
	rule.when = filter("process.name == sh");
	CHECK(!rule_match(&rule, &event));
	filter_free(rule.when);
	filter_free(except[0]);
	filter_free(except[1]);
}

static const char *message(const char *template)
{
	static char out[256];
	struct rule rule = {.id = (char *)"an-id", .message = (char *)template};
	struct event event = event_exec();

	CHECK(rule_message(&rule, &event, out, sizeof(out)) == strlen(out));
	return out;
}

static void test_message(void)
{
	CHECK_STR(message("{process.name} ran {process.args}"), "bash ran bash -c id");
	CHECK_STR(message("pid {process.pid}, to {destination.ip}"), "pid 42, to ?");
	CHECK_STR(message("{{{process.name}}}"), "{bash}");
	CHECK_STR(message("no field"), "no field");
	CHECK_STR(message(""), "");
	/* The profile refuses these; they must do no harm all the same. */
	CHECK_STR(message("{process.nam} {process.name"), "? {process.name");
	CHECK_STR(message("a } b {"), "a } b {");
	CHECK_STR(message("{}"), "?");
}

static void test_message_default(void)
{
	struct rule rule = {.id = (char *)"an-id", .title = (char *)"A {title}"};
	struct event event = event_exec();
	char out[256];

	CHECK(rule_message(&rule, &event, out, sizeof(out)) == 9);
	CHECK_STR(out, "A {title}");
	rule.title = NULL;
	rule_message(&rule, &event, out, sizeof(out));
	CHECK_STR(out, "an-id");
}

static void test_message_cut(void)
{
	static char path[5000];
	struct rule rule = {.id = (char *)"x", .message = (char *)"{file.path}|{file.path}"};
	struct event event = event_exec();
	char out[300];

	memset(path, 'a', sizeof(path));
	event.path = (struct text){path, sizeof(path)};
	CHECK(rule_message(&rule, &event, out, sizeof(out)) == 299);
	CHECK(strlen(out) == 299);
	CHECK(out[196] == 'a' && !memcmp(out + 197, "...|a", 5));
	path[3] = '\0';
	rule_message(&rule, &event, out, sizeof(out));
	CHECK(!memcmp(out, "aaa aaa", 7));
	event.path = (struct text){path, 200};
	rule_message(&rule, &event, out, sizeof(out));
	CHECK(out[199] == 'a' && out[200] == '|');
}

static void test_template(void)
{
	struct filter_error error = {0};

	CHECK(!rule_template_check("{process.name} {{x}} y", &error));
	CHECK(rule_template_check("ab {process.nam}", &error) == -EINVAL);
	CHECK(error.offset == 4 && strstr(error.message, "did you mean 'process.name'?"));
	CHECK(rule_template_check("ab {process.name", &error) == -EINVAL && error.offset == 3);
	CHECK(rule_template_check("ab }", &error) == -EINVAL && error.offset == 3);
	CHECK(rule_template_check("{}", NULL) == -EINVAL);
	CHECK(rule_template_check("{a{b}}", NULL) == -EINVAL);
}

int main(void)
{
	test_severity();
	test_match();
	test_message();
	test_message_default();
	test_message_cut();
	test_template();
	return check_end();
}
