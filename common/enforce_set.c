/* SPDX-License-Identifier: GPL-2.0-only */
#include "enforce_set.h"

#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>

#include "enforce_dir.h"

#define ABOUTS 64

static void about_path(unsigned number, uint32_t generation, char out[ENFORCE_PATH])
{
	size_t size;

	enforce_dir_path(number, out);
	size = strlen(out);
	snprintf(out + size, ENFORCE_PATH - size, "/about_%u", generation);
}

/* ---- opening ---- */

/* Opens this set with the about of this generation; -ENOENT: another one is in force. */
static int open_generation(struct set *set, uint32_t generation, bool reads, char *why, size_t size)
{
	struct sensor_view view;
	char path[ENFORCE_PATH];
	int err;

	about_path(set->number, generation, path);
	err = about_read(path, &set->about);
	if (err == -EPROTO)
		snprintf(why, size, "another version of kwp pinned %s", path);
	else if (err)
		snprintf(why, size, "cannot read %s: %s", path, strerror(-err));
	if (err)
		return err;
	enforce_dir_path(set->number, path);
	err = sensor_open_pinned(path, &set->about.head->layout, reads, &set->sensor, &view);
	if (err)
		snprintf(why, size, "%s", view.reason);
	else if (sensor_switch(set->sensor)->generation != generation)
		err = -ENOENT;
	if (err)
		set_close(set);
	return err;
}

int set_open(bool reads, struct set *out, char *why, size_t size)
{
	unsigned sets[ENFORCE_SETS];
	uint32_t generations[ABOUTS];
	const size_t count = enforce_dir_sets(sets, ENFORCE_SETS);

	for (size_t i = 0; i < count; i++) {
		size_t abouts = enforce_dir_abouts(sets[i], generations, ABOUTS);

		for (size_t j = 0; j < abouts; j++) {
			struct set set = {.number = sets[i]};
			int err = open_generation(&set, generations[j], reads, why, size);

			if (!err)
				*out = set;
			if (err != -ENOENT)
				return err;
		}
	}
	snprintf(why, size,
		 count ? "a load was not finished: load again, or unload" : "no policy is loaded");
	return -ENOENT;
}

int set_read_about(unsigned number, uint32_t generation, struct about *out)
{
	char path[ENFORCE_PATH];

	about_path(number, generation, path);
	return about_read(path, out);
}

void set_close(struct set *set)
{
	sensor_close(set->sensor);
	about_free(&set->about);
	*set = (struct set){.number = set->number};
}

size_t set_programs(const struct set *set, uint32_t *ids, size_t most)
{
	const struct about *about = &set->about;
	char path[ENFORCE_PATH];
	size_t count = 0, root;

	enforce_dir_path(set->number, path);
	root = strlen(path);
	for (uint32_t i = 0; i < about->head->links_count && count < most; i++) {
		_cleanup_close_ int fd = -1;
		struct bpf_link_info info = {};
		uint32_t size = sizeof(info);

		snprintf(path + root, sizeof(path) - root, "/links/%.15s", about->links[i].name);
		fd = bpf_obj_get(path);
		if (fd >= 0)
			bpf_obj_get_info_by_fd(fd, &info, &size);
		ids[count++] = info.prog_id;
	}
	return count;
}

/* ---- pinning ---- */

int set_pin(const struct sensor *sensor, unsigned number, char *why, size_t size)
{
	static const char *const names[] = {"maps", "programs", "links"};
	char path[ENFORCE_PATH];
	size_t count, root;
	const struct sensor_part *part = sensor_parts(sensor, &count);
	int err = enforce_dir_add(number);

	_Static_assert(ARRAY_SIZE(names) == SENSOR_KIND_COUNT, "a kind without a directory");
	enforce_dir_path(number, path);
	root = strlen(path);
	for (const struct sensor_part *end = part + count; !err && part < end; part++) {
		snprintf(path + root, sizeof(path) - root, "/%s/%s", names[part->kind], part->name);
		err = bpf_obj_pin(part->fd, path) ? -errno : 0;
	}
	if (err)
		snprintf(why, size, "cannot pin %s: %s", path, strerror(-err));
	return err;
}

int set_pin_about(unsigned number, struct about_head *head, const struct about_link *links,
		  const struct policy *policy, char *why, size_t size)
{
	char path[ENFORCE_PATH];
	int err;

	about_path(number, head->generation, path);
	err = about_pin(path, head, links, policy);
	if (err)
		snprintf(why, size, "cannot pin %s: %s", path, strerror(-err));
	return err;
}

int set_settle_about(unsigned number, const struct about_head *head, char *why, size_t size)
{
	char path[ENFORCE_PATH];
	int err;

	about_path(number, head->generation, path);
	err = about_settle(path, head->proven, head->unproven);
	if (err)
		snprintf(why, size, "cannot write %s: %s", path, strerror(-err));
	return err;
}

void set_drop_about(unsigned number, uint32_t generation)
{
	char path[ENFORCE_PATH];

	about_path(number, generation, path);
	unlink(path);
}

int set_sweep(unsigned keep, uint32_t generation)
{
	unsigned sets[ENFORCE_SETS];
	uint32_t generations[ABOUTS];
	size_t count = enforce_dir_sets(sets, ENFORCE_SETS);
	int err = 0;

	for (size_t i = 0; i < count && !err; i++)
		if (sets[i] != keep)
			err = enforce_dir_remove(sets[i]);
	/* The one before explains records that are still in the rings. */
	count = enforce_dir_abouts(keep, generations, ABOUTS);
	for (size_t i = 0; i < count; i++)
		if (generations[i] != generation && generations[i] != generation - 1)
			set_drop_about(keep, generations[i]);
	return err;
}
