/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A message of the domain name system, as much of it as rules by name need: the question, and the
 * addresses that its answer gives. Both sides include it, and tests/fuzz/answer.c holds it
 * against common/dns.h.
 *
 * All that changes is in memory of the caller's, nothing in registers: so the verifier of 6.1
 * sees each turn of a loop once. There are no callbacks, which want a compiler in the kernel.
 */
#ifndef KWP_ANSWER_H
#define KWP_ANSWER_H

#include "hash.h"

#define KWP_ANSWER_BYTES 4096 /* of a message that are read: a power of two */
#define KWP_ANSWER_HEAD 12
#define KWP_ANSWER_TEXT 256 /* bytes of a name as text, a multiple of 8 */
#define KWP_ANSWER_NAME 253 /* characters of one */
#define KWP_ANSWER_JUMPS 16 /* pointers in a name */
#define KWP_ANSWER_STEPS (KWP_ANSWER_NAME + 2 + KWP_ANSWER_JUMPS)
#define KWP_ANSWER_RECORDS 32 /* that are read; more than these are no fault */
#define KWP_ANSWER_FOUND 16   /* addresses that are taken */

/* The verifier looks at each of these once, whoever calls it. */
#ifdef __bpf__
#define KWP_ANSWER_PART __attribute__((weak, noinline))
#else
#define KWP_ANSWER_PART static inline
#endif
#define KWP_ANSWER_INLINE static inline __attribute__((always_inline))
/* Nothing is kept in a register over this. */
#define KWP_ANSWER_SETTLE() asm volatile("" ::: "memory")

enum kwp_answer_type { KWP_ANSWER_A = 1, KWP_ANSWER_CNAME = 5, KWP_ANSWER_AAAA = 28 };

struct kwp_answer {
	__u32 busy;
	__u32 size; /* of the message: at most KWP_ANSWER_BYTES */
	__u32 at;   /* where the reading stands */
	__u32 bad;  /* the message breaks the rules: nothing of it counts */
	/* The name that was read last. */
	__u32 cursor, start, left, jumps;
	__u32 length; /* of its text: in small letters, without the dot of the root */
	__u32 records;
	__u64 hash;
	__u64 words[KWP_ANSWER_TEXT / 8]; /* the text, and zeros */
	struct kwp_seed seed;		  /* of the hash */
	/* What was asked. */
	__u64 asked;
	__u16 id, type;
	/* What was answered. */
	__u16 is_answer, pad;
	__u64 current; /* the name that a record must be of: what was asked, or its alias */
	__u32 ttl;     /* seconds: the least on the way */
	__u32 found;
	__u8 address[KWP_ANSWER_FOUND][16]; /* network order, IPv4 as ::ffff:a.b.c.d */
	__u8 bytes[KWP_ANSWER_BYTES];
};

KWP_ANSWER_INLINE __u8 kwp_answer_byte(const struct kwp_answer *in, __u32 at)
{
	if (at >= in->size)
		return 0;
	return in->bytes[at & (KWP_ANSWER_BYTES - 1)];
}

KWP_ANSWER_INLINE __u16 kwp_answer_16(const struct kwp_answer *in, __u32 at)
{
	return kwp_answer_byte(in, at) << 8 | kwp_answer_byte(in, at + 1);
}

KWP_ANSWER_INLINE __u32 kwp_answer_32(const struct kwp_answer *in, __u32 at)
{
	return (__u32)kwp_answer_16(in, at) << 16 | kwp_answer_16(in, at + 2);
}

/* ---- names ---- */

KWP_ANSWER_INLINE void kwp_answer_put(struct kwp_answer *in, __u8 letter)
{
	__u8 *text = (__u8 *)in->words;

	if (in->length >= KWP_ANSWER_NAME) {
		in->bad = 1;
		return;
	}
	if (letter >= 'A' && letter <= 'Z')
		letter |= 0x20;
	text[in->length & (KWP_ANSWER_TEXT - 1)] = letter;
	in->length++;
}

/* A pointer leads to before the part of the name that it ends: so no chain of them can loop. */
KWP_ANSWER_INLINE void kwp_answer_jump(struct kwp_answer *in, __u8 high)
{
	__u32 target = (high & 0x3f) << 8 | kwp_answer_byte(in, in->cursor);

	if (in->cursor >= in->size || target < KWP_ANSWER_HEAD || target >= in->start ||
	    in->jumps >= KWP_ANSWER_JUMPS) {
		in->bad = 1;
		return;
	}
	if (!in->jumps)
		in->at = in->cursor + 1;
	in->jumps++;
	in->start = in->cursor = target;
}

/* The next byte of a name. True: it was the last. */
KWP_ANSWER_PART int kwp_answer_step(struct kwp_answer *in)
{
	__u8 byte;

	if (!in)
		return 1;
	byte = kwp_answer_byte(in, in->cursor);
	if (in->cursor >= in->size) {
		in->bad = 1;
		return 1;
	}
	in->cursor++;
	if (in->left) {
		/* Inside of a part a dot could be taken for the end of it. */
		if (!byte || byte == '.')
			in->bad = 1;
		in->left--;
		kwp_answer_put(in, byte);
		return in->bad;
	}
	if (byte >= 0xc0) {
		kwp_answer_jump(in, byte);
		return in->bad;
	}
	if (!byte) {
		if (!in->jumps)
			in->at = in->cursor;
		return 1;
	}
	if (byte > 63)
		in->bad = 1;
	else if (in->length)
		kwp_answer_put(in, '.');
	in->left = byte;
	return in->bad;
}

KWP_ANSWER_PART int kwp_answer_hash(struct kwp_answer *in)
{
	if (in)
		in->hash = kwp_hash_name(&in->seed, in->words, in->length);
	return 0;
}

/* Reads the name at in->at: its text, its hash. */
KWP_ANSWER_PART int kwp_answer_name(struct kwp_answer *in)
{
	if (!in)
		return 0;
	for (__u32 i = 0; i < KWP_ANSWER_TEXT / 8; i++)
		in->words[i] = 0;
	in->cursor = in->start = in->at;
	in->left = in->jumps = in->length = 0;
	for (__u32 i = 0; i < KWP_ANSWER_STEPS; i++) {
		KWP_ANSWER_SETTLE();
		if (kwp_answer_step(in))
			return kwp_answer_hash(in);
	}
	in->bad = 1;
	return 0;
}

/* ---- the message ---- */

/* The head and the question of a message of in->size bytes. False: none that counts, as of
 * answers that say that there is no such name, or that are cut. */
KWP_ANSWER_PART int kwp_answer_question(struct kwp_answer *in)
{
	__u32 flags;

	if (!in)
		return 0;
	in->at = KWP_ANSWER_HEAD;
	in->bad = in->found = 0;
	flags = kwp_answer_16(in, 2);
	in->id = kwp_answer_16(in, 0);
	in->is_answer = flags >> 15;
	in->records = kwp_answer_16(in, 6);
	/* A query, not cut, without an error, with one question. */
	if (in->size < KWP_ANSWER_HEAD || flags & 0x7a0f || kwp_answer_16(in, 4) != 1)
		return 0;
	kwp_answer_name(in);
	in->asked = in->current = in->hash;
	in->type = kwp_answer_16(in, in->at);
	if (in->bad || in->at + 4 > in->size || kwp_answer_16(in, in->at + 2) != 1)
		return 0;
	in->at += 4;
	in->ttl = ~0u;
	return in->type == KWP_ANSWER_A || in->type == KWP_ANSWER_AAAA;
}

/* The address at in->at, of which all bytes are there. */
KWP_ANSWER_PART int kwp_answer_add(struct kwp_answer *in)
{
	__u8 *to;

	if (!in || in->found >= KWP_ANSWER_FOUND)
		return 0;
	to = in->address[in->found & (KWP_ANSWER_FOUND - 1)];
	if (in->type == KWP_ANSWER_A) {
		for (__u32 i = 0; i < 12; i++)
			to[i] = i < 10 ? 0 : 0xff;
		for (__u32 i = 0; i < 4; i++)
			to[12 + i] = in->bytes[(in->at + i) & (KWP_ANSWER_BYTES - 1)];
	} else {
		for (__u32 i = 0; i < 16; i++)
			to[i] = in->bytes[(in->at + i) & (KWP_ANSWER_BYTES - 1)];
	}
	in->found++;
	return 0;
}

/* One record: an alias of the name, an address of it, or what does not matter. */
KWP_ANSWER_PART int kwp_answer_record(struct kwp_answer *in)
{
	__u32 at, type, class, ttl, size;

	if (!in)
		return 0;
	kwp_answer_name(in);
	at = in->at;
	type = kwp_answer_16(in, at);
	class = kwp_answer_16(in, at + 2);
	ttl = kwp_answer_32(in, at + 4);
	size = kwp_answer_16(in, at + 8);
	at += 10;
	if (at + size > in->size)
		in->bad = 1;
	in->at = at;
	if (in->bad || class != 1 || in->hash != in->current ||
	    (type != KWP_ANSWER_CNAME && type != in->type)) {
		in->at += size;
		return in->bad;
	}
	if (ttl < in->ttl)
		in->ttl = ttl;
	if (type == KWP_ANSWER_CNAME) {
		kwp_answer_name(in);
		in->current = in->hash;
	} else if (size == (in->type == KWP_ANSWER_A ? 4 : 16)) {
		kwp_answer_add(in);
		in->at += size;
	}
	if (in->at != at + size)
		in->bad = 1;
	return in->bad;
}

/* The records behind the question. True: they hold together, and in->address is what they say. */
KWP_ANSWER_PART int kwp_answer_records(struct kwp_answer *in)
{
	if (!in)
		return 0;
	for (__u32 i = 0; i < KWP_ANSWER_RECORDS; i++) {
		KWP_ANSWER_SETTLE();
		if (i >= in->records || kwp_answer_record(in))
			break;
	}
	return !in->bad && in->found;
}

#endif
