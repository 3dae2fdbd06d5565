/* SPDX-License-Identifier: GPL-2.0-only */
/* The words of -e. */
#include "../../common/select.h"
#include "../../common/syscall.h"
#include "check.h"

#include <errno.h>

#define BIT(id) (1ull << KWP_##id)

static char error[200];

static struct selection select_words(const char *words, int want)
{
	struct selection selection = {};
	const struct selection none = {};
	int err;

	error[0] = 0;
	err = selection_add(&selection, words, error, sizeof(error));
	CHECK(err == want);
	CHECK(!err == !error[0]);
	CHECK(err ? !memcmp(&selection, &none, sizeof(none)) : selection.any);
	if (err != want)
		printf("# '%s': %d %s\n", words, err, error);
	return selection;
}

static unsigned syscalls(const struct selection *selection)
{
	unsigned count = 0;

	for (int i = 0; i < KWP_SYSCALLS; i++)
		count += selection->syscalls[i] != 0;
	return count;
}

static bool has_call(const struct selection *selection, const char *name)
{
	return selection->syscalls[syscall_find(name, strlen(name))];
}

static void test_events(void)
{
	CHECK(select_words("exec", 0).types == BIT(EXEC));
	CHECK(select_words("exec,open,mmap-exec", 0).types ==
	      (BIT(EXEC) | BIT(OPEN) | BIT(MMAP_EXEC)));
	CHECK(select_words("exec,exec,", 0).types == BIT(EXEC));
	CHECK(select_words("process", 0).types == (BIT(EXEC) | BIT(FORK) | BIT(EXIT)));
	CHECK(select_words("net,exec", 0).types & BIT(DNS));
	CHECK(!(select_words("all", 0).types &
		(BIT(SYSCALL) | BIT(LOSS) | BIT(ARGS) | BIT(CONTAINER) | BIT(NONE))));
}

static void test_refused(void)
{
	select_words("", -EINVAL);
	CHECK_STR(error, "no event is named");
	select_words(",", -EINVAL);
	select_words("exec,,open", -EINVAL);
	select_words("EXEC", -EINVAL);
	select_words("exec open", -EINVAL);
	select_words("loss", -EINVAL);
	select_words("container", -EINVAL);
	select_words("args", -EINVAL);
	select_words("exek", -EINVAL);
	CHECK_STR(error, "unknown event 'exek'; did you mean 'exec'?");
	select_words("open,conect,exec", -EINVAL);
	CHECK_STR(error, "unknown event 'conect'; did you mean 'connect'?");
	select_words("getpid,exec", -EINVAL);
	CHECK_STR(error, "unknown event 'getpid'; use -e syscall:getpid for the system call");
	select_words("zzzzzzzzzz", -EINVAL);
	CHECK_STR(error, "unknown event 'zzzzzzzzzz'");
	/* Cut, not overrun. */
	char small[8];
	struct selection selection = {};

	CHECK(selection_add(&selection, "zzzzzzzzzz", small, sizeof(small)) == -EINVAL);
	CHECK_STR(small, "unknown");
}

static void test_syscalls(void)
{
	struct selection s = select_words("syscall:openat,read", 0);

	CHECK(s.types == BIT(SYSCALL) && syscalls(&s) == 2);
	CHECK(has_call(&s, "openat") && has_call(&s, "read"));
	s = select_words("exec,syscall:openat,syscall:read", 0);
	CHECK(s.types == (BIT(SYSCALL) | BIT(EXEC)) && syscalls(&s) == 2);
	s = select_words("syscall:%file", 0);
	CHECK(has_call(&s, "openat") && has_call(&s, "unlinkat") && !has_call(&s, "getpid"));
	CHECK(syscalls(&s) > 30 && syscalls(&s) < 200);
	s = select_words("syscall:%network,getpid", 0);
	CHECK(has_call(&s, "connect") && has_call(&s, "getpid") && !has_call(&s, "unlinkat"));
	s = select_words("syscall:all", 0);
	CHECK(syscalls(&s) > 300 && has_call(&s, "getpid"));
	for (unsigned i = 0; i < SYSCALL_GROUPS; i++) {
		char words[64];

		snprintf(words, sizeof(words), "syscall:%%%s", syscall_group_name(i));
		s = select_words(words, 0);
		CHECK(syscalls(&s) > 5);
	}
}

static void test_syscalls_refused(void)
{
	static const char *const wrong[] = {
		"syscall:", "syscall:,", "syscall:%", "syscall:%nothing", "syscall:exec",
		"syscall:file", "syscall:syscall:", "exec,syscall:", "syscall:-1",
		"syscall:openat,%", "syscall: openat"};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		select_words(wrong[i], -EINVAL);
	select_words("syscall:openatt", -EINVAL);
	CHECK(strstr(error, "did you mean 'openat'?"));
	select_words("syscall:openat,", 0);
}

/* Several -e add up; a wrong one leaves what was there. */
static void test_several(void)
{
	struct selection s = {}, before;

	CHECK(!selection_add(&s, "exec", error, sizeof(error)));
	CHECK(!selection_add(&s, "syscall:read", error, sizeof(error)));
	CHECK(s.types == (BIT(EXEC) | BIT(SYSCALL)) && syscalls(&s) == 1);
	before = s;
	CHECK(selection_add(&s, "open,syscall:write,nothing", error, sizeof(error)) == -EINVAL);
	CHECK(!memcmp(&s, &before, sizeof(s)));
}

static void visit(const char *name, uint64_t types, void *data)
{
	char words[64];

	snprintf(words, sizeof(words), "%s", name);
	CHECK(types && select_words(words, 0).types == types);
	++*(unsigned *)data;
}

static void test_each(void)
{
	unsigned count = 0;

	selection_each(visit, &count);
	CHECK(count == KWP_TYPE_COUNT - 1 - 8 + 6);
}

int main(void)
{
	test_events();
	test_refused();
	test_syscalls();
	test_syscalls_refused();
	test_several();
	test_each();
	return check_end();
}
