/* SPDX-License-Identifier: GPL-2.0-only */
/* A rule: when an event matches it, there is a finding. */
#ifndef KWP_RULE_H
#define KWP_RULE_H

#include "filter.h"

/* From a note to an alarm, with the number that event.severity shows (ECS:
 * higher is worse). */
enum severity {
	SEVERITY_INFO,	   /* 21 */
	SEVERITY_LOW,	   /* 47 */
	SEVERITY_MEDIUM,   /* 59 */
	SEVERITY_HIGH,	   /* 73 */
	SEVERITY_CRITICAL, /* 99 */
	SEVERITY_COUNT
};

struct rule {
	char *id;	    /* lower-case words joined by '-' */
	char *title;	    /* what it means, one line; may be NULL */
	uint64_t types;	    /* bit per enum kwp_type it looks at (`on`) */
	struct filter *when;   /* NULL: every event of those types */
	struct filter **except; /* any that matches excuses the event */
	size_t except_count;
	enum severity severity;
	char **technique;   /* MITRE ATT&CK ids */
	size_t technique_count;
	char *message;	    /* template: "{process.name} ran {process.args}"; may be NULL */
	char *false_positives; /* known ones, in words; may be NULL */
	const char *file;   /* profile it came from, borrowed from the profile */
	unsigned line;
	uint64_t hits;
};

/* Ends what the rule holds, not the struct itself: rules stand in arrays. */
void rule_free(struct rule *rule);
/* Does the event match, and no exception excuse it? */
bool rule_match(const struct rule *rule, const struct event *event);
/* The finding in words: the template with {field} filled in, else title, else
 * id; NUL-terminated, cut at size (256 at least). Values are cut at 200 bytes
 * each; absent ones print as "?". "{{" and "}}" are braces. Secrets are not
 * masked here. Returns its length. */
size_t rule_message(const struct rule *rule, const struct event *event,
		    char *out, size_t size);
/* 0, or -EINVAL and *error (may be NULL) if a template names an unknown field
 * or has a brace without its other half. */
int rule_template_check(const char *message, struct filter_error *error) MUST_CHECK;

const char *severity_name(enum severity severity);
int severity_number(enum severity severity); /* 21 .. 99 */
/* false if there is none of that name. */
bool severity_find(const char *name, size_t size, enum severity *out);

#endif
