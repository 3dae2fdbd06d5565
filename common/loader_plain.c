/* SPDX-License-Identifier: GPL-2.0-only */
#include "loader_plain.h"

#include <errno.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "loader_list.h"
#include "object.h"
#include "policy.h"

#define PLAIN_CLASSES (1u << KWP_CLASS_NETWORK | 1u << KWP_CLASS_SYSCTL)

bool plain_serves(const struct sensor_options *options)
{
	return !options->backend && options->policy &&
	       (options->policy->guards & PLAIN_CLASSES);
}

/* Constants that the verifier sees. */
static int plain_settings(const struct loader *loader)
{
	const int at = list_variable(loader->object, ".rodata", "kwp_settings");
	struct bpf_map *map;
	size_t size;

	bpf_object__for_each_map(map, loader->object) {
		const char *bytes = strstr(bpf_map__name(map), ".rodata")
					    ? bpf_map__initial_value(map, &size) : NULL;
		_cleanup_free_ char *own = NULL;
		struct kwp_settings *settings;

		if (!bytes || at < 0 || at + sizeof(*settings) > size)
			continue;
		own = malloc(size);
		if (!own)
			return -ENOMEM;
		memcpy(own, bytes, size);
		settings = (void *)(own + at);
		settings->guards = loader->guards;
		settings->kill_only = true;
		return bpf_map__set_initial_value(map, own, size);
	}
	return -ENOENT;
}

int plain_load(struct loader *loader, struct loaded *out)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "kwp_plain");
	size_t size;
	const void *bytes = object_plain_bytes(&size);
	int err;

	memset(&out->view, 0, sizeof(out->view));
	loader->object = bpf_object__open_mem(bytes, size, &options);
	if (!loader->object)
		return sensor_fail(&out->view, -errno, "cannot open the plain BPF programs: %s",
				   strerror(errno));
	loader->backends = 1u << KWP_BY_CGROUP;
	loader->guards = loader->options->policy->guards &
			 (PLAIN_CLASSES | KWP_GUARD_NAMES);
	choose_programs(loader);
	choose_maps(loader);
	err = plain_settings(loader) ?: bpf_object__load(loader->object);
	return err ? sensor_fail(&out->view, err,
				 "cannot load the plain BPF programs: %s (-v says more)",
				 strerror(-err))
		   : 0;
}
