/* SPDX-License-Identifier: GPL-2.0-only */
/* Shells and interpreters, by families that take their arguments alike. */
#ifndef KWP_INTERPRETER_BPF_H
#define KWP_INTERPRETER_BPF_H

#include "core.bpf.h"

enum script_family {
	FAMILY_NONE, FAMILY_SHELL, FAMILY_PYTHON, FAMILY_PERL, FAMILY_RUBY, FAMILY_NODE,
	FAMILY_PHP, FAMILY_LUA, FAMILY_JAVA, FAMILY_AWK, FAMILY_OTHER,
	FAMILY_BOX, /* what it is depends on the name that it is called by */
};

/* By the names of their executables; a version or a variant may follow. */
static const struct {
	char text[8];
	u64 family;
} script_names[] = {
	{"sh", FAMILY_SHELL},	   {"bash", FAMILY_SHELL},   {"rbash", FAMILY_SHELL},
	{"dash", FAMILY_SHELL},	   {"ash", FAMILY_SHELL},    {"zsh", FAMILY_SHELL},
	{"ksh", FAMILY_SHELL},	   {"mksh", FAMILY_SHELL},   {"yash", FAMILY_SHELL},
	{"fish", FAMILY_SHELL},	   {"csh", FAMILY_SHELL},    {"tcsh", FAMILY_SHELL},
	{"busybox", FAMILY_BOX},   {"toybox", FAMILY_BOX},   {"python", FAMILY_PYTHON},
	{"pypy", FAMILY_PYTHON},   {"perl", FAMILY_PERL},    {"ruby", FAMILY_RUBY},
	{"node", FAMILY_NODE},	   {"nodejs", FAMILY_NODE},  {"php", FAMILY_PHP},
	{"lua", FAMILY_LUA},	   {"luajit", FAMILY_LUA},   {"java", FAMILY_JAVA},
	{"gawk", FAMILY_AWK},	   {"mawk", FAMILY_AWK},     {"tclsh", FAMILY_OTHER},
	{"wish", FAMILY_OTHER},	   {"expect", FAMILY_OTHER}, {"guile", FAMILY_OTHER},
	{"Rscript", FAMILY_OTHER}, {"julia", FAMILY_OTHER},
};
#define SCRIPT_NAMES (sizeof(script_names) / sizeof(script_names[0]))

static __always_inline bool is_variant(char c)
{
	return !c || c == '-' || c == '.' || (c >= '0' && c <= '9');
}

/* The first eight bytes of a name without what begins a version or a variant. */
SUBPROG_ONCE u64 script_stem(u64 text)
{
#pragma unroll
	for (u32 i = 0; i < 8; i++)
		if (is_variant(text >> i * 8 & 255))
			return text & ((1ull << i * 8) - 1);
	return 0;
}

SUBPROG_ONCE u32 script_family(u64 stem)
{
#pragma unroll
	for (u32 i = 0; i < SCRIPT_NAMES; i++)
		if (stem == *(const u64 *)script_names[i].text)
			return script_names[i].family;
	return FAMILY_NONE;
}

/* By the executable of the current task: a name that it gave itself says nothing. */
static __always_inline u32 script_family_of(struct task_struct *task)
{
	u64 at = task_exe((u64)task), text[2] = {};

	bpf_core_read(&at, 8, &((struct file *)at)->f_path.dentry);
	bpf_core_read(&at, 8, &((struct dentry *)at)->d_name.name);
	bpf_probe_read_kernel_str(text, sizeof(text), (void *)at);
	return script_family(script_stem(text[0]));
}

#endif
