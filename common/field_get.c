/* SPDX-License-Identifier: GPL-2.0-only */
#include "field_get.h"

#include <errno.h>
#include <string.h>

#include "names.h"
#include "process.h"
#include "rule.h"

void get_timestamp(const struct event *event, struct value *out)
{
	out->kind = VALUE_TIME;
	out->time = event->time;
}

void get_event_kind(const struct event *event, struct value *out)
{
	value_text(out, event->rule			   ? "alert"
			: RECORD(event)->type == KWP_LOSS ? "metric"
							  : "event");
}

/* A list in out->buffer, from words that are joined by a space. */
static void value_words(struct value *out, const char *words)
{
	size_t size = strlen(words) + 1;

	memcpy(out->buffer, words, size);
	for (size_t i = 0; i < size; i++)
		if (out->buffer[i] == ' ')
			out->buffer[i] = 0;
	out->kind = VALUE_LIST;
	out->text = (struct text){out->buffer, size};
}

/* ECS: event.category and event.type of each type of act. */
static const struct {
	const char *category, *type;
} ecs[] = {
	[KWP_EXEC] = {"process", "start"},
	[KWP_FORK] = {"process", "start"},
	[KWP_EXIT] = {"process", "end"},
	[KWP_OPEN] = {"file", "access"},
	[KWP_CREATE] = {"file", "creation"},
	[KWP_RENAME] = {"file", "change"},
	[KWP_UNLINK] = {"file", "deletion"},
	[KWP_LINK] = {"file", "creation"},
	[KWP_CHMOD] = {"file", "change"},
	[KWP_CHOWN] = {"file", "change"},
	[KWP_TRUNCATE] = {"file", "change"},
	[KWP_XATTR] = {"file", "change"},
	[KWP_MOUNT] = {"file host", "change"},
	[KWP_UMOUNT] = {"file host", "change"},
	[KWP_CONNECT] = {"network", "connection start"},
	[KWP_ACCEPT] = {"network", "connection start"},
	[KWP_BIND] = {"network", "info"},
	[KWP_LISTEN] = {"network", "info"},
	[KWP_SOCKET] = {"network", "info"},
	[KWP_DNS] = {"network", "protocol"},
	[KWP_DUP] = {"process", "change"},
	[KWP_SIGNAL] = {"process", "info"},
	[KWP_PTRACE] = {"process", "access"},
	[KWP_SETUID] = {"process iam", "change"},
	[KWP_CAPSET] = {"process iam", "change"},
	[KWP_SETNS] = {"process", "change"},
	[KWP_UNSHARE] = {"process", "change"},
	[KWP_CHROOT] = {"process", "change"},
	[KWP_MEMFD] = {"file", "creation"},
	[KWP_MMAP_EXEC] = {"process library", "access"},
	[KWP_MPROTECT] = {"process", "change"},
	[KWP_MODULE] = {"driver", "start"},
	[KWP_BPF] = {"driver", "start"},
	[KWP_SYSCTL] = {"configuration", "change"},
	[KWP_URING] = {"process", "info"},
	[KWP_SYSCALL] = {"process", "info"},
	[KWP_ARGS] = {"process", "info"},
	[KWP_LOSS] = {"host", "info"},
	[KWP_CONTAINER] = {"host", "info"},
};
_Static_assert(ARRAY_SIZE(ecs) == KWP_TYPE_COUNT, "a type has no ECS category");

void get_event_category(const struct event *event, struct value *out)
{
	value_words(out, ecs[RECORD(event)->type].category);
}

void get_event_type(const struct event *event, struct value *out)
{
	value_words(out, ecs[RECORD(event)->type].type);
}

void get_event_action(const struct event *event, struct value *out)
{
	value_text(out, event_type_name(RECORD(event)->type));
}

void get_event_outcome(const struct event *event, struct value *out)
{
	/* A connection that is only on its way is neither. */
	if ((RECORD(event)->flags & KWP_F_RET) && RECORD(event)->ret != -EINPROGRESS)
		value_text(out, RECORD(event)->ret < 0 ? "failure" : "success");
}

void get_event_severity(const struct event *event, struct value *out)
{
	if (event->rule)
		value_number(out, severity_number(event->rule->severity));
}

void get_event_sequence(const struct event *event, struct value *out)
{
	value_number(out, RECORD(event)->sequence);
}

void get_event_duration(const struct event *event, struct value *out)
{
	const struct kwp_record *r = RECORD(event);

	if (r->type == KWP_SYSCALL && FACTS(event, kwp_syscall)->duration)
		value_number(out, FACTS(event, kwp_syscall)->duration);
	else if (r->type == KWP_EXIT && r->time > r->start)
		value_number(out, r->time - r->start);
}

void get_error_code(const struct event *event, struct value *out)
{
	if ((RECORD(event)->flags & KWP_F_RET) && RECORD(event)->ret < 0)
		value_flags(out, NAME_ERRNO, -RECORD(event)->ret);
}

void get_result(const struct event *event, struct value *out)
{
	if (RECORD(event)->flags & KWP_F_RET)
		value_number(out, RECORD(event)->ret);
}

void get_message(const struct event *event, struct value *out)
{
	value_bytes(out, event->message);
}

void get_rule_name(const struct event *event, struct value *out)
{
	if (event->rule)
		value_text(out, event->rule->id);
}

void get_rule_description(const struct event *event, struct value *out)
{
	if (event->rule)
		value_text(out, event->rule->title);
}

void get_rule_reference(const struct event *event, struct value *out)
{
	if (event->rule && event->rule->file)
		value_buffer(out, snprintf(out->buffer, sizeof(out->buffer), "%s:%u",
					   event->rule->file, event->rule->line));
}

void get_technique(const struct event *event, struct value *out)
{
	size_t used = 0;

	if (!event->rule || !event->rule->technique_count)
		return;
	for (size_t i = 0; i < event->rule->technique_count; i++) {
		size_t size = strlen(event->rule->technique[i]) + 1;

		if (used + size > sizeof(out->buffer))
			break;
		memcpy(out->buffer + used, event->rule->technique[i], size);
		used += size;
	}
	out->kind = VALUE_LIST;
	out->text = (struct text){out->buffer, used};
}

void get_host_id(const struct event *event, struct value *out)
{
	value_bytes(out, event->host);
}

void get_schema(const struct event *event, struct value *out)
{
	value_number(out, KWP_SCHEMA);
}

void get_verdict(const struct event *event, struct value *out)
{
	static const char *const names[] = {NULL,	   "allow", "audit", "would-block",
					    "block", "kill"};
	_Static_assert(ARRAY_SIZE(names) == VERDICT_COUNT, "a verdict has no name");

	if (event->verdict < VERDICT_COUNT)
		value_text(out, names[event->verdict]);
}

void get_backend(const struct event *event, struct value *out)
{
	value_text(out, event_backend_name(RECORD(event)->backend));
}

void get_via(const struct event *event, struct value *out)
{
	const uint32_t flags = RECORD(event)->flags & (KWP_F_URING | KWP_F_COMPAT);

	if (flags)
		value_text(out, flags & KWP_F_URING ? "io_uring" : "32-bit");
}

void get_cpu(const struct event *event, struct value *out)
{
	value_number(out, RECORD(event)->cpu);
}

void get_unresolved(const struct event *event, struct value *out)
{
	if ((RECORD(event)->flags & KWP_F_UNRESOLVED) && !event->hook[0].bytes)
		value_bool(out, true);
}

void get_incomplete(const struct event *event, struct value *out)
{
	static const char *const names[] = {"file.path",   "process.args",
					    "process.working_directory", "file.target_path",
					    "destination", "process.pid",
					    "process.io", "kwp.old"};
	uint32_t bits = RECORD(event)->incomplete |
			(event->process ? event->process->incomplete : 0);
	size_t used = 0;

	/* What a hook lent is not missing. */
	if (event->hook_facts)
		bits &= ~KWP_NO_OLD;
	if (event->hook[0].bytes)
		bits &= ~KWP_NO_PATH;
	_Static_assert(KWP_NO_OLD == 1 << (ARRAY_SIZE(names) - 1), "a bit has no name");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (bits & 1u << i)
			used += snprintf(out->buffer + used, sizeof(out->buffer) - used, "%s%c",
					 names[i], 0);
	/* A hook comes before the act; what came through io_uring has no end to wait for. */
	if ((RECORD(event)->backend == KWP_BY_LSM || RECORD(event)->backend == KWP_BY_FMOD_RET) &&
	    !(RECORD(event)->flags & KWP_F_RET))
		used += snprintf(out->buffer + used, sizeof(out->buffer) - used, "event.outcome%c", 0);
	if (!used)
		return;
	out->kind = VALUE_LIST;
	out->text = (struct text){out->buffer, used};
}
