/* SPDX-License-Identifier: GPL-2.0-only */
#include "json_piece.h"

#include <string.h>

#include "process.h"

/* All that fields with of_head look at. */
struct head_key {
	const char *host;
	int64_t error; /* 0: none */
	uint32_t type, backend, flags, incomplete, hooked, cpu, loginuid;
	int32_t nr;
};
_Static_assert(sizeof(struct head_key) % 8 == 0 && sizeof(struct head_key) <= PIECE_KEY,
	       "keys are words");

/* All that fields with of_file look at; behind it the bytes of the path. */
struct file_key {
	struct kwp_file file;
	uint64_t flags, mode, extra;
	uint32_t type, path_size;
};
_Static_assert(sizeof(struct file_key) % 8 == 0, "keys are words");

static inline uint64_t hash_add(uint64_t hash, uint64_t word)
{
	return (hash ^ word) * 0x9e3779b97f4a7c15ull;
}

/* The upper bits are the best ones. */
static inline uint64_t hash_end(uint64_t hash)
{
	return hash >> 40;
}

bool piece_key_head(const struct event *event, struct piece_key *out)
{
	const struct kwp_record *r = event->record;
	struct head_key *key = (struct head_key *)out->bytes;
	uint64_t hash;

	if (event_is_finding(event))
		return false;
	*key = (struct head_key){
		.host = event->host.bytes,
		.error = r->ret < 0 ? r->ret : 0,
		.type = r->type,
		.backend = r->backend,
		.flags = r->flags,
		.incomplete = r->incomplete | (event->process ? event->process->incomplete : 0),
		.hooked = (event->hook_facts != NULL) << 1 | (event->hook[0].bytes != NULL),
		.cpu = r->cpu,
		.loginuid = r->loginuid,
		.nr = r->nr};
	hash = hash_add(key->type << 16 | key->cpu, (uint64_t)key->flags << 32 | (uint32_t)key->nr);
	out->hash = hash_end(hash_add(hash, key->error ^ key->incomplete));
	out->size = sizeof(*key);
	return true;
}

bool piece_key_file(const struct event *event, struct piece_key *out)
{
	const struct kwp_file_act *act = event->facts;
	const struct kwp_exec *exec = event->facts;
	struct file_key *key = (struct file_key *)out->bytes;
	const unsigned type = event->record->type;
	const struct kwp_file *file = type == KWP_EXEC ? &exec->file : &act->file;
	const size_t words = (event->path.size + 7) / 8 * 8;
	uint64_t hash;

	if ((!event_is_file(type) && type != KWP_EXEC) || event->hook_facts ||
	    event_is_finding(event) || words > PIECE_KEY - sizeof(*key))
		return false;
	*key = (struct file_key){.file = *file,
				 .type = type,
				 .path_size = event->path.bytes ? event->path.size : ~0u};
	if (type != KWP_EXEC) {
		key->flags = act->flags;
		key->mode = act->mode;
		key->extra = act->extra;
	}
	out->size = sizeof(*key) + words;
	if (words) {
		memset(out->bytes + out->size - 8, 0, 8);
		memcpy(out->bytes + sizeof(*key), event->path.bytes, event->path.size);
	}
	hash = hash_add(hash_add(file->inode, key->flags << 8 | type),
			file->device ^ (uint64_t)event->path.size << 32);
	/* Of what could not be opened there is but the path. */
	for (size_t at = sizeof(*key); !file->inode && at < out->size; at += 8)
		hash = hash_add(hash, *(const uint64_t *)(out->bytes + at));
	out->hash = hash_end(hash);
	return true;
}

const struct piece *pieces_keep(struct pieces *pieces, const struct piece_key *key,
				const char *bytes, size_t size, const uint32_t end[LAYOUT_RUNS])
{
	struct piece *piece;

	if (size > PIECE_BYTES)
		return NULL;
	if (!pieces->slot)
		pieces->slot = calloc(PIECES, sizeof(*pieces->slot));
	if (!pieces->slot)
		return NULL;
	piece = &pieces->slot[key->hash % PIECES];
	piece->key_size = key->size;
	memcpy(piece->key, key->bytes, key->size);
	memcpy(piece->end, end, sizeof(piece->end));
	memcpy(piece->bytes, bytes, size);
	return piece;
}

void pieces_free(struct pieces *pieces)
{
	free(pieces->slot);
	pieces->slot = NULL;
}
