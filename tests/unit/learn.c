/* SPDX-License-Identifier: GPL-2.0-only */
/* From events to a profile that allows what was seen; and profiles beside each other. */
#include "../../common/learn.h"
#include "../../common/learn_activity.h"
#include "../../common/learn_compare.h"
#include "../../common/learn_seen.h"
#include "../../common/log.h"
#include "../../common/policy.h"
#include "../../common/replay.h"
#include "build.h"
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* ---- activity ---- */

static const char recording_path[] = "/tmp/kwp-learn-unit.kwp";
static FILE *recording;

static void record(const struct draft *draft)
{
	_cleanup_built_ struct built built = draft_build(draft);

	CHECK(!recording_add(recording, built.record, built.size));
}

static void begin(void)
{
	struct recording head = {.schema = KWP_SCHEMA,
				 .head_size = sizeof(struct kwp_record),
				 .boot_time = 1000,
				 .host = "host"};

	memcpy(head.magic, RECORDING_MAGIC, sizeof(head.magic));
	remove(recording_path);
	CHECK(!recording_create(recording_path, &head, &recording));
}

static void record_exec(const char *path)
{
	struct draft draft = draft_exec(50, 1, path, "x", 2);

	record(&draft);
}

static void record_write(const char *path)
{
	struct draft draft = draft_of(KWP_OPEN, 50, 1);

	draft.head.flags = KWP_F_RET;
	draft.head.ret = 3;
	DRAFT_FACTS(&draft, kwp_file_act)->flags = O_WRONLY | O_CREAT;
	draft_text(&draft, 0, path);
	record(&draft);
}

static void record_connect(const char *address, unsigned port, int64_t ret)
{
	struct draft draft = draft_of(KWP_CONNECT, 50, 1);
	struct kwp_net *net = DRAFT_FACTS(&draft, kwp_net);

	draft.head.flags = KWP_F_RET;
	draft.head.ret = ret;
	net->remote.family = net->family = AF_INET;
	net->remote.port = (uint16_t)port;
	net->type = SOCK_STREAM;
	sscanf(address, "%hhu.%hhu.%hhu.%hhu", &net->remote.addr[0], &net->remote.addr[1],
	       &net->remote.addr[2], &net->remote.addr[3]);
	record(&draft);
}

static void record_loss(unsigned lost)
{
	struct draft draft = draft_of(KWP_LOSS, 0, 0);

	DRAFT_FACTS(&draft, kwp_loss)->lost[KWP_OPEN] = lost;
	record(&draft);
}

static bool has(const struct buffer *out, const char *part)
{
	bool found = out->size && memmem(out->bytes, out->size, part, strlen(part));

	if (!found)
		printf("# no %s in\n%.*s", part, (int)out->size, out->bytes ?: "");
	return found;
}

/* The profile is read without a word, and says these things. */
static void profile_check(const struct buffer *out)
{
	struct profile_problems problems = {};
	_cleanup_profile_ struct profile *profile = NULL;
	_cleanup_policy_ struct policy *policy = NULL;
	struct kwp_seed seed = {};
	char why[256];
	uint8_t address[16] = {[10] = 0xff, [11] = 0xff, 192, 0, 2, 1};
	uint16_t found;

	CHECK(!profile_parse("learnt.yaml", out->bytes, out->size, &profile, &problems));
	for (size_t i = 0; i < problems.count; i++)
		printf("# %u: %s\n", problems.list[i].line, problems.list[i].message);
	CHECK(!problems.count);
	profile_problems_free(&problems);
	CHECK(profile && !policy_compile(profile, &seed, &policy, why, sizeof(why)));
	if (!policy)
		return;
#define ACTION_OF(path, class, access)                                                             \
	(found = policy_find(policy, path, NULL, class, access),                                   \
	 found ? policy->rules[found].action[access] : KWP_ALLOW)
	CHECK(ACTION_OF("/usr/bin/app", KWP_PATH_PROCESS, KWP_EXECUTE) == KWP_ALLOW);
	CHECK(ACTION_OF("/usr/bin/nc", KWP_PATH_PROCESS, KWP_EXECUTE) == KWP_BLOCK);
	CHECK(ACTION_OF("/var/log/app.log", KWP_PATH_FILE, KWP_WRITE) == KWP_ALLOW);
	CHECK(ACTION_OF("/tmp/tmpzz99yy/x", KWP_PATH_FILE, KWP_WRITE) == KWP_ALLOW);
	CHECK(ACTION_OF("/etc/passwd", KWP_PATH_FILE, KWP_WRITE) == KWP_BLOCK);
	CHECK(ACTION_OF("/etc/passwd", KWP_PATH_FILE, KWP_READ) == KWP_ALLOW);
	found = policy_find_address(policy, false, address, 443, IPPROTO_TCP);
	CHECK(!found || policy->rules[found].action[0] == KWP_ALLOW);
	found = policy_find_address(policy, false, address, 80, IPPROTO_TCP);
	CHECK(found && policy->rules[found].action[0] == KWP_BLOCK);
}

static int learn(bool force, struct buffer *out)
{
	char *files[] = {(char *)recording_path};
	struct learn_options options = {.files = files, .count = 1, .force = force};

	return learn_profile(&options, out);
}

static void test_profile(void)
{
	_cleanup_buffer_ struct buffer out = {}, again = {};

	begin();
	record_exec("/usr/bin/app");
	record_exec("/usr/bin/app");
	record_write("/var/log/app.log");
	record_write("/tmp/tmpab12cd/x");
	record_write("/odd\n*");
	record_connect("192.0.2.1", 443, 0);
	record_connect("127.0.0.1", 9, 0);
	record_connect("10.0.0.3", 53, 0);
	fclose(recording);
	CHECK(!learn(false, &out));
	CHECK(has(&out, "    - \"/usr/bin/app\"  # 2 times\n"));
	CHECK(has(&out, "  - {path: \"/tmp/**\", write: allow}  # once, 1 path, such as "
			"/tmp/tmpab12cd/x\n"));
	CHECK(has(&out, "  # Left out: 1 paths that no pattern can say.\n"));
	CHECK(has(&out, "      - \"192.0.2.1:443/tcp\"  # once\n") && has(&out, "      - dns\n"));
	CHECK(!memmem(out.bytes, out.size, "127.0.0", 7));
	profile_check(&out);
	CHECK(!learn(false, &again) && again.size == out.size &&
	      !memcmp(again.bytes, out.bytes, out.size));
}

static void test_losses(void)
{
	_cleanup_buffer_ struct buffer out = {};

	begin();
	record_exec("/usr/bin/app");
	record_loss(3);
	fclose(recording);
	CHECK(learn(false, &out) == -EBADMSG && !out.size);
	CHECK(!learn(true, &out) && has(&out, "3 lost"));
	/* A recording that is cut off has lost what is behind. */
	out.size = 0;
	begin();
	record_exec("/usr/bin/app");
	CHECK(fwrite("\1\2\3", 3, 1, recording) == 1);
	fclose(recording);
	CHECK(learn(false, &out) == -EBADMSG && !out.size);
	begin();
	fclose(recording);
	CHECK(learn(true, &out) == -EBADMSG && !out.size);
}

static void record_denied(const char *path)
{
	struct draft draft = draft_of(KWP_OPEN, 50, 1);

	draft.head.flags = KWP_F_RET | KWP_F_VERDICT;
	draft.head.verdict = KWP_SAID_BLOCK;
	draft.head.ret = -EPERM;
	DRAFT_FACTS(&draft, kwp_file_act)->flags = O_WRONLY;
	draft_text(&draft, 0, path);
	record(&draft);
}

static void test_denied(void)
{
	char *files[] = {(char *)recording_path};
	struct learn_options options = {.files = files, .count = 1};
	_cleanup_buffer_ struct buffer out = {}, healed = {};

	begin();
	record_exec("/usr/bin/app");
	record_denied("/etc/denied");
	fclose(recording);
	CHECK(!learn_profile(&options, &out) && !memmem(out.bytes, out.size, "/etc/denied", 11));
	options.also = ACTIVITY_DENIED;
	CHECK(!learn_profile(&options, &healed) &&
	      has(&healed, "  - {path: \"/etc/denied\", write: allow}  # once\n"));
}

static void test_actor(void)
{
	_cleanup_activity_ struct activity *activity = NULL;
	struct item item = {.section = SECTION_FILES, .name = text_of("/log/app.log")};
	struct drift drift = {.kind = DRIFT_ADDED, .after = &item};
	struct drift_actor nobody = {};

	begin();
	record_exec("/usr/bin/app");
	record_write("/var/log/app.log");
	fclose(recording);
	CHECK(!activity_new(NULL, 0, &activity) && !activity_read(activity, recording_path));
	activity_actor(activity, &drift, "/var", &drift.actor);
	CHECK(text_equal(drift.actor.process, text_of("/usr/bin/app")));
	CHECK(text_equal(drift.actor.act, text_of("open")) && drift.actor.pid == 50);
	activity_actor(activity, &drift, "", &nobody);
	CHECK(!nobody.process.bytes);
}

/* ---- the set ---- */

static void test_seen(void)
{
	struct seen_set set = {};
	struct items items = {};
	char name[32];

	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 5000; i++) {
			struct item item = {.section = SECTION_OPENS};

			snprintf(name, sizeof(name), "/%d", i);
			item.name = text_of(name);
			CHECK(seen_add(&set, &item, NULL) == !round || i % 500);
		}
	seen_items(&set, &items);
	CHECK(items.count == 5000 && !set.dropped);
	for (size_t i = 0; i < items.count; i++)
		if (!text_equal(items.list[i].value[SEEN_COUNT], text_of("2")))
			CHECK(!"seen twice");
	items_free(&items);
	seen_free(&set);
}

/* ---- profile against profile ---- */

static struct profile *profile_of(const char *text)
{
	struct profile_problems problems = {};
	struct profile *profile = NULL;

	CHECK(!profile_parse("p.yaml", text, strlen(text), &profile, &problems));
	profile_problems_free(&problems);
	return profile;
}

static void compare(const char *before, const char *after, const char *want)
{
	_cleanup_profile_ struct profile *a = profile_of(before), *b = profile_of(after);
	_cleanup_buffer_ struct buffer out = {};
	int count = a && b ? profiles_compare(a, b, &out) : -1, lines = 0;

	buffer_byte(&out, 0);
	CHECK_STR(out.bytes, want);
	for (const char *at = out.bytes; *at; at++)
		lines += *at == '\n';
	CHECK(count == lines);
}

static void test_compare(void)
{
	compare("kwp: 1\nfile:\n  - {path: \"/etc/**\", write: block}\n",
		"kwp: 1\nfile:\n  - {path: \"/etc/*\", write: block}\n"
		"  - {path: \"/etc/**\", write: block}\n",
		"");
	compare("kwp: 1\n", "kwp: 1\nfile:\n  - {path: \"/etc/**\", write: block}\n",
		"newly denied: writing /etc/** (was allowed, is blocked)\n");
	compare("kwp: 1\nfile:\n  - {path: \"/etc/**\", write: kill}\n", "kwp: 1\n",
		"newly allowed: writing /etc/** (was killed, is allowed)\n");
	/* The same by another rule is no difference; a hole in a wider rule is one. */
	compare("kwp: 1\nfile:\n  - {path: \"/etc/**\", write: block}\n",
		"kwp: 1\nfile:\n  - {path: \"/etc/**\", write: block}\n  - {path: /etc/x, write: "
		"allow}\n",
		"newly allowed: writing /etc/x (was blocked, is allowed)\n");
	compare("kwp: 1\nsyscall: {block: [bpf]}\n", "kwp: 1\nsyscall: {monitor: [bpf]}\n",
		"newly allowed: the system call bpf (was blocked, is reported)\n");
	compare("kwp: 1\nprocess: {default: allow}\n",
		"kwp: 1\nprocess: {default: block, allow: [/usr/bin/x]}\n",
		"newly denied: running what no pattern names (was allowed, is blocked)\n");
	compare("kwp: 1\nnetwork: {egress: {default: block, allow: [\"10.0.0.0/8:443\"]}}\n",
		"kwp: 1\nnetwork: {egress: {default: block, allow: [\"10.1.0.0/16:443\"]}}\n",
		"newly denied: connecting to 10.0.0.0/8:443 (was allowed, is blocked)\n");
	compare("kwp: 1\nmode: enforce\n", "kwp: 1\nmode: monitor\n",
		"newly allowed: the whole profile only reports\n");
}

int main(void)
{
	log_set_level(LOG_QUIET);
	test_profile();
	test_losses();
	test_denied();
	test_actor();
	test_seen();
	test_compare();
	remove(recording_path);
	return check_end();
}
