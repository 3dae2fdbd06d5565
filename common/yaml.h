/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A strict reader of YAML. It makes a tree of nodes that know where they
 * stand, and refuses what makes YAML hard to trust: anchors, aliases, tags,
 * duplicate keys, keys that are no plain words, a second document, and
 * anything deep or large. (libyaml has a yaml_free() of its own, hence the names.)
 */
#ifndef KWP_YAML_H
#define KWP_YAML_H

#include "util.h"

#include <stdbool.h>

#define YAML_SIZE_MAX (1024 * 1024) /* bytes of a file */
#define YAML_TEXT_MAX (64 * 1024)   /* bytes of a text */
#define YAML_DEPTH_MAX 16	    /* lists and maps in each other */
#define YAML_KEYS_MAX 1000	    /* keys of a map */
#define YAML_NODES_MAX 100000

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAP };

struct yaml_node {
	enum yaml_kind kind;
	unsigned line, column;	 /* of its first character, from 1 */
	size_t start, end;	 /* in characters from the start of the file */
	char *text;		 /* YAML_TEXT: NUL-terminated, holds no other NUL */
	size_t size;		 /* bytes of text */
	struct yaml_node *key;	 /* a map's member: a YAML_TEXT */
	struct yaml_node *first; /* member of a list or map */
	struct yaml_node *next;
};

struct yaml_error {
	unsigned line, column;
	char message[200];
};

/* 0 and *out, to be ended with yaml_node_free() (NULL for a file without content); -EINVAL and
 * *error; -ENOMEM. */
int yaml_node_read(const char *bytes, size_t size, struct yaml_node **out,
		   struct yaml_error *error) MUST_CHECK;
void yaml_node_free(struct yaml_node *node);

/* The member of a map, or NULL. */
const struct yaml_node *yaml_node_find(const struct yaml_node *map, const char *key);
/* A list's members, and anything else as a list of itself:
 * for (item = yaml_node_first(n); item; item = yaml_node_next(n, item)) */
const struct yaml_node *yaml_node_first(const struct yaml_node *node);
const struct yaml_node *yaml_node_next(const struct yaml_node *node, const struct yaml_node *item);

/* Where byte `offset` of a text stands in the file that it was read from,
 * whatever its quotes and folds. */
void yaml_node_locate(const char *bytes, size_t size, const struct yaml_node *node, size_t offset,
		      unsigned *line, unsigned *column);

static inline void cleanup_yaml(struct yaml_node **n)
{
	yaml_node_free(*n);
}
#define _cleanup_yaml_ __attribute__((cleanup(cleanup_yaml)))

#endif
