/* SPDX-License-Identifier: GPL-2.0-only */
#include "enforce_roots.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "event.h"
#include "mountinfo.h"

/* ---- mounts ---- */

static bool is_remote(const char *type)
{
	static const char *const types[] = {"fuse", "nfs", "cifs", "smb3", "autofs", "ceph"};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (!strncmp(type, types[i], strlen(types[i])))
			return true;
	return false;
}

static int read_mounts(struct root *root, const char *pid)
{
	_cleanup_mountinfo_ struct mountinfo mounts;
	int err = mountinfo_open(pid, &mounts);

	while (!err && mountinfo_next(&mounts)) {
		struct root_mount *more = reallocarray(root->mounts, root->mounts_count + 1,
						       sizeof(*more));

		if (!more)
			return -ENOMEM;
		root->mounts = more;
		more += root->mounts_count;
		*more = (struct root_mount){.id = mounts.id,
					    .device = event_device(mounts.major, mounts.minor),
					    .remote = is_remote(mounts.type),
					    .path = strdup(mounts.point)};
		if (!more->path)
			return -ENOMEM;
		root->mounts_count++;
	}
	return err;
}

/* ---- roots ---- */

static void root_free(struct root *root)
{
	for (size_t i = 0; i < root->mounts_count; i++)
		free(root->mounts[i].path);
	free(root->mounts);
	if (root->fd >= 0)
		close(root->fd);
}

/* Takes the root of a process if its namespace is new. One that ends meanwhile is none. */
static int add_root(struct roots *roots, const char *pid)
{
	struct root root = {.fd = -1}, *more;
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%.20s/ns/mnt", pid);
	if (stat(path, &st))
		return 0;
	for (size_t i = 0; i < roots->count; i++)
		if (roots->list[i].namespace == st.st_ino)
			return 0;
	if (roots->count == ROOTS_MOST) {
		roots->cut = true;
		return 0;
	}
	root.namespace = st.st_ino;
	snprintf(path, sizeof(path), "/proc/%.20s/root", pid);
	root.fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	more = reallocarray(roots->list, roots->count + 1, sizeof(*more));
	if (more)
		roots->list = more;
	if (!more || root.fd < 0 || read_mounts(&root, pid)) {
		root_free(&root);
		return more ? 0 : -ENOMEM;
	}
	roots->list[roots->count++] = root;
	return 0;
}

int roots_find(struct roots *out)
{
	const struct dirent *entry;
	struct roots roots = {};
	DIR *dir = opendir("/proc");
	int err = dir ? add_root(&roots, "self") : -errno;

	while (!err && (entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]))
			err = add_root(&roots, entry->d_name);
	if (dir)
		closedir(dir);
	if (err) {
		roots_free(&roots);
		return err;
	}
	*out = roots;
	return 0;
}

void roots_free(struct roots *roots)
{
	for (size_t i = 0; i < roots->count; i++)
		root_free(&roots->list[i]);
	free(roots->list);
	*roots = (struct roots){};
}

int root_open(const struct root *root, const char *path, int flags)
{
	const struct open_how how = {.flags = flags | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
	long fd = syscall(SYS_openat2, root->fd, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

uint32_t root_device(const struct root *root, int fd)
{
	_cleanup_fclose_ FILE *file = NULL;
	char text[128];
	int id = -1;

	snprintf(text, sizeof(text), "/proc/self/fdinfo/%d", fd);
	file = fopen(text, "re");
	while (file && id < 0 && fgets(text, sizeof(text), file))
		if (sscanf(text, "mnt_id: %d", &id) != 1)
			id = -1;
	for (size_t i = 0; i < root->mounts_count && id >= 0; i++)
		if (root->mounts[i].id == id)
			return root->mounts[i].device;
	return 0;
}
