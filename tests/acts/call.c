/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * call NUMBER [ARG...], call -32 NUMBER [ARG...]: does a system call, the second time as a 32-bit
 * program would, and prints "ok" or the name of its error. An ARG is a number, @TEXT, or % for
 * 4096 zeros. What it makes goes when it ends.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* All below 4 GiB, where 32-bit calls can name it. */
static char *low(size_t size)
{
	char *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT,
			-1, 0);

	if (at == MAP_FAILED)
		exit(99);
	return at;
}

static long word(const char *arg)
{
	if (*arg == '%')
		return (long)low(4096);
	if (*arg == '@')
		return (long)strcpy(low(4096), arg + 1);
	return strtol(arg, NULL, 0);
}

#ifdef __x86_64__
static long call32(long nr, const long *arg)
{
	long ret;

	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "a"(nr), "b"(arg[0]), "c"(arg[1]), "d"(arg[2]), "S"(arg[3]), "D"(arg[4])
			 : "memory", "r8", "r9", "r10", "r11");
	if (ret < 0) {
		errno = -(int)ret;
		return -1;
	}
	return ret;
}
#endif

int main(int argc, char **argv)
{
	const int compat = argc > 2 && !strcmp(argv[1], "-32");
	long arg[6] = {0}, nr, ret;

	if (argc < 2 + compat)
		return 98;
	nr = strtol(argv[1 + compat], NULL, 0);
	for (int i = 0; i < 6 && i + 2 + compat < argc; i++)
		arg[i] = word(argv[i + 2 + compat]);
	errno = 0;
#ifdef __x86_64__
	if (compat)
		ret = call32(nr, arg);
	else
#endif
		ret = syscall(nr, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
	puts(ret < 0 ? strerrorname_np(errno) : "ok");
	return 0;
}
