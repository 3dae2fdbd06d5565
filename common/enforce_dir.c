/* SPDX-License-Identifier: GPL-2.0-only */
#include "enforce_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "enforce.h"
#include "word.h"

#define BPF_FS "/sys/fs/bpf"

static int fail(char *why, size_t size, int err, const char *what)
{
	snprintf(why, size, "%s: %s", what, strerror(-err));
	return err;
}

/* ---- the directory ---- */

int enforce_dir_make(char *why, size_t size)
{
	struct statfs fs;

	if (statfs(BPF_FS, &fs))
		return fail(why, size, -errno,
			    BPF_FS " is missing (/sys is not mounted, or the "
				   "kernel lacks CONFIG_BPF_SYSCALL)");
	if (fs.f_type != BPF_FS_MAGIC &&
	    mount("bpf", BPF_FS, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700"))
		return fail(why, size, -errno, "cannot mount the BPF file system at " BPF_FS);
	if (mkdir(ENFORCE_DIR, 0700) && errno != EEXIST)
		return fail(why, size, -errno, "cannot make " ENFORCE_DIR);
	if (mkdir(ENFORCE_DIR "/reader", 0700) && errno != EEXIST)
		return fail(why, size, -errno, "cannot make " ENFORCE_DIR "/reader");
	return 0;
}

/* ---- locks ---- */

/* Process that holds the flock of a file, 0: nobody that this pid namespace shows. */
static uint32_t lock_holder(const struct stat *st)
{
	_cleanup_fclose_ FILE *file = fopen("/proc/locks", "re");
	unsigned major, minor;
	unsigned long long inode;
	char line[256];
	int pid;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%*d: FLOCK %*s %*s %d %x:%x:%llu", &pid, &major, &minor,
			   &inode) == 4 &&
		    inode == st->st_ino && pid > 0 && makedev(major, minor) == st->st_dev)
			return pid;
	return 0;
}

/* Whoever has the lock may take the directory away, so that it must still be the one
 * that this path leads to. */
static int lock_directory(const char *path, const char *who, char *why, size_t size)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat mine, now;
	int err;

	if (fd < 0 && errno == ENOENT) {
		snprintf(why, size, "no policy is loaded");
		return -ENOENT;
	}
	if (fd < 0 || fstat(fd, &mine))
		return fail(why, size, -errno, path);
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		err = errno == EWOULDBLOCK ? -EBUSY : -errno;
		if (err == -EBUSY)
			snprintf(why, size, "another kwp (pid %u) %s", lock_holder(&mine), who);
		else
			fail(why, size, err, path);
		return err;
	}
	if (stat(path, &now) || now.st_ino != mine.st_ino || now.st_dev != mine.st_dev) {
		snprintf(why, size, "another kwp has just taken the policy away");
		return -EBUSY;
	}
	return take_fd(fd);
}

int enforce_dir_lock(char *why, size_t size)
{
	return lock_directory(ENFORCE_DIR, "loads or unloads a policy", why, size);
}

int enforce_dir_lock_reader(char *why, size_t size)
{
	return lock_directory(ENFORCE_DIR "/reader", "is attached", why, size);
}

uint32_t enforce_dir_reader(void)
{
	struct stat st;

	return stat(ENFORCE_DIR "/reader", &st) ? 0 : lock_holder(&st);
}

/* ---- sets ---- */

static int greater_first(const void *a, const void *b)
{
	const unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

	return x < y ? 1 : x > y ? -1 : 0;
}

/* Numbers behind prefix in the names of a directory, the greatest first. */
static size_t list_numbers(const char *path, const char *prefix, unsigned *numbers, size_t most)
{
	const size_t skip = strlen(prefix);
	const struct dirent *entry;
	DIR *dir = opendir(path);
	size_t count = 0;

	while (dir && count < most && (entry = readdir(dir))) {
		int64_t number;

		if (!strncmp(entry->d_name, prefix, skip) &&
		    !word_number(entry->d_name + skip, strlen(entry->d_name + skip), false,
				 &number) &&
		    number >= 0 && number <= UINT32_MAX)
			numbers[count++] = number;
	}
	if (dir)
		closedir(dir);
	qsort(numbers, count, sizeof(*numbers), greater_first);
	return count;
}

size_t enforce_dir_sets(unsigned *numbers, size_t most)
{
	return list_numbers(ENFORCE_DIR, "", numbers, most);
}

size_t enforce_dir_abouts(unsigned set, uint32_t *generations, size_t most)
{
	char path[ENFORCE_PATH];

	enforce_dir_path(set, path);
	return list_numbers(path, "about_", generations, most);
}

void enforce_dir_path(unsigned set, char out[ENFORCE_PATH])
{
	snprintf(out, ENFORCE_PATH, ENFORCE_DIR "/%u", set);
}

static const char *const parts[] = {"links", "programs", "maps"};

int enforce_dir_add(unsigned set)
{
	char path[ENFORCE_PATH];
	size_t size;

	enforce_dir_path(set, path);
	if (mkdir(path, 0700))
		return -errno;
	size = strlen(path);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		snprintf(path + size, sizeof(path) - size, "/%s", parts[i]);
		if (mkdir(path, 0700))
			return -errno;
	}
	return 0;
}

/* Removes the files of a directory, then itself. */
static int remove_directory(const char *path)
{
	const struct dirent *entry;
	DIR *dir = opendir(path);
	int err = 0;

	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while ((entry = readdir(dir)))
		if (entry->d_type != DT_DIR && unlinkat(dirfd(dir), entry->d_name, 0))
			err = -errno;
	closedir(dir);
	return err ?: rmdir(path) ? -errno : 0;
}

int enforce_dir_remove(unsigned set)
{
	char path[ENFORCE_PATH];
	size_t size;
	int err = 0;

	enforce_dir_path(set, path);
	size = strlen(path);
	for (size_t i = 0; i < ARRAY_SIZE(parts) && !err; i++) {
		snprintf(path + size, sizeof(path) - size, "/%s", parts[i]);
		err = remove_directory(path);
	}
	path[size] = 0;
	return err ?: remove_directory(path);
}

int enforce_dir_clear(void)
{
	unsigned sets[64];
	size_t count;
	int err = 0;

	while (!err && (count = enforce_dir_sets(sets, ARRAY_SIZE(sets))))
		for (size_t i = 0; i < count && !err; i++)
			err = enforce_dir_remove(sets[i]);
	if (!err && rmdir(ENFORCE_DIR "/reader") && errno != ENOENT)
		err = -errno;
	return err ?: rmdir(ENFORCE_DIR) ? -errno : 0;
}
