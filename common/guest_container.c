/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of guest.h that knows control groups and OCI bundles. */
#include "guest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "container.h"
#include "oci.h"

#define DEPTH_MAX 12
#define BUNDLES "/run/kata-containers"

/* A walk over the cgroup tree, until visit says true. */
struct walk {
	bool (*visit)(struct walk *walk, const char *path, uint64_t id, uint32_t level);
	char path[2048]; /* of the directory, root included */
	size_t root;	 /* bytes of the root in path */
	/* What the visitors look for and find: */
	uint64_t id;
	const char *name;
	uint32_t level;
	unsigned matches;
	char found[2048]; /* path of the match, root included */
};

static bool walk_directory(struct walk *walk, size_t size, uint32_t level)
{
	DIR *directory = opendir(walk->path);
	struct dirent *entry;
	bool done = false;

	if (!directory)
		return false;
	while (!done && (entry = readdir(directory))) {
		size_t length = strlen(entry->d_name);

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.' ||
		    size + length + 2 > sizeof(walk->path))
			continue;
		snprintf(walk->path + size, sizeof(walk->path) - size, "/%s", entry->d_name);
		/* A cgroup's id is its directory's inode number. */
		done = walk->visit(walk, walk->path + walk->root, entry->d_ino, level + 1) ||
		       (level < DEPTH_MAX && walk_directory(walk, size + 1 + length, level + 1));
	}
	closedir(directory);
	return done;
}

static bool walk_start(struct walk *walk)
{
	const char *root = guest_cgroup_root();

	if (!root)
		return false;
	walk->root = snprintf(walk->path, sizeof(walk->path), "%s", root);
	return walk_directory(walk, walk->root, 0);
}

static bool visit_id(struct walk *walk, const char *path, uint64_t id, uint32_t level)
{
	return id == walk->id;
}

/* ---- CONTAINER records ---- */

static void add_string(struct kwp_record *record, struct buffer *out, unsigned n, const char *text)
{
	size_t size = text ? strnlen(text, 1000) + 1 : 0;

	if (!size)
		return;
	record->length[n] = size;
	record->strings = n + 1;
	buffer_add(out, text, size - 1);
	buffer_add(out, "", 1);
}

static void read_names(const char *cgroup, struct oci_names *names)
{
	_cleanup_free_ char *id = container_id_of(cgroup);
	char path[512];

	if (!id || strchr(id, '/'))
		return;
	snprintf(path, sizeof(path), BUNDLES "/%s/config.json", id);
	oci_read_names(path, names);
}

bool guest_container_record(uint64_t cgroup, struct buffer *out)
{
	const size_t start = out->size;
	struct walk walk = {.visit = visit_id, .id = cgroup};
	struct kwp_record head = {.type = KWP_CONTAINER, .nr = -1};
	struct kwp_container facts = {.cgroup = cgroup};
	struct oci_names names = {};
	bool found = walk_start(&walk);

	head.facts_size = sizeof(facts);
	buffer_add(out, (char *)&head, sizeof(head));
	buffer_add(out, (char *)&facts, sizeof(facts));
	if (found) {
		read_names(walk.path + walk.root, &names);
		add_string(&head, out, 0, walk.path + walk.root);
		add_string(&head, out, 1, names.container);
		add_string(&head, out, 2, names.image);
		add_string(&head, out, 3, names.pod);
		add_string(&head, out, 4, names.namespace);
	}
	oci_names_free(&names);
	while ((out->size - start) % 8 && !out->failed)
		buffer_add(out, "", 1);
	if (out->failed)
		return false;
	head.size = out->size - start;
	memcpy(out->bytes + start, &head, sizeof(head));
	return found;
}

/* ---- by name ---- */

static bool visit_name(struct walk *walk, const char *path, uint64_t id, uint32_t level)
{
	_cleanup_free_ char *container = container_id_of(path);
	const size_t size = strlen(walk->name);
	const char *last = strrchr(path, '/') + 1;

	/* Nested cgroups of a container carry its id too: the outermost is it. */
	if (walk->matches && level > walk->level)
		return false;
	if ((container && !strncmp(container, walk->name, size)) || !strcmp(last, walk->name) ||
	    !strcmp(path, walk->name)) {
		walk->matches++;
		walk->id = id;
		walk->level = level;
		snprintf(walk->found, sizeof(walk->found), "%s", walk->path);
	}
	return false;
}

static int find_name(struct walk *walk)
{
	walk_start(walk);
	return walk->matches == 1 ? 0 : walk->matches ? -EEXIST : -ENOENT;
}

int guest_container_directory(const char *name, char *out, size_t size)
{
	struct walk walk = {.visit = visit_name, .name = name};
	int err = find_name(&walk);

	if (err)
		return err;
	return (size_t)snprintf(out, size, "%s", walk.found) < size ? 0 : -ENAMETOOLONG;
}

int guest_find_container(const char *name, uint64_t *cgroup, uint32_t *level)
{
	struct walk walk = {.visit = visit_name, .name = name};
	int err = find_name(&walk);

	if (err)
		return err;
	*cgroup = walk.id;
	*level = walk.level;
	return 0;
}
