/* SPDX-License-Identifier: GPL-2.0-only */
#include "sensor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "act.h"
#include "guest.h"
#include "loader.h"
#include "log.h"

struct sensor {
	int map[LOADER_EXITS + 1]; /* by enum loader_fd */
	int enroll, tasks;	   /* programs */
	int *links;		   /* descriptors that keep programs attached */
	size_t links_count;
	struct ring_buffer *ring;
	const struct kwp_counters *counters;
	void *data; /* the programs' variables, mapped */
	size_t data_size;
	int (*take)(void *data, void *record, size_t size);
	void *take_data;
};

int sensor_fail(struct sensor_view *view, int err, const char *text, ...)
{
	va_list args;

	va_start(args, text);
	vsnprintf(view->reason, sizeof(view->reason), text, args);
	va_end(args);
	return err;
}

/* ---- attaching ---- */

static int keep_link(struct sensor *sensor, int fd)
{
	int *links;

	if (fd < 0)
		return -errno;
	links = reallocarray(sensor->links, sensor->links_count + 1, sizeof(*links));
	if (!links) {
		close(fd);
		return -ENOMEM;
	}
	sensor->links = links;
	sensor->links[sensor->links_count++] = fd;
	return 0;
}

/* On a tracepoint of perf, in all processes. */
static int attach_event(struct sensor *sensor, int program, uint32_t event)
{
	struct perf_event_attr attr = {.type = PERF_TYPE_TRACEPOINT,
				       .size = sizeof(attr),
				       .config = event,
				       .sample_period = 1,
				       .wakeup_events = 1};
	_cleanup_close_ int fd = event ? syscall(SYS_perf_event_open, &attr, -1, 0, -1,
						 PERF_FLAG_FD_CLOEXEC) : -1;

	if (fd < 0)
		return event ? -errno : -ENOENT;
	return keep_link(sensor, bpf_link_create(program, fd, BPF_PERF_EVENT, NULL));
}

static int attach_cgroup(struct sensor *sensor, int program, enum bpf_attach_type type)
{
	_cleanup_close_ int root = guest_cgroup_root() ? open(guest_cgroup_root(), O_RDONLY | O_CLOEXEC)
						       : -1;

	if (root < 0)
		return -ENOENT;
	return keep_link(sensor, bpf_link_create(program, root, type, NULL));
}

/* Attaches the program of a row, or makes it the body of its type. */
static int attach_row(struct sensor *sensor, const struct loaded *loaded, unsigned i)
{
	const struct act_program *row = &act_programs[loaded->row[i].row];
	int program = loaded->fd[LOADER_FIXED + i];
	uint32_t key = row->type;

	if (row->how == ACT_EXIT)
		return bpf_map_update_elem(sensor->map[LOADER_EXITS], &key, &program, BPF_ANY);
	if (row->how == ACT_CALL)
		return attach_event(sensor, program, loaded->row[i].event);
	if (row->by == KWP_BY_CGROUP)
		return attach_cgroup(sensor, program, loaded->row[i].attach);
	/* tp_btf, lsm and fmod_ret know their place from the load. */
	return keep_link(sensor, bpf_raw_tracepoint_open(NULL, program));
}

/* Bodies first, then the jump to them: no act is looked at by half. */
static int attach_all(struct sensor *sensor, const struct loaded *loaded, uint64_t types,
		      struct sensor_view *view)
{
	uint64_t seen = 0;
	int err;

	for (unsigned i = 0; i < loaded->rows; i++) {
		const struct act_program *row = &act_programs[loaded->row[i].row];

		err = attach_row(sensor, loaded, i);
		if (err)
			log_debug("cannot attach %s: %s", row->name, strerror(-err));
		else
			view->watched[row->by] |= (row->how == ACT_ATTACH && row->types == ~0ull
							   ? TYPE(FORK) | TYPE(EXEC) | TYPE(EXIT)
							   : row->types) & types;
	}
	if (loaded->ends) {
		err = keep_link(sensor, bpf_raw_tracepoint_open(NULL, loaded->fd[LOADER_SYS_EXIT]));
		if (err)
			return sensor_fail(view, err, "cannot attach to the end of system calls: %s",
				    strerror(-err));
	}
	for (int by = 0; by < KWP_BACKEND_COUNT; by++)
		seen |= view->watched[by];
	view->unwatched = types & ~seen & ~(TYPE(LOSS) | TYPE(ARGS) | TYPE(CONTAINER));
	return 0;
}

/* ---- opening ---- */

static int ring_take(void *data, void *record, size_t size)
{
	struct sensor *sensor = data;

	return sensor->take(sensor->take_data, record, size);
}

static int map_memory(struct sensor *sensor, const struct loaded *loaded, struct sensor_view *view)
{
	const size_t page = sysconf(_SC_PAGESIZE);

	sensor->data_size = (loaded->data_size + page - 1) / page * page;
	sensor->data = mmap(NULL, sensor->data_size, PROT_READ, MAP_SHARED,
			    sensor->map[LOADER_DATA], 0);
	if (sensor->data == MAP_FAILED) {
		sensor->data = NULL;
		return sensor_fail(view, -errno, "cannot map the counters: %s", strerror(errno));
	}
	sensor->counters = (void *)((char *)sensor->data + loaded->counters);
	sensor->ring = ring_buffer__new(sensor->map[LOADER_RING], ring_take, sensor, NULL);
	return sensor->ring ? 0 : sensor_fail(view, -errno, "cannot map the ring: %s", strerror(errno));
}

/* Takes over what was loaded. What is attached needs its link only; the rest of the
 * programs' descriptors goes with *loaded. */
static int sensor_start(struct sensor *sensor, struct loaded *loaded, uint64_t types,
			struct sensor_view *view)
{
	int err;

	for (int i = 0; i <= LOADER_EXITS; i++)
		sensor->map[i] = take_fd(loaded->fd[i]);
	sensor->enroll = take_fd(loaded->fd[LOADER_ENROLL]);
	sensor->tasks = take_fd(loaded->fd[LOADER_TASKS]);
	err = bpf_prog_test_run_opts(loaded->fd[LOADER_WHOAMI], NULL);
	if (err)
		return sensor_fail(view, err, "cannot learn kwp's own process id: %s", strerror(-err));
	return map_memory(sensor, loaded, view) ?: attach_all(sensor, loaded, types, view);
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
	sensor = calloc(1, sizeof(*sensor));
	err = sensor ? sensor_start(sensor, &loaded, options->types, view)
		     : sensor_fail(view, -ENOMEM, "out of memory");
	loader_close(&loaded);
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
	while (sensor->links_count)
		close(sensor->links[--sensor->links_count]);
	free(sensor->links);
	ring_buffer__free(sensor->ring);
	if (sensor->data)
		munmap(sensor->data, sensor->data_size);
	for (int i = 0; i <= LOADER_EXITS; i++)
		close(sensor->map[i]);
	close(sensor->enroll);
	close(sensor->tasks);
	free(sensor);
}

/* ---- in use ---- */

int sensor_add_pid(struct sensor *sensor, uint32_t pid)
{
	uint32_t state = KWP_PID_IN;

	return bpf_map_update_elem(sensor->map[LOADER_PIDS], &pid, &state, BPF_ANY);
}

int sensor_enroll_fd(struct sensor *sensor)
{
	return sensor->enroll;
}

int sensor_fd(struct sensor *sensor)
{
	return ring_buffer__epoll_fd(sensor->ring);
}

int sensor_consume(struct sensor *sensor, int (*take)(void *data, void *record, size_t size),
		   void *data)
{
	sensor->take = take;
	sensor->take_data = data;
	return ring_buffer__consume(sensor->ring);
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

int sensor_iterate(struct sensor *sensor, void (*take)(void *data, const void *record, size_t size),
		   void *data)
{
	const size_t room = 64 << 10; /* more than a record */
	_cleanup_free_ char *bytes = malloc(room);
	_cleanup_close_ int link = -1, fd = -1;
	size_t have = 0, taken;
	ssize_t got;

	link = bpf_link_create(sensor->tasks, 0, BPF_TRACE_ITER, NULL);
	fd = link < 0 ? -1 : bpf_iter_create(link);
	if (fd < 0 || !bytes)
		return -errno;
	while ((got = read(fd, bytes + have, room - have)) > 0 || (got < 0 && errno == EAGAIN)) {
		have += MAX(got, 0);
		taken = take_records(bytes, have, take, data);
		have -= taken;
		memmove(bytes, bytes + taken, have);
	}
	return got < 0 ? -errno : 0;
}

void sensor_lost(const struct sensor *sensor, uint64_t lost[KWP_TYPE_COUNT])
{
	for (int i = 0; i < KWP_TYPE_COUNT; i++)
		lost[i] = sensor->counters->lost[i] + sensor->counters->unslotted[i];
}
