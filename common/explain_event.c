/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "buffer.h"
#include "event.h"
#include "explain_word.h"
#include "field.h"

/* NULL: not for people. */
static const char *const helps[] = {
	[KWP_NONE] = NULL,
	[KWP_EXEC] = "a program is executed",
	[KWP_FORK] = "a process is made",
	[KWP_EXIT] = "a process ends",
	[KWP_OPEN] = "a file is opened",
	[KWP_CREATE] = "a file, directory or device is made",
	[KWP_RENAME] = "a file gets another name",
	[KWP_UNLINK] = "a name or a directory is removed",
	[KWP_LINK] = "a hard or symbolic link is made",
	[KWP_CHMOD] = "the permissions of a file are changed",
	[KWP_CHOWN] = "the owner or group of a file is changed",
	[KWP_TRUNCATE] = "a file is cut or lengthened by its name or descriptor",
	[KWP_XATTR] = "an extended attribute is set or removed",
	[KWP_MOUNT] = "a filesystem is mounted, moved, or its mount is changed",
	[KWP_UMOUNT] = "a filesystem is unmounted",
	[KWP_CONNECT] = "a connection is made",
	[KWP_ACCEPT] = "a connection comes in",
	[KWP_BIND] = "a socket gets an address",
	[KWP_LISTEN] = "a socket begins to wait for connections",
	[KWP_SOCKET] = "a socket is made",
	[KWP_DNS] = "a question or an answer of DNS",
	[KWP_DUP] = "a descriptor becomes standard input, output or error",
	[KWP_SIGNAL] = "a signal is sent",
	[KWP_PTRACE] = "a process is traced, or its memory or descriptors are taken",
	[KWP_SETUID] = "a process changes its user or group",
	[KWP_CAPSET] = "a process changes its capabilities",
	[KWP_SETNS] = "a process enters a namespace",
	[KWP_UNSHARE] = "a process gets new namespaces",
	[KWP_CHROOT] = "a process gets another root directory",
	[KWP_MEMFD] = "a file is made that is only in memory",
	[KWP_MMAP_EXEC] = "a file or memory is mapped as code",
	[KWP_MPROTECT] = "memory becomes executable",
	[KWP_MODULE] = "a kernel module is loaded or removed",
	[KWP_BPF] = "bpf(2) is called",
	[KWP_SYSCTL] = "a setting of the kernel is written",
	[KWP_URING] = "an io_uring is set up, or does what no other type shows",
	[KWP_SYSCALL] = "a system call that was asked for by its name",
	[KWP_ARGS] = NULL,
	[KWP_LOSS] = "events were lost",
	[KWP_CONTAINER] = NULL,
	[KWP_RULE] = NULL,
	[KWP_DRIFT] = "a program, library or script is run that the image did not bring",
	[KWP_HEARTBEAT] = "the watch is on (kwp audit --heartbeat)",
	[KWP_HELD] = NULL,
	[KWP_RELAY] = "a program's commands come from a connection that another process holds",
	[KWP_CLOSE] = "a connection has ended",
	[KWP_SHED] = "less is told for now, or all again: the profile's limits were passed",
};
_Static_assert(ARRAY_SIZE(helps) == KWP_TYPE_COUNT, "words for each type of event");

void word_types(FILE *out, const char *label, uint64_t types)
{
	_cleanup_buffer_ struct buffer with = {0}, without = {0};

	for (unsigned type = 0; type < KWP_TYPE_COUNT; type++) {
		struct buffer *list = types >> type & 1 ? &with : &without;

		if (helps[type])
			buffer_addf(list, "%s%s", list->size ? ", " : "", event_type_name(type));
	}
	buffer_byte(&with, '\0');
	buffer_byte(&without, '\0');
	if (with.failed || without.failed)
		word_item(out, label, "?");
	else if (without.size == 1)
		word_item(out, label, "all");
	else if (without.size >= with.size)
		word_item(out, label, with.bytes);
	else {
		_cleanup_buffer_ struct buffer all = {0};

		buffer_addf(&all, "all but %s%c", without.bytes, '\0');
		word_item(out, label, all.failed ? "?" : all.bytes);
	}
}

/* Fields that most types lack say what is special about one. */
static void fields_print(enum kwp_type type, FILE *out)
{
	_cleanup_buffer_ struct buffer own = {0};
	const uint64_t all = (1ull << KWP_TYPE_COUNT) - 1;

	for (size_t i = 0; i < fields_count; i++) {
		if ((fields[i].types >> type & 1) &&
		    __builtin_popcountll(fields[i].types & all) < KWP_TYPE_COUNT / 2)
			buffer_addf(&own, "%s%s", own.size ? ", " : "", fields[i].name);
	}
	buffer_byte(&own, '\0');
	if (!own.failed && own.size > 1)
		word_item(out, "fields", own.bytes);
	word_item(out, "also", "what every event has: the time, process, user, container, kwp");
}

bool explain_event(const char *name, FILE *out)
{
	enum kwp_type type = event_type_find(name, strlen(name));

	if (type == KWP_NONE || !helps[type])
		return false;
	fprintf(out, "event %s: %s\n", name, helps[type]);
	fields_print(type, out);
	return true;
}

void explain_events(const struct word_visit *visit)
{
	for (unsigned type = 0; type < KWP_TYPE_COUNT; type++) {
		if (helps[type])
			visit->word(visit, "event", event_type_name(type), helps[type]);
	}
}
