/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines about paths become rules at nodes; see struct kwp_node for how they are looked up. */
#include "policy_maker.h"

#include <errno.h>
#include <string.h>

/* Where a default of `block` still lets libraries be mapped, or nothing could run. */
static const char *const library_directories[] = {
	"/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libx32",
	"/lib",	    "/lib32",	  "/lib64",	"/usr/local/lib",
};

static bool name_fits(struct policy_maker *maker, const char *name, size_t size)
{
	if (size && size <= KWP_NAME_MAX && !memchr(name, '/', size))
		return true;
	maker_fail(maker, -EINVAL, "no file is called '%.*s'", (int)MIN(size, 80), name);
	return false;
}

static bool path_fits(struct policy_maker *maker, const char *path)
{
	const char *name;
	size_t size;

	if (*path != '/') {
		maker_fail(maker, -EINVAL, "'%.80s' does not begin with '/'", path);
		return false;
	}
	while (policy_path_next(&path, &name, &size))
		if (!name_fits(maker, name, size))
			return false;
	return true;
}

static bool line_fits(struct policy_maker *maker, const struct profile_path_rule *line)
{
	const struct profile_pattern *pattern = &line->pattern;

	if (pattern->kind == PATTERN_NAME)
		return name_fits(maker, pattern->path, strlen(pattern->path));
	if (!path_fits(maker, pattern->path))
		return false;
	if (line->as_count && (pattern->kind != PATTERN_EXACT || line->class != KWP_CLASS_PROCESS))
		maker_fail(maker, -EINVAL, "'as' needs one program, and '%.80s' is a pattern",
			   pattern->text);
	for (size_t i = 0; i < line->as_count; i++)
		if (!name_fits(maker, line->as[i], strlen(line->as[i])))
			return false;
	return !maker->err;
}

static uint64_t name_hash(const struct policy_maker *maker, const char *name)
{
	return policy_key_name(&maker->policy->fixed.seed, name, strlen(name));
}

/* Puts the rule where others of the same pattern may be. */
static void slot_join(struct policy_maker *maker, uint16_t *slot, uint16_t number)
{
	*slot = maker_rule_merge(maker, *slot, number);
}

static void as_place(struct policy_maker *maker, const struct profile_path_rule *line,
		     uint16_t number)
{
	uint64_t path = policy_key_path(&maker->policy->fixed.seed, line->pattern.path);
	uint64_t key = maker_pair(maker, KWP_DOMAIN_AS, path);

	for (size_t i = 0; i < line->as_count; i++) {
		uint16_t node = maker_node(maker,
					   maker_pair(maker, key, name_hash(maker, line->as[i])));

		slot_join(maker, &maker_node_at(maker, node)->exact[KWP_PATH_PROCESS], number);
	}
}

/* Directories above what is forbidden may not be moved away with it. */
static void above_mark(struct policy_maker *maker, uint16_t index, uint16_t number)
{
	enum kwp_action action = maker_rule_strictest(maker, number);

	for (; action >= KWP_BLOCK && index != MAKER_ROOT; index = maker->parents[index]) {
		uint16_t *above = &maker_node_at(maker, index)->above;

		if (action > maker_rule_strictest(maker, *above))
			*above = number;
	}
}

static void path_place(struct policy_maker *maker, const struct profile_path_rule *line,
		       uint16_t number)
{
	uint16_t index = maker_node_path(maker, line->pattern.path);
	struct kwp_node *node = maker_node_at(maker, index);
	enum kwp_path_class class = maker_path_class(line);

	above_mark(maker,
		   line->pattern.kind == PATTERN_EXACT ? maker->parents[index] : index, number);
	if (line->as_count) {
		node->flags |= KWP_NODE_ALIASED;
		as_place(maker, line, number);
	} else if (line->pattern.kind == PATTERN_EXACT) {
		slot_join(maker, &node->exact[class], number);
	} else if (line->pattern.kind == PATTERN_CHILDREN) {
		slot_join(maker, &node->children[class], number);
	} else {
		slot_join(maker, &node->subtree[class], number);
	}
}

static void line_place(struct policy_maker *maker, const struct profile_path_rule *line)
{
	uint16_t number, node;

	maker->place = &line->place;
	if (!line_fits(maker, line))
		return;
	number = maker_rule_path(maker, line);
	if (line->pattern.kind != PATTERN_NAME) {
		path_place(maker, line, number);
		return;
	}
	node = maker_node(maker, maker_pair(maker, KWP_DOMAIN_NAME,
					    name_hash(maker, line->pattern.path)));
	slot_join(maker, &maker_node_at(maker, node)->exact[maker_path_class(line)], number);
}

/* A rule that only lets be mapped; the words before it are in maker->words. */
static uint16_t map_allow(struct policy_maker *maker)
{
	struct kwp_rule rule = {.class = KWP_CLASS_PROCESS, .action[KWP_MAP] = KWP_ALLOW};
	uint16_t number;

	buffer_string(&maker->words, ": map allow");
	number = maker_rule(maker, "process", rule);
	maker->origins[number].source[KWP_MAP] = number;
	return number;
}

/* What may run under some name is mapped when it does, if nothing forbids just that. */
static void as_map(struct policy_maker *maker, const struct profile_path_rule *line)
{
	uint16_t *slot;

	if (!line->as_count || line->action[KWP_EXECUTE] > KWP_MONITOR)
		return;
	slot = &maker_node_at(maker, maker_node_path(maker, line->pattern.path))
			->exact[KWP_PATH_PROCESS];
	if (*slot && maker->policy->rules[*slot].action[KWP_MAP])
		return;
	maker->place = &line->place;
	buffer_string(&maker->words, line->pattern.text);
	*slot = maker_rule_fill(maker, *slot, map_allow(maker));
}

static void libraries_place(struct policy_maker *maker)
{
	uint16_t number;

	if (!maker->policy->fixed.fallback[KWP_PATH_PROCESS])
		return;
	maker->place = NULL;
	buffer_string(&maker->words, "libraries of the system");
	number = map_allow(maker);
	for (size_t i = 0; i < ARRAY_SIZE(library_directories); i++)
		maker->weak[maker_node_path(maker, library_directories[i])] = number;
}

/* Directories take from those around them what they do not speak of, so that the deepest one
 * answers alone. Nodes stand behind those of their directories. */
static void class_inherit(struct policy_maker *maker, enum kwp_path_class class,
			  uint16_t *subtrees)
{
	for (size_t i = 0; i < maker->policy->nodes_count && !maker->err; i++) {
		struct kwp_node *node = maker_node_at(maker, i);
		uint16_t around = i == MAKER_ROOT ? 0 : subtrees[maker->parents[i]];
		uint16_t here = maker_rule_fill(maker, node->subtree[class], around);

		if (class == KWP_PATH_PROCESS)
			here = maker_rule_fill(maker, here, maker->weak[i]);
		if (here != around)
			node->subtree[class] = here;
		if (node->children[class])
			node->children[class] =
				maker_rule_fill(maker, node->children[class], here);
		subtrees[i] = here;
	}
}

static void directories_inherit(struct policy_maker *maker)
{
	_cleanup_free_ uint16_t *subtrees = calloc(MAKER_NODES, sizeof(*subtrees));

	if (!subtrees) {
		maker_fail_memory(maker);
		return;
	}
	for (enum kwp_path_class class = 0; class < KWP_PATH_CLASSES; class++)
		class_inherit(maker, class, subtrees);
}

void maker_paths(struct policy_maker *maker)
{
	const struct profile *profile = maker->profile;

	maker_node_path(maker, "/");
	for (size_t i = 0; i < profile->paths_count && !maker->err; i++)
		line_place(maker, &profile->paths[i]);
	for (size_t i = 0; i < profile->paths_count && !maker->err; i++)
		as_map(maker, &profile->paths[i]);
	libraries_place(maker);
	if (!maker->err)
		directories_inherit(maker);
}
