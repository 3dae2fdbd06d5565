/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel and what is in it: facts, modules, mounts, BPF programs. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>

#include "mountinfo.h"
#include "names.h"
#include "snapshot.h"

ssize_t snapshot_read(const char *path, char *out, size_t size)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	size_t used = 0;
	ssize_t got = 0;

	if (fd < 0)
		return -errno;
	while (used < size - 1 && (got = read(fd, out + used, size - 1 - used)) > 0)
		used += (size_t)got;
	if (got < 0)
		return -errno;
	while (used && (out[used - 1] == '\n' || out[used - 1] == 0))
		used--;
	out[used] = 0;
	return (ssize_t)used;
}

static void add_value(struct items *out, enum section section, const char *name, const char *value)
{
	struct item item = {.section = section, .name = text_of(name)};

	item.value[0] = text_of(value);
	items_add(out, &item);
}

/* ---- kernel ---- */

/* "Key:\tvalue" of /proc/1/status. */
static void add_status(struct items *out, const char *status, const char *key, const char *name)
{
	const char *at = strstr(status, key);
	char value[64];

	if (!at)
		return;
	at += strlen(key) + strspn(at + strlen(key), " \t");
	snprintf(value, sizeof(value), "%.*s", (int)strcspn(at, "\n"), at);
	add_value(out, SECTION_KERNEL, name, value);
}

void snapshot_kernel(struct items *out)
{
	static const char *const files[][2] = {
		{"cmdline", "/proc/cmdline"},
		{"lsm", "/sys/kernel/security/lsm"},
		{"lockdown", "/sys/kernel/security/lockdown"},
		{"selinux-enforce", "/sys/fs/selinux/enforce"},
		{"apparmor", "/sys/module/apparmor/parameters/enabled"},
		{"module-signatures", "/sys/module/module/parameters/sig_enforce"},
		{"tainted", "/proc/sys/kernel/tainted"},
		{"unprivileged-bpf-disabled", "/proc/sys/kernel/unprivileged_bpf_disabled"},
		{"pid1-profile", "/proc/1/attr/current"},
		{"uid-map", "/proc/1/uid_map"},
	};
	char text[8192];
	struct utsname name;

	out->looked |= 1u << SECTION_KERNEL;
	if (!uname(&name)) {
		add_value(out, SECTION_KERNEL, "release", name.release);
		add_value(out, SECTION_KERNEL, "version", name.version);
		add_value(out, SECTION_KERNEL, "machine", name.machine);
	}
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (snapshot_read(files[i][1], text, sizeof(text)) >= 0)
			add_value(out, SECTION_KERNEL, files[i][0], text);
	if (snapshot_read("/proc/1/status", text, sizeof(text)) < 0)
		return;
	add_status(out, text, "\nSeccomp:", "pid1-seccomp");
	add_status(out, text, "\nNoNewPrivs:", "pid1-no-new-privileges");
	add_status(out, text, "\nCapEff:", "pid1-capabilities");
	add_status(out, text, "\nCapBnd:", "pid1-capability-bounds");
}

/* ---- modules ---- */

/* "name size references users state address (taints)". */
void snapshot_modules(struct items *out)
{
	_cleanup_fclose_ FILE *file = fopen("/proc/modules", "re");
	char line[4096], name[64], size[24], taint[32];

	/* A kernel without modules has none. */
	out->looked |= 1u << SECTION_MODULES;
	while (file && fgets(line, sizeof(line), file)) {
		struct item item = {.section = SECTION_MODULES};
		const char *bracket = strrchr(line, '(');

		if (sscanf(line, "%63s %23s", name, size) != 2)
			continue;
		item.name = text_of(name);
		item.value[0] = text_of(size);
		if (bracket && sscanf(bracket, "(%31[A-Z])", taint) == 1)
			item.value[1] = text_of(taint);
		items_add(out, &item);
	}
}

/* ---- mounts ---- */

void snapshot_mounts(const char *root, struct items *out)
{
	_cleanup_mountinfo_ struct mountinfo mounts;

	if (mountinfo_open_root(root, &mounts))
		return;
	out->looked |= 1u << SECTION_MOUNTS;
	while (mountinfo_next(&mounts))
		items_add(out, &(struct item){.section = SECTION_MOUNTS,
					      .name = text_of(mounts.point),
					      .value = {text_of(mounts.type), text_of(mounts.source),
							text_of(mounts.options),
							text_of(mounts.super)}});
}

/* ---- BPF programs ---- */

static int bpf_call(int command, union bpf_attr *attributes)
{
	return (int)syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

static void add_program(struct items *out, int fd)
{
	struct bpf_prog_info info = {};
	union bpf_attr get = {.info = {.bpf_fd = (uint32_t)fd,
				       .info_len = sizeof(info),
				       .info = (uintptr_t)&info}};
	struct item item = {.section = SECTION_BPF};
	char tag[2 * BPF_TAG_SIZE + 1], type[16];
	const char *name;

	if (bpf_call(BPF_OBJ_GET_INFO_BY_FD, &get))
		return;
	for (int i = 0; i < BPF_TAG_SIZE; i++)
		snprintf(tag + 2 * i, 3, "%02x", info.tag[i]);
	snprintf(type, sizeof(type), "%u", info.type);
	name = name_value(NAME_BPF_PROGRAM, info.type);
	item.name = (struct text){info.name, strnlen(info.name, sizeof(info.name))};
	item.value[0] = text_of(name ? name : type);
	item.value[1] = text_of(tag);
	items_add(out, &item);
}

void snapshot_bpf(struct items *out, bool *partly)
{
	union bpf_attr next = {};
	int err;

	while (!(err = bpf_call(BPF_PROG_GET_NEXT_ID, &next) ? errno : 0)) {
		union bpf_attr open = {.prog_id = next.next_id};
		_cleanup_close_ int fd = bpf_call(BPF_PROG_GET_FD_BY_ID, &open);

		if (fd >= 0)
			add_program(out, fd);
		next = (union bpf_attr){.start_id = next.next_id};
	}
	/* A kernel without BPF has no programs; a user without rights sees none. */
	if (err == ENOENT || err == ENOSYS)
		out->looked |= 1u << SECTION_BPF;
	else
		*partly = true;
}
