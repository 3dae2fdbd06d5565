/* SPDX-License-Identifier: GPL-2.0-only */
/* Patterns beside each other: warns of those that change nothing, or that nothing can match.
 * Only of the file that was asked for: its base is what it is. */
#include "profile_reader.h"

#include <string.h>

#define ENTRIES_MAX (KWP_RULES_MAX - 64) /* the rest is for what has no entry: defaults, drift */

/* The way from a pattern to what decides without it. */
struct walk {
	const struct profile_reader *reader;
	enum kwp_class class;
	enum pattern_kind kind; /* of the step that comes next */
	const char *path;	/* that the step begins from */
	size_t size;		/* bytes of it; 0: there is no further step */
};

static size_t parent_size(const char *path, size_t size)
{
	while (size > 1 && path[size - 1] != '/')
		size--;
	return size > 1 ? size - 1 : 1;
}

/* The next pattern, from the more to the less specific, that fits all that the first one
 * fits; false: no more. *out: its rule, or NULL. */
static bool walk_next(struct walk *walk, const struct profile_path_rule **out)
{
	size_t parent = parent_size(walk->path, walk->size);
	const char *name = walk->path + parent + (parent > 1);

	if (!walk->size)
		return false;
	switch (walk->kind) {
	case PATTERN_EXACT:
		*out = path_rule_find(walk->reader, walk->class, PATTERN_NAME, name,
				      (size_t)(walk->path + walk->size - name));
		walk->kind = PATTERN_CHILDREN;
		walk->size = parent;
		return true;
	case PATTERN_CHILDREN:
		*out = path_rule_find(walk->reader, walk->class, PATTERN_CHILDREN, walk->path,
				      walk->size);
		walk->kind = PATTERN_SUBTREE;
		return true;
	default:
		*out = path_rule_find(walk->reader, walk->class, PATTERN_SUBTREE, walk->path,
				      walk->size);
		walk->size = walk->size > 1 ? parent : 0;
		return true;
	}
}

/* A walk that begins behind the rule itself. */
static struct walk walk_begin(const struct profile_reader *reader,
			      const struct profile_path_rule *rule)
{
	const struct profile_pattern *pattern = &rule->pattern;
	struct walk walk = {reader, rule->class, pattern->kind, pattern->path,
			    strlen(pattern->path)};

	if (pattern->kind == PATTERN_CHILDREN)
		walk.kind = PATTERN_SUBTREE;
	else if (walk.size == 1) /* nothing is around the root */
		walk.size = 0;
	else if (pattern->kind == PATTERN_SUBTREE)
		walk.size = parent_size(walk.path, walk.size);
	return walk;
}

/* What is said to the access without the rule. *by: by whom, NULL: by the default. */
static enum kwp_action action_without(const struct profile_reader *reader,
				      const struct profile_path_rule *rule, enum kwp_access access,
				      const struct profile_path_rule **by)
{
	struct walk walk = walk_begin(reader, rule);
	const struct profile_path_rule *next = NULL;

	while (walk_next(&walk, &next)) {
		if (!next || next->action[access] == KWP_NO_OPINION)
			continue;
		*by = next;
		return next->action[access];
	}
	*by = NULL;
	return rule->class == KWP_CLASS_PROCESS ? reader->profile->process_default : KWP_ALLOW;
}

/* Would all be the same without the rule? *by as above. */
static bool is_idle(const struct profile_reader *reader, const struct profile_path_rule *rule,
		    const struct profile_path_rule **by)
{
	/* A name stands above every directory, and others can be called by the file. */
	if (rule->pattern.kind == PATTERN_NAME || rule->as_count || rule->except_count ||
	    rule->bait)
		return false;
	/* What a line allows may have drifted. */
	if (rule->action[KWP_EXECUTE] == KWP_ALLOW &&
	    (reader->profile->drift || reader->profile->drift_scripts))
		return false;
	for (int access = 0; access < KWP_ACCESS_COUNT; access++) {
		if (rule->action[access] == KWP_NO_OPINION)
			continue;
		if (action_without(reader, rule, (enum kwp_access)access, by) !=
			    rule->action[access] ||
		    (*by && ((*by)->except_count || (*by)->bait)))
			return false;
	}
	return true;
}

static void idle_warn(struct profile_reader *reader, const struct profile_path_rule *rule)
{
	const struct profile_path_rule *by = NULL;
	char where[PLACE_SHOWN];

	if (!is_idle(reader, rule, &by))
		return;
	if (by)
		place_problem(reader, true, &rule->place,
			      "'%.100s' changes nothing: '%.100s' in %s does the same",
			      rule->pattern.text, by->pattern.text,
			      place_show(rule->place.file, &by->place, where));
	else
		place_problem(reader, true, &rule->place,
			      "'%.100s' changes nothing: %s is what happens without it",
			      rule->pattern.text,
			      rule->class == KWP_CLASS_PROCESS ? "process.default" : "'allow'");
}

/* The kernel's path is the one behind the link that /bin is on most systems. */
static void link_warn(struct profile_reader *reader, const struct profile_place *place,
		      const char *path)
{
	place_problem(reader, true, place,
		      "the kernel sees /usr%.100s where /%.*s is a link to it; name that", path,
		      (int)strcspn(path + 1, "/"), path + 1);
}

static void links_warn(struct profile_reader *reader, const struct profile_path_rule *rule)
{
	const struct profile_pattern *pattern = &rule->pattern;
	char usr[KWP_PATH_MAX + 8];
	int size;

	for (size_t i = 0; i < rule->except_count; i++) {
		const char *executable = rule->except[i].executable;

		if (executable && path_is_linked(executable))
			link_warn(reader, &rule->except[i].place, executable);
	}
	if (pattern->kind != PATTERN_EXACT || !path_is_linked(pattern->path))
		return;
	/* Who names both has thought of it. */
	size = snprintf(usr, sizeof(usr), "/usr%s", pattern->path);
	if (!path_rule_find(reader, rule->class, PATTERN_EXACT, usr, (size_t)size))
		link_warn(reader, &rule->place, pattern->path);
}

/* With nothing allowed nothing can run. */
static void default_warn(struct profile_reader *reader)
{
	const struct profile *profile = reader->profile;

	if (profile->process_default != KWP_BLOCK ||
	    profile->process_default_place.file != reader->documents[0].file)
		return;
	for (size_t i = 0; i < profile->paths_count; i++) {
		const struct profile_path_rule *rule = &profile->paths[i];

		if (rule->class == KWP_CLASS_PROCESS && rule->action[KWP_EXECUTE] != KWP_BLOCK)
			return;
	}
	place_problem(reader, true, &profile->process_default_place,
		      "no program can be started, because 'allow' names none");
}

void reader_overlaps(struct profile_reader *reader)
{
	const struct profile *profile = reader->profile;
	size_t entries = profile->paths_count + profile->addresses_count + profile->calls_count +
			 profile->sysctls_count;

	if (entries > ENTRIES_MAX)
		reader_problem(reader, false, 1, 1,
			       "the profile has %zu entries with its bases; the kernel side has "
			       "room for %d",
			       entries, ENTRIES_MAX);
	if (reader->errors || reader->no_memory) /* what is missing would be warned of */
		return;
	for (size_t i = 0; i < profile->paths_count; i++) {
		if (profile->paths[i].place.file != reader->documents[0].file)
			continue;
		if (i >= reader->base_paths)
			idle_warn(reader, &profile->paths[i]);
		links_warn(reader, &profile->paths[i]);
	}
	default_warn(reader);
}
