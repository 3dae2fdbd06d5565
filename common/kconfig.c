/* SPDX-License-Identifier: GPL-2.0-only */
#include "kconfig.h"

#include <sys/utsname.h>

#include <zlib.h>

__asm__(".section .rodata\n"
	"kwp_kconfig: .incbin \"profiles/kernel.conf\"\n"
	".byte 0\n"
	".previous");
extern const char kwp_kconfig[];

/* ---- what this kernel has ---- */

/* gzopen() reads files that are not compressed too. */
static gzFile config_open(void)
{
	gzFile file = gzopen("/proc/config.gz", "re");
	struct utsname name;
	char path[128];

	if (file || uname(&name))
		return file;
	snprintf(path, sizeof(path), "/boot/config-%.64s", name.release);
	return gzopen(path, "re");
}

int kconfig_has(const char *line)
{
	gzFile file = config_open();
	char text[1024];
	int found = 0;

	if (!file)
		return -1;
	while (!found && gzgets(file, text, sizeof(text))) {
		text[strcspn(text, "\n")] = 0;
		found = !strcmp(text, line);
	}
	gzclose(file);
	return found;
}

/* Signs of options, for kernels that do not show their configuration. */
static const struct {
	const char *line, *sign;
} signs[] = {
	{"CONFIG_BPF_SYSCALL=y", "/proc/sys/kernel/unprivileged_bpf_disabled"},
	{"CONFIG_BPF=y", "/proc/sys/kernel/unprivileged_bpf_disabled"},
	{"CONFIG_DEBUG_INFO_BTF=y", "/sys/kernel/btf/vmlinux"},
	{"CONFIG_DEBUG_INFO_DWARF_TOOLCHAIN_DEFAULT=y", "/sys/kernel/btf/vmlinux"},
	{"CONFIG_DEBUG_KERNEL=y", "/sys/kernel/btf/vmlinux"},
	{"CONFIG_BPF_JIT=y", "/proc/sys/net/core/bpf_jit_enable"},
	{"CONFIG_PERF_EVENTS=y", "/proc/sys/kernel/perf_event_paranoid"},
	{"CONFIG_KPROBES=y", "/proc/sys/debug/kprobes-optimization"},
	{"CONFIG_FTRACE=y", "/sys/kernel/tracing"},
	{"CONFIG_FUNCTION_TRACER=y", "/proc/sys/kernel/ftrace_enabled"},
	{"CONFIG_DYNAMIC_FTRACE=y", "/proc/sys/kernel/ftrace_enabled"},
	{"CONFIG_SECURITYFS=y", "/sys/kernel/security"},
};

/* As kconfig_has(), by a sign; -1: there is none for it. */
static int sign_has(const char *line)
{
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (!strcmp(signs[i].line, line))
			return access(signs[i].sign, F_OK) == 0;
	return -1;
}

/* ---- the fragment ---- */

/* A list of modules is right if it names what is wanted of it, in whatever order. */
static int list_has(const char *line)
{
	char text[512] = "";
	gzFile file;

	if (strncmp(line, "CONFIG_LSM=", 11))
		return -1;
	file = config_open();
	while (file && gzgets(file, text, sizeof(text)))
		if (!strncmp(text, "CONFIG_LSM=", 11))
			break;
	if (!file)
		return -1;
	gzclose(file);
	return strstr(text, "bpf") != NULL;
}

static int line_state(const char *line)
{
	int state = list_has(line);

	if (state < 0)
		state = kconfig_has(line);
	return state < 0 ? sign_has(line) : state;
}

unsigned kconfig_missing(struct buffer *out)
{
	const char *comment = NULL;
	unsigned missing = 0;
	char line[256];

	for (const char *at = kwp_kconfig, *next; *at; at = next) {
		const int size = strcspn(at, "\n");
		int state;

		next = at + size + (at[size] == '\n');
		snprintf(line, sizeof(line), "%.*s", size, at);
		if (*at == '#') {
			comment = at;
			continue;
		}
		state = line_state(line);
		if (state == 1)
			continue;
		missing += !state;
		if (comment)
			buffer_addf(out, "%.*s\n", (int)strcspn(comment, "\n"), comment);
		comment = NULL;
		if (state < 0)
			buffer_string(out, "# not known here:\n");
		buffer_addf(out, "%s\n", line);
	}
	return missing;
}
