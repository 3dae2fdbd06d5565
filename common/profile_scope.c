/* SPDX-License-Identifier: GPL-2.0-only */
/* The keys `scope` and `limits`: whom a profile is about, and what it may cost. */
#include "profile_reader.h"
#include "word.h"

#include <string.h>

#define EVENTS_MAX 1000000000 /* a second */
#define PERCENT 10000	      /* millionths */

static bool is_container(const char *text, size_t size)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	return !strcmp(text, "*") || (size <= 253 && strspn(text, letters) == size);
}

static void read_containers(struct profile_reader *reader, const struct yaml_node *value,
			    void *into)
{
	struct profile *profile = reader->profile;

	(void)into;
	for (const struct yaml_node *item = yaml_node_first(value); item;
	     item = yaml_node_next(value, item)) {
		const char *text = reader_text(reader, item);

		if (text && is_container(text, item->size))
			reader_word(reader, reader_bytes(reader, text, item->size),
				    &profile->containers, &profile->containers_count);
		else if (text)
			reader_error(reader, item,
				     "'%.60s' is no id or name of a container; '*' is all of them",
				     text);
	}
	if (value->kind == YAML_LIST && !value->first)
		reader_error(reader, value, "an id or name of a container, or '*', is missing");
}

static const struct profile_key scope_keys[] = {
	{"containers", read_containers,
	 "containers by id or name that the profile is about, \"*\": all; without it every process "
	 "of the guest but kwp, pid 1 and the agent",
	 "[\"*\"]"},
};
const struct profile_section scope_section = {"scope", scope_keys, ARRAY_SIZE(scope_keys)};

void reader_scope(struct profile_reader *reader, const struct yaml_node *map, void *into)
{
	(void)into;
	reader_map(reader, map, &scope_section, NULL);
}

/* "5000/s" */
static bool rate_read(const char *text, size_t size, uint64_t *out)
{
	int64_t number;

	if (size < 3 || strcmp(text + size - 2, "/s") ||
	    word_number(text, size - 2, false, &number) || number <= 0 || number > EVENTS_MAX)
		return false;
	*out = (uint64_t)number;
	return true;
}

static void read_events(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	const char *text = reader_text(reader, value);

	(void)into;
	if (text && !rate_read(text, value->size, &reader->profile->limits.events))
		reader_error(reader, value,
			     "'%.60s' is no number of events a second such as 5000/s", text);
}

/* "2%" or "0.25%", to millionths */
static bool share_read(const char *text, size_t size, uint32_t *out)
{
	static const int64_t units[] = {PERCENT, PERCENT / 10, PERCENT / 100, PERCENT / 1000, 1};
	const char *dot = memchr(text, '.', size);
	size_t whole = dot ? (size_t)(dot - text) : size - 1, part = size - 1 - whole;
	int64_t percent, fraction = 0;

	if (size < 2 || text[size - 1] != '%' || word_number(text, whole, false, &percent))
		return false;
	if (dot) {
		/* Read behind a 1, because a number can't begin with 0. */
		char digits[8] = "1";

		if (part < 2 || part > ARRAY_SIZE(units))
			return false;
		memcpy(digits + 1, dot + 1, part - 1);
		if (strspn(digits, "0123456789") != part ||
		    word_number(digits, part, false, &fraction))
			return false;
		fraction = fraction * units[part - 1] - PERCENT;
	}
	if (percent < 0 || percent > 100 || percent * PERCENT + fraction > 100 * PERCENT ||
	    !(percent + fraction))
		return false;
	*out = (uint32_t)(percent * PERCENT + fraction);
	return true;
}

static void read_cpu(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	const char *text = reader_text(reader, value);

	(void)into;
	if (text && !share_read(text, value->size, &reader->profile->limits.cpu))
		reader_error(reader, value, "'%.60s' is no share of a CPU such as 2%% or 0.5%%",
			     text);
}

static const struct profile_key limits_keys[] = {
	{"events", read_events,
	 "events a second above which kwp lowers what it tells, never what "
	 "it enforces",
	 "5000/s"},
	{"cpu", read_cpu,
	 "share of one CPU that kwp's programs may take before it lowers what it "
	 "tells",
	 "2%"},
};
const struct profile_section limits_section = {"limits", limits_keys, ARRAY_SIZE(limits_keys)};

void reader_limits(struct profile_reader *reader, const struct yaml_node *map, void *into)
{
	(void)into;
	reader_map(reader, map, &limits_section, NULL);
}
