/* SPDX-License-Identifier: GPL-2.0-only */
#include "present.h"

#include <linux/bpf.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "../bpf/policy.h"
#include "names.h"
#include "snapshot.h"

/* Finishes the record of this type and hands it over; absent texts have no bytes. */
static void give(struct kwp_record head, const void *facts, const struct text *text, size_t count,
		 present_take *take, void *data)
{
	_cleanup_buffer_ struct buffer out = {};

	head.facts_size = event_facts_size(head.type);
	head.strings = count;
	memset(head.length, 0, sizeof(head.length));
	buffer_add(&out, (const char *)&head, sizeof(head));
	buffer_add(&out, facts, head.facts_size);
	for (size_t i = 0; i < count; i++) {
		if (!text[i].bytes)
			continue;
		head.length[i] = MIN(text[i].size, (size_t)KWP_PATH_MAX - 1) + 1;
		buffer_add(&out, text[i].bytes, head.length[i] - 1);
		buffer_byte(&out, 0);
	}
	while (out.size % 8 && !out.failed)
		buffer_byte(&out, 0);
	head.size = out.size;
	if (out.failed)
		return;
	memcpy(out.bytes, &head, sizeof(head));
	take(data, out.bytes, out.size);
}

static struct kwp_record head_of(enum kwp_type type)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (struct kwp_record){.type = type, .backend = KWP_BY_ITER, .nr = -1,
				   .time = now.tv_sec * NS_PER_S + now.tv_nsec};
}

/* ---- of the kernel ---- */

/* Programs of control groups and sockets belong to whoever manages those. */
static uint32_t program_type(struct text name)
{
	static const uint32_t types[] = {
		BPF_PROG_TYPE_KPROBE, BPF_PROG_TYPE_TRACEPOINT, BPF_PROG_TYPE_PERF_EVENT,
		BPF_PROG_TYPE_RAW_TRACEPOINT, BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE,
		BPF_PROG_TYPE_TRACING, BPF_PROG_TYPE_EXT, BPF_PROG_TYPE_LSM, BPF_PROG_TYPE_XDP,
		BPF_PROG_TYPE_SCHED_CLS, BPF_PROG_TYPE_SCHED_ACT, BPF_PROG_TYPE_STRUCT_OPS};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		const char *word = name_value(NAME_BPF_PROGRAM, types[i]);

		if (word && strlen(word) == name.size && !memcmp(word, name.bytes, name.size))
			return types[i];
	}
	return BPF_PROG_TYPE_UNSPEC;
}

/* kwp's own begin with its name, which an attacker can give as well; so do those of another kwp,
 * and nobody else's. */
static bool is_own(struct text name)
{
	return name.size > 4 && !memcmp(name.bytes, "kwp_", 4);
}

static void give_program(const struct item *item, present_take *take, void *data)
{
	struct kwp_bpf_act act = {.command = BPF_PROG_LOAD,
				  .prog_type = program_type(item->value[0])};

	if (act.prog_type && !is_own(item->name))
		give(head_of(KWP_BPF), &act, &item->name, 1, take, data);
}

/* NAME SIZE USERS BY STATE ADDRESS [(TAINT)]: O is not of the kernel's tree, E is not signed, F was
 * forced. */
static void give_modules(present_take *take, void *data)
{
	_cleanup_fclose_ FILE *file = fopen("/proc/modules", "re");
	_cleanup_free_ char *line = NULL;
	size_t size = 0;

	while (file && getline(&line, &size, file) > 0) {
		struct kwp_file_act act = {.fd = -1, .dirfd = -1};
		const char *taint = strrchr(line, '(');
		struct text name = {line, strcspn(line, " ")};

		if (taint && strcspn(taint, "OEF") != strlen(taint))
			give(head_of(KWP_MODULE), &act, &name, 1, take, data);
	}
}

/* What lies over the directory of a process hides it. */
static void give_mount(const struct item *item, present_take *take, void *data)
{
	struct text text[3] = {item->value[1], item->name, item->value[0]};
	struct kwp_file_act act = {.fd = -1, .dirfd = -1};

	if (item->name.size > 6 && !memcmp(item->name.bytes, "/proc/", 6) &&
	    item->name.bytes[6] >= '0' && item->name.bytes[6] <= '9')
		give(head_of(KWP_MOUNT), &act, text, ARRAY_SIZE(text), take, data);
}

void present_kernel(present_take *take, void *data)
{
	struct items items = {};
	bool partly = false;

	snapshot_bpf(&items, &partly);
	snapshot_mounts("/", &items);
	for (size_t i = 0; i < items.count; i++) {
		if (items.list[i].section == SECTION_BPF)
			give_program(&items.list[i], take, data);
		else
			give_mount(&items.list[i], take, data);
	}
	items_free(&items);
	give_modules(take, data);
}

/* ---- of a process ---- */

/* Is the file system of the process's root one in memory too, as in an initramfs? */
static bool root_is(const struct kwp_record *exec, uint32_t device)
{
	char path[32];
	struct stat root;

	snprintf(path, sizeof(path), "/proc/%u/root", exec->view_pid);
	if (!exec->view_pid || stat(path, &root))
		return true;
	return device == event_device(major(root.st_dev), minor(root.st_dev));
}

static enum kwp_signal drift_of(const struct kwp_record *exec, const struct kwp_file *file)
{
	if (!file->inode)
		return KWP_SIGNAL_NONE;
	if (!file->links)
		return KWP_SIGNAL_MEMORY;
	if (file->magic == OVERLAYFS_SUPER_MAGIC && (file->flags & KWP_FILE_UPPER))
		return KWP_SIGNAL_UPPER;
	if ((file->magic == TMPFS_MAGIC || file->magic == RAMFS_MAGIC) &&
	    !root_is(exec, file->device))
		return KWP_SIGNAL_MEMORY;
	return KWP_SIGNAL_NONE;
}

void present_drift(const struct kwp_record *exec, present_take *take, void *data)
{
	struct kwp_record head = *exec;
	struct event event;

	if (event_decode(exec, exec->size, &event))
		return;
	const struct kwp_exec *facts = event.facts;
	struct kwp_file_act act = {.file = facts->file, .fd = -1, .dirfd = -1};

	head.type = KWP_DRIFT;
	head.access = KWP_EXECUTE;
	head.signal = drift_of(exec, &facts->file);
	if (head.signal)
		give(head, &act, event.string, 1, take, data);
}
