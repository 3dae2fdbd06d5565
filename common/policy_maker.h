/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the policy*.c files only: a policy while it is made of a profile. */
#ifndef KWP_POLICY_MAKER_H
#define KWP_POLICY_MAKER_H

#include "buffer.h"
#include "policy.h"

/* Two generations have to fit while one replaces the other. */
#define MAKER_NODES (KWP_NODES_MAX / 2)
#define MAKER_CIDRS (KWP_CIDRS_MAX / 2)
#define MAKER_NAMES (KWP_NAMES_MAX / 2)
#define MAKER_TABLE (2 * MAKER_NODES) /* a power of two */
#define MAKER_ROOT 0		      /* index of the node of "/" */

/* Where a rule has its actions and exceptions from. */
struct maker_origin {
	const struct profile_path_rule *line; /* about paths; NULL: it is none */
	const struct profile_exception *except;
	size_t except_count;
	/* The rule that speaks for an access, by its number. */
	uint16_t source[KWP_ACCESS_COUNT];
};

struct policy_maker {
	const struct profile *profile;
	struct policy *policy;
	struct maker_origin *origins;	   /* by rule number */
	uint16_t *parents;		   /* by index of a node: that of its directory */
	uint16_t *weak;			   /* by index of a node: where no line speaks */
	uint16_t *table;		   /* nodes by key: index + 1 */
	const struct profile_place *place; /* what is being compiled, NULL: no line */
	struct buffer words;		   /* of the next rule */
	char *why;
	size_t why_size;
	int err; /* the first; what comes after it has no effect on the outcome */
};

void maker_fail(struct policy_maker *maker, int err, const char *format, ...) PRINTF(3, 4);
void maker_fail_memory(struct policy_maker *maker);

/* A new rule, its words in maker->words, its reference maker->place. Its number, 0 after a
 * failure. */
uint16_t maker_rule(struct policy_maker *maker, const char *name, struct kwp_rule rule);
/* The same, of a class without accesses; words: what it is about. */
uint16_t maker_rule_plain(struct policy_maker *maker, const char *name, enum kwp_class class,
			  enum kwp_action action, const char *words);
uint16_t maker_rule_address(struct policy_maker *maker, const struct profile_address_rule *line);
uint16_t maker_rule_path(struct policy_maker *maker, const struct profile_path_rule *line);
/* Of two rules for the same place: the stricter action for each access, the later if equal. */
uint16_t maker_rule_merge(struct policy_maker *maker, uint16_t a, uint16_t b);
/* own, and for accesses that it does not speak of, what the broader one says. */
uint16_t maker_rule_fill(struct policy_maker *maker, uint16_t own, uint16_t broader);
enum kwp_action maker_rule_strictest(const struct policy_maker *maker, uint16_t number);

/* A node's index; made if there is none. After a failure any: nothing comes of it. */
uint16_t maker_node(struct policy_maker *maker, uint64_t key);
/* The same of a path, and of all directories on the way. */
uint16_t maker_node_path(struct policy_maker *maker, const char *path);

/* One more for a range or a name, which must be the last that got any, unless earlier ones decide
 * all that it could. */
void maker_port(struct policy_maker *maker, struct kwp_cidr_rules *rules,
		const struct kwp_port *port);

void maker_paths(struct policy_maker *maker);
void maker_sysctls(struct policy_maker *maker);
void maker_exceptions(struct policy_maker *maker);
void maker_identities(struct policy_maker *maker);
void maker_addresses(struct policy_maker *maker);
void maker_names(struct policy_maker *maker);
void maker_digest(struct policy_maker *maker);

static inline struct kwp_node *maker_node_at(struct policy_maker *maker, uint16_t index)
{
	return &maker->policy->nodes[index].node;
}

static inline uint64_t maker_pair(const struct policy_maker *maker, uint64_t a, uint64_t b)
{
	return kwp_hash_pair(&maker->policy->fixed.seed, a, b);
}

static inline enum kwp_path_class maker_path_class(const struct profile_path_rule *line)
{
	return line->class == KWP_CLASS_PROCESS ? KWP_PATH_PROCESS : KWP_PATH_FILE;
}

/* The next component of a path: false at its end. Moves *path behind it. */
bool policy_path_next(const char **path, const char **name, size_t *size);
/* The node of a key, for policies that are done: their nodes are sorted. */
const struct kwp_node *policy_node_find(const struct policy *policy, uint64_t key);

#endif
