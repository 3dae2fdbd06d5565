/* SPDX-License-Identifier: GPL-2.0-only */
/* burst.c and incident.c: what repeats is counted, what belongs together has one id. */
#include "../../common/burst.h"
#include "../../common/process.h"
#include "../../common/rule.h"
#include "build.h"
#include "check.h"

static unsigned told;
static struct incident told_last;

static void tell(const struct burst_told *burst, void *data)
{
	struct event event;

	told++;
	told_last = burst->incident;
	CHECK(!event_decode(burst->record, burst->size, &event));
	CHECK(burst->rule && burst->message.size);
}

/* A finding of a rule on a file, by process pid at second. */
static bool take(struct burst_table *table, const char *id, uint32_t pid, const char *path,
		 uint64_t second)
{
	const struct rule rule = {.id = (char *)id};
	struct draft draft = draft_of(KWP_OPEN, pid, 1);
	struct event event;

	draft_text(&draft, 0, path);
	_cleanup_built_ struct built built = draft_build(&draft);

	if (event_decode(built.record, built.size, &event))
		return false;
	event.path = event.string[0];
	event.message = event.path;
	event.rule = &rule;
	event.time = second * NS_PER_S;
	return burst_take(table, &event, "incident");
}

static void test_repeats(void)
{
	struct burst_table *table = burst_table_new(tell, NULL);

	told = 0;
	CHECK(take(table, "a", 10, "/x", 100));
	CHECK(!take(table, "a", 10, "/x", 101));
	/* Another process, but the same words of the same incident. */
	CHECK(!take(table, "a", 11, "/x", 102));
	CHECK(take(table, "a", 10, "/y", 102));
	CHECK(take(table, "b", 10, "/x", 102));
	CHECK(burst_repeats(table) == 2);
	burst_flush(table, 103 * NS_PER_S);
	CHECK(told == 0);
	burst_flush(table, 107 * NS_PER_S);
	CHECK(told == 1);
	CHECK(told_last.count == 3 && told_last.first == 100 * NS_PER_S &&
	      told_last.last == 102 * NS_PER_S);
	CHECK_STR(told_last.id, "incident");
	/* Nothing new to say. */
	burst_flush(table, ~0ull);
	CHECK(told == 1);
	burst_table_free(table);
}

/* What another process does with the same words is news, unless it is a moment later. */
static void test_words(void)
{
	struct burst_table *table = burst_table_new(tell, NULL);

	CHECK(take(table, "b", 12, "/x", 200));
	CHECK(take(table, "b", 13, "/x", 206));
	CHECK(!take(table, "b", 14, "/x", 207));
	CHECK(!take(table, "b", 12, "/x", 300));
	burst_table_free(table);
}

/* One that never stops is told each minute; one that came long after is the first again. */
static void test_long(void)
{
	struct burst_table *table = burst_table_new(tell, NULL);

	told = 0;
	CHECK(take(table, "a", 10, "/x", 0));
	for (uint64_t second = 1; second <= 180; second++) {
		CHECK(!take(table, "a", 10, "/x", second));
		burst_flush(table, second * NS_PER_S);
	}
	CHECK(told == 3 && told_last.count == 181);
	burst_flush(table, 1000 * NS_PER_S);
	CHECK(told == 3);
	CHECK(take(table, "a", 10, "/x", 1000));
	burst_table_free(table);
}

/* A process that does it to very many files has 16 lines, and the rest is counted. */
static void test_many(void)
{
	struct burst_table *table = burst_table_new(tell, NULL);
	unsigned lines = 0;
	char path[32];

	told = 0;
	for (int i = 0; i < 1000; i++) {
		snprintf(path, sizeof(path), "/file%d", i);
		lines += take(table, "a", 10, path, 1);
	}
	CHECK(lines == 16);
	burst_flush(table, ~0ull);
	CHECK(told == 1 && told_last.count == 1 + 1000 - 16);
	burst_table_free(table);
}

/* The table is bounded, and what leaves it is told first. */
static void test_evicted(void)
{
	struct burst_table *table = burst_table_new(tell, NULL);
	char path[32];

	told = 0;
	take(table, "a", 10, "/x", 1);
	take(table, "a", 10, "/x", 1);
	for (uint32_t i = 0; i < 2000; i++) {
		snprintf(path, sizeof(path), "/file%u", i);
		take(table, "a", 100 + i, path, 2);
	}
	CHECK(told == 1 && told_last.count == 2);
	CHECK(burst_evicted(table) == 2001 - 1024);
	burst_table_free(table);
}

static struct process person(uint32_t pid, uint32_t session, const struct process *parent)
{
	struct process process = {.pid = pid, .start = pid, .session = session, .parent = parent};

	snprintf(process.entity_id, sizeof(process.entity_id), "%016x", pid);
	return process;
}

static void test_incidents(void)
{
	struct incident_table *table = incident_table_new();
	struct process init = person(1, 1, NULL), daemon = person(5, 5, &init),
		       shell = person(10, 10, &daemon), tool = person(20, 10, &shell),
		       other = person(21, 10, &shell), later = person(30, 30, &tool),
		       neighbour = person(40, 40, &daemon);
	char id[INCIDENT_ID];

	incident_name(table, NULL, id);
	CHECK_STR(id, "");
	incident_name(table, &tool, id);
	CHECK_STR(id, "000000000000000a");
	incident_name(table, &other, id);
	CHECK_STR(id, "000000000000000a");
	/* It has a session of its own, and still comes from there. */
	incident_name(table, &later, id);
	CHECK_STR(id, "000000000000000a");
	incident_name(table, &neighbour, id);
	CHECK_STR(id, "0000000000000028");
	incident_name(table, &init, id);
	CHECK_STR(id, "0000000000000001");
	CHECK(!incident_evicted(table));
	for (uint32_t i = 0; i < 2000; i++) {
		struct process one = person(1000 + i, 1000 + i, NULL);

		incident_name(table, &one, id);
	}
	CHECK(incident_evicted(table) == 2003 - 1024);
	incident_table_free(table);
}

int main(void)
{
	test_repeats();
	test_words();
	test_long();
	test_many();
	test_evicted();
	test_incidents();
	return check_end();
}
