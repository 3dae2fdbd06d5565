/* SPDX-License-Identifier: GPL-2.0-only */
/* What a profile says to the things that a rule, its own or another profile's, is about. */
#ifndef KWP_LEARN_ANSWER_H
#define KWP_LEARN_ANSWER_H

#include "policy.h"

/* Where nothing is said, nothing is forbidden. */
enum kwp_action answer_of(enum kwp_action action);
/* "blocked" */
const char *answer_word(enum kwp_action action);

/* To a path that the rule fits, and no more special one. */
enum kwp_action answer_path(const struct policy *policy, const struct profile_path_rule *rule,
			    enum kwp_access access);
enum kwp_action answer_address(const struct profile *profile, const struct policy *policy,
			       const struct profile_address_rule *rule);
enum kwp_action answer_call(const struct profile *profile, int number);
enum kwp_action answer_sysctl(const struct profile *profile, const char *pattern);
enum kwp_action answer_detect(const struct profile *profile, const char *id);

#endif
