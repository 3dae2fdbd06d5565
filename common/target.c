/* SPDX-License-Identifier: GPL-2.0-only */
#include "target.h"

#include <string.h>

bool target_get(const struct event *event, struct value *out)
{
	static const char *const names[] = {"file.path", "destination.ip", "kwp.socket.path",
					    "kwp.target.name", "dns.question.name",
					    "kwp.sysctl.name", "kwp.bpf.command",
					    "kwp.syscall.name"};
	static const struct field *found[ARRAY_SIZE(names)];

	out->kind = VALUE_NONE;
	for (size_t i = 0; i < ARRAY_SIZE(names) && out->kind == VALUE_NONE; i++) {
		if (!found[i])
			found[i] = field_find(names[i], strlen(names[i]));
		/* A system call's text would make each call another target: its name, the last
		 * of them, is what it is. */
		if (event->record->type != KWP_SYSCALL || i == ARRAY_SIZE(names) - 1)
			found[i]->get(event, out);
	}
	return out->kind != VALUE_NONE;
}
