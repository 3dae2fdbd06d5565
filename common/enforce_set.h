/* SPDX-License-Identifier: GPL-2.0-only */
/* A set: the programs and maps of one load, pinned; see enforce_dir.h. */
#ifndef KWP_ENFORCE_SET_H
#define KWP_ENFORCE_SET_H

#include "enforce_about.h"

struct set {
	unsigned number;
	struct about about;
	struct sensor *sensor;
};

/* The set in force. reads: to take records. 0 and *out (set_close()); -ENOENT: none is whole;
 * -EPROTO: another version of kwp pinned it; other -errno. The sentence is in why. */
int set_open(bool reads, struct set *out, char *why, size_t size) MUST_CHECK;
void set_close(struct set *set);
int set_read_about(unsigned number, uint32_t generation, struct about *out) MUST_CHECK;
/* The ids of the programs that its links attach, 0: unknown; returns how many, most at most. */
size_t set_programs(const struct set *set, uint32_t *ids, size_t most);
/* Pins all of a sensor as a set that has no about yet. */
int set_pin(const struct sensor *sensor, unsigned number, char *why, size_t size) MUST_CHECK;
/* Pins the about of a generation, without which the set is not whole when that is in force; writes
 * down what was proven; or takes it away. */
int set_pin_about(unsigned number, struct about_head *head, const struct about_link *links,
		  const struct policy *policy, char *why, size_t size) MUST_CHECK;
int set_settle_about(unsigned number, const struct about_head *head, char *why,
		     size_t size) MUST_CHECK;
void set_drop_about(unsigned number, uint32_t generation);
/* Takes away all sets but one (0: all), whole or not, and of that one the abouts of generations
 * long gone. 0 or -errno. */
int set_sweep(unsigned keep, uint32_t generation) MUST_CHECK;

static inline void cleanup_set(struct set *s) { set_close(s); }
#define _cleanup_set_ __attribute__((cleanup(cleanup_set)))

#endif
