/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A profile: a YAML file that says what to watch and what matters
 * (kwp-profile(5)). This reader knows the keys kwp, name, description, extends, rules and
 * except; every other key is an error that names it.
 */
#ifndef KWP_PROFILE_H
#define KWP_PROFILE_H

#include "rule.h"

struct profile {
	char *name;
	char *description;
	char **files;	   /* every file that was read, base first */
	size_t files_count;
	struct rule *rules; /* a later rule of the same id replaces the earlier one */
	size_t rules_count;
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
