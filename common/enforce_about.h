/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is known of a policy in the kernel beyond what its programs need: who loaded it, what
 * its rules are called. One element of an array map, pinned as about_G.
 */
#ifndef KWP_ENFORCE_ABOUT_H
#define KWP_ENFORCE_ABOUT_H

#include "enforce.h"

/* The head of the element. Behind it, without gaps: struct about_link links[links_count],
 * struct about_rule rules[rules_count], then texts, each with its NUL: name and digest of the
 * profile, then of each rule name, reference and words. */
struct about_head {
	char magic[8];
	uint32_t size;	    /* of the whole element in bytes */
	uint32_t generation;
	char version[32];   /* of the kwp that loaded */
	uint32_t programs;  /* checksum of its BPF object */
	uint32_t guards;    /* asked for */
	uint32_t proven, unproven;
	uint64_t types;	    /* asked for */
	uint64_t loaded;    /* ns since 1970 */
	uint32_t canaries;  /* rules from this one on are kwp's own proofs */
	uint32_t links_count, rules_count;
	uint32_t cover;	    /* enum kwp_cover */
	struct sensor_layout layout;
	struct sensor_view view;
};

struct about_link {
	char name[SENSOR_NAME];
	char hook[48];
	uint32_t by; /* enum kwp_backend */
};

struct about_rule {
	uint8_t class, action, pad[2];
};

/* The element as it was read, and where its parts are. Freed by about_free(). */
struct about {
	struct about_head *head;
	struct about_link *links;
	struct about_rule *rules;
	const char *name, *digest;
	const char **texts; /* 3 of each rule: name, reference, words */
};

/* The links of a sensor, to be freed; NULL: no memory. */
struct about_link *about_links(const struct sensor *sensor, uint32_t *count);
/* Makes the map and pins it. head->links_count tells how many links there are; its other counts and
 * its size are set here. */
int about_pin(const char *path, struct about_head *head, const struct about_link *links,
	      const struct policy *policy) MUST_CHECK;
/* Writes down what was proven, for good. */
int about_settle(const char *path, uint32_t proven, uint32_t unproven) MUST_CHECK;
/* 0 and *out; -EPROTO: another version of kwp wrote it; other -errno. */
int about_read(const char *path, struct about *out) MUST_CHECK;
void about_free(struct about *about);

static inline void cleanup_about(struct about *a) { about_free(a); }
#define _cleanup_about_ __attribute__((cleanup(cleanup_about)))

#endif
