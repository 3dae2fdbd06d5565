/* SPDX-License-Identifier: GPL-2.0-only */
/* The keys of the profile language: what reads them and what they mean, in one table each. */
#ifndef KWP_PROFILE_KEY_H
#define KWP_PROFILE_KEY_H

#include "util.h"

#include <stdbool.h>

struct profile_reader;
struct yaml_node;

/* A key that a map may have. */
struct profile_key {
	const char *name;
	void (*read)(struct profile_reader *reader, const struct yaml_node *value, void *into);
	const char *help;    /* one sentence without its full stop */
	const char *example; /* of the value */
	bool required;
	bool late; /* of the profile itself: read when the lists of the whole chain are known */
};

/* A map of the language. */
struct profile_section {
	const char *name; /* dotted; "" is the profile itself */
	const struct profile_key *keys;
	size_t count;
	const char *hint; /* after the complaint about an unknown key; may be NULL */
};

extern const struct profile_section profile_section; /* profile.c */
extern const struct profile_section scope_section;   /* profile_scope.c */
extern const struct profile_section process_section; /* profile_process.c */
extern const struct profile_section process_entry_section;
extern const struct profile_section file_section;	 /* profile_file.c */
extern const struct profile_section file_except_section; /* profile_except.c */
extern const struct profile_section network_section;	 /* profile_network.c */
extern const struct profile_section egress_section, ingress_section;
extern const struct profile_section syscall_section; /* profile_call.c */
extern const struct profile_section sysctl_section;  /* profile_sysctl.c */
extern const struct profile_section limits_section;  /* profile_scope.c */
extern const struct profile_section rule_section;    /* profile_rule.c */
extern const struct profile_section rule_except_section;
extern const struct profile_section exception_section; /* profile_exception.c */

/* All of them, in the order of kwp-profile(5). */
extern const struct profile_section *const profile_sections[];
extern const size_t profile_sections_count;

#endif
