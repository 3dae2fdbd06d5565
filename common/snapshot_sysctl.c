/* SPDX-License-Identifier: GPL-2.0-only */
/* The settings of /proc/sys, but those that are no settings. */
#include <dirent.h>
#include <fnmatch.h>
#include <string.h>
#include <sys/stat.h>

#include "snapshot.h"

#define DEPTH_MAX 8

/* Counters, random numbers, triggers. */
static const char *const volatile_names[] = {
	"fs.dentry-state", "fs.file-nr", "fs.inode-nr", "fs.inode-state", "fs.aio-nr",
	"fs.quota.*", "fs.binfmt_misc.*", "kernel.random.*", "kernel.ns_last_pid", "kernel.pty.nr",
	"kernel.cad_pid", "kernel.keys.*", "kernel.perf_event_max_sample_rate",
	"kernel.hostname", "kernel.usermodehelper.*", "kernel.sched_domain.*",
	"kernel.tainted", "kernel.bpf_stats_enabled", "net.netfilter.nf_conntrack_count",
	"net.ipv4.route.flush", "net.ipv6.route.flush", "net.ipv4.tcp_fastopen_key",
	"net.*.neigh.*", "net.ipv6.conf.*.stable_secret", "net.ipv*.conf.veth*",
	"vm.stat_refresh", "vm.compact_memory", "vm.drop_caches", "sunrpc.*",
	"debug.exception-trace",
};

static bool is_volatile(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(volatile_names); i++)
		if (!fnmatch(volatile_names[i], name, 0))
			return true;
	return false;
}

static void add_setting(struct items *out, const char *path, size_t root)
{
	char name[512], value[4096];
	struct item item = {.section = SECTION_SYSCTLS};
	struct stat st;

	/* A file that only root may write may be a trigger that reading sets off. */
	if (stat(path, &st) || !(st.st_mode & 0444))
		return;
	snprintf(name, sizeof(name), "%s", path + root);
	for (char *at = name; *at; at++)
		*at = *at == '/' ? '.' : *at == '.' ? '/' : *at;
	if (is_volatile(name) || snapshot_read(path, value, sizeof(value)) < 0)
		return;
	for (char *at = value; *at; at++)
		*at = *at == '\n' || *at == '\t' ? ' ' : *at;
	item.name = text_of(name);
	item.value[0] = text_of(value);
	items_add(out, &item);
}

static void walk(struct items *out, char *path, size_t size, size_t room, size_t root, int depth)
{
	DIR *directory = opendir(path);
	const struct dirent *entry;

	if (!directory)
		return;
	while ((entry = readdir(directory))) {
		size_t length = strlen(entry->d_name);

		if (entry->d_name[0] == '.' || size + length + 2 > room)
			continue;
		snprintf(path + size, room - size, "/%s", entry->d_name);
		if (entry->d_type == DT_DIR && depth < DEPTH_MAX)
			walk(out, path, size + 1 + length, room, root, depth + 1);
		else if (entry->d_type == DT_REG)
			add_setting(out, path, root);
	}
	closedir(directory);
}

void snapshot_sysctls(struct items *out)
{
	char path[600] = "/proc/sys";
	const size_t size = strlen(path);

	walk(out, path, size, sizeof(path), size + 1, 0);
	if (out->count)
		out->looked |= 1u << SECTION_SYSCTLS;
}
