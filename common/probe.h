/* SPDX-License-Identifier: GPL-2.0-only */
/* What this kernel gives: which backends fire, which hooks they have, what can be enforced. */
#ifndef KWP_PROBE_H
#define KWP_PROBE_H

#include "buffer.h"

enum probe_result {
	PROBE_ALL,   /* every class of rules can be denied */
	PROBE_SOME,  /* some only by ending the process, or not at all */
	PROBE_NONE,
};

/* Describes it in words, and warns of settings that weaken it. 0 and *result, or -errno. */
int probe_text(struct buffer *out, enum probe_result *result) MUST_CHECK;

#endif
