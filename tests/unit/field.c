/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of fields, row by row, and values in words. */
#include "../../common/container.h"
#include "../../common/dns.h"
#include "../../common/field.h"
#include "../../common/process.h"
#include "../../common/rule.h"
#include "../../common/verdict.h"
#include "build.h"
#include "check.h"

#include <ctype.h>

#include "../../bpf/policy.h"

#define KNOWN_TYPES ((1ull << KWP_TYPE_COUNT) - 2)

static bool is_name(const char *name)
{
	if (*name == '@')
		name++;
	if (!islower((unsigned char)*name))
		return false;
	for (; *name; name++)
		if (!islower((unsigned char)*name) && !isdigit((unsigned char)*name) &&
		    *name != '_' && !(*name == '.' && islower((unsigned char)name[1])))
			return false;
	return true;
}

static void say(bool right, const struct field *field, const char *what)
{
	if (!right)
		printf("# %s: %s\n", field->name, what);
}

#define ROW(condition)                                                                             \
	do {                                                                                       \
		bool right_ = (condition);                                                         \
		say(right_, field, #condition);                                                    \
		right &= right_;                                                                   \
	} while (0)

static void test_rows(void)
{
	bool right = true;

	for (const struct field *field = fields; field < fields + fields_count; field++) {
		size_t help = strlen(field->help);

		ROW(is_name(field->name));
		ROW(field_find(field->name, strlen(field->name)) == field);
		ROW(field->column && field->column[0] && strlen(field->column) <= 16);
		ROW(field->width >= 0 && field->width < 64);
		ROW(field->kind > VALUE_NONE && field->kind < VALUE_KIND_COUNT);
		ROW(field->types & KNOWN_TYPES);
		ROW(field->get);
		ROW(help > 2 && help < 100 && !strchr(field->help, '\n'));
		ROW(field->help[help - 1] != '.' || !strcmp(field->help + help - 3, "..."));
		for (const struct field *other = fields; other < field; other++) {
			ROW(strcmp(other->name, field->name));
			ROW(strcmp(other->column, field->column));
		}
	}
	CHECK(right && fields_count > 100);
}

/* Bytes of the name up to its n-th dot, or the whole. */
static size_t object_size(const char *name, int n)
{
	const char *at = name;

	for (; n && (at = strchr(at, '.')); n--)
		at++;
	return at ? (size_t)(at - name) : 0;
}

/* Fields of one object are neighbours at each depth, and no name is an object too. */
static void test_objects(void)
{
	const struct field *end = fields + fields_count;
	bool right = true;

	for (const struct field *field = fields; field < end; field++)
		for (int depth = 1; depth < 5; depth++) {
			size_t size = object_size(field->name, depth);
			bool left = false;

			for (const struct field *o = field + 1; size && o < end; o++) {
				bool inside = !strncmp(o->name, field->name, size);

				ROW(!inside || !left);
				left |= !inside;
			}
			for (const struct field *o = fields; size && o < end; o++)
				ROW(strlen(o->name) != size - 1 ||
				    strncmp(o->name, field->name, size - 1));
		}
	CHECK(right);
}

/* The writer keeps those of the process: they come first in their outermost object. */
static void test_order(void)
{
	bool right = true;

	for (const struct field *field = fields + 1; field < fields + fields_count; field++) {
		size_t size = object_size(field->name, 1);
		bool same = size && !strncmp(field->name, field[-1].name, size);

		if (same && field->of_process)
			ROW(field[-1].of_process || !strncmp(field->name, "user.", 5) ||
			    !strncmp(field->name, "group.", 6));
	}
	CHECK(right);
}

static struct process shell = {.comm = "sh", .view_pid = 2},
		      child = {.comm = "", .parent = &shell};

/* Every getter on this event; value kinds are those of the table. */
static bool get_all(const struct event *event)
{
	/* Whose heads, or whose facts, hold what they have no field for. */
	const bool more = event->record->type == KWP_LOSS || event->record->type == KWP_SHED ||
			  event->record->type == KWP_HEARTBEAT ||
			  event->record->type == KWP_SOCKET;
	bool right = true;

	for (const struct field *field = fields; field < fields + fields_count; field++) {
		struct value value;
		char text[64];

		memset(&value, 0xa5, sizeof(value));
		value.kind = VALUE_NONE;
		field->get(event, &value);
		ROW(value.kind == VALUE_NONE || value.kind == field->kind);
		if (value.kind == VALUE_TEXT || value.kind == VALUE_LIST)
			ROW(value.text.bytes);
		/* Where it is no field of the type, it gives nothing. */
		ROW(value.kind == VALUE_NONE || more || (field->types >> event->record->type & 1));
		ROW(value_print(&value, text, sizeof(text)) >= strlen(text));
	}
	return right;
}

static void check_type(unsigned type, int fill)
{
	static const struct container bare;
	struct draft draft = draft_of(type, 20, 1);
	struct event event;

	memset(draft.facts, fill, sizeof(draft.facts));
	draft.head.flags = draft.head.incomplete = fill ? ~0u : 0;
	draft.head.verdict = fill ? KWP_SAID_BLOCK : KWP_SAID_NOTHING;
	draft.head.ret = -1;
	draft.head.nr = fill ? 0x7fffffff : 0;
	draft.head.tty = draft.head.loginuid = fill;
	_cleanup_built_ struct built built = draft_build(&draft);

	CHECK(!event_decode(built.record, built.size, &event));
	CHECK(get_all(&event));
	event.process = &child;
	event.container = &bare;
	event.target = &shell;
	CHECK(get_all(&event));
	/* What the enricher adds to every type that could have it. */
	if (type == KWP_EXEC || event_is_file(type))
		event.path = (struct text){"no slash", 8};
	if (type == KWP_SYSCALL)
		event.call = (struct text){"getpid() = 1", 12};
	CHECK(get_all(&event));
	for (unsigned i = 0; i < KWP_ACCESS_COUNT * KWP_SIGNAL_COUNT; i++) {
		static const struct kernel_rule nothing;

		built.record->flags = KWP_F_VERDICT | (fill & KWP_F_RET);
		built.record->verdict = 1 + i % (KWP_SAID_COUNT - 1);
		built.record->access = i % KWP_ACCESS_COUNT;
		built.record->signal = i % KWP_SIGNAL_COUNT;
		event.verdict = verdict_of(built.record->verdict);
		event.kernel_rule = i % 2 ? &nothing : NULL;
		CHECK(get_all(&event));
	}
}

/* Facts and heads of zeros, of ones, of small numbers: no getter trusts any. */
static void test_types(void)
{
	for (unsigned type = 1; type < KWP_TYPE_COUNT; type++) {
		check_type(type, 0);
		check_type(type, 0xff);
		check_type(type, 1);
		check_type(type, 0x7f);
	}
}

/* The fullest that there can be of what a getter gathers in value.buffer. */
static void test_full(void)
{
	static struct dns_message dns = {.answers = DNS_ANSWERS};
	char *techniques[64];
	struct rule rule = {.id = (char *)"r", .technique = techniques, .technique_count = 64};
	struct draft draft = draft_of(KWP_LOSS, 0, 0);
	struct event event;

	for (size_t i = 0; i < 64; i++)
		techniques[i] = (char *)"T1059.004";
	for (size_t i = 0; i < DNS_ANSWERS; i++) {
		dns.answer[i].address_size = 16;
		strcpy(dns.answer[i].data, "2001:db8:1111:2222:3333:4444:5555:6666");
	}
	memset(draft.facts, 0xff, sizeof(draft.facts));
	_cleanup_built_ struct built loss = draft_build(&draft);

	CHECK(!event_decode(loss.record, loss.size, &event));
	event.rule = &rule;
	CHECK(get_all(&event));
	draft = draft_of(KWP_DNS, 20, 1);
	_cleanup_built_ struct built query = draft_build(&draft);

	CHECK(!event_decode(query.record, query.size, &event));
	event.dns = &dns;
	CHECK(get_all(&event));
	/* Every bit that the kernel's side can set has a name. */
	struct value value = {};

	query.record->incomplete = 0xff;
	field_find("kwp.incomplete", 14)->get(&event, &value);
	unsigned names = 0;

	for (size_t i = 0; i < value.text.size; i++)
		names += !value.text.bytes[i];
	CHECK(value.kind == VALUE_LIST && names == 8);
}

static void check_print(const struct value *value, const char *want)
{
	char out[200], small[4];

	CHECK(value_print(value, out, sizeof(out)) == strlen(want));
	CHECK_STR(out, want);
	CHECK(value_print(value, small, sizeof(small)) == strlen(want));
	CHECK(!strncmp(small, want, 3) && strlen(small) == MIN(strlen(want), 3u));
	CHECK(value_print(value, NULL, 0) == strlen(want));
}

static void test_print(void)
{
	struct process last = {.comm = "init"}, first = {.comm = "sh", .parent = &last};
	struct value value = {.kind = VALUE_NONE};

	check_print(&value, "");
	value = (struct value){.kind = VALUE_NUMBER, .number = INT64_MIN};
	check_print(&value, "-9223372036854775808");
	value = (struct value){.kind = VALUE_BOOL, .number = 1};
	check_print(&value, "true");
	value.number = 0;
	check_print(&value, "false");
	value = (struct value){.kind = VALUE_TEXT, .text = {"a\nb", 3}};
	check_print(&value, "a\nb");
	value = (struct value){.kind = VALUE_LIST, .text = {"a\0\0b c\0", 7}};
	check_print(&value, "a  b c");
	value.text.size = 0;
	check_print(&value, "");
	value = (struct value){.kind = VALUE_LIST, .text = {"no end", 6}};
	check_print(&value, "no end");
	value = (struct value){.kind = VALUE_ADDRESS, .address = {.bytes = {192, 0, 2, 1}}};
	check_print(&value, "192.0.2.1");
	value.address.v6 = true;
	memcpy(value.address.bytes, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	check_print(&value, "2001:db8::1");
	value = (struct value){.kind = VALUE_TIME, .time = 1767323045678901234ull};
	check_print(&value, "2026-01-02T03:04:05.678901234Z");
	value = (struct value){.kind = VALUE_PROCESSES, .process = &first};
	check_print(&value, "sh <- init");
}

static void test_find(void)
{
	CHECK(!field_find("", 0) && !field_find("process", 7) && !field_find("process.", 8));
	CHECK(!field_find("process.pidx", 12) && field_find("process.pidx", 11));
	CHECK(field_suggest("pid", 3) && field_suggest("proces.name", 11));
	CHECK(field_suggest("proces.name", 11) == field_find("process.name", 12));
	CHECK(field_suggest("file.paht", 9) == field_find("file.path", 9));
	CHECK(!field_suggest("zzzzzzzzzzzzzzzzzzzz", 20));
	CHECK(!field_suggest("", 0) || field_suggest("", 0)->name);
}

int main(void)
{
	test_rows();
	test_objects();
	test_order();
	test_types();
	test_full();
	test_print();
	test_find();
	return check_end();
}
