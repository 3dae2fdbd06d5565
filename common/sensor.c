/* SPDX-License-Identifier: GPL-2.0-only */
#include "sensor_state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "guest.h"
#include "loader.h"

int sensor_fail(struct sensor_view *view, int err, const char *text, ...)
{
	va_list args;

	va_start(args, text);
	vsnprintf(view->reason, sizeof(view->reason), text, args);
	va_end(args);
	return err;
}

/* ---- parts ---- */

int sensor_add(struct sensor *sensor, enum sensor_kind kind, const char *name, int fd)
{
	struct sensor_part *more;

	if (fd < 0)
		return -errno;
	more = reallocarray(sensor->parts, sensor->parts_count + 1, sizeof(*more));
	if (!more) {
		close(fd);
		return -ENOMEM;
	}
	sensor->parts = more;
	more += sensor->parts_count++;
	*more = (struct sensor_part){.kind = kind, .fd = fd};
	snprintf(more->name, sizeof(more->name), "%s", name);
	return 0;
}

const struct sensor_part *sensor_parts(const struct sensor *sensor, size_t *count)
{
	*count = sensor->parts_count;
	return sensor->parts;
}

int sensor_part(const struct sensor *sensor, enum sensor_kind kind, const char *name)
{
	for (size_t i = 0; i < sensor->parts_count; i++)
		if (sensor->parts[i].kind == kind && !strcmp(sensor->parts[i].name, name))
			return sensor->parts[i].fd;
	return -1;
}

struct sensor_layout sensor_layout(const struct sensor *sensor)
{
	return sensor->layout;
}

struct kwp_switch *sensor_switch(struct sensor *sensor)
{
	return (void *)(sensor->data + sensor->layout.switched);
}

struct kwp_view *sensor_self(struct sensor *sensor)
{
	return (void *)(sensor->data + sensor->layout.view);
}

/* ---- opening ---- */

static int ring_take(void *data, void *record, size_t size)
{
	struct sensor *sensor = data;

	return sensor->take(sensor->take_data, record, size);
}

/* The variables, which user space shares with the programs. */
static int map_variables(struct sensor *sensor, struct sensor_view *view)
{
	const int fd = sensor_part(sensor, SENSOR_MAP, SENSOR_VARIABLES);
	void *data = mmap(NULL, sensor->layout.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (data == MAP_FAILED)
		return sensor_fail(view, -errno, "cannot map the counters: %s", strerror(errno));
	sensor->data = data;
	return 0;
}

/* Two rings: a flood in one must not keep us from reading the other. */
static int map_rings(struct sensor *sensor, struct sensor_view *view)
{
	static const char *const names[] = {"kwp_ring", "kwp_verdicts"};
	struct epoll_event event = {.events = EPOLLIN};

	sensor->poll = epoll_create1(EPOLL_CLOEXEC);
	for (size_t i = 0; i < ARRAY_SIZE(names) && sensor->poll >= 0; i++) {
		int fd = sensor_part(sensor, SENSOR_MAP, names[i]);

		if (fd < 0) /* programs without type information only tell of verdicts */
			continue;
		sensor->rings[i] = ring_buffer__new(fd, ring_take, sensor, NULL);
		if (!sensor->rings[i] ||
		    epoll_ctl(sensor->poll, EPOLL_CTL_ADD, ring_buffer__epoll_fd(sensor->rings[i]),
			      &event))
			return sensor_fail(view, -errno, "cannot map the ring: %s",
					   strerror(errno));
	}
	return sensor->poll >= 0 ? 0 : sensor_fail(view, -errno, "cannot make an epoll: %s",
						   strerror(errno));
}

/* Takes over what was loaded. What is attached needs its link only; the rest of the
 * programs' descriptors goes with *loaded. */
static int sensor_take(struct sensor *sensor, struct loaded *loaded)
{
	static const char *const programs[] = {"kwp_whoami", "kwp_enroll", "kwp_tasks",
						"kwp_learn", "kwp_holds", "kwp_socks",
						"kwp_now_maps", "kwp_now_files", "kwp_now_traced"};
	int err = 0;

	sensor->layout = loaded->layout;
	for (unsigned i = 0; i < ARRAY_SIZE(programs) && !err; i++)
		if (loaded->has[i])
			err = sensor_add(sensor, SENSOR_PROGRAM, programs[i],
			       fcntl(loaded->fd[i], F_DUPFD_CLOEXEC, 3));
	for (unsigned i = 0; i < loaded->maps && !err; i++)
		err = sensor_add(sensor, SENSOR_MAP, loaded->map[i],
			       take_fd(loaded->fd[LOADER_PROGRAMS + i]));
	return err;
}

static int sensor_start(struct sensor *sensor, struct loaded *loaded,
			const struct sensor_options *options, struct sensor_view *view)
{
	int err = sensor_take(sensor, loaded);

	if (err)
		return sensor_fail(view, err, "cannot keep the BPF programs: %s", strerror(-err));
	if (loaded->has[LOADER_WHOAMI])
		err = bpf_prog_test_run_opts(loaded->fd[LOADER_WHOAMI], NULL);
	if (err)
		return sensor_fail(view, err, "cannot learn kwp's own process id: %s",
				   strerror(-err));
	view->kill_only = (loaded->backends & 1u << KWP_BY_TRACEPOINT) &&
			  !(loaded->backends & LOADER_HOOKS);
	err = map_variables(sensor, view);
	/* Nobody reads what is to be pinned, and no process is to be exempt by its pid alone. */
	if (!err && options->pinned)
		sensor_self(sensor)->self = 0;
	else if (!err)
		err = map_rings(sensor, view);
	return err ?: sensor_attach(sensor, loaded, options->types, view);
}

static struct sensor *sensor_new(void)
{
	struct sensor *sensor = calloc(1, sizeof(*sensor));

	if (sensor)
		sensor->poll = -1;
	return sensor;
}

int sensor_open(const struct sensor_options *options, struct sensor **out,
		struct sensor_view *view)
{
	struct loaded loaded;
	struct sensor *sensor;
	int err;

	memset(view, 0, sizeof(*view));
	if (!guest_is_privileged())
		return sensor_fail(view, -EPERM, "needs root, or CAP_BPF and CAP_PERFMON");
	err = loader_run(options, &loaded);
	*view = loaded.view;
	if (err)
		return err;
	sensor = sensor_new();
	err = sensor ? sensor_start(sensor, &loaded, options, view)
		     : sensor_fail(view, -ENOMEM, "out of memory");
	loader_close(&loaded);
	if (err) {
		sensor_close(sensor);
		return err;
	}
	*out = sensor;
	return 0;
}

/* Opens all that is pinned in a directory. */
static int open_parts(struct sensor *sensor, const char *directory, enum sensor_kind kind)
{
	const char *name = kind == SENSOR_MAP ? "maps" : "programs";
	_cleanup_free_ char *path = NULL, *file = NULL;
	const struct dirent *entry;
	int err = 0;
	DIR *dir;

	if (asprintf(&path, "%s/%s", directory, name) < 0)
		return -ENOMEM;
	dir = opendir(path);
	if (!dir)
		return -errno;
	while (!err && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		free(take_ptr(file));
		err = asprintf(&file, "%s/%s", path, entry->d_name) < 0
			      ? -ENOMEM
			      : sensor_add(sensor, kind, entry->d_name, bpf_obj_get(file));
	}
	closedir(dir);
	return err;
}

int sensor_open_pinned(const char *directory, const struct sensor_layout *layout, bool reads,
		       struct sensor **out, struct sensor_view *view)
{
	struct sensor *sensor = sensor_new();
	int err = sensor ? 0 : -ENOMEM;

	memset(view, 0, sizeof(*view));
	if (!err) {
		sensor->layout = *layout;
		err = open_parts(sensor, directory, SENSOR_MAP)
		      ?: open_parts(sensor, directory, SENSOR_PROGRAM);
	}
	if (err)
		sensor_fail(view, err, "cannot open what is pinned in %s: %s", directory,
			    strerror(-err));
	else
		err = map_variables(sensor, view) ?: (reads ? map_rings(sensor, view) : 0);
	if (err) {
		sensor_close(sensor);
		return err;
	}
	*out = sensor;
	return 0;
}

void sensor_close(struct sensor *sensor)
{
	if (!sensor)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(sensor->rings); i++)
		ring_buffer__free(sensor->rings[i]);
	if (sensor->data)
		munmap(sensor->data, sensor->layout.size);
	if (sensor->poll >= 0)
		close(sensor->poll);
	/* What was attached last goes first. */
	while (sensor->parts_count)
		close(sensor->parts[--sensor->parts_count].fd);
	free(sensor->parts);
	free(sensor);
}

/* ---- in use ---- */

int sensor_add_pid(struct sensor *sensor, uint32_t pid)
{
	uint32_t state = KWP_PID_IN;

	return bpf_map_update_elem(sensor_part(sensor, SENSOR_MAP, "kwp_pids"), &pid, &state,
				   BPF_ANY);
}

int sensor_enroll_fd(struct sensor *sensor)
{
	return sensor_part(sensor, SENSOR_PROGRAM, "kwp_enroll");
}

int sensor_fd(struct sensor *sensor)
{
	return sensor->poll;
}

int sensor_consume(struct sensor *sensor, int (*take)(void *data, void *record, size_t size),
		   void *data)
{
	int got, sum = 0, err = 0;

	sensor->take = take;
	sensor->take_data = data;
	for (size_t i = 0; i < ARRAY_SIZE(sensor->rings); i++) {
		got = sensor->rings[i] ? ring_buffer__consume(sensor->rings[i]) : 0;
		sum += MAX(got, 0);
		err = MIN(got, err);
	}
	return err ?: sum;
}

/* Hands over the whole records in bytes; returns how many bytes that were. */
static size_t take_records(const char *bytes, size_t size,
			   void (*take)(void *data, const void *record, size_t size), void *data)
{
	size_t at = 0;

	while (size - at >= sizeof(struct kwp_record)) {
		const struct kwp_record *record = (const void *)(bytes + at);

		if (record->size < sizeof(*record) || record->size % 8 || record->size > size - at)
			break;
		take(data, record, record->size);
		at += record->size;
	}
	return at;
}

int sensor_iterate(struct sensor *sensor, const char *name,
		   void (*take)(void *data, const void *record, size_t size), void *data)
{
	const size_t room = 64 << 10; /* more than a record */
	_cleanup_free_ char *bytes = malloc(room);
	_cleanup_close_ int link = -1, fd = -1;
	size_t have = 0, taken;
	ssize_t got;

	if (sensor_part(sensor, SENSOR_PROGRAM, name) < 0)
		return -ENOTSUP;
	link = bpf_link_create(sensor_part(sensor, SENSOR_PROGRAM, name), 0, BPF_TRACE_ITER, NULL);
	fd = link < 0 ? -1 : bpf_iter_create(link);
	if (fd < 0 || !bytes)
		return -errno;
	while ((got = read(fd, bytes + have, room - have)) > 0 || (got < 0 && errno == EAGAIN)) {
		have += MAX(got, 0);
		taken = take ? take_records(bytes, have, take, data) : have;
		have -= taken;
		memmove(bytes, bytes + taken, have);
	}
	return got < 0 ? -errno : 0;
}

const struct kwp_counters *sensor_counters(const struct sensor *sensor)
{
	return (const void *)(sensor->data + sensor->layout.counters);
}

void sensor_lost(const struct sensor *sensor, uint64_t lost[KWP_TYPE_COUNT])
{
	const struct kwp_counters *counters = sensor_counters(sensor);

	for (int i = 0; i < KWP_TYPE_COUNT; i++)
		lost[i] = counters->lost[i] + counters->unslotted[i];
}
