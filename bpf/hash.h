/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hash by which paths and names are keys of policy maps: SipHash-1-3 with a
 * secret of each load, so that nobody can make a name that collides with another.
 * Both sides include it and must get the same numbers (tests/unit/hash.c).
 */
#ifndef KWP_HASH_H
#define KWP_HASH_H

#include <linux/types.h>

#define KWP_NAME_MAX 255 /* bytes of one component of a path */
#define KWP_NAME_WORDS ((KWP_NAME_MAX + 8) / 8)

struct kwp_seed {
	__u64 key[2];
};

struct kwp_sip {
	__u64 v0, v1, v2, v3;
};

#define KWP_ROTL(x, n) ((x) << (n) | (x) >> (64 - (n)))

static inline __attribute__((always_inline)) void kwp_sip_round(struct kwp_sip *s)
{
	s->v0 += s->v1;
	s->v1 = KWP_ROTL(s->v1, 13) ^ s->v0;
	s->v0 = KWP_ROTL(s->v0, 32);
	s->v2 += s->v3;
	s->v3 = KWP_ROTL(s->v3, 16) ^ s->v2;
	s->v0 += s->v3;
	s->v3 = KWP_ROTL(s->v3, 21) ^ s->v0;
	s->v2 += s->v1;
	s->v1 = KWP_ROTL(s->v1, 17) ^ s->v2;
	s->v2 = KWP_ROTL(s->v2, 32);
}

static inline __attribute__((always_inline)) void kwp_sip_begin(struct kwp_sip *s,
								const struct kwp_seed *seed)
{
	s->v0 = seed->key[0] ^ 0x736f6d6570736575ull;
	s->v1 = seed->key[1] ^ 0x646f72616e646f6dull;
	s->v2 = seed->key[0] ^ 0x6c7967656e657261ull;
	s->v3 = seed->key[1] ^ 0x7465646279746573ull;
}

static inline __attribute__((always_inline)) void kwp_sip_word(struct kwp_sip *s, __u64 word)
{
	s->v3 ^= word;
	kwp_sip_round(s);
	s->v0 ^= word;
}

static inline __attribute__((always_inline)) __u64 kwp_sip_end(struct kwp_sip *s)
{
	s->v2 ^= 0xff;
	kwp_sip_round(s);
	kwp_sip_round(s);
	kwp_sip_round(s);
	return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

/* Of two numbers: a step of a path (the key of its directory, the hash of the name in
 * it), or a number in a domain of its own (enum kwp_domain). */
static inline __attribute__((always_inline)) __u64 kwp_hash_pair(const struct kwp_seed *seed,
								 __u64 a, __u64 b)
{
	struct kwp_sip s;

	kwp_sip_begin(&s, seed);
	kwp_sip_word(&s, a);
	kwp_sip_word(&s, b);
	return kwp_sip_end(&s);
}

/* Of a name of at most KWP_NAME_MAX bytes: its bytes in words of the machine's order, the
 * last one filled up with zeros, then its length. words holds (size + 7) / 8. */
static inline __attribute__((always_inline)) __u64 kwp_hash_name(const struct kwp_seed *seed,
								 const __u64 *words, __u32 size)
{
	struct kwp_sip s;

	kwp_sip_begin(&s, seed);
	for (__u32 i = 0; i < KWP_NAME_WORDS && i * 8 < size; i++)
		kwp_sip_word(&s, words[i]);
	kwp_sip_word(&s, size);
	return kwp_sip_end(&s);
}

#endif
