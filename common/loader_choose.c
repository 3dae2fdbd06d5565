/* SPDX-License-Identifier: GPL-2.0-only */
#include "loader_choose.h"

#include <string.h>

#include <bpf/libbpf.h>

#include "act.h"
#include "guest.h"
#include "need.h"
#include "policy.h"

#define ROOM_STEP 256
#define PROVERS 64 /* more than there are processes that prove a policy */

/* Its section says: "lsm/HOOK", "fmod_ret/FUNCTION", "fentry/FUNCTION", "tp_btf/TRACEPOINT". */
bool choose_has_target(const struct loader *loader, const struct bpf_program *program)
{
	const char *section = bpf_program__section_name(program);
	const char *target = strchr(section, '/');
	char symbol[128];

	if (!target)
		return true;
	target++;
	if (!strncmp(section, "lsm", 3)) {
		snprintf(symbol, sizeof(symbol), "bpf_lsm_%s", target);
		return guest_has_function(symbol);
	}
	if (!strncmp(section, "fmod_ret", 8))
		return guest_has_function(target);
	/* Where hooks fire, functions can be entered too. */
	if (!strncmp(section, "fentry", 6) || !strncmp(section, "fexit", 5))
		return (loader->backends & LOADER_HOOKS) && guest_has_function(target);
	if (!strncmp(section, "tp_btf", 6))
		return guest_has_tracepoint(target);
	return true;
}

/* No hook can deny here, so that verdicts are given when the act is over. */
bool choose_kills_only(const struct loader *loader)
{
	return loader->guards && !(loader->backends & LOADER_HOOKS);
}

/* Does the policy need the program of this row? */
static bool row_guards(const struct loader *loader, const struct act_program *row)
{
	return (row->guards & loader->guards) &&
	       (row->how == ACT_ATTACH || choose_kills_only(loader));
}

/* Types that were asked for, as far as the ends of system calls have to show them: hooks see
 * each drift. */
static uint64_t types_of_ends(const struct loader *loader)
{
	return loader->options->types & ~(loader->backends & LOADER_HOOKS ? TYPE(DRIFT) : 0);
}

/* Who tells of drift. */
enum kwp_backend choose_drift(const struct loader *loader)
{
	if (!(loader->options->types & TYPE(DRIFT)))
		return KWP_BY_NONE;
	if (!(loader->backends & LOADER_HOOKS))
		return KWP_BY_TRACEPOINT;
	return loader->backends & 1u << KWP_BY_LSM ? KWP_BY_LSM : KWP_BY_FMOD_RET;
}

/* Types whose acts are looked at: those that were asked for, and those that verdicts at the
 * ends of system calls are about. */
uint64_t choose_looked(const struct loader *loader)
{
	uint64_t types = types_of_ends(loader);

	for (size_t i = 0; i < act_programs_count; i++)
		if (act_programs[i].how == ACT_EXIT && row_guards(loader, &act_programs[i]))
			types |= act_programs[i].types;
	return types;
}

/* Types whose system calls' ends are looked at. */
uint64_t choose_ends(const struct loader *loader)
{
	const uint64_t looked = choose_looked(loader);
	uint64_t types = 0;

	if (!(loader->backends & 1u << KWP_BY_TRACEPOINT))
		return 0;
	for (size_t i = 0; i < act_calls_count; i++)
		types |= act_calls[i].types & looked;
	return types;
}

/* Fork, exec and exit always are: they are every other event's context. */
bool choose_wants(const struct loader *loader, const struct act_program *row)
{
	const uint64_t types =
		row->how == ACT_EXIT ? types_of_ends(loader) : loader->options->types;

	if (row_guards(loader, row) && (loader->backends & 1u << row->by))
		return true;
	if (row->how == ACT_CALL)
		return loader->one_call && (row->types & types);
	if (row->how == ACT_EXIT && loader->one_call)
		return false;
	if (row->how == ACT_ATTACH && row->types == ~0ull)
		return true;
	return (row->types & types) && (loader->backends & 1u << row->by);
}

struct bpf_program *choose_row(const struct loader *loader, const struct act_program *row)
{
	return bpf_object__find_program_by_name(loader->object, row->name);
}

/* What looks at what is there. */
static bool is_now(const char *name)
{
	return !strncmp(name, "kwp_now_", 8) || !strcmp(name, "kwp_whoami") ||
	       !strcmp(name, "kwp_tasks");
}

/* Is this a program that no row has, and that is needed? */
static bool is_fixed(const struct loader *loader, const struct bpf_program *program)
{
	const char *name = bpf_program__name(program);

	if (!strcmp(name, "kwp_holds"))
		return loader->options->types & TYPE(HELD);
	if (loader->options->now)
		return is_now(name);
	if (!strcmp(name, "kwp_sys_exit"))
		return choose_ends(loader) && !loader->one_call;
	if (!strcmp(name, "kwp_learn"))
		return loader->guards & (1u << KWP_CLASS_FILE | 1u << KWP_CLASS_PROCESS);
	if (!strcmp(name, "kwp_socks"))
		return loader->guards & 1u << KWP_CLASS_NETWORK;
	return !strcmp(name, "kwp_whoami") || !strcmp(name, "kwp_enroll") ||
	       !strcmp(name, "kwp_tasks");
}

void choose_programs(struct loader *loader)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, loader->object)
		bpf_program__set_autoload(program, is_fixed(loader, program));
	for (size_t i = 0; i < act_programs_count && !loader->options->now; i++) {
		program = choose_row(loader, &act_programs[i]);
		if (program && !loader->refused[i] && choose_wants(loader, &act_programs[i]))
			bpf_program__set_autoload(program, choose_has_target(loader, program));
	}
}

/* Maps that only a policy needs. Programs name them all the same, so without one they are as
 * small as they can be. */
static const char *const policy_maps[] = {
	"kwp_policies", "kwp_rules",   "kwp_hits",  "kwp_nodes", "kwp_exempt",
	"kwp_covered",	"kwp_cidrs",   "kwp_ports", "kwp_flows", "kwp_told",
	"kwp_homes",	"kwp_domains", "kwp_known", "kwp_own",
	"kwp_aliased",	"kwp_spared",
};

/* And those that only rules by name need. */
static const char *const name_maps[] = {"kwp_name_rules", "kwp_named", "kwp_called"};

static struct bpf_map *find_map(const struct loader *loader, const char *name)
{
	return bpf_object__find_map_by_name(loader->object, name);
}

static void map_needed(const struct loader *loader, const char *name, bool needed)
{
	struct bpf_map *map = find_map(loader, name);

	if (map)
		bpf_map__set_autocreate(map, needed);
}

static void map_size(const struct loader *loader, const char *name, uint32_t entries)
{
	struct bpf_map *map = find_map(loader, name);

	if (map)
		bpf_map__set_max_entries(map, entries);
}

/* Entries for count of a thing and a few that come with a next policy, most at most. */
static uint32_t some_more(size_t count, uint32_t most)
{
	return MIN(most, (count + count / 8 + ROOM_STEP) / ROOM_STEP * ROOM_STEP);
}

/* What a policy fills. Of nodes two generations have to fit, and the files that have several names,
 * of which nobody knows yet how many there are. */
static void choose_room(const struct loader *loader)
{
	const struct policy *policy = loader->options->policy;

	if (!policy || !loader->options->fitted)
		return;
	map_size(loader, "kwp_rules",
		 KWP_GENERATIONS * some_more(policy->rules_count, KWP_RULES_MAX));
	map_size(loader, "kwp_hits",
		 KWP_GENERATIONS * some_more(policy->rules_count, KWP_RULES_MAX));
	map_size(loader, "kwp_ports",
		 KWP_GENERATIONS * some_more(policy->ports_count, KWP_PORTS_TOTAL));
	map_size(loader, "kwp_nodes", some_more(3 * policy->nodes_count, KWP_NODES_MAX));
}

void choose_maps(struct loader *loader)
{
	const uint64_t uring = act_uring_types | TYPE(URING);
	const uint64_t types = loader->options->types;

	for (size_t i = 0; i < ARRAY_SIZE(name_maps) && !(loader->guards & KWP_GUARD_NAMES); i++)
		map_size(loader, name_maps[i], 1);
	if (!(types & TYPE(CLOSE)))
		map_size(loader, "kwp_connections", 1);
	map_needed(loader, "kwp_dns_owners", types & TYPE(DNS));
	map_needed(loader, "kwp_dns_streams", types & TYPE(DNS));
	map_needed(loader, "kwp_asked", loader->guards & KWP_GUARD_NAMES);
	map_needed(loader, "kwp_answers", loader->guards & KWP_GUARD_NAMES);
	map_needed(loader, "kwp_scratches", loader->guards & KWP_GUARD_NAMES);
	map_needed(loader, "kwp_names", loader->guards & KWP_GUARD_NAMES);
	map_needed(loader, "kwp_uring_words", types & uring);
	map_needed(loader, "kwp_uring_multi", types & uring);
	map_needed(loader, "kwp_begun", types & TYPE(SYSCALL));
	map_needed(loader, "kwp_calls_told", loader->guards & KWP_GUARD_WAYS);
	if (!loader->options->need || loader->options->need->reads)
		map_size(loader, "kwp_basenames", 1);
	map_needed(loader, "kwp_shells", loader->guards & 1u << KWP_CLASS_DETECT);
	map_needed(loader, "kwp_led", loader->guards & 1u << KWP_CLASS_DETECT);
	map_needed(loader, "kwp_led_pids", loader->guards & 1u << KWP_CLASS_DETECT);
	map_needed(loader, "kwp_filters", loader->guards & 1u << KWP_CLASS_DETECT);
	map_needed(loader, "kwp_carried", loader->guards & 1u << KWP_CLASS_DETECT);
	map_needed(loader, "kwp_carriers", loader->guards & 1u << KWP_CLASS_DETECT);
	if (!(loader->options->scope & KWP_SCOPE_PID))
		map_size(loader, "kwp_pids", PROVERS);
	choose_room(loader);
	for (size_t i = 0; i < ARRAY_SIZE(policy_maps) && !loader->guards; i++)
		map_size(loader, policy_maps[i], 1);
	if (!loader->guards)
		map_size(loader, "kwp_verdicts", sysconf(_SC_PAGESIZE));
	map_size(loader, "kwp_walks",
		 loader->guards ? KWP_WALKS * libbpf_num_possible_cpus() + KWP_WALK_TRIES : 1);
	map_size(loader, "kwp_slots", KWP_SLOTS * libbpf_num_possible_cpus());
	map_size(loader, "kwp_ring", loader->options->ring);
}
