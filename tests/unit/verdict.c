/* SPDX-License-Identifier: GPL-2.0-only */
/* Events that the policy in the kernel spoke of, and the rules that records tell of. */
#include "seen.h"

#include "../../bpf/policy.h"
#include "../../common/verdict.h"

#define WORDS(name, words)                                                                         \
	(const char *const[])                                                                      \
	{                                                                                          \
		name, "sandbox", "sandbox.yaml:13", words                                          \
	}

static void feed_rule(uint32_t generation, uint32_t rule, uint32_t class,
		      const char *const words[4])
{
	struct draft draft = draft_rule(generation, rule, class, words);

	CHECK(!feed(&draft));
}

static struct draft denied_open(unsigned verdict)
{
	struct draft draft = draft_verdict(KWP_OPEN, 20, 3, 7, verdict);

	draft.head.access = KWP_WRITE;
	draft_text(&draft, 0, "/etc/passwd");
	return draft;
}

static void test_known_rule(void)
{
	struct draft open = denied_open(KWP_SAID_BLOCK);

	seen_open((struct enrich_options){});
	feed_rule(3, 7, KWP_CLASS_FILE, WORDS("file", "/etc/**: write block"));
	CHECK(!seen_count);
	CHECK(!feed(&open));
	CHECK(seen_count == 1);
	CHECK(seen_has(0, "\"event\":{\"kind\":\"alert\",\"category\":[\"file\"],"
			  "\"type\":[\"access\",\"denied\"],\"action\":\"open\","
			  "\"outcome\":\"failure\",\"severity\":73,"));
	CHECK(seen_has(0, "\"error\":{\"code\":\"EPERM\"},"
			  "\"message\":\"blocked: /etc/passwd: /etc/**: write block\","));
	CHECK(seen_has(0, "\"rule\":{\"id\":\"7\",\"name\":\"file\",\"ruleset\":\"sandbox\","
			  "\"description\":\"/etc/**: write block\","
			  "\"reference\":\"sandbox.yaml:13\"},\"process\""));
	CHECK(seen_has(0, "\"verdict\":\"block\",\"generation\":3,\"access\":\"write\",\"backend\""));
	CHECK(seen_lacks(0, "\"incomplete\"") && seen_lacks(0, "\"evidence\""));
	CHECK(seen_lacks(0, "\"result\""));
	/* An ordinary act has none of it. */
	open.head.flags = KWP_F_RET;
	CHECK(!feed(&open));
	CHECK(seen_has(1, "\"kind\":\"event\"") && seen_lacks(1, "\"verdict\""));
	CHECK(seen_lacks(1, "\"rule\"") && seen_lacks(1, "\"message\""));
	CHECK(seen_lacks(1, "\"generation\"") && seen_lacks(1, "\"access\":"));
	seen_close();
}

static void test_unknown_rule(void)
{
	struct draft open = denied_open(KWP_SAID_BLOCK);

	seen_open((struct enrich_options){});
	/* The same number of another generation, and another one of this. */
	feed_rule(2, 7, KWP_CLASS_FILE, WORDS("file", "old"));
	feed_rule(3, 8, KWP_CLASS_FILE, WORDS("file", "other"));
	CHECK(!feed(&open));
	CHECK(seen_count == 1);
	CHECK(seen_has(0, "\"message\":\"blocked: /etc/passwd: rule 7\""));
	CHECK(seen_has(0, "\"rule\":{\"id\":\"7\"},\"process\""));
	CHECK(seen_has(0, "\"incomplete\":[\"rule.name\"]"));
	CHECK(seen_has(0, "\"generation\":3,\"access\":\"write\""));
	/* The last word about it counts, from now on. */
	feed_rule(3, 7, KWP_CLASS_FILE, WORDS("file", "first"));
	feed_rule(3, 7, KWP_CLASS_FILE, WORDS("drift", NULL));
	CHECK(!feed(&open));
	CHECK(seen_has(1, "\"message\":\"blocked: /etc/passwd: drift\""));
	CHECK(seen_lacks(1, "\"incomplete\"") && seen_lacks(1, "first"));
	seen_close();
}

static void test_verdicts(void)
{
	static const struct {
		unsigned said;
		const char *verdict, *begins, *severity;
		bool failed;
	} all[] = {
		{KWP_SAID_MONITOR, "\"verdict\":\"audit\"", "\"message\":\"seen: /etc",
		 "\"severity\":47,", false},
		{KWP_SAID_WOULD_BLOCK, "\"verdict\":\"would-block\"",
		 "\"message\":\"would block: /etc", "\"severity\":59,", false},
		{KWP_SAID_BLOCK, "\"verdict\":\"block\"", "\"message\":\"blocked: /etc",
		 "\"severity\":73,", true},
		{KWP_SAID_KILL, "\"verdict\":\"kill\"", "\"message\":\"killed: /etc",
		 "\"severity\":99,", true},
	};

	_Static_assert(ARRAY_SIZE(all) == KWP_SAID_COUNT - 1, "a row for each verdict");
	seen_open((struct enrich_options){});
	feed_rule(3, 7, KWP_CLASS_FILE, WORDS("file", "w"));
	for (unsigned i = 0; i < ARRAY_SIZE(all); i++) {
		struct draft open = denied_open(all[i].said);

		CHECK(!feed(&open));
		CHECK(seen_has(i, all[i].verdict) && seen_has(i, all[i].begins));
		CHECK(seen_has(i, all[i].severity) && seen_has(i, "\"kind\":\"alert\""));
		if (all[i].failed)
			CHECK(seen_has(i, "\"outcome\":\"failure\"") && seen_has(i, "\"denied\""));
		else
			CHECK(seen_has(i, "\"incomplete\":[\"event.outcome\"]") &&
			      seen_lacks(i, "\"outcome\":") && seen_lacks(i, "\"denied\""));
	}
	/* Ended after the act, which nobody denied. */
	struct draft late = denied_open(KWP_SAID_KILL);

	late.head.backend = KWP_BY_TRACEPOINT;
	late.head.flags |= KWP_F_RET;
	late.head.ret = 3;
	CHECK(!feed(&late));
	CHECK(seen_has(4, "\"outcome\":\"success\"") && seen_has(4, "\"verdict\":\"kill\""));
	CHECK(seen_lacks(4, "\"denied\""));
	seen_close();
}

/* A hook's record waits, a verdict comes, the act ends: two events, and the end has what the
 * hook lent it. */
static void test_not_merged(void)
{
	struct draft hook = draft_of(KWP_UNLINK, 20, 1), end = hook;
	struct draft verdict = draft_verdict(KWP_UNLINK, 20, 3, 7, KWP_SAID_BLOCK);

	hook.head.backend = KWP_BY_LSM;
	hook.head.flags = KWP_F_HOOK;
	draft_text(&hook, 0, "/resolved");
	draft_text(&verdict, 0, "/resolved");
	end.head.flags = KWP_F_RET | KWP_F_UNRESOLVED;
	end.head.ret = -1;
	draft_text(&end, 0, "words");
	seen_open((struct enrich_options){.drop_unfinished = true});
	CHECK(!feed(&verdict));
	CHECK(seen_count == 1 && seen_has(0, "\"verdict\":\"block\""));
	CHECK(!feed(&end));
	CHECK(seen_count == 2 && seen_has(1, "\"path\":\"words\"") && seen_has(1, "\"EPERM\""));
	CHECK(seen_lacks(1, "\"verdict\"") && seen_has(1, "\"kind\":\"event\""));
	CHECK(!feed(&hook));
	CHECK(!feed(&verdict));
	CHECK(seen_count == 3 && seen_has(2, "\"verdict\":\"block\""));
	CHECK(!feed(&end));
	CHECK(seen_count == 4 && seen_has(3, "\"path\":\"/resolved\"") && seen_lacks(3, "verdict"));
	/* Even if it says that it waits for an end. */
	verdict.head.flags |= KWP_F_HOOK;
	CHECK(!feed(&verdict));
	CHECK(seen_count == 5 && seen_has(4, "\"verdict\":\"block\""));
	enrich_flush(seen_enrich, ~0ull);
	CHECK(seen_count == 5);
	seen_close();
}

/* A program that is denied did not run: the process stays what it was. */
static void test_exec(void)
{
	struct draft was = draft_exec(20, 1, "/bin/old", "old", 4);
	struct draft verdict = draft_verdict(KWP_EXEC, 20, 3, 7, KWP_SAID_WOULD_BLOCK);
	struct draft ran = draft_exec(20, 1, "/tmp/x", "x", 2);

	draft_text(&verdict, 0, "/tmp/x");
	draft_text(&verdict, 3, "./x");
	verdict.head.signal = KWP_SIGNAL_CTIME;
	seen_open((struct enrich_options){});
	feed_rule(3, 7, KWP_CLASS_DRIFT, WORDS("drift", "not of the image: block"));
	CHECK(!feed(&was));
	CHECK(!feed(&verdict));
	CHECK(seen_count == 2 && seen_has(1, "\"executable\":\"/bin/old\",\"args\":[\"old\"]"));
	CHECK(seen_has(1, "\"message\":\"would block: /tmp/x: not of the image: block\""));
	CHECK(seen_has(1, "\"access\":\"execute\",\"evidence\":{\"signal\":\"ctime\"}"));
	CHECK(!feed(&ran));
	CHECK(seen_count == 3 && seen_has(2, "\"executable\":\"/tmp/x\",\"args\":[\"x\"]"));
	seen_close();
}

/* Acts that have no path; rules that know no access. */
static void test_targets(void)
{
	struct draft connect = draft_verdict(KWP_CONNECT, 20, 3, 7, KWP_SAID_BLOCK);
	struct draft kill = draft_verdict(KWP_SIGNAL, 20, 3, 7, KWP_SAID_BLOCK);
	struct draft rename = draft_verdict(KWP_RENAME, 20, 3, 8, KWP_SAID_BLOCK);
	struct draft call = draft_verdict(KWP_SYSCALL, 20, 3, 7, KWP_SAID_BLOCK);
	struct kwp_addr *remote = &DRAFT_FACTS(&connect, kwp_net)->remote;

	seen_open((struct enrich_options){});
	feed_rule(3, 7, KWP_CLASS_NETWORK, WORDS("egress", "w"));
	feed_rule(3, 8, KWP_CLASS_PROTECT, WORDS("protect", "w"));
	*remote = (struct kwp_addr){.family = 2, .port = 443, .addr = {192, 0, 2, 1}};
	CHECK(!feed(&connect));
	CHECK(seen_has(0, "\"message\":\"blocked: connect 192.0.2.1:443: w\""));
	CHECK(seen_lacks(0, "\"access\":"));
	*remote = (struct kwp_addr){.family = 10, .port = 53, .addr = {0xfd, [15] = 1}};
	CHECK(!feed(&connect));
	CHECK(seen_has(1, "\"message\":\"blocked: connect [fd00::1]:53: w\""));
	remote->port = 0;
	CHECK(!feed(&connect));
	CHECK(seen_has(2, "\"message\":\"blocked: connect fd00::1: w\""));
	CHECK(!feed(&kill));
	CHECK(seen_has(3, "\"message\":\"blocked: signal: w\""));
	strcpy(DRAFT_FACTS(&kill, kwp_task_act)->target_comm, "nginx");
	CHECK(!feed(&kill));
	CHECK(seen_has(4, "\"message\":\"blocked: signal nginx: w\""));
	draft_text(&rename, 0, "/tmp/x");
	draft_text(&rename, 1, "/etc/x");
	CHECK(!feed(&rename));
	CHECK(seen_has(5, "\"message\":\"blocked: /tmp/x -> /etc/x: w\""));
	CHECK(seen_lacks(5, "\"access\":"));
	call.head.nr = 0;
	CHECK(!feed(&call));
	CHECK(seen_has(6, "\"message\":\"blocked: syscall read: w\""));
	seen_close();
}

/* The last column of events, and the line of a finding: not taken for a password. */
static void test_text(void)
{
	struct output_options options = {.format = FORMAT_TEXT, .redact = true};
	struct draft draft = denied_open(KWP_SAID_BLOCK);
	_cleanup_built_ struct built built = draft_build(&draft);
	struct kernel_rule rule = {.name = {"file", 4}, .reference = {"my box.yaml:3", 13},
				   .words = {"/etc/passwd: write block", 24}};
	_cleanup_buffer_ struct buffer line = {}, message = {};
	struct output *output;
	struct event event;

	CHECK(!event_decode(built.record, built.size, &event));
	event.path = event.string[0];
	event.verdict = VERDICT_BLOCK;
	event.kernel_rule = &rule;
	verdict_message(&event, &message);
	event.message = (struct text){message.bytes, message.size};
	for (int findings = 0; findings < 2; findings++) {
		options.findings = findings;
		CHECK(!output_new(&options, &output));
		output_event(output, &event, &line);
		output_free(output);
	}
	event.kernel_rule = NULL;
	options.findings = false;
	CHECK(!output_new(&options, &output));
	output_event(output, &event, &line);
	output_free(output);
	buffer_byte(&line, '\0');
	CHECK_STR(line.bytes,
		  "-       -               open      EPERM   blocked: /etc/passwd flags=O_RDONLY "
		  "rule=file at='my box.yaml:3'\n"
		  "00:00:00.000 high     file                   -       -               "
		  "blocked: /etc/passwd: /etc/passwd: write block\n"
		  "-       -               open      EPERM   blocked: /etc/passwd flags=O_RDONLY "
		  "rule=7\n");
}

static void test_shed(void)
{
	struct draft draft = {.head = {.type = KWP_SHED, .nr = -1,
				       .facts_size = sizeof(struct kwp_shed)}};

	*DRAFT_FACTS(&draft, kwp_shed) = (struct kwp_shed){.events = 9000, .cpu = 31000, .on = 1};
	seen_open((struct enrich_options){});
	CHECK(!feed(&draft));
	CHECK(seen_count == 1 && seen_has(0, "\"kind\":\"metric\"") &&
	      seen_has(0, "\"shed\":{\"lowered\":true,\"events\":9000,\"cpu\":31000}"));
	CHECK(seen_lacks(0, "\"pid\"") && seen_lacks(0, "\"incomplete\""));
	seen_close();
}

/* Texts without an end to them, generations without end: what is remembered is bounded. */
static void test_bounded(void)
{
	static char big[3 * KERNEL_RULE_TEXT];
	struct kernel_rules *rules = kernel_rules_new();
	struct kwp_rule_text facts = {.generation = 1, .rule = 5};
	const struct text texts[KWP_STRINGS] = {{big, sizeof(big)}, {big, 3}, {NULL, 0}, {big, 0}};
	const struct kernel_rule *rule;

	memset(big, 'b', sizeof(big));
	CHECK(!kernel_rules_find(rules, 0, 0));
	kernel_rules_learn(rules, &facts, texts);
	rule = kernel_rules_find(rules, 1, 5);
	CHECK(rule && rule->name.size == KERNEL_RULE_TEXT && rule->ruleset.size == 3);
	CHECK(rule && !rule->reference.bytes && !rule->words.bytes);
	/* The first that was learnt goes, whatever its number. */
	for (uint32_t i = 1; i < KERNEL_RULE_GENERATIONS; i++) {
		facts.generation = 100 - i;
		kernel_rules_learn(rules, &facts, texts);
	}
	CHECK(kernel_rules_find(rules, 1, 5) && kernel_rules_find(rules, 99, 5));
	facts.generation = ~0u;
	kernel_rules_learn(rules, &facts, texts);
	CHECK(!kernel_rules_find(rules, 1, 5) && kernel_rules_find(rules, 99, 5));
	CHECK(kernel_rules_find(rules, ~0u, 5) && !kernel_rules_find(rules, ~0u, 6));
	CHECK(!kernel_rules_find(rules, ~0u, KWP_RULES_MAX) && !kernel_rules_find(rules, ~0u, ~0u));
	for (facts.rule = KWP_RULES_MAX - 1; facts.rule <= KWP_RULES_MAX; facts.rule++)
		kernel_rules_learn(rules, &facts, texts);
	CHECK(kernel_rules_find(rules, ~0u, KWP_RULES_MAX - 1));
	/* More than there is room for: those that came first stay. */
	const struct text full[KWP_STRINGS] = {{big, sizeof(big)}, {big, sizeof(big)},
					       {big, sizeof(big)}, {big, sizeof(big)}};
	unsigned known = 0;

	for (facts.rule = 0; facts.rule < KWP_RULES_MAX; facts.rule++)
		kernel_rules_learn(rules, &facts, full);
	for (unsigned i = 0; i < KWP_RULES_MAX; i++)
		known += kernel_rules_find(rules, ~0u, i) != NULL;
	CHECK(known > 3000 && known < KERNEL_RULE_BYTES / (4 * KERNEL_RULE_TEXT) + 2);
	CHECK(kernel_rules_find(rules, ~0u, 0) && kernel_rules_find(rules, 99, 5));
	kernel_rules_free(rules);
	kernel_rules_free(NULL);
}

/* A path as long as there is one, and rules of a kind that nobody knows. */
static void test_long(void)
{
	static char path[KWP_PATH_MAX - 1];
	struct draft open = denied_open(KWP_SAID_BLOCK);
	const char *message;

	memset(path, 'p', sizeof(path));
	draft_bytes(&open, 0, path, sizeof(path));
	seen_open((struct enrich_options){});
	feed_rule(3, 7, ~0u, (const char *const[]){NULL, NULL, NULL, NULL});
	CHECK(!feed(&open));
	CHECK(seen_has(0, "ppp...: ") && seen_has(0, "\"rule\":{\"id\":\"7\"},"));
	message = seen_count ? strstr(seen[0].json, "\"message\":") : NULL;
	CHECK(message && strchr(message, ',') - message < 600);
	seen_close();
}

static void test_names(void)
{
	CHECK(verdict_of(KWP_SAID_COUNT) == VERDICT_NONE && verdict_of(~0u) == VERDICT_NONE);
	CHECK(verdict_of(KWP_SAID_NOTHING) == VERDICT_NONE);
	CHECK(!verdict_name(VERDICT_NONE) && !verdict_name(VERDICT_COUNT) && !verdict_deed(99));
	CHECK_STR(verdict_name(VERDICT_WOULD_BLOCK), "would-block");
	CHECK_STR(verdict_deed(VERDICT_KILL), "killed");
}

int main(void)
{
	test_known_rule();
	test_unknown_rule();
	test_verdicts();
	test_not_merged();
	test_exec();
	test_targets();
	test_text();
	test_shed();
	test_bounded();
	test_long();
	test_names();
	return check_end();
}
