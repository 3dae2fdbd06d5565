/* SPDX-License-Identifier: GPL-2.0-only */
/* What kwp's programs, maps and links are called by the kernel, for their own protection. */
#ifndef KWP_ENFORCE_OWN_H
#define KWP_ENFORCE_OWN_H

#include "sensor.h"

/* Tells the programs of a sensor which BPF objects are kwp's own: all of its parts. 0 or -errno. */
int own_fill(const struct sensor *sensor) MUST_CHECK;

#endif
