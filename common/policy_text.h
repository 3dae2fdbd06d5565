/* SPDX-License-Identifier: GPL-2.0-only */
/* Rules of a policy in words. */
#ifndef KWP_POLICY_TEXT_H
#define KWP_POLICY_TEXT_H

#include "buffer.h"
#include "policy.h"

/* "ai-sandbox.yaml:13", or "built in" if it stands in no file. */
void text_reference(struct buffer *to, const struct profile_place *place);
/* "/etc/" "**: write block, except /usr/bin/passwd"; rule: with the line's actions. */
void text_line(struct buffer *to, const struct profile_path_rule *line,
	       const struct kwp_rule *rule);

#endif
