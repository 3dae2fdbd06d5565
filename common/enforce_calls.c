/* SPDX-License-Identifier: GPL-2.0-only */
#include "enforce_calls.h"

#include <fcntl.h>
#include <linux/perf_event.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "syscall.h"
#include "util.h"

#define NO_POINTER 1 /* no such address: what is read there fails, if it ever comes to that */

static const uint64_t zeros[32];
static const char empty[] = "";

/*
 * If nothing refuses it, each either asks for what it may have without effect, or fails on an
 * argument that is looked at behind the question whether the caller may at all (Linux 6.1
 * to 6.18).
 */
static const struct {
	const char *name;
	uintptr_t argument[5];
} table[] = {
	{"acct", {NO_POINTER}},
	{"add_key", {(uintptr_t)"user", (uintptr_t)"kwp", (uintptr_t)zeros, 8, -2 /* process */}},
	{"bpf", {0, (uintptr_t)zeros, sizeof(zeros)}},
	{"clone", {SIGCHLD | CLONE_VFORK, 0}},
	{"delete_module", {NO_POINTER}},
	{"epoll_create1", {0}},
	{"eventfd2", {0, 0}},
	{"finit_module", {-1, NO_POINTER, 0}},
	{"fsopen", {NO_POINTER, 0}},
	{"init_module", {NO_POINTER, 0, NO_POINTER}},
	{"inotify_init1", {0}},
	{"io_uring_setup", {1, (uintptr_t)zeros}},
	{"iopl", {3}},
	{"kexec_file_load", {-1, -1, 0, 0, ~0ul}},
	{"kexec_load", {0, 0, 0, ~0ul}},
	{"kill", {0}}, /* see calls_try() */
	{"memfd_create", {(uintptr_t)empty, 0}},
	{"mount_setattr", {-1, NO_POINTER, ~0ul, 0, 0}},
	{"move_mount", {-1, NO_POINTER, -1, NO_POINTER, 0}},
	{"open", {(uintptr_t)"/", O_RDONLY}},
	{"openat", {AT_FDCWD, (uintptr_t)"/", O_RDONLY}},
	{"perf_event_open", {(uintptr_t)zeros, 0, -1, -1, 0}},
	{"pidfd_open", {0}},
	{"pipe2", {NO_POINTER, 0}},
	{"pivot_root", {NO_POINTER, NO_POINTER}},
	{"prctl", {PR_GET_DUMPABLE}},
	{"ptrace", {PTRACE_TRACEME}},
	{"reboot", {0, 0, 0, 0}},
	{"sched_setaffinity", {0, sizeof(zeros), NO_POINTER}},
	{"setdomainname", {NO_POINTER, 1}},
	{"setgid", {0}},
	{"sethostname", {NO_POINTER, 1}},
	{"setuid", {0}},
	{"socket", {AF_UNIX, SOCK_DGRAM, 0}},
	{"socketpair", {AF_UNIX, SOCK_DGRAM, 0, NO_POINTER}},
	{"swapoff", {NO_POINTER}},
	{"swapon", {NO_POINTER, 0}},
	{"syslog", {10 /* the size of the buffer */}},
	{"timerfd_create", {1, 0}},
	{"umount2", {(uintptr_t)"/proc/sys", 0}}, /* no mount point */
	{"unshare", {CLONE_NEWUSER}},
	{"userfaultfd", {0}},
};

static int find(int nr)
{
	const char *name = syscall_name(nr, false);

	for (size_t i = 0; name && i < ARRAY_SIZE(table); i++)
		if (!strcmp(table[i].name, name))
			return i;
	return -1;
}

bool calls_have(int nr)
{
	return find(nr) >= 0;
}

long calls_try(int nr)
{
	const int i = find(nr);
	const uintptr_t *a = i < 0 ? NULL : table[i].argument;
	long got;

	if (!a)
		return syscall(nr);
	if (nr == SYS_kill)
		return syscall(nr, getpid(), 0);
	got = syscall(nr, a[0], a[1], a[2], a[3], a[4]);
	if (nr == SYS_clone && !got)
		_exit(0);
	return got;
}
