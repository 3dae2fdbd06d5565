/* SPDX-License-Identifier: GPL-2.0-only */
#include "enrich_state.h"

#include <errno.h>
#include <string.h>

int enrich_new(const struct enrich_options *options, struct enrich **out)
{
	struct enrich *e = calloc(1, sizeof(*e));

	if (!e)
		return -ENOMEM;
	e->options = *options;
	snprintf(e->host, sizeof(e->host), "%s", options->host ? options->host : "");
	e->host_size = strlen(e->host);
	e->processes = process_table_new(e->host, options->boot_time,
					 options->processes ? options->processes : 8192);
	e->containers = container_table_new();
	e->rules = kernel_rules_new();
	e->relays = options->relays ? relay_table_new() : NULL;
	if (!e->processes || !e->containers || !e->rules || (options->relays && !e->relays)) {
		enrich_free(e);
		return -ENOMEM;
	}
	*out = e;
	return 0;
}

void enrich_free(struct enrich *e)
{
	if (!e)
		return;
	for (struct pending *p; (p = pending_oldest(&e->pending));)
		pending_remove(&e->pending, p);
	process_table_free(e->processes);
	container_table_free(e->containers);
	kernel_rules_free(e->rules);
	relay_table_free(e->relays);
	buffer_free(&e->message);
	buffer_free(&e->relay);
	free(e);
}

/* ---- processes ---- */

/* Does the policy speak of an act before it happens? Its result, if there is one, comes
 * as an event of its own. */
static bool is_verdict(const struct kwp_record *record)
{
	return (record->flags & KWP_F_VERDICT) && !(record->flags & KWP_F_RET);
}

/* Without its container the process would be shown as the guest's own. */
static void find_container(struct enrich *e, struct process *p)
{
	const struct container *container;

	if (!p || (p->container && p->container->cgroup == p->cgroup))
		return;
	container = container_find(e->containers, p->cgroup);
	if (container == p->container)
		return;
	p->container = container;
	p->generation++;
}

static void learn_exec(struct enrich *e, struct event *event, struct process *p, struct text args)
{
	const struct kwp_record *r = event->record;

	if (r->ret < 0 || (r->flags & KWP_F_HOOK) || is_verdict(r))
		return;
	p->ns_init |= (r->flags & KWP_F_NSINIT) != 0;
	p->incomplete = r->incomplete & (KWP_NO_ARGS | KWP_NO_CWD);
	p->execed = r->time;
	process_exec(p, event->string[0], args, event->string[2],
		     path_of_script(event, &e->paths));
}

/* The process of a record; old: its head is, so who is known is so by newer ones. */
static struct process *process_of(struct enrich *e, const struct kwp_record *r, bool old)
{
	struct process *p = r->pid && old ? process_find(e->processes, r->pid) : NULL;

	if (!r->pid || (p && p->start == r->start))
		return p;
	return process_touch(e->processes, r);
}

static void emit_act(struct enrich *e, struct event *event, struct text args)
{
	/* The head of a connection's end is of its beginning. */
	struct process *p = process_of(e, event->record, event->record->type == KWP_CLOSE);
	struct process *child = NULL;

	event->time = e->options.boot_time + event->record->time;
	event->host = (struct text){e->host, e->host_size};
	if (p && event->record->type == KWP_EXEC)
		learn_exec(e, event, p, args);
	if (p && (event->record->type == KWP_EXEC || event->record->type == KWP_DRIFT))
		process_environ(p, event->string[5]);
	if (p && event_is_net(event->record->type))
		process_connection(p, event);
	find_container(e, p);
	event->process = p;
	event->container = p && p->container && p->container->id ? p->container : NULL;
	if (p && event->record->type == KWP_FORK) {
		child = process_fork(e->processes, p, event->record, event->facts);
		if (child)
			child->container = p->container;
		event->target = child;
	}
	if (event->record->backend == KWP_BY_ITER && event->record->type != KWP_RELAY &&
	    !e->options.existing)
		return;
	enrich_facts(e, event);
	enrich_verdict(e, event);
	e->options.emit(event, e->options.data);
	if (p && event->record->type == KWP_EXEC)
		process_trim(p);
	if (p && event->record->type == KWP_EXIT && ((struct kwp_exit *)event->facts)->last)
		process_exited(e->processes, p);
}

/* Programs whose streams lead to a connection by what is known now. */
static void emit_relays(struct enrich *e)
{
	struct event event;

	while (relay_next(e->relays, e->processes, &e->relay))
		if (!event_decode(e->relay.bytes, e->relay.size, &event))
			emit_act(e, &event, (struct text){});
}

static void learn_relay(struct enrich *e, const struct event *event)
{
	if (!e->relays)
		return;
	relay_take(e->relays, event);
	emit_relays(e);
}

static void emit(struct enrich *e, struct event *event, struct text args)
{
	emit_act(e, event, args);
	learn_relay(e, event);
}

/* ---- parts that belong together ---- */

static void add_hook(struct event *event, const struct kwp_record *record)
{
	struct event hook;

	if (!record || event_decode(record, record->size, &hook))
		return;
	memcpy(event->hook, hook.string, sizeof(event->hook));
	event->hook_facts = hook.facts;
}

/* Emits what waited, as whole as it became. */
static void emit_pending(struct enrich *e, struct pending *p)
{
	struct event event;
	struct text args;

	if (!event_decode(p->record, p->size, &event) &&
	    !(e->options.drop_unfinished && (event.record->flags & KWP_F_HOOK))) {
		add_hook(&event, (struct kwp_record *)p->hook);
		args = event.string[1];
		if (p->args)
			args = (struct text){p->args, p->args_size};
		if (p->args_size < p->args_total)
			((struct kwp_record *)p->record)->incomplete |= KWP_NO_ARGS;
		emit(e, &event, args);
	}
	pending_remove(&e->pending, p);
}

static struct pending *keep(struct enrich *e, const struct kwp_record *record)
{
	if (e->pending.count == PENDING_MAX)
		emit_pending(e, pending_oldest(&e->pending));
	return pending_add(&e->pending, record);
}

/* The rest of an exec's arguments. Out of order or without its exec: a loss that the
 * exec's own event will show. */
static void more_args(struct enrich *e, const struct event *event, struct pending *p)
{
	const struct kwp_args *args = event->facts;
	size_t size = event->string[0].size;

	if (!p || !p->args || args->offset != p->args_size || size > p->args_total - p->args_size)
		return;
	memcpy(p->args + p->args_size, event->string[0].bytes, size);
	p->args_size += size;
	if (p->args_size == p->args_total)
		emit_pending(e, p);
}

/* Arguments that came whole, or the rest of which follows. */
static size_t exec_args_total(const struct event *event)
{
	const struct kwp_exec *exec = event->facts;

	if (event->record->type != KWP_EXEC || !event->string[1].size ||
	    event->record->backend == KWP_BY_ITER || (event->record->flags & KWP_F_HOOK))
		return 0;
	return exec->args_size > event->string[1].size ? exec->args_size : 0;
}

static bool is_hook(const struct pending *p, unsigned type)
{
	const struct kwp_record *record = p ? (const struct kwp_record *)p->record : NULL;

	return record && record->type == type && (record->flags & KWP_F_HOOK);
}

/* Does this hook's record belong to the exec that waits? Both stages have the name
 * as given; the end of an earlier one may not have been told. */
static bool same_exec(const struct pending *p, const struct event *event)
{
	struct event first;

	if (event_decode(p->record, p->size, &first))
		return false;
	return first.string[3].size == event->string[3].size &&
	       !memcmp(first.string[3].bytes ?: "", event->string[3].bytes ?: "",
		       event->string[3].size);
}

/* A hook's record waits for the end of its system call. */
static void take_hook(struct enrich *e, const struct event *event, struct pending *p)
{
	/* A script's interpreter is looked at after the script: keep the first. */
	if (event->record->type == KWP_EXEC && is_hook(p, KWP_EXEC) && same_exec(p, event))
		return;
	if (p)
		emit_pending(e, p);
	keep(e, event->record);
}

/* Keeps an exec until the rest of its arguments came. false: no memory, so it
 * goes out with those that it has. */
static bool wait_for_args(struct enrich *e, const struct event *event, struct pending *p,
			  size_t total)
{
	if (p && !pending_continue(p, event->record))
		return false;
	if (!p)
		p = keep(e, event->record);
	if (!p)
		return false;
	if (!pending_args(p, event->string[1], total))
		emit_pending(e, p);
	return true;
}

/* An act with its result, or one that nobody completes. */
static void take_act(struct enrich *e, struct event *event, struct pending *p)
{
	const size_t args_total = exec_args_total(event);
	const bool completes = is_hook(p, event->record->type);

	if (p && !completes) {
		emit_pending(e, p);
		p = NULL;
	}
	if (args_total && wait_for_args(e, event, p, args_total))
		return;
	if (p)
		add_hook(event, (struct kwp_record *)p->record);
	emit(e, event, event->string[1]);
	if (p)
		pending_remove(&e->pending, p);
}

int enrich_record(struct enrich *e, const void *record, size_t size)
{
	struct event event;
	struct pending *p;
	int err = event_decode(record, size, &event);

	if (err)
		return err;
	p = pending_find(&e->pending, event.record->tid, event.record->type == KWP_SYSCALL);
	/* A thread that executes a program takes over the number of its process. */
	if (!p && event.record->type == KWP_EXEC && e->pending.count)
		p = pending_of_process(&e->pending, event.record->pid);
	if (event.record->type == KWP_CONTAINER)
		container_learn(e->containers, ((struct kwp_container *)event.facts)->cgroup,
				event.string);
	else if (event.record->type == KWP_RULE)
		kernel_rules_learn(e->rules, event.facts, event.string);
	else if (event.record->type == KWP_HELD)
		learn_relay(e, &event);
	else if (is_verdict(event.record))
		emit(e, &event, (struct text){});
	else if (event.record->type == KWP_ARGS)
		more_args(e, &event, p);
	else if (event.record->flags & KWP_F_HOOK)
		take_hook(e, &event, p);
	else
		take_act(e, &event, p);
	return 0;
}

void enrich_flush(struct enrich *e, uint64_t before)
{
	for (struct pending *p; (p = pending_oldest(&e->pending)) && p->since < before;)
		emit_pending(e, p);
	if (!e->relays)
		return;
	relay_listed(e->relays);
	emit_relays(e);
}

bool enrich_look_due(struct enrich *e, uint64_t now)
{
	return e->relays && relay_look_due(e->relays, now);
}

void enrich_set_existing(struct enrich *e, bool existing)
{
	e->options.existing = existing;
}

int enrich_look_timeout(const struct enrich *e, uint64_t now)
{
	return e->relays ? relay_look_timeout(e->relays, now) : -1;
}

int enrich_again(struct enrich *e, const void *record, size_t size, struct event *out)
{
	int err = event_decode(record, size, out);
	struct process *p = NULL;

	if (err)
		return err;
	out->time = e->options.boot_time + out->record->time;
	out->host = (struct text){e->host, e->host_size};
	p = process_of(e, out->record, true);
	find_container(e, p);
	out->process = p;
	out->container = p && p->container && p->container->id ? p->container : NULL;
	enrich_facts(e, out);
	enrich_verdict(e, out);
	return 0;
}

bool enrich_knows_cgroup(const struct enrich *e, uint64_t cgroup)
{
	return container_find(e->containers, cgroup) != NULL;
}

uint64_t enrich_evicted_of(const struct enrich *e, enum enrich_table table)
{
	switch (table) {
	case ENRICH_PROCESSES:
		return process_table_evicted(e->processes);
	case ENRICH_HOLDERS:
		return e->relays ? relay_evicted(e->relays) : 0;
	case ENRICH_DOMAINS:
		return e->domains.evicted;
	case ENRICH_CONTAINERS:
		return container_table_refused(e->containers);
	default:
		return 0;
	}
}

uint64_t enrich_evicted(const struct enrich *e)
{
	uint64_t sum = 0;

	for (enum enrich_table table = 0; table < ENRICH_TABLES; table++)
		sum += enrich_evicted_of(e, table);
	return sum;
}

struct process_table *enrich_processes(struct enrich *e)
{
	return e->processes;
}
