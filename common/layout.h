/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The layout of a JSON line: which fields an event of a type can have, in which
 * objects they are and what is written between two of them. Made once, so that
 * no name is looked at while events are written.
 *
 * Every value is followed by a comma; whoever closes an object puts its brace in
 * the place of the last one. So nothing needs to know whether it is the first.
 */
#ifndef KWP_LAYOUT_H
#define KWP_LAYOUT_H

#include "field.h"

#define LAYOUT_TEXT 96 /* bytes between two values at most */
#define LAYOUT_RUNS 8  /* runs of one keeper */
#define LAYOUT_COPY 16 /* bytes that are copied at once */

/* "process" of "process.parent.pid", and "process.parent". */
struct layout_object {
	const struct layout_object *parent; /* NULL: the outermost */
	const char *name;		    /* borrowed from a field; not terminated */
	size_t size;
	unsigned depth;
};

/* Who keeps a run of fields in writing. */
enum layout_keeper {
	LAYOUT_PROCESS, /* the process */
	LAYOUT_HEAD,	/* see json_piece.h */
	LAYOUT_FILE,
	LAYOUT_KEEPERS
};

/* One field, or one run of fields that somebody keeps in writing. Small, and
 * without pointers to follow that most steps do not need: a line takes twenty. */
struct layout_step {
	void (*get)(const struct event *event, struct value *out); /* NULL: a run */
	const struct layout_object *in;	  /* where it stands */
	const struct layout_object *from; /* where the step before it stands */
	char *text;			  /* from `from` to the value; LAYOUT_COPY to spare */
	uint8_t size, key; /* of text; where in text the field's own key begins */
	uint8_t keeper, run; /* of a run, whose it is and its number there */
	bool closes;	   /* an object ends before it */
	bool secret;	   /* its value is to be redacted */
};

struct layout_steps {
	struct layout_step *step;
	size_t count;
};

/* Neighbours in one outermost object that have the same keeper. */
struct layout_run {
	struct layout_steps steps;
	const struct layout_object *in;
	/* Of the process: */
	size_t first, length; /* in the table, with those that were not chosen */
	uint64_t types; /* that have all of them */
};

struct layout_runs {
	struct layout_run run[LAYOUT_RUNS];
	size_t count;
};

/* All of a line. */
struct layout_line {
	struct layout_steps steps;
	struct layout_runs runs[LAYOUT_KEEPERS]; /* those of the process are the layout's */
	bool made;
};

struct layout {
	struct layout_object **objects; /* [0] is the outermost */
	size_t objects_count;
	struct layout_runs process;
	struct layout_line types[KWP_TYPE_COUNT][2]; /* of events, of findings; see layout_line() */
	const struct field *table; /* what it is made of: borrowed, */
	size_t count;
	bool *chosen;		   /* which of them, and in which objects they are */
	const struct layout_object **home;
	bool redact;
	size_t slack; /* bytes that any way from one value to another takes at most */
	uint64_t signature; /* equal for layouts that write the same */
};

/*
 * The layout of the fields of table that are in only (NULL: of all). redact:
 * marks the fields whose texts may hold secrets. 0, -ENOMEM, or -EINVAL for a table whose
 * names are too long or whose objects are no neighbours.
 */
int layout_make(struct layout *layout, const struct field *table, size_t count,
		const struct field **only, size_t only_count, bool redact) MUST_CHECK;
void layout_free(struct layout *layout);
/* The line of an event of that type, made when the first one comes; NULL: no memory. */
const struct layout_line *layout_line(struct layout *layout, unsigned type, bool finding);

#endif
