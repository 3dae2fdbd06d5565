/* SPDX-License-Identifier: GPL-2.0-only */
#include "enforce_reader.h"

#include <errno.h>
#include <string.h>

#include "buffer.h"
#include "enforce_dir.h"
#include "enforce_set.h"
#include "rule_record.h"

#define GENERATIONS 4 /* that are remembered, as kernel_rule.h does */

struct reader {
	int lock;
	struct set set;
	struct {
		uint32_t generation, canaries; /* generation 0: none */
	} known[GENERATIONS];
	unsigned next;
};

int reader_open(struct reader **out, char *why, size_t size)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	int err;

	if (!reader) {
		snprintf(why, size, "out of memory");
		return -ENOMEM;
	}
	reader->lock = err = enforce_dir_lock_reader(why, size);
	if (err >= 0)
		err = set_open(true, &reader->set, why, size);
	if (err) {
		reader_close(reader);
		return err;
	}
	sensor_switch(reader->set.sensor)->unread = 0;
	*out = reader;
	return 0;
}

void reader_close(struct reader *reader)
{
	if (!reader)
		return;
	if (reader->set.sensor)
		sensor_switch(reader->set.sensor)->unread = 1;
	set_close(&reader->set);
	if (reader->lock >= 0)
		close(reader->lock);
	free(reader);
}

struct sensor *reader_sensor(struct reader *reader)
{
	return reader->set.sensor;
}

const struct sensor_view *reader_view(const struct reader *reader)
{
	return &reader->set.about.head->view;
}

const char *reader_profile(const struct reader *reader)
{
	return reader->set.about.name;
}

bool reader_follow(struct reader *reader)
{
	unsigned sets[ENFORCE_SETS];
	struct set set = {};
	char why[512];

	if (enforce_dir_sets(sets, ENFORCE_SETS) && sets[0] == reader->set.number)
		return false;
	/* Nothing is loaded any more: there may be again. */
	if (set_open(true, &set, why, sizeof(why)))
		return false;
	if (set.number == reader->set.number) {
		set_close(&set);
		return false;
	}
	set_close(&reader->set);
	reader->set = set;
	sensor_switch(set.sensor)->unread = 0;
	return true;
}

/* ---- rules in words ---- */

/* The RULE record of rule number i. */
static void make_rule(struct buffer *out, const struct about *about, uint32_t i)
{
	const struct kwp_rule_text facts = {
		.generation = about->head->generation, .rule = i, .class = about->rules[i].class};
	const struct rule_words words = {about->texts[3 * i], about->name, about->texts[3 * i + 1],
					 about->texts[3 * i + 2]};

	rule_record(out, &facts, &words);
}

/* Hands over the rules of a generation; returns the number of its first canary. */
static uint32_t learn(struct reader *reader, uint32_t generation,
		      void (*take)(void *data, const void *record, size_t size), void *data)
{
	_cleanup_about_ struct about about = {};
	_cleanup_buffer_ struct buffer record = {};

	if (set_read_about(reader->set.number, generation, &about))
		return UINT32_MAX;
	for (uint32_t i = 1; i < about.head->rules_count; i++) {
		make_rule(&record, &about, i);
		if (record.failed)
			break;
		take(data, record.bytes, record.size);
	}
	return about.head->canaries;
}

bool reader_skips(struct reader *reader, const struct kwp_record *record,
		  void (*take)(void *data, const void *record, size_t size), void *data)
{
	const unsigned at = reader->next;

	if (!(record->flags & KWP_F_VERDICT) || !record->generation)
		return false;
	for (unsigned i = 0; i < GENERATIONS; i++)
		if (reader->known[i].generation == record->generation)
			return record->rule >= reader->known[i].canaries;
	reader->known[at].generation = record->generation;
	reader->known[at].canaries = learn(reader, record->generation, take, data);
	reader->next = (at + 1) % GENERATIONS;
	return record->rule >= reader->known[at].canaries;
}
