/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy_say.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "resolver.h"

int policy_compile_said(struct profile *profile, struct policy **out)
{
	struct kwp_seed seed;
	char why[256] = "";
	int err;

	if (getentropy(&seed, sizeof(seed)))
		return log_errno(-errno, "cannot get random bytes");
	err = resolver_expand_own(profile);
	if (err < 0)
		return log_errno(err, "cannot read the resolvers");
	err = policy_compile(profile, &seed, out, why, sizeof(why));
	if (err)
		log_error("%s", why[0] ? why : strerror(-err));
	return err;
}
