/* SPDX-License-Identifier: GPL-2.0-only */
/* What comes in parts: long arguments, acts with a hook before them. */
#include "seen.h"

#include <errno.h>

#define ARGS(literal) literal, sizeof(literal) - 1
#define MS NS_PER_MS

static char long_args[20000];

/* 1,000 arguments of 19 letters. */
static void make_args(void)
{
	memset(long_args, 'a', sizeof(long_args));
	for (size_t i = 19; i < sizeof(long_args); i += 20)
		long_args[i] = 0;
	memcpy(long_args, "head", 4);
	memcpy(long_args + sizeof(long_args) - 5, "tail", 4);
}

/* An exec of which only so many bytes of the arguments came at once. */
static struct draft long_exec(uint32_t pid, size_t first)
{
	struct draft draft = draft_exec(pid, 1, "/bin/long", long_args, sizeof(long_args));

	draft_bytes(&draft, 1, long_args, first);
	return draft;
}

static struct draft more_args(uint32_t pid, size_t offset, size_t size)
{
	struct draft draft = draft_of(KWP_ARGS, pid, 1);

	*DRAFT_FACTS(&draft, kwp_args) =
		(struct kwp_args){.offset = offset, .total = sizeof(long_args)};
	draft_bytes(&draft, 0, long_args + offset, size);
	return draft;
}

static void feed_args(uint32_t pid, size_t offset, size_t size)
{
	struct draft draft = more_args(pid, offset, size);

	CHECK(!feed(&draft));
}

static void feed_long(uint32_t pid, size_t first)
{
	struct draft draft = long_exec(pid, first);

	CHECK(!feed(&draft));
}

/* Is line i an exec with all of the arguments? */
static bool is_whole(unsigned i)
{
	return seen_has(i, "\"args\":[\"headaaaa") && seen_has(i, "tail\"],\"args_count\":1000,") &&
	       seen_lacks(i, "\"incomplete\"");
}

static void test_args_whole(void)
{
	seen_open((struct enrich_options){});
	feed_long(20, 8192);
	CHECK(!seen_count);
	feed_args(20, 8192, 8000);
	CHECK(!seen_count);
	feed_args(20, 16192, 3808);
	CHECK(seen_count == 1 && is_whole(0));
	/* What is remembered of them is bounded, and says so. */
	struct draft open = draft_of(KWP_OPEN, 20, 1);

	CHECK(!feed(&open));
	CHECK(seen_has(1, "\"incomplete\":[\"process.args\"]"));
	CHECK(strlen(seen[1].json) > 16000 && strlen(seen[1].json) < 30000);
	seen_close();
}

static void test_args_interleaved(void)
{
	struct draft open = draft_of(KWP_OPEN, 23, 1);

	seen_open((struct enrich_options){});
	feed_long(21, 8192);
	feed_long(22, 4000);
	CHECK(!feed(&open));
	CHECK(seen_count == 1 && seen[0].type == KWP_OPEN);
	feed_args(22, 4000, 16000);
	CHECK(seen_count == 2 && is_whole(1) && seen_has(1, "\"pid\":22,"));
	feed_args(21, 8192, 11808);
	CHECK(seen_count == 3 && is_whole(2) && seen_has(2, "\"pid\":21,"));
	seen_close();
}

static bool is_partly(unsigned i)
{
	return seen_has(i, "\"args\":[\"headaaaa") && seen_lacks(i, "tail\"]") &&
	       seen_has(i, "\"incomplete\":[\"process.args\"]");
}

static void test_args_missing(void)
{
	struct draft open = draft_of(KWP_OPEN, 24, 1);

	seen_open((struct enrich_options){});
	/* The next act of the thread ends the waiting. */
	feed_long(24, 8192);
	CHECK(!feed(&open));
	CHECK(seen_count == 2 && is_partly(0));
	/* A part in between was lost: what follows it does not fit. */
	feed_long(25, 4000);
	feed_args(25, 8000, 8000);
	feed_args(25, 16000, 4000);
	CHECK(seen_count == 2);
	enrich_flush(seen_enrich, ~0ull);
	CHECK(seen_count == 3 && is_partly(2));
	/* Parts whose exec was lost, and one with more bytes than are left. */
	feed_args(26, 8192, 8000);
	CHECK(seen_count == 3);
	feed_long(27, 19996);
	struct draft more = more_args(27, 19990, 10);

	DRAFT_FACTS(&more, kwp_args)->offset = 19996;
	CHECK(!feed(&more));
	CHECK(seen_count == 3);
	enrich_flush(seen_enrich, ~0ull);
	CHECK(seen_count == 4 && is_partly(3));
	seen_close();
}

/* A size that no kernel allows: a wrong record must not take memory. */
static void test_args_huge(void)
{
	struct draft draft = long_exec(28, 100);

	DRAFT_FACTS(&draft, kwp_exec)->args_size = ~0u;
	seen_open((struct enrich_options){});
	CHECK(!feed(&draft));
	enrich_flush(seen_enrich, ~0ull);
	CHECK(seen_count == 1 && is_partly(0));
	seen_close();
}

static struct draft hook_of(unsigned type, uint32_t pid, const char *path)
{
	struct draft draft = draft_of(type, pid, 1);

	draft.head.backend = KWP_BY_LSM;
	draft.head.flags = KWP_F_HOOK;
	draft_text(&draft, 0, path);
	return draft;
}

static struct draft result_of(unsigned type, uint32_t pid, int result)
{
	struct draft draft = draft_of(type, pid, 1);

	draft.head.flags = KWP_F_RET | KWP_F_UNRESOLVED;
	draft.head.ret = result;
	draft_text(&draft, 0, "../words");
	draft_text(&draft, KWP_DIR, "/where/from");
	return draft;
}

static void test_hook(void)
{
	struct draft hook = hook_of(KWP_UNLINK, 30, "/resolved"), other;
	struct draft result = result_of(KWP_UNLINK, 30, -13);

	seen_open((struct enrich_options){});
	DRAFT_FACTS(&hook, kwp_file_act)->file.mode = 0100644;
	DRAFT_FACTS(&hook, kwp_file_act)->file.inode = 4711;
	CHECK(!feed(&hook));
	/* Another thread, and another type, complete nothing. */
	other = result_of(KWP_UNLINK, 31, 0);
	CHECK(!feed(&other));
	CHECK(seen_count == 1 && seen_has(0, "\"path\":\"/where/from/../words\""));
	CHECK(seen_has(0, "\"unresolved\":true"));
	CHECK(!feed(&result));
	CHECK(seen_count == 2);
	CHECK(seen_has(1, "\"path\":\"/resolved\"") && seen_has(1, "\"code\":\"EACCES\""));
	CHECK(seen_has(1, "\"inode\":4711") && seen_lacks(1, "\"unresolved\""));
	CHECK(seen_has(1, "\"result\":-13"));
	seen_close();
}

static void test_hook_other_type(void)
{
	struct draft hook = hook_of(KWP_UNLINK, 32, "/resolved");
	struct draft result = result_of(KWP_CHMOD, 32, 0);

	seen_open((struct enrich_options){});
	CHECK(!feed(&hook));
	CHECK(!feed(&result));
	CHECK(seen_count == 2);
	CHECK(seen[0].type == KWP_UNLINK && seen_has(0, "\"path\":\"/resolved\""));
	CHECK(seen_lacks(0, "\"outcome\"") && seen[1].type == KWP_CHMOD);
	CHECK(seen_lacks(1, "/resolved"));
	seen_close();
}

static void test_hook_two_paths(void)
{
	struct draft hook = hook_of(KWP_RENAME, 33, "/a"), result = result_of(KWP_RENAME, 33, 0);

	seen_open((struct enrich_options){});
	draft_text(&hook, 1, "/b");
	draft_text(&result, 1, "b");
	CHECK(!feed(&hook));
	CHECK(!feed(&result));
	CHECK(seen_has(0, "\"path\":\"/a\"") && seen_has(0, "\"target_path\":\"/b\""));
	seen_close();
}

static void test_hook_alone(void)
{
	struct draft hook = hook_of(KWP_UNLINK, 34, "/x"), first = hook_of(KWP_UNLINK, 35, "/y");

	seen_open((struct enrich_options){});
	first.head.time = 5 * MS;
	hook.head.time = 50 * MS;
	CHECK(!feed(&hook));
	CHECK(!feed(&first));
	enrich_flush(seen_enrich, 5 * MS);
	CHECK(!seen_count);
	enrich_flush(seen_enrich, 50 * MS);
	CHECK(seen_count == 1 && seen_has(0, "/y"));
	enrich_flush(seen_enrich, ~0ull);
	CHECK(seen_count == 2 && seen_has(1, "/x") && seen_has(1, "\"backend\":\"lsm\""));
	enrich_flush(seen_enrich, ~0ull);
	CHECK(seen_count == 2);
	seen_close();
	seen_open((struct enrich_options){.drop_unfinished = true});
	CHECK(!feed(&hook));
	CHECK(!feed(&first));
	enrich_flush(seen_enrich, ~0ull);
	CHECK(!seen_count);
	/* An exec that has its result is finished, whatever its arguments. */
	feed_long(36, 100);
	enrich_flush(seen_enrich, ~0ull);
	CHECK(seen_count == 1);
	/* What waits at the end goes with the enricher. */
	CHECK(!feed(&hook));
	feed_long(37, 100);
	seen_close();
}

static void test_script(void)
{
	struct draft script = hook_of(KWP_EXEC, 40, "/work/run.py");
	struct draft interpreter = hook_of(KWP_EXEC, 40, "/usr/bin/python3");
	struct draft exec = draft_exec(40, 1, "/usr/bin/python3", ARGS("python3\0./run.py\0"));

	seen_open((struct enrich_options){});
	DRAFT_FACTS(&interpreter, kwp_exec)->script = DRAFT_FACTS(&exec, kwp_exec)->script = 1;
	draft_text(&exec, 3, "./run.py");
	CHECK(!feed(&script));
	CHECK(!feed(&interpreter));
	CHECK(!feed(&exec));
	CHECK(seen_count == 1);
	CHECK(seen_has(0, "\"script\":{\"path\":\"/work/run.py\"}"));
	CHECK(seen_has(0, "\"executable\":\"/usr/bin/python3\""));
	CHECK(seen_has(0, "\"file\":{\"path\":\"/usr/bin/python3\""));
	/* Without a hook it is the name that was given, from the current directory on. */
	exec.head.pid = exec.head.tid = 41;
	CHECK(!feed(&exec));
	CHECK(seen_has(1, "\"script\":{\"path\":\"/work/run.py\"}"));
	seen_close();
}

/* A hook, its exec in parts, all in one event. */
static void test_hook_and_args(void)
{
	struct draft hook = hook_of(KWP_EXEC, 42, "/work/script"), exec = long_exec(42, 8192);

	seen_open((struct enrich_options){.drop_unfinished = true});
	DRAFT_FACTS(&exec, kwp_exec)->script = 1;
	CHECK(!feed(&hook));
	CHECK(!feed(&exec));
	CHECK(!seen_count);
	feed_args(42, 8192, 11808);
	CHECK(seen_count == 1 && is_whole(0) && seen_has(0, "{\"path\":\"/work/script\"}"));
	seen_close();
}

/* The same when a thread that is not the first executes: the hook sees its number,
 * the rest comes under that of the process. */
static void test_hook_of_thread(void)
{
	struct draft hook = hook_of(KWP_EXEC, 44, "/work/script"), exec = long_exec(44, 8192);

	seen_open((struct enrich_options){.drop_unfinished = true});
	DRAFT_FACTS(&exec, kwp_exec)->script = 1;
	hook.head.tid = 45;
	CHECK(!feed(&hook));
	CHECK(!feed(&exec));
	feed_args(44, 8192, 11808);
	CHECK(seen_count == 1 && is_whole(0) && seen_has(0, "{\"path\":\"/work/script\"}"));
	seen_close();
}

static void test_exec_failed(void)
{
	struct draft exec = draft_exec(43, 1, "/bin/old", ARGS("old\0"));
	struct draft hook = hook_of(KWP_EXEC, 43, "/bin/denied");
	struct draft failed = draft_of(KWP_EXEC, 43, 1);

	seen_open((struct enrich_options){});
	CHECK(!feed(&exec));
	failed.head.flags = KWP_F_RET;
	failed.head.ret = -2;
	draft_bytes(&failed, 1, ARGS("new\0"));
	draft_text(&failed, 2, "/work");
	draft_text(&failed, 3, "bin/new");
	CHECK(!feed(&failed));
	CHECK(seen_has(1, "\"executable\":\"/bin/old\"") && seen_has(1, "\"ENOENT\""));
	CHECK(seen_has(1, "\"file\":{\"path\":\"/work/bin/new\""));
	CHECK(!feed(&hook));
	failed.head.ret = -1;
	CHECK(!feed(&failed));
	CHECK(seen_count == 3 && seen_has(2, "\"file\":{\"path\":\"/bin/denied\""));
	CHECK(seen_has(2, "\"executable\":\"/bin/old\"") && seen_has(2, "\"EPERM\""));
	seen_close();
}

/* More threads than can wait: the one that waited longest goes first. */
static void test_many(void)
{
	seen_open((struct enrich_options){});
	for (unsigned i = 0; i < 70; i++) {
		struct draft hook = hook_of(KWP_UNLINK, 100 + i, "/x");

		/* The third in line has waited longest, then the others. */
		hook.head.time = i == 2 ? MS : 2 * MS + i;
		CHECK(!feed(&hook));
		CHECK(seen_count == (i < 64 ? 0 : i - 63));
	}
	CHECK(seen_has(0, "\"pid\":102,") && seen_has(1, "\"pid\":100,"));
	CHECK(seen_has(2, "\"pid\":101,") && seen_has(3, "\"pid\":103,"));
	for (unsigned i = 0; i < 70; i++) {
		struct draft result = result_of(KWP_UNLINK, 100 + i, 0);

		CHECK(!feed(&result));
	}
	/* Each hook is seen once, with its result or before. */
	CHECK(seen_count == 6 + 70);
	enrich_flush(seen_enrich, ~0ull);
	CHECK(seen_count == 6 + 70);
	seen_close();
}

/* What the decoder refuses changes nothing. */
static void test_refused(void)
{
	struct draft draft = draft_of(KWP_OPEN, 150, 1);
	_cleanup_built_ struct built built = draft_build(&draft);

	seen_open((struct enrich_options){});
	built.record->type = KWP_TYPE_COUNT;
	CHECK(enrich_record(seen_enrich, built.record, built.size) == -EOPNOTSUPP);
	built.record->type = KWP_FORK;
	CHECK(enrich_record(seen_enrich, built.record, built.size) == -EBADMSG);
	CHECK(enrich_record(seen_enrich, built.record, 0) == -EBADMSG);
	CHECK(!seen_count && !process_table_count(enrich_processes(seen_enrich)));
	CHECK(!enrich_evicted(seen_enrich));
	seen_close();
	enrich_free(NULL);
}

int main(void)
{
	make_args();
	test_args_whole();
	test_args_interleaved();
	test_args_missing();
	test_args_huge();
	test_hook();
	test_hook_other_type();
	test_hook_two_paths();
	test_hook_alone();
	test_script();
	test_hook_and_args();
	test_hook_of_thread();
	test_exec_failed();
	test_many();
	test_refused();
	return check_end();
}
