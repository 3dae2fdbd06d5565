/* SPDX-License-Identifier: GPL-2.0-only */
/* JSON from a table of the test's own: objects, what processes keep, bad tables. */
#include "check.h"

#include "../../common/json.h"
#include "../../common/process.h"
#include "../../common/schema.h"

#include <errno.h>
#include <stdlib.h>

/* Which fields an event has is said by the bits of its sequence. */
#define ALL (~0ull)
#define OPENS (1ull << KWP_OPEN)

static unsigned calls; /* of getters of the process */

static bool has(const struct event *event, unsigned bit)
{
	return event->record->sequence >> bit & 1;
}

#define NUMBER_GETTER(name, bit)                                                                   \
	static void get_##name(const struct event *event, struct value *out)                       \
	{                                                                                          \
		if (!has(event, bit))                                                              \
			return;                                                                    \
		out->kind = VALUE_NUMBER;                                                          \
		out->number = bit;                                                                 \
	}
NUMBER_GETTER(a, 0)
NUMBER_GETTER(c, 2)
NUMBER_GETTER(e, 4)
NUMBER_GETTER(f, 5)
NUMBER_GETTER(g, 6)

static void get_name(const struct event *event, struct value *out)
{
	calls++;
	if (!event->process || !event->process->comm[0])
		return;
	out->kind = VALUE_TEXT;
	out->text = (struct text){ event->process->comm, strlen(event->process->comm) };
}

static void get_parent(const struct event *event, struct value *out)
{
	if (!event->process || !event->process->parent)
		return;
	out->kind = VALUE_NUMBER;
	out->number = event->process->parent->view_pid;
}

static void get_chain(const struct event *event, struct value *out)
{
	if (!event->process || !event->process->parent)
		return;
	out->kind = VALUE_PROCESSES;
	out->process = event->process->parent;
}

static const struct field table[] = {
	{ "a", "A", 0, VALUE_NUMBER, ALL, get_a, "a", false },
	{ "p.name", "N", 0, VALUE_TEXT, ALL, get_name, "name", true },
	{ "p.parent.pid", "P", 0, VALUE_NUMBER, ALL, get_parent, "parent", true },
	{ "p.chain", "C", 0, VALUE_PROCESSES, ALL, get_chain, "chain", true },
	{ "p.thread.id", "T", 0, VALUE_NUMBER, ALL, get_c, "thread", false },
	{ "x.y.z", "Z", 0, VALUE_NUMBER, ALL, get_e, "z", false },
	{ "x.y.w.v", "V", 0, VALUE_NUMBER, OPENS, get_f, "v", false },
	{ "x.u", "U", 0, VALUE_NUMBER, ALL, get_g, "u", false },
};

static void check_json(struct json *json, const struct event *event, const char *want)
{
	struct buffer line = { 0 };

	json_event(json, event, &line);
	CHECK(!line.failed && line.size && line.bytes[line.size - 1] == '\n');
	if (line.size)
		line.bytes[line.size - 1] = '\0';
	CHECK_STR(line.bytes, want);
	buffer_free(&line);
}

static void test_nesting(void)
{
	struct kwp_record record = { .type = KWP_OPEN };
	struct event event = { .record = &record };
	struct json *json = NULL;

	CHECK(!json_new(table, ARRAY_SIZE(table), NULL, 0, true, &json));
	check_json(json, &event, "{}");
	record.sequence = 0x7f;
	check_json(json, &event, "{\"a\":0,\"p\":{\"thread\":{\"id\":2}},"
				 "\"x\":{\"y\":{\"z\":4,\"w\":{\"v\":5}},\"u\":6}}");
	record.sequence = 1 << 5;
	check_json(json, &event, "{\"x\":{\"y\":{\"w\":{\"v\":5}}}}");
	record.sequence = 1 << 6 | 1 << 2;
	check_json(json, &event, "{\"p\":{\"thread\":{\"id\":2}},\"x\":{\"u\":6}}");
	record.sequence = 1 << 4 | 1 << 6;
	check_json(json, &event, "{\"x\":{\"y\":{\"z\":4},\"u\":6}}");
	/* Another type does not have v. */
	record.type = KWP_EXEC;
	record.sequence = 0x7f;
	check_json(json, &event, "{\"a\":0,\"p\":{\"thread\":{\"id\":2}},"
				 "\"x\":{\"y\":{\"z\":4},\"u\":6}}");
	json_free(json);
}

static void test_process_kept(void)
{
	struct process parent = { .pid = 1, .view_pid = 1, .comm = "in\"it", .entity_id = "00",
				  .executable = "/sbin/\x1b", .start_time = NS_PER_S };
	struct process process = { .pid = 2, .comm = "sh", .parent = &parent };
	struct kwp_record record = { .type = KWP_OPEN, .sequence = 1 | 1 << 2 };
	struct event event = { .record = &record, .process = &process };
	static const char full[] =
		"{\"a\":0,\"p\":{\"name\":\"sh\",\"parent\":{\"pid\":1},\"chain\":[{\"pid\":1,"
		"\"name\":\"in\\\"it\"}],\"thread\":{\"id\":2}}}";
	struct json *json = NULL, *other = NULL;
	const struct field *only[] = { &table[4], &table[1] };
	unsigned before;

	CHECK(!json_new(table, ARRAY_SIZE(table), NULL, 0, true, &json));
	check_json(json, &event, full);
	before = calls;
	check_json(json, &event, full);
	CHECK(calls == before);
	/* Nothing of the event follows in the object. */
	record.sequence = 0;
	parent.comm[0] = '\0';
	parent.executable = NULL;
	parent.start_time = 0;
	parent.generation++;
	check_json(json, &event, "{\"p\":{\"name\":\"sh\",\"parent\":{\"pid\":1},"
				 "\"chain\":[{\"pid\":1}]}}");
	strcpy(process.comm, "ls");
	process.generation++;
	process.parent = NULL;
	check_json(json, &event, "{\"p\":{\"name\":\"ls\"}}");
	/* A writer of other fields must not take what this one has kept. */
	CHECK(!json_new(table, ARRAY_SIZE(table), only, 2, true, &other));
	record.sequence = ~0ull;
	check_json(other, &event, "{\"p\":{\"name\":\"ls\",\"thread\":{\"id\":2}}}");
	check_json(json, &event, "{\"a\":0,\"p\":{\"name\":\"ls\",\"thread\":{\"id\":2}},"
				 "\"x\":{\"y\":{\"z\":4,\"w\":{\"v\":5}},\"u\":6}}");
	/* A process with nothing to say. */
	process.comm[0] = '\0';
	process.generation++;
	record.sequence = 1;
	check_json(json, &event, "{\"a\":0}");
	json_free(json);
	json_free(other);
	free(process.json);
}

static void test_bad_tables(void)
{
	static const struct field apart[] = {
		{ "a.b", "", 0, VALUE_NUMBER, ALL, get_a, "", false },
		{ "c", "", 0, VALUE_NUMBER, ALL, get_a, "", false },
		{ "a.d", "", 0, VALUE_NUMBER, ALL, get_a, "", false },
	}, longest[] = {
		{ "a_name_that_is_longer.than_what_fits_between_two_values.of_a_line_because_"
		  "nobody_would.write_so_much", "", 0, VALUE_NUMBER, ALL, get_a, "", false },
	}, deep[] = {
		{ "a.b.c.d.e.f.g.h.i", "", 0, VALUE_NUMBER, ALL, get_a, "", false },
	};
	struct json *json = NULL;

	CHECK(json_new(apart, 3, NULL, 0, true, &json) == -EINVAL);
	CHECK(json_new(longest, 1, NULL, 0, true, &json) == -EINVAL);
	CHECK(json_new(deep, 1, NULL, 0, true, &json) == -EINVAL);
	CHECK(!json);
}

static void test_schema(void)
{
	struct buffer out = { 0 };

	schema_add(table, ARRAY_SIZE(table), &out);
	buffer_byte(&out, '\0');
	CHECK(strstr(out.bytes, "\"v\":{\"type\":\"integer\",\"description\":\"v\","
				"\"x-events\":[\"open\"]}"));
	CHECK(strstr(out.bytes, "\"z\":{\"type\":\"integer\",\"description\":\"z\"}"));
	buffer_free(&out);
}

int main(void)
{
	test_nesting();
	test_process_kept();
	test_bad_tables();
	test_schema();
	return check_end();
}
