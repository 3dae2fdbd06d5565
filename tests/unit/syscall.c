/* SPDX-License-Identifier: GPL-2.0-only */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "../../common/syscall.h"
#include "check.h"

static char line[1024];

/* The call in words; strings: texts that were read, NULL-terminated. */
static const char *format(struct kwp_record record, struct kwp_syscall facts,
			  const char *const strings[])
{
	struct text text[KWP_STRINGS] = {{0}};
	size_t length;

	for (unsigned i = 0; strings && i < KWP_STRINGS && strings[i]; i++)
		text[i] = (struct text){strings[i], strlen(strings[i])};
	length = syscall_format(&record, &facts, text, line, sizeof(line));
	CHECK(length == strlen(line));
	return line;
}

#define RECORD(number, result)                                                                     \
	((struct kwp_record){.nr = (number), .ret = (result), .flags = KWP_F_RET})
#define FACTS(bits, ...) ((struct kwp_syscall){.text = (bits), .arg = {__VA_ARGS__}})
#define STRINGS(...) ((const char *const[]){__VA_ARGS__, NULL})

static int find(const char *name)
{
	return syscall_find(name, strlen(name));
}

static unsigned group(const char *name)
{
	return syscall_groups(find(name), false);
}

static void test_names(void)
{
	CHECK(find("openat") == SYS_openat);
	CHECK(find("bpf") == SYS_bpf);
	CHECK(find("execve") == SYS_execve);
	CHECK(find("futex_waitv") == 449);
	CHECK(find("removexattrat") == 466);
	CHECK(find("file_setattr") == 469);
	CHECK_STR(syscall_name(SYS_io_uring_setup, false), "io_uring_setup");
	CHECK(find("") == -ENOENT);
	CHECK(find("nothing") == -ENOENT);
	CHECK(find("socketcall") == -ENOENT); /* 32-bit only */
	CHECK(syscall_find("openat", 4) == find("open"));
	CHECK(syscall_find("openat", 7) == -ENOENT); /* with its NUL */
	CHECK(!syscall_name(-1, false));
	CHECK(!syscall_name(SYSCALL_LIMIT, false));
	CHECK(!syscall_name(SYSCALL_LIMIT - 1, false));
	CHECK(!syscall_name(INT32_MIN, true));
	CHECK(!syscall_name(INT32_MAX, true));
	CHECK(!syscall_name(400, false)); /* between the old numbers and the new ones */
}

static void test_numbers(void)
{
	unsigned known = 0, lost = 0;

	for (int nr = 0; nr < SYSCALL_LIMIT; nr++) {
		const char *name = syscall_name(nr, false);

		known += !!name;
		lost += name && find(name) != nr;
	}
	CHECK(!lost);
#ifdef __x86_64__
	CHECK(known == 382);
	CHECK_STR(syscall_name(0, false), "read");
	CHECK_STR(syscall_name(59, false), "execve");
	CHECK_STR(syscall_name(334, false), "rseq");
	CHECK_STR(syscall_name(0, true), "restart_syscall");
	CHECK_STR(syscall_name(5, true), "open");
	CHECK_STR(syscall_name(11, true), "execve");
	CHECK_STR(syscall_name(102, true), "socketcall");
	CHECK_STR(syscall_name(295, true), "openat");
	CHECK_STR(syscall_name(422, true), "futex_time64");
	CHECK_STR(syscall_name(466, true), "removexattrat");
	CHECK(!syscall_name(223, true));
#endif
}

static void test_suggest(void)
{
	CHECK_STR(syscall_suggest("opennat", 7), "openat");
	CHECK_STR(syscall_suggest("exceve", 6), "execve");
	CHECK_STR(syscall_suggest("memfd_creat", 11), "memfd_create");
	CHECK(!syscall_suggest("qqqqqqqqqq", 10));
	CHECK(!syscall_suggest("", 0));
}

static void test_groups(void)
{
	CHECK(syscall_group_find("file", 4) == SYSCALL_FILE);
	CHECK(syscall_group_find("creds", 5) == SYSCALL_CREDS);
	CHECK(!syscall_group_find("creds", 4));
	CHECK(!syscall_group_find("", 0));
	CHECK_STR(syscall_group_name(2), "network");
	CHECK(!syscall_group_name(SYSCALL_GROUPS));
	CHECK(group("openat") == (SYSCALL_FILE | SYSCALL_DESC));
	CHECK(group("mkdir") == SYSCALL_FILE);
	CHECK(group("getcwd") == SYSCALL_FILE);
	CHECK(group("read") == SYSCALL_DESC);
	CHECK(group("pipe2") == SYSCALL_DESC);
	CHECK(group("connect") == SYSCALL_NETWORK);
	CHECK(group("sendfile") == (SYSCALL_NETWORK | SYSCALL_DESC));
	CHECK(group("execve") == (SYSCALL_PROCESS | SYSCALL_FILE));
	CHECK(group("kill") == (SYSCALL_PROCESS | SYSCALL_SIGNAL));
	CHECK(group("mmap") == (SYSCALL_MEMORY | SYSCALL_DESC));
	CHECK(group("mprotect") == SYSCALL_MEMORY);
	CHECK(group("shmat") == (SYSCALL_IPC | SYSCALL_MEMORY));
	CHECK(group("setuid") == SYSCALL_CREDS);
	CHECK(group("sched_yield") == 0);
	CHECK(syscall_groups(-5, false) == 0);
	CHECK(syscall_groups(9999, true) == 0);
}

static void test_arguments(void)
{
	CHECK(syscall_arguments(find("openat"), false) == 4);
	CHECK(syscall_arguments(find("getpid"), false) == 0);
	CHECK(syscall_arguments(find("mmap"), false) == 6);
	CHECK(syscall_arguments(-1, false) == 6);
	CHECK(syscall_text_arguments(find("openat")) == 1 << 1);
	CHECK(syscall_text_arguments(find("renameat2")) == (1 << 1 | 1 << 3));
	CHECK(syscall_text_arguments(find("mount")) == (1 << 0 | 1 << 1 | 1 << 2));
	CHECK(syscall_text_arguments(find("memfd_create")) == 1);
	CHECK(syscall_text_arguments(find("write")) == 0);
	CHECK(syscall_text_arguments(-1) == 0);
	CHECK(syscall_text_arguments(SYSCALL_LIMIT) == 0);
	for (int nr = 0; nr < SYSCALL_LIMIT; nr++)
		if (__builtin_popcount(syscall_text_arguments(nr)) > KWP_STRINGS)
			CHECK(!"more strings than a record holds");
}

static void test_format(void)
{
	CHECK_STR(format(RECORD(SYS_openat, 3), FACTS(2, (uint64_t)-100, 1, O_CLOEXEC, 0777),
			 STRINGS("/etc/passwd")),
		  "openat(AT_FDCWD, \"/etc/passwd\", O_RDONLY|O_CLOEXEC) = 3");
	CHECK_STR(format(RECORD(SYS_openat, -EACCES), FACTS(2, 7, 1, O_WRONLY | O_CREAT, 0644),
			 STRINGS("x")),
		  "openat(7, \"x\", O_WRONLY|O_CREAT, 0644) = -1 EACCES (Permission denied)");
	CHECK_STR(format(RECORD(SYS_mmap, 0x7f0000001000),
			 FACTS(0, 0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			       0xffffffff, 0),
			 NULL),
		  "mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = "
		  "0x7f0000001000");
	CHECK_STR(format(RECORD(SYS_mmap, -EPERM), FACTS(0, 0, 4096, 4, 2, 3, 0x1000), NULL),
		  "mmap(NULL, 4096, PROT_EXEC, MAP_PRIVATE, 3, 0x1000) = -1 EPERM (Operation not "
		  "permitted)");
	CHECK_STR(format(RECORD(SYS_kill, 0), FACTS(0, (uint64_t)-1, 9), NULL),
		  "kill(-1, SIGKILL) = 0");
	CHECK_STR(format(RECORD(SYS_socket, 4), FACTS(0, 2, 1 | O_CLOEXEC, 6), NULL),
		  "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP) = 4");
	CHECK_STR(format(RECORD(SYS_socket, 4), FACTS(0, 16, 3, 9), NULL),
		  "socket(AF_NETLINK, SOCK_RAW, NETLINK_AUDIT) = 4");
	CHECK_STR(format(RECORD(SYS_socket, 4), FACTS(0, 17, 3, 0x300), NULL),
		  "socket(AF_PACKET, SOCK_RAW, 0x300) = 4");
	CHECK_STR(
		format(RECORD(SYS_fchmodat, 0), FACTS(2, (uint64_t)-100, 1, 04755), STRINGS("su")),
		"fchmodat(AT_FDCWD, \"su\", 04755) = 0");
	CHECK_STR(format(RECORD(SYS_fchownat, 0), FACTS(2, 3, 1, (uint32_t)-1, 0, 0x100),
			 STRINGS("f")),
		  "fchownat(3, \"f\", -1, 0, AT_SYMLINK_NOFOLLOW) = 0");
	CHECK_STR(format(RECORD(SYS_renameat2, 0), FACTS(10, 3, 1, 4, 1, 2), STRINGS("a", "b")),
		  "renameat2(3, \"a\", 4, \"b\", RENAME_EXCHANGE) = 0");
	CHECK_STR(format(RECORD(SYS_pipe2, 0), FACTS(0, 0x10, O_CLOEXEC), NULL),
		  "pipe2(0x10, O_CLOEXEC) = 0");
	CHECK_STR(format(RECORD(SYS_getpid, 7), FACTS(0), NULL), "getpid() = 7");
	CHECK_STR(format(RECORD(SYS_lseek, -1000000), FACTS(0, 3, (uint64_t)-5, 2), NULL),
		  "lseek(3, -5, SEEK_END) = -1000000");
}

static void test_format_results(void)
{
	struct kwp_record unknown = {.nr = SYS_exit_group};

	CHECK_STR(format(unknown, FACTS(0, 1), NULL), "exit_group(1) = ?");
	CHECK_STR(format(RECORD(SYS_close, -512), FACTS(0, 3), NULL), "close(3) = ? ERESTARTSYS");
	CHECK_STR(format(RECORD(SYS_close, -4000), FACTS(0, 3), NULL),
		  "close(3) = -1 (errno 4000)");
	CHECK_STR(format(RECORD(SYS_close, INT64_MIN), FACTS(0, 3), NULL),
		  "close(3) = -9223372036854775808");
}

static void test_format_strange(void)
{
	const char *eight[] = {"0", "1", "2", "3", "4", NULL};

	/* No string was read: the pointer. A string where none belongs: shown. */
	CHECK_STR(format(RECORD(SYS_chdir, 0), FACTS(0, 0x1234), NULL), "chdir(0x1234) = 0");
	CHECK_STR(format(RECORD(SYS_chdir, 0), FACTS(1, 0), NULL), "chdir(NULL) = 0");
	CHECK_STR(format(RECORD(SYS_close, 0), FACTS(1, 3), STRINGS("x")), "close(\"x\") = 0");
	/* Quotes inside an argument do not end it. */
	CHECK_STR(format(RECORD(SYS_chdir, 0), FACTS(1, 1), STRINGS("a\") = 0\\")),
		  "chdir(\"a\\\") = 0\\\\\") = 0");
	/* Unknown number; more text bits than strings or arguments. */
	CHECK_STR(format(RECORD(400, 0), FACTS(~0u, 1, 2, 3, 4, 5, 0), eight),
		  "syscall_0x190(\"0\", \"1\", \"2\", \"3\", \"4\", 0) = 0");
	CHECK_STR(format(RECORD(-1, 0), FACTS(0), NULL),
		  "syscall_0xffffffff(0, 0, 0, 0, 0, 0) = 0");
	/* A string of an argument that does not print is not given to the next one. */
	CHECK_STR(format(RECORD(SYS_openat, 3), FACTS(10, 5, 1, 0, 1), STRINGS("a", "b")),
		  "openat(5, \"a\", O_RDONLY) = 3");
}

static void test_format_compat(void)
{
#ifdef __x86_64__
	struct kwp_record record = {.nr = 102, .ret = -1, .flags = KWP_F_RET | KWP_F_COMPAT};

	CHECK_STR(format(record, FACTS(0, 1, 0xffd0), NULL),
		  "socketcall(1, 0xffd0) = -1 EPERM (Operation not permitted)");
	record.nr = 19;
	record.ret = 0;
	CHECK_STR(format(record, FACTS(0, 1, 0xfffffffe, 1), NULL), "lseek(1, -2, SEEK_CUR) = 0");
#endif
}

static void test_cut(void)
{
	struct kwp_record record = RECORD(SYS_getpid, 7);
	struct kwp_syscall facts = {0};
	struct text none[KWP_STRINGS] = {{0}};
	char small[6];

	CHECK(syscall_format(&record, &facts, none, small, sizeof(small)) == 12);
	CHECK_STR(small, "getpi");
	CHECK(syscall_format(&record, &facts, none, NULL, 0) == 12);
}

int main(void)
{
	test_names();
	test_numbers();
	test_suggest();
	test_groups();
	test_arguments();
	test_format();
	test_format_results();
	test_format_strange();
	test_format_compat();
	test_cut();
	return check_end();
}
