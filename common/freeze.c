/* SPDX-License-Identifier: GPL-2.0-only */
#include "freeze.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest.h"
#include "log.h"
#include "proc_stat.h"

#define FROZEN "kwp-frozen-"
#define ROUNDS 32     /* looks for children that were made meanwhile */
#define PATIENCE 2000 /* ms until all are to stand still */

/* ---- cgroup files ---- */

static int file_write(const char *dir, const char *name, const char *text)
{
	char path[PATH_MAX];
	_cleanup_close_ int fd = -1;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

/* Is it true of the cgroup that it is frozen, or not any more? */
static bool events_say(const char *dir, bool frozen)
{
	char path[PATH_MAX], line[64];
	_cleanup_fclose_ FILE *file = NULL;

	snprintf(path, sizeof(path), "%s/cgroup.events", dir);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (!strcmp(line, frozen ? "frozen 1\n" : "frozen 0\n"))
			return true;
	return false;
}

/* Sets the freezer of a cgroup and waits until all of its processes follow. */
static int freezer_set(const char *dir, bool frozen)
{
	int err = file_write(dir, "cgroup.freeze", frozen ? "1" : "0");

	for (int ms = 0; !err && !events_say(dir, frozen); ms += 5) {
		if (ms >= PATIENCE)
			return -ETIMEDOUT;
		poll(NULL, 0, 5);
	}
	return err;
}

/* The directory of a process's cgroup. */
static int cgroup_of(pid_t pid, char *out, size_t size)
{
	const char *root = guest_cgroup_root();
	char path[64], line[PATH_MAX];
	_cleanup_fclose_ FILE *file = NULL;

	if (!root)
		return -ENOTSUP;
	snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	file = fopen(path, "re");
	if (!file)
		return errno == ENOENT ? -ESRCH : -errno;
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		if (strncmp(line, "0::/", 4))
			continue;
		if ((size_t)snprintf(out, size, "%s%s", root, strcmp(line + 3, "/") ? line + 3 : "") >=
		    size)
			return -ENAMETOOLONG;
		return 0;
	}
	return -ENOTSUP;
}

/* ---- processes ---- */

static pid_t parent_of(pid_t pid)
{
	_cleanup_close_ int proc = -1;
	uint64_t parent;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d", pid);
	proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return proc < 0 || proc_stat(proc, PROC_STAT_PARENT, &parent) ? 0 : (pid_t)parent;
}

/* Would freezing it leave nobody to thaw it? */
static bool is_own_way_out(pid_t pid)
{
	for (pid_t own = getpid(); own > 0; own = parent_of(own))
		if (own == pid)
			return true;
	return pid <= 1;
}

static int move(pid_t pid, const char *dir)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	return file_write(dir, "cgroup.procs", text);
}

/* Moves the children of each process of the list file `threads` is of; returns how many. */
static int move_children(pid_t pid, const char *dir)
{
	char path[64];
	_cleanup_fclose_ FILE *file = NULL;
	int child, moved = 0;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	file = fopen(path, "re");
	while (file && fscanf(file, "%d", &child) == 1) {
		char now[PATH_MAX];

		if (cgroup_of(child, now, sizeof(now)) || !strcmp(now, dir))
			moved += move_children(child, dir);
		else if (!is_own_way_out(child) && !move(child, dir))
			moved += 1 + move_children(child, dir);
	}
	return moved;
}

static int frozen_dir(pid_t pid, const char *parent, char *out, size_t size)
{
	if ((size_t)snprintf(out, size, "%s/" FROZEN "%d", parent, pid) >= size)
		return -ENAMETOOLONG;
	return 0;
}

/* Frozen first, then filled: who comes in stands still at once, and makes no more children. */
static int freeze_into(pid_t pid, const char *dir, bool follow)
{
	int err = file_write(dir, "cgroup.freeze", "1");

	if (!err)
		err = move(pid, dir);
	for (int i = 0; !err && follow && i < ROUNDS; i++)
		if (!move_children(pid, dir))
			break;
	return err ? err : freezer_set(dir, true);
}

int freeze_process(pid_t pid, bool follow)
{
	char home[PATH_MAX / 2], dir[PATH_MAX];
	int err;

	if (is_own_way_out(pid))
		return log_errno(-EPERM, "pid %d is kwp's own way out: it is not frozen", pid);
	err = cgroup_of(pid, home, sizeof(home)) ?: frozen_dir(pid, home, dir, sizeof(dir));
	if (err)
		return log_errno(err, "cannot freeze pid %d", pid);
	if (mkdir(dir, 0755) && errno != EEXIST)
		return log_errno(-errno, "cannot make %s", dir);
	err = freeze_into(pid, dir, follow);
	if (!err)
		return 0;
	if (thaw_process(pid))
		log_warning("pid %d may be left in %s", pid, dir);
	return log_errno(err, "cannot freeze pid %d", pid);
}

/* Moves all processes of a cgroup to another. A process that ended meanwhile is no error. */
static int empty_into(const char *dir, const char *home)
{
	char path[PATH_MAX + 16];
	int pid, err = 0, left;

	snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	do {
		_cleanup_fclose_ FILE *file = fopen(path, "re");

		if (!file)
			return -errno;
		left = 0;
		while (!err && fscanf(file, "%d", &pid) == 1) {
			err = move(pid, home);
			left += !err;
			if (err == -ESRCH)
				err = 0;
		}
	} while (!err && left);
	return err;
}

int thaw_process(pid_t pid)
{
	char dir[PATH_MAX - 16], home[PATH_MAX];
	char *slash;
	int err = cgroup_of(pid, dir, sizeof(dir));

	if (err)
		return log_errno(err, "cannot thaw pid %d", pid);
	slash = strrchr(dir, '/');
	if (!slash || strncmp(slash + 1, FROZEN, strlen(FROZEN)))
		return log_errno(-ENOENT, "pid %d was not frozen by kwp", pid);
	snprintf(home, sizeof(home), "%.*s", (int)(slash - dir), dir);
	err = freezer_set(dir, false) ?: empty_into(dir, home);
	if (!err && rmdir(dir))
		err = -errno;
	return err ? log_errno(err, "cannot thaw pid %d", pid) : 0;
}

/* ---- containers ---- */

static int container_set(const char *name, bool frozen)
{
	char dir[PATH_MAX], own[PATH_MAX];
	int err = guest_container_directory(name, dir, sizeof(dir));

	if (!err && frozen && !cgroup_of(getpid(), own, sizeof(own)) &&
	    !strncmp(own, dir, strlen(dir)))
		return log_errno(-EPERM, "kwp itself is in container %s", name);
	if (!err)
		err = freezer_set(dir, frozen);
	if (!err)
		return 0;
	return log_errno(err, "cannot %s container %s", frozen ? "freeze" : "thaw", name);
}

int freeze_container(const char *name)
{
	return container_set(name, true);
}

int thaw_container(const char *name)
{
	return container_set(name, false);
}
