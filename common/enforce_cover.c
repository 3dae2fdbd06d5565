/* SPDX-License-Identifier: GPL-2.0-only */
#include "enforce_cover.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <bpf/bpf.h>

#include "enforce_fill.h"
#include "guest.h"

#define AGENT "kata-agent"

/* ---- processes ---- */

/* String 0 of a record: the executable; "" when it has none. */
static const char *record_executable(const struct kwp_record *record)
{
	const char *text = (const char *)(record + 1) + record->facts_size;

	return record->strings && record->length[0] ? text : "";
}

/* The agent of Kata: by its executable, not by a name that any process can take, and in the
 * guest's own root, where no workload is. */
static bool is_agent(const struct cover *cover, const struct kwp_record *record)
{
	const char *slash = strrchr(record_executable(record), '/');

	return cover->guest_mnt_ns && record->mnt_ns == cover->guest_mnt_ns && slash &&
	       !strcmp(slash + 1, AGENT);
}

static void take_process(void *data, const void *bytes, size_t size)
{
	const struct kwp_record *record = bytes;
	struct cover *cover = data;
	const bool self = record->view_pid == (uint32_t)getpid();
	const bool helper = cover->helper && record->view_pid == (uint32_t)cover->helper;

	if (self || helper)
		cover->own[helper] = record->pid;
	if ((!self && !helper && !is_agent(cover, record)) ||
	    cover->pids_count == ARRAY_SIZE(cover->pids))
		return;
	cover->pids[cover->pids_count] = record->pid;
	cover->starts[cover->pids_count++] = record->start;
}

/* The same where no program can list tasks; those that are loaded there then ask for no
 * start of a process. */
static int learn_from_proc(struct cover *cover)
{
	const struct dirent *entry;
	DIR *dir = opendir("/proc");
	char path[64], file[64];

	cover->own[0] = cover->pids[cover->pids_count++] = getpid();
	if (cover->helper)
		cover->own[1] = cover->pids[cover->pids_count++] = cover->helper;
	while (dir && (entry = readdir(dir)) && cover->pids_count < ARRAY_SIZE(cover->pids)) {
		ssize_t size;

		snprintf(path, sizeof(path), "/proc/%.20s/exe", entry->d_name);
		size = readlink(path, file, sizeof(file) - 1);
		file[MAX(size, 0)] = 0;
		if (!strcmp(file, "/usr/bin/" AGENT))
			cover->pids[cover->pids_count++] = atoi(entry->d_name);
	}
	if (dir)
		closedir(dir);
	return 0;
}

/* kwp is in the guest's root if it is in the initial pid namespace, whose pid 1 /proc/1 is. */
static uint32_t guest_mnt_ns(struct sensor *sensor)
{
	struct stat st;

	return sensor_self(sensor)->level || stat("/proc/1/ns/mnt", &st) ? 0 : st.st_ino;
}

/* The network namespace whose resolvers the policy knows: kwp's own; 0: nobody tells. */
static uint64_t own_netns(void)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint64_t cookie = 0;
	socklen_t size = sizeof(cookie);

	if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size))
		return 0;
	return cookie;
}

/* ---- control groups ---- */

static int find_cgroups(struct cover *cover, const struct policy *policy, const char **missing)
{
	uint64_t id;
	uint32_t level;

	*missing = NULL;
	for (size_t i = 0; i < policy->containers_count; i++) {
		int err = guest_find_container(policy->containers[i], &id, &level);

		if (err && !*missing)
			*missing = policy->containers[i];
		if (err || cover->cgroups_count == ARRAY_SIZE(cover->cgroups) - 1)
			continue;
		cover->cgroups[cover->cgroups_count] = id;
		cover->levels[cover->cgroups_count++] = level;
	}
	return 0;
}

int cover_learn(struct cover *cover, struct sensor *sensor, const struct policy *policy,
		pid_t helper, const char **missing)
{
	int err;

	memset(cover, 0, sizeof(*cover));
	*missing = NULL;
	cover->sensor = sensor;
	cover->helper = helper;
	cover->guest_mnt_ns = guest_mnt_ns(sensor);
	err = sensor_part(sensor, SENSOR_PROGRAM, "kwp_tasks") < 0
		      ? learn_from_proc(cover)
		      : sensor_iterate(sensor, SENSOR_TASKS, take_process, cover);
	if (!err && policy->fixed.cover == KWP_COVER_CGROUPS)
		err = find_cgroups(cover, policy, missing);
	if (err)
		return err;
	sensor_switch(sensor)->guest_mnt_ns = cover->guest_mnt_ns;
	sensor_switch(sensor)->netns = own_netns();
	cover->netns = sensor_switch(sensor)->netns;
	return fill_add(sensor_part(sensor, SENSOR_MAP, "kwp_exempt"), cover->pids, cover->starts,
			cover->pids_count, sizeof(*cover->pids), sizeof(*cover->starts))
		       ?: fill_add(sensor_part(sensor, SENSOR_MAP, "kwp_covered"), cover->cgroups,
				   cover->levels, cover->cgroups_count, sizeof(*cover->cgroups),
				   sizeof(*cover->levels));
}

int cover_trim(const struct cover *cover)
{
	return fill_exactly(sensor_part(cover->sensor, SENSOR_MAP, "kwp_exempt"), cover->pids,
			    cover->starts, cover->pids_count, sizeof(*cover->pids),
			    sizeof(*cover->starts))
		       ?: fill_exactly(sensor_part(cover->sensor, SENSOR_MAP, "kwp_covered"),
				       cover->cgroups, cover->levels, cover->cgroups_count,
				       sizeof(*cover->cgroups), sizeof(*cover->levels));
}

int cover_add(const struct cover *cover, uint64_t cgroup)
{
	uint32_t level = 0;

	return fill_add(sensor_part(cover->sensor, SENSOR_MAP, "kwp_covered"), &cgroup, &level, 1,
			sizeof(cgroup), sizeof(level));
}

void cover_forget_self(const struct cover *cover)
{
	for (size_t i = 0; i < ARRAY_SIZE(cover->own); i++)
		bpf_map_delete_elem(sensor_part(cover->sensor, SENSOR_MAP, "kwp_exempt"),
				    &cover->own[i]);
}
