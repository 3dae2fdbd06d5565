/* SPDX-License-Identifier: GPL-2.0-only */
#include "pending.h"

#include <string.h>

struct pending *pending_find(struct pending_table *table, uint32_t tid, bool call)
{
	for (unsigned i = 0; table->count && i < PENDING_MAX; i++)
		if (table->slot[i].record && table->slot[i].tid == tid &&
		    table->slot[i].call == call)
			return &table->slot[i];
	return NULL;
}

struct pending *pending_of_process(struct pending_table *table, uint32_t pid)
{
	for (unsigned i = 0; table->count && i < PENDING_MAX; i++) {
		const struct kwp_record *r = (const struct kwp_record *)table->slot[i].record;

		if (r && r->pid == pid && r->type == KWP_EXEC && (r->flags & KWP_F_HOOK))
			return &table->slot[i];
	}
	return NULL;
}

static char *copy(const struct kwp_record *record)
{
	char *bytes = record ? malloc(record->size) : NULL;

	return bytes ? memcpy(bytes, record, record->size) : NULL;
}

struct pending *pending_add(struct pending_table *table, const struct kwp_record *record)
{
	struct pending *p = table->slot;

	while (p < table->slot + PENDING_MAX && p->record)
		p++;
	if (p == table->slot + PENDING_MAX)
		return NULL;
	*p = (struct pending){.tid = record->tid,
			      .call = record->type == KWP_SYSCALL,
			      .since = record->time,
			      .record = copy(record),
			      .size = record->size};
	table->count += p->record != NULL;
	return p->record ? p : NULL;
}

bool pending_continue(struct pending *pending, const struct kwp_record *record)
{
	char *bytes = copy(record);

	if (!bytes)
		return false;
	free(pending->hook);
	pending->hook = pending->record;
	pending->record = bytes;
	pending->size = record->size;
	pending->tid = record->tid; /* an exec by a thread takes over its process's number */
	return true;
}

bool pending_args(struct pending *pending, struct text first, size_t total)
{
	pending->args_total = total;
	pending->args = total > PENDING_ARGS_MAX || first.size > total ? NULL : malloc(total);
	if (!pending->args)
		return false;
	memcpy(pending->args, first.bytes, first.size);
	pending->args_size = first.size;
	return true;
}

void pending_remove(struct pending_table *table, struct pending *pending)
{
	free(pending->record);
	free(pending->hook);
	free(pending->args);
	*pending = (struct pending){};
	table->count--;
}

struct pending *pending_oldest(struct pending_table *table)
{
	struct pending *oldest = NULL;

	for (unsigned i = 0; table->count && i < PENDING_MAX; i++) {
		struct pending *p = &table->slot[i];

		if (p->record && (!oldest || p->since < oldest->since))
			oldest = p;
	}
	return oldest;
}
