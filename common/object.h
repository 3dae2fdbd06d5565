/* SPDX-License-Identifier: GPL-2.0-only */
/* The BPF object, which the binary carries compressed, in a fifth of its size. */
#ifndef KWP_OBJECT_H
#define KWP_OBJECT_H

#include <stddef.h>
#include <stdint.h>

/* Its bytes, unpacked once and kept until the process ends; *size is 0 when
 * memory is out. The skeleton calls this (see build/kwp.skel.h in the Makefile). */
const void *object_bytes(size_t *size);
/* The same of the object for kernels without type information. */
const void *object_plain_bytes(size_t *size);
/* A checksum of them: two binaries with the same one have the same programs. */
uint32_t object_sum(void);

#endif
