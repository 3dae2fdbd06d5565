/* SPDX-License-Identifier: GPL-2.0-only */
/* Verdicts in words: what kwp did about an act, and how bad that is. */
#ifndef KWP_VERDICT_H
#define KWP_VERDICT_H

#include "buffer.h"
#include "kernel_rule.h"
#include "rule.h"

/* What the policy in the kernel said (enum kwp_verdict). */
enum verdict verdict_of(unsigned said);
/* "would-block"; NULL: none. */
const char *verdict_name(enum verdict verdict);
/* What happened: "would block", "blocked", "killed"; NULL: none. */
const char *verdict_deed(enum verdict verdict);
/* Of a finding, by its rule or by what was done. */
enum severity verdict_severity(const struct event *event);
/* Appends what happened, to what, and the rule in words ("blocked: /tmp/x: drift: block"), for an
 * event that the policy in the kernel spoke of. */
void verdict_message(const struct event *event, struct buffer *out);

#endif
