/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The policy: what the maps of bpf/policy.h hold, made of a profile. Pure: no kernel, no
 * root. enforce.h brings it into the kernel.
 */
#ifndef KWP_USER_POLICY_H
#define KWP_USER_POLICY_H

#include "profile.h"

struct policy_node {
	uint64_t key; /* see enum kwp_domain */
	struct kwp_node node;
};

struct policy_cidr {
	struct kwp_cidr key;
	struct kwp_cidr_rules value;
};

/* What a rule number means, for people. Never NULL. */
struct policy_text {
	char *name;	 /* "drift", "file", "process", "egress", the id of a detection */
	char *reference; /* "ai-sandbox.yaml:13" */
	char *words;	 /* "/etc" "/" "**: write block" */
};

/* What rules that forbid or monitor name, to be protected by its inode too. */
struct policy_identity {
	char *path;
	uint16_t rule[KWP_PATH_CLASSES]; /* of a subtree: policy_find() knows each file's own */
	bool subtree; /* not itself, but files below it that have several names */
	bool shallow; /* subtree: only those directly in it */
};

/* Rules by name, which answers of the resolvers give addresses to. */
struct policy_name {
	char *pattern; /* "*.example.com" */
	uint64_t id;   /* of kwp_named: the same for the same pattern in any policy */
	struct kwp_cidr_rules value;
};

struct policy {
	char *name;	   /* of the profile */
	char digest[65];   /* SHA-256 of what was compiled, in hex; the same for the same rules */
	enum kwp_mode mode;
	uint32_t guards;   /* 1 << enum kwp_class with anything to monitor, block or kill,
			      KWP_GUARD_WAY() of what it says so of calls, KWP_GUARD_NAMES */
	uint64_t types;	   /* events that its rules of user space read */
	struct kwp_policy fixed;
	struct kwp_rule *rules; /* [0] is no rule */
	struct policy_text *texts; /* by rule number */
	size_t rules_count;
	struct policy_node *nodes;
	size_t nodes_count;
	struct policy_cidr *cidrs;
	size_t cidrs_count;
	struct kwp_port *ports;
	size_t ports_count;
	struct policy_name *names;
	size_t names_count;
	struct policy_identity *identities;
	size_t identities_count;
	/* "kernel.core_pattern" and "kernel.*", with the rule's number. */
	struct policy_sysctl {
		char *pattern;
		uint16_t rule;
	} *sysctls;
	size_t sysctls_count;
	struct profile_limits limits;
	char **containers; /* of the scope; "*" is cover CONTAINERS */
	size_t containers_count;
};

/* "write" */
const char *policy_access_name(enum kwp_access access);

/* The key of a path (absolute, normal) or of a name in its domain: what the kernel side
 * computes while it walks. */
uint64_t policy_key_path(const struct kwp_seed *seed, const char *path);
uint64_t policy_key_name(const struct kwp_seed *seed, const char *name, size_t size);
/* The node of a key, a new one where it belongs if there is none: nodes are sorted. The list must
 * have room; the node stays where it is until the next one is added. */
struct kwp_node *policy_node_add(struct policy *policy, uint64_t key);

/* Where a name of a profile, "example.com" or "*.example.com", is in the kernel's table. */
struct kwp_name policy_name_key(const char *pattern);

/*
 * Compiles a checked profile. seed: random for a load, fixed for tests. 0 and *out
 * (policy_free()), which borrows nothing; -E2BIG and *why: more than the maps have room for;
 * -EINVAL and *why: what no file or rule can be like; -ENOMEM.
 * Rules without an effect in the kernel (allow where nothing forbids) still count.
 */
int policy_compile(const struct profile *profile, const struct kwp_seed *seed,
		   struct policy **out, char *why, size_t why_size) MUST_CHECK;
void policy_free(struct policy *policy);

/* What the maps would answer, for tests, --explain and dry runs: the rule's number for an
 * access to a path (invoked_as may be NULL), 0: none. See struct kwp_node. */
uint16_t policy_find(const struct policy *policy, const char *path, const char *invoked_as,
		     enum kwp_path_class class, enum kwp_access access);
uint16_t policy_find_address(const struct policy *policy, bool ingress, const uint8_t address[16],
			     uint16_t port, uint8_t protocol);
/* The rule for an address that answers gave for a name; 0: that of the address alone counts. */
uint16_t policy_find_name(const struct policy *policy, const char *name, uint16_t port,
			  uint8_t protocol);

static inline void cleanup_policy(struct policy **p) { policy_free(*p); }
#define _cleanup_policy_ __attribute__((cleanup(cleanup_policy)))

#endif
