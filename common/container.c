/* SPDX-License-Identifier: GPL-2.0-only */
#include "container.h"

#include <string.h>

#define LIMIT 4096 /* cgroups that are remembered; processes point at them, so none goes */

struct container_table {
	struct container *newest;
	size_t count;
	uint64_t refused;
};

struct container_table *container_table_new(void)
{
	return calloc(1, sizeof(struct container_table));
}

static void container_free(struct container *c)
{
	free(c->id);
	free(c->path);
	free(c->name);
	free(c->image);
	free(c->pod);
	free(c->namespace);
	free(c);
}

void container_table_free(struct container_table *table)
{
	if (!table)
		return;
	for (struct container *c = table->newest, *next; c; c = next) {
		next = c->next;
		container_free(c);
	}
	free(table);
}

/* Is this a container's id: 12 hex digits at least, all runtimes of Kubernetes use 64? */
static bool looks_like_id(const char *word, size_t size)
{
	return size >= 12 && strspn(word, "0123456789abcdef") >= size;
}

/* Is any name below this directory a container's: a pod's, or ctr(8)'s? */
static bool holds_containers(const char *path, const char *word, size_t size)
{
	if (size > 3 && !memcmp(word, "pod", 3))
		return strstr(path, "kubepods") != NULL;
	return word == path + 1 && size == 7 && !memcmp(word, "default", 7);
}

/* "cri-containerd-ID.scope" -> ID */
static void strip_unit(const char **word, size_t *size)
{
	static const char *const prefixes[] = {"cri-containerd-", "crio-", "docker-", "libpod-"};

	if (*size > 6 && !memcmp(*word + *size - 6, ".scope", 6))
		*size -= 6;
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		size_t length = strlen(prefixes[i]);

		if (*size > length && !memcmp(*word, prefixes[i], length)) {
			*word += length;
			*size -= length;
			return;
		}
	}
}

char *container_id_of(const char *path)
{
	bool any = false;

	/* From the outside inwards: what a container makes below its own directory, "init" or
	 * the id of another, does not make it another container. */
	for (const char *at = path + strspn(path, "/"); *at; at += strspn(at, "/")) {
		const char *word = at;
		size_t size = strcspn(at, "/");

		at += size;
		strip_unit(&word, &size);
		if (any || looks_like_id(word, size))
			return strndup(word, size);
		any = holds_containers(path, word, size);
	}
	return NULL;
}

const struct container *container_find(const struct container_table *table, uint64_t cgroup)
{
	struct container *c = table->newest;

	while (c && c->cgroup != cgroup)
		c = c->next;
	return c;
}

static char *copy_text(struct text text)
{
	return text.size ? strndup(text.bytes, text.size) : NULL;
}

const struct container *container_learn(struct container_table *table, uint64_t cgroup,
					const struct text names[5])
{
	struct container *c = (struct container *)container_find(table, cgroup);

	if (c)
		return c;
	if (table->count >= LIMIT) {
		table->refused++;
		return NULL;
	}
	c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	c->cgroup = cgroup;
	c->path = copy_text(names[0]);
	c->id = c->path ? container_id_of(c->path) : NULL;
	c->name = copy_text(names[1]);
	c->image = copy_text(names[2]);
	c->pod = copy_text(names[3]);
	c->namespace = copy_text(names[4]);
	c->next = table->newest;
	table->newest = c;
	table->count++;
	return c;
}

uint64_t container_table_refused(const struct container_table *table)
{
	return table->refused;
}
