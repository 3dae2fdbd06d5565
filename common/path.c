/* SPDX-License-Identifier: GPL-2.0-only */
#include "path.h"

#include <sys/mount.h>

/* A relative path in the caller's words, behind the directory that it starts
 * from; a "./" that it begins with says nothing, the rest stays as it is. */
static struct text path_join(struct text directory, struct text path, char *out, size_t size)
{
	int length;

	if (!path.size || path.bytes[0] == '/' || !directory.size)
		return path;
	while (path.size > 2 && path.bytes[0] == '.' && path.bytes[1] == '/') {
		path.bytes += 2;
		path.size -= 2;
	}
	length = snprintf(out, size, "%.*s%s%.*s", (int)directory.size, directory.bytes,
			  directory.bytes[directory.size - 1] == '/' ? "" : "/", (int)path.size,
			  path.bytes);
	return (struct text){out, MIN((size_t)length, size - 1)};
}

/* Does string 0 start from the directory of KWP_DIR? Not what mount(2) makes a filesystem
 * of ("proc"), nor a source whose target needed the room for its directory. */
static bool source_has_directory(const struct event *event)
{
	const struct kwp_file_act *act = event->facts;
	const struct text target = event->string[1];

	if (event->record->type != KWP_MOUNT)
		return true;
	if (act->flags)
		return act->flags & (MS_BIND | MS_MOVE);
	return !event->string[2].bytes && (!target.size || target.bytes[0] == '/');
}

void path_of_file(struct event *event, struct path_room *room)
{
	const struct text from = source_has_directory(event) ? event->string[KWP_DIR]
							     : (struct text){};
	const struct text *words = event->string, *hook = event->hook;
	const bool named = event->record->type == KWP_RENAME || event->record->type == KWP_LINK;
	const bool two = named || event->record->type == KWP_MOUNT;
	const struct text second = words[named && words[KWP_DIR2].bytes ? KWP_DIR2 : KWP_DIR];

	event->path = hook[0].bytes ? hook[0]
				    : path_join(from, words[0], room->path, sizeof(room->path));
	if (two)
		event->target_path = hook[1].bytes ? hook[1]
						   : path_join(second, words[1], room->target,
							       sizeof(room->target));
}

/* For an exec that failed the hook's word comes before the caller's. */
void path_of_exec(struct event *event, struct path_room *room)
{
	const struct text *words = event->string;
	const struct text from = words[4].bytes ? words[4] : words[2];

	if (words[0].bytes)
		event->path = words[0];
	else if (event->hook[0].bytes)
		event->path = event->hook[0];
	else
		event->path = path_join(from, words[3], room->path, sizeof(room->path));
}

/* What the hook saw first, or the name that was given. */
struct text path_of_script(const struct event *event, struct path_room *room)
{
	const struct kwp_exec *exec = event->facts;

	if (!exec->script)
		return (struct text){};
	if (event->hook[0].bytes)
		return event->hook[0];
	return path_join(event->string[2], event->string[3], room->target, sizeof(room->target));
}
