/* SPDX-License-Identifier: GPL-2.0-only */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "../../common/names.h"
#include "check.h"

static char text[512];

static const char *flags(enum name_table table, uint64_t value)
{
	size_t length = name_flags(table, value, text, sizeof(text));

	CHECK(length == strlen(text));
	return text;
}

static void test_values(void)
{
	CHECK_STR(name_value(NAME_ERRNO, ENOENT), "ENOENT");
	CHECK_STR(name_value(NAME_ERRNO, EAGAIN), "EAGAIN");
	CHECK_STR(name_value(NAME_ERRNO, EOPNOTSUPP), "EOPNOTSUPP");
	CHECK_STR(name_value(NAME_ERRNO, 512), "ERESTARTSYS");
	CHECK_STR(name_value(NAME_SIGNAL, SIGKILL), "SIGKILL");
	CHECK_STR(name_value(NAME_SIGNAL, SIGABRT), "SIGABRT");
	CHECK_STR(name_value(NAME_SIGNAL, 34), "SIGRT+2");
	CHECK_STR(name_value(NAME_SIGNAL, 64), "SIGRT+32");
	CHECK_STR(name_value(NAME_CAPABILITY, 21), "CAP_SYS_ADMIN");
	CHECK_STR(name_value(NAME_CAPABILITY, 40), "CAP_CHECKPOINT_RESTORE");
	CHECK_STR(name_value(NAME_FAMILY, AF_INET6), "AF_INET6");
	CHECK_STR(name_value(NAME_FAMILY, AF_UNIX), "AF_UNIX");
	CHECK_STR(name_value(NAME_FAMILY_WORD, AF_VSOCK), "vsock");
	CHECK_STR(name_value(NAME_FAMILY_WORD, AF_PACKET), "packet");
	CHECK_STR(name_value(NAME_SOCKET_WORD, SOCK_SEQPACKET), "seqpacket");
	CHECK_STR(name_value(NAME_PROTOCOL_WORD, 17), "udp");
	CHECK_STR(name_value(NAME_PROTOCOL, 262), "IPPROTO_MPTCP");
	CHECK_STR(name_value(NAME_PTRACE, 16), "PTRACE_ATTACH");
	CHECK_STR(name_value(NAME_BPF_COMMAND, 5), "BPF_PROG_LOAD");
	CHECK_STR(name_value(NAME_BPF_PROGRAM, 29), "BPF_PROG_TYPE_LSM");
	CHECK_STR(name_value(NAME_URING_OP, 18), "IORING_OP_OPENAT");
	CHECK_STR(name_value(NAME_FILESYSTEM, 0x01021994), "tmpfs");
	CHECK_STR(name_value(NAME_FILESYSTEM, 0x794c7630), "overlay");
	CHECK_STR(name_value(NAME_FILESYSTEM, 0x65735546), "fuse");
	CHECK_STR(name_value(NAME_FILESYSTEM, 0xef53), "ext4");
	CHECK_STR(name_value(NAME_FILE_TYPE, S_IFSOCK), "socket");
	CHECK_STR(name_value(NAME_DNS_TYPE, 65), "HTTPS");
	CHECK_STR(name_value(NAME_DNS_RCODE, 3), "NXDOMAIN");
}

static void test_unknown_values(void)
{
	CHECK(!name_value(NAME_ERRNO, 0));
	CHECK(!name_value(NAME_ERRNO, 4095));
	CHECK(!name_value(NAME_SIGNAL, 0));
	CHECK(!name_value(NAME_SIGNAL, 65));
	CHECK(!name_value(NAME_CAPABILITY, 41));
	CHECK(!name_value(NAME_FAMILY, UINT64_MAX));
	CHECK(!name_value(NAME_TABLE_COUNT, 1));
	CHECK(!name_value((enum name_table) - 1, 1));
	CHECK_STR(flags(NAME_SIGNAL, 200), "200");
	CHECK_STR(flags(NAME_FILESYSTEM, 0xdeadbeef), "0xdeadbeef");
	CHECK_STR(flags(NAME_TABLE_COUNT, 7), "7");
}

static void test_flags(void)
{
	CHECK_STR(flags(NAME_OPEN, O_RDONLY), "O_RDONLY");
	CHECK_STR(flags(NAME_OPEN, O_WRONLY | O_CREAT | O_TRUNC), "O_WRONLY|O_CREAT|O_TRUNC");
	CHECK_STR(flags(NAME_OPEN, O_RDWR | 0x8000000), "O_RDWR|0x8000000");
	/* Flags that are made of others show once. */
	CHECK_STR(flags(NAME_OPEN, O_RDWR | O_TMPFILE), "O_RDWR|O_TMPFILE");
	CHECK_STR(flags(NAME_OPEN, O_DIRECTORY), "O_RDONLY|O_DIRECTORY");
	CHECK_STR(flags(NAME_OPEN, O_SYNC), "O_RDONLY|O_SYNC");
	CHECK_STR(flags(NAME_OPEN, O_DSYNC), "O_RDONLY|O_DSYNC");
	CHECK_STR(flags(NAME_PROT, 0), "PROT_NONE");
	CHECK_STR(flags(NAME_PROT, PROT_READ | PROT_EXEC), "PROT_READ|PROT_EXEC");
	CHECK_STR(flags(NAME_MAP, MAP_PRIVATE | MAP_ANONYMOUS), "MAP_PRIVATE|MAP_ANONYMOUS");
	CHECK_STR(flags(NAME_MAP, MAP_SHARED_VALIDATE), "MAP_SHARED_VALIDATE");
	CHECK_STR(flags(NAME_MOUNT, 0), "0");
	CHECK_STR(flags(NAME_MOUNT, 4096 | 16384), "MS_BIND|MS_REC");
	CHECK_STR(flags(NAME_NAMESPACE, CLONE_NEWUSER | CLONE_NEWNS), "CLONE_NEWNS|CLONE_NEWUSER");
	CHECK_STR(flags(NAME_CLONE, CLONE_VM | CLONE_VFORK | SIGCHLD),
		  "SIGCHLD|CLONE_VM|CLONE_VFORK");
	CHECK_STR(flags(NAME_CLONE, CLONE_VM), "CLONE_VM");
	CHECK_STR(flags(NAME_CLONE, CLONE_VM | 12), "12|CLONE_VM");
	CHECK_STR(flags(NAME_CLONE, 0), "0");
	CHECK_STR(flags(NAME_SOCKET, SOCK_STREAM | SOCK_CLOEXEC), "SOCK_STREAM|SOCK_CLOEXEC");
	CHECK_STR(flags(NAME_SOCKET, SOCK_CLOEXEC), "SOCK_CLOEXEC");
	CHECK_STR(flags(NAME_FUTEX, 128), "FUTEX_WAIT|FUTEX_PRIVATE_FLAG");
	CHECK_STR(flags(NAME_ACCESS, 0), "F_OK");
	CHECK_STR(flags(NAME_ACCESS, 5), "R_OK|X_OK");
	CHECK_STR(flags(NAME_MEMFD, 3), "MFD_CLOEXEC|MFD_ALLOW_SEALING");
	CHECK_STR(flags(NAME_MODULE, 1ull << 63), "0x8000000000000000");
}

static void test_cut(void)
{
	char small[8] = "xxxxxxx";

	CHECK(name_flags(NAME_OPEN, O_WRONLY | O_CREAT, small, sizeof(small)) == 16);
	CHECK_STR(small, "O_WRONL");
	CHECK(name_flags(NAME_OPEN, O_WRONLY | O_CREAT, small, 1) == 16);
	CHECK_STR(small, "");
	CHECK(name_flags(NAME_OPEN, O_WRONLY | O_CREAT, NULL, 0) == 16);
}

static bool find(enum name_table table, const char *name, uint64_t want)
{
	uint64_t value = 12345;

	return name_find(table, name, strlen(name), &value) && value == want;
}

static bool lost(enum name_table table, const char *name, size_t size)
{
	uint64_t value = 12345;

	return !name_find(table, name, size, &value) && value == 12345;
}

static void test_find(void)
{
	CHECK(find(NAME_SIGNAL, "SIGKILL", SIGKILL));
	CHECK(find(NAME_SIGNAL, "kill", SIGKILL));
	CHECK(find(NAME_SIGNAL, "SigPoll", SIGIO));
	CHECK(find(NAME_SIGNAL, "rt+1", 33));
	CHECK(find(NAME_CAPABILITY, "cap_net_raw", 13));
	CHECK(find(NAME_CAPABILITY, "NET_RAW", 13));
	CHECK(find(NAME_ERRNO, "EWOULDBLOCK", EAGAIN));
	CHECK(find(NAME_FAMILY, "AF_LOCAL", AF_UNIX));
	CHECK(find(NAME_FAMILY_WORD, "inet6", AF_INET6));
	CHECK(find(NAME_FILESYSTEM, "9p", 0x01021997));
	CHECK(find(NAME_DNS_TYPE, "aaaa", 28));
	CHECK(lost(NAME_SIGNAL, "SIG", 3));
	CHECK(lost(NAME_SIGNAL, "", 0));
	CHECK(lost(NAME_SIGNAL, "SIGKILLS", 8));
	CHECK(lost(NAME_SIGNAL, "SIGKIL", 6));
	CHECK(lost(NAME_SIGNAL, "SIGKILL", 8)); /* with its NUL */
	CHECK(lost(NAME_TABLE_COUNT, "SIGKILL", 7));
}

static void test_set(void)
{
	char list[64];

	CHECK(name_set(NAME_CAPABILITY, 1 << 13 | 1 << 21, ',', text, sizeof(text)) == 25);
	CHECK_STR(text, "CAP_NET_RAW,CAP_SYS_ADMIN");
	CHECK(name_set(NAME_CAPABILITY, 0, ',', text, sizeof(text)) == 0);
	CHECK_STR(text, "");
	CHECK(name_set(NAME_CAPABILITY, 1ull << 63 | 1, ' ', text, sizeof(text)) == 12);
	CHECK_STR(text, "CAP_CHOWN 63");
	CHECK(name_set(NAME_CAPABILITY, 1 << 13 | 1 << 21, '\0', list, sizeof(list)) == 26);
	CHECK(!memcmp(list, "CAP_NET_RAW\0CAP_SYS_ADMIN\0", 27));
	/* A name that does not fit whole is left out, and all after it. */
	CHECK(name_set(NAME_CAPABILITY, 1 << 13 | 1 << 21 | 1 << 22, ',', list, 25) == 38);
	CHECK_STR(list, "CAP_NET_RAW");
	CHECK(name_set(NAME_CAPABILITY, 1 << 13 | 1 << 21, ',', list, 26) == 25);
	CHECK_STR(list, "CAP_NET_RAW,CAP_SYS_ADMIN");
	CHECK(name_set(NAME_CAPABILITY, 1 << 13, ',', NULL, 0) == 11);
	CHECK(name_set(NAME_CAPABILITY, UINT64_MAX, ',', text, sizeof(text)) > sizeof(text));
}

/* Every name leads back to its value; no name stands twice in a table. */
struct visit {
	enum name_table table;
	unsigned rows, wrong;
};

static bool visit_row(const char *name, uint64_t value, void *data)
{
	struct visit *visit = data;
	uint64_t found = ~value;

	visit->rows++;
	if (!name_find(visit->table, name, strlen(name), &found) || found != value)
		visit->wrong++;
	return true;
}

static bool visit_once(const char *name, uint64_t value, void *data)
{
	(void)name;
	(void)value;
	++*(unsigned *)data;
	return false;
}

static void test_tables(void)
{
	unsigned once = 0;

	for (unsigned i = 0; i < NAME_TABLE_COUNT; i++) {
		struct visit visit = {.table = i};

		name_each(i, visit_row, &visit);
		CHECK(visit.rows && !visit.wrong);
	}
	name_each(NAME_SIGNAL, visit_once, &once);
	CHECK(once == 1);
	name_each(NAME_TABLE_COUNT, visit_once, &once);
	CHECK(once == 1);
}

/* The C library knows these too: every error that it describes has its name here. */
static void test_library(void)
{
	unsigned errors = 0, signals = 0;

	for (int i = 1; i < 200; i++) {
		const char *ours = name_value(NAME_ERRNO, (uint64_t)i),
			   *theirs = strerrorname_np(i);

		errors += !ours != !theirs || (ours && strcmp(ours, theirs));
	}
	CHECK(!errors);
	for (int i = 1; i < 32; i++) {
		const char *ours = name_value(NAME_SIGNAL, (uint64_t)i), *theirs = sigabbrev_np(i);

		/* 29 is SIGIO here as in the kernel, SIGPOLL there. */
		signals += !ours || (i != SIGIO && theirs && strcmp(ours + 3, theirs));
	}
	CHECK(!signals);
}

int main(void)
{
	test_values();
	test_unknown_values();
	test_flags();
	test_cut();
	test_find();
	test_set();
	test_tables();
	test_library();
	return check_end();
}
