/* SPDX-License-Identifier: GPL-2.0-only */
/* need.c and filter_wants.c: what the rules of a profile need of opens, mappings and execs. */
#include "../../common/need.h"
#include "build.h"
#include "check.h"

static struct filter_names names;

/* Can this match an OPEN for reading, whatever its name? Else names are those that can. */
static bool wants(const char *expression, enum kwp_type type, enum filter_case which)
{
	struct filter *filter = NULL;
	bool any;

	names.count = 0;
	if (filter_parse(expression, strlen(expression), &filter, NULL)) {
		printf("# no filter: %s\n", expression);
		return true;
	}
	any = filter_wants(filter, type, which, &names);
	/* Only their number outlives the filter. */
	filter_free(filter);
	return any;
}

static bool reads(const char *expression)
{
	return wants(expression, KWP_OPEN, FILTER_READ);
}

/* Only files with so many names. */
static bool named(const char *expression, size_t count)
{
	const bool any = reads(expression);

	if (any || names.count != count)
		printf("# %s: any %d, %zu names\n", expression, any, names.count);
	return !any && names.count == count;
}

static void test_reads(void)
{
	CHECK(reads("process.name == cat"));
	CHECK(named("file.name in (shadow, gshadow)", 2));
	CHECK(named("file.path == /etc/shadow", 1));
	CHECK(named("file.name == a and file.path ~ x and not error.code", 1));
	/* The part with the fewest names bounds the whole. */
	CHECK(named("file.name in (a, b, c) and file.name == a", 1));
	CHECK(named("file.name == a or file.path in (/x/b, /x/c)", 3));
	CHECK(reads("file.name == a or process.name == cat"));
	CHECK(reads("not file.name == a"));
	CHECK(reads("file.name != a"));
	CHECK(reads("file.path ~ shadow"));
}

/* What is only of opens for writing, or of other acts. */
static void test_never(void)
{
	CHECK(named("file.flags ~ '^O_(WRONLY|RDWR)' and file.path ~ x", 0));
	CHECK(named("file.flags ~ '^O_WRONLY.*O_TRUNC'", 0));
	CHECK(named("event.action == rename and file.path ~ x", 0));
	CHECK(named("event.action in (create, rename) or "
		    "(event.action == open and file.flags ~ ^O_RDWR)", 0));
	CHECK(named("not event.action == open", 0));
	CHECK(named("process.io.stdin == socket", 0)); /* a field that opens don't have */
	CHECK(reads("event.action == open"));
	CHECK(reads("event.action != rename"));
	/* These match O_RDONLY too. */
	CHECK(reads("file.flags ~ '^O_(RDONLY|RDWR)'"));
	CHECK(reads("file.flags ~ '^O_WRONLY|O_CLOEXEC'"));
	CHECK(reads("file.flags ~ '^O_(WRONLY|RDWR)?'"));
	CHECK(reads("file.flags ~ O_WRONLY"));
	CHECK(reads("file.flags !~ '^O_(WRONLY|RDWR)'"));
}

static bool plain(const char *expression)
{
	return wants(expression, KWP_MMAP_EXEC, FILTER_PLAIN);
}

static void test_plain(void)
{
	CHECK(!plain("file.memfd"));
	CHECK(!plain("not file.path and file.permissions ~ PROT_WRITE"));
	CHECK(!plain("file.memfd or (file.deleted and file.filesystem == tmpfs)"));
	CHECK(!plain("file.mount == kernel"));
	CHECK(plain("file.filesystem == tmpfs"));
	CHECK(plain("not file.memfd"));
	CHECK(plain("file.path"));
}

/* Of those that kwp brings, base must stay cheap: it runs everywhere. */
static void test_base(void)
{
	struct profile_problems problems = {};
	struct profile *profile = NULL;
	struct draft draft = draft_of(KWP_EXEC, 10, 1);
	struct event event;
	struct need need;

	CHECK(!profile_read("base", &profile, &problems));
	need_of(profile, &need);
	CHECK(!need.reads);
	CHECK(need.names.count > 10 && need.names.count <= FILTER_NAMES);
	CHECK(need.odd & TYPE(MMAP_EXEC));
	CHECK(need.found_only);
	draft.head.flags = KWP_F_RET;
	draft.head.ret = -ENOENT;
	_cleanup_built_ struct built built = draft_build(&draft);

	CHECK(!event_decode(built.record, built.size, &event));
	CHECK(need_skips(&need, &event));
	built.record->ret = -EACCES;
	CHECK(!need_skips(&need, &event));
	profile_free(profile);
}

int main(void)
{
	test_reads();
	test_never();
	test_plain();
	test_base();
	return check_end();
}
