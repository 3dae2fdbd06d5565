/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a -w DEST leads to. */
#include "sink_address.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/un.h>

#include "log.h"
#include "word.h"

#define SYSLOG_PATH "/dev/log"
#define HOST_MAX 255

static int number_parse(const char *text, uint32_t least, uint32_t most, uint32_t *out)
{
	int64_t number;

	if (word_number(text, strlen(text), false, &number) || number < least || number > most)
		return -EINVAL;
	*out = (uint32_t)number;
	return 0;
}

static int unix_parse(const char *path, struct sink_address *out)
{
	struct sockaddr_un *un = (struct sockaddr_un *)&out->address;
	size_t size = strlen(path);

	if (!size || size >= sizeof(un->sun_path))
		return -EINVAL;
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, path, size + 1);
	out->size = offsetof(struct sockaddr_un, sun_path) + size + 1;
	/* An abstract name, as ss(8) writes it. */
	if (*path == '@') {
		un->sun_path[0] = '\0';
		out->size--;
	}
	return 0;
}

static int syslog_parse(const char *path, struct sink_address *out)
{
	out->syslog = true;
	out->type = SOCK_DGRAM;
	return unix_parse(*path ? path : SYSLOG_PATH, out);
}

static bool ip_parse(const char *host, uint16_t port, struct sink_address *out)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&out->address;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&out->address;

	if (inet_pton(AF_INET, host, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		out->size = sizeof(*in);
		return true;
	}
	if (inet_pton(AF_INET6, host, &in6->sin6_addr) != 1)
		return false;
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	out->size = sizeof(*in6);
	return true;
}

/* Looks the name up in a line of /etc/hosts: ADDRESS NAME... */
static bool hosts_line(char *line, const char *host, uint16_t port, struct sink_address *out)
{
	char *save, *address, *name;

	line[strcspn(line, "#\n")] = '\0';
	address = strtok_r(line, " \t", &save);
	while (address && (name = strtok_r(NULL, " \t", &save)))
		if (!strcasecmp(name, host) && ip_parse(address, port, out))
			return true;
	return false;
}

static bool host_find(const char *host, uint16_t port, struct sink_address *out)
{
	_cleanup_fclose_ FILE *file = fopen("/etc/hosts", "re");
	char line[1024];

	while (file && fgets(line, sizeof(line), file))
		if (hosts_line(line, host, port, out))
			return true;
	return !strcmp(host, "localhost") && ip_parse("127.0.0.1", port, out);
}

static int tcp_parse(const char *dest, struct sink_address *out)
{
	const char *colon = strrchr(dest, ':');
	char host[HOST_MAX + 1];
	size_t size = colon ? (size_t)(colon - dest) : 0;
	uint32_t port;

	if (!size || size > HOST_MAX || number_parse(colon + 1, 1, UINT16_MAX, &port))
		return -EINVAL;
	/* [fd00::1]:443 */
	if (*dest == '[' && dest[size - 1] == ']') {
		dest++;
		size -= 2;
	} else if (memchr(dest, ':', size)) {
		return -EINVAL;
	}
	memcpy(host, dest, size);
	host[size] = '\0';
	if (ip_parse(host, port, out) || host_find(host, port, out))
		return 0;
	log_error("cannot find host '%s': give its address, or name it in /etc/hosts", host);
	return -ENOENT;
}

static int vsock_parse(const char *dest, struct sink_address *out)
{
	struct sockaddr_vm *vm = (struct sockaddr_vm *)&out->address;
	const char *colon = strchr(dest, ':');
	char cid[12];
	size_t size = colon ? (size_t)(colon - dest) : 0;
	uint32_t number, port;

	if (!size || size >= sizeof(cid) || number_parse(colon + 1, 0, UINT32_MAX - 1, &port))
		return -EINVAL;
	memcpy(cid, dest, size);
	cid[size] = '\0';
	if (number_parse(cid, 0, UINT32_MAX - 1, &number))
		return -EINVAL;
	vm->svm_family = AF_VSOCK;
	vm->svm_cid = number;
	vm->svm_port = port;
	out->size = sizeof(*vm);
	return 0;
}

static const struct {
	const char *scheme, *form;
	int (*parse)(const char *rest, struct sink_address *out);
} schemes[] = {
	{"unix:", "unix:PATH", unix_parse},
	{"tcp:", "tcp:HOST:PORT", tcp_parse},
	{"vsock:", "vsock:CID:PORT", vsock_parse},
	{"syslog:", "syslog:[PATH]", syslog_parse},
};

/* A word and a colon is most likely a scheme that was misspelt. */
static int file_parse(const char *dest)
{
	size_t word = 0;

	while (islower((unsigned char)dest[word]))
		word++;
	if (*dest && !(word && dest[word] == ':'))
		return 0;
	if (*dest)
		log_error("'%s': not one of FILE, unix:, tcp:, vsock:, syslog: (write ./%s for "
			  "a file of that name)", dest, dest);
	else
		log_error("a destination has no name");
	return -EINVAL;
}

int sink_address_parse(const char *dest, struct sink_address *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
		struct sink_address address = {.socket = true, .type = SOCK_STREAM};
		size_t size = strlen(schemes[i].scheme);
		int err;

		if (strncmp(dest, schemes[i].scheme, size) != 0)
			continue;
		err = schemes[i].parse(dest + size, &address);
		if (!err)
			*out = address;
		else if (err == -EINVAL)
			log_error("'%s': should be %s", dest, schemes[i].form);
		return err ? -EINVAL : 0;
	}
	if (file_parse(dest))
		return -EINVAL;
	*out = (struct sink_address){ .socket = false };
	return 0;
}
