/* SPDX-License-Identifier: GPL-2.0-only */
/* What the running kernel's type information (BTF) says of its tracepoints. */
#ifndef KWP_KERNEL_BTF_H
#define KWP_KERNEL_BTF_H

struct btf;

/*
 * How many arguments a tp_btf program on this tracepoint gets. -ENOENT: the kernel that btf
 * belongs to has no such tracepoint; -EINVAL: btf describes something else by that name.
 */
int kernel_btf_arguments(const struct btf *btf, const char *tracepoint);

/*
 * The structs of btf that wanted names too (up to "___"), and what stands in them, as types of
 * their own; pointers there point to void. NULL: no memory. For btf__free().
 */
struct btf *kernel_btf_pick(const struct btf *btf, const struct btf *wanted);

#endif
