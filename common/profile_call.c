/* SPDX-License-Identifier: GPL-2.0-only */
/* The key `syscall`: system calls by name. */
#include "profile_reader.h"
#include "syscall.h"

#include <string.h>

static void call_add(struct profile_reader *reader, const struct yaml_node *node, int number,
		     enum kwp_action action)
{
	struct profile *profile = reader->profile;
	struct profile_call_rule rule = {
		.number = number, .action = action, .place = place_of(reader, node)};
	struct profile_call_rule *old = NULL;

	for (size_t i = 0; i < profile->calls_count; i++) {
		if (profile->calls[i].number == number)
			old = &profile->calls[i];
	}
	if (old && reader_repeats(reader, node, old->name, &old->place, old->action, action))
		return;
	rule.name = old ? old->name : reader_bytes(reader, node->text, node->size);
	if (old)
		*old = rule;
	else if (rule.name && !reader_append(reader, profile->calls, profile->calls_count, rule))
		free(rule.name);
}

static void read_calls(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	(void)into;
	for (const struct yaml_node *item = yaml_node_first(value); item;
	     item = yaml_node_next(value, item)) {
		const char *name = reader_text(reader, item);
		int number = name ? syscall_find(name, item->size) : -1;
		const char *close;

		if (number >= 0)
			call_add(reader, item, number, action_of_list(value));
		if (!name || number >= 0)
			continue;
		close = syscall_suggest(name, item->size);
		reader_error(reader, item, "unknown system call '%.60s'%s%s%s", name,
			     close ? "; did you mean '" : "", close ? close : "",
			     close ? "'?" : "");
	}
}

static const struct profile_key syscall_keys[] = {
	{"monitor", read_calls, "system calls that are told", "[unshare, memfd_create]"},
	{"block", read_calls, "system calls that are refused", "[bpf, init_module, kexec_load]"},
	{"kill", read_calls, "system calls that end the process", "[ptrace]"},
};
const struct profile_section syscall_section = {"syscall", syscall_keys, ARRAY_SIZE(syscall_keys)};

void reader_calls(struct profile_reader *reader, const struct yaml_node *map, void *into)
{
	(void)into;
	reader_map(reader, map, &syscall_section, NULL);
}
