/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What there is that no iterator shows, as records (backend iterator) of the acts by which it
 * came, without a process: so that the same rules speak of it.
 */
#ifndef KWP_PRESENT_H
#define KWP_PRESENT_H

#include "event.h"

typedef void present_take(void *data, const void *record, size_t size);

/* BPF programs that see or change what others do, modules that are not the kernel's own, and
 * mounts that hide processes. */
void present_kernel(present_take *take, void *data);
/* A DRIFT for the process of this EXEC record, if its program is not the image's: in an overlay's
 * upper layer, or only in memory. */
void present_drift(const struct kwp_record *exec, present_take *take, void *data);

#endif
