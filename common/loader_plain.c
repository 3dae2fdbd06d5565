/* SPDX-License-Identifier: GPL-2.0-only */
#include "loader_plain.h"

#include <errno.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "loader_list.h"
#include "log.h"
#include "object.h"
#include "policy.h"

#define PLAIN_CLASSES (1u << KWP_CLASS_NETWORK | 1u << KWP_CLASS_SYSCTL)

/* The classes of a policy that have programs here; *part: some of its detections have none. */
static uint32_t plain_guards(const struct policy *policy, bool *part)
{
	const uint16_t *detect = policy->fixed.detect;

	*part = false;
	for (int i = 0; i < KWP_DETECT_COUNT; i++)
		*part |= detect[i] && i != KWP_DETECT_BLOCK_DEVICE;
	return policy->guards & (PLAIN_CLASSES | KWP_GUARD_NAMES |
				 (detect[KWP_DETECT_BLOCK_DEVICE] ? 1u << KWP_CLASS_DETECT : 0));
}

bool plain_serves(const struct sensor_options *options)
{
	bool part;

	return !options->backend && options->policy && plain_guards(options->policy, &part);
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

/* Who is excepted can't be known by its program. */
static void say_exceptions(const struct policy *policy)
{
	const uint16_t device = policy->fixed.detect[KWP_DETECT_BLOCK_DEVICE];

	if (policy->rules[device].flags & KWP_RULE_EXCEPTED)
		log_warning("the exceptions of block-device do not hold in this kernel");
}

int plain_load(struct loader *loader, struct loaded *out)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "kwp_plain");
	size_t size;
	const void *bytes = object_plain_bytes(&size);
	bool part;
	int err;

	memset(&out->view, 0, sizeof(out->view));
	loader->object = bpf_object__open_mem(bytes, size, &options);
	if (!loader->object)
		return sensor_fail(&out->view, -errno, "cannot open the plain BPF programs: %s",
				   strerror(errno));
	loader->backends = 1u << KWP_BY_CGROUP;
	loader->guards = plain_guards(loader->options->policy, &part);
	if (loader->guards & 1u << KWP_CLASS_DETECT)
		say_exceptions(loader->options->policy);
	if (part)
		out->view.partial |= 1u << KWP_CLASS_DETECT;
	choose_programs(loader);
	choose_maps(loader);
	err = plain_settings(loader) ?: bpf_object__load(loader->object);
	return err ? sensor_fail(&out->view, err,
				 "cannot load the plain BPF programs: %s (-v says more)",
				 strerror(-err))
		   : 0;
}
