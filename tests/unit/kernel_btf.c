/* SPDX-License-Identifier: GPL-2.0-only */
#include "../../common/kernel_btf.h"

#include <bpf/btf.h>
#include <errno.h>

#include "check.h"

/* A kernel with a tracepoint of each kind, and things that only look like one. */
static struct btf *make_kernel(void)
{
	struct btf *btf = btf__new_empty();
	int proto, pointer, number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);

	/* A prototype's parameters must follow it at once, so the pointer type comes first. */
	pointer = btf__add_ptr(btf, 0);
	proto = btf__add_func_proto(btf, 0);
	btf__add_func_param(btf, "", pointer);
	btf__add_typedef(btf, "btf_trace_alone", btf__add_ptr(btf, proto));

	proto = btf__add_func_proto(btf, 0);
	btf__add_func_param(btf, "", pointer);
	btf__add_func_param(btf, "", number);
	btf__add_func_param(btf, "", number);
	btf__add_func_param(btf, "", number);
	btf__add_typedef(btf, "btf_trace_three", btf__add_ptr(btf, proto));

	proto = btf__add_func_proto(btf, 0);
	btf__add_typedef(btf, "btf_trace_none", btf__add_ptr(btf, proto));
	btf__add_typedef(btf, "btf_trace_number", number);
	btf__add_typedef(btf, "btf_trace_direct", proto);
	btf__add_struct(btf, "btf_trace_struct", 0);
	return btf;
}

static void test_arguments(const struct btf *btf)
{
	CHECK(kernel_btf_arguments(btf, "three") == 3);
	CHECK(kernel_btf_arguments(btf, "alone") == 0);
}

static void test_absent(const struct btf *btf)
{
	char name[256] = {};

	CHECK(kernel_btf_arguments(btf, "other") == -ENOENT);
	CHECK(kernel_btf_arguments(btf, "") == -ENOENT);
	CHECK(kernel_btf_arguments(btf, "thre") == -ENOENT);
	CHECK(kernel_btf_arguments(btf, "struct") == -ENOENT);
	memset(name, 'x', sizeof(name) - 1);
	CHECK(kernel_btf_arguments(btf, name) == -ENOENT);
}

static void test_odd(const struct btf *btf)
{
	CHECK(kernel_btf_arguments(btf, "none") == -EINVAL);
	CHECK(kernel_btf_arguments(btf, "number") == -EINVAL);
	CHECK(kernel_btf_arguments(btf, "direct") == -EINVAL);
}

int main(void)
{
	struct btf *btf = make_kernel();

	test_arguments(btf);
	test_absent(btf);
	test_odd(btf);
	btf__free(btf);
	return check_end();
}
