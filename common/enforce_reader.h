/* SPDX-License-Identifier: GPL-2.0-only */
/* The one reader of what pinned programs found, also before it came. */
#ifndef KWP_ENFORCE_READER_H
#define KWP_ENFORCE_READER_H

#include "sensor.h"

struct reader;

/* 0 and *out; -ENOENT: nothing is loaded; -EBUSY: another one reads; other -errno. The sentence
 * is in why. */
int reader_open(struct reader **out, char *why, size_t size) MUST_CHECK;
/* Another may read now; what is loaded stays. */
void reader_close(struct reader *reader);

/* What records are taken from; the reader's. */
struct sensor *reader_sensor(struct reader *reader);
/* What the load found: who watches what. */
const struct sensor_view *reader_view(const struct reader *reader);
const char *reader_profile(const struct reader *reader);
/* Goes over to other programs if another load has brought them; true: it did, and losses count
 * anew. */
bool reader_follow(struct reader *reader);
/* Is this a record of one of kwp's own proofs? For the first of a generation, take gets a
 * RULE record for each of its rules before. */
bool reader_skips(struct reader *reader, const struct kwp_record *record,
		  void (*take)(void *data, const void *record, size_t size), void *data);

#endif
