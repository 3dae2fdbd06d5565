/* SPDX-License-Identifier: GPL-2.0-only */
/* A baseline is written file by file, as the walk comes to them, and appears when it is whole. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <time.h>

#include "baseline_look.h"
#include "digits.h"
#include "learn_activity.h"
#include "log.h"

#define FLUSH_SIZE (64 << 10)

struct record {
	const struct look *look;
	struct looked *looked;
	struct look_memory memory;
	struct buffer out;
	int fd;
	int error;
	bool any; /* a file was written */
};

static void flush(struct record *record)
{
	size_t done = 0;

	if (record->out.failed && !record->error)
		record->error = -ENOMEM;
	while (!record->error && done < record->out.size) {
		ssize_t wrote =
			write(record->fd, record->out.bytes + done, record->out.size - done);

		if (wrote >= 0)
			done += (size_t)wrote;
		else if (errno != EINTR)
			record->error = -errno;
	}
	record->out.size = 0;
}

/* ---- the walk ---- */

static bool known(void *data, struct text path, struct item *out)
{
	return look_remembers(&((struct record *)data)->memory, path, out);
}

static bool ignored(void *data, struct text path)
{
	const struct look *look = ((struct record *)data)->look;

	return look_ignores(look->ignored, look->ignored_count, path);
}

static void take(void *data, const struct item *item, const struct stat *facts)
{
	struct record *record = data;

	if (!record->any)
		baseline_put_begin(&record->out, SECTION_FILES, true);
	record->any = true;
	baseline_put_item(&record->out, item);
	if (record->out.size > FLUSH_SIZE)
		flush(record);
}

static void missed(void *data, struct text path, int err)
{
	look_missed(((struct record *)data)->looked, path, err);
}

static void skipped(void *data, struct text path, const char *type)
{
	look_skipped(path, type);
}

static void self_add(struct snapshot_options *options, int fd)
{
	struct stat st;

	if (fd >= 0 && !fstat(fd, &st))
		options->self[options->self_count++] = (struct snapshot_self){st.st_dev, st.st_ino};
}

static int walk(struct record *record, int old)
{
	const struct look *look = record->look;
	struct snapshot_options options = {
		.root = look->root,
		.all = look->all,
		.threads = look->threads,
		.known = known,
		.ignored = ignored,
		.take = take,
		.missed = missed,
		.skipped = skipped,
		.data = record,
	};
	int err;

	self_add(&options, record->fd);
	self_add(&options, old);
	err = snapshot_files(&options, &record->looked->files);
	if (!err && !record->any)
		baseline_put_begin(&record->out, SECTION_FILES, false);
	return err;
}

/* ---- head and end ---- */

static void head_make(const struct look *look, struct baseline_head *head)
{
	_cleanup_buffer_ struct buffer patterns = {};
	struct digits_times times = {};
	struct utsname name;
	struct timespec now;
	struct stat st;
	char text[128];

	head->value[HEAD_VERSION] = strdup(BASELINE_VERSION);
	head->value[HEAD_KWP] = strdup(KWP_VERSION);
	clock_gettime(CLOCK_REALTIME, &now);
	*digits_put_time(text, (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec, &times) = 0;
	head->value[HEAD_TIME] = strdup(text);
	head->value[HEAD_HOST] = strdup(look->host);
	if (!uname(&name))
		head->value[HEAD_KERNEL] = strdup(name.release);
	/* The way to a container's root has a process id in it. */
	head->value[HEAD_ROOT] = look->container ? strdup("/") : realpath(look->root, NULL);
	head->value[HEAD_SELECTION] = strdup(look->all ? "all" : "programs");
	look_boot(text);
	if (text[0])
		head->value[HEAD_BOOT] = strdup(text);
	if (!stat(look->root, &st)) {
		snprintf(text, sizeof(text), "%u:%u", major(st.st_dev), minor(st.st_dev));
		head->value[HEAD_DEVICE] = strdup(text);
	}
	for (size_t i = 0; i < look->ignored_count; i++)
		buffer_addf(&patterns, "%s%s", i ? "\n" : "", look->ignored[i]);
	if (patterns.size)
		head->value[HEAD_IGNORED] = strndup(patterns.bytes, patterns.size);
	if (look->container)
		head->value[HEAD_CONTAINER] = strdup(look->container);
	if (look->image)
		head->value[HEAD_IMAGE] = strdup(look->image);
}

static void put_number(struct buffer *out, const char *name, uint64_t number)
{
	struct item item = {.section = SECTION_COMPLETE, .name = text_of(name)};
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, number);
	item.value[0] = text_of(text);
	baseline_put_item(out, &item);
}

/* In the order of their names. */
static void put_complete(struct record *record)
{
	const struct activity *activity = record->look->activity;
	struct buffer *out = &record->out;

	baseline_put_begin(out, SECTION_COMPLETE, true);
	if (activity)
		put_number(out, "events", activity_events(activity));
	put_number(out, "files", record->looked->files.files);
	if (activity) {
		put_number(out, "growing", activity_growing(activity));
		put_number(out, "lost", activity_lost(activity));
	}
	put_number(out, "missed", record->looked->files.missed);
	put_number(out, "partly", record->looked->partly);
	if (activity)
		put_number(out, "seconds", activity_seconds(activity));
}

static int record_write(struct record *record, int old)
{
	const struct look *look = record->look;
	_cleanup_items_ struct items items = {};
	struct baseline_head head = {};
	int err = 0;

	head_make(look, &head);
	baseline_put_head(&record->out, &head);
	baseline_head_free(&head);
	look_state(look, &items, &record->looked->partly);
	for (int i = 0; i < SECTION_FILES; i++)
		baseline_put_section(&record->out, &items, i);
	if (look->subjects & 1u << SUBJECT_FILES)
		err = walk(record, old);
	put_complete(record);
	flush(record);
	if (!err && (record->error || items.failed))
		err = log_errno(record->error ?: -ENOMEM, "cannot write the baseline");
	return err;
}

/* ---- the file ---- */

bool baseline_is(FILE *file)
{
	char begin[512];
	struct stat st;
	size_t size;

	if (fstat(fileno(file), &st) || !S_ISREG(st.st_mode))
		return false;
	size = fread(begin, 1, sizeof(begin) - 1, file);
	begin[size] = 0;
	rewind(file);
	return strstr(begin, "kwp-baseline:") != NULL;
}

/* An older baseline at the same place, if it is one: nothing is said if it is not there. */
static void memory_open(struct look_memory *memory, const char *path)
{
	FILE *file = fopen(path, "re");

	if (!file)
		return;
	if (!baseline_is(file)) {
		fclose(file);
		return;
	}
	if (baseline_open_file(file, path, &memory->baseline))
		memory->baseline = NULL;
	else
		memory->older = !look_is_of_boot(memory->baseline);
}

/* A baseline is what later looks trust: it replaces nothing that is something else. */
static int old_check(const char *path, const struct look_memory *memory)
{
	struct stat st;

	if (stat(path, &st) || memory->baseline || (S_ISREG(st.st_mode) && !st.st_size))
		return 0;
	log_error("%s is there and no baseline: it is not overwritten", path);
	return -EEXIST;
}

static int record_to_file(struct record *record, const char *path)
{
	_cleanup_free_ char *temporary = NULL;
	_cleanup_close_ int fd = -1, old = open(path, O_PATH | O_CLOEXEC);
	int err;

	if (asprintf(&temporary, "%s.XXXXXX", path) < 0)
		return -ENOMEM;
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return log_errno(-errno, "cannot write %s", path);
	record->fd = fd;
	err = record_write(record, old);
	if (!err && (fsync(fd) || rename(temporary, path)))
		err = log_errno(-errno, "cannot write %s", path);
	if (err)
		unlink(temporary);
	return err;
}

int look_record(const struct look *look, const char *path, struct looked *out)
{
	struct record record = {.look = look, .looked = out, .fd = STDOUT_FILENO};
	int err;

	*out = (struct looked){};
	if (!strcmp(path, "-")) {
		err = record_write(&record, -1);
	} else {
		memory_open(&record.memory, path);
		err = old_check(path, &record.memory);
		if (look->rehash) {
			baseline_close(record.memory.baseline);
			record.memory.baseline = NULL;
		}
		err = err ?: record_to_file(&record, path);
	}
	baseline_close(record.memory.baseline);
	buffer_free(&record.out);
	return err;
}
