/* SPDX-License-Identifier: GPL-2.0-only */
/* Where acts are done: a directory with copies of kwp, in namespaces of its own. */
#include "selftest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>

#include "log.h"
#include "self.h"

size_t selftest_split(char *text, char *words[SELFTEST_WORDS])
{
	size_t count = 0;
	char *rest = NULL;

	for (char *word = strtok_r(text, " ", &rest); word && count < SELFTEST_WORDS - 1;
	     word = strtok_r(NULL, " ", &rest))
		words[count++] = word;
	words[count] = NULL;
	return count;
}

int selftest_copy(const char *name, char out[4096])
{
	_cleanup_close_ int to = -1;

	if (*name == '/')
		snprintf(out, 4096, "%s", name);
	else
		snprintf(out, 4096, "%s/%s", getenv(SELFTEST_DIRECTORY) ?: ".", name);
	if (!access(out, X_OK))
		return 0;
	to = open(out, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	return to < 0 ? -errno : self_copy(to);
}

/* ---- the sandbox ---- */

static int interface_up(void)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};

	return fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) ? -errno : 0;
}

/* Empty directories where the guest's own are. */
static int sandbox_enter(void)
{
	static const char *const places[] = {"/etc", "/var/log", "/usr/local/bin", "/dev/shm",
					     "/run", "/sys/fs/bpf"};

	if (unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (mount("selftest", places[i], "tmpfs", 0, NULL) && errno != ENOENT)
			return -errno;
	return interface_up();
}

/* ---- the directory ---- */

static int directory_make(char out[64])
{
	static const char *const below[] = {"/var/tmp", "/tmp", "/dev/shm", "/"};

	for (size_t i = 0; i < ARRAY_SIZE(below); i++) {
		snprintf(out, 64, "%s/kwp-selftest.XXXXXX", below[i]);
		if (mkdtemp(out))
			return chmod(out, 0755) ? -errno : 0;
	}
	return -errno;
}

static bool directory_is_memory(const char *path)
{
	struct statfs st;

	return statfs(path, &st) || st.f_type == TMPFS_MAGIC || st.f_type == RAMFS_MAGIC;
}

static void directory_remove(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir)
		closedir(dir);
	rmdir(path);
}

/* ---- acts ---- */

/* By a copy of kwp, under another name than its own. 0 or an errno. */
static int act_run(const char *act)
{
	char text[512], path[4096], *words[SELFTEST_WORDS];
	const char *name = "act";
	int status, err;
	pid_t pid;

	snprintf(text, sizeof(text), "%s", act);
	selftest_split(text, words);
	if (!strcmp(words[0], "as")) {
		name = words[1];
		act += strlen("as ") + strlen(name) + 1;
	}
	err = selftest_copy(name, path);
	pid = err ? 0 : fork();
	if (err)
		return -err;
	if (!pid) {
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);

		for (int fd = 0; fd < 3; fd++)
			dup2(null, fd);
		execl(path, name, "audit", "--selftest-act", act, NULL);
		_exit(errno);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
}

static int row_run(const struct selftest_row *row, int sandbox, bool memory)
{
	if (!row->act)
		return ENOSYS;
	if ((row->needs & SELFTEST_SANDBOX) && sandbox)
		return -sandbox;
	if ((row->needs & SELFTEST_DISK) && memory)
		return EMEDIUMTYPE;
	return act_run(row->act);
}

int selftest_stage(int report, const char *only)
{
	int sandbox = sandbox_enter(), err;
	char directory[64];
	bool memory;

	err = directory_make(directory);
	if (err) {
		log_errno(err, "cannot make a directory for the self test");
		return 1;
	}
	setenv(SELFTEST_DIRECTORY, directory, 1);
	memory = directory_is_memory(directory);
	fcntl(report, F_SETFD, FD_CLOEXEC);
	for (size_t i = 0; i < selftest_rows_count; i++) {
		const struct selftest_row *row = &selftest_rows[i];

		if (only && strcmp(only, row->rule))
			continue;
		dprintf(report, "%s %d\n", row->rule, row_run(row, sandbox, memory));
	}
	directory_remove(directory);
	return 0;
}

int selftest_do(const char *act)
{
	char text[512], *words[SELFTEST_WORDS];
	size_t count;

	snprintf(text, sizeof(text), "%s", act);
	count = selftest_split(text, words);
	return -selftest_verb(words, count);
}
