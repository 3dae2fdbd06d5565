/* SPDX-License-Identifier: GPL-2.0-only */
#include "kernel_btf.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>

/*
 * The kernel has for each tracepoint
 *	typedef void (*btf_trace_NAME)(void *, first argument, ...);
 * whose own first parameter is the tracepoint's private data, which no program sees.
 */
int kernel_btf_arguments(const struct btf *btf, const char *tracepoint)
{
	const struct btf_type *type;
	char name[128];
	int id, size;

	size = snprintf(name, sizeof(name), "btf_trace_%s", tracepoint);
	if (size < 0 || (size_t)size >= sizeof(name))
		return -ENOENT;
	id = btf__find_by_name_kind(btf, name, BTF_KIND_TYPEDEF);
	if (id < 0)
		return -ENOENT;
	type = btf__type_by_id(btf, (unsigned)id);
	type = btf__type_by_id(btf, type->type);
	if (!type || !btf_is_ptr(type))
		return -EINVAL;
	type = btf__type_by_id(btf, type->type);
	if (!type || !btf_is_func_proto(type) || !btf_vlen(type))
		return -EINVAL;
	return btf_vlen(type) - 1;
}
