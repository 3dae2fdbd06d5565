/* SPDX-License-Identifier: GPL-2.0-only */
/* Acts on processes and on the kernel. */
#include "selftest.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "selftest_act.h"

#define NOBODY 65534

/* A child that waits to be ended; by this name, if there is one. */
static pid_t sleeper(const char *name)
{
	int ready[2];
	pid_t pid;
	char byte;

	if (pipe2(ready, O_CLOEXEC))
		return -1;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (name)
			prctl(PR_SET_NAME, name);
		close(ready[1]);
		pause();
		_exit(0);
	}
	close(ready[1]);
	/* It has its name when it has closed its end. */
	if (read(ready[0], &byte, 1))
		errno = EIO;
	close(ready[0]);
	return pid;
}

static int end_sleeper(pid_t pid, int err)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return err;
}

/* ---- processes ---- */

int act_ptrace(char **words, size_t count)
{
	pid_t pid = sleeper(NULL);
	int err = 0;

	if (pid < 0 || ptrace(PTRACE_ATTACH, pid, NULL, NULL))
		err = -errno;
	return end_sleeper(pid, err);
}

int act_traceme(char **words, size_t count)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) ? -errno : 0;
}

int act_memory(char **words, size_t count)
{
	pid_t pid = sleeper(NULL);
	char path[32];
	int fd, err;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	err = fd < 0 ? -errno : close(fd);
	return end_sleeper(pid, err);
}

int act_kill(char **words, size_t count)
{
	pid_t pid = sleeper(words[0]);

	return end_sleeper(pid, pid < 0 || kill(pid, SIGTERM) ? -errno : 0);
}

int act_capability(char **words, size_t count)
{
	struct vfs_cap_data data = {.magic_etc = VFS_CAP_REVISION_2};
	char path[4096];

	return selftest_copy("capable", path)
	       ?: setxattr(path, "security.capability", &data, XATTR_CAPS_SZ_2, 0) ? -errno : 0;
}

int act_setuid(char **words, size_t count)
{
	if (setresuid(NOBODY, NOBODY, 0) || setresuid(0, 0, 0))
		return -errno;
	return 0;
}

int act_userns(char **words, size_t count)
{
	if (setresuid(NOBODY, NOBODY, NOBODY) || unshare(CLONE_NEWUSER))
		return -errno;
	return 0;
}

int act_mounts(char **words, size_t count)
{
	return unshare(CLONE_NEWNS) ? -errno : 0;
}

int act_chroot(char **words, size_t count)
{
	return chroot("/") ? -errno : 0;
}

int act_setns(char **words, size_t count)
{
	_cleanup_close_ int fd = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);

	return fd < 0 || setns(fd, CLONE_NEWUTS) ? -errno : 0;
}

/* A program that comes into a pid namespace from outside. */
int act_session(char **words, size_t count)
{
	char path[4096];
	int own = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC), inner = -1;
	pid_t first, pid;
	int err = selftest_copy(words[0], path);

	if (err || own < 0 || unshare(CLONE_NEWPID))
		return err ?: -errno;
	first = sleeper(NULL);
	inner = open("/proc/self/ns/pid_for_children", O_RDONLY | O_CLOEXEC);
	if (first < 0 || inner < 0 || setns(own, CLONE_NEWPID) || setns(inner, CLONE_NEWPID))
		return end_sleeper(first, -errno);
	pid = fork();
	if (!pid) {
		execl(path, words[0], "x", NULL);
		_exit(errno);
	}
	err = selftest_wait(pid);
	close(own);
	close(inner);
	return end_sleeper(first, err == -2 || err == -1 ? 0 : err);
}

/* ---- the kernel ---- */

int act_mount(char **words, size_t count)
{
	return mount("selftest", "/run", words[0], 0, NULL) || umount2("/run", MNT_DETACH) ? -errno
											: 0;
}

int act_hide(char **words, size_t count)
{
	pid_t pid = sleeper(NULL);
	char path[32];
	int err = 0;

	snprintf(path, sizeof(path), "/proc/%d", pid);
	if (pid < 0 || mount("selftest", path, "tmpfs", 0, NULL) || umount2(path, MNT_DETACH))
		err = -errno;
	return end_sleeper(pid, err);
}

/* Writes what is there. */
int act_sysctl(char **words, size_t count)
{
	_cleanup_close_ int fd = -1;
	char path[256], value[4096];
	ssize_t size;

	snprintf(path, sizeof(path), "/proc/sys/%s", words[0]);
	fd = open(path, O_RDWR | O_CLOEXEC);
	size = fd < 0 ? -1 : read(fd, value, sizeof(value));
	if (size < 0 || pwrite(fd, value, size, 0) != size)
		return -errno;
	return 0;
}

/* What is no module. That it was tried is what counts. */
int act_module(char **words, size_t count)
{
	static const char none[16];

	return syscall(SYS_init_module, none, sizeof(none), "") && errno == ENOSYS ? -errno : 0;
}

int act_bpf(char **words, size_t count)
{
	union bpf_attr attr = {.prog_type = BPF_PROG_TYPE_TRACEPOINT, .prog_name = "selftest"};

	return syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr)) && errno == ENOSYS ? -errno : 0;
}
