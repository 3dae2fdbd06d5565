/* SPDX-License-Identifier: GPL-2.0-only */
/* SHA-256 of bytes, in hex, by nettle. */
#ifndef KWP_DIGEST_H
#define KWP_DIGEST_H

#include "util.h"

#define DIGEST_HEX 65 /* 64 digits and a NUL */

void digest_of(const void *bytes, size_t size, char hex[DIGEST_HEX]);

#endif
