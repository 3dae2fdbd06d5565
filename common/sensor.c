/* SPDX-License-Identifier: GPL-2.0-only */
#include "sensor.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "act.h"
#include "guest.h"
#include "log.h"
#include "proof.h"
#include "syscall.h"

#include "kwp.skel.h"

#define HOOKS (1u << KWP_BY_LSM | 1u << KWP_BY_FMOD_RET)

struct sensor {
	struct kwp_bpf *bpf;
	struct bpf_link **links;
	size_t links_count;
	struct ring_buffer *ring;
	int (*take)(void *data, void *record, size_t size);
	void *take_data;
	uint32_t backends; /* in use: 1 << enum kwp_backend */
	int cgroup;	   /* root of the hierarchy, -1: none */
};

static int fail(struct sensor_view *view, int err, const char *format, ...) PRINTF(3, 4);
static int fail(struct sensor_view *view, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(view->reason, sizeof(view->reason), format, args);
	va_end(args);
	return err;
}

/* ---- what to load ---- */

/* Does the kernel have what this program attaches to? Its section says:
 * "lsm/HOOK", "fmod_ret/FUNCTION", "tp_btf/TRACEPOINT". */
static bool has_target(const struct bpf_program *program)
{
	const char *section = bpf_program__section_name(program);
	const char *target = strchr(section, '/');
	char symbol[128];

	if (!target)
		return true;
	target++;
	if (!strncmp(section, "lsm", 3)) {
		snprintf(symbol, sizeof(symbol), "bpf_lsm_%s", target);
		return guest_has_function(symbol);
	}
	if (!strncmp(section, "fmod_ret", 8))
		return guest_has_function(target);
	if (!strncmp(section, "tp_btf", 6))
		return guest_has_tracepoint(target);
	return true;
}

/* Is the program of this row to be loaded? */
static bool row_wanted(const struct sensor *sensor, const struct sensor_options *options,
		       const struct act_program *row)
{
	return (row->types & (options->types | TYPE(FORK) | TYPE(EXIT))) &&
	       (sensor->backends & 1u << row->by);
}

static struct bpf_program *row_program(const struct sensor *sensor, const struct act_program *row)
{
	return bpf_object__find_program_by_name(sensor->bpf->obj, row->name);
}

/* Types whose system calls' ends are looked at through kwp_sys_exit. */
static uint64_t exit_types(const struct sensor *sensor, const struct sensor_options *options)
{
	uint64_t types = 0;

	if (!(sensor->backends & 1u << KWP_BY_TRACEPOINT))
		return 0;
	for (size_t i = 0; i < act_calls_count; i++)
		types |= act_calls[i].types & options->types;
	return types;
}

static void choose_programs(struct sensor *sensor, const struct sensor_options *options)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, sensor->bpf->obj)
		bpf_program__set_autoload(program, false);
	bpf_program__set_autoload(sensor->bpf->progs.kwp_whoami, true);
	bpf_program__set_autoload(sensor->bpf->progs.kwp_enroll, true);
	bpf_program__set_autoload(sensor->bpf->progs.kwp_tasks, true);
	bpf_program__set_autoload(sensor->bpf->progs.kwp_sys_exit, exit_types(sensor, options) != 0);
	for (size_t i = 0; i < act_programs_count; i++) {
		program = row_program(sensor, &act_programs[i]);
		if (program && row_wanted(sensor, options, &act_programs[i]))
			bpf_program__set_autoload(program, has_target(program));
	}
}

/* What kwp_calls says of a call that SYSCALL events were asked of. */
static uint16_t call_flags(const char *name, int nr)
{
	uint16_t flags = KWP_CALL_ASKED | syscall_text_arguments(nr);

	if (!strncmp(name, "execve", 6))
		flags |= KWP_CALL_EXEC;
	if (!strcmp(name, "exit") || !strcmp(name, "exit_group") || !strcmp(name, "rt_sigreturn"))
		flags |= KWP_CALL_ENDLESS;
	return flags;
}

/* Fills the tables of system calls, native and 32-bit, by name. */
static void choose_calls(struct sensor *sensor, const struct sensor_options *options)
{
	for (int compat = 0; compat < 2; compat++) {
		struct kwp_act *acts = compat ? sensor->bpf->rodata->kwp_acts32
					      : sensor->bpf->rodata->kwp_acts;
		__u16 *calls = compat ? sensor->bpf->rodata->kwp_calls32
				      : sensor->bpf->rodata->kwp_calls;

		for (int nr = 0; nr < KWP_SYSCALLS; nr++) {
			const char *name = syscall_name(nr, compat);
			int native = name ? syscall_find(name, strlen(name)) : -ENOENT;

			for (size_t i = 0; name && i < act_calls_count; i++)
				if ((act_calls[i].types & options->types) &&
				    !strcmp(act_calls[i].name, name))
					acts[nr] = (struct kwp_act){act_calls[i].body,
								    act_calls[i].form};
			if (options->syscalls && native >= 0 && options->syscalls[native])
				calls[nr] = call_flags(name, native);
		}
	}
}

static void choose_settings(struct sensor *sensor, const struct sensor_options *options)
{
	struct kwp_settings *s = &sensor->bpf->rodata->kwp_settings;

	s->scope = options->scope;
	s->uid = options->uid;
	s->tid = options->tid;
	s->cgroup = options->cgroup;
	s->cgroup_level = options->cgroup_level;
	s->types = options->types;
	if (options->types & TYPE(CREATE))
		s->open |= KWP_OPEN_CREATE;
	if (options->types & TYPE(OPEN))
		s->open |= KWP_OPEN_WRITE | (options->open_writes_only ? 0 : KWP_OPEN_READ);
	s->failed_only = options->failed_only;
	s->stdio = options->stdio;
	s->hooks = (sensor->backends & HOOKS) != 0;
	s->cqe = guest_tracepoint_arguments("io_uring_complete") == 3;
	bpf_map__set_max_entries(sensor->bpf->maps.kwp_slots,
				 KWP_SLOTS * libbpf_num_possible_cpus());
	bpf_map__set_max_entries(sensor->bpf->maps.kwp_ring, options->ring);
}

/* ---- attaching ---- */

static int add_link(struct sensor *sensor, struct bpf_link *link)
{
	struct bpf_link **links;

	if (!link)
		return -errno;
	links = reallocarray(sensor->links, sensor->links_count + 1, sizeof(*links));
	if (!links) {
		bpf_link__destroy(link);
		return -ENOMEM;
	}
	sensor->links = links;
	sensor->links[sensor->links_count++] = link;
	return 0;
}

/* Attaches the program of a row, or makes it the body of its type. */
static int attach_row(struct sensor *sensor, const struct act_program *row)
{
	struct bpf_program *program = row_program(sensor, row);
	uint32_t key = row->type;
	int fd = bpf_program__fd(program);

	if (row->how == ACT_EXIT)
		return bpf_map_update_elem(bpf_map__fd(sensor->bpf->maps.kwp_exits), &key, &fd,
					   BPF_ANY);
	if (row->by != KWP_BY_CGROUP)
		return add_link(sensor, bpf_program__attach(program));
	if (sensor->cgroup < 0)
		return -ENOENT;
	return add_link(sensor, bpf_program__attach_cgroup(program, sensor->cgroup));
}

static void attach_rows(struct sensor *sensor, const struct sensor_options *options,
			struct sensor_view *view)
{
	for (size_t i = 0; i < act_programs_count; i++) {
		const struct act_program *row = &act_programs[i];
		struct bpf_program *program = row_program(sensor, row);
		int err;

		if (!program || bpf_program__fd(program) < 0)
			continue;
		err = attach_row(sensor, row);
		if (err)
			log_debug("cannot attach %s: %s", row->name, strerror(-err));
		else if (row->by != KWP_BY_ITER)
			view->watched[row->by] |= row->types & options->types;
	}
}

/* Bodies first, then the jump to them: no act is looked at by half. */
static int attach_all(struct sensor *sensor, const struct sensor_options *options,
		      struct sensor_view *view)
{
	uint64_t seen = 0;
	int err;

	attach_rows(sensor, options, view);
	if (bpf_program__fd(sensor->bpf->progs.kwp_sys_exit) >= 0) {
		err = add_link(sensor, bpf_program__attach(sensor->bpf->progs.kwp_sys_exit));
		if (err)
			return fail(view, err, "cannot attach to the end of system calls: %s",
				    strerror(-err));
	}
	for (int by = 0; by < KWP_BACKEND_COUNT; by++)
		seen |= view->watched[by];
	view->unwatched = options->types & ~seen & ~(TYPE(LOSS) | TYPE(ARGS) | TYPE(CONTAINER));
	return 0;
}

/* ---- opening ---- */

/* Which backends to use: what was forced, or the hooks' best and what always
 * goes beside it. A hook sees acts that come through io_uring and resolved paths; the
 * end of a system call sees its result. */
static int choose_backends(struct sensor *sensor, const struct sensor_options *options,
			   struct sensor_view *view)
{
	const uint32_t rest = 1u << KWP_BY_CGROUP | 1u << KWP_BY_ITER;
	uint32_t proven, wanted = HOOKS | 1u << KWP_BY_TRACEPOINT;
	char missing[160];

	if (options->backend)
		wanted = 1u << options->backend;
	proven = proof_backends(wanted, &view->silent);
	if (proven & 1u << KWP_BY_LSM)
		proven &= ~(1u << KWP_BY_FMOD_RET);
	if (!proven && options->backend)
		return fail(view, -ENOTSUP, "backend %s does not fire in this kernel%s",
			    event_backend_name(options->backend),
			    view->silent ? ": \"bpf\" is missing from its list of LSMs (lsm=...)" : "");
	if (!proven) {
		guest_missing_options(missing, sizeof(missing));
		return fail(view, -ENOTSUP, "this kernel can't run tracing programs: it lacks %s",
			    missing[0] ? missing : "CONFIG_BPF_EVENTS");
	}
	/* Fork, exec and exit are told by tracepoints whatever the acts are seen by. */
	sensor->backends = proven | rest | 1u << KWP_BY_TRACEPOINT;
	return 0;
}

static int load(struct sensor *sensor, const struct sensor_options *options,
		struct sensor_view *view)
{
	int err;

	sensor->bpf = kwp_bpf__open();
	if (!sensor->bpf)
		return fail(view, -errno, "cannot open the BPF object: %s", strerror(errno));
	choose_programs(sensor, options);
	choose_calls(sensor, options);
	choose_settings(sensor, options);
	err = kwp_bpf__load(sensor->bpf);
	if (err)
		return fail(view, err, "cannot load the BPF programs: %s (run with -v -v)",
			    strerror(-err));
	err = bpf_prog_test_run_opts(bpf_program__fd(sensor->bpf->progs.kwp_whoami), NULL);
	if (err)
		return fail(view, err, "cannot learn kwp's own process id: %s", strerror(-err));
	return 0;
}

static int ring_take(void *data, void *record, size_t size)
{
	struct sensor *sensor = data;

	return sensor->take(sensor->take_data, record, size);
}

static int open_ring(struct sensor *sensor, struct sensor_view *view)
{
	sensor->ring = ring_buffer__new(bpf_map__fd(sensor->bpf->maps.kwp_ring), ring_take, sensor,
					NULL);
	return sensor->ring ? 0 : fail(view, -errno, "cannot map the ring: %s", strerror(errno));
}

int sensor_open(const struct sensor_options *options, struct sensor **out,
		struct sensor_view *view)
{
	struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
	struct sensor *sensor;
	int err;

	memset(view, 0, sizeof(*view));
	if (!guest_is_privileged())
		return fail(view, -EPERM, "needs root, or CAP_BPF and CAP_PERFMON");
	sensor = calloc(1, sizeof(*sensor));
	if (!sensor)
		return fail(view, -ENOMEM, "out of memory");
	sensor->cgroup = guest_cgroup_root() ? open(guest_cgroup_root(), O_RDONLY | O_CLOEXEC) : -1;
	/* Kernels before 5.11 count BPF memory against this limit; kwp needs 6.1, but
	 * libbpf's probe for it costs more than the call. */
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	libbpf_set_memlock_rlim(0);
	err = choose_backends(sensor, options, view);
	if (!err)
		err = load(sensor, options, view);
	if (!err)
		err = open_ring(sensor, view);
	if (!err)
		err = attach_all(sensor, options, view);
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
		bpf_link__destroy(sensor->links[--sensor->links_count]);
	free(sensor->links);
	ring_buffer__free(sensor->ring);
	kwp_bpf__destroy(sensor->bpf);
	if (sensor->cgroup >= 0)
		close(sensor->cgroup);
	free(sensor);
}

/* ---- in use ---- */

int sensor_add_pid(struct sensor *sensor, uint32_t pid)
{
	uint32_t one = 1;

	return bpf_map_update_elem(bpf_map__fd(sensor->bpf->maps.kwp_pids), &pid, &one, BPF_ANY);
}

int sensor_enroll_fd(struct sensor *sensor)
{
	return bpf_program__fd(sensor->bpf->progs.kwp_enroll);
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

int sensor_iterate(struct sensor *sensor, void (*take)(void *data, const void *record, size_t size),
		   void *data)
{
	_Alignas(8) static char bytes[256 << 10];
	struct bpf_link *link = bpf_program__attach_iter(sensor->bpf->progs.kwp_tasks, NULL);
	_cleanup_close_ int fd = -1;
	size_t have = 0;
	ssize_t got;

	if (!link)
		return -errno;
	fd = bpf_iter_create(bpf_link__fd(link));
	bpf_link__destroy(link);
	if (fd < 0)
		return fd;
	while ((got = read(fd, bytes + have, sizeof(bytes) - have)) > 0 || (got < 0 && errno == EAGAIN)) {
		const struct kwp_record *record = (void *)bytes;
		size_t at = 0;

		have += MAX(got, 0);
		for (; have - at >= sizeof(*record); at += record->size) {
			record = (void *)(bytes + at);
			if (record->size < sizeof(*record) || record->size > have - at)
				break;
			take(data, record, record->size);
		}
		memmove(bytes, bytes + at, have - at);
		have -= at;
	}
	return got < 0 ? -errno : 0;
}

void sensor_lost(const struct sensor *sensor, uint64_t lost[KWP_TYPE_COUNT])
{
	const struct kwp_counters *counters = &sensor->bpf->bss->kwp_counters;

	for (int i = 0; i < KWP_TYPE_COUNT; i++)
		lost[i] = counters->lost[i] + counters->unslotted[i];
}
