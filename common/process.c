/* SPDX-License-Identifier: GPL-2.0-only */
#include "process.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "image.h"
#include "list.h"

#define BUCKETS 4096 /* a power of two */
#define ENDED_MAX 1024

enum { LIVE, ENDED }; /* process.exited */

struct process_table {
	struct process *bucket[BUCKETS];
	LIST_OF(struct process) list[2]; /* LIVE, ENDED */
	size_t limit;
	uint64_t evicted, boot_time, salt;
};

static uint64_t hash_mix(uint64_t h)
{
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccdull;
	h ^= h >> 33;
	h *= 0xc4ceb9fe1a85ec53ull;
	return h ^ h >> 33;
}

struct process_table *process_table_new(const char *host, uint64_t boot_time, size_t limit)
{
	struct process_table *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	table->boot_time = boot_time;
	table->limit = limit;
	for (; host && *host; host++)
		table->salt = hash_mix(table->salt ^ (unsigned char)*host);
	return table;
}

/* Takes over the reference. */
static void process_set_image(struct process *p, struct image *image)
{
	static const struct image none;
	const struct image *shown = image ? image : &none;

	if (p->image != image)
		image_release(p->image);
	p->image = image;
	p->executable = shown->executable;
	p->args = shown->args;
	p->args_size = shown->args_size;
	p->command_line = shown->command_line;
	p->cwd = shown->cwd;
	p->script = shown->script;
	p->environ = shown->environ;
	p->environ_size = shown->environ_size;
	p->generation++;
}

static void process_free(struct process *p)
{
	image_release(p->image);
	free(p->json);
	free(p);
}

/* ---- forgetting ---- */

static void process_drop(struct process_table *table, struct process *p)
{
	struct process **at = &table->bucket[p->pid & (BUCKETS - 1)];

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	list_remove(&table->list[p->exited], p);
	if (p->parent)
		((struct process *)p->parent)->references--;
	table->evicted += !p->exited;
	process_free(p);
}

/* The nearest ancestor that stays takes the place of a parent that leaves. */
static void process_relink(struct process *p)
{
	struct process *parent = (struct process *)p->parent;

	/* With a link less the generations' sum may be what it was: keep no writing. */
	free(p->json);
	p->json = NULL;
	if (!parent || !parent->leaving)
		return;
	parent->references--;
	while (parent && parent->leaving)
		parent = (struct process *)parent->parent;
	p->parent = parent;
	p->parent_pid = parent ? parent->pid : 0;
	p->generation++;
	if (parent)
		parent->references++;
}

/* The oldest of the ended leave, though they have children: chains of forks would grow for ever. */
static void table_cut(struct process_table *table, size_t most)
{
	size_t count = table->list[ENDED].count - most;
	struct process *p, *next;

	for (p = table->list[ENDED].oldest; p && count; p = p->newer) {
		p->leaving = !p->busy;
		count -= p->leaving;
	}
	for (int ended = 0; ended < 2; ended++)
		for (p = table->list[ended].oldest; p; p = p->newer)
			process_relink(p);
	for (p = table->list[ENDED].oldest; p; p = next) {
		next = p->newer;
		if (p->leaving)
			process_drop(table, p);
	}
}

/* Drops those of a list that nobody needs, from the longest untouched on. */
static void list_shrink(struct process_table *table, bool ended, size_t most)
{
	for (struct process *p = table->list[ended].oldest, *next; p; p = next) {
		next = p->newer;
		if (table->list[ended].count <= most)
			return;
		if (!p->references && !p->busy)
			process_drop(table, p);
	}
}

/* Makes room. Who is in a chain of ancestors goes only with the oldest of too many ended ones. */
static void table_shrink(struct process_table *table)
{
	const size_t ended = MIN((size_t)ENDED_MAX, table->limit / 2 + 1);

	if (table->list[ENDED].count > ended) {
		/* An eighth more, so that the next walk is not the next call's. */
		list_shrink(table, ENDED, ended - ended / 8);
		if (table->list[ENDED].count > ended)
			table_cut(table, ended - ended / 8);
	}
	if (table->list[LIVE].count + table->list[ENDED].count > table->limit)
		list_shrink(table, LIVE, table->limit - MIN(table->limit, table->list[ENDED].count));
}

void process_table_free(struct process_table *table)
{
	if (!table)
		return;
	for (int ended = 0; ended < 2; ended++)
		for (struct process *p = table->list[ended].oldest, *next; p; p = next) {
			next = p->newer;
			process_free(p);
		}
	free(table);
}

static struct process *table_get(struct process_table *table, uint32_t pid, uint64_t start)
{
	struct process *p = table->bucket[pid & (BUCKETS - 1)];

	while (p && (p->pid != pid || p->start != start))
		p = p->next;
	return p;
}

static struct process *table_add(struct process_table *table, uint32_t pid, uint64_t start)
{
	struct process *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->pid = pid;
	p->start = start;
	p->start_time = start ? table->boot_time + start : 0;
	snprintf(p->entity_id, sizeof(p->entity_id), "%016llx",
		 (unsigned long long)hash_mix(table->salt ^ hash_mix(start) ^ pid));
	p->next = table->bucket[pid & (BUCKETS - 1)];
	table->bucket[pid & (BUCKETS - 1)] = p;
	list_add(&table->list[LIVE], p);
	return p;
}

/* A parent is older. Where a record says otherwise it is wrong, and believing it could
 * close the chain to a circle. */
static bool is_older(const struct process *p, const struct process *than)
{
	return p->start < than->start || (p->start == than->start && p->pid < than->pid);
}

static void process_set_parent(struct process *p, struct process *parent)
{
	if (!parent || p->parent || !is_older(parent, p))
		return;
	p->parent = parent;
	p->parent_pid = parent->pid;
	parent->references++;
	p->generation++;
}

/* ---- learning ---- */

/* The parent as the head of a record tells it. */
static void touch_parent(struct process_table *table, struct process *p,
			 const struct kwp_record *r)
{
	struct process *parent;

	if (p->parent || !r->parent_pid || r->parent_pid == r->pid)
		return;
	parent = table_get(table, r->parent_pid, r->parent_start);
	if (!parent && (parent = table_add(table, r->parent_pid, r->parent_start))) {
		parent->view_pid = r->view_parent_pid;
		memcpy(parent->comm, r->parent_comm, KWP_COMM);
	}
	process_set_parent(p, parent);
}

/* What is true for all its life; of a parent that a child told of it is not known. */
static void touch_birth(struct process *p, const struct kwp_record *r)
{
	if (p->own_pid || !r->own_pid)
		return;
	p->own_pid = r->own_pid;
	p->pid_ns = r->pid_ns;
	p->entered = r->flags & KWP_F_ENTERED;
	p->ns_init = r->flags & KWP_F_NSINIT;
	p->generation++;
}

/* What a child has from its parent and either may change. */
static void copy_facts(struct process *p, const struct kwp_record *r)
{
	p->uid = r->uid;
	p->gid = r->gid;
	p->euid = r->euid;
	p->mnt_ns = r->mnt_ns;
	p->cgroup = r->cgroup;
	p->tty = r->tty;
	p->session = r->session;
}

/* Facts that the writer keeps and that change without an exec. */
static void touch_facts(struct process *p, const struct kwp_record *r)
{
	/* A thread's name is not the process's, but better than none. */
	const bool named = r->pid == r->tid || !p->comm[0];

	if (p->view_pid == r->view_pid && p->uid == r->uid && p->gid == r->gid &&
	    p->euid == r->euid && p->mnt_ns == r->mnt_ns && p->cgroup == r->cgroup &&
	    p->tty == r->tty && p->session == r->session &&
	    (!named || !memcmp(p->comm, r->comm, KWP_COMM)))
		return;
	p->view_pid = r->view_pid;
	copy_facts(p, r);
	if (named)
		memcpy(p->comm, r->comm, KWP_COMM);
	p->generation++;
}

/* What a child has of its parent until it executes a program. */
static void inherit(struct process *p, const struct process *parent)
{
	p->incomplete = parent->incomplete;
	process_set_image(p, image_share(parent->image));
}

struct process *process_touch(struct process_table *table, const struct kwp_record *r)
{
	struct process *p = table_get(table, r->pid, r->start);
	bool born = !p && !(r->flags & KWP_F_EXECED);

	if (p && !p->exited && table->list[LIVE].count > table->limit / 2) {
		/* The order matters only where somebody may have to go. */
		list_touch(&table->list[LIVE], p);
	}
	if (!p) {
		p = table_add(table, r->pid, r->start);
		if (!p)
			return NULL;
		p->busy = true;
		table_shrink(table);
		p->busy = false;
	}
	touch_birth(p, r);
	touch_parent(table, p, r);
	touch_facts(p, r);
	if (born && p->parent && p->parent->execed <= p->start)
		inherit(p, p->parent);
	return p;
}

void process_exec(struct process *p, struct text executable, struct text args, struct text cwd,
		  struct text script)
{
	p->connected = p->fetched = 0;
	process_set_image(p, image_new(executable, args, cwd, script));
}

void process_environ(struct process *p, struct text variables)
{
	/* Others may point to those of the image. */
	if (!p->image || p->environ || !variables.size)
		return;
	if (!p->image->environ)
		image_set_environ(p->image, variables);
	p->environ = p->image->environ;
	p->environ_size = p->image->environ_size;
	p->generation++;
}

void process_connection(struct process *p, const struct event *event)
{
	const struct kwp_record *r = event->record;
	const struct kwp_net *net = event->facts;
	const bool connects = r->type == KWP_CONNECT;

	if (!connects && r->type != KWP_ACCEPT)
		return;
	if (event_failed(event) && r->ret != -EINPROGRESS && r->ret != -EINTR)
		return;
	if ((net->family != AF_INET && net->family != AF_INET6 && net->family != AF_VSOCK) ||
	    net->type != SOCK_STREAM || p->connected & (connects ? PROCESS_OUTBOUND : PROCESS_INBOUND))
		return;
	p->connected |= connects ? PROCESS_OUTBOUND : PROCESS_INBOUND;
	p->generation++;
}

void process_trim(struct process *p)
{
	if (!image_trim(p->image))
		return;
	p->incomplete |= KWP_NO_ARGS;
	process_set_image(p, p->image);
}

struct process *process_fork(struct process_table *table, struct process *parent,
			     const struct kwp_record *r, const struct kwp_fork *fork)
{
	struct process *p = table_get(table, fork->child_pid, fork->child_start);

	if (p || !(p = table_add(table, fork->child_pid, fork->child_start)))
		return p;
	process_set_parent(p, parent);
	p->view_pid = fork->child_view_pid;
	p->own_pid = fork->child_own_pid;
	p->pid_ns = fork->child_pid_ns;
	p->entered = fork->child_level > fork->level;
	p->ns_init = fork->child_level && fork->child_own_pid == 1;
	copy_facts(p, r);
	memcpy(p->comm, r->comm, KWP_COMM);
	inherit(p, parent);
	p->busy = parent->busy = true;
	table_shrink(table);
	p->busy = parent->busy = false;
	return p;
}

void process_exited(struct process_table *table, struct process *p)
{
	if (p->exited)
		return;
	list_remove(&table->list[LIVE], p);
	p->exited = true;
	list_add(&table->list[ENDED], p);
	table_shrink(table);
}

struct process *process_find(struct process_table *table, uint32_t pid)
{
	struct process *p = table->bucket[pid & (BUCKETS - 1)], *best = NULL;

	for (; p; p = p->next)
		if (p->pid == pid && (!best || p->start > best->start))
			best = p;
	return best;
}

size_t process_table_count(const struct process_table *table)
{
	return table->list[LIVE].count + table->list[ENDED].count;
}

uint64_t process_table_evicted(const struct process_table *table)
{
	return table->evicted;
}
