/* SPDX-License-Identifier: GPL-2.0-only */
/* What a program is told by its arguments: will it read its commands from its input? */
#include <string.h>

#include "relay.h"

/* One program of many names, whose argument 0 may be its own name or that of a part. */
static bool is_box(const char *name)
{
	return !strcmp(name, "busybox") || !strcmp(name, "toybox");
}

static bool is_shell(const char *name)
{
	const size_t size = strlen(name);

	return size >= 2 && !memcmp(name + size - 2, "sh", 2);
}

struct words {
	const char *at, *end;
};

static const char *words_next(struct words *words)
{
	const char *word = words->at < words->end ? words->at : NULL;
	const char *nul = word ? memchr(word, '\0', words->end - word) : NULL;

	words->at = nul ? nul + 1 : words->end;
	return nul ? word : NULL;
}

/* Long options with a word of their own behind them. */
static bool takes_word(const char *word)
{
	return !strcmp(word, "--rcfile") || !strcmp(word, "--init-file") || !strcmp(word, "-o") ||
	       !strcmp(word, "+o") || !strcmp(word, "-O") || !strcmp(word, "+O");
}

bool relay_asks(const struct process *process)
{
	struct words words = {process->args, process->args + process->args_size};
	const char *word = process->args ? words_next(&words) : NULL;
	const char *name = word ? basename(word[0] == '-' ? word + 1 : word) : "";
	bool asked = false;

	if (!word || process->script)
		return false;
	if (is_box(name)) {
		word = words_next(&words);
		name = word ? word : "";
	}
	while ((word = words_next(&words))) {
		if (word[0] != '-' && word[0] != '+')
			return asked;
		if (word[0] == '-' && !word[1])
			return true;
		if (!strcmp(word, "--"))
			continue;
		if (takes_word(word)) {
			words_next(&words);
			continue;
		}
		if (word[1] == '-')
			continue;
		if (strchr(word, 'c'))
			return false;
		asked |= is_shell(name) && (strchr(word, 'i') || strchr(word, 's'));
	}
	return true;
}
