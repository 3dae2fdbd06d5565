/* SPDX-License-Identifier: GPL-2.0-only */
#include "loader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "act.h"
#include "answer.h"
#include "guest.h"
#include "log.h"
#include "object.h"
#include "proof.h"
#include "syscall.h"

#include "kwp.skel.h"

#define HOOKS (1u << KWP_BY_LSM | 1u << KWP_BY_FMOD_RET)

struct loader {
	const struct sensor_options *options;
	struct kwp_bpf *bpf;
	uint32_t backends; /* in use: 1 << enum kwp_backend */
	bool one_call;	   /* ACT_CALL instead of ACT_EXIT */
	char types[32];	   /* path of guest_types_file(), "": none */
};

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

/* Types whose system calls' ends are looked at. */
static uint64_t end_types(const struct loader *loader)
{
	uint64_t types = 0;

	if (!(loader->backends & 1u << KWP_BY_TRACEPOINT))
		return 0;
	for (size_t i = 0; i < act_calls_count; i++)
		types |= act_calls[i].types & loader->options->types;
	return types;
}

/* Is the program of this row to be loaded? Fork, exec and exit always are: they
 * are every other event's context. */
static bool row_wanted(const struct loader *loader, const struct act_program *row)
{
	const uint64_t types = loader->options->types;

	if (row->how == ACT_CALL)
		return loader->one_call && (row->types & types);
	if (row->how == ACT_EXIT && loader->one_call)
		return false;
	if (row->how == ACT_ATTACH && row->types == ~0ull)
		return true;
	return (row->types & types) && (loader->backends & 1u << row->by);
}

static struct bpf_program *row_program(const struct loader *loader, const struct act_program *row)
{
	return bpf_object__find_program_by_name(loader->bpf->obj, row->name);
}

static void choose_programs(struct loader *loader)
{
	struct kwp_bpf *bpf = loader->bpf;
	struct bpf_program *program;

	bpf_object__for_each_program(program, bpf->obj)
		bpf_program__set_autoload(program, program == bpf->progs.kwp_whoami ||
							   program == bpf->progs.kwp_enroll ||
							   program == bpf->progs.kwp_tasks);
	bpf_program__set_autoload(bpf->progs.kwp_sys_exit,
				  end_types(loader) && !loader->one_call);
	for (size_t i = 0; i < act_programs_count; i++) {
		program = row_program(loader, &act_programs[i]);
		if (program && row_wanted(loader, &act_programs[i]))
			bpf_program__set_autoload(program, has_target(program));
	}
}

/* Maps that only some events need. */
static void choose_maps(struct loader *loader)
{
	const uint64_t uring = act_uring_types | TYPE(URING);
	const uint64_t types = loader->options->types;
	struct kwp_bpf *bpf = loader->bpf;

	bpf_map__set_autocreate(bpf->maps.kwp_dns_owners, types & TYPE(DNS));
	bpf_map__set_autocreate(bpf->maps.kwp_dns_streams, types & TYPE(DNS));
	bpf_map__set_autocreate(bpf->maps.kwp_uring_words, types & uring);
	bpf_map__set_autocreate(bpf->maps.kwp_uring_multi, types & uring);
	bpf_map__set_autocreate(bpf->maps.kwp_begun, types & TYPE(SYSCALL));
	bpf_map__set_max_entries(bpf->maps.kwp_slots, KWP_SLOTS * libbpf_num_possible_cpus());
	bpf_map__set_max_entries(bpf->maps.kwp_ring, loader->options->ring);
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

/* Fills one table of system calls, native or 32-bit, by name. */
static void choose_calls(struct loader *loader, bool compat, struct kwp_act *acts, __u16 *calls)
{
	const struct sensor_options *options = loader->options;

	for (int nr = 0; nr < KWP_SYSCALLS; nr++) {
		const char *name = syscall_name(nr, compat);
		int native = name ? syscall_find(name, strlen(name)) : -ENOENT;

		for (size_t i = 0; name && i < act_calls_count; i++)
			if ((act_calls[i].types & options->types) && !strcmp(act_calls[i].name, name))
				acts[nr] = (struct kwp_act){act_calls[i].body, act_calls[i].form};
		if (options->syscalls && native >= 0 && options->syscalls[native])
			calls[nr] = call_flags(name, native);
	}
}

static void choose_settings(struct loader *loader)
{
	const struct sensor_options *options = loader->options;
	struct kwp_settings *s = &loader->bpf->rodata->kwp_settings;

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
	s->hooks = (loader->backends & HOOKS) != 0;
	s->cqe = guest_tracepoint_arguments("io_uring_complete") == 3;
	s->completions = (loader->backends & 1u << KWP_BY_TRACEPOINT) &&
			 guest_has_tracepoint("io_uring_complete");
}

/* ---- loading ---- */

/* Which backends to use: what was forced, or the better of the hooks and what
 * always goes beside them. A hook sees acts that come through io_uring and resolved
 * paths; the end of a system call sees its result. */
static int choose_backends(struct loader *loader, struct loaded *out)
{
	const enum kwp_backend forced = loader->options->backend;
	const uint32_t wanted = forced ? 1u << forced : HOOKS | 1u << KWP_BY_TRACEPOINT;
	uint32_t proven = proof_backends(wanted, &out->view.silent);
	char missing[160];

	if (proven & 1u << KWP_BY_LSM)
		proven &= ~(1u << KWP_BY_FMOD_RET);
	if (!proven && forced)
		return sensor_fail(&out->view, -ENOTSUP, "backend %s does not fire in this kernel%s",
			    event_backend_name(forced),
			    out->view.silent ? ": \"bpf\" is missing from its list of LSMs (lsm=...)"
					     : "");
	if (!proven) {
		guest_missing_options(missing, sizeof(missing));
		return sensor_fail(&out->view, -ENOTSUP,
				   "this kernel can't run tracing programs: it lacks %s",
				   missing[0] ? missing : "CONFIG_BPF_EVENTS");
	}
	if (!guest_has_btf())
		return sensor_fail(&out->view, -ENOTSUP,
				   "/sys/kernel/btf/vmlinux is not there: /sys is not mounted, or "
				   "the kernel lacks CONFIG_DEBUG_INFO_BTF");
	loader->backends = proven | 1u << KWP_BY_CGROUP;
	loader->one_call = end_types(loader) == TYPE(EXEC) && guest_mount_tracefs();
	return 0;
}

/* What the programs name of the kernel's types, in a file for libbpf. */
static void choose_types(struct loader *loader)
{
	struct kwp_bpf *bpf = kwp_bpf__open();
	int fd = bpf ? guest_types_file(bpf_object__btf(bpf->obj)) : -1;

	snprintf(loader->types, sizeof(loader->types), "/proc/self/fd/%d", fd);
	if (fd < 0 || access(loader->types, R_OK))
		loader->types[0] = 0;
	kwp_bpf__destroy(bpf);
}

/* Loads with the backends of now. */
static int load_with(struct loader *loader)
{
	LIBBPF_OPTS(bpf_object_open_opts, options,
		    .btf_custom_path = loader->types[0] ? loader->types : NULL);

	kwp_bpf__destroy(loader->bpf);
	loader->bpf = kwp_bpf__open_opts(&options);
	if (!loader->bpf)
		return -errno;
	choose_programs(loader);
	choose_maps(loader);
	choose_calls(loader, false, loader->bpf->rodata->kwp_acts, loader->bpf->rodata->kwp_calls);
	choose_calls(loader, true, loader->bpf->rodata->kwp_acts32,
		     loader->bpf->rodata->kwp_calls32);
	choose_settings(loader);
	return kwp_bpf__load(loader->bpf);
}

static int load(struct loader *loader, struct loaded *out)
{
	int err = choose_backends(loader, out);

	if (err)
		return err;
	choose_types(loader);
	/* What this user may not load (CAP_NET_ADMIN is needed for packets) or this
	 * kernel's verifier refuses must not take the rest with it. */
	err = load_with(loader);
	if (err && (loader->backends & 1u << KWP_BY_CGROUP)) {
		loader->backends &= ~(1u << KWP_BY_CGROUP);
		err = load_with(loader);
	}
	if (err && (loader->backends & HOOKS) && !loader->options->backend) {
		loader->backends &= ~HOOKS;
		err = load_with(loader);
	}
	return err ? sensor_fail(&out->view, err, "cannot load the BPF programs: %s (-v says more)",
				 strerror(-err))
		   : 0;
}

/* ---- handing over ---- */

/* The tracepoint's number, for perf_event_open(2): "tracepoint/GROUP/NAME". */
static uint32_t event_id(const struct bpf_program *program)
{
	static const char *const places[] = {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};
	const char *name = strchr(bpf_program__section_name(program), '/');
	unsigned id = 0;
	char path[256];

	for (size_t i = 0; name && !id && i < ARRAY_SIZE(places); i++) {
		_cleanup_fclose_ FILE *file = NULL;

		snprintf(path, sizeof(path), "%s/events%s/id", places[i], name);
		file = fopen(path, "re");
		if (!file || fscanf(file, "%u", &id) != 1)
			id = 0;
	}
	return id;
}

static void list_fds(const struct loader *loader, struct loaded *out)
{
	const struct kwp_bpf *bpf = loader->bpf;

	out->fd[LOADER_RING] = bpf_map__fd(bpf->maps.kwp_ring);
	out->fd[LOADER_DATA] = bpf_map__fd(bpf->maps.bss);
	out->fd[LOADER_PIDS] = bpf_map__fd(bpf->maps.kwp_pids);
	out->fd[LOADER_EXITS] = bpf_map__fd(bpf->maps.kwp_exits);
	out->fd[LOADER_WHOAMI] = bpf_program__fd(bpf->progs.kwp_whoami);
	out->fd[LOADER_ENROLL] = bpf_program__fd(bpf->progs.kwp_enroll);
	out->fd[LOADER_TASKS] = bpf_program__fd(bpf->progs.kwp_tasks);
	out->ends = bpf_program__fd(bpf->progs.kwp_sys_exit) >= 0;
	out->fd[LOADER_SYS_EXIT] = out->ends ? bpf_program__fd(bpf->progs.kwp_sys_exit)
					     : out->fd[LOADER_WHOAMI];
	out->data_size = bpf_map__value_size(bpf->maps.bss);
	out->counters = (char *)&bpf->bss->kwp_counters - (char *)bpf->bss;
	for (size_t i = 0; i < act_programs_count && out->rows < LOADER_ROWS; i++) {
		struct bpf_program *program = row_program(loader, &act_programs[i]);

		if (!program || bpf_program__fd(program) < 0)
			continue;
		out->row[out->rows].row = i;
		out->row[out->rows].attach = bpf_program__expected_attach_type(program);
		if (act_programs[i].how == ACT_CALL)
			out->row[out->rows].event = event_id(program);
		out->fd[LOADER_FIXED + out->rows++] = bpf_program__fd(program);
	}
}

/* Never returns. Memory goes with the process. */
static void child_run(const struct sensor_options *options, int socket)
{
	static struct loaded loaded;
	struct loader loader = {.options = options};
	struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};

	/* Only kernels before 5.11 count BPF memory against this limit, but libbpf's
	 * own test for that costs more than the call. */
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	libbpf_set_memlock_rlim(0);
	loaded.err = load(&loader, &loaded);
	if (!loaded.err)
		list_fds(&loader, &loaded);
	_exit(answer_send(socket, &loaded) ? 0 : 1);
}

int loader_run(const struct sensor_options *options, struct loaded *out)
{
	int pair[2], status;
	pid_t pid;

	memset(out, 0, sizeof(*out));
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return out->err = sensor_fail(&out->view, -errno, "cannot make a socket: %s", strerror(errno));
	pid = fork();
	if (!pid) {
		close(pair[0]);
		child_run(options, pair[1]);
	}
	close(pair[1]);
	if (pid < 0)
		out->err = sensor_fail(&out->view, -errno, "cannot fork: %s", strerror(errno));
	else if (!answer_receive(pair[0], out))
		out->err = sensor_fail(&out->view, -EIO, "the loader of the BPF programs died");
	close(pair[0]);
	if (pid > 0)
		waitpid(pid, &status, 0);
	return out->err;
}

void loader_close(struct loaded *loaded)
{
	for (size_t i = 0; i < ARRAY_SIZE(loaded->fd); i++)
		if (loaded->fd[i] >= 0)
			close(loaded->fd[i]);
}
