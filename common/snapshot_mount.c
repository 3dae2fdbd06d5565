/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a walk ends: file systems that have no files, or whose server may never answer. */
#include <errno.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "names.h"
#include "snapshot_file.h"

/* Some of them are huge, some do things when they are read, none can hold a program. A FUSE
 * server is any process; virtiofs calls itself so. */
static const char *const refused[] = {
	"proc",	   "sysfs",   "cgroup",	   "cgroup2",	  "debugfs", "tracefs",	   "securityfs",
	"bpf",	   "pstore",  "efivarfs",  "configfs",	  "devpts",  "mqueue",	   "hugetlbfs",
	"fusectl", "nsfs",    "selinuxfs", "binfmt_misc", "autofs",  "rpc_pipefs", "smackfs",
	"fuse",	   "fuseblk", "resctrl",   "nfsd",	  "pipefs",  "sockfs",	   "bpf_fs",
};

static bool is_refused(const char *type)
{
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		if (!strcmp(type, refused[i]))
			return true;
	return !strncmp(type, "fuse.", 5);
}

/* One line: ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAG...] - TYPE SOURCE OPTIONS */
static bool line_parse(const char *line, dev_t *device, char type[24])
{
	const char *dash = strstr(line, " - ");
	unsigned major_number, minor_number;

	if (!dash || sscanf(line, "%*u %*u %u:%u", &major_number, &minor_number) != 2 ||
	    sscanf(dash, " - %23s", type) != 1)
		return false;
	*device = makedev(major_number, minor_number);
	return true;
}

void mount_types_read(struct mount_types *types)
{
	_cleanup_fclose_ FILE *file = fopen("/proc/self/mountinfo", "re");
	_cleanup_free_ char *line = NULL;
	size_t size = 0, room = 0;

	while (file && getline(&line, &size, file) > 0) {
		if (types->count == room) {
			void *more = reallocarray(types->list, room = room ? 2 * room : 64,
						  sizeof(*types->list));

			if (!more)
				return;
			types->list = more;
		}
		types->count += line_parse(line, &types->list[types->count].device,
					   types->list[types->count].type);
	}
}

void mount_types_free(struct mount_types *types)
{
	free(types->list);
	*types = (struct mount_types){};
}

const char *mount_refused(const struct mount_types *types, int fd, dev_t device)
{
	struct statfs st;
	const char *type;

	for (size_t i = 0; i < types->count; i++)
		if (types->list[i].device == device)
			return is_refused(types->list[i].type) ? types->list[i].type : NULL;
	/* Of another mount namespace, or a part of a file system with a number of its own. */
	if (fstatfs(fd, &st))
		return strerror(errno);
	type = name_value(NAME_FILESYSTEM, (uint64_t)st.f_type);
	/* Most guests have their root on virtiofs, which has FUSE's number. */
	return type && strcmp(type, "fuse") && is_refused(type) ? type : NULL;
}
