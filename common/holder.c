/* SPDX-License-Identifier: GPL-2.0-only */
#include "holder.h"

#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "list.h"

#define BUCKETS 4096 /* powers of two */
#define CHANNELS 8192

struct holder_table {
	struct holder *bucket[BUCKETS];
	struct holder_entry *channel[CHANNELS];
	LIST_OF(struct holder) list;
	size_t entries;
	uint64_t evicted;
};

bool io_is_network(const struct kwp_io *io)
{
	return io->kind == KWP_IO_SOCKET &&
	       (io->peer.family == AF_INET || io->peer.family == AF_INET6 ||
		io->peer.family == AF_VSOCK);
}

bool io_is_channel(const struct kwp_io *io)
{
	if (!io->inode)
		return false;
	return io->kind == KWP_IO_PIPE || (io->kind == KWP_IO_TTY && io->device) ||
	       (io->kind == KWP_IO_SOCKET && io->peer.family == AF_UNIX);
}

/* ---- the entries of a holder ---- */

static struct holder_entry **channel_of(const struct holder_table *table, uint64_t inode,
					uint32_t device)
{
	uint64_t hash = (inode ^ (uint64_t)device << 32) * 0x9e3779b97f4a7c15ull;

	return (struct holder_entry **)&table->channel[hash >> 51];
}
_Static_assert(CHANNELS == 1 << (64 - 51), "the hash has another size");

static void entries_unlink(struct holder_table *table, struct holder *holder)
{
	for (unsigned i = 0; i < holder->count; i++) {
		struct holder_entry *entry = &holder->entry[i], **at;

		if (!io_is_channel(&entry->held.io))
			continue;
		at = channel_of(table, entry->held.io.inode, entry->held.io.device);
		while (*at != entry)
			at = &(*at)->next;
		*at = entry->next;
	}
	table->entries -= holder->count;
}

static void entries_link(struct holder_table *table, struct holder *holder)
{
	for (unsigned i = 0; i < holder->count; i++) {
		struct holder_entry *entry = &holder->entry[i], **at;

		entry->holder = holder;
		if (!io_is_channel(&entry->held.io))
			continue;
		at = channel_of(table, entry->held.io.inode, entry->held.io.device);
		entry->next = *at;
		*at = entry;
	}
	table->entries += holder->count;
}

/* ---- holders ---- */

static void holder_drop(struct holder_table *table, struct holder *holder)
{
	struct holder **at = &table->bucket[holder->pid & (BUCKETS - 1)];

	while (*at != holder)
		at = &(*at)->next;
	*at = holder->next;
	list_remove(&table->list, holder);
	entries_unlink(table, holder);
	free(holder->entry);
	free(holder);
}

struct holder_table *holder_table_new(void)
{
	return calloc(1, sizeof(struct holder_table));
}

void holder_table_free(struct holder_table *table)
{
	while (table && table->list.oldest)
		holder_drop(table, table->list.oldest);
	free(table);
}

struct holder *holder_find(const struct holder_table *table, uint32_t pid, uint64_t start)
{
	struct holder *holder = table->bucket[pid & (BUCKETS - 1)];

	while (holder && (holder->pid != pid || holder->start != start))
		holder = holder->next;
	return holder;
}

/* The one that is to change, as the youngest. */
static struct holder *holder_get(struct holder_table *table, uint32_t pid, uint64_t start,
				 const char *comm)
{
	struct holder *holder = holder_find(table, pid, start);

	if (holder) {
		list_remove(&table->list, holder);
	} else {
		holder = calloc(1, sizeof(*holder));
		if (!holder)
			return NULL;
		holder->pid = pid;
		holder->start = start;
		holder->next = table->bucket[pid & (BUCKETS - 1)];
		table->bucket[pid & (BUCKETS - 1)] = holder;
	}
	list_add(&table->list, holder);
	memcpy(holder->comm, comm, KWP_COMM);
	holder->comm[KWP_COMM - 1] = 0;
	return holder;
}

/* Takes over the entries, and makes room by forgetting who was quiet for longest. */
static void holder_set(struct holder_table *table, struct holder *holder,
		       struct holder_entry *entry, unsigned count)
{
	entries_unlink(table, holder);
	free(holder->entry);
	holder->entry = entry;
	holder->count = count;
	entries_link(table, holder);
	while ((table->list.count > HOLDERS_MAX || table->entries > HOLDERS_ENTRIES) &&
	       table->list.oldest != holder) {
		table->evicted += !table->list.oldest->ended;
		holder_drop(table, table->list.oldest);
	}
	if (!count)
		holder_drop(table, holder);
}

void holder_end(struct holder_table *table, uint32_t pid, uint64_t start)
{
	struct holder *holder = holder_find(table, pid, start);
	bool network = false, pipe = false;

	for (unsigned i = 0; holder && i < holder->count; i++) {
		network |= io_is_network(&holder->entry[i].held.io);
		pipe |= holder->entry[i].held.io.kind == KWP_IO_PIPE;
	}
	if (network && pipe)
		holder->ended = true;
	else if (holder)
		holder_drop(table, holder);
}

uint64_t holder_evicted(const struct holder_table *table)
{
	return table->evicted;
}

/* ---- what records tell ---- */

void holder_held(struct holder_table *table, const struct kwp_hold *hold, struct text list)
{
	const unsigned count = MIN(list.size / sizeof(struct kwp_held), (size_t)HOLDER_ENTRIES);
	struct holder_entry *entry = calloc(count + 1, sizeof(*entry));
	struct holder *holder = entry ? holder_get(table, hold->pid, hold->start, hold->comm) : NULL;

	if (!holder) {
		free(entry);
		return;
	}
	for (unsigned i = 0; i < count; i++)
		memcpy(&entry[i].held, list.bytes + i * sizeof(entry->held), sizeof(entry->held));
	holder_set(table, holder, entry, count);
}

static struct kwp_held stream_held(const struct kwp_io *io, int fd)
{
	struct kwp_held held = {.io = *io, .fd = fd, .mode = fd ? 2 : 1};

	if (io->kind == KWP_IO_SOCKET || io->kind == KWP_IO_TTY)
		held.mode = 3;
	if (io_is_network(io))
		held.state = TCP_ESTABLISHED; /* a listening one is of no use here */
	return held;
}

/* Is all that is known of the standard descriptors still so? */
static bool streams_same(const struct holder *holder, const struct kwp_stdio *io)
{
	unsigned known = 0, now = 0;

	for (int fd = 0; fd < 3; fd++)
		now += io_is_channel(&io->fd[fd]) || io_is_network(&io->fd[fd]);
	for (unsigned i = 0; i < holder->count; i++) {
		const struct kwp_held *held = &holder->entry[i].held;

		if (held->fd < 0 || held->fd > 2)
			continue;
		known++;
		if (memcmp(&held->io, &io->fd[held->fd], sizeof(held->io)))
			return false;
	}
	return known == now;
}

void holder_streams(struct holder_table *table, const struct kwp_record *r,
		    const struct kwp_stdio *io, bool exec)
{
	struct holder *holder = holder_find(table, r->pid, r->start);
	struct holder_entry *entry;
	unsigned count = 0;
	bool channel = false;

	for (int fd = 0; fd < 3; fd++)
		channel |= io_is_channel(&io->fd[fd]) && io->fd[fd].kind != KWP_IO_TTY;
	if (holder ? !exec && streams_same(holder, io) : !channel)
		return;
	entry = calloc(3 + (holder ? holder->count : 0), sizeof(*entry));
	if (!entry)
		return;
	for (int fd = 0; fd < 3; fd++)
		if (io_is_channel(&io->fd[fd]) || io_is_network(&io->fd[fd]))
			entry[count++].held = stream_held(&io->fd[fd], fd);
	for (unsigned i = 0; holder && !exec && i < holder->count; i++)
		if (holder->entry[i].held.fd > 2 && count < HOLDER_ENTRIES)
			entry[count++].held = holder->entry[i].held;
	holder = holder_get(table, r->pid, r->start, r->comm);
	if (!holder) {
		free(entry);
		return;
	}
	holder_set(table, holder, entry, count);
}

/* The place for a connection's descriptor: its own, a new one, or that of another connection,
 * if there are many: a server's differ in nothing that matters here. */
static unsigned connection_place(const struct holder *holder, int fd)
{
	unsigned other = holder->count, networks = 0;

	for (unsigned i = 0; i < holder->count; i++) {
		if (holder->entry[i].held.fd == fd && fd >= 0)
			return i;
		if (!io_is_network(&holder->entry[i].held.io))
			continue;
		other = i;
		networks++;
	}
	return holder->count < HOLDER_ENTRIES && networks < HOLDER_NETWORKS ? holder->count : other;
}

static bool holder_has_connection(const struct holder *holder)
{
	for (unsigned i = 0; i < holder->count; i++)
		if (io_is_network(&holder->entry[i].held.io) &&
		    holder->entry[i].held.state != TCP_LISTEN)
			return true;
	return false;
}

struct holder *holder_connection(struct holder_table *table, const struct kwp_record *r,
				 const struct kwp_net *net)
{
	struct holder *holder = holder_find(table, r->pid, r->start);
	const struct kwp_held held = {
		.io = {.inode = net->inode, .peer = net->remote, .kind = KWP_IO_SOCKET,
		       .socket_type = net->type, .accepted = r->type == KWP_ACCEPT},
		.fd = net->fd, .mode = 3, .state = TCP_ESTABLISHED};
	const bool first = holder && !holder_has_connection(holder);
	const unsigned at = holder ? connection_place(holder, net->fd) : HOLDER_ENTRIES;
	struct holder_entry *entry;

	if (at == HOLDER_ENTRIES)
		return NULL;
	/* What is no channel is found by nobody but its holder. */
	if (at < holder->count && !io_is_channel(&holder->entry[at].held.io)) {
		holder->entry[at].held = held;
		return first ? holder : NULL;
	}
	entry = calloc(MAX(holder->count, at + 1), sizeof(*entry));
	if (!entry)
		return NULL;
	for (unsigned i = 0; i < holder->count; i++)
		entry[i].held = holder->entry[i].held;
	entry[at].held = held;
	holder_set(table, holder, entry, MAX(holder->count, at + 1));
	return first ? holder : NULL;
}

void holder_each(const struct holder_table *table, const struct kwp_io *io,
		 bool (*visit)(void *data, const struct holder_entry *entry), void *data)
{
	const bool socket = io->kind == KWP_IO_SOCKET;
	const uint64_t inode = socket ? io->far : io->inode;
	const uint32_t device = socket ? 0 : io->device;
	const struct holder_entry *entry = inode ? *channel_of(table, inode, device) : NULL;

	for (; entry; entry = entry->next)
		if (entry->held.io.inode == inode && entry->held.io.device == device &&
		    entry->held.io.kind == io->kind && visit(data, entry))
			return;
}
