/* SPDX-License-Identifier: GPL-2.0-only */
/* A policy for a command: compiled with a random seed, and what is wrong said on stderr. */
#ifndef KWP_POLICY_SAY_H
#define KWP_POLICY_SAY_H

#include "policy.h"

/* See policy_compile(). "dns" becomes the resolvers of this guest in the profile itself. */
int policy_compile_said(struct profile *profile, struct policy **out) MUST_CHECK;

#endif
