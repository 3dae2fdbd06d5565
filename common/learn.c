/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the facts of a profile come from: recordings, and baselines that hold recorded sections. */
#include "learn.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "learn_activity.h"
#include "learn_seen.h"
#include "log.h"
#include "replay.h"
#include "word.h"

struct learn {
	const struct learn_options *options;
	struct activity *activity; /* of the recordings */
	struct seen_set seen;	   /* of the baselines */
	struct learn_facts sums;   /* of the baselines */
	bool lossy;
};

static uint64_t number_of(struct text text)
{
	int64_t number;

	return !text.bytes || word_number(text.bytes, text.size, false, &number) || number < 0
		       ? 0
		       : (uint64_t)number;
}

static void complete_take(struct learn *learn, const struct item *item)
{
	const uint64_t number = number_of(item->value[0]);

	if (text_equal(item->name, text_of("events")))
		learn->sums.events += number;
	else if (text_equal(item->name, text_of("lost")))
		learn->sums.lost += number;
	else if (text_equal(item->name, text_of("seconds")))
		learn->sums.seconds += number;
	else if (text_equal(item->name, text_of("growing")))
		learn->sums.growing |= number != 0;
}

static bool is_wanted(const struct learn *learn, const struct item *item)
{
	const char *container = learn->options->container;

	return !container || text_equal(item->value[SEEN_CONTAINER], text_of(container));
}

static int baseline_take(struct learn *learn, const char *path)
{
	_cleanup_baseline_ struct baseline *baseline = NULL;
	struct item item;
	uint32_t recorded = 0;
	int got = baseline_open(path, &baseline);

	if (got)
		return got;
	while ((got = baseline_next(baseline, &item)) > 0) {
		if (item.section == SECTION_COMPLETE)
			complete_take(learn, &item);
		else if (sections[item.section].recorded && is_wanted(learn, &item))
			seen_add_many(&learn->seen, &item, number_of(item.value[SEEN_COUNT]));
	}
	recorded = baseline_sections(baseline) & 1u << SECTION_PROGRAMS;
	if (!got && !recorded) {
		log_error("%s holds nothing that was recorded: make it with -d or a command", path);
		return -EBADMSG;
	}
	return got;
}

/* What begins as a recording is one. */
static bool is_recording(const char *path)
{
	char magic[sizeof(((struct recording *)0)->magic)];
	_cleanup_fclose_ FILE *file = fopen(path, "re");

	return file && fread(magic, sizeof(magic), 1, file) == 1 &&
	       !memcmp(magic, RECORDING_MAGIC, sizeof(magic));
}

static int losses_check(const struct learn *learn)
{
	const uint64_t lost = learn->sums.lost + activity_lost(learn->activity);

	if (!lost)
		return 0;
	if (learn->options->force) {
		log_warning("%" PRIu64 " records were lost: the profile may deny what was normal",
			    lost);
		return 0;
	}
	log_error("%" PRIu64
		  " records were lost, so the profile would deny what was normal; record "
		  "again, with a larger --buffer, or use --force",
		  lost);
	return -EBADMSG;
}

static void container_say(struct text name, void *data)
{
	log_info("container %.*s is in it; -c makes a profile for it alone", (int)name.size,
		 name.bytes);
}

static int learn_all(struct learn *learn, struct buffer *out)
{
	_cleanup_items_ struct items items = {};
	struct learn_facts facts = learn->sums;
	int err = 0;

	for (size_t i = 0; !err && i < learn->options->count; i++) {
		const char *path = learn->options->files[i];

		err = is_recording(path) ? activity_read(learn->activity, path)
					 : baseline_take(learn, path);
	}
	err = err ?: losses_check(learn);
	if (err)
		return err;
	facts = learn->sums;
	facts.items = &items;
	facts.container = learn->options->container;
	facts.events += activity_events(learn->activity);
	facts.lost += activity_lost(learn->activity);
	facts.seconds += activity_seconds(learn->activity);
	facts.growing |= activity_events(learn->activity) && activity_growing(learn->activity);
	if (!facts.container)
		activity_containers(learn->activity, container_say, NULL);
	activity_items(learn->activity, &items);
	seen_items(&learn->seen, &items);
	items_sort(&items);
	if (!items.count) {
		log_error("nothing was seen%s%s: there is nothing to learn",
			  facts.container ? " of container " : "", facts.container ?: "");
		return -EBADMSG;
	}
	learn_put(out, &facts);
	return items.failed || out->failed ? -ENOMEM : 0;
}

int learn_profile(const struct learn_options *options, struct buffer *out)
{
	struct learn learn = {.options = options};
	int err = activity_new(options->container, options->also, &learn.activity);

	err = err ?: learn_all(&learn, out);
	activity_free(learn.activity);
	seen_free(&learn.seen);
	return err;
}
