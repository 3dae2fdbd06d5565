/* SPDX-License-Identifier: GPL-2.0-only */
#include "selftest.h"

#include <errno.h>
#include <string.h>

#include "buffer.h"
#include "escape.h"

#define UNTRIED (-1)

/* What the child said of each row: 0, an errno, or nothing. */
static void read_report(const struct selftest *test, int results[])
{
	_cleanup_fclose_ FILE *file = fdopen(dup(test->report), "re");
	char rule[64];
	int err;

	for (size_t i = 0; i < selftest_rows_count; i++)
		results[i] = UNTRIED;
	while (file && fscanf(file, "%63s %d", rule, &err) == 2) {
		const struct selftest_row *row = selftest_find(rule);

		if (row)
			results[row - selftest_rows] = err;
	}
}

enum outcome { SEEN, MISSED, CANT, NO_ACT, OUTCOMES };
static const char *const outcomes[] = {"seen", "not seen", "can't be tried here", "no act"};
_Static_assert(ARRAY_SIZE(outcomes) == OUTCOMES, "words for each outcome");

static const char *reason_of(const struct selftest_row *row, int err)
{
	if (!row)
		return "this rule has no act";
	if (!row->act)
		return "there is none that is harmless";
	if (err == UNTRIED)
		return "the acts ended before it";
	if (err == EMEDIUMTYPE)
		return "no directory here is on a disk";
	if (err == ENOPROTOOPT)
		return "this kernel has no backend that knows what was before";
	if ((err == EPERM || err == EACCES) && (row->needs & SELFTEST_SANDBOX))
		return "namespaces of its own need CAP_SYS_ADMIN";
	return strerror(err);
}

static enum outcome outcome_of(const struct selftest_row *row, int err, bool seen)
{
	if (seen)
		return SEEN;
	if (!row || !row->act)
		return NO_ACT;
	return err ? CANT : MISSED;
}

static void tell_json(const struct rule *rule, enum outcome outcome, const char *act,
		      const char *reason)
{
	const char *const texts[][2] = {
		{"{\"rule\":{\"name\":\"", rule->id},
		{"\"},\"kwp\":{\"selftest\":{\"outcome\":\"", outcomes[outcome]},
		{"\",\"act\":\"", act},
		{"\",\"reason\":\"", reason},
	};
	_cleanup_buffer_ struct buffer line = {};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (!texts[i][1])
			continue;
		buffer_string(&line, texts[i][0]);
		escape_json(&line, (struct text){texts[i][1], strlen(texts[i][1])});
	}
	buffer_string(&line, "\"}}}\n");
	fwrite(line.bytes, line.size, 1, stdout);
}

static enum outcome tell_rule(const struct selftest *test, const struct rule *rule, bool seen,
			      const int results[])
{
	const struct selftest_row *row = selftest_find(rule->id);
	const bool blind = row && (row->needs & SELFTEST_HOOKS) && !test->hooks;
	const int err = blind ? ENOPROTOOPT : row ? results[row - selftest_rows] : UNTRIED;
	const enum outcome outcome = outcome_of(row, err, seen);
	const char *reason = outcome > MISSED ? reason_of(row, err) : NULL;
	const char *act = row ? row->act : NULL;

	if (test->json)
		tell_json(rule, outcome, act, reason);
	else
		printf("%-24s %-8s %-20s %s%s%s\n", rule->id, severity_name(rule->severity),
		       outcomes[outcome], act ?: "", act && reason ? ": " : "", reason ?: "");
	return outcome;
}

int selftest_tell(const struct selftest *test, const struct profile *profile)
{
	_cleanup_free_ int *results = calloc(selftest_rows_count, sizeof(*results));
	unsigned counts[OUTCOMES] = {};

	if (!results)
		return 1;
	read_report(test, results);
	if (!test->json)
		printf("%-24s %-8s %-20s %s\n", "RULE", "SEVERITY", "OUTCOME", "ACT");
	for (size_t i = 0; i < profile->rules_count; i++) {
		const struct rule *rule = &profile->rules[i];

		if (!test->only || !strcmp(test->only, rule->id))
			counts[tell_rule(test, rule, test->seen[i], results)]++;
	}
	if (!test->json)
		printf("%u seen, %u not seen, %u can't be tried here, %u without an act\n",
		       counts[SEEN], counts[MISSED], counts[CANT], counts[NO_ACT]);
	return counts[MISSED] || fflush(stdout) ? 1 : 0;
}
