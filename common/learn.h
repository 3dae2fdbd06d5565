/* SPDX-License-Identifier: GPL-2.0-only */
/* From what was recorded to a profile that allows it and nothing else. */
#ifndef KWP_LEARN_H
#define KWP_LEARN_H

#include "baseline.h"

struct learn_options {
	char *const *files; /* recordings of kwp, and baselines with recorded sections */
	size_t count;
	const char *container; /* only what it did, and the profile is for it; NULL: all */
	unsigned also;	       /* enum activity_also */
	bool force;	       /* also from a recording with losses */
};

/* Appends the profile in YAML. 0, -EBADMSG or -errno, said; out is untouched then. */
int learn_profile(const struct learn_options *options, struct buffer *out) MUST_CHECK;

/* The same from items: what of them, how complete. Pure. */
struct learn_facts {
	const struct items *items; /* sorted */
	const char *container;
	uint64_t events, lost, seconds;
	bool growing;
};
void learn_put(struct buffer *out, const struct learn_facts *facts);
/* learn_network.c: its part of that. */
void learn_put_network(struct buffer *out, const struct items *items);
/* The comment that says how often. */
void learn_put_times(struct buffer *out, uint64_t times);
/* How often an item of a recorded section was seen, at least once. */
uint64_t learn_times(const struct item *item);

/* ---- learn_path.c ---- */

enum name_kind {
	NAME_FIXED,
	NAME_VERSION, /* another one after an upgrade */
	NAME_PASSING, /* another one each time: random, a number, a hash */
};
enum name_kind name_kind(struct text name);
/*
 * Appends the pattern for a path, with a NUL: itself, "dir/STAR" if its last component is of that
 * kind or a more passing one, "dir/STARSTAR" if one before it is. Names in bin, sbin and libexec
 * are of no such kind. Of the root itself no pattern is made. false: no pattern can say it (not absolute, a '*', a line break, no UTF-8).
 */
bool path_generalise(struct text path, enum name_kind least, struct buffer *out);

/* Patterns with what they stand for. */
struct learn_pattern {
	char *text;
	uint64_t times;	  /* seen */
	unsigned joined;  /* different paths */
	char example[64]; /* the first of them, cut */
};
struct learn_patterns {
	struct learn_pattern *list;
	size_t count, room;
	unsigned unsaid; /* paths that no pattern can say */
};
void patterns_add(struct learn_patterns *patterns, struct text path, enum name_kind least,
		  uint64_t times);
/* Sorts; joins those that are the same and those that another covers; files of one directory
 * that are at least `crowd` (0: never) become "dir/STAR". */
void patterns_join(struct learn_patterns *patterns, unsigned crowd);
void patterns_free(struct learn_patterns *patterns);

/* ---- learn_address.c ---- */

/* Prefixes that cover the addresses given and as few others as possible: addresses of one block of
 * 256 (IPv6: 2^64) that are at least `crowd` become that block. */
struct learn_address {
	uint8_t bytes[16]; /* IPv4 uses four */
	bool v6;
	unsigned bits, port;
	char protocol[8];
	uint64_t times;	 /* seen */
	unsigned joined; /* addresses that it stands for */
};
/* In place; returns how many are left, in order. */
size_t addresses_join(struct learn_address *list, size_t count, unsigned crowd);
/* "tcp 10.0.0.1:443" or "tcp [::1]:443". false: it is none. */
bool address_parse(struct text text, struct learn_address *out);

#endif
