/* SPDX-License-Identifier: GPL-2.0-only */
/* What a load came to, for people. */
#ifndef KWP_ENFORCE_SAY_H
#define KWP_ENFORCE_SAY_H

#include "enforce.h"

/* Says what is in force now, and what is not. Is it all that was asked for? */
bool enforce_say(const struct policy *policy, const struct enforce_report *report);

#endif
