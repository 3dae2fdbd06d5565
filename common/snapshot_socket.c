/* SPDX-License-Identifier: GPL-2.0-only */
/* Who listens and who is connected, in every network namespace that has a visible process. */
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/stat.h>

#include "digits.h"
#include "snapshot.h"
#include "word.h"

/* The process that holds a socket. */
struct owner {
	uint64_t socket; /* inode */
	char *program;
};

struct sockets {
	struct items *out;
	struct owner *owners;
	size_t count, room;
	ino_t spaces[64]; /* network namespaces that were seen */
	size_t spaces_count;
	bool partly;
};

static int owner_order(const void *a, const void *b)
{
	const struct owner *x = a, *y = b;

	return x->socket != y->socket ? (x->socket > y->socket) - (x->socket < y->socket)
				      : strcmp(x->program, y->program);
}

static void owner_add(struct sockets *s, uint64_t socket, const char *program)
{
	if (s->count == s->room) {
		size_t room = s->room ? 2 * s->room : 256;
		void *more = reallocarray(s->owners, room, sizeof(*s->owners));

		if (!more)
			return;
		s->owners = more;
		s->room = room;
	}
	s->owners[s->count].socket = socket;
	s->owners[s->count].program = strdup(program);
	s->count += s->owners[s->count].program != NULL;
}

/* ---- whose they are ---- */

static void descriptors_read(struct sockets *s, int pid)
{
	char path[64], link[300], target[4096], program[4096];
	struct dirent *entry;
	DIR *directory;
	ssize_t size;

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	size = readlink(path, program, sizeof(program) - 1);
	program[MAX(size, 0)] = 0;
	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	directory = size < 0 ? NULL : opendir(path);
	s->partly |= !directory && (errno == EACCES || errno == EPERM);
	while (directory && (entry = readdir(directory))) {
		unsigned long long inode;

		snprintf(link, sizeof(link), "/proc/%d/fd/%s", pid, entry->d_name);
		size = readlink(link, target, sizeof(target) - 1);
		target[MAX(size, 0)] = 0;
		if (sscanf(target, "socket:[%llu]", &inode) == 1)
			owner_add(s, inode, program);
	}
	if (directory)
		closedir(directory);
}

static const char *owner_of(const struct sockets *s, uint64_t socket)
{
	size_t low = 0, high = s->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (s->owners[middle].socket < socket)
			low = middle + 1;
		else
			high = middle;
	}
	return low < s->count && s->owners[low].socket == socket ? s->owners[low].program : NULL;
}

/* ---- tables ---- */

struct end {
	uint8_t bytes[16];
	bool v6;
	unsigned port;
};

/* "0100007F:0050": words of the machine's order. */
static bool end_parse(const char *text, struct end *out)
{
	uint32_t word[4];
	int words = strlen(text) > 16 ? 4 : 1;

	for (int i = 0; i < words; i++)
		if (sscanf(text + 8 * i, "%8x", &word[i]) != 1)
			return false;
	if (sscanf(text + 8 * words, ":%x", &out->port) != 1)
		return false;
	out->v6 = words == 4;
	memcpy(out->bytes, word, (size_t)words * 4);
	return true;
}

static bool end_is_any(const struct end *end)
{
	static const uint8_t zero[16];

	return !memcmp(end->bytes, zero, end->v6 ? 16 : 4);
}

static const char *end_print(const struct end *end, bool port, char *out, size_t size)
{
	char address[DIGITS_MAX];

	*digits_put_address(address, end->bytes, end->v6) = 0;
	if (port)
		snprintf(out, size, end->v6 ? "[%s]:%u" : "%s:%u", address, end->port);
	else
		snprintf(out, size, "%s", address);
	return out;
}

static void add_socket(struct sockets *s, const char *name, const char *uid, uint64_t inode)
{
	struct item item = {.section = SECTION_NET, .name = text_of(name)};

	item.value[0] = text_of(owner_of(s, inode));
	item.value[1] = text_of(uid);
	items_add(s->out, &item);
}

/* One line of tcp, udp, raw: "n: LOCAL REMOTE STATE q q t uid timeout inode ..." */
static void line_take(struct sockets *s, const char *protocol, const char *line,
		      const bool *listening)
{
	char here[64], there[64], uid[16], name[256], a[80], b[80];
	unsigned long long inode;
	struct end local, remote;
	unsigned state;
	const bool tcp = !strncmp(protocol, "tcp", 3);

	if (sscanf(line, "%*s %63s %63s %x %*s %*s %*s %15s %*s %llu", here, there, &state, uid,
		   &inode) != 5 ||
	    !end_parse(here, &local) || !end_parse(there, &remote))
		return;
	if (tcp ? state == TCP_LISTEN : end_is_any(&remote))
		snprintf(name, sizeof(name), "listen %s %s", protocol,
			 end_print(&local, true, a, sizeof(a)));
	else if (tcp && listening[local.port & 0xffff])
		/* The other side's port is a number like any other. */
		snprintf(name, sizeof(name), "accept %s %s from %s", protocol,
			 end_print(&local, true, a, sizeof(a)),
			 end_print(&remote, false, b, sizeof(b)));
	else
		snprintf(name, sizeof(name), "connect %s %s", protocol,
			 end_print(&remote, true, a, sizeof(a)));
	/* A connection that nobody has any more only waits to be forgotten. */
	if (inode || (tcp && state == TCP_LISTEN))
		add_socket(s, name, uid, inode);
}

static void table_read(struct sockets *s, int pid, const char *protocol, bool *listening,
		       bool first)
{
	char path[64], line[1024], here[64];
	_cleanup_fclose_ FILE *file = NULL;
	unsigned state;
	struct end local;

	snprintf(path, sizeof(path), "/proc/%d/net/%s", pid, protocol);
	file = fopen(path, "re");
	if (!file || !fgets(line, sizeof(line), file)) /* headings */
		return;
	while (fgets(line, sizeof(line), file)) {
		if (!first)
			line_take(s, protocol, line, listening);
		else if (sscanf(line, "%*s %63s %*s %x", here, &state) == 2 &&
			 state == TCP_LISTEN && end_parse(here, &local))
			listening[local.port & 0xffff] = true;
	}
}

/* Sockets of AF_UNIX that listen: "n: refs protocol flags type state inode path". */
static void unix_read(struct sockets *s, int pid)
{
	char path[64], name[256];
	_cleanup_fclose_ FILE *file = NULL;
	_cleanup_free_ char *line = NULL;
	size_t room = 0;

	snprintf(path, sizeof(path), "/proc/%d/net/unix", pid);
	file = fopen(path, "re");
	while (file && getline(&line, &room, file) > 0) {
		unsigned long long inode;
		unsigned flags;
		char bound[128];

		/* __SO_ACCEPTCON */
		if (sscanf(line, "%*s %*s %*s %x %*s %*s %llu %127[^\n]", &flags, &inode, bound) ==
			    3 &&
		    flags & 0x10000) {
			snprintf(name, sizeof(name), "listen unix %s", bound);
			add_socket(s, name, NULL, inode);
		}
	}
}

static void space_read(struct sockets *s, int pid)
{
	static const char *const tables[] = {"tcp",	"tcp6", "udp", "udp6",
					     "udplite", "raw",	"raw6"};
	_cleanup_free_ bool *listening = calloc(65536, sizeof(*listening));
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	if (!listening || stat(path, &st) || s->spaces_count == ARRAY_SIZE(s->spaces))
		return;
	for (size_t i = 0; i < s->spaces_count; i++)
		if (s->spaces[i] == st.st_ino)
			return;
	s->spaces[s->spaces_count++] = st.st_ino;
	table_read(s, pid, "tcp", listening, true);
	table_read(s, pid, "tcp6", listening, true);
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		table_read(s, pid, tables[i], listening, false);
	unix_read(s, pid);
}

static void each_process(struct sockets *s, void (*visit)(struct sockets *s, int pid))
{
	DIR *directory = opendir("/proc");
	const struct dirent *entry;
	int64_t pid;

	while (directory && (entry = readdir(directory)))
		if (!word_number(entry->d_name, strlen(entry->d_name), false, &pid))
			visit(s, (int)pid);
	if (directory)
		closedir(directory);
}

void snapshot_sockets(struct items *out, bool *partly)
{
	struct sockets s = {.out = out};

	each_process(&s, descriptors_read);
	if (s.count)
		qsort(s.owners, s.count, sizeof(*s.owners), owner_order);
	each_process(&s, space_read);
	out->looked |= 1u << SECTION_NET;
	*partly |= s.partly;
	for (size_t i = 0; i < s.count; i++)
		free(s.owners[i].program);
	free(s.owners);
}
