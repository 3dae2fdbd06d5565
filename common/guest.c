/* SPDX-License-Identifier: GPL-2.0-only */
#include "guest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <time.h>

#include <bpf/btf.h>

#include "kconfig.h"
#include "kernel_btf.h"

/* ---- who it is ---- */

/* The first line of a small file, without its newline. */
static bool read_line(const char *path, char *out, size_t size)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, out, size - 1);

	if (got <= 0)
		return false;
	out[got] = 0;
	out[strcspn(out, "\n")] = 0;
	return out[0] != 0;
}

void guest_id(char *out, size_t size)
{
	if (read_line("/sys/class/dmi/id/product_uuid", out, size) ||
	    read_line("/proc/sys/kernel/random/boot_id", out, size))
		return;
	snprintf(out, size, "unknown");
}

uint64_t guest_boot_time(void)
{
	struct timespec boot, real;

	clock_gettime(CLOCK_BOOTTIME, &boot);
	clock_gettime(CLOCK_REALTIME, &real);
	return (real.tv_sec - boot.tv_sec) * NS_PER_S + real.tv_nsec - boot.tv_nsec;
}

/* ---- what it can do ---- */

bool guest_is_privileged(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {};
	uint64_t caps;

	if (syscall(SYS_capget, &header, data))
		return false;
	caps = data[0].effective | (uint64_t)data[1].effective << 32;
	return caps & 1ull << CAP_SYS_ADMIN ||
	       ((caps & 1ull << CAP_BPF) && (caps & 1ull << CAP_PERFMON));
}

static struct btf *kernel_btf(void)
{
	static struct btf *btf;

	if (!btf)
		btf = btf__load_vmlinux_btf();
	return btf;
}

bool guest_has_btf(void)
{
	return access("/sys/kernel/btf/vmlinux", R_OK) == 0;
}

uint32_t guest_function_id(const char *name)
{
	struct btf *btf = kernel_btf();
	int id = btf ? btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) : 0;

	return MAX(id, 0);
}

bool guest_has_function(const char *name)
{
	return guest_function_id(name) != 0;
}

int guest_function_arguments(const char *name)
{
	const uint32_t id = guest_function_id(name);
	const struct btf_type *type = id ? btf__type_by_id(kernel_btf(), id) : NULL;

	type = type ? btf__type_by_id(kernel_btf(), type->type) : NULL;
	return type && btf_is_func_proto(type) ? btf_vlen(type) : -ENOENT;
}

int guest_tracepoint_arguments(const char *name)
{
	struct btf *btf = kernel_btf();

	return btf ? kernel_btf_arguments(btf, name) : -ENOENT;
}

bool guest_has_tracepoint(const char *name)
{
	return guest_tracepoint_arguments(name) >= 0;
}

/* Do modules show types of their own? */
static bool has_module_types(void)
{
	DIR *dir = opendir("/sys/kernel/btf");
	const struct dirent *entry;
	bool has = false;

	while (dir && !has && (entry = readdir(dir)))
		has = entry->d_name[0] != '.' && strcmp(entry->d_name, "vmlinux");
	if (dir)
		closedir(dir);
	return has;
}

int guest_types_file(const struct btf *wanted)
{
	struct btf *btf = has_module_types() ? NULL : kernel_btf();
	struct btf *picked = btf ? kernel_btf_pick(btf, wanted) : NULL;
	_cleanup_close_ int fd = -1;
	const void *bytes;
	uint32_t size;

	bytes = picked ? btf__raw_data(picked, &size) : NULL;
	if (bytes)
		fd = memfd_create("kwp types", MFD_CLOEXEC);
	if (fd >= 0 && write(fd, bytes, size) != (ssize_t)size)
		close(take_fd(fd));
	btf__free(picked);
	return take_fd(fd);
}

/* ---- what it was built without ---- */

unsigned guest_missing_options(char *out, size_t size)
{
	/* Each with a sign of it for kernels that do not show their configuration. */
	const struct {
		const char *option;
		bool sign;
	} options[] = {
		{"CONFIG_DEBUG_INFO_BTF", guest_has_btf()},
		{"CONFIG_BPF_SYSCALL", access("/proc/sys/kernel/unprivileged_bpf_disabled", F_OK) == 0},
		{"CONFIG_BPF_JIT", access("/proc/sys/net/core/bpf_jit_enable", F_OK) == 0},
		{"CONFIG_BPF_EVENTS", access("/sys/kernel/tracing", F_OK) == 0},
		{"CONFIG_FTRACE", access("/sys/kernel/tracing", F_OK) == 0},
	};
	unsigned missing = 0;
	size_t used = 0;

	out[0] = 0;
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		char line[64];
		int has;

		snprintf(line, sizeof(line), "%s=y", options[i].option);
		has = kconfig_has(line);
		if (has == 1 || (has < 0 && options[i].sign))
			continue;
		used += snprintf(out + used, used < size ? size - used : 0, "%s%s",
				 missing++ ? ", " : "", options[i].option);
	}
	return missing;
}

/* ---- mounts ---- */

const char *guest_cgroup_root(void)
{
	static const char *const places[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
	struct statfs fs;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (!statfs(places[i], &fs) && fs.f_type == 0x63677270) /* cgroup2 */
			return places[i];
	return NULL;
}

bool guest_mount_tracefs(void)
{
	if (access("/sys/kernel/tracing/events", F_OK) == 0 ||
	    access("/sys/kernel/debug/tracing/events", F_OK) == 0)
		return true;
	if (access("/sys/kernel/tracing", F_OK) || unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return false;
	return mount("tracefs", "/sys/kernel/tracing", "tracefs",
		     MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0;
}
