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

/* struct inner { int a; }; struct outer { struct inner in[3]; struct other *p; };
 * struct other { int b; }; */
static struct btf *make_structs(void)
{
	struct btf *btf = btf__new_empty();
	int number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int other = btf__add_struct(btf, "other", 4), inner, array, pointer;

	btf__add_field(btf, "b", number, 0, 0);
	pointer = btf__add_ptr(btf, other);
	inner = btf__add_struct(btf, "inner", 4);
	btf__add_field(btf, "a", number, 0, 0);
	array = btf__add_array(btf, number, inner, 3);
	btf__add_struct(btf, "outer", 24);
	btf__add_field(btf, "in", array, 0, 0);
	btf__add_field(btf, "p", pointer, 128, 0);
	return btf;
}

static void test_pick(void)
{
	struct btf *btf = make_structs(), *wanted = btf__new_empty(), *picked;
	const struct btf_type *outer, *array;

	btf__add_struct(wanted, "absent", 0);
	btf__add_struct(wanted, "outer___old", 0);
	picked = kernel_btf_pick(btf, wanted);
	outer = btf__type_by_id(picked, btf__find_by_name_kind(picked, "outer", BTF_KIND_STRUCT));
	CHECK(outer && btf_vlen(outer) == 2 && outer->size == 24);
	CHECK(btf__resolve_size(picked, btf_members(outer)[0].type) == 12);
	array = btf__type_by_id(picked, btf_members(outer)[0].type);
	CHECK(!strcmp(btf__name_by_offset(picked, btf__type_by_id(picked, btf_array(array)->type)
						      ->name_off), "inner"));
	CHECK(btf__type_by_id(picked, btf_members(outer)[1].type)->type == 0);
	CHECK(btf__find_by_name_kind(picked, "other", BTF_KIND_STRUCT) < 0);
	CHECK(btf__find_by_name_kind(picked, "absent", BTF_KIND_STRUCT) < 0);
	btf__free(picked);
	btf__free(wanted);
	btf__free(btf);
}

int main(void)
{
	struct btf *btf = make_kernel();

	test_arguments(btf);
	test_absent(btf);
	test_odd(btf);
	test_pick();
	btf__free(btf);
	return check_end();
}
