/* SPDX-License-Identifier: GPL-2.0-only */
#include "baseline_look.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "escape.h"
#include "learn_activity.h"
#include "log.h"

/* Adds the items of one subject, and says which are not visible. */
static void part_add(struct items *out, const char *what, bool *partly,
		     void (*add)(struct items *out, bool *partly))
{
	bool hidden = false;

	add(out, &hidden);
	if (hidden)
		log_warning("this user does not see all %s", what);
	*partly |= hidden;
}

void look_state(const struct look *look, struct items *out, bool *partly)
{
	const unsigned wants = look->subjects;
	bool hidden = false;

	if (wants & 1u << SUBJECT_KERNEL)
		snapshot_kernel(out);
	if (wants & 1u << SUBJECT_MODULES)
		snapshot_modules(out);
	if (wants & 1u << SUBJECT_SYSCTLS)
		snapshot_sysctls(out);
	if (wants & 1u << SUBJECT_MOUNTS)
		snapshot_mounts(look->root, out);
	if (wants & 1u << SUBJECT_BPF)
		part_add(out, "BPF programs", partly, snapshot_bpf);
	if (wants & 1u << SUBJECT_NET)
		part_add(out, "sockets' processes", partly, snapshot_sockets);
	if (wants & 1u << SUBJECT_PROCS)
		snapshot_processes(out, look->cgroup, &hidden);
	if (hidden)
		log_warning("this user does not see all processes' programs");
	*partly |= hidden;
	if (look->activity)
		activity_items(look->activity, out);
	items_sort(out);
}

/* ---- what is told on the way ---- */

static void say(enum log_level level, struct text path, const char *before, const char *why)
{
	_cleanup_buffer_ struct buffer name = {};

	escape_text(&name, path);
	buffer_byte(&name, 0);
	if (!name.failed)
		log_at(level, "%s%s: %s", before, name.bytes, why);
}

void look_missed(struct looked *looked, struct text path, int err)
{
	const bool meanwhile = err == -ENOENT || err == -EAGAIN;

	looked->partly |= !meanwhile;
	say(meanwhile ? LOG_INFO : LOG_WARNING, path, "not looked at: ", snapshot_why(err));
}

void look_skipped(struct text path, const char *type)
{
	say(LOG_DEBUG, path, "not looked into: ", type);
}

/* ---- patterns ---- */

/* fnmatch(3) wants a NUL. */
static bool matches(const char *pattern, struct text text, int flags)
{
	_cleanup_free_ char *copy = strndup(text.bytes, text.size);

	return copy && !fnmatch(pattern, copy, flags);
}

static bool one_ignores(const char *pattern, struct text name)
{
	const size_t size = strlen(pattern);
	const struct text last = path_name(name);

	if (size >= 3 && !strcmp(pattern + size - 3, "/**"))
		return name.size > size - 2 && !memcmp(name.bytes, pattern, size - 2);
	if (!strncmp(pattern, "**/", 3) && last.bytes != name.bytes)
		return matches(pattern + 3, last, 0);
	return matches(pattern, name, *pattern == '/' ? FNM_PATHNAME : 0);
}

bool look_ignores(const char *const *patterns, size_t count, struct text name)
{
	for (size_t i = 0; i < count; i++)
		if (one_ignores(patterns[i], name))
			return true;
	return false;
}

/* ---- an older baseline ---- */

void look_boot(char out[40])
{
	if (snapshot_read("/proc/sys/kernel/random/boot_id", out, 40) < 0)
		out[0] = 0;
}

bool look_is_of_boot(const struct baseline *baseline)
{
	const char *boot = baseline_head(baseline)->value[HEAD_BOOT];
	char now[40];

	look_boot(now);
	return boot && now[0] && !strcmp(boot, now);
}

bool look_remembers(struct look_memory *memory, struct text path, struct item *out)
{
	int order = -1;

	while (memory->baseline) {
		if (!memory->has && baseline_next(memory->baseline, &memory->item) <= 0) {
			baseline_close(memory->baseline);
			memory->baseline = NULL;
			return false;
		}
		memory->has = true;
		if (memory->item.section == SECTION_FILES)
			order = path_order(memory->item.name, path);
		else
			order = memory->item.section == SECTION_COMPLETE ? 1 : -1;
		if (order >= 0)
			break;
		memory->has = false;
	}
	if (order)
		return false;
	*out = memory->item;
	if (memory->older)
		out->value[FILE_STAMP] = (struct text){};
	return true;
}
