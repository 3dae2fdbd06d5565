/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of shells and interpreters, which the kernel side looks for on connections. */
#include "profile_reader.h"

#include <string.h>

/* Where the profile has no list of that name. The kernel compares whole names, so versions
 * have theirs. */
static const char *const shells[] = {
	"sh",	"bash", "rbash", "dash", "zsh", "ksh", "ksh93",	  "mksh",   "pdksh",
	"yash", "ash",	"fish",	 "tcsh", "csh", "rc",  "busybox", "toybox", "pwsh",
};
static const char *const interpreters[] = {
	"python",     "python2",    "python2.7",  "python3",	"python3.6",	  "python3.7",
	"python3.8",  "python3.9",  "python3.10", "python3.11", "python3.12",	  "python3.13",
	"python3.14", "python3.15", "pypy",	  "pypy3",	"perl",		  "ruby",
	"ruby2.7",    "ruby3.0",    "ruby3.1",	  "ruby3.2",	"ruby3.3",	  "ruby3.4",
	"jruby",      "php",	    "php-cli",	  "php7.4",	"php8.0",	  "php8.1",
	"php8.2",     "php8.3",	    "php8.4",	  "lua",	"lua5.1",	  "lua5.2",
	"lua5.3",     "lua5.4",	    "luajit",	  "tclsh",	"tclsh8.6",	  "wish",
	"expect",     "guile",	    "erl",	  "node",	"nodejs",	  "deno",
	"bun",	      "java",	    "awk",	  "gawk",	"mawk",		  "nawk",
	"gdb",	      "vi",	    "vim",	  "emacs",	"original-awk",	  "socat",
	"nc",	      "ncat",	    "netcat",	  "nc.openbsd", "nc.traditional",
};

static const struct profile_list *list_find(const struct profile_reader *reader, const char *name)
{
	for (size_t i = 0; i < reader->lists_count; i++) {
		if (!strcmp(reader->lists[i].name, name))
			return &reader->lists[i];
	}
	return NULL;
}

/* What can't be a name is no file's name either. */
static void name_take(struct profile_reader *reader, const char *word, char ***to, size_t *count)
{
	size_t size = strlen(word);

	if (size && size <= KWP_NAME_MAX && !strchr(word, '/'))
		reader_word(reader, reader_bytes(reader, word, size), to, count);
}

static void names_take(struct profile_reader *reader, const char *name,
		       const char *const *otherwise, size_t otherwise_count, char ***to,
		       size_t *count)
{
	const struct profile_list *list = list_find(reader, name);

	for (size_t i = 0; list && i < list->count; i++)
		name_take(reader, list->words[i], to, count);
	for (size_t i = 0; !list && i < otherwise_count; i++)
		name_take(reader, otherwise[i], to, count);
}

void reader_lists_take(struct profile_reader *reader)
{
	struct profile *profile = reader->profile;

	names_take(reader, "shells", shells, ARRAY_SIZE(shells), &profile->shells,
		   &profile->shells_count);
	names_take(reader, "interpreters", interpreters, ARRAY_SIZE(interpreters),
		   &profile->interpreters, &profile->interpreters_count);
}
