/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs and their options that take secrets. */
#include "secret.h"

#include <string.h>
#include <strings.h>

#include "event.h"

static const struct secret_tool tools[] = {
	{ .names = "mysql mysqldump mysqladmin mysqlimport mysqlshow mysqlcheck mysqlpump "
		   "mysqlslap mysqlbinlog mysqlsh mariadb mariadb-*",
	  .attached = "-p", .plain = "--password" /* asks, unless there is a "=" */ },
	{ .names = "psql pg_dump pg_dumpall pg_restore pg_basebackup createdb dropdb createuser "
		   "dropuser vacuumdb reindexdb clusterdb",
	  .plain = "--password" },
	{ .names = "sshpass", .next = "-p", .attached = "-p", .wraps = true },
	{ .names = "curl", .pair = "-u --user -U --proxy-user", .colon = ':', .cluster = true },
	{ .names = "http https xh xhs", .pair = "-a --auth", .colon = ':' },
	{ .names = "redis-cli valkey-cli", .next = "-a" },
	{ .names = "mongo mongosh mongodump mongorestore mongoexport mongoimport mongostat "
		   "mongotop", .next = "-p", .attached = "-p" },
	{ .names = "docker podman nerdctl buildah skopeo helm oras crane az cf",
	  .next = "-p", .plain = "--secret", .after_login = true },
	{ .names = "ldap*", .next = "-w", .attached = "-w" },
	{ .names = "smbclient rpcclient smbget smbcacls", .pair = "-U --user", .colon = '%' },
	{ .names = "lftp", .pair = "-u --user", .colon = ',' },
	{ .names = "zip unzip sqlcmd bcp ipmitool mosquitto_pub mosquitto_sub",
	  .next = "-P", .attached = "-P" },
	{ .names = "7z 7za 7zr 7zz rar unrar", .attached = "-p -hp" },
	{ .names = "snmp*", .next = "-A -X" },
	{ .names = "useradd usermod", .next = "-p" },
	{ .names = "openssl", .next = "-k -K" },
	{ .names = "xfreerdp wlfreerdp", .attached = "/p:" },
};

static const char wrappers[] = "sudo doas env nohup nice ionice timeout exec time stdbuf setsid "
			       "xargs watch strace ltrace gosu su-exec chroot busybox ssh "
			       "runuser chpst unshare nsenter";

/* Options differ by case (-p, -P), other words do not. */
static bool same(const char *listed, const char *word, size_t size)
{
	return *listed == '-' ? !memcmp(listed, word, size) : !strncasecmp(listed, word, size);
}

bool secret_listed(const char *list, const char *word, size_t size)
{
	size_t length;

	for (; list && *list; list += length + (list[length] == ' ')) {
		length = strchrnul(list, ' ') - list;
		if (length == size && same(list, word, size))
			return true;
		/* A trailing star matches any rest. */
		if (list[length - 1] == '*' && size >= length - 1 && same(list, word, length - 1))
			return true;
	}
	return false;
}

size_t secret_attached(const char *list, const char *word, size_t size)
{
	size_t length;

	for (; list && *list; list += length + (list[length] == ' ')) {
		length = strchrnul(list, ' ') - list;
		/* A long option and its value have a "=" between them. */
		if (size >= length && !memcmp(list, word, length) && memcmp(list, "--", 2) != 0)
			return length;
	}
	return 0;
}

const struct secret_tool *secret_tool_find(const char *name, size_t size)
{
	const struct text last = path_name((struct text){name, size});

	for (size_t i = 0; i < ARRAY_SIZE(tools); i++)
		if (secret_listed(tools[i].names, last.bytes, last.size))
			return &tools[i];
	return NULL;
}

bool secret_tool_wraps(const char *name, size_t size)
{
	const struct text last = path_name((struct text){name, size});

	return secret_listed(wrappers, last.bytes, last.size);
}
