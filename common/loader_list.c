/* SPDX-License-Identifier: GPL-2.0-only */
#include "loader_list.h"

#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "act.h"

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

int list_variable(const struct bpf_object *object, const char *section, const char *name)
{
	const struct btf *btf = bpf_object__btf(object);
	int id = btf ? btf__find_by_name_kind(btf, section, BTF_KIND_DATASEC) : -ENOENT;
	const struct btf_type *type = id < 0 ? NULL : btf__type_by_id(btf, id);
	const struct btf_var_secinfo *variable = type ? btf_var_secinfos(type) : NULL;

	for (int i = 0; type && i < btf_vlen(type); i++) {
		const struct btf_type *of = btf__type_by_id(btf, variable[i].type);

		if (!strcmp(btf__name_by_offset(btf, of->name_off), name))
			return variable[i].offset;
	}
	return -ENOENT;
}

/* The map of the variables: that of ".bss". */
static bool is_variables(const struct bpf_map *map)
{
	const size_t size = strlen(bpf_map__name(map));

	return bpf_map__is_internal(map) && size > 4 &&
	       !strcmp(bpf_map__name(map) + size - 4, ".bss");
}

static void list_layout(const struct loader *loader, const struct bpf_map *bss, struct loaded *out)
{
	const struct bpf_object *object = loader->object;

	out->layout = (struct sensor_layout){
		.size = bpf_map__value_size(bss),
		.counters = list_variable(object, ".bss", "kwp_counters"),
		.view = list_variable(object, ".bss", "kwp_view"),
		.switched = list_variable(object, ".bss", "kwp_switch"),
	};
}

/* The programs' variables, and maps by their names. */
static int list_maps(const struct loader *loader, struct loaded *out)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, loader->object) {
		const bool variables = is_variables(map);

		if (bpf_map__fd(map) < 0 || (bpf_map__is_internal(map) && !variables))
			continue;
		if (out->maps == LOADER_MAPS)
			return -E2BIG;
		if (variables)
			list_layout(loader, map, out);
		snprintf(out->map[out->maps], SENSOR_NAME, "%s",
			 variables ? SENSOR_VARIABLES : bpf_map__name(map));
		out->fd[LOADER_PROGRAMS + out->maps++] = bpf_map__fd(map);
	}
	return 0;
}

static int list_rows(const struct loader *loader, struct loaded *out)
{
	for (size_t i = 0; i < act_programs_count; i++) {
		struct bpf_program *program = choose_row(loader, &act_programs[i]);
		const unsigned at = LOADER_PROGRAMS + out->maps + out->rows;

		if (!program || bpf_program__fd(program) < 0 ||
		    !choose_wants(loader, &act_programs[i]))
			continue;
		if (out->rows == LOADER_ROWS || at == LOADER_FDS)
			return -E2BIG;
		out->row[out->rows].row = i;
		out->row[out->rows].attach = bpf_program__expected_attach_type(program);
		if (act_programs[i].how == ACT_CALL)
			out->row[out->rows].event = event_id(program);
		snprintf(out->row[out->rows++].hook, sizeof(out->row->hook), "%s",
			 bpf_program__section_name(program));
		out->fd[at] = bpf_program__fd(program);
	}
	return 0;
}

/* Each place has a descriptor, because a message can't say that one is missing. */
static void list_program(const struct loader *loader, struct loaded *out, enum loader_program at,
			 const char *name)
{
	const struct bpf_program *program =
		bpf_object__find_program_by_name(loader->object, name);
	int fd = program ? bpf_program__fd(program) : -1;

	out->has[at] = fd >= 0;
	out->fd[at] = fd >= 0 ? fd : out->fd[LOADER_PROGRAMS];
}

int list_all(const struct loader *loader, struct loaded *out)
{
	static const char *const names[] = {"kwp_whoami", "kwp_enroll", "kwp_tasks",
					    "kwp_learn", "kwp_holds", "kwp_socks", "kwp_now_maps",
					    "kwp_now_files", "kwp_now_traced", "kwp_sys_exit"};
	int err = list_maps(loader, out) ?: list_rows(loader, out);

	_Static_assert(ARRAY_SIZE(names) == LOADER_PROGRAMS, "a program without a name");
	out->guards = loader->guards;
	out->backends = loader->backends;
	for (int i = 0; i < LOADER_PROGRAMS && !err; i++)
		list_program(loader, out, i, names[i]);
	return err ? sensor_fail(&out->view, err,
				 "more BPF programs and maps than kwp can hand over")
		   : 0;
}
