/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a walk ends: file systems that have no files, or whose server may never answer. */
#include <errno.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "mountinfo.h"
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

void mount_types_read(struct mount_types *types, const char *root)
{
	_cleanup_mountinfo_ struct mountinfo mounts;
	size_t room = 0;

	types->root = root;
	if (mountinfo_open_root(root, &mounts))
		return;
	while (mountinfo_next(&mounts)) {
		if (types->count == room) {
			void *more = reallocarray(types->list, room = room ? 2 * room : 64,
						  sizeof(*types->list));

			if (!more)
				return;
			types->list = more;
		}
		types->list[types->count].device = makedev(mounts.major, mounts.minor);
		snprintf(types->list[types->count++].type, sizeof(types->list->type), "%s",
			 mounts.type);
	}
}

void mount_types_free(struct mount_types *types)
{
	free(types->list);
	*types = (struct mount_types){.root = types->root};
}

/* NULL: it is of no mount, as a part of a file system with a number of its own. */
static const char *type_find(struct mount_types *types, dev_t device)
{
	for (int again = 0; again < 2; again++) {
		for (size_t i = 0; i < types->count; i++)
			if (types->list[i].device == device)
				return types->list[i].type;
		/* It may have come meanwhile. */
		mount_types_free(types);
		mount_types_read(types, types->root);
	}
	return NULL;
}

const char *mount_refused(struct mount_types *types, int fd, dev_t device)
{
	const char *type = type_find(types, device);
	struct statfs st;

	if (!type && fstatfs(fd, &st))
		return strerror(errno);
	if (!type)
		type = name_value(NAME_FILESYSTEM, (uint64_t)st.f_type);
	return type && is_refused(type) ? type : NULL;
}

bool mount_is_image(struct mount_types *types, dev_t device)
{
	static const char *const images[] = {"erofs", "squashfs", "cramfs", "iso9660"};
	const char *type = type_find(types, device);

	for (size_t i = 0; type && i < ARRAY_SIZE(images); i++)
		if (!strcmp(type, images[i]))
			return true;
	return false;
}
