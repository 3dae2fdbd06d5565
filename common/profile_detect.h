/* SPDX-License-Identifier: GPL-2.0-only */
/* The detections that the kernel side decides, by name. */
#ifndef KWP_PROFILE_DETECT_H
#define KWP_PROFILE_DETECT_H

#include "profile.h"

/* The number of a detection (enum kwp_detect), -1: there is none of that name. */
int detect_find(const char *id);
const char *detect_name(enum kwp_detect detect);
/* Can nothing but a hook stop it? Others are found in an act too whose end can end the process. */
bool detect_needs_hook(enum kwp_detect detect);

#endif
