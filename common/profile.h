/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A profile: a YAML file that says what to watch, what matters and what to forbid
 * (kwp-profile(5)), as one checked structure. policy.h makes of it what the kernel enforces.
 */
#ifndef KWP_PROFILE_H
#define KWP_PROFILE_H

#include "../bpf/policy.h"
#include "rule.h"

/* Where something stands; file is borrowed from profile->files. */
struct profile_place {
	const char *file;
	unsigned line, column;
};

enum pattern_kind {
	PATTERN_EXACT,	  /* /etc/shadow */
	PATTERN_CHILDREN, /* what is directly in the directory: its path and one star */
	PATTERN_SUBTREE,  /* what is anywhere below it, not itself: two stars */
	PATTERN_NAME,	  /* a last component, wherever it is: two stars and a name */
};

struct profile_pattern {
	enum pattern_kind kind;
	char *path;   /* absolute, without '.', '..', double or last '/'; "/" is the root;
			 PATTERN_NAME: the name alone */
	char *text;   /* as it was written */
};

/* Who a rule is not about: one of both is set, because the kernel side tests one at a time. */
struct profile_exception {
	char *executable; /* absolute path, NULL: any */
	int64_t uid;	  /* -1: any */
	struct profile_place place;
};

/* One pattern of process.allow, process.block or file. */
struct profile_path_rule {
	enum kwp_class class; /* KWP_CLASS_PROCESS or KWP_CLASS_FILE */
	struct profile_pattern pattern;
	char **as; /* PROCESS: only if it was invoked by one of these names */
	size_t as_count;
	enum kwp_action action[KWP_ACCESS_COUNT]; /* KWP_NO_OPINION: this rule does not say */
	bool bait;
	struct profile_exception *except;
	size_t except_count;
	struct profile_place place;
};

/* One word of network.egress or network.ingress: "10.0.0.0/8:443/tcp", "[fd00::/8]:443",
 * ":22", "*.example.com:443", "dns", "*". */
struct profile_address_rule {
	bool ingress;
	enum kwp_action action; /* ALLOW, MONITOR, BLOCK or KILL */
	char *domain;		/* "*.example.com", NULL: by address */
	bool dns;		/* the configured resolvers, port 53 */
	uint8_t address[16];	/* network order, IPv4 as ::ffff:a.b.c.d */
	unsigned prefix;	/* of these 128 bits; IPv4's are 96 and more; any of both: 0 */
	uint16_t low, high;	/* ports, 0 to 65535: any */
	uint8_t protocol;	/* IPPROTO_TCP, _UDP, _ICMP (ICMPv6 too), _SCTP; 0: any */
	char *text;		/* as it was written */
	struct profile_place place;
};

struct profile_call_rule {
	int number; /* native */
	char *name;
	enum kwp_action action;
	struct profile_place place;
};

struct profile_sysctl_rule {
	char *pattern; /* "kernel.core_pattern", "kernel.*" (all below), "*" (all); dots separate */
	enum kwp_action action;
	struct profile_place place;
};

struct profile_detect {
	char *id; /* a rule of the profile, or one of KWP_DETECTS */
	int kernel; /* enum kwp_detect, -1: a rule of user space tells; MONITOR at most then */
	enum kwp_action action; /* KWP_NO_OPINION: off */
	struct profile_exception *except; /* of the profile's own `except`, if kernel >= 0 */
	size_t except_count;
	struct profile_place place;
};

/* Where nothing is said: 0. */
struct profile_limits {
	uint64_t events; /* a second */
	uint32_t cpu;	 /* of one CPU, in millionths */
};

struct profile {
	char *name;
	char *description;
	char **files;	   /* every file that was read, base first */
	size_t files_count;
	struct rule *rules; /* a later rule of the same id replaces the earlier one */
	size_t rules_count;

	enum kwp_mode mode;	    /* enforce unless it says monitor */
	enum kwp_action process_default; /* ALLOW or BLOCK, MONITOR */
	struct profile_place process_default_place;
	enum kwp_action egress_default, ingress_default; /* NO_OPINION: no network rules that way */
	struct profile_place address_default_place[2];	 /* egress, ingress */
	enum kwp_action drift;	    /* NO_OPINION: off */
	struct profile_place drift_place;
	enum kwp_action drift_scripts; /* of what an interpreter reads; as drift unless said */
	bool drift_scripts_said;
	/* The base's first. A later one with the same pattern or word (and names) replaces. */
	struct profile_path_rule *paths;
	size_t paths_count;
	struct profile_address_rule *addresses;
	size_t addresses_count;
	uint8_t resolvers[KWP_RESOLVERS][16]; /* name servers of the guest: resolver.h */
	uint32_t resolvers_count, resolvers_local; /* 1 << n: it runs in the guest */
	struct profile_call_rule *calls;
	size_t calls_count;
	struct profile_sysctl_rule *sysctls;
	size_t sysctls_count;
	struct profile_detect *detects;
	size_t detects_count;
	char **containers; /* scope: ids or names, "*": all; none: every process of the guest */
	size_t containers_count;
	struct profile_limits limits;
	/* Word lists `shells` and `interpreters`, for the detections that the kernel decides:
	 * those that the lists of the profile hold, else built-in ones. */
	char **shells, **interpreters;
	size_t shells_count, interpreters_count;
};

/* One complaint: "base.yaml:12:7: unknown field 'process.nam'; did you mean 'process.name'?" */
struct profile_problem {
	char *file;
	unsigned line, column; /* from 1; 0: the whole file */
	bool warning;	       /* it loads all the same */
	char *message;
};

struct profile_problems {
	struct profile_problem *list;
	size_t count;
};

/*
 * Reads the profile `name`: a path if it has a '/' or ends in ".yaml", "-" for
 * stdin, else NAME.yaml from the directories of KWP_PROFILES (colon separated) or, without
 * it, /etc/kwp/profiles, and then the profiles built into the binary.
 * All problems at once are appended to *problems (to be freed by
 * profile_problems_free()). 0 and *out (profile_free()) if none of them is an
 * error, -EINVAL otherwise, other -errno if a file can't be read; *out is untouched
 * then. No aliases, no duplicate keys, 1 MiB a file and 8 levels of `extends` at most.
 */
int profile_read(const char *name, struct profile **out,
		 struct profile_problems *problems) MUST_CHECK;
/* The same from memory, for tests and fuzzing; file is its name in messages. */
int profile_parse(const char *file, const char *bytes, size_t size,
		  struct profile **out, struct profile_problems *problems) MUST_CHECK;
void profile_free(struct profile *profile);
void profile_problems_free(struct profile_problems *problems);
/* Bits of the event types that any rule looks at. */
uint64_t profile_types(const struct profile *profile);
/* What is said to scripts that are not the image's. */
static inline enum kwp_action profile_drift_scripts(const struct profile *profile)
{
	return profile->drift_scripts_said ? profile->drift_scripts : profile->drift;
}
/* "block"; NULL: there is no such action. */
const char *action_name(enum kwp_action action);

/* A profile that is part of the binary (build/profiles.c, made by the
 * Makefile from the YAML files of profiles/). */
struct builtin_profile {
	const char *name; /* "base" */
	const char *bytes;
	size_t size;
};
extern const struct builtin_profile builtin_profiles[];
extern const size_t builtin_profiles_count;

static inline void cleanup_profile(struct profile **p) { profile_free(*p); }
#define _cleanup_profile_ __attribute__((cleanup(cleanup_profile)))

#endif
