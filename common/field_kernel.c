/* SPDX-License-Identifier: GPL-2.0-only */
#include "field_get.h"

#include <inttypes.h>

#include "names.h"
#include "process.h"
#include "syscall.h"

static const struct kwp_task_act *event_task(const struct event *event)
{
	return event_is_task(RECORD(event)->type) ? event->facts : NULL;
}

/* What was there before: only a hook, which comes before the act, has seen it. */
static const struct kwp_task_act *event_before(const struct event *event)
{
	return event->hook_facts ? event->hook_facts : event_task(event);
}

void get_target_pid(const struct event *event, struct value *out)
{
	const struct kwp_task_act *act = event_task(event);

	if (act && act->target_view_pid)
		value_number(out, act->target_view_pid);
	else if (act && !act->target_pid && act->asked_pid)
		value_number(out, act->asked_pid); /* nobody has it, or nobody we see */
}

void get_target_name(const struct event *event, struct value *out)
{
	const struct kwp_task_act *act = event_task(event);

	if (act && act->target_comm[0])
		value_buffer(out, snprintf(out->buffer, sizeof(out->buffer), "%.*s", KWP_COMM,
					   act->target_comm));
}

void get_signal(const struct event *event, struct value *out)
{
	if (RECORD(event)->type == KWP_SIGNAL)
		value_flags(out, NAME_SIGNAL, event_task(event)->signal);
}

void get_ptrace_request(const struct event *event, struct value *out)
{
	if (RECORD(event)->type != KWP_PTRACE)
		return;
	if (event_task(event)->signal != ~0u)
		value_flags(out, NAME_PTRACE, event_task(event)->signal);
	else /* process_vm_readv(2) and its like */
		get_syscall_name(event, out);
}

void get_namespaces(const struct event *event, struct value *out)
{
	if (RECORD(event)->type == KWP_UNSHARE || RECORD(event)->type == KWP_SETNS)
		value_flags(out, NAME_NAMESPACE, event_task(event)->flags);
}

void get_old_user(const struct event *event, struct value *out)
{
	if (RECORD(event)->type == KWP_SETUID && event_before(event)->old_uid != ~0u)
		value_number(out, event_before(event)->old_uid);
}

void get_new_user(const struct event *event, struct value *out)
{
	if (RECORD(event)->type == KWP_SETUID && event_task(event)->new_uid != ~0u)
		value_number(out, event_task(event)->new_uid);
}

static void value_caps(struct value *out, uint64_t caps)
{
	value_buffer(out, snprintf(out->buffer, sizeof(out->buffer), "%016" PRIx64, caps));
}

void get_old_capabilities(const struct event *event, struct value *out)
{
	if (RECORD(event)->type == KWP_CAPSET && event_before(event)->old_caps != ~0ull)
		value_caps(out, event_before(event)->old_caps);
}

void get_new_capabilities(const struct event *event, struct value *out)
{
	if (RECORD(event)->type == KWP_CAPSET)
		value_caps(out, event_task(event)->new_caps);
}

void get_dup_from(const struct event *event, struct value *out)
{
	if (RECORD(event)->type == KWP_DUP)
		value_number(out, FACTS(event, kwp_dup)->from);
}

void get_dup_to(const struct event *event, struct value *out)
{
	if (RECORD(event)->type == KWP_DUP)
		value_number(out, FACTS(event, kwp_dup)->to);
}

void get_bpf_command(const struct event *event, struct value *out)
{
	if (RECORD(event)->type == KWP_BPF)
		value_flags(out, NAME_BPF_COMMAND, FACTS(event, kwp_bpf_act)->command);
}

void get_bpf_type(const struct event *event, struct value *out)
{
	if (RECORD(event)->type == KWP_BPF && FACTS(event, kwp_bpf_act)->prog_type)
		value_flags(out, NAME_BPF_PROGRAM, FACTS(event, kwp_bpf_act)->prog_type);
}

void get_bpf_name(const struct event *event, struct value *out)
{
	if (RECORD(event)->type == KWP_BPF && event->string[0].size)
		value_bytes(out, event->string[0]);
}

void get_sysctl_name(const struct event *event, struct value *out)
{
	const struct text name = event->string[0];
	const size_t size = MIN(name.size, sizeof(out->buffer) - 1);

	if (RECORD(event)->type != KWP_SYSCTL || !name.bytes)
		return;
	/* "kernel/core_pattern", but sysctl(8) writes dots. */
	for (size_t i = 0; i < size; i++)
		out->buffer[i] = name.bytes[i] == '/' ? '.' : name.bytes[i];
	value_buffer(out, size);
}

void get_sysctl_value(const struct event *event, struct value *out)
{
	struct text value = event->string[1];

	if (RECORD(event)->type != KWP_SYSCTL)
		return;
	while (value.size && value.bytes[value.size - 1] == '\n')
		value.size--;
	value_bytes(out, value);
}

void get_uring_operation(const struct event *event, struct value *out)
{
	if (RECORD(event)->type != KWP_URING)
		return;
	if (FACTS(event, kwp_uring)->entries)
		value_text(out, "setup");
	else
		value_flags(out, NAME_URING_OP, FACTS(event, kwp_uring)->opcode);
}

void get_syscall_name(const struct event *event, struct value *out)
{
	const struct kwp_record *r = RECORD(event);

	if (r->nr >= 0)
		value_text(out, syscall_name(r->nr, r->flags & KWP_F_COMPAT));
}

/* The whole call as strace(1) prints it; it may be longer than out->buffer,
 * so it was made when the event was enriched. */
void get_syscall_text(const struct event *event, struct value *out)
{
	value_bytes(out, event->call);
}

void get_loss_total(const struct event *event, struct value *out)
{
	uint64_t total = 0;

	if (RECORD(event)->type != KWP_LOSS)
		return;
	for (int i = 0; i < KWP_TYPE_COUNT; i++)
		total += FACTS(event, kwp_loss)->lost[i];
	value_number(out, total);
}

void get_loss_events(const struct event *event, struct value *out)
{
	size_t used = 0;

	if (RECORD(event)->type != KWP_LOSS)
		return;
	for (int i = 1; i < KWP_TYPE_COUNT; i++) {
		uint64_t lost = FACTS(event, kwp_loss)->lost[i];

		if (lost && used + 40 < sizeof(out->buffer))
			used += 1 + snprintf(out->buffer + used, sizeof(out->buffer) - used,
					     "%s=%" PRIu64, event_type_name(i), lost);
	}
	out->kind = VALUE_LIST;
	out->text = (struct text){out->buffer, used};
}

/* ---- of kwp itself: auditing that was lowered ---- */

void get_shed_lowered(const struct event *event, struct value *out)
{
	if (RECORD(event)->type == KWP_SHED)
		value_bool(out, FACTS(event, kwp_shed)->on != 0);
}

void get_shed_events(const struct event *event, struct value *out)
{
	if (RECORD(event)->type == KWP_SHED)
		value_number(out, FACTS(event, kwp_shed)->events);
}

void get_shed_cpu(const struct event *event, struct value *out)
{
	if (RECORD(event)->type == KWP_SHED)
		value_number(out, FACTS(event, kwp_shed)->cpu);
}

/* ---- of kwp itself: the watch is on ---- */

#define HEARTBEAT(name)                                                                            \
	void get_heartbeat_##name(const struct event *event, struct value *out)                    \
	{                                                                                          \
		if (RECORD(event)->type == KWP_HEARTBEAT)                                          \
			value_number(out, FACTS(event, kwp_heartbeat)->name);                      \
	}
HEARTBEAT(records)
HEARTBEAT(findings)
HEARTBEAT(repeats)
HEARTBEAT(lost)
HEARTBEAT(evicted)
HEARTBEAT(damaged)
