/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a policy is pinned, so that whenever kwp is killed, one whole policy is in force:
 *
 *	/sys/fs/bpf/kwp/	flock of this directory: who writes
 *		reader/		flock of this one: who reads the rings
 *		N/		a set: what one load brought; the greatest N that is whole counts
 *			maps/ programs/ links/	by name
 *			about_G		texts of generation G (enforce_about.h)
 *
 * A set is whole if it has the about of the generation in its variables, which is pinned
 * last. The set before it is taken away after that, the about before it too.
 */
#ifndef KWP_ENFORCE_DIR_H
#define KWP_ENFORCE_DIR_H

#include <stdbool.h>
#include <stdint.h>

#include "util.h"

#define ENFORCE_PATH 96 /* bytes of a path below ENFORCE_DIR */
#define ENFORCE_SETS 64 /* more are never there */

/* Mounts the BPF file system at /sys/fs/bpf unless it is there, and makes ENFORCE_DIR. 0, or
 * -errno with the sentence in why. */
int enforce_dir_make(char *why, size_t size) MUST_CHECK;
/* The descriptor that holds the lock of the writer; -ENOENT: nothing is loaded; -EBUSY;
 * other -errno. The sentence is in why. */
int enforce_dir_lock(char *why, size_t size) MUST_CHECK;
/* The same of the one reader. */
int enforce_dir_lock_reader(char *why, size_t size) MUST_CHECK;
/* Process that holds the reader's lock, 0: nobody. */
uint32_t enforce_dir_reader(void);

/* Numbers of the sets, whole or not, the greatest first; returns how many, most at most. */
size_t enforce_dir_sets(unsigned *numbers, size_t most);
/* Generations whose about a set has, the greatest first. */
size_t enforce_dir_abouts(unsigned set, uint32_t *generations, size_t most);
void enforce_dir_path(unsigned set, char out[ENFORCE_PATH]);
/* Makes the empty directories of a set. */
int enforce_dir_add(unsigned set) MUST_CHECK;
/* Takes a set away, its links first: from then on it is not in force. */
int enforce_dir_remove(unsigned set) MUST_CHECK;
/* Takes all away, the lock's directory too. */
int enforce_dir_clear(void) MUST_CHECK;

#endif
