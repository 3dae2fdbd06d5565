/* SPDX-License-Identifier: GPL-2.0-only */
/* What there is of a process, and of the files that a finding names. */
#include "capture.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "proc_stat.h"
#include "process.h"
#include "redact.h"

#define FDS_MAX 1024 /* descriptors that are listed */
#define TEXT_MAX (256 << 10)

static struct text no_path(void)
{
	return (struct text){};
}

/* ---- is it still the same process? ---- */

static bool same_process(int proc, uint64_t start)
{
	const uint64_t tick = NS_PER_S / sysconf(_SC_CLK_TCK);
	uint64_t ticks;

	return !proc_stat(proc, PROC_STAT_START, &ticks) && ticks == start / tick;
}

/* Its directory below /proc: stays that of this process, whoever gets the number. */
static int open_process(const struct process *process)
{
	char path[32];
	int fd;

	if (!process || !process->view_pid)
		return -ESRCH;
	snprintf(path, sizeof(path), "/proc/%u", process->view_pid);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (same_process(fd, process->start))
		return fd;
	close(fd);
	return -ESRCH;
}

static int open_below(int proc, const char *name)
{
	int fd = openat(proc, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* ---- what it is made of ---- */

/* Names are what matters; values only of those that say what is loaded and from where. */
static void environment(struct capture *capture, int proc)
{
	static const char *const shown[] = {"LD_", "PATH=", "PWD=", "HOME=", "SHELL=", "USER=",
					    "PYTHONPATH=", "BASH_ENV=", "ENV="};
	_cleanup_close_ int fd = open_below(proc, "environ");
	_cleanup_free_ char *text = malloc(TEXT_MAX);
	_cleanup_buffer_ struct buffer out = {};
	ssize_t size = fd < 0 || !text ? -1 : read(fd, text, TEXT_MAX - 1);

	if (size < 0) {
		capture_missing(capture, "environ", fd < 0 ? strerror(-fd) : strerror(errno));
		return;
	}
	text[size] = 0;
	for (const char *at = text; at < text + size; at += strlen(at) + 1) {
		bool show = false;

		for (size_t i = 0; i < ARRAY_SIZE(shown); i++)
			show |= !strncmp(at, shown[i], strlen(shown[i]));
		if (show)
			redact_text(&out, (struct text){at, strlen(at)});
		else
			buffer_addf(&out, "%.*s=***", (int)strcspn(at, "="), at);
		buffer_byte(&out, '\n');
	}
	capture_bytes(capture, "environ", no_path(), out.bytes ?: "", out.size, false);
}

static void descriptors(struct capture *capture, int proc)
{
	int fd = openat(proc, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	_cleanup_buffer_ struct buffer out = {};
	const struct dirent *entry;
	char target[4096];

	if (!dir) {
		capture_missing(capture, "fds", strerror(errno));
		return;
	}
	for (int count = 0; count < FDS_MAX && (entry = readdir(dir));) {
		ssize_t size = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target));

		if (size < 0)
			continue;
		buffer_addf(&out, "%s -> %.*s\n", entry->d_name, (int)size, target);
		count++;
	}
	closedir(dir);
	capture_bytes(capture, "fds", no_path(), out.bytes ?: "", out.size, false);
}

static void arguments(struct capture *capture, const struct process *process)
{
	_cleanup_buffer_ struct buffer out = {};

	if (!process->args) {
		capture_missing(capture, "cmdline", "unknown");
		return;
	}
	redact_args(&out, (struct text){process->args, process->args_size});
	capture_bytes(capture, "cmdline", no_path(), out.bytes ?: "", out.size, false);
}

/* ---- files ---- */

/* The file that the kernel saw by this path, in the process's own root: no link is followed, and
 * it must have the same inode. */
static int open_file(int proc, struct text path, const struct kwp_file *file)
{
	struct open_how how = {.flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
			       .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS};
	_cleanup_close_ int root = -1, fd = -1;
	char name[4096];
	struct stat st;

	if (!path.bytes || path.size >= sizeof(name) || path.bytes[0] != '/')
		return -ENOENT;
	snprintf(name, sizeof(name), "%.*s", (int)path.size, path.bytes);
	root = proc >= 0 ? openat(proc, "root", O_PATH | O_DIRECTORY | O_CLOEXEC)
			 : open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	fd = root < 0 ? -1 : (int)syscall(SYS_openat2, root, name, &how, sizeof(how));
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return -EINVAL;
	if (file && (st.st_ino != file->inode ||
		     file->device != event_device(major(st.st_dev), minor(st.st_dev))))
		return -ESTALE;
	return take_fd(fd);
}

/* The mapping that the finding is about, as it is in memory's file. */
static void mapping(struct capture *capture, int proc, uint64_t address)
{
	_cleanup_close_ int maps = open_below(proc, "map_files");
	DIR *dir = maps < 0 ? NULL : fdopendir(take_fd(maps));
	const struct dirent *entry;
	int fd = -ENOENT;

	while (dir && (entry = readdir(dir))) {
		char *end;
		const uint64_t from = strtoull(entry->d_name, &end, 16);

		if (*end != '-' || address < from || address >= strtoull(end + 1, NULL, 16))
			continue;
		fd = open_below(dirfd(dir), entry->d_name);
		break;
	}
	if (dir)
		closedir(dir);
	capture_fd(capture, "mapping", no_path(), fd);
}

static void files(struct capture *capture, const struct event *finding, int proc)
{
	const struct kwp_record *r = finding->record;
	const struct process *process = finding->process;
	const struct kwp_file_act *act = finding->facts;

	if (process && process->script) {
		struct text script = {process->script, strlen(process->script)};

		capture_fd(capture, "script", script, open_file(proc, script, NULL));
	}
	if (proc >= 0 && r->type == KWP_MMAP_EXEC)
		mapping(capture, proc, act->extra);
	if (event_is_file(r->type) && finding->path.bytes && act->file.inode &&
	    S_ISREG(act->file.mode))
		capture_fd(capture, "file", finding->path,
			   open_file(proc, finding->path, &act->file));
	/* A process that is gone has left its program where it was. */
	if (proc < 0 && r->type == KWP_EXEC && finding->path.bytes)
		capture_fd(capture, "exe", finding->path,
			   open_file(proc, finding->path,
				     &((const struct kwp_exec *)finding->facts)->file));
}

void capture_process(struct capture *capture, const struct event *finding)
{
	_cleanup_close_ int proc = open_process(finding->process);
	const struct process *process = finding->process;

	if (process)
		arguments(capture, process);
	if (proc < 0) {
		capture_missing(capture, "process", process ? "gone" : "unknown");
	} else {
		const char *path = process->executable;

		capture_fd(capture, "exe", (struct text){path, path ? strlen(path) : 0},
			   open_below(proc, "exe"));
		capture_fd(capture, "maps", no_path(), open_below(proc, "maps"));
		environment(capture, proc);
		descriptors(capture, proc);
	}
	files(capture, finding, proc);
}
