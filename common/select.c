/* SPDX-License-Identifier: GPL-2.0-only */
#include "select.h"

#include <errno.h>
#include <string.h>

#include "act.h"
#include "syscall.h"
#include "word.h"

#define PROCESS (TYPE(EXEC) | TYPE(FORK) | TYPE(EXIT))
#define FILES                                                                                      \
	(TYPE(OPEN) | TYPE(CREATE) | TYPE(RENAME) | TYPE(UNLINK) | TYPE(LINK) | TYPE(CHMOD) |      \
	 TYPE(CHOWN) | TYPE(TRUNCATE) | TYPE(XATTR) | TYPE(MOUNT) | TYPE(UMOUNT) | TYPE(CHROOT))
#define NET                                                                                        \
	(TYPE(CONNECT) | TYPE(ACCEPT) | TYPE(BIND) | TYPE(LISTEN) | TYPE(SOCKET) | TYPE(DNS) | \
	 TYPE(CLOSE))
#define TASK                                                                                       \
	(TYPE(SIGNAL) | TYPE(PTRACE) | TYPE(SETUID) | TYPE(CAPSET) | TYPE(SETNS) | TYPE(UNSHARE) | \
	 TYPE(DUP))
#define KERNEL                                                                                     \
	(TYPE(MEMFD) | TYPE(MMAP_EXEC) | TYPE(MPROTECT) | TYPE(MODULE) | TYPE(BPF) |               \
	 TYPE(SYSCTL) | TYPE(URING) | TYPE(DRIFT))

static const struct {
	const char *name;
	uint64_t types;
} groups[] = {
	{"process", PROCESS}, {"file", FILES},	   {"net", NET},
	{"task", TASK},	      {"kernel", KERNEL},
	{"all", PROCESS | FILES | NET | TASK | KERNEL | TYPE(RELAY)},
};

/* The types that are an answer to -e; the rest are kwp's own records. */
#define ASKABLE (PROCESS | FILES | NET | TASK | KERNEL | TYPE(RELAY))

void selection_each(void (*visit)(const char *name, uint64_t types, void *data), void *data)
{
	for (int i = 1; i < KWP_TYPE_COUNT; i++)
		if (ASKABLE & 1ull << i)
			visit(event_type_name(i), 1ull << i, data);
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		visit(groups[i].name, groups[i].types, data);
}

static uint64_t word_types(const char *word, size_t size)
{
	enum kwp_type type = event_type_find(word, size);

	if (type && (ASKABLE & 1ull << type))
		return 1ull << type;
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		if (strlen(groups[i].name) == size && !memcmp(groups[i].name, word, size))
			return groups[i].types;
	return 0;
}

static int unknown_event(const char *word, size_t length, char *error, size_t size)
{
	const char *close = NULL;
	unsigned least = ~0u;

	if (syscall_find(word, length) >= 0) {
		snprintf(error, size,
			 "unknown event '%.*s'; use -e syscall:%.*s for the system call",
			 (int)length, word, (int)length, word);
		return -EINVAL;
	}
	for (int i = 1; i < KWP_TYPE_COUNT; i++) {
		const char *name = ASKABLE & 1ull << i ? event_type_name(i) : NULL;
		unsigned distance = name ? word_distance(word, length, name, strlen(name)) : least;

		if (distance < least && word_close(word, length, name)) {
			least = distance;
			close = name;
		}
	}
	snprintf(error, size, "unknown event '%.*s'%s%s%s", (int)length, word,
		 close ? "; did you mean '" : "", close ? close : "", close ? "'?" : "");
	return -EINVAL;
}

static int add_syscall(struct selection *selection, const char *word, size_t length, char *error,
		       size_t size)
{
	const bool all = length == 3 && !memcmp(word, "all", 3);
	unsigned group = word[0] == '%' ? syscall_group_find(word + 1, length - 1) : 0;
	int nr = syscall_find(word, length);
	const char *close;

	if (nr >= 0 && nr < KWP_SYSCALLS) {
		selection->syscalls[nr] = 1;
	} else if (group || all) {
		for (nr = 0; nr < KWP_SYSCALLS; nr++)
			if (syscall_name(nr, false) && (all || (syscall_groups(nr, false) & group)))
				selection->syscalls[nr] = 1;
	} else {
		close = syscall_suggest(word, length);
		snprintf(error, size, "unknown system call '%.*s'%s%s%s", (int)length, word,
			 close ? "; did you mean '" : "", close ? close : "", close ? "'?" : "");
		return -EINVAL;
	}
	selection->types |= TYPE(SYSCALL);
	return 0;
}

int selection_add(struct selection *selection, const char *words, char *error, size_t size)
{
	struct selection next = *selection;
	bool syscalls = false;
	int err = 0;

	while (*words && !err) {
		size_t length;

		if (!strncmp(words, "syscall:", 8)) {
			syscalls = true;
			words += 8;
		}
		length = strcspn(words, ",");
		if (syscalls) {
			err = add_syscall(&next, words, length, error, size);
		} else {
			uint64_t types = word_types(words, length);

			next.types |= types;
			err = types ? 0 : unknown_event(words, length, error, size);
		}
		words += length + (words[length] == ',');
		next.any = true;
	}
	if (!err && !next.any) {
		snprintf(error, size, "no event is named");
		return -EINVAL;
	}
	if (!err)
		*selection = next;
	return err;
}
