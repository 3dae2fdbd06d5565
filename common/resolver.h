/* SPDX-License-Identifier: GPL-2.0-only */
/* The resolvers of this guest: what the word "dns" of a profile stands for. */
#ifndef KWP_RESOLVER_H
#define KWP_RESOLVER_H

#include "profile.h"

/* Tells the profile of each name server of a text as resolv.conf(5) has it, and adds for each rule
 * that says "dns" a rule for port 53 of each; further ones than RESOLVERS_MAX are ignored. Returns
 * how many name servers there are, or -ENOMEM. */
#define RESOLVERS_MAX KWP_RESOLVERS
int resolver_expand(struct profile *profile, const char *resolv_conf) MUST_CHECK;
/* The same with /etc/resolv.conf; without the file there is none. Those that have an address of
 * this guest are local. */
int resolver_expand_own(struct profile *profile) MUST_CHECK;

#endif
