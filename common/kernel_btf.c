/* SPDX-License-Identifier: GPL-2.0-only */
#include "kernel_btf.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

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

/* ---- a selection of types ---- */

struct pick {
	const struct btf *from;
	struct btf *to;
	char **names; /* sorted */
	size_t names_count;
	uint32_t *made; /* by id in from: id in to, 0: none yet */
};

static int name_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int names_take(struct pick *pick, const struct btf *wanted)
{
	const uint32_t count = btf__type_cnt(wanted);

	pick->names = calloc(count, sizeof(*pick->names));
	for (uint32_t id = 1; pick->names && id < count; id++) {
		const struct btf_type *type = btf__type_by_id(wanted, id);
		const char *name = btf__name_by_offset(wanted, type->name_off);
		const char *flavour = name ? strstr(name, "___") : NULL;

		if (!btf_is_composite(type) || !name || !*name)
			continue;
		name = flavour ? strndup(name, flavour - name) : strdup(name);
		if (!name)
			return -ENOMEM;
		pick->names[pick->names_count++] = (char *)name;
	}
	if (!pick->names)
		return -ENOMEM;
	qsort(pick->names, pick->names_count, sizeof(*pick->names), name_compare);
	return 0;
}

static int type_copy(struct pick *pick, uint32_t from, uint32_t *to);

/* The types that a copy refers to, by value. The copy moves as others follow it. */
static int parts_copy(struct pick *pick, const struct btf_type *type, uint32_t id)
{
	uint32_t part, index;
	int err = 0;

	if (btf_is_composite(type)) {
		for (int i = 0; i < btf_vlen(type) && !err; i++) {
			err = type_copy(pick, btf_members(type)[i].type, &part);
			btf_members((void *)btf__type_by_id(pick->to, id))[i].type = part;
		}
	} else if (btf_is_array(type)) {
		err = type_copy(pick, btf_array(type)->type, &part)
		      ?: type_copy(pick, btf_array(type)->index_type, &index);
		if (!err) {
			btf_array((void *)btf__type_by_id(pick->to, id))->type = part;
			btf_array((void *)btf__type_by_id(pick->to, id))->index_type = index;
		}
	} else if (btf_is_mod(type) || btf_is_typedef(type) || btf_is_type_tag(type)) {
		err = type_copy(pick, type->type, &part);
		((struct btf_type *)btf__type_by_id(pick->to, id))->type = part;
	}
	return err;
}

static int type_copy(struct pick *pick, uint32_t from, uint32_t *to)
{
	const struct btf_type *type = btf__type_by_id(pick->from, from);
	int id;

	*to = from && type ? pick->made[from] : 0;
	if (!from || !type || *to || btf_is_func_proto(type))
		return 0;
	id = btf_is_ptr(type) ? btf__add_ptr(pick->to, 0) : btf__add_type(pick->to, pick->from, type);
	if (id < 0)
		return id;
	*to = pick->made[from] = id;
	return btf_is_ptr(type) ? 0 : parts_copy(pick, type, id);
}

static int types_pick(struct pick *pick)
{
	const uint32_t count = btf__type_cnt(pick->from);
	uint32_t made;
	int err = 0;

	for (uint32_t id = 1; id < count && !err; id++) {
		const struct btf_type *type = btf__type_by_id(pick->from, id);
		const char *name;

		if (!btf_is_composite(type) || !type->name_off)
			continue;
		name = btf__name_by_offset(pick->from, type->name_off);
		if (bsearch(&name, pick->names, pick->names_count, sizeof(name), name_compare))
			err = type_copy(pick, id, &made);
	}
	return err;
}

struct btf *kernel_btf_pick(const struct btf *btf, const struct btf *wanted)
{
	struct pick pick = {.from = btf, .to = btf__new_empty()};
	int err = -ENOMEM;

	pick.made = calloc(btf__type_cnt(btf), sizeof(*pick.made));
	if (pick.to && pick.made)
		err = names_take(&pick, wanted) ?: types_pick(&pick);
	for (size_t i = 0; i < pick.names_count; i++)
		free(pick.names[i]);
	free(pick.names);
	free(pick.made);
	if (!err)
		return pick.to;
	btf__free(pick.to);
	return NULL;
}
