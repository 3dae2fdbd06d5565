/* SPDX-License-Identifier: GPL-2.0-only */
#include "json_value.h"

#include "escape.h"
#include "process.h"

#define ANCESTOR_ROOM 160 /* bytes of an ancestor's keys, punctuation and number */

static inline char *put_string(char *to, struct text text)
{
	*to = '"';
	to = escape_json_put(to + 1, text);
	*to = '"';
	return to + 1;
}

static char *put_list(char *to, struct text list)
{
	const char *end = list.bytes + list.size;

	*to++ = '[';
	for (const char *item = list.bytes; item < end;) {
		const char *nul = memchr(item, '\0', end - item);
		size_t size = (nul ? nul : end) - item;

		to = put_string(to, (struct text){item, size});
		*to++ = ',';
		item += size + 1;
	}
	if (to[-1] == ',')
		to--;
	*to++ = ']';
	return to;
}

static struct text text_of(const char *string)
{
	return (struct text){string, strlen(string)};
}

static char *put_ancestor(char *to, const struct process *process)
{
	*to++ = '{';
	if (process->view_pid) {
		to = JSON_PUT(to, "\"pid\":");
		to = digits_put(to, process->view_pid);
		*to++ = ',';
	}
	if (process->comm[0]) {
		to = JSON_PUT(to, "\"name\":");
		to = put_string(to, text_of(process->comm));
		*to++ = ',';
	}
	if (to[-1] == ',')
		to--;
	*to++ = '}';
	return to;
}

static char *put_ancestors(char *to, const struct process *process)
{
	*to++ = '[';
	for (int i = 0; process && i < PROCESS_CHAIN; i++, process = process->parent) {
		to = put_ancestor(to, process);
		*to++ = ',';
	}
	if (to[-1] == ',')
		to--;
	*to++ = ']';
	return to;
}

static size_t ancestors_room(const struct process *process)
{
	size_t room = 2;

	for (int i = 0; process && i < PROCESS_CHAIN; i++, process = process->parent)
		room += ANCESTOR_ROOM + ESCAPE_JSON_MAX * sizeof(process->comm);
	return room;
}

size_t json_value_room(const struct value *value)
{
	switch (value->kind) {
	case VALUE_TEXT:
		return value->text.size * ESCAPE_JSON_MAX;
	case VALUE_LIST: /* each text has a NUL, for which come two quotes and a comma */
		return value->text.size * (ESCAPE_JSON_MAX + 3);
	case VALUE_PROCESSES:
		return ancestors_room(value->process);
	default:
		return 0;
	}
}

char *json_value_put(char *to, const struct value *value, struct digits_times *times)
{
	switch (value->kind) {
	case VALUE_NUMBER:
		return digits_put_signed(to, value->number);
	case VALUE_BOOL:
		return value->number ? JSON_PUT(to, "true") : JSON_PUT(to, "false");
	case VALUE_TEXT:
		return put_string(to, value->text);
	case VALUE_LIST:
		return put_list(to, value->text);
	case VALUE_ADDRESS:
		*to = '"';
		to = digits_put_address(to + 1, value->address.bytes, value->address.v6);
		break;
	case VALUE_TIME:
		*to = '"';
		to = digits_put_time(to + 1, value->time, times);
		break;
	case VALUE_PROCESSES:
		return put_ancestors(to, value->process);
	case VALUE_NONE:
	case VALUE_KIND_COUNT:
		return JSON_PUT(to, "null");
	}
	*to++ = '"';
	return to;
}
