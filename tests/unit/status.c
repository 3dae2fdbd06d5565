/* SPDX-License-Identifier: GPL-2.0-only */
/* What is in force, as text and as JSON. */
#include "../../common/status.h"
#include "check.h"

#define BOOT 1000000000000000000ull

static char words[] = "/etc/**: write block", reference[] = "a.yaml:3", name[] = "file";
static char evil[] = "a\"\n\x1b[0m";

static struct enforce_rule rules[] = {
	{},
	{.text = {name, reference, words}, .class = KWP_CLASS_FILE, .action = KWP_BLOCK,
	 .hits = {.count = 7, .last = 5 * NS_PER_S}},
	{.text = {name, reference, evil}, .class = KWP_CLASS_PROCESS, .action = KWP_KILL},
};
static struct enforce_program programs[] = {
	{.name = "kwp_l_open", .hook = "lsm/file_open", .backend = KWP_BY_LSM, .runs = 4,
	 .run_ns = 400, .bytes = 123},
};

static struct enforce_status make(void)
{
	static char profile[] = "a profile", digest[] = "d1";

	return (struct enforce_status){
		.profile = profile, .digest = digest, .version = "9", .generation = 3,
		.mode = KWP_MODE_MONITOR, .guards = 1u << KWP_CLASS_FILE,
		.unguarded = 1u << KWP_CLASS_DRIFT | 1u << KWP_CLASS_SYSCTL, .loaded = BOOT,
		.unstopped = 1u << KWP_DETECT_CONNECTED_CODE | 1u << KWP_DETECT_BIND_SHELL_RELAY,
		.rules = rules, .rules_count = ARRAY_SIZE(rules), .programs = programs,
		.programs_count = 1, .map_bytes = 4096, .program_bytes = 123,
		.lost = {[KWP_EXEC] = 2}, .unmade = 4, .unwalked = 5, .unread = 6, .reader = 77,
	};
}

static bool has(const struct buffer *out, const char *text)
{
	bool found = memmem(out->bytes, out->size, text, strlen(text)) != NULL;

	if (!found)
		printf("# no %s\n", text);
	return found;
}

static void test_text(void)
{
	_cleanup_buffer_ struct buffer out = {};
	const struct enforce_status status = make();

	status_text(&status, BOOT, &out);
	CHECK(!out.failed);
	CHECK(has(&out, "profile      a profile\n"));
	CHECK(has(&out, "mode         monitor\n"));
	CHECK(has(&out, "enforced     file\n"));
	CHECK(has(&out, "not enforced sysctl, drift\nnot stopped  bind-shell-relay, connected-code\n"));
	CHECK(has(&out, "lost         2 records, 4 not made above the limits\n"));
	CHECK(has(&out, "not judged   5 paths, 6 answers\n"));
	CHECK(has(&out, "reader       pid 77\n"));
	CHECK(has(&out, "         7  2001-09-09T01:46:45.000000000Z"));
	CHECK(has(&out, "/etc/**: write block  (a.yaml:3)\n"));
	CHECK(!memchr(out.bytes, 0x1b, out.size));
	CHECK(has(&out, "lsm/file_open"));
	CHECK(has(&out, "         4      100      123\n"));
}

static void test_json(void)
{
	_cleanup_buffer_ struct buffer out = {};
	const struct enforce_status status = make();

	status_json(&status, BOOT, &out);
	CHECK(!out.failed && out.bytes[out.size - 1] == '\n');
	CHECK(memchr(out.bytes, '\n', out.size - 1) == NULL);
	CHECK(has(&out, "{\"profile\":\"a profile\",\"digest\":\"d1\",\"version\":\"9\","
			"\"generation\":3,\"mode\":\"monitor\","));
	CHECK(has(&out, "\"enforced\":[\"file\"],\"not_enforced\":[\"sysctl\",\"drift\"],"
			"\"not_stopped\":[\"bind-shell-relay\",\"connected-code\"],"));
	CHECK(has(&out, "\"lost\":{\"exec\":2},\"not_made\":4,\"not_walked\":5,\"not_read\":6,"));
	CHECK(has(&out, "\"hits\":7,\"last\":\"2001-09-09T01:46:45.000000000Z\"}"));
	CHECK(has(&out, "\"action\":\"kill\",\"hits\":0}],"));
	CHECK(has(&out, "\\u001b"));
	CHECK(has(&out, "\"bytes\":123}]}\n"));
}

static void test_empty(void)
{
	_cleanup_buffer_ struct buffer out = {};
	struct enforce_status status = make();

	status.rules_count = 1;
	status.programs_count = 0;
	status.guards = status.unguarded = 0;
	status.lost[KWP_EXEC] = 0;
	status_json(&status, BOOT, &out);
	CHECK(has(&out, "\"enforced\":[],\"not_enforced\":[],"));
	CHECK(has(&out, "\"not_read\":6,\"rules\":[],\"programs\":[]}\n"));
	out.size = 0;
	status_classes(0, &out);
	CHECK(out.size == 4 && !memcmp(out.bytes, "none", 4));
}

/* What "enforced" says of these classes. */
static bool says(uint32_t guards, bool kill_only, const char *text)
{
	_cleanup_buffer_ struct buffer out = {};

	status_enforced(guards, kill_only, &out);
	buffer_byte(&out, 0);
	return !out.failed && !strcmp(out.bytes, text);
}

static void test_enforced(void)
{
	const uint32_t file = 1u << KWP_CLASS_FILE, network = 1u << KWP_CLASS_NETWORK;

	CHECK(says(file | network, false, "file, network"));
	CHECK(says(file | network, true, "network; by ending the process: file"));
	CHECK(says(file, true, "by ending the process: file"));
	CHECK(says(network, true, "network"));
	CHECK(says(0, true, "none"));
}

int main(void)
{
	test_text();
	test_json();
	test_empty();
	test_enforced();
	return check_end();
}
