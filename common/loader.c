/* SPDX-License-Identifier: GPL-2.0-only */
#include "loader.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "act.h"
#include "answer.h"
#include "deny.h"
#include "guest.h"
#include "loader_choose.h"
#include "loader_list.h"
#include "loader_plain.h"
#include "log.h"
#include "need.h"
#include "object.h"
#include "policy.h"
#include "proof.h"
#include "syscall.h"

#include "kwp.skel.h"

#define REFUSALS 16 /* programs that a load does without, before it does without all hooks */

/* ---- what they are to know ---- */

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
	const uint64_t looked = choose_looked(loader);

	for (int nr = 0; nr < KWP_SYSCALLS; nr++) {
		const char *name = syscall_name(nr, compat);
		int native = name ? syscall_find(name, strlen(name)) : -ENOENT;

		for (size_t i = 0; name && i < act_calls_count; i++)
			if ((act_calls[i].types & looked) && !strcmp(act_calls[i].name, name))
				acts[nr] = (struct kwp_act){act_calls[i].body, act_calls[i].form};
		if (options->syscalls && native >= 0 && options->syscalls[native])
			calls[nr] = call_flags(name, native);
	}
}

/* How system calls that rules are about can be refused. */
static void choose_ways(struct loader *loader)
{
	static struct deny_tables tables;

	if (!(loader->guards & KWP_GUARD_WAYS))
		return;
	deny_tables(&tables, loader->backends & LOADER_HOOKS);
	memcpy(loader->bpf->rodata->kwp_ways, tables.ways, sizeof(tables.ways));
	memcpy(loader->bpf->rodata->kwp_native, tables.native, sizeof(tables.native));
	memcpy(loader->bpf->rodata->kwp_native_many, tables.many, sizeof(tables.many));
}

/* What rules need of opens and mappings. */
static void choose_need(const struct need *need, struct kwp_settings *s)
{
	if (!need)
		return;
	s->odd = need->odd;
	s->found_only = need->found_only;
	if (need->reads)
		return;
	s->open |= s->open & KWP_OPEN_READ ? KWP_OPEN_NAMED : 0;
	for (size_t i = 0; i < need->names.count; i++)
		s->name_sizes |= 1ull << need->names.name[i].size;
}

/* The names that opens for reading are told by. */
static int fill_names(const struct loader *loader)
{
	const struct need *need = loader->options->need;
	const uint32_t one = 1;
	int err = 0;

	for (size_t i = 0; need && !need->reads && i < need->names.count && !err; i++) {
		struct kwp_basename name = {};

		memcpy(name.bytes, need->names.name[i].bytes, need->names.name[i].size);
		err = bpf_map__update_elem(loader->bpf->maps.kwp_basenames, &name, sizeof(name), &one,
					   sizeof(one), BPF_ANY);
	}
	return err;
}

static void choose_settings(struct loader *loader)
{
	const struct sensor_options *options = loader->options;
	struct kwp_settings *s = &loader->bpf->rodata->kwp_settings;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	s->scope = options->scope;
	s->uid = options->uid;
	s->tid = options->tid;
	s->cgroup = options->cgroup;
	s->cgroup_level = options->cgroup_level;
	s->types = options->types;
	s->guards = loader->guards;
	s->kill_only = choose_kills_only(loader);
	s->drift = choose_drift(loader);
	s->boot_time = guest_boot_time();
	s->loaded = now.tv_sec * NS_PER_S + now.tv_nsec;
	if (options->types & TYPE(CREATE))
		s->open |= KWP_OPEN_CREATE;
	if (options->types & TYPE(OPEN))
		s->open |= KWP_OPEN_WRITE | (options->open_writes_only ? 0 : KWP_OPEN_READ);
	choose_need(options->need, s);
	s->failed_only = options->failed_only;
	s->stdio = options->stdio;
	s->environ = options->environ;
	s->hooks = (loader->backends & LOADER_HOOKS) != 0;
	s->cqe = guest_tracepoint_arguments("io_uring_complete") == 3;
	s->setattr = guest_function_arguments("bpf_lsm_inode_setattr") == 3;
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
	const uint32_t wanted = forced ? 1u << forced : LOADER_HOOKS | 1u << KWP_BY_TRACEPOINT;
	/* Iterators need no proof: they run when they are read. */
	const bool now = loader->options->now;
	uint32_t proven = now ? 1u << KWP_BY_ITER : proof_backends(wanted, &out->view.silent);
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
	loader->backends = proven | 1u << KWP_BY_CGROUP | 1u << KWP_BY_ITER;
	loader->one_call =
		!now && choose_ends(loader) == TYPE(EXEC) && guest_mount_tracefs();
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

	loader->guards = deny_guards_of(
		loader->options->policy ? loader->options->policy->guards : 0,
		loader->backends & LOADER_HOOKS);
	kwp_bpf__destroy(loader->bpf);
	loader->bpf = kwp_bpf__open_opts(&options);
	if (!loader->bpf)
		return -errno;
	loader->object = loader->bpf->obj;
	choose_programs(loader);
	choose_maps(loader);
	choose_calls(loader, false, loader->bpf->rodata->kwp_acts, loader->bpf->rodata->kwp_calls);
	choose_calls(loader, true, loader->bpf->rodata->kwp_acts32,
		     loader->bpf->rodata->kwp_calls32);
	choose_ways(loader);
	choose_settings(loader);
	return kwp_bpf__load(loader->bpf) ?: fill_names(loader);
}

/* What libbpf says of the program that this kernel's verifier refused: its only way to tell. */
static char refused_name[64];
static libbpf_print_fn_t print_before;

static int watch_refusals(enum libbpf_print_level level, const char *format, va_list args)
{
	va_list copy;

	va_copy(copy, args);
	if (strstr(format, "prog '%s': failed to load"))
		snprintf(refused_name, sizeof(refused_name), "%s", va_arg(copy, const char *));
	va_end(copy);
	return print_before(level, format, args);
}

/* Does without what could not be loaded. false: there is nothing more to do without. */
static bool do_without(struct loader *loader, struct loaded *out, int err)
{
	bool found = false;

	for (size_t i = 0; i < act_programs_count && i < ARRAY_SIZE(loader->refused); i++) {
		const struct act_program *row = &act_programs[i];

		if (strcmp(row->name, refused_name) || loader->refused[i])
			continue;
		/* CAP_NET_ADMIN is needed for all that look at packets. */
		if (row->by == KWP_BY_CGROUP && err == -EPERM)
			loader->backends &= ~(1u << KWP_BY_CGROUP);
		if (!found)
			log_debug("this kernel refuses %s", row->name);
		loader->refused[i] = true;
		out->view.partial |= row->guards;
		found = true;
	}
	return found;
}

/* What this user may not load or this kernel's verifier refuses must not take the rest with
 * it. */
static int load(struct loader *loader, struct loaded *out)
{
	int err = choose_backends(loader, out), tries = REFUSALS;

	if (err)
		return err;
	choose_types(loader);
	print_before = libbpf_set_print(watch_refusals);
	while ((err = load_with(loader)) && tries-- && do_without(loader, out, err))
		;
	if (err && (loader->backends & LOADER_HOOKS) && !loader->options->backend) {
		loader->backends &= ~LOADER_HOOKS;
		err = load_with(loader);
	}
	return err ? sensor_fail(&out->view, err, "cannot load the BPF programs: %s (-v says more)",
				 strerror(-err))
		   : 0;
}

/* ---- the child ---- */

/* Never returns. Memory goes with the process. */
static void child_run(const struct sensor_options *options, int socket)
{
	static struct loaded loaded;
	struct loader loader = {.options = options};
	struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};

	/* It holds what its parent holds, a lock among it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* Only kernels before 5.11 count BPF memory against this limit, but libbpf's
	 * own test for that costs more than the call. */
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	libbpf_set_memlock_rlim(0);
	loaded.err = load(&loader, &loaded);
	if (loaded.err == -ENOTSUP && plain_serves(options))
		loaded.err = plain_load(&loader, &loaded);
	if (!loaded.err)
		loaded.err = list_all(&loader, &loaded);
	_exit(answer_send(socket, &loaded) ? 0 : 1);
}

int loader_run(const struct sensor_options *options, struct loaded *out)
{
	int pair[2], status;
	pid_t pid;

	memset(out, 0, sizeof(*out));
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return out->err = sensor_fail(&out->view, -errno, "cannot make a socket: %s",
					      strerror(errno));
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

int loader_hooks(void (*take)(void *data, const struct act_program *row, const char *hook,
			      bool there), void *data)
{
	struct loader loader = {.bpf = kwp_bpf__open(), .backends = ~0u};

	if (!loader.bpf)
		return -errno;
	loader.object = loader.bpf->obj;
	for (size_t i = 0; i < act_programs_count; i++) {
		const struct bpf_program *program = choose_row(&loader, &act_programs[i]);

		if (program)
			take(data, &act_programs[i], bpf_program__section_name(program),
			     choose_has_target(&loader, program));
	}
	kwp_bpf__destroy(loader.bpf);
	return 0;
}

void loader_close(struct loaded *loaded)
{
	for (size_t i = 0; i < ARRAY_SIZE(loaded->fd); i++)
		if (loaded->fd[i] >= 0)
			close(loaded->fd[i]);
}
