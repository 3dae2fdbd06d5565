/* SPDX-License-Identifier: GPL-2.0-only */
/* Patterns of paths in the one form that the kernel side compares. */
#include "profile_reader.h"

#include <string.h>

#define ANYWHERE "**/" /* what begins a pattern of a name */

static const char *name_fault(const char *name, size_t size)
{
	if (size > KWP_NAME_MAX)
		return "a name in it has more than 255 bytes";
	if ((size == 1 && *name == '.') || (size == 2 && !memcmp(name, "..", 2)))
		return "'.' and '..' are not followed; write the path that it leads to";
	if (memchr(name, '*', size))
		return "a '*' can only end it (dir/* or dir/**) or begin it (**/name)";
	if (memchr(name, '\n', size))
		return "it holds a line break";
	return NULL;
}

const char *path_fault(const char *path, size_t size)
{
	const char *end = path + size, *fault = NULL;

	if (!size || *path != '/')
		return "it must begin with '/'";
	if (size >= KWP_PATH_MAX)
		return "it has more than 4095 bytes";
	if (size == 1)
		return NULL;
	while (path < end && !fault) {
		const char *name = path + 1;

		path = memchr(name, '/', (size_t)(end - name));
		path = path ? path : end;
		if (path == name)
			fault = name == end ? "it ends with '/'; write dir, dir/* or dir/**"
					    : "it has a '/' too many";
		else
			fault = name_fault(name, (size_t)(path - name));
	}
	return fault;
}

/* What follows the two stars. */
static const char *anywhere_fault(const char *name, size_t size)
{
	if (!size)
		return "a name is missing after '**/'; '/**' is everything";
	if (memchr(name, '/', size))
		return "only one name can follow '**/'";
	return name_fault(name, size);
}

static bool ends_with(const char *text, size_t size, const char *end)
{
	size_t length = strlen(end);

	return size >= length && !memcmp(text + size - length, end, length);
}

/* Takes the text apart; returns what is wrong with it, NULL: nothing. */
static const char *pattern_split(const char *text, size_t size, struct text *path,
				 enum pattern_kind *kind)
{
	*path = (struct text){text, size};
	if (!strncmp(text, ANYWHERE, strlen(ANYWHERE))) {
		*kind = PATTERN_NAME;
		*path = (struct text){text + strlen(ANYWHERE), size - strlen(ANYWHERE)};
		return anywhere_fault(path->bytes, path->size);
	}
	if (*text != '/')
		return "it must begin with '/', or with '**/' for a name anywhere; '/**' is "
		       "everything";
	*kind = PATTERN_EXACT;
	if (ends_with(text, size, "/**"))
		*kind = PATTERN_SUBTREE;
	else if (ends_with(text, size, "/*"))
		*kind = PATTERN_CHILDREN;
	if (*kind != PATTERN_EXACT)
		path->size -= *kind == PATTERN_SUBTREE ? 3 : 2;
	if (!path->size) /* in or below the root */
		*path = (struct text){"/", 1};
	return path_fault(path->bytes, path->size);
}

bool reader_pattern(struct profile_reader *reader, const struct yaml_node *node,
		    struct profile_pattern *out)
{
	const char *text = reader_text(reader, node), *fault;
	struct profile_pattern pattern = {0};
	struct text path;

	if (!text)
		return false;
	fault = pattern_split(text, node->size, &path, &pattern.kind);
	if (fault) {
		reader_error(reader, node, "'%.80s' is no pattern of paths: %s", text, fault);
		return false;
	}
	pattern.path = reader_bytes(reader, path.bytes, path.size);
	pattern.text = reader_bytes(reader, text, node->size);
	if (!pattern.path || !pattern.text) {
		pattern_free(&pattern);
		return false;
	}
	*out = pattern;
	return true;
}

void pattern_free(struct profile_pattern *pattern)
{
	free(pattern->path);
	free(pattern->text);
}

bool path_is_linked(const char *path)
{
	static const char *const links[] = {"/bin/", "/sbin/", "/lib/", "/lib64/"};

	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		if (!strncmp(path, links[i], strlen(links[i])))
			return true;
	}
	return false;
}
