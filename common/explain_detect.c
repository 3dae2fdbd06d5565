/* SPDX-License-Identifier: GPL-2.0-only */
/* Detections: the rules of the built-in profiles as they are written, and what the kernel side
 * decides. */
#include <errno.h>
#include <string.h>

#include "buffer.h"
#include "explain_word.h"
#include "profile_detect.h"
#include "yaml.h"

/* What the kernel side looks at, which is not always what the rule of that name does. */
static const char *const detect_helps[] = {
	[KWP_DETECT_FILELESS_EXEC] = "a program or script is executed that is only in memory",
	[KWP_DETECT_EXEC_DELETED] = "a program is executed whose file has no name any more, or "
				    "never had one",
	[KWP_DETECT_EXEC_SHARED_MEMORY] = "a program is executed from shared memory",
	[KWP_DETECT_REVERSE_SHELL] = "a shell or interpreter has its standard streams on a "
				     "connection that this guest made, or a shell its input",
	[KWP_DETECT_BIND_SHELL] = "a shell or interpreter has its standard streams on a "
				  "connection that came in",
	[KWP_DETECT_EXEC_ON_SOCKET] = "a program is started with its standard streams on a "
				      "connection",
	[KWP_DETECT_REVERSE_SHELL_RELAY] = "a process carries bytes between a shell or interpreter "
					   "and a connection that this guest made",
	[KWP_DETECT_BIND_SHELL_RELAY] = "a process carries bytes between a shell or interpreter "
					"and a connection that came in, or waits for some",
	[KWP_DETECT_BIND_SHELL_UNIX] = "a process carries bytes between a shell and a client of "
				       "its unix socket",
	[KWP_DETECT_PIPE_TO_SHELL] = "a process with a connection that this guest made holds the "
				     "input of a shell or interpreter, as in curl | sh",
	[KWP_DETECT_CONNECTED_CODE] = "an interpreter that has a connection and code on its "
				      "command line runs a program to read its output, or a shell "
				      "one whose output is the connection",
	[KWP_DETECT_MEMORY_EXECUTABLE] = "memory of no file is made executable, or mapped to be "
					 "written and executed",
	[KWP_DETECT_MEMORY_FILE_MAPPED] = "a file that is only in memory is mapped as code",
	[KWP_DETECT_PROCESS_INJECTION] = "a process traces another one, or writes to its memory",
	[KWP_DETECT_MOUNT_ESCAPE] = "a filesystem of a disk or of the kernel's control is mounted, "
				    "or /proc or /sys is made writable",
	[KWP_DETECT_BLOCK_DEVICE] = "a device file of a disk or of memory is made",
};
_Static_assert(ARRAY_SIZE(detect_helps) == KWP_DETECT_COUNT, "words for each detection");

static void cleanup_roots(struct yaml_node ***roots)
{
	for (size_t i = 0; *roots && i < builtin_profiles_count; i++)
		yaml_node_free((*roots)[i]);
	free(*roots);
}
#define _cleanup_roots_ __attribute__((cleanup(cleanup_roots)))

/* The trees of the built-in profiles, NULL: no memory. */
static struct yaml_node **roots_read(void)
{
	_cleanup_roots_ struct yaml_node **roots =
		calloc(builtin_profiles_count + 1, sizeof(*roots));

	for (size_t i = 0; roots && i < builtin_profiles_count; i++) {
		struct yaml_error error;

		if (yaml_node_read(builtin_profiles[i].bytes, builtin_profiles[i].size, &roots[i],
				   &error))
			return NULL;
	}
	return take_ptr(roots);
}

static const char *text_of(const struct yaml_node *rule, const char *key)
{
	const struct yaml_node *value = yaml_node_find(rule, key);

	return value && value->kind == YAML_TEXT ? value->text : NULL;
}

static const struct yaml_node *rules_of(const struct yaml_node *root)
{
	const struct yaml_node *rules = root ? yaml_node_find(root, "rules") : NULL;

	return rules ? rules->first : NULL;
}

/* The value of a key, with its parts if it is a list. */
static void value_item(FILE *out, const char *label, const struct yaml_node *rule, const char *key)
{
	const struct yaml_node *value = yaml_node_find(rule, key);
	_cleanup_buffer_ struct buffer joined = {0};

	for (const struct yaml_node *item = value ? yaml_node_first(value) : NULL; item;
	     item = yaml_node_next(value, item)) {
		const char *text = item->kind == YAML_TEXT ? item->text : text_of(item, "when");

		buffer_addf(&joined, "%s%s", joined.size ? ", " : "", text ? text : "");
	}
	buffer_byte(&joined, '\0');
	if (!joined.failed && joined.size > 1)
		word_item(out, label, joined.bytes);
}

static void rule_print(const char *profile, const struct yaml_node *rule, FILE *out)
{
	const char *title = text_of(rule, "title");

	fprintf(out, "detection %s: %s\n", text_of(rule, "id"), title ? title : "");
	word_item(out, "profile", profile);
	value_item(out, "severity", rule, "severity");
	value_item(out, "technique", rule, "technique");
	value_item(out, "on", rule, "on");
	value_item(out, "when", rule, "when");
	value_item(out, "except", rule, "except");
	value_item(out, "false positives", rule, "false-positives");
}

static void kernel_print(int detect, bool ruled, FILE *out)
{
	_cleanup_buffer_ struct buffer example = {0};

	if (!ruled)
		fprintf(out, "detection %s: %s\n", detect_name((enum kwp_detect)detect),
			detect_helps[detect]);
	else
		word_item(out, "in the kernel", detect_helps[detect]);
	buffer_addf(&example, "detect: {%s: block}, or kill%c",
		    detect_name((enum kwp_detect)detect), '\0');
	word_item(out, "can be stopped", example.failed ? NULL : example.bytes);
}

int explain_detect(const char *name, FILE *out)
{
	_cleanup_roots_ struct yaml_node **roots = roots_read();
	int detect = detect_find(name);
	bool ruled = false;

	if (!roots)
		return -ENOMEM;
	for (size_t i = 0; i < builtin_profiles_count; i++) {
		for (const struct yaml_node *rule = rules_of(roots[i]); rule; rule = rule->next) {
			const char *id = text_of(rule, "id");

			if (!id || strcmp(id, name))
				continue;
			rule_print(builtin_profiles[i].name, rule, out);
			ruled = true;
		}
	}
	if (detect >= 0)
		kernel_print(detect, ruled, out);
	else if (ruled)
		word_item(out, "can be stopped", "no: it is told after the act");
	return ruled || detect >= 0 ? 0 : -ENOENT;
}

int explain_detects(const struct word_visit *visit)
{
	_cleanup_roots_ struct yaml_node **roots = roots_read();
	unsigned ruled = 0;

	if (!roots)
		return -ENOMEM;
	for (size_t i = 0; i < builtin_profiles_count; i++) {
		for (const struct yaml_node *rule = rules_of(roots[i]); rule; rule = rule->next) {
			const char *id = text_of(rule, "id"), *title = text_of(rule, "title");
			int detect = id ? detect_find(id) : -1;

			if (id)
				visit->word(visit, "detection", id, title ? title : "");
			if (detect >= 0)
				ruled |= 1u << detect;
		}
	}
	for (unsigned i = 0; i < KWP_DETECT_COUNT; i++) {
		if (!(ruled >> i & 1))
			visit->word(visit, "detection", detect_name((enum kwp_detect)i),
				    detect_helps[i]);
	}
	return 0;
}
