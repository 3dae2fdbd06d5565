/* SPDX-License-Identifier: GPL-2.0-only */
/* The key `detect`: what is done about what rules and the kernel side detect. */
#include "profile_reader.h"
#include "buffer.h"
#include "word.h"

#include <string.h>

static const char *const detects[] = {
#define X(id, name) [KWP_DETECT_##id] = name,
	KWP_DETECTS(X)
#undef X
};
_Static_assert(ARRAY_SIZE(detects) == KWP_DETECT_COUNT, "a name for each detection");

const char *detect_name(enum kwp_detect detect)
{
	return (unsigned)detect < KWP_DETECT_COUNT ? detects[detect] : NULL;
}

int detect_find(const char *id)
{
	for (int i = 0; i < KWP_DETECT_COUNT; i++) {
		if (!strcmp(detects[i], id))
			return i;
	}
	return -1;
}

bool detect_needs_hook(enum kwp_detect detect)
{
	switch (detect) {
	case KWP_DETECT_REVERSE_SHELL_RELAY:
	case KWP_DETECT_BIND_SHELL_RELAY:
	case KWP_DETECT_BIND_SHELL_UNIX:
	case KWP_DETECT_PIPE_TO_SHELL:
	case KWP_DETECT_CONNECTED_CODE:
		return true;
	default:
		return false;
	}
}

const char *detect_suggest(const struct profile *profile, const char *id, size_t size)
{
	for (size_t i = 0; i < profile->rules_count; i++) {
		if (word_close(id, size, profile->rules[i].id))
			return profile->rules[i].id;
	}
	for (size_t i = 0; i < KWP_DETECT_COUNT; i++) {
		if (word_close(id, size, detects[i]))
			return detects[i];
	}
	return NULL;
}

struct profile_detect *profile_detect_find(const struct profile *profile, const char *id)
{
	for (size_t i = 0; i < profile->detects_count; i++) {
		if (!strcmp(profile->detects[i].id, id))
			return &profile->detects[i];
	}
	return NULL;
}

void detect_free(struct profile_detect *detect)
{
	exceptions_free(detect->except, detect->except_count);
	free(detect->id);
}

/* An act is over when user space hears of it. */
static bool action_read(struct profile_reader *reader, const struct yaml_node *value,
			struct profile_detect *detect)
{
	const unsigned told = ACTION(NO_OPINION) | ACTION(MONITOR);
	const unsigned done = ACTION(BLOCK) | ACTION(KILL);
	_cleanup_buffer_ struct buffer known = {0};

	if (!reader_action(reader, value, told | done, &detect->action))
		return false;
	if (detect->kernel >= 0 || !(done >> detect->action & 1))
		return true;
	for (size_t i = 0; i < KWP_DETECT_COUNT; i++)
		buffer_addf(&known, "%s%s", i ? ", " : "", detects[i]);
	reader_error(reader, value,
		     "'%.64s' is detected after the act, so it can only be off or monitor; what "
		     "can block or kill are %.*s",
		     detect->id, (int)known.size, known.size ? known.bytes : "");
	return false;
}

static void detect_add(struct profile_reader *reader, struct profile_detect *detect)
{
	struct profile *profile = reader->profile;
	struct profile_detect *old = profile_detect_find(profile, detect->id);

	if (old) {
		detect_free(old);
		*old = *detect;
	} else if (!reader_append(reader, profile->detects, profile->detects_count, *detect)) {
		detect_free(detect);
	}
}

static void detect_read(struct profile_reader *reader, const struct yaml_node *value)
{
	const struct profile *profile = reader->profile;
	const struct yaml_node *key = value->key;
	struct profile_detect detect = {.kernel = detect_find(key->text),
					.place = place_of(reader, key)};

	if (detect.kernel < 0 && !rule_find(profile, key->text)) {
		const char *close = detect_suggest(profile, key->text, key->size);

		reader_error(reader, key, "unknown detection '%.60s'%s%s%s", key->text,
			     close ? "; did you mean '" : "", close ? close : "",
			     close ? "'?" : "");
		return;
	}
	detect.id = reader_bytes(reader, key->text, key->size);
	if (detect.id && action_read(reader, value, &detect))
		detect_add(reader, &detect);
	else
		detect_free(&detect);
}

void reader_detects(struct profile_reader *reader, const struct yaml_node *map, void *into)
{
	(void)into;
	if (map->kind != YAML_MAP) {
		reader_error(reader, map,
			     "detections with actions are wanted here, such as 'reverse-shell: "
			     "kill'");
		return;
	}
	for (const struct yaml_node *value = map->first; value; value = value->next)
		detect_read(reader, value);
}

/* An exception must hold where the verdict is given. */
static void excuse_end(struct profile_reader *reader, const struct profile_excuse *excuse)
{
	struct profile_detect *detect =
		profile_detect_find(reader->profile, detects[excuse->detect]);
	enum kwp_action action = detect ? detect->action : KWP_NO_OPINION;

	reader->document = excuse->document;
	reader->file = excuse->document->file;
	if (action >= KWP_BLOCK || (action && !excuse->ruled))
		reader_except_when(reader, excuse->when, &detect->except, &detect->except_count);
	else if (!action && !excuse->ruled)
		reader_warning(reader, excuse->when,
			       "this changes nothing: '%s' is off unless 'detect' names it",
			       detects[excuse->detect]);
}

static void rule_remove(struct profile *profile, const char *id)
{
	struct rule *rule = rule_find(profile, id);

	if (!rule)
		return;
	rule_free(rule);
	profile->rules_count--;
	memmove(rule, rule + 1,
		(size_t)(&profile->rules[profile->rules_count] - rule) * sizeof(*rule));
}

void reader_detects_end(struct profile_reader *reader)
{
	struct profile *profile = reader->profile;

	for (size_t i = 0; i < reader->excuses_count; i++)
		excuse_end(reader, &reader->excuses[i]);
	for (size_t i = 0; i < profile->detects_count; i++) {
		struct profile_detect *detect = &profile->detects[i];

		if (detect->action == KWP_NO_OPINION)
			rule_remove(profile, detect->id);
		else if (detect->action == KWP_MONITOR && rule_find(profile, detect->id))
			detect->kernel = -1; /* the rule tells it, and once is enough */
	}
}
