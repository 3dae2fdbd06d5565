/* SPDX-License-Identifier: GPL-2.0-only */
/* Builds profiles without YAML, and numbers that look random and are always the same. */
#ifndef KWP_TESTS_POLICY_BUILD_H
#define KWP_TESTS_POLICY_BUILD_H

#include "../../common/policy_maker.h"

#include <stdlib.h>
#include <string.h>

#define LINES_MAX 9000

static const struct kwp_seed build_seed = {{0x0123456789abcdef, 0xfedcba9876543210}};
static uint64_t build_random = 88172645463325252ull;

/* 0 .. below - 1 */
static inline unsigned build_pick(unsigned below)
{
	build_random ^= build_random << 13;
	build_random ^= build_random >> 7;
	build_random ^= build_random << 17;
	return (build_random >> 20) % below;
}

static inline struct profile_place build_place(unsigned line)
{
	return (struct profile_place){.file = "/srv/t.yaml", .line = line, .column = 1};
}

/* The next line about paths, at line number count + 1. */
static inline struct profile_path_rule *build_path(struct profile *profile, enum kwp_class class,
						   enum pattern_kind kind, const char *path)
{
	static const char *const ends[] = {"", "/*", "/**", ""};
	struct profile_path_rule *line;

	if (!profile->paths)
		profile->paths = calloc(LINES_MAX, sizeof(*profile->paths));
	line = &profile->paths[profile->paths_count++];
	line->class = class;
	line->pattern.kind = kind;
	line->pattern.path = strdup(path);
	if (asprintf(&line->pattern.text, "%s%s%s", kind == PATTERN_NAME ? "**/" : "",
		     strcmp(path, "/") ? path : "", ends[kind]) < 0)
		abort();
	line->place = build_place(profile->paths_count);
	return line;
}

static inline struct profile_address_rule *build_address(struct profile *profile,
							 enum kwp_action action,
							 const uint8_t address[16],
							 unsigned prefix)
{
	struct profile_address_rule *line;

	if (!profile->addresses)
		profile->addresses = calloc(LINES_MAX, sizeof(*profile->addresses));
	line = &profile->addresses[profile->addresses_count++];
	line->action = action;
	line->prefix = prefix;
	line->high = 65535;
	memcpy(line->address, address, sizeof(line->address));
	if (asprintf(&line->text, "range %zu", profile->addresses_count) < 0)
		abort();
	line->place = build_place(profile->addresses_count);
	return line;
}

/* The policy, or NULL and *why. */
static inline struct policy *build_policy(const struct profile *profile, int *err, char why[256])
{
	struct policy *policy = NULL;

	*why = 0;
	*err = policy_compile(profile, &build_seed, &policy, why, 256);
	return policy;
}

static inline void build_free(struct profile *profile)
{
	for (size_t i = 0; i < profile->paths_count; i++) {
		free(profile->paths[i].pattern.path);
		free(profile->paths[i].pattern.text);
	}
	for (size_t i = 0; i < profile->addresses_count; i++)
		free(profile->addresses[i].text);
	free(profile->paths);
	free(profile->addresses);
}
#define _cleanup_build_ __attribute__((cleanup(build_free)))

#endif
