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

/* ---- mounts ---- */

/* mountinfo writes spaces and the like as \040. */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (text[0] == '\\' && isdigit((unsigned char)text[1]) &&
		    isdigit((unsigned char)text[2]) && isdigit((unsigned char)text[3])) {
			*to++ = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 |
				       (text[3] - '0'));
			text += 3;
			continue;
		}
		*to++ = *text;
	}
	*to = 0;
}

/* The type of the file system stands behind " - ". */
static bool is_remote(const char *line)
{
	static const char *const types[] = {"fuse", "nfs", "cifs", "smb3", "autofs", "ceph"};
	const char *type = strstr(line, " - ");

	for (size_t i = 0; type && i < ARRAY_SIZE(types); i++)
		if (!strncmp(type + 3, types[i], strlen(types[i])))
			return true;
	return false;
}

/* "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw" */
static int add_mount(struct root *root, const char *line)
{
	struct root_mount *more, mount = {};
	unsigned major, minor;
	int begin = 0, end = 0;

	if (sscanf(line, "%d %*d %u:%u %*s %n%*s%n", &mount.id, &major, &minor, &begin, &end) < 3 ||
	    end <= begin)
		return 0;
	more = reallocarray(root->mounts, root->mounts_count + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	root->mounts = more;
	mount.device = event_device(major, minor);
	mount.remote = is_remote(line + end);
	mount.path = strndup(line + begin, end - begin);
	if (!mount.path)
		return -ENOMEM;
	unescape(mount.path);
	root->mounts[root->mounts_count++] = mount;
	return 0;
}

static int read_mounts(struct root *root, const char *pid)
{
	_cleanup_fclose_ FILE *file = NULL;
	_cleanup_free_ char *line = NULL;
	char path[64];
	size_t room = 0;
	int err = 0;

	snprintf(path, sizeof(path), "/proc/%.20s/mountinfo", pid);
	file = fopen(path, "re");
	while (file && !err && getline(&line, &room, file) > 0)
		err = add_mount(root, line);
	return file ? err : -errno;
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
