/* SPDX-License-Identifier: GPL-2.0-only */
#include "field_get.h"

#include <errno.h>
#include <string.h>

#include "names.h"
#include "process.h"

void get_timestamp(const struct event *event, struct value *out)
{
	out->kind = VALUE_TIME;
	out->time = event->time;
}

void get_event_kind(const struct event *event, struct value *out)
{
	const bool metric = event_is_metric(event);

	value_text(out, event_is_finding(event) ? "alert" : metric ? "metric" : "event");
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
	[KWP_DRIFT] = {"process file", "access"},
	[KWP_MPROTECT] = {"process", "change"},
	[KWP_MODULE] = {"driver", "start"},
	[KWP_BPF] = {"driver", "start"},
	[KWP_SYSCTL] = {"configuration", "change"},
	[KWP_URING] = {"process", "info"},
	[KWP_SYSCALL] = {"process", "info"},
	[KWP_ARGS] = {"process", "info"},
	[KWP_LOSS] = {"host", "info"},
	[KWP_CONTAINER] = {"host", "info"},
	[KWP_RULE] = {"host", "info"},
	[KWP_SHED] = {"host", "info"},
	[KWP_HEARTBEAT] = {"host", "info"},
	[KWP_HELD] = {"process", "info"},
	[KWP_RELAY] = {"process network", "connection"},
	[KWP_CLOSE] = {"network", "connection end"},
};
_Static_assert(ARRAY_SIZE(ecs) == KWP_TYPE_COUNT, "a type has no ECS category");

void get_event_category(const struct event *event, struct value *out)
{
	value_words(out, ecs[RECORD(event)->type].category);
}

#define DENIED "denied"

void get_event_type(const struct event *event, struct value *out)
{
	value_words(out, ecs[RECORD(event)->type].type);
	if (!event_denied(event))
		return;
	memcpy(out->buffer + out->text.size, DENIED, sizeof(DENIED));
	out->text.size += sizeof(DENIED);
}

void get_event_action(const struct event *event, struct value *out)
{
	value_text(out, event_type_name(RECORD(event)->type));
}

void get_event_outcome(const struct event *event, struct value *out)
{
	/* A connection that is only on its way is neither. */
	if (event_denied(event))
		value_text(out, "failure");
	else if ((RECORD(event)->flags & KWP_F_RET) && RECORD(event)->ret != -EINPROGRESS)
		value_text(out, RECORD(event)->ret < 0 ? "failure" : "success");
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
	else if (r->type == KWP_CLOSE && FACTS(event, kwp_close)->duration)
		value_number(out, FACTS(event, kwp_close)->duration);
	else if (r->type == KWP_EXIT && r->time > r->start)
		value_number(out, r->time - r->start);
}

void get_error_code(const struct event *event, struct value *out)
{
	if (event_denied(event))
		value_flags(out, NAME_ERRNO, EPERM);
	else if (event_failed(event))
		value_flags(out, NAME_ERRNO, -RECORD(event)->ret);
}

void get_result(const struct event *event, struct value *out)
{
	if (RECORD(event)->flags & KWP_F_RET)
		value_number(out, RECORD(event)->ret);
}

void get_host_id(const struct event *event, struct value *out)
{
	value_bytes(out, event->host);
}

void get_schema(const struct event *event, struct value *out)
{
	value_number(out, KWP_SCHEMA);
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
	if ((RECORD(event)->flags & KWP_F_VERDICT) && !event->kernel_rule)
		used += snprintf(out->buffer + used, sizeof(out->buffer) - used, "rule.name%c", 0);
	/* A hook comes before the act; what came through io_uring has no end to wait for. */
	if ((RECORD(event)->backend == KWP_BY_LSM || RECORD(event)->backend == KWP_BY_FMOD_RET) &&
	    !(RECORD(event)->flags & KWP_F_RET) && !event_denied(event))
		used += snprintf(out->buffer + used, sizeof(out->buffer) - used, "event.outcome%c", 0);
	if (!used)
		return;
	out->kind = VALUE_LIST;
	out->text = (struct text){out->buffer, used};
}
