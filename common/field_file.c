/* SPDX-License-Identifier: GPL-2.0-only */
#include "field_get.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "names.h"
#include "process.h"

/* The file that the event is about; NULL: none, or the kernel gave none. */
static const struct kwp_file *event_file(const struct event *event)
{
	const struct kwp_file *file = NULL;

	if (RECORD(event)->type == KWP_EXEC)
		file = &FACTS(event, kwp_exec)->file;
	else if (event_is_file(RECORD(event)->type))
		file = &FACTS(event, kwp_file_act)->file;
	if (file && !file->mode && event->hook_facts)
		file = RECORD(event)->type == KWP_EXEC
			       ? &((const struct kwp_exec *)event->hook_facts)->file
			       : &((const struct kwp_file_act *)event->hook_facts)->file;
	return file && file->mode ? file : NULL;
}

static const struct kwp_file_act *event_act(const struct event *event)
{
	return event_is_file(RECORD(event)->type) ? event->facts : NULL;
}

void get_file_path(const struct event *event, struct value *out)
{
	value_bytes(out, event->path);
}

void get_file_name(const struct event *event, struct value *out)
{
	struct text name = path_name(event->path);

	if (name.size)
		value_bytes(out, name);
}

void get_file_target(const struct event *event, struct value *out)
{
	value_bytes(out, event->target_path);
}

void get_file_inode(const struct event *event, struct value *out)
{
	if (event_file(event))
		value_number(out, event_file(event)->inode);
}

void get_file_device(const struct event *event, struct value *out)
{
	const struct kwp_file *file = event_file(event);

	if (file)
		value_device(out, file->device);
}

void get_file_mode(const struct event *event, struct value *out)
{
	if (event_file(event))
		value_mode(out, event_file(event)->mode);
}

/* Of what was made, that which was asked for, where nobody looked at the file. */
void get_file_type(const struct event *event, struct value *out)
{
	const struct kwp_file *file = event_file(event);
	uint32_t type = file ? file->mode & S_IFMT : 0;

	if (!file && RECORD(event)->type == KWP_CREATE)
		type = event_act(event)->mode & S_IFMT;
	if (type)
		value_text(out, name_value(NAME_FILE_TYPE, type));
}

/* mknod(2) has the number in the form of userspace. */
void get_file_node(const struct event *event, struct value *out)
{
	const struct kwp_file_act *act = event_act(event);
	uint32_t type = act ? act->mode & S_IFMT : 0, number = act ? (uint32_t)act->extra : 0;

	if (RECORD(event)->type == KWP_CREATE && (type == S_IFBLK || type == S_IFCHR))
		value_device(out, major(number) << 20 | minor(number));
}

void get_file_size(const struct event *event, struct value *out)
{
	if (event_file(event))
		value_number(out, event_file(event)->size);
	else if (event_act(event) && event_act(event)->file.size) /* memory of no file */
		value_number(out, event_act(event)->file.size);
}

void get_file_uid(const struct event *event, struct value *out)
{
	if (event_file(event))
		value_number(out, event_file(event)->uid);
}

void get_file_gid(const struct event *event, struct value *out)
{
	if (event_file(event))
		value_number(out, event_file(event)->gid);
}

void get_file_ctime(const struct event *event, struct value *out)
{
	const struct kwp_file *file = event_file(event);

	if (!file || file->ctime <= 0)
		return;
	out->kind = VALUE_TIME;
	out->time = file->ctime;
}

void get_file_links(const struct event *event, struct value *out)
{
	if (event_file(event))
		value_number(out, event_file(event)->links);
}

void get_file_deleted(const struct event *event, struct value *out)
{
	if (event_file(event))
		value_bool(out, !event_file(event)->links);
}

/* memfd, and what else has no name on a tmpfs that no path leads to. */
void get_file_memfd(const struct event *event, struct value *out)
{
	const struct kwp_file *file = event_file(event);

	if (file)
		value_bool(out, file->magic == TMPFS_MAGIC && !file->links &&
					(file->flags & KWP_FILE_KERNMOUNT));
}

void get_file_filesystem(const struct event *event, struct value *out)
{
	if (event_file(event))
		value_flags(out, NAME_FILESYSTEM, event_file(event)->magic);
}

void get_file_mount(const struct event *event, struct value *out)
{
	if (event_file(event) && (event_file(event)->flags & KWP_FILE_KERNMOUNT))
		value_text(out, "kernel");
}

void get_file_upper(const struct event *event, struct value *out)
{
	const struct kwp_file *file = event_file(event);

	if (file && file->magic == OVERLAYFS_SUPER_MAGIC)
		value_bool(out, file->flags & KWP_FILE_UPPER);
}

void get_file_flags(const struct event *event, struct value *out)
{
	static const uint8_t tables[KWP_TYPE_COUNT] = {
		[KWP_OPEN] = NAME_OPEN,	      [KWP_CREATE] = NAME_OPEN,
		[KWP_RENAME] = NAME_RENAME,   [KWP_UNLINK] = NAME_UNLINK_AT,
		[KWP_XATTR] = NAME_XATTR,     [KWP_MOUNT] = NAME_MOUNT,
		[KWP_UMOUNT] = NAME_UMOUNT,   [KWP_MEMFD] = NAME_MEMFD,
		[KWP_MMAP_EXEC] = NAME_MAP,   [KWP_MODULE] = NAME_MODULE,
		[KWP_LINK] = NAME_AT,
	};
	const struct kwp_file_act *act = event_act(event);

	if (act && tables[RECORD(event)->type] && (act->flags || RECORD(event)->type == KWP_OPEN))
		value_flags(out, tables[RECORD(event)->type], act->flags);
}

void get_file_descriptor(const struct event *event, struct value *out)
{
	if (event_act(event) && event_act(event)->fd >= 0 && RECORD(event)->type != KWP_DRIFT)
		value_number(out, event_act(event)->fd);
}

/* What the act asked the permissions to be. */
void get_file_permissions(const struct event *event, struct value *out)
{
	const struct kwp_file_act *act = event_act(event);

	switch (RECORD(event)->type) {
	case KWP_CHMOD:
		value_mode(out, act->mode);
		break;
	case KWP_MMAP_EXEC:
	case KWP_MPROTECT:
		value_flags(out, NAME_PROT, act->mode);
	}
}

void get_file_owner(const struct event *event, struct value *out)
{
	if (RECORD(event)->type == KWP_CHOWN && (uint32_t)event_act(event)->mode != ~0u)
		value_number(out, (uint32_t)event_act(event)->mode);
}

void get_file_group(const struct event *event, struct value *out)
{
	if (RECORD(event)->type == KWP_CHOWN && (uint32_t)event_act(event)->extra != ~0u)
		value_number(out, (uint32_t)event_act(event)->extra);
}

void get_file_xattr(const struct event *event, struct value *out)
{
	if (RECORD(event)->type == KWP_XATTR)
		value_bytes(out, event->string[1]);
}

void get_mount_type(const struct event *event, struct value *out)
{
	if (RECORD(event)->type == KWP_MOUNT)
		value_bytes(out, event->string[2]);
}

void get_mount_options(const struct event *event, struct value *out)
{
	if (RECORD(event)->type == KWP_MOUNT)
		value_bytes(out, event->string[3]);
}

/* Is this the name of one of the libraries in the value of a variable? */
static bool value_names(const char *value, const struct text *name)
{
	for (size_t length; *value; value += length + (value[length] != 0)) {
		struct text last;

		length = strcspn(value, ": ");
		last = path_name((struct text){value, length});
		if (name->size && last.size == name->size &&
		    !memcmp(last.bytes, name->bytes, last.size))
			return true;
	}
	return false;
}

/* By its name, because the loader looks for those without a directory. */
void get_file_injected(const struct event *event, struct value *out)
{
	const struct process *p = event->process;
	const struct text name = path_name(event->path);
	bool named = false;

	if (RECORD(event)->type != KWP_DRIFT || !p || !p->environ ||
	    name.bytes == event->path.bytes)
		return;
	for (size_t at = 0; at < p->environ_size; at += strlen(p->environ + at) + 1) {
		const char *variable = p->environ + at;

		if (!strncmp(variable, "LD_PRELOAD=", 11) || !strncmp(variable, "LD_AUDIT=", 9))
			named |= value_names(strchr(variable, '=') + 1, &name);
	}
	value_bool(out, named);
}
