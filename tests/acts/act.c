/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * act NAME [ARG...] [, NAME [ARG...]]...
 *
 * Does each act in turn, all in one process, and prints "NAME RESULT" for each: what its last
 * system call returned, or -errno. `+NAME` does it in a child, for acts that change the process.
 * `repeat N NAME ...` does it N times. An act that is given too few words ends it with 2.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "sockets.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x10U
#endif

extern char **environ;

static long octal(const char *text)
{
	return strtol(text, NULL, 8);
}

/* ---- files ---- */

/* Flags: r w a(ppend) c(reate) x(clusive) t(runcate) d(irectory) */
static long flags_of(const char *letters)
{
	long flags = strchr(letters, 'w') ? O_WRONLY : O_RDONLY;

	flags |= strchr(letters, 'a') ? O_APPEND : 0;
	flags |= strchr(letters, 'c') ? O_CREAT : 0;
	flags |= strchr(letters, 'x') ? O_EXCL : 0;
	flags |= strchr(letters, 't') ? O_TRUNC : 0;
	return flags | (strchr(letters, 'd') ? O_DIRECTORY : 0);
}

static long do_open(char **a) { return closed(open(a[0], flags_of(a[1]), 0640)); }
static long do_creat(char **a) { return closed(creat(a[0], octal(a[1]))); }
static long do_mkdir(char **a) { return mkdir(a[0], octal(a[1])); }
static long do_mkfifo(char **a) { return mknod(a[0], S_IFIFO | octal(a[1]), 0); }
static long do_rename(char **a) { return rename(a[0], a[1]); }
static long do_unlink(char **a) { return unlink(a[0]); }
static long do_rmdir(char **a) { return rmdir(a[0]); }
static long do_link(char **a) { return link(a[0], a[1]); }
static long do_symlink(char **a) { return symlink(a[0], a[1]); }
static long do_chmod(char **a) { return chmod(a[1], octal(a[0])); }
static long do_chown(char **a) { return chown(a[2], atoi(a[0]), atoi(a[1])); }
static long do_truncate(char **a) { return truncate(a[1], atol(a[0])); }
static long do_setxattr(char **a) { return setxattr(a[0], a[1], a[2], strlen(a[2]), 0); }
static long do_removexattr(char **a) { return removexattr(a[0], a[1]); }
static long do_mount(char **a) { return mount(a[0], a[1], a[2], MS_NOSUID, a[3]); }
static long do_bind_mount(char **a) { return mount(a[0], a[1], NULL, MS_BIND, NULL); }
static long do_umount(char **a) { return umount2(a[0], MNT_DETACH); }
static long do_chroot(char **a) { return chroot(a[0]); }
static long do_chdir(char **a) { return chdir(a[0]); }

/* DIR NAME: below an open directory. */
static long do_openat(char **a)
{
	int dir = open(a[0], O_PATH | O_DIRECTORY);
	long fd = openat(dir, a[1], O_WRONLY | O_CREAT, 0640);

	closed(fd);
	close(dir);
	return fd;
}

static long do_renameat(char **a)
{
	int dir = open(a[0], O_PATH | O_DIRECTORY);
	long ret = renameat(dir, a[1], dir, a[2]);

	close(dir);
	return ret;
}

static long do_fchmod(char **a)
{
	int fd = open(a[1], O_RDONLY);
	long ret = fchmod(fd, octal(a[0]));

	close(fd);
	return ret;
}

static long do_sysctl(char **a)
{
	int fd = open(a[0], O_WRONLY);
	long ret = fd < 0 ? fd : write(fd, a[1], strlen(a[1]));

	close(fd);
	return ret;
}

/* ---- processes ---- */

static long do_exec(char **a) { return execve(a[0], a, environ); }

static long do_spawn(char **a)
{
	pid_t pid = fork();

	if (!pid) {
		execve(a[0], a, environ);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
	return pid;
}

static long do_exit(char **a)
{
	exit(atoi(a[0]));
}

static long do_die(char **a)
{
	return raise(atoi(a[0]));
}

/* A child that waits to be treated badly. */
static pid_t victim(void)
{
	pid_t pid = fork();

	if (!pid)
		for (;;)
			pause();
	return pid;
}

static long do_kill(char **a)
{
	pid_t pid = victim();
	long ret = kill(pid, atoi(a[0]));

	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return ret;
}

static long do_ptrace(char **a)
{
	pid_t pid = victim();
	long ret = ptrace(PTRACE_SEIZE, pid, NULL, NULL);

	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return ret;
}

static long do_setuid(char **a) { return setuid(atoi(a[0])); }
static long do_setresuid(char **a) { return setresuid(atoi(a[0]), atoi(a[1]), atoi(a[2])); }
static long do_setgid(char **a) { return setgid(atoi(a[0])); }

/* Gives up all but CAP_KILL (bit 5). */
static long do_capset(char **a)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2] = {{1 << CAP_KILL, 1 << CAP_KILL, 0}, {0, 0, 0}};

	return syscall(SYS_capset, &head, data);
}

static long do_unshare(char **a) { return unshare(CLONE_NEWUTS); }

static long do_setns(char **a)
{
	int fd = open(a[0], O_RDONLY);
	long ret = setns(fd, 0);

	close(fd);
	return ret;
}

/* ---- memory ---- */

static long do_memfd(char **a) { return closed(memfd_create(a[0], MFD_CLOEXEC)); }

/* NAME FILE: executes a copy of FILE that is only in memory. */
static long do_memfd_exec(char **a)
{
	static char bytes[1 << 16];
	int fd = memfd_create(a[0], MFD_CLOEXEC), from = open(a[1], O_RDONLY);
	char *argv[] = {a[0], a[2], NULL};

	for (ssize_t got; (got = read(from, bytes, sizeof(bytes))) > 0;)
		if (write(fd, bytes, got) != got)
			return -1;
	close(from);
	return fexecve(fd, argv, environ);
}

/* FILE: executes it after it was deleted. */
static long do_deleted_exec(char **a)
{
	int fd = open(a[0], O_RDONLY | O_CLOEXEC);
	char *argv[] = {a[0], NULL};

	unlink(a[0]);
	return fexecve(fd, argv, environ);
}

static long do_mmap_exec(char **a)
{
	int fd = open(a[0], O_RDONLY);
	void *at = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

	close(fd);
	return at == MAP_FAILED ? -1 : munmap(at, 4096);
}

static long do_mmap_rwx(char **a)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return at == MAP_FAILED ? -1 : munmap(at, 4096);
}

static long do_mprotect(char **a)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(at, 4096, PROT_READ | PROT_EXEC);
}

/* ---- the kernel ---- */

static long do_module(char **a)
{
	int fd = open(a[0], O_RDONLY);
	long ret = syscall(SYS_finit_module, fd, "", 0);

	return close(fd) ? -1 : ret;
}

static long do_bpf(char **a)
{
	union bpf_attr attr = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4,
			       .max_entries = 1};

	snprintf(attr.map_name, sizeof(attr.map_name), "%s", a[0]);
	return closed(syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr)));
}

/* ---- the table ---- */

static const struct act {
	const char *name;
	int words;
	long (*run)(char **words);
} acts[] = {
	{"open", 2, do_open}, {"creat", 2, do_creat}, {"openat", 2, do_openat},
	{"mkdir", 2, do_mkdir}, {"mkfifo", 2, do_mkfifo}, {"rename", 2, do_rename},
	{"renameat", 3, do_renameat}, {"unlink", 1, do_unlink}, {"rmdir", 1, do_rmdir},
	{"link", 2, do_link}, {"symlink", 2, do_symlink}, {"chmod", 2, do_chmod},
	{"fchmod", 2, do_fchmod}, {"chown", 3, do_chown}, {"truncate", 2, do_truncate},
	{"setxattr", 3, do_setxattr}, {"removexattr", 2, do_removexattr},
	{"mount", 4, do_mount}, {"bind-mount", 2, do_bind_mount}, {"umount", 1, do_umount},
	{"chroot", 1, do_chroot}, {"chdir", 1, do_chdir}, {"sysctl", 2, do_sysctl},
	{"exec", 1, do_exec}, {"spawn", 1, do_spawn}, {"exit", 1, do_exit}, {"die", 1, do_die},
	{"kill", 1, do_kill}, {"ptrace", 0, do_ptrace}, {"setuid", 1, do_setuid},
	{"setresuid", 3, do_setresuid}, {"setgid", 1, do_setgid}, {"capset", 0, do_capset},
	{"unshare", 0, do_unshare}, {"setns", 1, do_setns},
	{"memfd", 1, do_memfd}, {"memfd-exec", 3, do_memfd_exec},
	{"deleted-exec", 1, do_deleted_exec}, {"mmap-exec", 1, do_mmap_exec},
	{"mmap-rwx", 0, do_mmap_rwx}, {"mprotect", 0, do_mprotect},
	{"module", 1, do_module}, {"bpf", 1, do_bpf},
	{"tcp", 1, do_tcp}, {"tcp6", 1, do_tcp6}, {"unix", 1, do_unix},
	{"connect", 2, do_connect}, {"vsock", 2, do_vsock}, {"dup2", 2, do_dup2},
	{"stdio", 2, do_stdio},
};

static const struct act *act_find(const char *name)
{
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		if (!strcmp(acts[i].name, name))
			return &acts[i];
	return NULL;
}

/* The result is told where fd 2 of our start leads: an act may change fd 1. */
static void act_run(const struct act *act, char **words, long times, int out)
{
	long ret = 0;

	for (; times; times--) {
		errno = 0;
		ret = act->run(words);
	}
	dprintf(out, "%s %ld\n", act->name, ret == -1 ? -errno : ret);
}

static void act_run_in_child(const struct act *act, char **words, int out)
{
	pid_t pid = fork();

	if (!pid) {
		act_run(act, words, 1, out);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
	int out = fcntl(1, F_DUPFD_CLOEXEC, 50), at = 1;

	while (at < argc) {
		bool child = argv[at][0] == '+';
		const char *name = argv[at] + child;
		const struct act *act;
		long times = 1;
		int end;

		if (!strcmp(name, "repeat") && at + 2 < argc) {
			times = atol(argv[at + 1]);
			at += 2;
			name = argv[at];
		}
		act = act_find(name);
		for (end = at + 1; end < argc && strcmp(argv[end], ",");)
			end++;
		if (!act || end - at - 1 < act->words) {
			fprintf(stderr, "act: '%s' is no act, or lacks words\n", name);
			return 2;
		}
		argv[end] = NULL;
		if (child)
			act_run_in_child(act, argv + at + 1, out);
		else
			act_run(act, argv + at + 1, times, out);
		at = end + 1;
	}
	return 0;
}
