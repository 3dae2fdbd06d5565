/* SPDX-License-Identifier: GPL-2.0-only */
#include "process.h"

#include <string.h>

#define BUCKETS 4096 /* a power of two */
#define ENDED_MAX 1024
#define COMMAND_MAX 4096 /* bytes of command_line */

struct process_table {
	struct process *bucket[BUCKETS];
	/* Live ones and ended ones, each from the longest untouched on. */
	struct process *oldest[2], *newest[2];
	size_t count[2], limit;
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

/* ---- the two lists ---- */

static void list_remove(struct process_table *table, struct process *p)
{
	*(p->older ? &p->older->newer : &table->oldest[p->exited]) = p->newer;
	*(p->newer ? &p->newer->older : &table->newest[p->exited]) = p->older;
	table->count[p->exited]--;
}

static void list_add(struct process_table *table, struct process *p)
{
	p->newer = NULL;
	p->older = table->newest[p->exited];
	*(p->older ? &p->older->newer : &table->oldest[p->exited]) = p;
	table->newest[p->exited] = p;
	table->count[p->exited]++;
}

static void process_free(struct process *p)
{
	free(p->executable);
	free(p->args);
	free(p->command_line);
	free(p->cwd);
	free(p->script);
	free(p->json);
	free(p);
}

/* Takes p out of the table, and those ancestors that only it kept. */
static void process_drop(struct process_table *table, struct process *p)
{
	struct process **at = &table->bucket[p->pid & (BUCKETS - 1)];

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	list_remove(table, p);
	if (p->parent)
		((struct process *)p->parent)->references--;
	process_free(p);
}

/* Makes room. A process with children stays: it is in their chain of ancestors. */
static void table_shrink(struct process_table *table)
{
	struct process *p;

	for (p = table->oldest[1]; p && table->count[1] > ENDED_MAX;) {
		struct process *next = p->newer;

		if (!p->references)
			process_drop(table, p);
		p = next;
	}
	for (p = table->oldest[0]; p && table->count[0] + table->count[1] > table->limit;) {
		struct process *next = p->newer;

		if (!p->references) {
			process_drop(table, p);
			table->evicted++;
		}
		p = next;
	}
}

void process_table_free(struct process_table *table)
{
	if (!table)
		return;
	for (int ended = 0; ended < 2; ended++)
		for (struct process *p = table->oldest[ended], *next; p; p = next) {
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
	list_add(table, p);
	return p;
}

static void process_set_parent(struct process *p, struct process *parent)
{
	if (!parent || parent == p || p->parent)
		return;
	p->parent = parent;
	p->parent_pid = parent->pid;
	parent->references++;
	p->generation++;
}

/* ---- learning ---- */

struct process *process_touch(struct process_table *table, const struct kwp_record *r)
{
	struct process *p = table_get(table, r->pid, r->start), *parent;
	bool fresh = !p;

	if (fresh) {
		p = table_add(table, r->pid, r->start);
		if (!p)
			return NULL;
		p->references++; /* the shrinking below must not take it */
		table_shrink(table);
		p->references--;
		p->own_pid = r->own_pid;
		p->pid_ns = r->pid_ns;
		p->entered = r->flags & KWP_F_ENTERED;
		p->ns_init = r->flags & KWP_F_NSINIT;
	}
	p->view_pid = r->view_pid;
	if (!p->parent && r->parent_pid && r->parent_pid != r->pid) {
		parent = table_get(table, r->parent_pid, r->parent_start);
		if (!parent) {
			parent = table_add(table, r->parent_pid, r->parent_start);
			if (parent) {
				parent->view_pid = r->view_parent_pid;
				memcpy(parent->comm, r->parent_comm, KWP_COMM);
			}
		}
		process_set_parent(p, parent);
	}
	/* Of the facts that the JSON cache shows, these change without an exec. */
	if (fresh || p->uid != r->uid || p->gid != r->gid || p->euid != r->euid ||
	    p->mnt_ns != r->mnt_ns || p->cgroup != r->cgroup || p->tty != r->tty ||
	    p->session != r->session ||
	    (r->pid == r->tid && strncmp(p->comm, r->comm, KWP_COMM))) {
		p->uid = r->uid;
		p->gid = r->gid;
		p->euid = r->euid;
		p->mnt_ns = r->mnt_ns;
		p->cgroup = r->cgroup;
		p->tty = r->tty;
		p->session = r->session;
		if (r->pid == r->tid || fresh)
			memcpy(p->comm, r->comm, KWP_COMM);
		p->generation++;
	}
	return p;
}

static char *copy_bytes(const char *bytes, size_t size)
{
	char *copy = bytes ? malloc(size + 1) : NULL;

	if (copy) {
		memcpy(copy, bytes, size);
		copy[size] = 0;
	}
	return copy;
}

static void replace(char **old, char *new)
{
	free(*old);
	*old = new;
}

/* Arguments joined by spaces; very long ones end in "...". */
static char *join_args(const char *args, size_t size)
{
	size_t length = MIN(size, COMMAND_MAX);
	char *line = args ? malloc(length + 4) : NULL;

	if (!line)
		return NULL;
	for (size_t i = 0; i < length; i++)
		line[i] = args[i] ? args[i] : ' ';
	while (length && length == size && line[length - 1] == ' ' && !args[length - 1])
		length--, size--;
	strcpy(line + length, length < size ? "..." : "");
	return line;
}

void process_exec(struct process_table *table, struct process *p, struct text executable,
		  struct text args, struct text cwd, struct text script)
{
	/* A string of the record lost its last NUL in the decoder; a list keeps it. */
	size_t size = args.size ? args.size + 1 : 0;

	if (size > 1 && !args.bytes[args.size - 1])
		size--;
	replace(&p->executable, copy_bytes(executable.bytes, executable.size));
	replace(&p->args, copy_bytes(args.bytes, args.size));
	p->args_size = p->args ? size : 0;
	replace(&p->command_line, join_args(p->args, p->args_size));
	replace(&p->cwd, copy_bytes(cwd.bytes, cwd.size));
	replace(&p->script, copy_bytes(script.bytes, script.size));
	p->generation++;
}

static char *copy_string(const char *string)
{
	return string ? strdup(string) : NULL;
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
	p->uid = r->uid;
	p->gid = r->gid;
	p->euid = r->euid;
	p->mnt_ns = r->mnt_ns;
	p->cgroup = r->cgroup;
	p->tty = r->tty;
	p->session = r->session;
	memcpy(p->comm, r->comm, KWP_COMM);
	p->executable = copy_string(parent->executable);
	p->command_line = copy_string(parent->command_line);
	p->args = copy_bytes(parent->args, parent->args_size);
	p->args_size = p->args ? parent->args_size : 0;
	p->cwd = copy_string(parent->cwd);
	p->script = copy_string(parent->script);
	p->generation++;
	p->references++;
	table_shrink(table);
	p->references--;
	return p;
}

void process_exited(struct process_table *table, struct process *p)
{
	if (p->exited)
		return;
	list_remove(table, p);
	p->exited = true;
	list_add(table, p);
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
	return table->count[0] + table->count[1];
}

uint64_t process_table_evicted(const struct process_table *table)
{
	return table->evicted;
}
