/* SPDX-License-Identifier: GPL-2.0-only */
/* Any bytes as a profile: read, or refused with a problem that says why; and what was read is
 * compiled to what the kernel side enforces. */
#include "../../common/policy.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A profile without errors is a policy, unless there is no room for it. */
static void compile(const struct profile *profile)
{
	static const struct kwp_seed seed = {{1, 2}};
	_cleanup_policy_ struct policy *policy = NULL;
	char why[256] = "";
	int err = policy_compile(profile, &seed, &policy, why, sizeof(why));

	if (err ? err != -E2BIG || !why[0] || policy : !policy)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct profile_problems problems = {0};
	struct profile *profile = NULL;
	unsigned errors = 0;
	int err;

	/* Names lead to the built-in profiles only. */
	setenv("KWP_PROFILES", "/nowhere", 1);
	err = profile_parse("fuzz.yaml", (const char *)data, size, &profile, &problems);
	for (size_t i = 0; i < problems.count; i++) {
		errors += !problems.list[i].warning;
		if (!problems.list[i].message[0] || !problems.list[i].file[0])
			abort();
	}
	if ((err && (err != -EINVAL || profile || !errors)) || (!err && (!profile || errors)))
		abort();
	if (profile)
		compile(profile);
	profile_free(profile);
	profile_problems_free(&problems);
	return 0;
}
