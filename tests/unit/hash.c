/* SPDX-License-Identifier: GPL-2.0-only */
/* The hash of names and paths against a SipHash-1-3 that was written for this test alone. */
#include "../../common/policy.h"
#include "check.h"

#include <stdlib.h>

static const struct kwp_seed seed = {{0x0706050403020100, 0x0f0e0d0c0b0a0908}};

static uint64_t turn(uint64_t x, unsigned n)
{
	return (x << n) | (x >> (64 - n));
}

static void mix(uint64_t v[4], unsigned rounds)
{
	while (rounds--) {
		v[0] += v[1], v[2] += v[3];
		v[1] = turn(v[1], 13), v[3] = turn(v[3], 16);
		v[1] ^= v[0], v[3] ^= v[2];
		v[0] = turn(v[0], 32);
		v[2] += v[1], v[0] += v[3];
		v[1] = turn(v[1], 17), v[3] = turn(v[3], 21);
		v[1] ^= v[2], v[3] ^= v[0];
		v[2] = turn(v[2], 32);
	}
}

/* Of bytes in whole words. */
static uint64_t reference(const uint8_t *bytes, size_t size)
{
	uint64_t v[4] = {seed.key[0] ^ 0x736f6d6570736575, seed.key[1] ^ 0x646f72616e646f6d,
			 seed.key[0] ^ 0x6c7967656e657261, seed.key[1] ^ 0x7465646279746573};

	for (size_t at = 0; at < size; at += 8) {
		uint64_t word = 0;

		for (unsigned i = 0; i < 8; i++)
			word |= (uint64_t)bytes[at + i] << 8 * i;
		v[3] ^= word;
		mix(v, 1);
		v[0] ^= word;
	}
	v[2] ^= 0xff;
	mix(v, 3);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static uint64_t reference_name(const char *name, size_t size)
{
	uint8_t bytes[KWP_NAME_MAX + 16] = {0};
	size_t whole = (size + 7) / 8 * 8;

	memcpy(bytes, name, size);
	bytes[whole] = size;
	return reference(bytes, whole + 8);
}

static uint64_t reference_pair(uint64_t a, uint64_t b)
{
	uint8_t bytes[16];

	for (unsigned i = 0; i < 8; i++) {
		bytes[i] = a >> 8 * i;
		bytes[8 + i] = b >> 8 * i;
	}
	return reference(bytes, sizeof(bytes));
}

/* SipHash-1-3 itself ends with a word that has the length in its top byte, so that of no bytes
 * is that of one word 0. Published: dc c4 0f 05 58 01 ac ab. */
static void test_published(void)
{
	static const uint8_t nothing[8];
	struct kwp_sip sip;

	CHECK(reference(nothing, 8) == 0xabac0158050fc4dc);
	kwp_sip_begin(&sip, &seed);
	kwp_sip_word(&sip, 0);
	CHECK(kwp_sip_end(&sip) == 0xabac0158050fc4dc);
}

static void test_names(void)
{
	char name[KWP_NAME_MAX];
	bool same = true;

	for (size_t size = 0; size <= KWP_NAME_MAX; size++) {
		for (size_t i = 0; i < size; i++)
			name[i] = 1 + (size * 31 + i * 7) % 255;
		same &= policy_key_name(&seed, name, size) == reference_name(name, size);
	}
	CHECK(same);
	/* What fills up the last word is no part of a name. */
	CHECK(policy_key_name(&seed, "ab", 2) != policy_key_name(&seed, "ab\0", 3));
	CHECK(policy_key_name(&seed, "12345678", 8) != policy_key_name(&seed, "12345678\0", 9));
}

static void test_paths(void)
{
	uint64_t root = reference_pair(KWP_DOMAIN_PATH, 0);
	uint64_t etc = reference_pair(root, reference_name("etc", 3));
	struct kwp_seed other = seed;

	CHECK(policy_key_path(&seed, "/") == root);
	CHECK(policy_key_path(&seed, "/etc") == etc);
	CHECK(policy_key_path(&seed, "/etc/shadow") ==
	      reference_pair(etc, reference_name("shadow", 6)));
	CHECK(policy_key_path(&seed, "/a/b") != policy_key_path(&seed, "/b/a"));
	CHECK(policy_key_path(&seed, "/ab") != policy_key_path(&seed, "/a/b"));
	other.key[1] ^= 1;
	CHECK(policy_key_path(&other, "/etc") != etc);
	CHECK(policy_key_path(&other, "/") != root);
}

static int number_compare(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return left < right ? -1 : left > right;
}

/* A hundred thousand names that differ in little: none collides. */
static void test_collisions(void)
{
	enum { COUNT = 100000 };
	uint64_t *keys = calloc(COUNT, sizeof(*keys));
	unsigned equal = 0;
	char name[16];

	for (unsigned i = 0; i < COUNT; i++)
		keys[i] = policy_key_name(&seed, name, snprintf(name, sizeof(name), "%u", i));
	qsort(keys, COUNT, sizeof(*keys), number_compare);
	for (unsigned i = 1; i < COUNT; i++)
		equal += keys[i] == keys[i - 1];
	CHECK(!equal);
	free(keys);
}

int main(void)
{
	test_published();
	test_names();
	test_paths();
	test_collisions();
	return check_end();
}
