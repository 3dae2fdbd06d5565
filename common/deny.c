/* SPDX-License-Identifier: GPL-2.0-only */
#include "deny.h"

#include <string.h>

#include "syscall.h"
#include "util.h"

#define WAY(name) (1u << KWP_WAY_##name)

/* Read from Linux 6.1 to 6.18. A call stands under several ways if each is passed by some of
 * its uses. What is not here, or needs no permission in a use of it, has no way. */
static const struct {
	uint32_t ways;
	const char *calls;
} table[] = {
	{WAY(CAPABLE),
	 "acct adjtimex chroot clock_adjtime clock_settime delete_module finit_module init_module "
	 "ioperm iopl kexec_file_load kexec_load lookup_dcookie mount mount_setattr move_mount "
	 "pivot_root quotactl quotactl_fd reboot setdomainname setgroups sethostname setns "
	 "settimeofday swapoff swapon umount2 vhangup"},
	{WAY(CAPABLE) | WAY(USERNS), "unshare"},
	{WAY(FILE),
	 "accept accept4 creat epoll_create epoll_create1 eventfd eventfd2 execve execveat "
	 "fanotify_init fsmount fsopen fspick inotify_init inotify_init1 io_uring_setup "
	 "landlock_create_ruleset memfd_create memfd_secret mq_open open open_by_handle_at "
	 "open_tree open_tree_attr openat openat2 pidfd_open pipe pipe2 shmget signalfd "
	 "signalfd4 timerfd_create userfaultfd"},
	{WAY(TASK), "clone clone3 fork vfork"},
	{WAY(BPF), "bpf"},
	{WAY(PTRACE), "kcmp pidfd_getfd process_madvise process_vm_readv process_vm_writev ptrace"},
	{WAY(PERF), "perf_event_open"},
	{WAY(KEY), "add_key keyctl request_key"},
	{WAY(SOCKET), "socket socketpair"},
	{WAY(CONNECT), "connect"},
	{WAY(BIND), "bind"},
	{WAY(LISTEN), "listen"},
	{WAY(KILL), "kill pidfd_send_signal rt_sigqueueinfo rt_tgsigqueueinfo tgkill tkill"},
	{WAY(IDS), "setfsgid setfsuid setgid setregid setresgid setresuid setreuid setuid"},
	{WAY(CAPSET), "capset"},
	{WAY(PRCTL), "prctl"},
	{WAY(SYSLOG), "syslog"},
	{WAY(SCHED), "sched_setaffinity sched_setattr sched_setparam sched_setscheduler"},
};

/* Is the word one of these, which spaces separate? */
static bool words_have(const char *words, const char *word)
{
	const size_t size = strlen(word);

	for (const char *at = words; (at = strstr(at, word)); at += size)
		if ((at == words || at[-1] == ' ') && (!at[size] || at[size] == ' '))
			return true;
	return false;
}

uint32_t deny_ways(int nr)
{
	const char *name = syscall_name(nr, false);

	for (size_t i = 0; name && i < ARRAY_SIZE(table); i++)
		if (words_have(table[i].calls, name))
			return table[i].ways;
	return WAY(ENTER);
}

uint32_t deny_guards(int nr)
{
	return deny_ways(nr) * KWP_GUARD_WAY(0);
}

uint32_t deny_guards_of(uint32_t guards, bool hooks)
{
	if (hooks || !(guards & KWP_GUARD_WAYS))
		return guards;
	return (guards & ~KWP_GUARD_WAYS) | KWP_GUARD_WAY(KWP_WAY_ENTER);
}

/* ---- 32-bit calls ---- */

/* 32-bit calls whose names differ from those of the native ones that do the same. */
static const struct {
	const char *name, *native;
} aliases[] = {
	{"umount", "umount2"},
	{"stime", "settimeofday"},
	{"mmap2", "mmap"},
};

/* The calls of socketcall(2) and ipc(2), by their numbers. */
static const char *const socketcalls[KWP_NATIVE_CALLS] = {
	[1] = "socket", "bind",	   "connect",  "listen",  "accept",   "getsockname", "getpeername",
	"socketpair",	"sendto",  "recvfrom", "sendto",  "recvfrom", "shutdown",    "setsockopt",
	"getsockopt",	"sendmsg", "recvmsg",  "accept4", "recvmmsg", "sendmmsg",
};
static const char *const ipcs[KWP_NATIVE_CALLS] = {
	[1] = "semop", "semget", "semctl",	 "semtimedop", [11] = "msgsnd", "msgrcv",
	"msgget",      "msgctl", [21] = "shmat", "shmdt",      "shmget",	"shmctl",
};

static int find(const char *name, size_t size)
{
	int nr = syscall_find(name, size);

	return nr < 0 || nr >= KWP_SYSCALLS ? -1 : nr;
}

/* The native number of a 32-bit call: "chown32" is chown, "clock_settime64" clock_settime. */
static int native_of(const char *name)
{
	static const char *const ends[] = {"", "_time64", "64", "32"};
	const size_t size = strlen(name);

	for (size_t i = 0; i < ARRAY_SIZE(aliases); i++)
		if (!strcmp(aliases[i].name, name))
			return find(aliases[i].native, strlen(aliases[i].native));
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		const size_t end = strlen(ends[i]);
		int nr = size > end && !strcmp(name + size - end, ends[i]) ? find(name, size - end)
									   : -1;

		if (nr >= 0)
			return nr;
	}
	return -1;
}

static void many_fill(__u16 *out, const char *const *names)
{
	for (int i = 0; i < KWP_NATIVE_CALLS; i++) {
		int nr = names[i] ? find(names[i], strlen(names[i])) : -1;

		out[i] = nr < 0 ? KWP_NATIVE_NONE : nr;
	}
}

static __u16 native_fill(int nr32)
{
	const char *name = syscall_name(nr32, true);
	int nr = name ? native_of(name) : -1;

	if (name && !strcmp(name, "socketcall"))
		return KWP_NATIVE_MANY;
	if (name && !strcmp(name, "ipc"))
		return KWP_NATIVE_MANY | KWP_NATIVE_CALLS;
	return nr < 0 ? KWP_NATIVE_NONE : nr;
}

void deny_tables(struct deny_tables *out, bool hooks)
{
	for (int nr = 0; nr < KWP_SYSCALLS; nr++) {
		out->ways[nr] = (hooks ? deny_ways(nr) : WAY(ENTER)) |
				(uint32_t)syscall_text_arguments(nr) << KWP_WAY_TEXTS;
		out->native[nr] = native_fill(nr);
	}
	many_fill(out->many, socketcalls);
	many_fill(out->many + KWP_NATIVE_CALLS, ipcs);
}
