/* SPDX-License-Identifier: GPL-2.0-only */
#include "probe.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "act.h"
#include "class.h"
#include "guest.h"
#include "loader.h"
#include "proof.h"

#define HOOKS 256

/* A place that programs attach to, by whichever backend. */
struct probe_hook {
	char name[48];	/* "file_open" */
	enum kwp_type type;
	uint32_t asked, there; /* 1 << enum kwp_backend */
};

struct probe {
	uint32_t fires, silent;
	uint32_t guards[KWP_BACKEND_COUNT];  /* by backend: classes that it has all programs for */
	uint32_t lacking[KWP_BACKEND_COUNT]; /* ... and those where one is missing */
	struct probe_hook hooks[HOOKS];
	size_t hooks_count;
};

/* ---- looking ---- */

/* "lsm/file_open", "fmod_ret/security_file_open" and "cgroup/connect4" without what differs. */
static const char *hook_name(const char *section)
{
	const char *name = strchr(section, '/');

	name = name ? name + 1 : section;
	return strncmp(name, "security_", 9) ? name : name + 9;
}

static void take_hook(void *data, const struct act_program *row, const char *section, bool there)
{
	struct probe *probe = data;
	const char *name = hook_name(section);
	struct probe_hook *hook = probe->hooks;
	struct probe_hook *const end = hook + probe->hooks_count;

	if (there)
		probe->guards[row->by] |= row->guards;
	else
		probe->lacking[row->by] |= row->guards;
	while (hook < end && (strcmp(hook->name, name) || hook->type != row->type))
		hook++;
	if (hook == end) {
		if (probe->hooks_count == HOOKS)
			return;
		probe->hooks_count++;
		snprintf(hook->name, sizeof(hook->name), "%s", name);
		hook->type = row->type;
	}
	hook->asked |= 1u << row->by;
	hook->there |= (uint32_t)there << row->by;
}

/* By which backends can a class be enforced here? */
static uint32_t class_backends(const struct probe *probe, enum kwp_class class)
{
	const uint32_t wanted = class == KWP_CLASS_SYSCALL ? KWP_GUARD_WAYS : 1u << class;
	uint32_t backends = 0;

	/* Without type information of the kernel only addresses can be told. */
	if (!(probe->fires & ~(1u << KWP_BY_CGROUP)) && class != KWP_CLASS_NETWORK)
		return 0;
	for (int by = 0; by < KWP_BACKEND_COUNT; by++)
		if ((probe->fires & 1u << by) && (probe->guards[by] & wanted) &&
		    !(probe->lacking[by] & ~probe->guards[by] & wanted))
			backends |= 1u << by;
	return backends;
}

/* ---- in words ---- */

static void say_backends(const struct probe *probe, struct buffer *out)
{
	static const char *const can[KWP_BACKEND_COUNT] = {
		[KWP_BY_LSM] = "denies, before the act",
		[KWP_BY_FMOD_RET] = "denies, before the act",
		[KWP_BY_TRACEPOINT] = "ends the process, after the act",
		[KWP_BY_CGROUP] = "denies, network and sysctl only",
	};

	buffer_addf(out, "%-12s %-8s %s\n", "BACKEND", "FIRES", "WHAT IT CAN");
	for (int by = KWP_BY_LSM; by <= KWP_BY_CGROUP; by++) {
		const bool silent = probe->silent & 1u << by;

		buffer_addf(out, "%-12s %-8s %s%s\n", event_backend_name(by),
			    probe->fires & 1u << by ? "yes" : silent ? "silent" : "no", can[by],
			    silent ? "; but bpf is missing from the kernel's list of LSMs" : "");
	}
}

static enum probe_result say_classes(const struct probe *probe, struct buffer *out)
{
	const uint32_t deny = 1u << KWP_BY_LSM | 1u << KWP_BY_FMOD_RET | 1u << KWP_BY_CGROUP;
	unsigned denied = 0, enforced = 0, all = 0;

	buffer_addf(out, "\n%-12s %s\n", "RULES", "ENFORCED BY");
	for (enum kwp_class class = KWP_CLASS_PROCESS; class < KWP_CLASS_COUNT; class++) {
		const uint32_t backends = class_backends(probe, class);

		buffer_addf(out, "%-12s", class_name(class));
		for (int by = 0; by < KWP_BACKEND_COUNT; by++)
			if (backends & 1u << by)
				buffer_addf(out, " %s", event_backend_name(by));
		buffer_string(out, backends ? "\n" : " nothing\n");
		all++;
		denied += (backends & deny) != 0;
		enforced += backends != 0;
	}
	return denied == all ? PROBE_ALL : enforced ? PROBE_SOME : PROBE_NONE;
}

static void say_hooks(const struct probe *probe, struct buffer *out)
{
	buffer_addf(out, "\n%-12s %-28s %-6s %-10s %-11s %s\n", "ACT", "HOOK", "lsm", "fmod_ret",
		    "tracepoint", "cgroup");
	for (size_t i = 0; i < probe->hooks_count; i++) {
		const struct probe_hook *hook = &probe->hooks[i];

		buffer_addf(out, "%-12s %-28s", event_type_name(hook->type) ?: "-", hook->name);
		for (int by = KWP_BY_LSM; by <= KWP_BY_CGROUP; by++) {
			static const int width[KWP_BACKEND_COUNT] = {0, 6, 10, 11, 6};
			const char *word = !(hook->asked & 1u << by) ? "-"
					   : hook->there & 1u << by ? "yes" : "no";

			buffer_addf(out, " %-*s", by == KWP_BY_CGROUP ? 0 : width[by], word);
		}
		buffer_byte(out, '\n');
	}
}

/* ---- warnings ---- */

static bool read_line(const char *path, char *out, size_t size)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, out, size - 1);

	out[MAX(got, 0)] = 0;
	return got > 0;
}

/* Processes in other mount namespaces than that of pid 1 that no filter of system calls holds. */
static unsigned unfiltered_count(void)
{
	const struct dirent *entry;
	DIR *dir = opendir("/proc");
	struct stat guest, own;
	unsigned count = 0;
	char path[64], text[4096];

	while (dir && !stat("/proc/1/ns/mnt", &guest) && (entry = readdir(dir))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%.20s/ns/mnt", entry->d_name);
		if (stat(path, &own) || own.st_ino == guest.st_ino)
			continue;
		snprintf(path, sizeof(path), "/proc/%.20s/status", entry->d_name);
		count += read_line(path, text, sizeof(text)) && strstr(text, "\nSeccomp:\t0");
	}
	if (dir)
		closedir(dir);
	return count;
}

static void warn(const struct probe *probe, struct buffer *out)
{
	char text[4096];
	unsigned unfiltered;

	if (read_line("/proc/cmdline", text, sizeof(text)) && strstr(text, "lsm="))
		buffer_string(out, "warning: the kernel's command line has lsm=; who may set "
				   "kernel_params (Kata's enable_annotations) can take bpf out of "
				   "it\n");
	else if (probe->fires & 1u << KWP_BY_LSM)
		buffer_string(out, "warning: lsm= on the kernel's command line would turn the lsm "
				   "backend off; keep kernel_params out of Kata's "
				   "enable_annotations\n");
	if (read_line("/proc/sys/kernel/unprivileged_bpf_disabled", text, sizeof(text)) &&
	    text[0] == '0')
		buffer_string(out, "warning: kernel.unprivileged_bpf_disabled is 0: every process "
				   "may load BPF programs; kwp load --harden ends that\n");
	unfiltered = unfiltered_count();
	if (unfiltered)
		buffer_addf(out,
			    "warning: %u processes in containers have no seccomp filter "
			    "(Kata: disable_guest_seccomp)\n", unfiltered);
}

int probe_text(struct buffer *out, enum probe_result *result)
{
	_cleanup_free_ struct probe *probe = calloc(1, sizeof(*probe));
	int err;

	if (!probe)
		return -ENOMEM;
	probe->fires = proof_backends(~0u, &probe->silent);
	if (guest_cgroup_root() && guest_is_privileged())
		probe->fires |= 1u << KWP_BY_CGROUP;
	err = loader_hooks(take_hook, probe);
	if (err)
		return err;
	say_backends(probe, out);
	*result = say_classes(probe, out);
	say_hooks(probe, out);
	buffer_byte(out, '\n');
	warn(probe, out);
	return out->failed ? -ENOMEM : 0;
}
