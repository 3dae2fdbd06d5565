/* SPDX-License-Identifier: GPL-2.0-only */
#include "baseline_drift.h"

#include <inttypes.h>
#include <string.h>

#include "digits.h"
#include "escape.h"
#include "word.h"

/* ---- comparing ---- */

struct group {
	const struct item *first;
	size_t count;
};

/* Items of the section and of one name, from list on. */
static struct group group_at(const struct item *list, const struct item *end)
{
	struct group group = {list, 0};

	while (list + group.count < end && !item_order(list, list + group.count))
		group.count++;
	return group;
}

static struct group section_of(const struct items *items, enum section section)
{
	struct group group = {NULL, 0};

	for (size_t i = 0; i < items->count; i++) {
		if (items->list[i].section != section)
			continue;
		if (!group.count)
			group.first = &items->list[i];
		group.count++;
	}
	return group;
}

static void tell_one(const struct item *before, const struct item *after, drift_fn *tell,
		     void *data)
{
	struct drift drift = {
		.kind = !before ? DRIFT_ADDED
			: after ? DRIFT_CHANGED
				: DRIFT_DELETED,
		.before = before,
		.after = after,
	};

	if (before && sections[before->section].recorded)
		return;
	tell(&drift, data);
}

/* Is the same among the items of the other group? */
static bool group_has(struct group group, const struct item *item)
{
	for (size_t i = 0; i < group.count; i++)
		if (!item_changes(&group.first[i], item))
			return true;
	return false;
}

static const struct item *group_next(struct group *group, struct group other)
{
	while (group->count) {
		const struct item *item = group->first++;

		group->count--;
		if (!group_has(other, item))
			return item;
	}
	return NULL;
}

static void groups_compare(struct group before, struct group after, drift_fn *tell, void *data)
{
	struct group old = before, new = after;
	const bool recorded = (before.count ? before : after).count &&
			      sections[(before.count ? before : after).first->section].recorded;
	const struct item *was, *is;

	do {
		was = group_next(&old, after);
		is = group_next(&new, before);
		/* Of what was recorded another act on the same thing is one more. */
		if (recorded && is)
			tell_one(NULL, is, tell, data);
		else if (!recorded && (was || is))
			tell_one(was, is, tell, data);
	} while (was || is);
}

void drift_compare(const struct items *before, const struct items *after, enum section section,
		   drift_fn *tell, void *data)
{
	struct group old = section_of(before, section), new = section_of(after, section);
	const struct item *old_end = old.first + old.count, *new_end = new.first + new.count;

	while (old.first < old_end || new.first < new_end) {
		struct group was = group_at(old.first, old_end);
		struct group is = group_at(new.first, new_end);
		int order = !was.count ? 1 : !is.count ? -1 : item_order(was.first, is.first);

		if (order > 0)
			was.count = 0;
		if (order < 0)
			is.count = 0;
		groups_compare(was, is, tell, data);
		old.first += was.count;
		new.first += is.count;
	}
}

/* ---- telling ---- */

#define SHA_SHOWN 12 /* of 64 digits */

static void put_value(struct buffer *out, const struct attribute *attribute, struct text value)
{
	if (!value.bytes) {
		buffer_byte(out, '-');
		return;
	}
	if (!strcmp(attribute->key, "sha256") && value.size > SHA_SHOWN)
		value.size = SHA_SHOWN;
	escape_word(out, value);
}

/* A letter for each attribute that can change, '.' where it did not. */
static void put_flags(struct buffer *out, const struct drift *drift)
{
	const struct section_row *row = &sections[(drift->before ?: drift->after)->section];
	unsigned changes =
		drift->kind == DRIFT_CHANGED ? item_changes(drift->before, drift->after) : 0;

	for (size_t i = 0; i < BASELINE_ATTRIBUTES - 1; i++) {
		char letter = i < row->count ? row->attributes[i].letter : 0;

		buffer_byte(out, drift->kind == DRIFT_ADDED && letter	  ? '+'
				 : drift->kind == DRIFT_DELETED && letter ? '-'
				 : changes & 1u << i			  ? letter
									  : '.');
	}
}

static void put_details(struct buffer *out, const struct drift *drift)
{
	const struct item *item = drift->after ?: drift->before;
	const struct section_row *row = &sections[item->section];
	unsigned changes =
		drift->kind == DRIFT_CHANGED ? item_changes(drift->before, drift->after) : ~0u;

	for (size_t i = 0; i < row->count; i++) {
		const struct attribute *attribute = &row->attributes[i];

		if (!attribute->letter || !(changes & 1u << i))
			continue;
		if (drift->kind != DRIFT_CHANGED && !item->value[i].bytes)
			continue;
		buffer_addf(out, " %s=", attribute->key);
		if (drift->kind == DRIFT_CHANGED) {
			put_value(out, attribute, drift->before->value[i]);
			buffer_string(out, "->");
		}
		put_value(out, attribute, item->value[i]);
	}
}

static void put_time(struct buffer *out, uint64_t time)
{
	struct digits_times times = {};
	char text[DIGITS_MAX];

	buffer_add(out, text, digits_put_time(text, time, &times) - text);
}

static void put_actor(struct buffer *out, const struct drift_actor *actor)
{
	if (!actor->process.bytes)
		return;
	buffer_string(out, " by=");
	escape_word(out, actor->process);
	buffer_addf(out, "[%u]:", actor->pid);
	escape_text(out, actor->act);
	buffer_byte(out, '@');
	put_time(out, actor->time);
}

void drift_put_text(struct buffer *out, const struct drift *drift)
{
	const struct item *item = drift->after ?: drift->before;

	buffer_byte(out, (char)drift->kind);
	buffer_byte(out, ' ');
	put_flags(out, drift);
	buffer_byte(out, ' ');
	/* Paths stand alone, as docker diff has them; everything else with what it is. */
	if (item->section != SECTION_FILES)
		buffer_addf(out, "%s:", sections[item->section].name);
	escape_word(out, item->name);
	put_details(out, drift);
	put_actor(out, &drift->actor);
	buffer_byte(out, '\n');
}

/* ---- JSON ---- */

static void put_string(struct buffer *out, struct text text)
{
	buffer_byte(out, '"');
	escape_json(out, text);
	buffer_byte(out, '"');
}

static void put_attributes(struct buffer *out, const char *key, const struct item *item)
{
	const struct section_row *row;
	bool any = false;

	if (!item)
		return;
	row = &sections[item->section];
	buffer_addf(out, ",\"%s\":{", key);
	for (size_t i = 0; i < row->count; i++) {
		if (!item->value[i].bytes || (item->section == SECTION_FILES && i == FILE_STAMP))
			continue;
		buffer_addf(out, "%s\"%s\":", any ? "," : "", row->attributes[i].key);
		put_string(out, item->value[i]);
		any = true;
	}
	buffer_byte(out, '}');
}

static void put_changed(struct buffer *out, const struct drift *drift)
{
	const struct section_row *row = &sections[drift->after->section];
	unsigned changes = item_changes(drift->before, drift->after);
	bool any = false;

	buffer_string(out, ",\"changed\":[");
	for (size_t i = 0; i < row->count; i++) {
		if (!(changes & 1u << i))
			continue;
		buffer_addf(out, "%s\"%s\"", any ? "," : "", row->attributes[i].key);
		any = true;
	}
	buffer_byte(out, ']');
}

/* The facts for which the Elastic Common Schema has names. */
static void put_file(struct buffer *out, const struct item *item)
{
	static const struct {
		int place;
		const char *key;
	} keys[] = {{FILE_MODE, "mode"},
		    {FILE_UID, "uid"},
		    {FILE_GID, "gid"},
		    {FILE_TARGET, "target_path"}};
	static const char *const types[] = {"file", "directory", "symlink"};
	struct text type = item->value[FILE_TYPE];
	int64_t size;

	buffer_string(out, ",\"file\":{\"path\":");
	put_string(out, item->name);
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (text_equal(type, text_of(types[i])))
			buffer_addf(out, ",\"type\":\"%s\"", i == 1 ? "dir" : types[i]);
	/* The file that it comes from may say anything. */
	if (!word_number(item->value[FILE_SIZE].bytes ?: "", item->value[FILE_SIZE].size, false,
			 &size))
		buffer_addf(out, ",\"size\":%" PRId64, size);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (!item->value[keys[i].place].bytes)
			continue;
		buffer_addf(out, ",\"%s\":", keys[i].key);
		put_string(out, item->value[keys[i].place]);
	}
	if (item->value[FILE_SHA256].bytes) {
		buffer_string(out, ",\"hash\":{\"sha256\":");
		put_string(out, item->value[FILE_SHA256]);
		buffer_byte(out, '}');
	}
	buffer_byte(out, '}');
}

static void put_actor_json(struct buffer *out, const struct drift_actor *actor)
{
	if (!actor->process.bytes)
		return;
	buffer_addf(out, ",\"process\":{\"pid\":%u,\"executable\":", actor->pid);
	put_string(out, actor->process);
	buffer_string(out, "}");
}

void drift_put_json(struct buffer *out, const struct drift *drift, uint64_t time, const char *host)
{
	const struct item *item = drift->after ?: drift->before;
	static const char *const categories[SUBJECT_COUNT] = {
		[SUBJECT_KERNEL] = "host",
		[SUBJECT_MODULES] = "driver",
		[SUBJECT_SYSCTLS] = "configuration",
		[SUBJECT_MOUNTS] = "host",
		[SUBJECT_BPF] = "driver",
		[SUBJECT_NET] = "network",
		[SUBJECT_PROCS] = "process",
		[SUBJECT_FILES] = "file",
	};
	const bool added = drift->kind == DRIFT_ADDED, changed = drift->kind == DRIFT_CHANGED;

	buffer_string(out, "{\"@timestamp\":\"");
	put_time(out, time);
	buffer_addf(out,
		    "\",\"event\":{\"kind\":\"state\",\"category\":[\"%s\"],\"type\":[\"%s\"],"
		    "\"action\":\"drift\"}",
		    categories[sections[item->section].subject],
		    added     ? "creation"
		    : changed ? "change"
			      : "deletion");
	if (item->section == SECTION_FILES)
		put_file(out, item);
	put_actor_json(out, &drift->actor);
	buffer_string(out, ",\"host\":{\"id\":");
	put_string(out, text_of(host));
	buffer_addf(
		out,
		"},\"kwp\":{\"schema\":%d,\"drift\":{\"kind\":\"%s\",\"section\":\"%s\",\"name\":",
		KWP_SCHEMA,
		added	  ? "added"
		: changed ? "changed"
			  : "deleted",
		sections[item->section].name);
	put_string(out, item->name);
	put_attributes(out, "before", drift->before);
	put_attributes(out, "after", drift->after);
	if (changed)
		put_changed(out, drift);
	if (drift->actor.process.bytes) {
		buffer_string(out, ",\"act\":");
		put_string(out, drift->actor.act);
		buffer_string(out, ",\"time\":\"");
		put_time(out, drift->actor.time);
		buffer_byte(out, '"');
	}
	buffer_string(out, "}}}\n");
}
