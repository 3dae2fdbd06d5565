/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of processes: who is known, who goes when there are too many. */
#include "../../common/process.h"
#include "build.h"
#include "check.h"

#include <sys/resource.h>

#define ENDED 1024 /* ended ones that are kept */
#define TEXT(literal) (struct text){literal, sizeof(literal) - 1}

static struct process_table *table;

static struct process *touch(uint32_t pid, uint32_t parent)
{
	struct draft draft = draft_of(KWP_OPEN, pid, parent);

	return process_touch(table, &draft.head);
}

static struct process *fork_of(struct process *parent, uint32_t child)
{
	struct draft draft = draft_fork(parent->pid, parent->parent_pid, child);

	return process_fork(table, parent, &draft.head, (struct kwp_fork *)draft.facts);
}

/* An end without a beginning or a circle would hang. */
static unsigned chain_length(const struct process *process)
{
	unsigned length = 0;

	for (; process && length < 1000000; process = process->parent)
		length++;
	return length;
}

static void test_touch(void)
{
	struct process *p, *parent;

	table = process_table_new("host", 1000, 100);
	CHECK(!process_find(table, 20) && !process_table_count(table));
	p = touch(20, 10);
	CHECK(p && p->pid == 20 && p->view_pid == 20 && p->start == 200);
	CHECK(p->start_time == 1200 && strlen(p->entity_id) == 16);
	CHECK_STR(p->comm, "comm-20");
	parent = (struct process *)p->parent;
	CHECK(parent && parent->pid == 10 && parent->start == 100 && !parent->own_pid);
	CHECK_STR(parent->comm, "comm-10");
	CHECK(process_table_count(table) == 2 && process_find(table, 10) == parent);
	CHECK(touch(20, 10) == p && touch(10, 1) == parent && process_table_count(table) == 3);
	CHECK(parent->own_pid == 10 && parent->pid_ns);
	/* The kernel gives it a new parent: the first one is what matters. */
	CHECK(touch(20, 1) == p && p->parent == parent);
	process_table_free(table);
	process_table_free(NULL);
}

static void test_generation(void)
{
	struct process *p, *parent;
	unsigned generation;

	table = process_table_new("host", 0, 100);
	p = touch(20, 10);
	parent = (struct process *)p->parent;
	generation = process_generation(p);
	touch(20, 10);
	CHECK(process_generation(p) == generation);
	touch(10, 0);
	CHECK(process_generation(p) > generation);
	generation = process_generation(p);
	process_exec(parent, TEXT("/bin/a"), TEXT("a\0"), TEXT("/"), (struct text){});
	CHECK(process_generation(p) > generation);
	generation = process_generation(p);
	touch(10, 1);
	CHECK(process_generation(p) > generation);
	process_table_free(table);
}

static void test_exec(void)
{
	struct process *p, *child;

	table = process_table_new("host", 0, 100);
	p = touch(20, 0);
	CHECK(!p->executable && !p->args && !p->command_line && !p->cwd && !p->script);
	process_exec(p, TEXT("/bin/a"), TEXT("a\0\0b c\0"), TEXT("/"), TEXT("/s"));
	CHECK_STR(p->executable, "/bin/a");
	CHECK(p->args_size == 7 && !memcmp(p->args, "a\0\0b c\0", 7));
	CHECK_STR(p->command_line, "a  b c");
	CHECK_STR(p->cwd, "/");
	CHECK_STR(p->script, "/s");
	child = fork_of(p, 21);
	CHECK_STR(child->executable, "/bin/a");
	CHECK(child->args_size == 7 && child->parent == p && child->own_pid == 21);
	/* The parent becomes another program, the child stays. */
	process_exec(p, (struct text){}, (struct text){}, (struct text){}, (struct text){});
	CHECK(!p->executable && !p->args && !p->args_size && !p->command_line);
	CHECK_STR(child->executable, "/bin/a");
	CHECK_STR(child->command_line, "a  b c");
	process_exec(child, TEXT("/bin/b"), TEXT("no end"), (struct text){}, (struct text){});
	CHECK(child->args_size == 7 && !memcmp(child->args, "no end\0", 7));
	CHECK_STR(child->command_line, "no end");
	process_exec(child, TEXT("/bin/b"), TEXT("\0"), (struct text){}, (struct text){});
	CHECK(child->args_size == 1 && !child->args[0]);
	CHECK_STR(child->command_line, "");
	process_table_free(table);
}

static void test_trim(void)
{
	static char args[100000];
	struct process *p;

	table = process_table_new("host", 0, 100);
	p = touch(20, 0);
	process_trim(p);
	memset(args, 'x', sizeof(args));
	for (size_t i = 999; i < sizeof(args); i += 1000)
		args[i] = 0;
	process_exec(p, TEXT("/a"), (struct text){args, sizeof(args)}, TEXT("/"), (struct text){});
	CHECK(p->args_size == sizeof(args) && !p->incomplete);
	CHECK(strlen(p->command_line) == 4096 + 3);
	CHECK_STR(p->command_line + 4090, "xxxxxx...");
	process_trim(p);
	CHECK(p->args_size == 16000 && !p->args[15999] && p->incomplete == KWP_NO_ARGS);
	process_trim(p);
	CHECK(p->args_size == 16000);
	/* A single one, and one that a child shows too. */
	memset(args, 'x', sizeof(args));
	process_exec(p, TEXT("/a"), (struct text){args, sizeof(args)}, TEXT("/"), (struct text){});
	CHECK(fork_of(p, 21)->args_size == sizeof(args) + 1);
	process_trim(p);
	CHECK(p->args_size == sizeof(args) + 1);
	process_exec(p, TEXT("/a"), (struct text){args, sizeof(args)}, TEXT("/"), (struct text){});
	process_trim(p);
	CHECK(p->args_size == 16384 && !p->args[16383] && p->args[16382] == 'x');
	process_table_free(table);
}

static void test_fork(void)
{
	struct draft draft = draft_fork(20, 1, 21);
	struct kwp_fork *fork = DRAFT_FACTS(&draft, kwp_fork);
	struct process *p, *child;

	table = process_table_new("host", 0, 100);
	p = touch(20, 1);
	fork->child_own_pid = fork->child_level = 1;
	draft.head.uid = 7;
	child = process_fork(table, p, &draft.head, fork);
	CHECK(child && child->entered && child->ns_init && child->uid == 7 && child->own_pid == 1);
	CHECK(child->parent == p && !child->exited && process_find(table, 21) == child);
	CHECK(process_fork(table, p, &draft.head, fork) == child);
	/* A record that makes it its own child. */
	draft = draft_fork(20, 1, 20);
	CHECK(process_fork(table, p, &draft.head, fork) == p && chain_length(p) == 2);
	process_table_free(table);
}

/* The same pid again and again: each is one of its own. */
static void test_pid_reuse(void)
{
	struct draft draft = draft_of(KWP_OPEN, 20, 0);
	struct process *first, *second;

	table = process_table_new("host", 0, 100);
	first = process_touch(table, &draft.head);
	draft.head.start += 5;
	second = process_touch(table, &draft.head);
	CHECK(first != second && strcmp(first->entity_id, second->entity_id));
	CHECK(process_find(table, 20) == second);
	draft.head.start -= 5;
	CHECK(process_touch(table, &draft.head) == first && process_find(table, 20) == second);
	process_table_free(table);
}

static void test_hosts(void)
{
	struct process_table *other = process_table_new("b", 0, 100);
	struct draft draft = draft_of(KWP_OPEN, 20, 0);

	table = process_table_new("a", 0, 100);
	CHECK(strcmp(process_touch(table, &draft.head)->entity_id,
		     process_touch(other, &draft.head)->entity_id));
	process_table_free(table);
	process_table_free(other);
	table = process_table_new(NULL, 0, 100);
	CHECK(process_touch(table, &draft.head));
	process_table_free(table);
}

/* A child that no fork record told of. */
static void test_unforked(void)
{
	struct draft draft = draft_of(KWP_OPEN, 21, 20);
	struct process *parent;

	table = process_table_new("host", 0, 100);
	parent = touch(20, 1);
	process_exec(parent, TEXT("/bin/a"), TEXT("a\0"), TEXT("/"), (struct text){});
	draft.head.parent_start = parent->start;
	parent->execed = draft.head.start = parent->start + 10;
	CHECK_STR(process_touch(table, &draft.head)->command_line, "a");
	draft.head.pid = 22;
	draft.head.flags = KWP_F_EXECED;
	CHECK(!process_touch(table, &draft.head)->executable);
	/* What its parent was before is not known. */
	draft.head.pid = 23;
	draft.head.flags = 0;
	parent->execed++;
	CHECK(!process_touch(table, &draft.head)->executable);
	process_table_free(table);
}

/* Records that say of two, and of three, that each is a child of the other. */
static void test_circle(void)
{
	struct draft draft = draft_of(KWP_OPEN, 20, 30);
	struct process *p;

	table = process_table_new("host", 0, 100);
	p = process_touch(table, &draft.head);
	draft = draft_of(KWP_OPEN, 30, 20);
	CHECK(chain_length(process_touch(table, &draft.head)) < 3 && chain_length(p) < 3);
	draft = draft_of(KWP_OPEN, 40, 50);
	draft.head.start = draft.head.parent_start = 0;
	p = process_touch(table, &draft.head);
	draft = draft_of(KWP_OPEN, 50, 40);
	draft.head.start = draft.head.parent_start = 0;
	CHECK(chain_length(process_touch(table, &draft.head)) < 3 && chain_length(p) < 3);
	process_table_free(table);
}

static long resident_kib(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

/* A shell that starts one program after the other. */
static void test_storm(void)
{
	struct process *shell;
	size_t most = 0;
	long before = 0;

	table = process_table_new("host", 0, 8192);
	shell = touch(1, 0);
	for (uint32_t pid = 2; pid < 100000; pid++) {
		struct process *child = fork_of(shell, pid);

		process_exec(child, TEXT("/bin/true"), TEXT("true\0"), TEXT("/"), (struct text){});
		process_exited(table, child);
		most = MAX(most, process_table_count(table));
		if (pid == 20000)
			before = resident_kib();
	}
	CHECK(most <= ENDED + 2);
	CHECK(!process_table_evicted(table) && process_find(table, 1) == shell);
	process_exited(table, touch(99999, 1)); /* once more is once */
	CHECK(process_find(table, 99999) && !process_find(table, 50000));
	/* ASan keeps what was freed for a while, up to 256 MiB. */
	CHECK(resident_kib() < before + (300 << 10));
	process_table_free(table);
}

/* Each forks the next and ends: the chain is as long as the storm. */
static void test_relay(void)
{
	struct process *first, *p;
	size_t most = 0;

	table = process_table_new("host", 0, 8192);
	first = p = touch(1, 0);
	for (uint32_t pid = 2; pid < 100000; pid++) {
		struct process *child = fork_of(p, pid);

		if (p != first)
			process_exited(table, p);
		p = child;
		most = MAX(most, process_table_count(table));
	}
	CHECK(most <= ENDED + 3);
	CHECK(!process_table_evicted(table));
	/* The nearest are all there, and the chain still ends at pid 1. */
	for (uint32_t pid = 99999; pid > 99900; pid--, p = (struct process *)p->parent)
		if (p->pid != pid)
			break;
	CHECK(p->pid == 99900);
	CHECK(chain_length(p) > ENDED / 2);
	while (p->parent)
		p = (struct process *)p->parent;
	CHECK(p == first);
	process_table_free(table);
}

/* Parents that end while their children run on. */
static void test_orphans(void)
{
	struct process *first, *p, *child;
	bool kept = true;

	table = process_table_new("host", 0, 100000);
	first = touch(1, 0);
	for (uint32_t pid = 2; pid < 20002; pid += 2) {
		p = fork_of(first, pid);
		child = fork_of(p, pid + 1);
		process_exited(table, p);
		kept &= child->parent == p;
	}
	CHECK(kept);
	CHECK(process_table_count(table) <= 10000 + ENDED + 2);
	/* Those whose parent had to be forgotten are children of whom they descend from. */
	p = process_find(table, 3);
	CHECK(p && p->parent == first && p->parent_pid == 1);
	CHECK(touch(3, 1)->parent == first);
	process_table_free(table);
}

/* More that run than are kept: those that did nothing for longest go. */
static void test_evicted(void)
{
	table = process_table_new("host", 0, 100);
	for (uint32_t pid = 1; pid <= 100; pid++)
		touch(pid, 0);
	CHECK(process_table_count(table) == 100 && !process_table_evicted(table));
	touch(1, 0);
	for (uint32_t pid = 101; pid <= 150; pid++)
		touch(pid, 0);
	CHECK(process_table_count(table) == 100 && process_table_evicted(table) == 50);
	CHECK(process_find(table, 1) && !process_find(table, 2) && !process_find(table, 51));
	CHECK(process_find(table, 52) && process_find(table, 150));
	/* One with a child stays as long as the child does. */
	touch(200, 150);
	for (uint32_t pid = 300; pid < 400; pid++)
		touch(pid, 0);
	CHECK(process_table_count(table) <= 101);
	CHECK(!process_find(table, 150) || process_find(table, 200));
	process_table_free(table);
}

/* A limit of one and parents on the way: nobody that is in use goes. */
static void test_tiny(void)
{
	bool in_use = true;

	table = process_table_new("host", 0, 1);
	for (uint32_t pid = 2; pid < 200; pid++) {
		struct process *p = touch(pid, pid - 1), *child = fork_of(p, pid + 1000);

		in_use &= p->pid == pid && p->parent && child->parent == p;
		process_exited(table, p);
		child = process_find(table, pid + 1000);
		if (child)
			process_exited(table, child);
	}
	CHECK(in_use && process_table_count(table) < 10);
	/* A child that is older than its parent is believed to be nobody's; both are in use. */
	struct process *p = touch(500, 0), *child = fork_of(p, 400);

	CHECK(p->pid == 500 && child->pid == 400 && !child->parent);
	process_table_free(table);
}

int main(void)
{
	test_touch();
	test_generation();
	test_exec();
	test_trim();
	test_fork();
	test_unforked();
	test_pid_reuse();
	test_hosts();
	test_circle();
	test_storm();
	test_relay();
	test_orphans();
	test_evicted();
	test_tiny();
	return check_end();
}
