/* SPDX-License-Identifier: GPL-2.0-only */
/* Which parts of a path will be others the next time. */
#include <ctype.h>
#include <string.h>

#include "escape.h"
#include "learn.h"

#define HASH_LEAST 8   /* hex digits */
#define RANDOM_LEAST 6 /* letters and digits in a row */
#define DATE_LEAST 6   /* digits in a row */

static bool all_of(struct text name, int (*is)(int))
{
	for (size_t i = 0; i < name.size; i++)
		if (!is((unsigned char)name.bytes[i]))
			return false;
	return name.size;
}

/* v1.2, 1.2.3-4: begins with a digit and has a dot between digits. */
static bool is_version(struct text name)
{
	bool dot = false;

	if (name.size && (*name.bytes == 'v' || *name.bytes == 'V'))
		name = (struct text){name.bytes + 1, name.size - 1};
	if (!name.size || !isdigit((unsigned char)*name.bytes))
		return false;
	for (size_t i = 1; i + 1 < name.size && !dot; i++)
		dot = name.bytes[i] == '.' && isdigit((unsigned char)name.bytes[i - 1]) &&
		      isdigit((unsigned char)name.bytes[i + 1]);
	return dot;
}

/* A UUID, a digest: hex digits and '-' with enough digits that it is no word. */
static bool is_hash(struct text name)
{
	size_t digits = 0, hex = 0;

	for (size_t i = 0; i < name.size; i++) {
		if (name.bytes[i] == '-')
			continue;
		if (!isxdigit((unsigned char)name.bytes[i]))
			return false;
		hex++;
		digits += isdigit((unsigned char)name.bytes[i]) != 0;
	}
	return hex >= HASH_LEAST && digits >= 2;
}

enum byte_class { CLASS_LOWER, CLASS_UPPER, CLASS_DIGIT };

static enum byte_class class_of(char byte)
{
	return isdigit((unsigned char)byte)   ? CLASS_DIGIT
	       : isupper((unsigned char)byte) ? CLASS_UPPER
					      : CLASS_LOWER;
}

/* Letters and digits in a row that change between lower, upper and digits as no word does: mkstemp
 * and its like make such names. A capital that begins a word (CamelCase) is no such change. */
static bool is_random(struct text run)
{
	unsigned changes = 0;

	if (run.size < RANDOM_LEAST)
		return false;
	for (size_t i = 1; i < run.size; i++) {
		enum byte_class from = class_of(run.bytes[i - 1]), to = class_of(run.bytes[i]);

		changes += from != to && !(from == CLASS_UPPER && to == CLASS_LOWER) &&
			   !(from == CLASS_LOWER && to == CLASS_UPPER && i + 1 < run.size &&
			     class_of(run.bytes[i + 1]) == CLASS_LOWER);
	}
	return changes >= 2 || (run.size > 8 && !memcmp(run.bytes, "tmp", 3));
}

/* A date, a time, the number of a job. */
static bool has_number(struct text run)
{
	size_t digits = 0;

	for (size_t i = 0; i < run.size && digits < DATE_LEAST; i++)
		digits = isdigit((unsigned char)run.bytes[i]) ? digits + 1 : 0;
	return digits >= DATE_LEAST;
}

/* A part between '.', '-', '_' and other signs. */
static bool is_passing(struct text run)
{
	return has_number(run) || is_hash(run) || is_random(run);
}

enum name_kind name_kind(struct text name)
{
	enum name_kind kind = is_version(name) ? NAME_VERSION : NAME_FIXED;
	size_t from = 0;

	if (all_of(name, isdigit) || is_hash(name) ||
	    (name.size > 8 && !memcmp(name.bytes, "tmp", 3)))
		return NAME_PASSING;
	for (size_t i = 0; i <= name.size; i++) {
		if (i < name.size && isalnum((unsigned char)name.bytes[i]))
			continue;
		if (is_passing((struct text){name.bytes + from, i - from}))
			return NAME_PASSING;
		from = i + 1;
		/* app-1.2.3 */
		if (i < name.size && (name.bytes[i] == '-' || name.bytes[i] == '_') &&
		    is_version((struct text){name.bytes + from, name.size - from}))
			kind = NAME_VERSION;
	}
	return kind;
}

/* Can a pattern hold it as it is? */
static bool is_sayable(struct text path)
{
	_cleanup_buffer_ struct buffer escaped = {};

	if (!path.size || *path.bytes != '/' || memchr(path.bytes, '*', path.size))
		return false;
	/* What the escaper leaves alone is UTF-8 without control bytes. */
	escape_text(&escaped, path);
	return !escaped.failed && escaped.size == path.size;
}

/* Takes "." and ".." and double slashes out, as far as words go. */
static void path_clean(struct text path, struct buffer *out)
{
	const char *at = path.bytes, *end = path.bytes + path.size;

	out->size = 0;
	while (at < end) {
		const char *name = at + 1, *next = memchr(name, '/', (size_t)(end - name));
		size_t size = (size_t)((next ? next : end) - name);

		at = next ? next : end;
		if (size == 2 && !memcmp(name, "..", 2)) {
			while (out->size && out->bytes[--out->size] != '/')
				;
		} else if (size && !(size == 1 && *name == '.')) {
			buffer_byte(out, '/');
			buffer_add(out, name, size);
		}
	}
}

/* Is what ends here a directory of programs? Their names are given by people, however much
 * md5sum looks like a temporary file, and a pattern would allow all the others. */
static bool is_program_directory(struct text dir)
{
	static const char *const names[] = {"/bin", "/sbin", "/libexec"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const size_t size = strlen(names[i]);

		if (dir.size >= size && !memcmp(dir.bytes + dir.size - size, names[i], size))
			return true;
	}
	return false;
}

bool path_generalise(struct text path, enum name_kind least, struct buffer *out)
{
	size_t from = 0;

	if (!is_sayable(path))
		return false;
	path_clean(path, out);
	for (size_t i = 1; i <= out->size; i++) {
		const bool last = i == out->size;

		if (!last && out->bytes[i] != '/')
			continue;
		/* A pattern of everything says nothing. */
		if (from && !is_program_directory((struct text){out->bytes, from}) &&
		    name_kind((struct text){out->bytes + from + 1, i - from - 1}) >= least) {
			out->size = from;
			buffer_string(out, last ? "/*" : "/**");
			break;
		}
		from = i;
	}
	buffer_byte(out, 0);
	return !out->failed && out->size > 1;
}
