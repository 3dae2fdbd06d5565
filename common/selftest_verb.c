/* SPDX-License-Identifier: GPL-2.0-only */
/* The words that acts are made of. What they do is done by nobody else and undone at once. */
#include "selftest.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "self.h"
#include "selftest_act.h"

extern char **environ;

/* Waits for a child. 0, or what it ended with as -errno. */
int selftest_wait(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : 0;
}

/* ---- programs ---- */

/* Runs a copy of kwp with these arguments. It finds no command among them and ends. */
static int exec_copy(const char *name, char **argv)
{
	char path[4096];
	int err = selftest_copy(name, path);
	pid_t pid;

	if (err)
		return err;
	pid = fork();
	if (!pid) {
		execve(path, argv, environ);
		_exit(errno);
	}
	err = selftest_wait(pid);
	/* kwp's own statuses for words that it does not know. */
	return err == -2 || err == -1 ? 0 : err;
}

static int do_exec(char **words, size_t count)
{
	return exec_copy(words[0], words);
}

/* By another name than the file's; without words by none. */
static int do_exec_called(char **words, size_t count)
{
	static char none[] = "";
	char *argv[] = {count ? words[0] : none, NULL};

	return exec_copy("called", argv);
}

static int do_exec_at(char **words, size_t count)
{
	int err = exec_copy(words[0], words);

	unlink(words[0]);
	return err;
}

/* Ends at once, as execve does not return: in a child. */
static int exec_file(int fd, const char *name)
{
	char *argv[] = {(char *)name, (char *)"x", NULL};
	pid_t pid = fork();

	if (!pid) {
		execveat(fd, "", argv, environ, AT_EMPTY_PATH);
		_exit(errno);
	}
	int err = selftest_wait(pid);

	return err == -2 || err == -1 ? 0 : err;
}

static int do_memfd_exec(char **words, size_t count)
{
	_cleanup_close_ int fd = memfd_create(words[0], 0);

	if (fd < 0)
		return -errno;
	return self_copy(fd) ?: exec_file(fd, words[0]);
}

static int do_deleted_exec(char **words, size_t count)
{
	_cleanup_close_ int fd = -1;
	char path[4096];
	int err = selftest_copy("deleted", path);

	fd = err ? -1 : open(path, O_RDONLY);
	if (fd < 0)
		return err ?: -errno;
	unlink(path);
	return exec_file(fd, "deleted");
}

/* A shell that runs a script. The shell is a copy of kwp, which takes the script's name for its
 * command, and opens the file. */
static int do_script(char **words, size_t count)
{
	char shell[] = "sh", script[] = "audit", option[] = "--selftest-act";
	char act[] = "read-there audit";
	char *argv[] = {shell, script, option, act, NULL};
	_cleanup_fclose_ FILE *file = NULL;

	if (chdir(getenv(SELFTEST_DIRECTORY) ?: "."))
		return -errno;
	file = fopen(script, "we");
	if (!file || fputs("#!/bin/sh\n", file) < 0)
		return -errno;
	fclose(take_ptr(file));
	return exec_copy(shell, argv);
}

/* ---- files ---- */

static void make_parents(const char *path)
{
	char parent[4096];

	snprintf(parent, sizeof(parent), "%s", path);
	for (char *slash = strchr(parent + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		mkdir(parent, 0755);
		*slash = '/';
	}
}

static int open_close(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0644);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

/* write PATH [read|write|unlink|link]: and then. */
static int do_write(char **words, size_t count)
{
	const char *then = count > 1 ? words[1] : "";
	char other[4096];
	int err;

	make_parents(words[0]);
	err = open_close(words[0], O_WRONLY | O_CREAT);
	if (err)
		return err;
	snprintf(other, sizeof(other), "%s.other", words[0]);
	if (!strcmp(then, "read"))
		return open_close(words[0], O_RDONLY);
	if (!strcmp(then, "write"))
		return open_close(words[0], O_WRONLY);
	if (!strcmp(then, "unlink"))
		return unlink(words[0]) ? -errno : 0;
	if (!strcmp(then, "link"))
		return link(words[0], other) ? -errno : 0;
	return 0;
}

static int do_read_there(char **words, size_t count)
{
	return open_close(words[0], O_RDONLY);
}

static int do_chmod(char **words, size_t count)
{
	char path[4096];

	return selftest_copy("mode", path) ?: chmod(path, strtol(words[0], NULL, 8)) ? -errno : 0;
}

/* ---- memory ---- */

static int do_mmap_rwx(char **words, size_t count)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return at == MAP_FAILED ? -errno : 0;
}

static int do_mmap_memfd(char **words, size_t count)
{
	_cleanup_close_ int fd = memfd_create("selftest", 0);

	if (fd < 0 || ftruncate(fd, 4096))
		return -errno;
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) == MAP_FAILED ? -errno
											 : 0;
}

/* ---- the table ---- */

static const struct {
	const char *name;
	size_t least; /* words behind it */
	int (*run)(char **words, size_t count);
} verbs[] = {
	{"exec", 1, do_exec},
	{"exec-called", 0, do_exec_called},
	{"exec-at", 1, do_exec_at},
	{"memfd-exec", 1, do_memfd_exec},
	{"deleted-exec", 0, do_deleted_exec},
	{"script", 0, do_script},
	{"write", 1, do_write},
	{"read-there", 1, do_read_there},
	{"chmod", 1, do_chmod},
	{"mmap-rwx", 0, do_mmap_rwx},
	{"mmap-memfd", 0, do_mmap_memfd},
	{"stdio", 2, act_stdio},
	{"stdin", 2, act_stdin},
	{"relay", 3, act_relay},
	{"decode", 0, act_decode},
	{"connect", 1, act_connect},
	{"listen", 0, act_listen},
	{"unix", 1, act_unix},
	{"vsock", 0, act_vsock},
	{"raw", 0, act_raw},
	{"odd", 0, act_odd},
	{"metadata", 0, act_metadata},
	{"ptrace", 0, act_ptrace},
	{"traceme", 0, act_traceme},
	{"memory", 0, act_memory},
	{"kill", 1, act_kill},
	{"capability", 0, act_capability},
	{"setuid", 0, act_setuid},
	{"userns", 0, act_userns},
	{"mounts", 0, act_mounts},
	{"chroot", 0, act_chroot},
	{"setns", 0, act_setns},
	{"session", 1, act_session},
	{"mount", 1, act_mount},
	{"hide", 0, act_hide},
	{"sysctl", 1, act_sysctl},
	{"module", 0, act_module},
	{"bpf", 0, act_bpf},
};

int selftest_verb(char **words, size_t count)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs) && count; i++)
		if (!strcmp(verbs[i].name, words[0]) && count > verbs[i].least)
			return verbs[i].run(words + 1, count - 1);
	return -ENOSYS;
}
