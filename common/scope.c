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

/* A process that already runs. */
struct scope_process {
	uint32_t pid, parent;
	bool in;
};

void scope_learn(struct scope_search *search, const struct options *options,
		 struct sensor *sensor, const struct kwp_record *record)
{
	struct scope_process *more, *p;

	if (!options->pids_count)
		return;
	more = reallocarray(search->list, search->count + 1, sizeof(*more));
	if (more)
		search->list = more;
	if (!search->found)
		search->found = calloc(options->pids_count, sizeof(*search->found));
	if (!more || !search->found)
		return;
	p = &search->list[search->count++];
	*p = (struct scope_process){.pid = record->pid, .parent = record->parent_pid};
	for (size_t i = 0; i < options->pids_count; i++)
		if (options->pids[i] == record->view_pid) {
			p->in = search->found[i] = true;
			sensor_add_pid(sensor, record->pid);
		}
}

/* Children of those in scope join, until nobody does. */
static void add_descendants(struct scope_search *search, struct sensor *sensor)
{
	struct scope_process *p = search->list;

	for (bool changed = true; changed;) {
		changed = false;
		for (size_t i = 0; i < search->count; i++)
			for (size_t j = 0; !p[i].in && j < search->count; j++)
				if (p[j].in && p[j].pid == p[i].parent) {
					p[i].in = changed = true;
					sensor_add_pid(sensor, p[i].pid);
				}
	}
}

int scope_complete(struct scope_search *search, const struct options *options,
		   struct sensor *sensor)
{
	int err = 0;

	for (size_t i = 0; i < options->pids_count; i++)
		if (!search->found || !search->found[i]) {
			log_error("no process %u runs here", options->pids[i]);
			err = -ESRCH;
		}
	if (!err && options->follow)
		add_descendants(search, sensor);
	free(search->list);
	free(search->found);
	*search = (struct scope_search){};
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
	/* Who ran before is in the lists that relays are made of, whatever the scope is. */
	const bool listed = r->type == KWP_RELAY && r->backend == KWP_BY_ITER;

	if (options->name && (!event->process || !strstr(event->process->comm, options->name)))
		return true;
	if (options->failed_only && !event_failed(event))
		return true;
	/* The sensor's own scope has tested the rest, but of what was there before it. */
	if (!options->read && !options->attached && r->backend != KWP_BY_ITER)
		return false;
	return (listed && options->command) ||
	       (options->pids_count && !descends(options, event->process)) ||
	       (options->tid && r->view_tid != options->tid) ||
	       (options->has_uid && r->uid != options->uid) ||
	       (options->container && !container_is(event->container, options->container));
}
