/* SPDX-License-Identifier: GPL-2.0-only */
/* What a policy enforces here, seen and not believed. */
#ifndef KWP_ENFORCE_PROOF_H
#define KWP_ENFORCE_PROOF_H

#include "enforce.h"
#include "enforce_stage.h"
#include "enforce_turn.h"

/*
 * Breaks a rule of each class, and looks whether that was counted and, where the policy is to
 * enforce, refused. The new generation of the turn is in force. view: what the sensor
 * ended up with. Sets report's proven, unproven and unstopped, and says in its reason why what is
 * unproven is.
 */
void proof_try(struct stage *stage, const struct turn *turn, const struct sensor_view *view,
	       struct enforce_report *report);

#endif
