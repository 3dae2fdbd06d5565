/* SPDX-License-Identifier: GPL-2.0-only */
#include "digest.h"

#include <nettle/base16.h>
#include <nettle/sha2.h>

_Static_assert(DIGEST_HEX == BASE16_ENCODE_LENGTH(SHA256_DIGEST_SIZE) + 1, "and a NUL");

void digest_of(const void *bytes, size_t size, char hex[DIGEST_HEX])
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx context;

	sha256_init(&context);
	sha256_update(&context, size, bytes);
	sha256_digest(&context, sizeof(digest), digest);
	base16_encode_update(hex, sizeof(digest), digest);
	hex[DIGEST_HEX - 1] = 0;
}
