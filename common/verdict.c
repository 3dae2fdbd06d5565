/* SPDX-License-Identifier: GPL-2.0-only */
#include "verdict.h"

#include <string.h>

#include "target.h"

#define PART_SHOWN 512 /* bytes of a path or of a rule's words */

static const struct {
	const char *name, *deed;
	enum severity severity;
} verdicts[] = {
	[VERDICT_NONE] = {NULL, NULL, SEVERITY_INFO},
	[VERDICT_ALLOW] = {"allow", "allowed", SEVERITY_INFO},
	[VERDICT_AUDIT] = {"audit", "seen", SEVERITY_LOW},
	[VERDICT_WOULD_BLOCK] = {"would-block", "would block", SEVERITY_MEDIUM},
	[VERDICT_BLOCK] = {"block", "blocked", SEVERITY_HIGH},
	[VERDICT_KILL] = {"kill", "killed", SEVERITY_CRITICAL},
};
_Static_assert(ARRAY_SIZE(verdicts) == VERDICT_COUNT, "a row for each verdict");

enum verdict verdict_of(unsigned said)
{
	static const enum verdict of[] = {
		[KWP_SAID_NOTHING] = VERDICT_NONE,
		[KWP_SAID_MONITOR] = VERDICT_AUDIT,
		[KWP_SAID_WOULD_BLOCK] = VERDICT_WOULD_BLOCK,
		[KWP_SAID_BLOCK] = VERDICT_BLOCK,
		[KWP_SAID_KILL] = VERDICT_KILL,
	};
	_Static_assert(ARRAY_SIZE(of) == KWP_SAID_COUNT, "a row for each of the kernel's");

	return said < KWP_SAID_COUNT ? of[said] : VERDICT_NONE;
}

const char *verdict_name(enum verdict verdict)
{
	return (unsigned)verdict < VERDICT_COUNT ? verdicts[verdict].name : NULL;
}

const char *verdict_deed(enum verdict verdict)
{
	return (unsigned)verdict < VERDICT_COUNT ? verdicts[verdict].deed : NULL;
}

enum severity verdict_severity(const struct event *event)
{
	if (event->rule)
		return event->rule->severity;
	return (unsigned)event->verdict < VERDICT_COUNT ? verdicts[event->verdict].severity
							: SEVERITY_INFO;
}

static void text_add(struct buffer *out, struct text text)
{
	buffer_add(out, text.bytes, MIN(text.size, (size_t)PART_SHOWN));
	if (text.size > PART_SHOWN)
		buffer_string(out, "...");
}

/* The far end: an IPv6 address gets brackets where a port follows. */
static void end_add(struct buffer *out, const struct event *event, const struct value *address)
{
	const struct field *field = field_find("destination.port", 16);
	struct value port = {.kind = VALUE_NONE};
	char text[64];

	field->get(event, &port);
	value_print(address, text, sizeof(text));
	if (port.kind == VALUE_NONE)
		buffer_string(out, text);
	else
		buffer_addf(out, address->address.v6 ? "[%s]:%lld" : "%s:%lld", text,
			    (long long)port.number);
}

/* A path stands for itself; other targets need the act before them. */
static void target_add(struct buffer *out, const struct event *event)
{
	struct value target;
	char text[PART_SHOWN];

	if (event->path.bytes) {
		text_add(out, event->path);
		if (event->target_path.bytes)
			buffer_string(out, " -> ");
		text_add(out, event->target_path);
		return;
	}
	buffer_string(out, event_type_name(event->record->type));
	if (!target_get(event, &target))
		return;
	buffer_byte(out, ' ');
	if (target.kind == VALUE_ADDRESS) {
		end_add(out, event, &target);
		return;
	}
	value_print(&target, text, sizeof(text));
	buffer_string(out, text);
}

void verdict_message(const struct event *event, struct buffer *out)
{
	const struct kernel_rule *rule = event->kernel_rule;

	buffer_string(out, verdict_deed(event->verdict));
	buffer_string(out, ": ");
	target_add(out, event);
	buffer_string(out, ": ");
	if (!rule)
		buffer_addf(out, "rule %u", event->record->rule);
	else
		text_add(out, rule->words.bytes ? rule->words : rule->name);
}
