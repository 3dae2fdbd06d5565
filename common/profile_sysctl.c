/* SPDX-License-Identifier: GPL-2.0-only */
/* The key `sysctl`: settings of the kernel that must not be written. */
#include "profile_reader.h"
#include "buffer.h"

#include <string.h>

#define SYSCTL_MAX 255

/* What is wrong with "kernel.core_pattern", "kernel.*", "*"; NULL: nothing. */
static const char *sysctl_fault(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

	if (strlen(name) > SYSCTL_MAX)
		return "it has more than 255 bytes";
	for (;;) {
		size_t length = strspn(name, letters);

		if (!length && !strcmp(name, "*"))
			return NULL;
		if (!length && *name == '*')
			return "a '*' can only stand behind the last dot";
		if (!length)
			return *name == '/' ? "dots separate its parts" : "a part of it is missing";
		name += length;
		if (!*name)
			return NULL;
		if (*name != '.')
			return *name == '/'   ? "dots separate its parts"
			       : *name == '*' ? "a '*' can only stand behind the last dot"
					      : "letters, digits, '-' and '_' are its parts";
		name++;
	}
}

static void sysctl_add(struct profile_reader *reader, const struct yaml_node *node,
		       enum kwp_action action)
{
	struct profile *profile = reader->profile;
	struct profile_sysctl_rule rule = {.action = action, .place = place_of(reader, node)};
	_cleanup_buffer_ struct buffer key = {0};
	struct profile_sysctl_rule *old;
	size_t *at = NULL;
	bool found;

	buffer_addf(&key, "sysctl %s%c", node->text, '\0');
	if (!key.failed)
		at = reader_index(reader, key.bytes, profile->sysctls_count, &found);
	reader->no_memory |= !at;
	if (!at)
		return;
	old = found ? &profile->sysctls[*at] : NULL;
	if (old && reader_repeats(reader, node, node->text, &old->place, old->action, action))
		return;
	rule.pattern = old ? old->pattern : reader_bytes(reader, node->text, node->size);
	if (old)
		*old = rule;
	else if (rule.pattern &&
		 !reader_append(reader, profile->sysctls, profile->sysctls_count, rule))
		free(rule.pattern);
}

static void read_sysctls(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	(void)into;
	for (const struct yaml_node *item = yaml_node_first(value); item;
	     item = yaml_node_next(value, item)) {
		const char *name = reader_text(reader, item);
		const char *fault = name ? sysctl_fault(name) : NULL;

		if (fault)
			reader_error(reader, item,
				     "'%.80s' is no sysctl such as kernel.modprobe "
				     "or kernel.*: %s",
				     name, fault);
		else if (name)
			sysctl_add(reader, item, action_of_list(value));
	}
}

static const struct profile_key sysctl_keys[] = {
	{"monitor", read_sysctls, "settings of the kernel that are told when they are written",
	 "[\"net.*\"]"},
	{"block", read_sysctls, "settings of the kernel that can't be written",
	 "[kernel.core_pattern, \"kernel.yama.*\"]"},
};
const struct profile_section sysctl_section = {"sysctl", sysctl_keys, ARRAY_SIZE(sysctl_keys)};

void reader_sysctls(struct profile_reader *reader, const struct yaml_node *map, void *into)
{
	(void)into;
	reader_map(reader, map, &sysctl_section, NULL);
}
