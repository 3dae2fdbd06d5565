/* SPDX-License-Identifier: GPL-2.0-only */
/* Who runs, by program: a process that is started again is the same. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "container.h"
#include "names.h"
#include "proc_stat.h"
#include "redact.h"
#include "snapshot.h"
#include "word.h"

#define DELETED " (deleted)"

/* "Key:\tvalue" of a status file; cut at its first blank. */
static bool status_get(const char *status, const char *key, char *out, size_t size)
{
	const char *at = strstr(status, key);

	if (!at)
		return false;
	at += strlen(key);
	at += strspn(at, " \t");
	snprintf(out, size, "%.*s", (int)strcspn(at, " \t\n"), at);
	return true;
}

/* The arguments as one text without secrets. */
static void args_read(const char *directory, struct buffer *out)
{
	_cleanup_buffer_ struct buffer redacted = {};
	char path[64], args[4096];
	ssize_t size;

	snprintf(path, sizeof(path), "%s/cmdline", directory);
	size = snapshot_read(path, args, sizeof(args));
	if (size <= 0)
		return;
	redact_args(&redacted, (struct text){args, (size_t)size + 1});
	for (size_t i = 0; i < redacted.size; i++)
		if (redacted.bytes[i] || i + 1 < redacted.size)
			buffer_byte(out, redacted.bytes[i] ? redacted.bytes[i] : ' ');
}

/* "0::/path": the cgroup, and of it the container. */
static bool cgroup_read(const char *directory, char *out, size_t size)
{
	char path[64], text[4096], *at;

	snprintf(path, sizeof(path), "%s/cgroup", directory);
	if (snapshot_read(path, text, sizeof(text)) < 0)
		return false;
	at = strstr(text, "0::/");
	if (!at)
		return false;
	snprintf(out, size, "%.*s", (int)strcspn(at + 3, "\n"), at + 3);
	return true;
}

static bool is_below(const char *path, const char *cgroup)
{
	size_t size = strlen(cgroup);

	return !strncmp(path, cgroup, size) && (!path[size] || path[size] == '/');
}

/* Those that this kernel has. */
static uint64_t capabilities_all(void)
{
	char text[16];
	int64_t last;
	ssize_t size = snapshot_read("/proc/sys/kernel/cap_last_cap", text, sizeof(text));

	return size <= 0 || word_number(text, (size_t)size, false, &last) || last < 0 || last > 62
		       ? ~0ull
		       : (2ull << last) - 1;
}

static void capabilities_text(const char *hex, char *out, size_t size)
{
	int64_t bits;
	char number[48];

	snprintf(number, sizeof(number), "0x%s", hex);
	if (word_number(number, strlen(number), false, &bits))
		snprintf(out, size, "%s", hex);
	else if ((uint64_t)bits == capabilities_all())
		snprintf(out, size, "all");
	else
		name_set(NAME_CAPABILITY, (uint64_t)bits, ',', out, size);
}

/* The program behind exe; one that has no file any more is said to be deleted. */
static ssize_t program_read(const char *directory, char *out, size_t size, bool *deleted)
{
	char path[64];
	ssize_t got;

	snprintf(path, sizeof(path), "%s/exe", directory);
	got = readlink(path, out, size - 1);
	if (got < 0)
		return -errno;
	out[got] = 0;
	*deleted = (size_t)got > strlen(DELETED) && !strcmp(out + got - strlen(DELETED), DELETED);
	if (*deleted)
		out[got -= (ssize_t)strlen(DELETED)] = 0;
	return got;
}

/* false: this user may not see its program. */
static bool add_process(struct items *out, const char *directory, const char *cgroup)
{
	_cleanup_buffer_ struct buffer args = {};
	_cleanup_free_ char *container = NULL;
	struct item item = {.section = SECTION_PROCS};
	char program[4096], status[4096], path[64], uid[16], hex[32], seccomp[8], names[2048];
	char group[2048] = "";
	bool deleted = false;
	ssize_t size = program_read(directory, program, sizeof(program), &deleted);

	if (cgroup_read(directory, group, sizeof(group)))
		container = container_id_of(group);
	if (cgroup && !is_below(group, cgroup))
		return true;
	/* Kernel threads have none. */
	if (size == -ENOENT || size == -ESRCH)
		return true;
	snprintf(path, sizeof(path), "%s/status", directory);
	if (size < 0 || snapshot_read(path, status, sizeof(status)) < 0)
		return false;
	args_read(directory, &args);
	item.name = (struct text){program, (size_t)size};
	if (args.size)
		item.value[0] = (struct text){args.bytes, args.size};
	if (status_get(status, "\nUid:", uid, sizeof(uid)))
		item.value[1] = text_of(uid);
	if (status_get(status, "\nCapEff:", hex, sizeof(hex))) {
		capabilities_text(hex, names, sizeof(names));
		item.value[2] = text_of(names);
	}
	if (status_get(status, "\nSeccomp:", seccomp, sizeof(seccomp)))
		item.value[3] = text_of(seccomp);
	item.value[4] = text_of(container);
	item.value[5] = text_of(deleted ? "yes" : NULL);
	items_add(out, &item);
	return true;
}

void snapshot_processes(struct items *out, const char *cgroup, bool *partly)
{
	DIR *directory = opendir("/proc");
	const struct dirent *entry;

	if (!directory)
		return;
	while ((entry = readdir(directory))) {
		int64_t pid;
		char path[64];

		if (word_number(entry->d_name, strlen(entry->d_name), false, &pid) ||
		    pid == getpid())
			continue;
		snprintf(path, sizeof(path), "/proc/%d", (int)pid);
		*partly |= !add_process(out, path, cgroup);
	}
	closedir(directory);
	out->looked |= 1u << SECTION_PROCS;
}

/* ---- containers ---- */

/* Up to and with the part of the path that has the id. */
static void container_cut(char *cgroup, const char *id)
{
	char *at = strstr(cgroup, id);

	if (at)
		at[strcspn(at, "/")] = 0;
}

/* When it started, in ticks; ~0: it is gone. */
static uint64_t process_start(const char *directory)
{
	_cleanup_close_ int fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	uint64_t ticks;

	return fd < 0 || proc_stat(fd, PROC_STAT_START, &ticks) ? ~0ull : ticks;
}

int snapshot_container(const char *name, struct snapshot_container *out)
{
	DIR *directory = opendir("/proc");
	const struct dirent *entry;
	struct snapshot_container found = {.pid = 0};
	uint64_t oldest = ~0ull;
	int64_t pid;
	int err = -ENOENT;

	while (directory && (entry = readdir(directory))) {
		_cleanup_free_ char *id = NULL;
		char path[64], cgroup[2048];
		uint64_t start;

		if (word_number(entry->d_name, strlen(entry->d_name), false, &pid))
			continue;
		snprintf(path, sizeof(path), "/proc/%d", (int)pid);
		if (!cgroup_read(path, cgroup, sizeof(cgroup)) || !(id = container_id_of(cgroup)) ||
		    (strncmp(id, name, strlen(name)) && !is_below(cgroup, name)))
			continue;
		container_cut(cgroup, id);
		start = process_start(path);
		if (found.pid && strcmp(found.id, id))
			err = -EEXIST;
		else if (err == -ENOENT)
			err = 0;
		/* The first one's root is the container's: another can get a lower number, and
		 * have any root. */
		if (!found.pid || start < oldest) {
			found.pid = (int)pid;
			oldest = start;
		}
		snprintf(found.cgroup, sizeof(found.cgroup), "%s", cgroup);
		snprintf(found.id, sizeof(found.id), "%s", id);
	}
	if (directory)
		closedir(directory);
	if (!err)
		*out = found;
	return err;
}
