/* SPDX-License-Identifier: GPL-2.0-only */
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>

#include "enforce_dir.h"
#include "enforce_set.h"
#include "log.h"
#include "profile_detect.h"

#define LINKS 256

/* ---- programs ---- */

static void add_program(struct enforce_status *out, int fd, const char *hook, enum kwp_backend by)
{
	struct bpf_prog_info info = {};
	uint32_t size = sizeof(info);
	struct enforce_program *more;

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size))
		return;
	more = reallocarray(out->programs, out->programs_count + 1, sizeof(*more));
	if (!more)
		return;
	out->programs = more;
	more += out->programs_count++;
	*more = (struct enforce_program){.backend = by,
					 .runs = info.run_cnt,
					 .run_ns = info.run_time_ns,
					 .bytes = info.xlated_prog_len + info.jited_prog_len};
	snprintf(more->name, sizeof(more->name), "%s", info.name);
	snprintf(more->hook, sizeof(more->hook), "%s", hook);
	out->program_bytes += more->bytes;
}

static int program_of_id(uint32_t id)
{
	return id ? bpf_prog_get_fd_by_id(id) : -1;
}

/* Those that are attached. */
static void add_links(struct enforce_status *out, const struct set *set)
{
	uint32_t ids[LINKS];
	const size_t count = set_programs(set, ids, LINKS);

	for (size_t i = 0; i < count; i++) {
		_cleanup_close_ int program = program_of_id(ids[i]);

		add_program(out, program, set->about.links[i].hook, set->about.links[i].by);
	}
}

/* The bodies that kwp_sys_exit jumps to. */
static void add_exits(struct enforce_status *out, const struct sensor *sensor)
{
	const int map = sensor_part(sensor, SENSOR_MAP, "kwp_exits");

	for (uint32_t key = 0; key < KWP_TYPE_COUNT; key++) {
		_cleanup_close_ int program = -1;
		uint32_t id;

		if (bpf_map_lookup_elem(map, &key, &id))
			continue;
		program = program_of_id(id);
		add_program(out, program, "tp_btf/sys_exit", KWP_BY_TRACEPOINT);
	}
}

/* ---- maps ---- */

/* What the kernel says that a map costs. */
static uint64_t map_bytes(int fd)
{
	_cleanup_fclose_ FILE *file = NULL;
	unsigned long long bytes = 0;
	char text[128];

	snprintf(text, sizeof(text), "/proc/self/fdinfo/%d", fd);
	file = fopen(text, "re");
	while (file && fgets(text, sizeof(text), file))
		if (sscanf(text, "memlock: %llu", &bytes) == 1)
			break;
	return bytes;
}

static void add_maps(struct enforce_status *out, const struct sensor *sensor)
{
	size_t count;
	const struct sensor_part *part = sensor_parts(sensor, &count);

	for (size_t i = 0; i < count; i++)
		if (part[i].kind == SENSOR_MAP)
			out->map_bytes += map_bytes(part[i].fd);
}

/* ---- names ---- */

/* The kernel does not say what it takes out of a full map: what is missing there. */
static void add_names(struct enforce_status *out, const struct sensor *sensor)
{
	const int map = sensor_part(sensor, SENSOR_MAP, "kwp_named");
	const uint64_t ever = sensor_counters(sensor)->named;
	uint8_t key[16];

	out->names = sensor_part(sensor, SENSOR_MAP, "kwp_names") >= 0;
	for (void *last = NULL; out->names && out->named < KWP_NAMED_MAX &&
				!bpf_map_get_next_key(map, last, key); last = key)
		out->named++;
	out->named_evicted = ever > out->named ? ever - out->named : 0;
}

/* ---- what was counted ---- */

static void add_counters(struct enforce_status *out, const struct sensor *sensor)
{
	const struct kwp_counters *counters = sensor_counters(sensor);

	sensor_lost(sensor, out->lost);
	for (int i = 0; i < KWP_TYPE_COUNT; i++)
		out->unmade += counters->shed[i];
	out->unwalked = counters->unwalked;
	out->unread = counters->unread;
}

/* ---- rules ---- */

static int add_rules(struct enforce_status *out, const struct set *set)
{
	const struct about *about = &set->about;
	const int hits = sensor_part(set->sensor, SENSOR_MAP, "kwp_hits");

	/* kwp's own proofs are behind the profile's rules. */
	out->rules_count = MIN(about->head->canaries, about->head->rules_count);
	out->rules = calloc(out->rules_count + 1, sizeof(*out->rules));
	for (size_t i = 0; out->rules && i < out->rules_count; i++) {
		struct enforce_rule *rule = &out->rules[i];
		const uint32_t at = KWP_AT(out->generation, i);

		rule->text.name = strdup(about->texts[3 * i]);
		rule->text.reference = strdup(about->texts[3 * i + 1]);
		rule->text.words = strdup(about->texts[3 * i + 2]);
		rule->class = about->rules[i].class;
		rule->action = about->rules[i].action;
		if (!rule->text.name || !rule->text.reference || !rule->text.words)
			return -ENOMEM;
		if (bpf_map_lookup_elem(hits, &at, &rule->hits))
			rule->hits = (struct kwp_hits){};
	}
	return out->rules ? 0 : -ENOMEM;
}

/* What is to be stopped and what nothing but a hook could stop, where none can deny. */
static uint32_t unstopped(const struct enforce_status *status)
{
	uint32_t found = 0;

	for (size_t i = 1; i < status->rules_count; i++) {
		const struct enforce_rule *rule = &status->rules[i];
		const int detect = detect_find(rule->text.name);

		if (rule->class == KWP_CLASS_DETECT && rule->action >= KWP_BLOCK && detect >= 0 &&
		    detect_needs_hook(detect))
			found |= 1u << detect;
	}
	return status->view.kill_only && (status->guards & 1u << KWP_CLASS_DETECT) ? found : 0;
}

/* ---- the whole ---- */

static int fill(struct enforce_status *out, const struct set *set)
{
	const struct about_head *head = set->about.head;
	const struct kwp_switch *now = sensor_switch(set->sensor);
	int err;

	out->profile = strdup(set->about.name);
	out->digest = strdup(set->about.digest);
	snprintf(out->version, sizeof(out->version), "%.31s", head->version);
	out->generation = now->generation;
	out->mode = now->mode;
	out->shed = now->shed;
	out->guards = head->proven;
	out->unguarded = head->unproven;
	out->loaded = head->loaded;
	out->view = head->view;
	out->view.reason[sizeof(out->view.reason) - 1] = 0;
	out->reader = enforce_dir_reader();
	err = out->profile && out->digest ? add_rules(out, set) : -ENOMEM;
	if (err)
		return err;
	out->unstopped = unstopped(out);
	add_counters(out, set->sensor);
	add_names(out, set->sensor);
	add_links(out, set);
	add_exits(out, set->sensor);
	add_maps(out, set->sensor);
	return 0;
}

int enforce_status(struct enforce_status *out)
{
	struct enforce_status status = {};
	_cleanup_set_ struct set set = {};
	char why[512];
	int err = set_open(false, &set, why, sizeof(why));

	if (err) {
		log_error("%s", why);
		return err;
	}
	err = fill(&status, &set);
	if (err) {
		enforce_status_free(&status);
		return log_errno(err, "cannot read what is loaded");
	}
	*out = status;
	return 0;
}

void enforce_status_free(struct enforce_status *status)
{
	for (size_t i = 0; i < status->rules_count && status->rules; i++) {
		free(status->rules[i].text.name);
		free(status->rules[i].text.reference);
		free(status->rules[i].text.words);
	}
	free(status->rules);
	free(status->programs);
	free(status->profile);
	free(status->digest);
	*status = (struct enforce_status){};
}
