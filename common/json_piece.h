/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pieces of JSON lines that many events have in common, found again by what they are made of:
 * what a record's head says again and again (type, flags, error, system call, processor), and the
 * file that it is about. Bounded; what does not fit is written anew each time.
 */
#ifndef KWP_JSON_PIECE_H
#define KWP_JSON_PIECE_H

#include "layout.h"

#define PIECE_KEY 320	/* bytes of what pieces are made of; a longer one is not kept */
#define PIECE_BYTES 512 /* bytes of the pieces of one event */

/* What pieces are made of: two events with the same one have the same pieces. */
struct piece_key {
	uint64_t hash;
	size_t size; /* multiple of 8 */
	_Alignas(8) char bytes[PIECE_KEY];
};

struct piece {
	uint32_t key_size;	   /* 0: empty */
	uint32_t end[LAYOUT_RUNS]; /* of each run in bytes */
	_Alignas(8) char key[PIECE_KEY];
	char bytes[PIECE_BYTES + LAYOUT_COPY];
};

#define PIECES 512
struct pieces {
	struct piece *slot; /* PIECES of them, NULL: none yet */
};

/* The keys for the fields that are of_head and of_file; false: this event's are not kept. */
bool piece_key_head(const struct event *event, struct piece_key *out);
bool piece_key_file(const struct event *event, struct piece_key *out);

/* The one of that key, or NULL. */
static inline const struct piece *pieces_find(const struct pieces *pieces,
					      const struct piece_key *key)
{
	const struct piece *piece = pieces->slot ? &pieces->slot[key->hash % PIECES] : NULL;

	if (!piece || piece->key_size != key->size)
		return NULL;
	for (size_t i = 0; i < key->size; i += 8)
		if (*(const uint64_t *)(piece->key + i) != *(const uint64_t *)(key->bytes + i))
			return NULL;
	return piece;
}

/* Keeps size bytes, of which run n ends at end[n], in the place of what was there. NULL: no memory,
 * or they are too many. */
const struct piece *pieces_keep(struct pieces *pieces, const struct piece_key *key,
				const char *bytes, size_t size, const uint32_t end[LAYOUT_RUNS]);
void pieces_free(struct pieces *pieces);

#endif
