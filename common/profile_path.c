/* SPDX-License-Identifier: GPL-2.0-only */
/* The rules on paths, of process and file alike: one for each pattern and name. */
#include "profile_reader.h"
#include "buffer.h"

#include <string.h>

void path_rule_free(struct profile_path_rule *rule)
{
	pattern_free(&rule->pattern);
	for (size_t i = 0; i < rule->as_count; i++)
		free(rule->as[i]);
	free(rule->as);
	exceptions_free(rule->except, rule->except_count);
}

/* A path holds no line break, so the name that may follow it is told from it. */
static bool key_make(struct buffer *key, enum kwp_class class, enum pattern_kind kind,
		     const char *path, size_t size, const char *as)
{
	buffer_addf(key, "path %d %d ", class, kind);
	buffer_add(key, path, size);
	if (as)
		buffer_addf(key, "\n%s", as);
	buffer_byte(key, '\0');
	return !key->failed;
}

const struct profile_path_rule *path_rule_find(const struct profile_reader *reader,
					       enum kwp_class class, enum pattern_kind kind,
					       const char *path, size_t size)
{
	_cleanup_buffer_ struct buffer key = {0};
	const size_t *at = NULL;

	if (key_make(&key, class, kind, path, size, NULL))
		at = reader_find(reader, key.bytes);
	return at ? &reader->profile->paths[*at] : NULL;
}

/* What the rule does to programs; entries for files are compared as a whole. */
static enum kwp_action rule_action(const struct profile_path_rule *rule)
{
	return rule->class == KWP_CLASS_PROCESS ? rule->action[KWP_EXECUTE] : KWP_NO_OPINION;
}

void reader_path(struct profile_reader *reader, const struct yaml_node *node,
		 struct profile_path_rule *rule)
{
	struct profile *profile = reader->profile;
	const struct profile_pattern *pattern = &rule->pattern;
	_cleanup_buffer_ struct buffer key = {0};
	struct profile_path_rule *old;
	size_t *at = NULL;
	bool found;

	if (key_make(&key, rule->class, pattern->kind, pattern->path, strlen(pattern->path),
		     rule->as_count ? rule->as[0] : NULL))
		at = reader_index(reader, key.bytes, profile->paths_count, &found);
	reader->no_memory |= !at;
	if (at && !found) {
		if (!reader_append(reader, profile->paths, profile->paths_count, *rule))
			path_rule_free(rule);
		return;
	}
	old = at ? &profile->paths[*at] : NULL;
	if (!old || reader_repeats(reader, node, rule->pattern.text, &old->place, rule_action(old),
				   rule_action(rule))) {
		path_rule_free(rule);
		return;
	}
	path_rule_free(old);
	*old = *rule;
}
