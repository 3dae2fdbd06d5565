/* SPDX-License-Identifier: GPL-2.0-only */
/* Many patterns become few. */
#include <string.h>

#include "learn.h"

void patterns_add(struct learn_patterns *patterns, struct text path, enum name_kind least,
		  uint64_t times)
{
	_cleanup_buffer_ struct buffer pattern = {};
	struct learn_pattern *new;

	if (!path_generalise(path, least, &pattern)) {
		patterns->unsaid++;
		return;
	}
	if (patterns->count == patterns->room) {
		size_t room = patterns->room ? 2 * patterns->room : 64;
		void *more = reallocarray(patterns->list, room, sizeof(*patterns->list));

		if (!more)
			return;
		patterns->list = more;
		patterns->room = room;
	}
	new = &patterns->list[patterns->count++];
	*new = (struct learn_pattern){.text = take_ptr(pattern.bytes), .times = times, .joined = 1};
	snprintf(new->example, sizeof(new->example), "%.*s", (int)MIN(path.size, 63u), path.bytes);
}

static int pattern_order(const void *a, const void *b)
{
	const struct learn_pattern *x = a, *y = b;

	return path_order(text_of(x->text), text_of(y->text));
}

static bool ends_with(const char *text, const char *end)
{
	size_t size = strlen(text), length = strlen(end);

	return size >= length && !strcmp(text + size - length, end);
}

/* Does the pattern fit all that the other one fits? */
static bool covers(const char *pattern, const char *other)
{
	size_t size = strlen(pattern);

	if (!strcmp(pattern, other))
		return true;
	if (ends_with(pattern, "/**"))
		return !strncmp(pattern, other, size - 2) && other[size - 2];
	if (ends_with(pattern, "/*"))
		return !strncmp(pattern, other, size - 1) && !strchr(other + size - 1, '/') &&
		       strcmp(other + size - 1, "**");
	return false;
}

static void join(struct learn_pattern *into, struct learn_pattern *other)
{
	into->times += other->times;
	into->joined += other->joined;
	free(other->text);
	other->text = NULL;
}

static void squeeze(struct learn_patterns *patterns)
{
	size_t kept = 0;

	for (size_t i = 0; i < patterns->count; i++)
		if (patterns->list[i].text)
			patterns->list[kept++] = patterns->list[i];
	patterns->count = kept;
	if (kept)
		qsort(patterns->list, kept, sizeof(*patterns->list), pattern_order);
}

/* Equal ones first, so that what follows is short. */
static void join_same(struct learn_patterns *patterns)
{
	struct learn_pattern *list = patterns->list;
	size_t last = 0;

	squeeze(patterns);
	for (size_t i = 1; i < patterns->count; i++) {
		if (!strcmp(list[last].text, list[i].text))
			join(&list[last], &list[i]);
		else
			last = i;
	}
	squeeze(patterns);
}

/* What a pattern covers stands around it: all of it is below one directory. */
static void join_around(struct learn_patterns *patterns, size_t at)
{
	struct learn_pattern *list = patterns->list;
	size_t size = strcspn(list[at].text, "*");

	for (int step = -1; step <= 1; step += 2) {
		for (size_t k = at + (size_t)step; k < patterns->count; k += (size_t)step) {
			if (!list[k].text)
				continue;
			if (strncmp(list[k].text, list[at].text, size))
				break;
			if (covers(list[at].text, list[k].text))
				join(&list[at], &list[k]);
		}
	}
}

static void join_covered(struct learn_patterns *patterns)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (patterns->list[i].text && ends_with(patterns->list[i].text, "*"))
			join_around(patterns, i);
	squeeze(patterns);
}

/* Bytes of the directory of an exact path, without its last slash; 0: it is the root, or no exact
 * path. */
static size_t directory_size(const char *text)
{
	const char *slash = strrchr(text, '/');

	return ends_with(text, "*") ? 0 : (size_t)(slash - text);
}

/* How many files of that directory there are from i on; other trees may stand between them. */
static unsigned crowd_size(const struct learn_patterns *patterns, size_t i, size_t size)
{
	const char *text = patterns->list[i].text;
	unsigned files = 0;

	for (; i < patterns->count && !strncmp(patterns->list[i].text, text, size + 1); i++)
		files += directory_size(patterns->list[i].text) == size;
	return files;
}

static void join_crowds(struct learn_patterns *patterns, unsigned crowd)
{
	bool any = false;

	for (size_t i = 0; i < patterns->count; i++) {
		struct learn_pattern *pattern = &patterns->list[i];
		size_t size = directory_size(pattern->text);
		char *wide;

		/* The first of its directory speaks for the others, which it covers then. */
		if (!size || crowd_size(patterns, i, size) < crowd ||
		    asprintf(&wide, "%.*s/*", (int)size, pattern->text) < 0)
			continue;
		free(pattern->text);
		pattern->text = wide;
		any = true;
	}
	if (!any)
		return;
	join_same(patterns);
	join_covered(patterns);
}

void patterns_join(struct learn_patterns *patterns, unsigned crowd)
{
	join_same(patterns);
	join_covered(patterns);
	if (crowd)
		join_crowds(patterns, crowd);
}

void patterns_free(struct learn_patterns *patterns)
{
	for (size_t i = 0; i < patterns->count; i++)
		free(patterns->list[i].text);
	free(patterns->list);
	*patterns = (struct learn_patterns){};
}
