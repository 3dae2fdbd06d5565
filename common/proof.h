/* SPDX-License-Identifier: GPL-2.0-only */
/* Which backends really fire in this kernel. */
#ifndef KWP_PROOF_H
#define KWP_PROOF_H

#include <stdint.h>

#include "../bpf/record.h"

/*
 * Loads a canary for each backend of the set (bits 1 << enum kwp_backend: lsm,
 * fmod_ret, tracepoint), does a harmless act and takes them away again. Returns the
 * set of those that were seen to fire. An lsm canary that loads and attaches
 * but never fires is the sign of a kernel whose LSM list lacks "bpf"; *silent
 * (may be NULL) gets the set of such backends.
 */
uint32_t proof_backends(uint32_t wanted, uint32_t *silent);

#endif
