/* SPDX-License-Identifier: GPL-2.0-only */
/* Actions by name, as the language has them. */
#include "profile_reader.h"
#include "buffer.h"
#include "word.h"

#include <string.h>

static const char *const actions[] = {
	[KWP_NO_OPINION] = "off", [KWP_ALLOW] = "allow", [KWP_MONITOR] = "monitor",
	[KWP_BLOCK] = "block",	  [KWP_KILL] = "kill",
};
_Static_assert(ARRAY_SIZE(actions) == KWP_KILL + 1, "a name for each action");

const char *action_name(enum kwp_action action)
{
	return (unsigned)action < ARRAY_SIZE(actions) ? actions[action] : NULL;
}

enum kwp_action action_of_list(const struct yaml_node *list)
{
	unsigned i = 0;

	while (i < ARRAY_SIZE(actions) - 1 && strcmp(actions[i], list->key->text))
		i++;
	return (enum kwp_action)i;
}

static void action_unknown(struct profile_reader *reader, const struct yaml_node *node,
			   unsigned allowed)
{
	_cleanup_buffer_ struct buffer known = {0};
	const char *close = NULL;

	for (unsigned i = 0; i < ARRAY_SIZE(actions); i++) {
		if (!(allowed >> i & 1))
			continue;
		buffer_addf(&known, "%s%s", known.size ? ", " : "", actions[i]);
		/* These are short: what may be said elsewhere is no slip of the pen. */
		if (!close &&
		    word_distance(node->text, node->size, actions[i], strlen(actions[i])) <= 2)
			close = actions[i];
	}
	for (unsigned i = 0; i < ARRAY_SIZE(actions); i++) {
		if (!strcmp(node->text, actions[i]))
			close = NULL;
	}
	reader_error(reader, node, "'%.60s' cannot be said here; there are %.*s%s%s%s", node->text,
		     (int)known.size, known.size ? known.bytes : "",
		     close ? "; did you mean '" : "", close ? close : "", close ? "'?" : "");
}

bool reader_action(struct profile_reader *reader, const struct yaml_node *node, unsigned allowed,
		   enum kwp_action *out)
{
	const char *text = reader_text(reader, node);

	if (!text)
		return false;
	for (unsigned i = 0; i < ARRAY_SIZE(actions); i++) {
		if (!(allowed >> i & 1) || strcmp(text, actions[i]))
			continue;
		*out = (enum kwp_action)i;
		return true;
	}
	action_unknown(reader, node, allowed);
	return false;
}
