/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "buffer.h"
#include "explain_word.h"
#include "profile_key.h"

#define DOTTED_MAX 80 /* of a dotted name */

/* "process.drift" */
static const char *key_name(const struct profile_section *section, const struct profile_key *key,
			    char out[DOTTED_MAX])
{
	snprintf(out, DOTTED_MAX, "%s%s%s", section->name, *section->name ? "." : "", key->name);
	return out;
}

/* The keys of the map that this key has, if it is one. */
static void keys_print(const char *name, FILE *out)
{
	_cleanup_buffer_ struct buffer keys = {0};

	for (size_t i = 0; i < profile_sections_count; i++) {
		const struct profile_section *section = profile_sections[i];

		for (size_t k = 0; k < section->count && !strcmp(section->name, name); k++)
			buffer_addf(&keys, "%s%s", keys.size ? ", " : "", section->keys[k].name);
	}
	buffer_byte(&keys, '\0');
	if (!keys.failed && keys.size > 1)
		word_item(out, "keys", keys.bytes);
}

static void key_print(const char *name, const struct profile_key *key, FILE *out)
{
	_cleanup_buffer_ struct buffer example = {0};

	fprintf(out, "key %s: %s\n", name, key->help);
	buffer_addf(&example, "%s: %s%c", key->name, key->example, '\0');
	word_item(out, "example", example.failed ? NULL : example.bytes);
	if (key->required)
		word_item(out, "note", "it must be there");
	keys_print(name, out);
}

bool explain_key(const char *name, FILE *out)
{
	bool known = false;
	char dotted[DOTTED_MAX];

	for (size_t i = 0; i < profile_sections_count; i++) {
		const struct profile_section *section = profile_sections[i];

		for (size_t k = 0; k < section->count; k++) {
			if (strcmp(key_name(section, &section->keys[k], dotted), name))
				continue;
			key_print(name, &section->keys[k], out);
			known = true;
		}
	}
	return known;
}

void explain_keys(const struct word_visit *visit)
{
	char dotted[DOTTED_MAX];

	for (size_t i = 0; i < profile_sections_count; i++) {
		const struct profile_section *section = profile_sections[i];

		for (size_t k = 0; k < section->count; k++)
			visit->word(visit, "key", key_name(section, &section->keys[k], dotted),
				    section->keys[k].help);
	}
}
