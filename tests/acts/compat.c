/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat: acts by 32-bit system calls (int 0x80) from a 64-bit program, as an attacker does who
 * hopes that only the 64-bit table is watched. In the current directory: makes compat.file,
 * renames it to compat.new, chmods it to 0600, removes it; connects to 127.0.0.1 port 1, which
 * refuses (socketcall); executes the program of its first argument. Prints "NAME RESULT" for
 * each; status 3 where the kernel runs no 32-bit calls.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Numbers of the 32-bit table. */
enum {
	CREAT = 8, UNLINK = 10, EXECVE = 11, CHMOD = 15, GETPID = 20, RENAME = 38, SOCKETCALL = 102,
};
enum { CALL_SOCKET = 1, CALL_CONNECT = 3 };

static char *low; /* memory that a 32-bit pointer reaches */

static long call(long nr, long a, long b, long c)
{
	long ret;

	__asm__ volatile("int $0x80" : "=a"(ret) : "a"(nr), "b"(a), "c"(b), "d"(c)
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)ret;
}

/* Puts bytes where a 32-bit call can have them. */
static long put(const void *bytes, size_t size)
{
	long at = (long)low;

	memcpy(low, bytes, size);
	low += (size + 15) & ~15ul;
	return at;
}

static long text(const char *string)
{
	return put(string, strlen(string) + 1);
}

static void tell(const char *name, long ret)
{
	printf("%s %ld\n", name, ret);
	fflush(stdout);
}

static void no_calls(int number)
{
	_exit(3);
}

static long dial(void)
{
	const unsigned char address[16] = {2, 0, 0, 1, 127, 0, 0, 1};
	int arg[3] = {2, 1, 0};
	int fd = call(SOCKETCALL, CALL_SOCKET, put(arg, sizeof(arg)), 0);

	tell("socket", fd);
	arg[0] = fd;
	arg[1] = put(address, sizeof(address));
	arg[2] = sizeof(address);
	return call(SOCKETCALL, CALL_CONNECT, put(arg, sizeof(arg)), 0);
}

int main(int argc, char **argv)
{
	unsigned words[3] = {0, 0, 0};

	low = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT,
		   -1, 0);
	signal(SIGSEGV, no_calls);
	if (low == MAP_FAILED || call(GETPID, 0, 0, 0) != getpid())
		return 3;
	tell("creat", call(CREAT, text("compat.file"), 0644, 0));
	tell("rename", call(RENAME, text("compat.file"), text("compat.new"), 0));
	tell("chmod", call(CHMOD, text("compat.new"), 0600, 0));
	tell("unlink", call(UNLINK, text("compat.new"), 0, 0));
	tell("connect", dial());
	if (argc < 2)
		return 0;
	words[0] = text(argv[1]);
	words[1] = text("by 32 bits");
	tell("execve", call(EXECVE, words[0], put(words, sizeof(words)), 0));
	return 1;
}
