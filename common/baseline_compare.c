/* SPDX-License-Identifier: GPL-2.0-only */
/* A look beside a baseline: the state in memory, the files one by one as both come by. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "baseline_look.h"
#include "learn_activity.h"
#include "log.h"
#include "word.h"

struct compare {
	const struct look *look;
	struct look own; /* look, with the root that is meant */
	struct looked *looked;
	struct baseline *baseline;
	struct item before; /* the next file of the baseline */
	int more;	    /* it is there; < 0: an error, said */
	struct look_memory memory;
	struct buffer missed; /* paths, each with its NUL: nothing is known of them now */
	const char **ignored;
	size_t ignored_count;
	char prefix[PATH_MAX]; /* of the paths of a recording before the root's; a container has
				  none */
	char *patterns;	       /* that the baseline was made with */
	drift_fn *tell;
	void *data;
};

static void tell(const struct drift *drift, void *data)
{
	struct compare *c = data;
	const struct item *item = drift->after ?: drift->before;
	struct drift told = *drift;

	if (item->section != SECTION_FILES &&
	    !(c->look->subjects & 1u << sections[item->section].subject))
		return;
	if (look_ignores(c->ignored, c->ignored_count, item->name))
		return;
	if (c->look->activity)
		activity_actor(c->look->activity, drift, c->prefix, &told.actor);
	c->looked->drifts++;
	c->tell(&told, c->data);
}

/* ---- files ---- */

static void next_before(struct compare *c)
{
	struct item item;

	c->more = baseline_next(c->baseline, &item);
	if (c->more > 0 && item.section == SECTION_FILES)
		c->before = item;
	else
		c->more = MIN(c->more, 0);
}

/* Is the path one that could not be looked at, or below one? */
static bool is_missed(const struct compare *c, struct text path)
{
	for (size_t at = 0; at < c->missed.size;) {
		const char *missed = c->missed.bytes + at;
		size_t size = strlen(missed);

		if (path.size >= size && !memcmp(path.bytes, missed, size) &&
		    (path.size == size || path.bytes[size] == '/' || size == 1))
			return true;
		at += size + 1;
	}
	return false;
}

static void tell_deleted(struct compare *c)
{
	struct drift drift = {.kind = DRIFT_DELETED, .before = &c->before};

	if (!is_missed(c, c->before.name))
		tell(&drift, c);
	next_before(c);
}

static bool is_old(const struct compare *c, const struct stat *facts)
{
	return (uint64_t)facts->st_ctim.tv_sec * NS_PER_S + (uint64_t)facts->st_ctim.tv_nsec <
	       c->look->since;
}

/* sure: its hash is that of the file, or it can have none. */
static void look_at(struct compare *c, const struct item *item, const struct stat *facts, bool sure)
{
	struct item now = *item;
	struct drift drift = {.kind = DRIFT_ADDED, .after = &now};
	int order = 1;

	/* The baseline is damaged: nothing more can be said. */
	if (c->more < 0)
		return;
	while (c->more > 0 && (order = path_order(c->before.name, item->name)) < 0)
		tell_deleted(c);
	if (c->more > 0 && !order) {
		drift.kind = DRIFT_CHANGED;
		drift.before = &c->before;
		if (!sure && !now.value[FILE_SHA256].bytes)
			now.value[FILE_SHA256] = c->before.value[FILE_SHA256];
	}
	if (!is_old(c, facts) && (drift.kind == DRIFT_ADDED || item_changes(&c->before, &now)))
		tell(&drift, c);
	if (drift.before)
		next_before(c);
}

static void take(void *data, const struct item *item, const struct stat *facts)
{
	look_at(data, item, facts, true);
}

static void unsure(void *data, const struct item *item, const struct stat *facts)
{
	look_at(data, item, facts, false);
}

static bool known(void *data, struct text path, struct item *out)
{
	return look_remembers(&((struct compare *)data)->memory, path, out);
}

static bool ignored(void *data, struct text path)
{
	const struct compare *c = data;

	return look_ignores(c->ignored, c->ignored_count, path);
}

static void missed(void *data, struct text path, int err)
{
	struct compare *c = data;

	look_missed(c->looked, path, err);
	/* What went meanwhile is not there now. */
	if (err == -ENOENT)
		return;
	buffer_add(&c->missed, path.bytes, path.size);
	buffer_byte(&c->missed, 0);
}

static void skipped(void *data, struct text path, const char *type)
{
	struct compare *c = data;

	look_skipped(path, type);
	buffer_add(&c->missed, path.bytes, path.size);
	buffer_byte(&c->missed, 0);
}

/* Files that did not change since were looked into then; what is not listed was nothing. */
static void examined_set(struct snapshot_options *options, const struct baseline_head *head)
{
	const char *time = head->value[HEAD_TIME], *device = head->value[HEAD_DEVICE];
	unsigned major_number, minor_number;
	uint64_t since;

	if (!time || word_time(time, strlen(time), &since) || !device || since < NS_PER_S ||
	    sscanf(device, "%u:%u", &major_number, &minor_number) != 2)
		return;
	options->device = makedev(major_number, minor_number);
	options->examined = since - NS_PER_S;
}

static int files_compare(struct compare *c, const char *path)
{
	const struct baseline_head *head = baseline_head(c->baseline);
	const char *selection = head->value[HEAD_SELECTION];
	struct snapshot_options options = {
		.root = c->look->root,
		.all = selection && !strcmp(selection, "all"),
		.threads = c->look->threads,
		.known = c->look->rehash ? NULL : known,
		.ignored = ignored,
		.take = take,
		.unsure = unsure,
		.missed = missed,
		.skipped = skipped,
		.data = c,
	};
	struct stat st;
	int err;

	if (!stat(path, &st))
		options.self[options.self_count++] = (struct snapshot_self){st.st_dev, st.st_ino};
	if (!c->look->rehash && !c->memory.older)
		examined_set(&options, head);
	err = snapshot_files(&options, &c->looked->files);
	while (!err && c->more > 0)
		tell_deleted(c);
	return err ?: c->more;
}

/* ---- the rest ---- */

/* Everything before the files; the first of them is in c->before. */
static int state_read(struct compare *c, struct items *before)
{
	struct item item;
	int got;

	while ((got = baseline_next(c->baseline, &item)) > 0 && item.section < SECTION_FILES)
		items_add(before, &item);
	before->looked = baseline_sections(c->baseline);
	c->more = got > 0 && item.section == SECTION_FILES ? 1 : MIN(got, 0);
	c->before = item;
	items_sort(before);
	return before->failed ? -ENOMEM : MIN(got, 0);
}

/* What is asked for and not in the baseline is said; without --only everything is asked for, and
 * what a baseline is of is no difference. Returns what is left. */
static unsigned subjects_held(const struct compare *c)
{
	const unsigned all = (1u << SUBJECT_COUNT) - 1, asked = c->look->subjects;
	_cleanup_buffer_ struct buffer absent = {};
	unsigned held = 0;

	for (int i = 0; i < SECTION_COMPLETE; i++)
		if (!sections[i].recorded && baseline_sections(c->baseline) & 1u << i)
			held |= 1u << sections[i].subject;
	for (int i = 0; i < SUBJECT_COUNT; i++)
		if (asked & ~held & 1u << i)
			buffer_addf(&absent, "%s%s", absent.size ? ", " : "", subject_name(i));
	buffer_byte(&absent, 0);
	if ((asked & ~held) && !absent.failed)
		log_info("not in the baseline, and not compared: %s", absent.bytes);
	c->looked->partly |= asked != all && (asked & ~held);
	return asked & held;
}

static void state_compare(struct compare *c, const struct items *before)
{
	_cleanup_items_ struct items after = {};
	struct look look = *c->look;

	look.subjects = subjects_held(c);
	look_state(&look, &after, &c->looked->partly);
	for (int i = 0; i < SECTION_FILES; i++)
		/* Compared is what both looked at. */
		if (before->looked & after.looked & 1u << i)
			drift_compare(before, &after, i, tell, c);
}

/* The patterns of the command line and those that the baseline was made with. */
static int ignored_join(struct compare *c)
{
	const char *list = baseline_head(c->baseline)->value[HEAD_IGNORED];
	char *save = NULL;
	size_t count = c->look->ignored_count;

	c->patterns = strdup(list ? list : "");
	c->ignored = calloc(count + strlen(list ? list : "") + 1, sizeof(*c->ignored));
	if (!c->patterns || !c->ignored)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		c->ignored[c->ignored_count++] = c->look->ignored[i];
	for (char *word = strtok_r(c->patterns, "\n", &save); word;
	     word = strtok_r(NULL, "\n", &save))
		c->ignored[c->ignored_count++] = word;
	return 0;
}

/* Reads what is left, so that a file that is cut off does not go unseen. */
static int rest_check(struct compare *c)
{
	struct item item;
	int got;

	do
		got = baseline_next(c->baseline, &item);
	while (got > 0);
	return got;
}

static int compare_all(struct compare *c, const char *path)
{
	_cleanup_items_ struct items before = {};
	int err = ignored_join(c) ?: state_read(c, &before);

	if (err)
		return err;
	state_compare(c, &before);
	if (!(c->look->subjects & 1u << SUBJECT_FILES))
		return rest_check(c);
	if (!(baseline_sections(c->baseline) & 1u << SECTION_FILES))
		return rest_check(c);
	/* A second reader, because the walk is ahead of what it tells. */
	err = baseline_open(path, &c->memory.baseline);
	if (err)
		return err;
	c->memory.older = !look_is_of_boot(c->memory.baseline);
	err = files_compare(c, path);
	return err ?: rest_check(c);
}

int look_compare(const struct look *look, const char *path, drift_fn *fn, void *data,
		 struct looked *out)
{
	struct compare c = {.own = *look, .looked = out, .tell = fn, .data = data};
	int err;

	*out = (struct looked){};
	c.look = &c.own;
	err = baseline_open(path, &c.baseline);
	if (err)
		return err;
	c.own.root = look->root ?: baseline_head(c.baseline)->value[HEAD_ROOT] ?: "/";
	if (!look->container && realpath(c.own.root, c.prefix) && !strcmp(c.prefix, "/"))
		c.prefix[0] = 0;
	err = compare_all(&c, path);
	baseline_close(c.baseline);
	baseline_close(c.memory.baseline);
	buffer_free(&c.missed);
	free(c.ignored);
	free(c.patterns);
	return err;
}
