/* SPDX-License-Identifier: GPL-2.0-only */
#include "mountinfo.h"

#include <errno.h>
#include <string.h>

/* ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAG...] - TYPE SOURCE SUPER */
enum { WORD_ID, WORD_DEVICE = 2, WORD_POINT = 4, WORD_OPTIONS, WORDS };
enum { REST_TYPE, REST_SOURCE, REST_SUPER, RESTS };

int mountinfo_open(const char *process, struct mountinfo *out)
{
	char path[64];

	*out = (struct mountinfo){};
	snprintf(path, sizeof(path), "/proc/%.20s/mountinfo", process);
	out->file = fopen(path, "re");
	return out->file ? 0 : -errno;
}

int mountinfo_open_root(const char *root, struct mountinfo *out)
{
	char process[24] = "self";
	int end = 0;

	if (sscanf(root, "/proc/%20[0-9]/root%n", process, &end) != 1 || !end ||
	    (root[end] && root[end] != '/'))
		strcpy(process, "self");
	return mountinfo_open(process, out);
}

/* The kernel writes blanks and backslashes as \040 and the like; back where they stand. */
static const char *unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++) {
		unsigned byte;

		if (*from == '\\' && sscanf(from + 1, "%3o", &byte) == 1) {
			*to++ = (char)byte;
			from += 3;
		} else {
			*to++ = *from;
		}
	}
	*to = 0;
	return text;
}

/* A word can be empty: a source may be. */
static bool split(char *at, char **words, int count)
{
	for (int i = 0; i < count; i++)
		if (!(words[i] = strsep(&at, " \n")))
			return false;
	return true;
}

static bool parse(struct mountinfo *m)
{
	char *dash = strstr(m->line, " - "), *words[WORDS], *rest[RESTS];

	if (!dash)
		return false;
	*dash = 0;
	if (!split(m->line, words, WORDS) || !split(dash + 3, rest, RESTS) ||
	    sscanf(words[WORD_DEVICE], "%u:%u", &m->major, &m->minor) != 2)
		return false;
	m->id = atoi(words[WORD_ID]);
	m->point = unescape(words[WORD_POINT]);
	m->options = words[WORD_OPTIONS];
	m->type = unescape(rest[REST_TYPE]);
	m->source = unescape(rest[REST_SOURCE]);
	m->super = unescape(rest[REST_SUPER]);
	return true;
}

bool mountinfo_next(struct mountinfo *m)
{
	while (getline(&m->line, &m->room, m->file) > 0)
		if (parse(m))
			return true;
	return false;
}

void mountinfo_close(struct mountinfo *m)
{
	if (m->file)
		fclose(m->file);
	free(m->line);
	*m = (struct mountinfo){};
}
