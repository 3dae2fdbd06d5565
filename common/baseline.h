/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A baseline: what a guest was made of, as items with a name and attributes, by section.
 * A file of YAML in which every item is one line, always in the same order:
 *
 *	kwp-baseline: "1"
 *	time: "2026-01-02T03:04:05Z"
 *	modules:
 *	  - {name: "virtio_net", size: "81920"}
 *	files:
 *	  - {path: "/etc", type: "directory", mode: "0755", uid: "0", gid: "0"}
 *	complete:
 *	  - {name: "files", value: "1"}
 *
 * A section that is not there was not looked at. Bytes of names that are no UTF-8 are \xHH, as
 * in kwp's JSON.
 */
#ifndef KWP_BASELINE_H
#define KWP_BASELINE_H

#include "buffer.h"
#include "event.h"

#define BASELINE_VERSION "1"
#define BASELINE_ATTRIBUTES 11	     /* of an item at most */
#define BASELINE_LINE_MAX (1u << 20) /* bytes */

/* What --only picks from. */
#define BASELINE_SUBJECTS(X)                                                                       \
	X(KERNEL, "kernel")                                                                        \
	X(MODULES, "modules")                                                                      \
	X(SYSCTLS, "sysctls")                                                                      \
	X(MOUNTS, "mounts")                                                                        \
	X(BPF, "bpf")                                                                              \
	X(NET, "net")                                                                              \
	X(PROCS, "procs")                                                                          \
	X(FILES, "files")

enum subject {
#define X(id, name) SUBJECT_##id,
	BASELINE_SUBJECTS(X)
#undef X
		SUBJECT_COUNT
};

/* In the order of the file: id, name, subject, was it recorded from events, table of attributes.
 * The last one shows that the file is whole, and how much it saw. */
#define BASELINE_SECTIONS(X) \
	X(KERNEL, "kernel", KERNEL, false, one_value) \
	X(MODULES, "modules", MODULES, false, of_module) \
	X(SYSCTLS, "sysctls", SYSCTLS, false, one_value) \
	X(MOUNTS, "mounts", MOUNTS, false, of_mount) \
	X(BPF, "bpf", BPF, false, of_bpf) \
	X(NET, "net", NET, false, of_net) \
	X(PROCS, "procs", PROCS, false, of_proc) \
	X(PROGRAMS, "programs", PROCS, true, of_program) \
	X(OPENS, "opens", FILES, true, of_open) \
	X(CONNECTIONS, "connections", NET, true, of_connection) \
	X(NAMES, "names", NET, true, of_act) \
	X(CALLS, "calls", PROCS, true, of_act) \
	X(CAPABILITIES, "capabilities", PROCS, true, of_act) \
	X(FILES, "files", FILES, false, of_file) \
	X(COMPLETE, "complete", COUNT, false, one_value)

enum section {
#define X(id, name, subject, recorded, table) SECTION_##id,
	BASELINE_SECTIONS(X)
#undef X
		SECTION_COUNT
};

/* Positions of the attributes that the code names; the table is in baseline.c. */
enum {
	FILE_TYPE, FILE_SHA256, FILE_SIZE, FILE_MODE, FILE_UID, FILE_GID, FILE_CAPABILITIES,
	FILE_XATTRS, FILE_TARGET, FILE_DEVICE, FILE_STAMP, FILE_ATTRIBUTES
};
/* Of what was recorded; how many times is not compared. */
enum { SEEN_WHAT, SEEN_CONTAINER, SEEN_COUNT, SEEN_ATTRIBUTES, SEEN_DOMAIN = SEEN_ATTRIBUTES };

struct attribute {
	const char *key;
	char letter; /* in the flags of a changed file; 0: never compared */
};

struct section_row {
	const char *name, *key; /* of its items' names: "path" or "name" */
	enum subject subject;	/* SUBJECT_COUNT: none */
	bool recorded;
	const struct attribute *attributes;
	size_t count;
};
extern const struct section_row sections[SECTION_COUNT];
/* SUBJECT_COUNT, SECTION_COUNT if there is none of that name. */
enum subject subject_find(const char *name, size_t size);
const char *subject_name(enum subject subject);
enum section section_find(const char *name, size_t size);

/* Borrows its texts. Attributes stand as in the section's table; absent: it has none. */
struct item {
	enum section section;
	struct text name;
	struct text value[BASELINE_ATTRIBUTES];
};

/* The order of a file: by section, then by name, in which '/' comes before every other byte, so
 * that a directory's tree follows it. < 0, 0, > 0. */
int item_order(const struct item *a, const struct item *b);
int path_order(struct text a, struct text b);
bool text_equal(struct text a, struct text b);
struct text text_of(const char *string);
/* Bits of the attributes that differ, of those that are compared. */
unsigned item_changes(const struct item *before, const struct item *after);

/* Items that are kept. All zero is empty. */
struct items {
	struct item *list;
	size_t count, room;
	uint32_t looked; /* 1 << section: it was looked at, even if nothing is there */
	bool failed;	 /* memory was out */
};
/* Adds a copy; on failure items->failed is set. */
void items_add(struct items *items, const struct item *item);
/* In the order of the file; of several that are the same one stays. */
void items_sort(struct items *items);
void items_free(struct items *items);

/* The head of the file. */
#define BASELINE_HEAD(X)                                                                           \
	X(VERSION, "kwp-baseline")                                                                 \
	X(KWP, "kwp")		  /* version of kwp */                                             \
	X(TIME, "time")		  /* when it began */                                              \
	X(HOST, "host")		  /* as host.id */                                                 \
	X(KERNEL, "release")                                                                       \
	X(BOOT, "boot")		  /* id of the boot that stamps of files are good for */           \
	X(ROOT, "root")		  /* directory that paths start from */                            \
	X(SELECTION, "selection") /* of files: "programs" or "all" */                              \
	X(DEVICE, "device")	  /* of root, MAJOR:MINOR */                                       \
	X(IGNORED, "ignored")	  /* patterns, a line each */                                      \
	X(CONTAINER, "container")                                                                  \
	X(IMAGE, "image")

enum {
#define X(id, name) HEAD_##id,
	BASELINE_HEAD(X)
#undef X
		HEAD_COUNT
};
struct baseline_head {
	char *value[HEAD_COUNT]; /* NULL: unknown */
};
void baseline_head_free(struct baseline_head *head);

/* ---- writing ---- */

/* Each appends lines to out. begin: before the items of a section; any: will there be some? */
void baseline_put_head(struct buffer *out, const struct baseline_head *head);
void baseline_put_begin(struct buffer *out, enum section section, bool any);
void baseline_put_item(struct buffer *out, const struct item *item);
/* All of items that are in one section, with its beginning, if it was looked at. */
void baseline_put_section(struct buffer *out, const struct items *items, enum section section);

/* ---- reading ---- */

/* One escape of JSON, or \\\\xHH for a byte: *from is behind its backslash and goes behind it, the
 * bytes go to *to, which may be the same memory: texts only become shorter. false: it is none. */
bool baseline_unescape(char **from, char **to);

struct baseline;

/* Is it a regular file that begins like one? It is at its start afterwards. */
bool baseline_is(FILE *file);
/* Opens one and reads its head. 0 and *out, -EBADMSG or -errno, which was said with its place. */
int baseline_open(const char *path, struct baseline **out) MUST_CHECK;
/* The same of an open file, which is taken over. */
int baseline_open_file(FILE *file, const char *name, struct baseline **out) MUST_CHECK;
void baseline_close(struct baseline *baseline);
const struct baseline_head *baseline_head(const struct baseline *baseline);
/* The next item, which lives until the next call. 1; 0 at the end; -EBADMSG, said. */
int baseline_next(struct baseline *baseline, struct item *out) MUST_CHECK;
/* Sections that were there so far, 1 << section. */
uint32_t baseline_sections(const struct baseline *baseline);

static inline void cleanup_baseline(struct baseline **b) { baseline_close(*b); }
#define _cleanup_baseline_ __attribute__((cleanup(cleanup_baseline)))
static inline void cleanup_items(struct items *i) { items_free(i); }
#define _cleanup_items_ __attribute__((cleanup(cleanup_items)))

#endif
