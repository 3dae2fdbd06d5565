/* SPDX-License-Identifier: GPL-2.0-only */
/* What rules said, kwp's own and those of the policy in the kernel. */
#include "field_get.h"

#include <string.h>

#include "../bpf/policy.h"
#include "digits.h"
#include "incident.h"
#include "verdict.h"

/* Is it a finding by the policy in the kernel? */
static bool event_is_kernels(const struct event *event)
{
	return (RECORD(event)->flags & KWP_F_VERDICT) && !event->rule;
}

static bool event_has_file(const struct event *event)
{
	return RECORD(event)->type == KWP_EXEC || event_is_file(RECORD(event)->type);
}

void get_event_severity(const struct event *event, struct value *out)
{
	if (event_is_finding(event))
		value_number(out, severity_number(verdict_severity(event)));
}

void get_message(const struct event *event, struct value *out)
{
	value_bytes(out, event->message);
}

/* The number that `kwp load --status` knows it by. */
void get_rule_id(const struct event *event, struct value *out)
{
	if (event_is_kernels(event))
		value_buffer(out, digits_put(out->buffer, RECORD(event)->rule) - out->buffer);
}

void get_rule_name(const struct event *event, struct value *out)
{
	if (event->rule)
		value_text(out, event->rule->id);
	else if (event->kernel_rule)
		value_bytes(out, event->kernel_rule->name);
}

void get_rule_description(const struct event *event, struct value *out)
{
	if (event->rule)
		value_text(out, event->rule->title);
	else if (event->kernel_rule)
		value_bytes(out, event->kernel_rule->words);
}

void get_rule_ruleset(const struct event *event, struct value *out)
{
	if (!event->rule && event->kernel_rule)
		value_bytes(out, event->kernel_rule->ruleset);
	else
		value_bytes(out, event->ruleset);
}

void get_rule_reference(const struct event *event, struct value *out)
{
	if (event->rule && event->rule->file)
		value_buffer(out, snprintf(out->buffer, sizeof(out->buffer), "%s:%u",
					   event->rule->file, event->rule->line));
	else if (!event->rule && event->kernel_rule)
		value_bytes(out, event->kernel_rule->reference);
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

void get_verdict(const struct event *event, struct value *out)
{
	value_text(out, verdict_name(event->verdict));
}

void get_generation(const struct event *event, struct value *out)
{
	if (event_is_kernels(event))
		value_number(out, RECORD(event)->generation);
}

/* Rules that are not about files have no access: their records hold a 0. */
void get_access(const struct event *event, struct value *out)
{
	static const char *const names[] = {
		[KWP_EXECUTE] = "execute", [KWP_MAP] = "map", [KWP_READ] = "read",
		[KWP_WRITE] = "write"};
	const struct kernel_rule *rule = event->kernel_rule;
	_Static_assert(ARRAY_SIZE(names) == KWP_ACCESS_COUNT, "an access has no name");

	if (!event_is_kernels(event) || !event_has_file(event))
		return;
	if (!rule || rule->class == KWP_CLASS_PROCESS || rule->class == KWP_CLASS_FILE ||
	    rule->class == KWP_CLASS_DRIFT)
		value_text(out, names[RECORD(event)->access]);
}

static void signal_value(const struct event *event, struct value *out)
{
	static const char *const names[] = {
		[KWP_SIGNAL_NONE] = NULL,	[KWP_SIGNAL_UPPER] = "upper",
		[KWP_SIGNAL_CTIME] = "ctime",	[KWP_SIGNAL_MEMORY] = "memory",
		[KWP_SIGNAL_MOUNT] = "mount",	[KWP_SIGNAL_WRITTEN] = "written"};
	_Static_assert(ARRAY_SIZE(names) == KWP_SIGNAL_COUNT, "a signal has no name");

	value_text(out, names[RECORD(event)->signal]);
}

void get_evidence_signal(const struct event *event, struct value *out)
{
	if (event_is_kernels(event) && event_has_file(event))
		signal_value(event, out);
}

void get_file_drift(const struct event *event, struct value *out)
{
	if (RECORD(event)->type == KWP_DRIFT)
		signal_value(event, out);
}

void get_file_use(const struct event *event, struct value *out)
{
	static const char *const names[KWP_ACCESS_COUNT] = {
		[KWP_EXECUTE] = "program", [KWP_MAP] = "library", [KWP_READ] = "script"};

	if (RECORD(event)->type == KWP_DRIFT)
		value_text(out, names[RECORD(event)->access]);
}

/* ---- what belongs together ---- */

void get_incident_id(const struct event *event, struct value *out)
{
	if (event->incident && event->incident->id[0])
		value_text(out, event->incident->id);
}

/* A finding of the first time is only itself. */
static bool event_repeats(const struct event *event)
{
	return event->incident && event->incident->count > 1;
}

void get_incident_count(const struct event *event, struct value *out)
{
	if (event_repeats(event))
		value_number(out, event->incident->count);
}

static void value_moment(struct value *out, uint64_t time)
{
	out->kind = VALUE_TIME;
	out->time = time;
}

void get_incident_first(const struct event *event, struct value *out)
{
	if (event_repeats(event))
		value_moment(out, event->incident->first);
}

void get_incident_last(const struct event *event, struct value *out)
{
	if (event_repeats(event))
		value_moment(out, event->incident->last);
}
