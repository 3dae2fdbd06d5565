/* SPDX-License-Identifier: GPL-2.0-only */
#include "rule.h"

#include <errno.h>
#include <string.h>

#define VALUE_SHOWN 200 /* bytes of a value in a message */

static const struct {
	const char *name;
	int number;
} severities[] = {
	[SEVERITY_INFO] = {"info", 21},		[SEVERITY_LOW] = {"low", 47},
	[SEVERITY_MEDIUM] = {"medium", 59},	[SEVERITY_HIGH] = {"high", 73},
	[SEVERITY_CRITICAL] = {"critical", 99},
};
_Static_assert(ARRAY_SIZE(severities) == SEVERITY_COUNT, "a row for each severity");

const char *severity_name(enum severity severity)
{
	return (unsigned)severity < SEVERITY_COUNT ? severities[severity].name : NULL;
}

int severity_number(enum severity severity)
{
	return (unsigned)severity < SEVERITY_COUNT ? severities[severity].number : 0;
}

bool severity_find(const char *name, size_t size, enum severity *out)
{
	for (unsigned i = 0; i < SEVERITY_COUNT; i++) {
		if (size != strlen(severities[i].name) || memcmp(name, severities[i].name, size))
			continue;
		*out = (enum severity)i;
		return true;
	}
	return false;
}

void rule_free(struct rule *rule)
{
	for (size_t i = 0; i < rule->except_count; i++)
		filter_free(rule->except[i]);
	for (size_t i = 0; i < rule->technique_count; i++)
		free(rule->technique[i]);
	filter_free(rule->when);
	free(rule->except);
	free(rule->technique);
	free(rule->id);
	free(rule->title);
	free(rule->message);
	free(rule->false_positives);
}

bool rule_match(const struct rule *rule, const struct event *event)
{
	unsigned type = event->record->type;

	if (type >= KWP_TYPE_COUNT || !(rule->types >> type & 1) ||
	    !filter_match(rule->when, event))
		return false;
	for (size_t i = 0; i < rule->except_count; i++) {
		if (filter_match(rule->except[i], event))
			return false;
	}
	return true;
}

/* A run of plain text of a template, or the name of a field of it. */
enum piece_kind { PIECE_TEXT, PIECE_FIELD, PIECE_BROKEN, PIECE_END };
struct piece {
	enum piece_kind kind;
	struct text text;
};

static struct piece piece_next(const char **at)
{
	const char *start = *at;
	size_t length = strcspn(start, "{}");

	if (!*start)
		return (struct piece){PIECE_END, {start, 0}};
	if (length) {
		*at += length;
		return (struct piece){PIECE_TEXT, {start, length}};
	}
	if (start[0] == start[1]) {
		*at += 2;
		return (struct piece){PIECE_TEXT, {start, 1}};
	}
	length = strcspn(start + 1, "{}");
	if (*start == '}' || start[1 + length] != '}') {
		*at += 1;
		return (struct piece){PIECE_BROKEN, {start, 1}};
	}
	*at += length + 2;
	return (struct piece){PIECE_FIELD, {start + 1, length}};
}

static int template_fail(struct filter_error *error, size_t offset, struct text name)
{
	const struct field *close = field_suggest(name.bytes, name.size);

	if (!error)
		return -EINVAL;
	error->offset = offset;
	snprintf(error->message, sizeof(error->message), "unknown field '%.*s'%s%s%s",
		 (int)MIN(name.size, 60u), name.bytes, close ? "; did you mean '" : "",
		 close ? close->name : "", close ? "'?" : "");
	return -EINVAL;
}

int rule_template_check(const char *message, struct filter_error *error)
{
	const char *at = message;

	for (;;) {
		struct piece piece = piece_next(&at);
		size_t offset = (size_t)(piece.text.bytes - message);

		if (piece.kind == PIECE_END)
			return 0;
		if (piece.kind == PIECE_FIELD && !field_find(piece.text.bytes, piece.text.size))
			return template_fail(error, offset, piece.text);
		if (piece.kind != PIECE_BROKEN)
			continue;
		if (error)
			*error = (struct filter_error){offset, "a single brace; {field} or {{ "
							       "is what may stand here"};
		return -EINVAL;
	}
}

/* What is being written: always room for a NUL behind at. */
struct message {
	char *bytes;
	size_t size, at;
};

static void message_add(struct message *message, const char *bytes, size_t size)
{
	size = MIN(size, message->size - 1 - message->at);
	for (size_t i = 0; i < size; i++) /* a NUL would hide what follows it */
		message->bytes[message->at++] = bytes[i] ? bytes[i] : ' ';
}

static void message_add_value(struct message *message, const struct value *value)
{
	char shown[VALUE_SHOWN + 1];
	size_t length = value_print(value, shown, sizeof(shown));

	if (length > VALUE_SHOWN) {
		length = VALUE_SHOWN;
		memcpy(shown + VALUE_SHOWN - 3, "...", 3);
	}
	message_add(message, shown, length);
}

static void message_add_field(struct message *message, struct text name, const struct event *event)
{
	const struct field *field = field_find(name.bytes, name.size);
	struct value value;

	value.kind = VALUE_NONE;
	if (field && field->types >> event->record->type & 1)
		field->get(event, &value);
	if (value.kind == VALUE_NONE)
		message_add(message, "?", 1);
	else
		message_add_value(message, &value);
}

size_t rule_message(const struct rule *rule, const struct event *event, char *out, size_t size)
{
	struct message message = {out, size, 0};
	const char *at = rule->message;
	struct piece piece;

	if (!at) {
		at = rule->title ? rule->title : rule->id;
		message_add(&message, at, strlen(at));
		at = "";
	}
	while ((piece = piece_next(&at)).kind != PIECE_END) {
		if (piece.kind == PIECE_FIELD)
			message_add_field(&message, piece.text, event);
		else
			message_add(&message, piece.text.bytes, piece.text.size);
	}
	out[message.at] = '\0';
	return message.at;
}
