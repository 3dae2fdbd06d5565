/* SPDX-License-Identifier: GPL-2.0-only */
/* What was read already, by a text that tells it from anything else: profiles have thousands of
 * entries, and each is looked for among the others. */
#include "profile_reader.h"

#include <search.h>
#include <string.h>

struct known {
	size_t value;
	char key[];
};

static int known_compare(const void *a, const void *b)
{
	return strcmp(((const struct known *)a)->key, ((const struct known *)b)->key);
}

static struct known *known_new(const char *key, size_t value)
{
	size_t size = strlen(key) + 1;
	struct known *known = malloc(sizeof(*known) + size);

	if (!known)
		return NULL;
	known->value = value;
	memcpy(known->key, key, size);
	return known;
}

size_t *reader_index(struct profile_reader *reader, const char *key, size_t fresh, bool *found)
{
	struct known *known = known_new(key, fresh), **place;

	place = known ? tsearch(known, &reader->index, known_compare) : NULL;
	*found = place && *place != known;
	if (!place)
		reader->no_memory = true;
	if (!place || *found)
		free(known);
	return place ? &(*place)->value : NULL;
}

const size_t *reader_find(const struct profile_reader *reader, const char *key)
{
	_cleanup_free_ struct known *wanted = known_new(key, 0);
	struct known **place = wanted ? tfind(wanted, &reader->index, known_compare) : NULL;

	return place ? &(*place)->value : NULL;
}

void reader_index_free(struct profile_reader *reader)
{
	tdestroy(reader->index, free);
	reader->index = NULL;
}

bool reader_repeats(struct profile_reader *reader, const struct yaml_node *node, const char *name,
		    const struct profile_place *place, enum kwp_action old, enum kwp_action action)
{
	char where[PLACE_SHOWN];

	if (place->file != reader->file)
		return false;
	place_show(reader->file, place, where);
	if (old == action)
		reader_error(reader, node, "'%.100s' is here a second time; the first is in %s",
			     name, where);
	else
		reader_error(reader, node, "'%.100s' contradicts %s, which says '%s', not '%s'",
			     name, where, action_name(old), action_name(action));
	return true;
}
