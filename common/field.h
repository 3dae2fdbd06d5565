/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fields: the named facts of an event. One table; filters, rules, columns,
 * JSON, --fields, the JSON Schema and the checks of kwp-event(7) come from it.
 */
#ifndef KWP_FIELD_H
#define KWP_FIELD_H

#include "event.h"

enum value_kind {
	VALUE_NONE,    /* the event does not have it */
	VALUE_NUMBER,  /* signed 64 bits */
	VALUE_BOOL,
	VALUE_TEXT,
	VALUE_LIST,    /* texts, each with a terminating NUL, one after the other */
	VALUE_ADDRESS, /* IPv4 or IPv6; prints as text */
	VALUE_TIME,    /* ns since 1970; prints as RFC 3339 UTC */
	VALUE_PROCESSES, /* process.ancestors: objects, nearest first */
	VALUE_KIND_COUNT
};

struct value {
	enum value_kind kind;
	union {
		int64_t number; /* NUMBER, BOOL (0, 1) */
		uint64_t time;
		struct text text; /* TEXT, LIST; borrowed from the event or from buffer */
		struct {
			uint8_t bytes[16]; /* network order; IPv4 uses four */
			bool v6;
		} address;
		const struct process *process; /* PROCESSES: the nearest */
	};
	char buffer[256]; /* room for texts that a getter makes */
};

struct field {
	const char *name;   /* the JSON key, dotted: "process.parent.name" */
	const char *column; /* heading of its text column */
	int width;	    /* of that column in cells; 0: as long as it is */
	enum value_kind kind;
	uint64_t types;	    /* bit per enum kwp_type that can have it */
	void (*get)(const struct event *event, struct value *out);
	const char *help;   /* one line, no full stop */
	bool of_process;    /* depends on event->process and its container only */
	bool extra;	    /* not printed unless --fields names it */
	bool of_rule;	    /* only findings have it: event_is_finding() */
	/* Of events that are no findings, it depends only on what piece_key_head() or
	 * piece_key_file() has; see json_piece.h. */
	bool of_head, of_file;
};

/* All fields, in the order of the JSON object: fields of one object are neighbours. */
extern const struct field fields[];
extern const size_t fields_count;

/* The field of that name, or NULL. */
const struct field *field_find(const char *name, size_t size);
/* A field whose name is close to this misspelt one, or NULL. */
const struct field *field_suggest(const char *name, size_t size);
/* Can its texts hold a secret: arguments, a message made of them? */
bool field_secret(const struct field *field);
/* Can this one, of such a field? What the policy in the kernel has to say is made of paths and
 * rules, where "/etc/passwd: write block" is no password. */
static inline bool value_secret(const struct value *value, const struct event *event)
{
	return event->rule || value->kind != VALUE_TEXT || !event->message.bytes ||
	       value->text.bytes != event->message.bytes;
}

/* Writes the value as people and filters read it (no quotes, no escapes,
 * lists joined by a space) into out, NUL-terminated, cut at size. Returns the length
 * that the whole text has. */
size_t value_print(const struct value *value, char *out, size_t size);

#endif
