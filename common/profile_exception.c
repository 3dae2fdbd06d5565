/* SPDX-License-Identifier: GPL-2.0-only */
/* The profile's own `except`: what is normal here, of rules and detections. */
#include "profile_reader.h"

#include <string.h>

/* An item of it, as far as it was read. */
struct exception {
	struct rule *rule;
	int detect; /* enum kwp_detect, -1: the kernel side does not know it */
	const struct yaml_node *when;
};

static void read_id(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	struct exception *exception = into;
	const char *id = reader_text(reader, value), *close;

	if (!id)
		return;
	exception->rule = rule_find(reader->profile, id);
	exception->detect = detect_find(id);
	if (exception->rule || exception->detect >= 0)
		return;
	close = detect_suggest(reader->profile, id, value->size);
	reader_error(reader, value, "unknown rule '%.60s'%s%s%s", id,
		     close ? "; did you mean '" : "", close ? close : "", close ? "'?" : "");
}

/* Keys come in any order, so the filter waits for the rule. */
static void read_when(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	(void)reader;
	((struct exception *)into)->when = value;
}

static const struct profile_key exception_keys[] = {
	{"id", read_id, "the rule or detection that the exception is from", "reverse-shell",
	 .required = true},
	{"when", read_when,
	 "an expression: an event for which it is true is no finding; of a detection under block "
	 "or kill only process.executable and user.id can be tested",
	 "process.executable == /usr/sbin/sshd", .required = true},
};
const struct profile_section exception_section = {"except", exception_keys,
						  ARRAY_SIZE(exception_keys)};

/* What `detect` says of it is known when all files were read. */
static void excuse_add(struct profile_reader *reader, const struct exception *exception)
{
	struct profile_excuse excuse = {
		.detect = (enum kwp_detect)exception->detect,
		.document = reader->document,
		.when = exception->when,
		.ruled = exception->rule,
	};

	reader_append(reader, reader->excuses, reader->excuses_count, excuse);
}

static void exception_read(struct profile_reader *reader, const struct yaml_node *node)
{
	struct exception exception = {.detect = -1};
	struct filter *filter = NULL;

	reader_map(reader, node, &exception_section, &exception);
	if (exception.when)
		filter = reader_filter(reader, exception.when);
	if (filter && exception.detect >= 0)
		excuse_add(reader, &exception);
	if (exception.rule)
		rule_except_add(reader, exception.rule, filter);
	else
		filter_free(filter);
}

void reader_exceptions(struct profile_reader *reader, const struct yaml_node *list, void *into)
{
	(void)into;
	if (list->kind != YAML_LIST) {
		reader_error(reader, list,
			     "a list of exceptions is wanted here: "
			     "'- {id: ..., when: ...}'");
		return;
	}
	for (const struct yaml_node *node = list->first; node; node = node->next)
		exception_read(reader, node);
}
