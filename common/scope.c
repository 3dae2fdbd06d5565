/* SPDX-License-Identifier: GPL-2.0-only */
#include "scope.h"

#include <errno.h>
#include <string.h>

#include "container.h"
#include "guest.h"
#include "log.h"
#include "process.h"

int scope_options(const struct options *options, struct sensor_options *out)
{
	int err = 0;

	if (options->pids_count || options->command)
		out->scope |= KWP_SCOPE_PID;
	if (options->follow || options->command)
		out->scope |= KWP_SCOPE_FOLLOW;
	if (options->tid)
		out->scope |= KWP_SCOPE_TID;
	if (options->has_uid)
		out->scope |= KWP_SCOPE_UID;
	out->tid = options->tid;
	out->uid = options->uid;
	if (options->container) {
		out->scope |= KWP_SCOPE_CGROUP;
		err = guest_find_container(options->container, &out->cgroup, &out->cgroup_level);
	}
	if (err == -ENOENT)
		log_error("no container '%s' runs here", options->container);
	else if (err)
		log_error("more than one container begins with '%s'", options->container);
	return err;
}

/* Processes that already run: pid and parent, for -f. */
static struct {
	uint32_t pid, parent;
	bool in;
} *known;
static size_t known_count;
static bool *found; /* one a -p */

void scope_learn(const struct options *options, struct sensor *sensor,
		 const struct kwp_record *record)
{
	void *more;

	if (!options->pids_count)
		return;
	more = reallocarray(known, known_count + 1, sizeof(*known));
	if (!found)
		found = calloc(options->pids_count, sizeof(*found));
	if (!more || !found)
		return;
	known = more;
	known[known_count].pid = record->pid;
	known[known_count].parent = record->parent_pid;
	known[known_count].in = false;
	for (size_t i = 0; i < options->pids_count; i++)
		if (options->pids[i] == record->view_pid) {
			known[known_count].in = found[i] = true;
			sensor_add_pid(sensor, record->pid);
		}
	known_count++;
}

/* Children of those in scope join, until nobody does. */
static void add_descendants(struct sensor *sensor)
{
	for (bool changed = true; changed;) {
		changed = false;
		for (size_t i = 0; i < known_count; i++)
			for (size_t j = 0; !known[i].in && j < known_count; j++)
				if (known[j].in && known[j].pid == known[i].parent) {
					known[i].in = changed = true;
					sensor_add_pid(sensor, known[i].pid);
				}
	}
}

int scope_complete(const struct options *options, struct sensor *sensor)
{
	int err = 0;

	for (size_t i = 0; i < options->pids_count; i++)
		if (!found || !found[i]) {
			log_error("no process %u runs here", options->pids[i]);
			err = -ESRCH;
		}
	if (!err && options->follow)
		add_descendants(sensor);
	free(known);
	free(found);
	known = NULL;
	found = NULL;
	known_count = 0;
	return err;
}

static bool descends(const struct options *options, const struct process *process)
{
	for (; process; process = options->follow ? process->parent : NULL)
		for (size_t i = 0; i < options->pids_count; i++)
			if (process->view_pid == options->pids[i])
				return true;
	return false;
}

static bool container_is(const struct container *container, const char *name)
{
	return container && (!strncmp(container->id, name, strlen(name)) ||
			     !strcmp(container->path, name));
}

bool scope_refuses(const struct options *options, const struct event *event)
{
	const struct kwp_record *r = event->record;

	if (options->name && (!event->process || !strstr(event->process->comm, options->name)))
		return true;
	if (options->failed_only && !((r->flags & KWP_F_RET) && r->ret < 0))
		return true;
	if (!options->read)
		return false;
	return (options->pids_count && !descends(options, event->process)) ||
	       (options->tid && r->view_tid != options->tid) ||
	       (options->has_uid && r->uid != options->uid) ||
	       (options->container && !container_is(event->container, options->container));
}
