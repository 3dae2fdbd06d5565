/* SPDX-License-Identifier: GPL-2.0-only */
#include "learn_activity.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include "container.h"
#include "enrich.h"
#include "learn_seen.h"
#include "log.h"
#include "dns.h"
#include "process.h"
#include "replay.h"

/* The whole of it: what was seen, and by whom it was done. */
struct activity {
	struct seen_set facts, acts;
	char *container;
	unsigned also;		      /* enum activity_also */
	uint64_t first, last, newest; /* ns since 1970 */
	uint64_t events, lost;
};

int activity_new(const char *container, unsigned also, struct activity **out)
{
	struct activity *activity = calloc(1, sizeof(*activity));

	if (!activity)
		return -ENOMEM;
	activity->container = container ? strdup(container) : NULL;
	activity->also = also;
	*out = activity;
	return 0;
}

void activity_free(struct activity *activity)
{
	if (!activity)
		return;
	seen_free(&activity->facts);
	seen_free(&activity->acts);
	free(activity->container);
	free(activity);
}

/* ---- from events ---- */

static struct text container_name(const struct event *event)
{
	const struct container *container = event->container;

	return text_of(!container || !container->id ? NULL : container->name ?: container->id);
}

static void add_fact(struct activity *a, const struct event *event, enum section section,
		     struct text name, struct text what, struct text domain)
{
	struct item item = {.section = section, .name = name};

	if (!name.bytes || !name.size)
		return;
	item.value[SEEN_WHAT] = what;
	item.value[SEEN_CONTAINER] = container_name(event);
	if (section == SECTION_CONNECTIONS)
		item.value[SEEN_DOMAIN] = domain;
	if (seen_add(&a->facts, &item, NULL))
		a->newest = event->time;
}

/* Who did what last to a thing of that section. */
static void add_act(struct activity *a, const struct event *event, enum section section,
		    struct text name)
{
	struct item item = {.section = section, .name = name};
	const struct process *process = event->process;
	struct seen_by by = {
		.process = process && process->executable ? process->executable
			   : process			  ? process->comm
							  : event->record->comm,
		.act = event_type_name(event->record->type),
		.pid = event->record->pid,
		.time = event->time,
	};

	if (name.bytes && name.size)
		seen_add(&a->acts, &item, &by);
}

static bool was_denied(const struct event *event)
{
	const struct kwp_record *record = event->record;

	return record->flags & KWP_F_VERDICT &&
	       (record->verdict == KWP_SAID_BLOCK || record->verdict == KWP_SAID_KILL);
}

static bool event_succeeded(const struct event *event)
{
	return !(event->record->flags & KWP_F_RET) || event->record->ret >= 0;
}

static struct text executable_of(const struct event *event)
{
	return text_of(event->process ? event->process->executable : NULL);
}

static void take_exec(struct activity *a, const struct event *event)
{
	struct text program = executable_of(event), none = {NULL, 0};
	const uint64_t capabilities = event->record->capabilities;
	char name[64];

	if (!program.bytes)
		program = event->path;
	add_fact(a, event, SECTION_PROGRAMS, program, text_of("program"), none);
	if (event->process)
		add_fact(a, event, SECTION_PROGRAMS, text_of(event->process->script),
			 text_of("script"), none);
	add_act(a, event, SECTION_PROCS, program);
	for (unsigned bit = 0; bit < 64; bit++) {
		if (!(capabilities >> bit & 1))
			continue;
		seen_capability(bit, name, sizeof(name));
		add_fact(a, event, SECTION_CAPABILITIES, text_of(name), none, none);
	}
}

/* Those that change a file, or make or take it away. */
static bool event_writes(const struct event *event)
{
	const struct kwp_file_act *act = event->facts;

	switch (event->record->type) {
	case KWP_OPEN:
		return (act->flags & O_ACCMODE) != O_RDONLY || act->flags & (O_TRUNC | O_CREAT);
	case KWP_CREATE:
	case KWP_RENAME:
	case KWP_UNLINK:
	case KWP_LINK:
	case KWP_CHMOD:
	case KWP_CHOWN:
	case KWP_TRUNCATE:
	case KWP_XATTR:
		return true;
	}
	return false;
}

static void take_file(struct activity *a, const struct event *event)
{
	const struct text none = {NULL, 0}, write = text_of("write"), read = text_of("read");
	const unsigned type = event->record->type;
	const struct kwp_file_act *act = event->facts;

	if (type == KWP_MMAP_EXEC) {
		add_fact(a, event, SECTION_PROGRAMS, event->path, text_of("library"), none);
		return;
	}
	if (type == KWP_MOUNT || type == KWP_UMOUNT) {
		add_act(a, event, SECTION_MOUNTS,
			type == KWP_MOUNT ? event->target_path : event->path);
		return;
	}
	if (event_writes(event)) {
		add_fact(a, event, SECTION_OPENS, event->path, write, none);
		add_act(a, event, SECTION_FILES, event->path);
		if (type == KWP_RENAME || type == KWP_LINK) {
			add_fact(a, event, SECTION_OPENS, event->target_path, write, none);
			add_act(a, event, SECTION_FILES, event->target_path);
		}
	}
	if (type == KWP_OPEN && (act->flags & O_ACCMODE) != O_WRONLY)
		add_fact(a, event, SECTION_OPENS, event->path, read, none);
}

static void take_network(struct activity *a, const struct event *event)
{
	const struct kwp_net *net = event->facts;
	char name[128];

	if (seen_address(event->record->type, net, name, sizeof(name)))
		add_fact(a, event, SECTION_CONNECTIONS, text_of(name), executable_of(event),
			 event->domain);
}

static void take_other(struct activity *a, const struct event *event)
{
	const struct text none = {NULL, 0};
	const struct kwp_record *record = event->record;
	char name[64];

	switch (record->type) {
	case KWP_DNS:
		if (event->dns)
			add_fact(a, event, SECTION_NAMES, text_of(event->dns->question.name),
				 executable_of(event), none);
		break;
	case KWP_SYSCALL:
		seen_call(record, name, sizeof(name));
		add_fact(a, event, SECTION_CALLS, text_of(name), none, none);
		break;
	case KWP_SYSCTL:
		add_act(a, event, SECTION_SYSCTLS, event->string[0]);
		break;
	case KWP_MODULE:
		add_act(a, event, SECTION_MODULES, event->path);
		break;
	}
}

static bool is_wanted(const struct activity *a, const struct event *event)
{
	const struct container *container = event->container;

	if (!a->container)
		return true;
	if (!container || !container->id)
		return false;
	return !strncmp(container->id, a->container, strlen(a->container)) ||
	       (container->name && !strcmp(container->name, a->container));
}

void activity_take(struct activity *a, const struct event *event)
{
	const unsigned type = event->record->type;

	if (type == KWP_LOSS) {
		const struct kwp_loss *loss = event->facts;

		for (int i = 0; i < KWP_TYPE_COUNT; i++)
			a->lost += loss->lost[i];
		return;
	}
	if (!is_wanted(a, event))
		return;
	a->events++;
	a->first = a->first && a->first < event->time ? a->first : event->time;
	a->last = MAX(a->last, event->time);
	if (was_denied(event) && !(a->also & ACTIVITY_DENIED))
		return;
	/* To try to connect is what a rule is about, whoever answers. */
	if (event_is_net(type))
		take_network(a, event);
	else if (!event_succeeded(event) && !was_denied(event))
		return;
	else if (type == KWP_EXEC)
		take_exec(a, event);
	else if (event_is_file(type) && type != KWP_MODULE)
		take_file(a, event);
	else
		take_other(a, event);
}

static void emit(const struct event *event, void *data)
{
	activity_take(data, event);
}

int activity_read(struct activity *a, const char *path)
{
	_cleanup_fclose_ FILE *file = NULL;
	_cleanup_free_ char *bytes = NULL;
	struct enrich_options options = {
		.existing = a->also & ACTIVITY_EXISTING, .emit = emit, .data = a};
	struct enrich *enrich = NULL;
	struct recording head;
	size_t room = 0;
	int err = recording_open(path, &head, &file), got = 1;

	if (err)
		return err;
	options.host = head.host;
	options.boot_time = head.boot_time;
	err = enrich_new(&options, &enrich);
	if (err)
		return err;
	while ((got = recording_next(file, &bytes, &room)) > 0) {
		const struct kwp_record *record = (const void *)bytes;

		enrich_flush(enrich, record->time - MIN(record->time, 2 * NS_PER_S));
		a->lost += enrich_record(enrich, bytes, record->size) != 0;
	}
	enrich_flush(enrich, ~0ull);
	enrich_free(enrich);
	if (got < 0) {
		log_error("%s is cut off or damaged: nothing behind this point can be read", path);
		a->lost++;
	}
	return 0;
}

/* ---- what came out ---- */

void activity_items(const struct activity *a, struct items *out)
{
	for (int i = 0; i < SECTION_COUNT; i++)
		if (sections[i].recorded)
			out->looked |= 1u << i;
	seen_items(&a->facts, out);
}

void activity_actor(const struct activity *a, const struct drift *drift, const char *root,
		    struct drift_actor *out)
{
	const struct item *item = drift->after ?: drift->before;
	struct item key = {.section = item->section, .name = item->name};
	_cleanup_buffer_ struct buffer path = {};
	const struct seen_by *by;

	if (key.section == SECTION_PROGRAMS)
		key.section = SECTION_PROCS;
	if (key.section == SECTION_OPENS)
		key.section = SECTION_FILES;
	if (item->section == SECTION_FILES && *root) {
		buffer_string(&path, root);
		buffer_add(&path, item->name.bytes, item->name.size);
		key.name = (struct text){path.bytes, path.size};
	}
	by = path.failed ? NULL : seen_who(&a->acts, &key);
	if (by)
		*out = (struct drift_actor){text_of(by->process), text_of(by->act), by->pid,
					    by->time};
}

uint64_t activity_events(const struct activity *a)
{
	return a->events;
}

uint64_t activity_lost(const struct activity *a)
{
	return a->lost + a->facts.dropped;
}

uint64_t activity_seconds(const struct activity *a)
{
	return (a->last - a->first) / NS_PER_S;
}

bool activity_growing(const struct activity *a)
{
	return a->newest > a->last - (a->last - a->first) / 4;
}

void activity_containers(const struct activity *a, void (*visit)(struct text name, void *data),
			 void *data)
{
	seen_containers(&a->facts, visit, data);
}
