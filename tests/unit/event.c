/* SPDX-License-Identifier: GPL-2.0-only */
/* The decoder: what is right comes through whole, what is wrong in one place does not. */
#include "build.h"
#include "check.h"

#include <errno.h>

#include "../../bpf/policy.h"

static struct draft rename_draft(void)
{
	struct draft draft = draft_of(KWP_RENAME, 7, 1);

	draft_text(&draft, 0, "/old");
	draft_text(&draft, 1, "");
	draft_text(&draft, KWP_DIR, "/work");
	return draft;
}

/* Decodes; on failure checks that out was left alone. */
static int decode(const void *data, size_t size)
{
	struct event event, before;
	int err;

	memset(&event, 0xa5, sizeof(event));
	before = event;
	err = event_decode(data, size, &event);
	if (err)
		CHECK(!memcmp(&event, &before, sizeof(event)));
	return err;
}

static void test_whole(void)
{
	struct draft draft = rename_draft();
	_cleanup_built_ struct built built = draft_build(&draft);
	struct event event;

	memset(&event, 0xa5, sizeof(event));
	CHECK(!event_decode(built.record, built.size, &event));
	CHECK(event.record == built.record && event.facts == built.record + 1);
	CHECK_STR(event.string[0].bytes, "/old");
	CHECK(event.string[0].size == 4);
	CHECK(event.string[1].bytes && !event.string[1].size);
	CHECK(!event.string[2].bytes && !event.string[3].bytes);
	CHECK_STR(event.string[4].bytes, "/work");
	CHECK(!event.process && !event.path.bytes && !event.hook_facts && !event.rule);
	CHECK(!event.hook[0].bytes && event.verdict == VERDICT_NONE && !event.time);
}

/* The wrong values of a number in the head. */
static void test_head(void)
{
	static const struct {
		size_t offset, size;
		uint64_t value;
		int err;
	} faults[] = {
#define FAULT(member, value, err)                                                                  \
	{offsetof(struct kwp_record, member), sizeof(((struct kwp_record *)0)->member), value, err}
		FAULT(size, 0, -EBADMSG),
		FAULT(size, ~0u, -EBADMSG),
		FAULT(size, 8, -EBADMSG),
		FAULT(type, KWP_NONE, -EBADMSG),
		FAULT(type, KWP_TYPE_COUNT, -EOPNOTSUPP),
		FAULT(type, 0xffff, -EOPNOTSUPP),
		FAULT(type, KWP_EXEC, -EBADMSG), /* other facts */
		FAULT(backend, KWP_BACKEND_COUNT, -EBADMSG),
		FAULT(backend, 0xff, -EBADMSG),
		FAULT(strings, KWP_STRINGS + 1, -EBADMSG),
		FAULT(strings, 0xff, -EBADMSG),
		FAULT(strings, KWP_DIR, -EBADMSG), /* one is behind the last */
		FAULT(strings, 0, -EBADMSG),
		FAULT(facts_size, 0, -EBADMSG),
		FAULT(facts_size, 0xffff, -EBADMSG),
		FAULT(facts_size, sizeof(struct kwp_file_act) - 8, -EBADMSG),
		FAULT(facts_size, sizeof(struct kwp_file_act) + 8, -EBADMSG),
		FAULT(length[0], 0, -EBADMSG),
		FAULT(length[0], 1, -EBADMSG),
		FAULT(length[0], 4, -EBADMSG),
		FAULT(length[0], 7, -EBADMSG),
		FAULT(length[0], 0xffff, -EBADMSG),
		FAULT(length[1], 2, -EBADMSG),
		FAULT(length[2], 0xffff, -EBADMSG),
		FAULT(length[4], 0xffff, -EBADMSG),
		FAULT(verdict, KWP_SAID_COUNT, -EBADMSG),
		FAULT(verdict, 0xff, -EBADMSG),
		FAULT(signal, KWP_SIGNAL_COUNT, -EBADMSG),
		FAULT(signal, 0xff, -EBADMSG),
		FAULT(access, KWP_ACCESS_COUNT, -EBADMSG),
		FAULT(access, ~0u, -EBADMSG),
		FAULT(flags, KWP_F_VERDICT, -EBADMSG), /* without one */
	};
	struct draft draft = rename_draft();

	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		_cleanup_built_ struct built built = draft_build(&draft);
		int err;

		memcpy((char *)built.record + faults[i].offset, &faults[i].value, faults[i].size);
		err = decode(built.record, built.size);
		CHECK(err == faults[i].err);
		if (err != faults[i].err)
			printf("# fault %zu: %d\n", i, err);
	}
}

/* Every size but the right one, whatever the head says. */
static void test_sizes(void)
{
	struct draft draft = rename_draft();
	_cleanup_built_ struct built built = draft_build(&draft);
	unsigned accepted = 0;

	for (size_t size = 0; size < built.size; size++) {
		char *cut = malloc(size + 1);
		struct event event;

		memcpy(cut, built.record, size);
		accepted += !event_decode(cut, size, &event);
		if (size >= sizeof(uint32_t)) {
			memcpy(cut, &(uint32_t){size}, sizeof(uint32_t));
			accepted += !event_decode(cut, size, &event);
		}
		free(cut);
	}
	CHECK(!accepted);
	CHECK(!decode(built.record, built.size));
}

/* More than the padding to 8 behind the strings is no record of ours. */
static void test_padding(void)
{
	struct draft draft = rename_draft();
	_cleanup_built_ struct built built = draft_build(&draft);
	char *more = calloc(1, built.size + 8);

	memcpy(more, built.record, built.size);
	((struct kwp_record *)more)->size = built.size + 8;
	CHECK(decode(more, built.size + 8) == -EBADMSG);
	((struct kwp_record *)more)->size = built.size + 4;
	CHECK(decode(more, built.size + 4) == -EBADMSG);
	free(more);
}

static void test_terminators(void)
{
	struct draft draft = rename_draft();
	_cleanup_built_ struct built built = draft_build(&draft);
	char *strings = (char *)(built.record + 1) + sizeof(struct kwp_file_act);

	CHECK(!decode(built.record, built.size));
	strings[4] = 'x';
	CHECK(decode(built.record, built.size) == -EBADMSG);
	strings[4] = 0;
	strings[5] = 'x'; /* the empty one */
	CHECK(decode(built.record, built.size) == -EBADMSG);
	strings[5] = 0;
	strings[11] = 'x';
	CHECK(decode(built.record, built.size) == -EBADMSG);
	strings[11] = 0;
	strings[1] = 0; /* bytes of a string may be any */
	CHECK(!decode(built.record, built.size));
	memset(built.record->comm, 'c', KWP_COMM);
	CHECK(decode(built.record, built.size) == -EBADMSG);
	built.record->comm[KWP_COMM - 1] = 0;
	CHECK(!decode(built.record, built.size));
	memset(built.record->parent_comm, 'c', KWP_COMM);
	CHECK(decode(built.record, built.size) == -EBADMSG);
}

/* Every verdict, signal and access that there is; a rule that nobody knows is no fault. */
static void test_verdicts(void)
{
	for (unsigned i = 0; i < 256; i++) {
		struct draft draft = rename_draft();
		unsigned verdict = i % KWP_SAID_COUNT;

		draft.head.flags = verdict ? KWP_F_VERDICT : 0;
		draft.head.verdict = verdict;
		draft.head.signal = i % KWP_SIGNAL_COUNT;
		draft.head.access = i % KWP_ACCESS_COUNT;
		draft.head.rule = i % 3 ? 0xffff : 0;
		draft.head.generation = i % 2 ? ~0u : 0;
		_cleanup_built_ struct built built = draft_build(&draft);

		CHECK(!decode(built.record, built.size));
	}
}

static void test_types(void)
{
	unsigned files = 0, nets = 0, tasks = 0;

	for (unsigned type = 1; type < KWP_TYPE_COUNT; type++) {
		struct draft draft = draft_of(type, 7, 1);
		_cleanup_built_ struct built built = draft_build(&draft);
		const char *name = event_type_name(type);

		CHECK(!decode(built.record, built.size));
		CHECK(event_facts_size(type) && event_facts_size(type) <= KWP_FACTS_MAX);
		CHECK(event_facts_size(type) % 8 == 0);
		CHECK(name && event_type_find(name, strlen(name)) == type);
		CHECK(event_type_find(name, strlen(name) - 1) == KWP_NONE);
		CHECK(event_is_file(type) + event_is_net(type) + event_is_task(type) <= 1);
		CHECK(!event_is_file(type) ||
		      event_facts_size(type) == sizeof(struct kwp_file_act));
		CHECK(!event_is_net(type) || event_facts_size(type) >= sizeof(struct kwp_net));
		CHECK(!event_is_task(type) ||
		      event_facts_size(type) == sizeof(struct kwp_task_act));
		files += event_is_file(type);
		nets += event_is_net(type);
		tasks += event_is_task(type);
	}
	CHECK(files == 17 && nets == 6 && tasks == 6);
	CHECK(!event_is_file(~0u) && !event_is_net(~0u) && !event_is_task(KWP_NONE));
}

static void test_names(void)
{
	CHECK(!event_type_name(KWP_NONE) && !event_type_name(KWP_TYPE_COUNT));
	CHECK(!event_type_name(~0u) && !event_facts_size(KWP_NONE) && !event_facts_size(~0u));
	CHECK(event_type_find("", 0) == KWP_NONE);
	CHECK(event_type_find("EXEC", 4) == KWP_NONE);
	CHECK(event_type_find("execs", 5) == KWP_NONE);
	CHECK(event_type_find("execs", 4) == KWP_EXEC);
	CHECK(!event_backend_name(KWP_BY_NONE) && !event_backend_name(KWP_BACKEND_COUNT));
	CHECK(!event_backend_name(~0u));
	CHECK_STR(event_backend_name(KWP_BY_LSM), "lsm");
	CHECK_STR(event_backend_name(KWP_BY_ITER), "iterator");
	for (unsigned i = 1; i < KWP_BACKEND_COUNT; i++)
		CHECK(event_backend_name(i));
	CHECK(KWP_TYPE_COUNT <= 64);
}

/* Five strings that fill the room that the kernel's side has. */
static void test_largest(void)
{
	static char big[KWP_STRINGS_MAX];
	struct draft draft = draft_of(KWP_SYSCALL, 7, 1);
	struct event event;

	memset(big, 'b', sizeof(big));
	for (unsigned n = 0; n < KWP_STRINGS; n++)
		draft_bytes(&draft, n, big, KWP_STRINGS_MAX / KWP_STRINGS - 1);
	_cleanup_built_ struct built built = draft_build(&draft);

	CHECK(!event_decode(built.record, built.size, &event));
	for (unsigned n = 0; n < KWP_STRINGS; n++)
		CHECK(event.string[n].size == KWP_STRINGS_MAX / KWP_STRINGS - 1);
}

int main(void)
{
	test_whole();
	test_head();
	test_sizes();
	test_padding();
	test_terminators();
	test_verdicts();
	test_types();
	test_names();
	test_largest();
	return check_end();
}
