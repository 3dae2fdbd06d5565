/* SPDX-License-Identifier: GPL-2.0-only */
#include "enforce_own.h"

#include <errno.h>

#include <bpf/bpf.h>

#define PROGRAM_MAPS 64 /* as many as a program can have */

static int own_add(int map, enum kwp_own_kind kind, uint32_t id)
{
	const struct kwp_own own = {kind, id};
	const uint32_t one = 1;

	return bpf_map_update_elem(map, &own, &one, BPF_ANY) ? -errno : 0;
}

static int own_map(int map, int fd)
{
	struct bpf_map_info info = {};
	uint32_t size = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &size) ? -errno
							: own_add(map, KWP_OWN_MAP, info.id);
}

/* A program, and its maps: that of its constants is no part of a sensor. */
static int own_program(int map, int fd)
{
	uint32_t maps[PROGRAM_MAPS];
	struct bpf_prog_info info = {.map_ids = (uintptr_t)maps, .nr_map_ids = PROGRAM_MAPS};
	uint32_t size = sizeof(info);
	int err;

	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		return -errno;
	err = own_add(map, KWP_OWN_PROGRAM, info.id);
	for (uint32_t i = 0; i < info.nr_map_ids && i < PROGRAM_MAPS && !err; i++)
		err = own_add(map, KWP_OWN_MAP, maps[i]);
	return err;
}

static int own_link(int map, int fd)
{
	struct bpf_link_info info = {};
	uint32_t size = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		return -errno;
	return own_add(map, KWP_OWN_LINK, info.id) ?: own_add(map, KWP_OWN_PROGRAM, info.prog_id);
}

/* The bodies of the end of system calls have no links: what leads to them has their numbers. */
static int own_bodies(int map, int exits)
{
	int err = 0;

	for (uint32_t type = 0; type < KWP_TYPE_COUNT && !err; type++) {
		uint32_t id;

		if (!bpf_map_lookup_elem(exits, &type, &id))
			err = own_add(map, KWP_OWN_PROGRAM, id);
	}
	return err;
}

int own_fill(const struct sensor *sensor)
{
	const int map = sensor_part(sensor, SENSOR_MAP, "kwp_own");
	size_t count;
	const struct sensor_part *parts = sensor_parts(sensor, &count);
	int err = 0;

	/* Programs without type information can't protect themselves. */
	for (size_t i = 0; map >= 0 && i < count && !err; i++) {
		if (parts[i].kind == SENSOR_MAP)
			err = own_map(map, parts[i].fd);
		else if (parts[i].kind == SENSOR_PROGRAM)
			err = own_program(map, parts[i].fd);
		else
			err = own_link(map, parts[i].fd);
	}
	return map < 0 || err ? err : own_bodies(map, sensor_part(sensor, SENSOR_MAP, "kwp_exits"));
}
