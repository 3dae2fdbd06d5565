/* SPDX-License-Identifier: GPL-2.0-only */
/* What every key of a profile needs: maps with known keys, texts, ids. */
#include "profile_reader.h"
#include "buffer.h"
#include "word.h"

#include <string.h>

void *reader_grow(struct profile_reader *reader, void *array, size_t count, size_t size)
{
	void *larger;

	/* Room doubles when count reaches a power of two. */
	if (count & (count - 1))
		return array;
	larger = reallocarray(array, count ? count * 2 : 1, size);
	if (!larger)
		reader->no_memory = true;
	return larger;
}

static void unknown_key(struct profile_reader *reader, const struct yaml_node *key,
			const struct profile_section *section)
{
	const char *hint = section->hint;
	_cleanup_buffer_ struct buffer known = {0};

	for (size_t i = 0; i < section->count; i++) {
		const char *name = section->keys[i].name;

		if (word_close(key->text, key->size, name)) {
			reader_error(reader, key, "unknown key '%.60s'; did you mean '%s'?",
				     key->text, name);
			return;
		}
		buffer_addf(&known, "%s%s", i ? ", " : "", name);
	}
	reader_error(reader, key, "unknown key '%.60s'; %s%sthe keys here are %.*s", key->text,
		     hint ? hint : "", hint ? "; " : "", (int)known.size,
		     known.size ? known.bytes : "");
}

static const struct profile_key *key_find(const struct profile_section *section, const char *name)
{
	for (size_t i = 0; i < section->count; i++) {
		if (!strcmp(section->keys[i].name, name))
			return &section->keys[i];
	}
	return NULL;
}

void reader_map(struct profile_reader *reader, const struct yaml_node *map,
		const struct profile_section *section, void *into)
{
	if (map->kind != YAML_MAP) {
		reader_error(reader, map, "keys with values are wanted here, such as '%s: ...'",
			     section->keys[0].name);
		return;
	}
	for (const struct yaml_node *value = map->first; value; value = value->next) {
		const struct profile_key *key = key_find(section, value->key->text);

		if (!key)
			unknown_key(reader, value->key, section);
		else if (!key->late)
			key->read(reader, value, into);
	}
	for (size_t i = 0; i < section->count; i++) {
		const struct profile_key *key = &section->keys[i];

		if (key->required && !yaml_node_find(map, key->name))
			reader_error(reader, map, "the key '%s' is missing", key->name);
	}
}

const char *reader_text(struct profile_reader *reader, const struct yaml_node *node)
{
	if (node->kind == YAML_TEXT && node->size)
		return node->text;
	if (node->kind == YAML_TEXT)
		reader_error(reader, node, "a text is missing");
	else
		reader_error(reader, node, "a text is wanted here, not a %s",
			     node->kind == YAML_LIST ? "list" : "map");
	return NULL;
}

void reader_copy(struct profile_reader *reader, const struct yaml_node *node, char **out)
{
	const char *text = reader_text(reader, node);
	char *copy;

	if (!text)
		return;
	copy = strdup(text);
	if (!copy) {
		reader->no_memory = true;
		return;
	}
	free(*out);
	*out = copy;
}

void reader_id(struct profile_reader *reader, const struct yaml_node *node, char **out)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	const char *text = reader_text(reader, node), *at = text;

	if (!text)
		return;
	do {
		size_t length = strspn(at, letters);

		at = length ? at + length : "!";
	} while (*at == '-' && *++at);
	if (*at || text[node->size - 1] == '-' || node->size > 64)
		reader_error(reader, node,
			     "'%.60s' must be lower-case words joined by '-', 64 letters at most",
			     text);
	else
		reader_copy(reader, node, out);
}

char *reader_bytes(struct profile_reader *reader, const char *bytes, size_t size)
{
	char *copy = strndup(bytes, size);

	if (!copy)
		reader->no_memory = true;
	return copy;
}

void reader_word(struct profile_reader *reader, char *word, char ***list, size_t *count)
{
	if (!word || !reader_append(reader, *list, *count, word))
		free(word);
}
