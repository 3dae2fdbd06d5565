/* SPDX-License-Identifier: GPL-2.0-only */
/* A policy, made of a profile step by step. */
#include "deny.h"
#include "policy_maker.h"
#include "policy_text.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

void maker_fail(struct policy_maker *maker, int err, const char *format, ...)
{
	_cleanup_buffer_ struct buffer reference = {0};
	char message[256];
	va_list args;

	if (maker->err)
		return;
	maker->err = err;
	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	if (maker->place && maker->place->file) {
		text_reference(&reference, maker->place);
		buffer_byte(&reference, 0);
	}
	if (reference.size && !reference.failed)
		snprintf(maker->why, maker->why_size, "%s: %s", reference.bytes, message);
	else
		snprintf(maker->why, maker->why_size, "%s", message);
}

void maker_fail_memory(struct policy_maker *maker)
{
	maker->place = NULL;
	maker_fail(maker, -ENOMEM, "there is not enough memory");
}

/* Number 0, and what is in force with any profile. */
static void make_protect(struct policy_maker *maker)
{
	buffer_string(&maker->words, "no rule");
	maker_rule(maker, "", (struct kwp_rule){0});
	buffer_string(&maker->words, "kwp's own programs, maps, files and process: block");
	maker->policy->fixed.protect = maker_rule(
		maker, "protect",
		(struct kwp_rule){.class = KWP_CLASS_PROTECT,
				  .action = {[0] = KWP_BLOCK, [KWP_WRITE] = KWP_BLOCK}});
}

static void make_process_default(struct policy_maker *maker)
{
	enum kwp_action action = maker->profile->process_default;
	struct kwp_rule rule = {.class = KWP_CLASS_PROCESS, .flags = KWP_RULE_DEFAULT,
				.action[KWP_EXECUTE] = action, .action[KWP_MAP] = action};
	uint16_t number;

	if (action <= KWP_ALLOW)
		return;
	maker->place = &maker->profile->process_default_place;
	buffer_addf(&maker->words, "process default: %s", action_name(action));
	number = maker_rule(maker, "process", rule);
	maker->policy->fixed.fallback[KWP_PATH_PROCESS] = number;
}

static void make_drift(struct policy_maker *maker)
{
	const struct profile *profile = maker->profile;
	const enum kwp_action scripts = profile_drift_scripts(profile);
	const struct kwp_rule rule = {
		.class = KWP_CLASS_DRIFT,
		.action = {[KWP_EXECUTE] = profile->drift, [KWP_MAP] = profile->drift,
			   [KWP_READ] = scripts}};

	if (!profile->drift && !scripts)
		return;
	maker->place = &profile->drift_place;
	buffer_addf(&maker->words, "what the image did not bring: %s", action_name(profile->drift));
	if (scripts != profile->drift)
		buffer_addf(&maker->words, "; scripts: %s", action_name(scripts));
	maker->policy->fixed.drift = maker_rule(maker, "drift", rule);
}

static void call_add(struct policy_maker *maker, const struct profile_call_rule *call)
{
	uint16_t *slot, number;

	maker->place = &call->place;
	if (call->number < 0 || call->number >= KWP_SYSCALLS) {
		maker_fail(maker, -EINVAL, "no system call has the number %d", call->number);
		return;
	}
	number = maker_rule_plain(maker, "syscall", KWP_CLASS_SYSCALL, call->action, call->name);
	slot = &maker->policy->fixed.call[call->number];
	if (call->action >= maker->policy->rules[*slot].action[0])
		*slot = number;
	if (call->action > KWP_ALLOW)
		maker->policy->guards |= deny_guards(call->number);
}

static void make_calls(struct policy_maker *maker)
{
	for (size_t i = 0; i < maker->profile->calls_count && !maker->err; i++)
		call_add(maker, &maker->profile->calls[i]);
}

static void make_called(struct policy_maker *maker, char **names, size_t count,
			enum kwp_node_flag flag)
{
	const struct kwp_seed *seed = &maker->policy->fixed.seed;

	for (size_t i = 0; i < count && !maker->err; i++) {
		uint64_t hash = policy_key_name(seed, names[i], strlen(names[i]));
		uint16_t node = maker_node(maker, maker_pair(maker, KWP_DOMAIN_CALLED, hash));

		maker_node_at(maker, node)->flags |= flag;
	}
}

/* Detections, and the names of programs that they tell apart. */
static void make_detects(struct policy_maker *maker)
{
	const struct profile *profile = maker->profile;
	uint16_t number = 0;

	for (size_t i = 0; i < profile->detects_count && !maker->err; i++) {
		const struct profile_detect *detect = &profile->detects[i];

		if (detect->kernel < 0 || detect->kernel >= KWP_DETECT_COUNT || !detect->action)
			continue;
		maker->place = &detect->place;
		number = maker_rule_plain(maker, detect->id, KWP_CLASS_DETECT, detect->action,
					  detect->id);
		maker->origins[number] = (struct maker_origin){
			.except = detect->except, .except_count = detect->except_count,
			.source = {number}};
		maker->policy->fixed.detect[detect->kernel] = number;
	}
	if (!number)
		return;
	make_called(maker, profile->shells, profile->shells_count, KWP_NODE_SHELL);
	make_called(maker, profile->interpreters, profile->interpreters_count,
		    KWP_NODE_INTERPRETER);
}

static void make_scope(struct policy_maker *maker)
{
	const struct profile *profile = maker->profile;
	struct policy *policy = maker->policy;

	policy->containers = calloc(profile->containers_count + 1, sizeof(*policy->containers));
	policy->fixed.cover = profile->containers_count ? KWP_COVER_CGROUPS : KWP_COVER_ALL;
	for (size_t i = 0; policy->containers && i < profile->containers_count; i++) {
		if (!strcmp(profile->containers[i], "*"))
			policy->fixed.cover = KWP_COVER_CONTAINERS;
		policy->containers[i] = strdup(profile->containers[i]);
		if (!policy->containers[i])
			break;
		policy->containers_count++;
	}
	if (policy->containers_count != profile->containers_count || !policy->containers)
		maker_fail_memory(maker);
}

static int node_compare(const void *a, const void *b)
{
	uint64_t left = ((const struct policy_node *)a)->key;
	uint64_t right = ((const struct policy_node *)b)->key;

	return left < right ? -1 : left > right;
}

/* The last step: indexes of nodes mean nothing any more. */
static void make_sorted(struct policy_maker *maker)
{
	struct policy *policy = maker->policy;

	qsort(policy->nodes, policy->nodes_count, sizeof(*policy->nodes), node_compare);
}

static void (*const steps[])(struct policy_maker *maker) = {
	make_protect,	 make_process_default,
	maker_paths,	 maker_addresses,
	maker_names,	 make_calls,
	maker_sysctls,	 make_detects,
	make_drift,
	make_scope,	 maker_exceptions, /* once all rules are there */
	maker_identities, maker_digest,
	make_sorted,
};

static struct policy *policy_new(const struct profile *profile, const struct kwp_seed *seed)
{
	_cleanup_policy_ struct policy *policy = calloc(1, sizeof(*policy));

	if (!policy)
		return NULL;
	policy->name = strdup(profile->name ? profile->name : "");
	policy->rules = calloc(KWP_RULES_MAX, sizeof(*policy->rules));
	policy->texts = calloc(KWP_RULES_MAX, sizeof(*policy->texts));
	policy->nodes = calloc(MAKER_NODES, sizeof(*policy->nodes));
	if (!policy->name || !policy->rules || !policy->texts || !policy->nodes)
		return NULL;
	policy->mode = profile->mode;
	policy->limits = profile->limits;
	policy->types = profile_types(profile);
	policy->fixed.seed = *seed;
	return take_ptr(policy);
}

static void cleanup_maker(struct policy_maker *maker)
{
	policy_free(maker->policy);
	buffer_free(&maker->words);
	free(maker->origins);
	free(maker->parents);
	free(maker->weak);
	free(maker->table);
}

int policy_compile(const struct profile *profile, const struct kwp_seed *seed,
		   struct policy **out, char *why, size_t why_size)
{
	__attribute__((cleanup(cleanup_maker))) struct policy_maker maker = {
		.profile = profile,
		.policy = policy_new(profile, seed),
		.origins = calloc(KWP_RULES_MAX, sizeof(*maker.origins)),
		.parents = calloc(MAKER_NODES, sizeof(*maker.parents)),
		.weak = calloc(MAKER_NODES, sizeof(*maker.weak)),
		.table = calloc(MAKER_TABLE, sizeof(*maker.table)),
		.why = why,
		.why_size = why_size,
	};

	if (!maker.policy || !maker.origins || !maker.parents || !maker.weak || !maker.table)
		maker_fail_memory(&maker);
	for (size_t i = 0; i < ARRAY_SIZE(steps) && !maker.err; i++) {
		maker.place = NULL;
		steps[i](&maker);
	}
	if (!maker.err)
		*out = take_ptr(maker.policy);
	return maker.err;
}

static void texts_free(struct policy *policy)
{
	for (size_t i = 0; policy->texts && i < policy->rules_count; i++) {
		free(policy->texts[i].name);
		free(policy->texts[i].reference);
		free(policy->texts[i].words);
	}
	free(policy->texts);
}

void policy_free(struct policy *policy)
{
	if (!policy)
		return;
	texts_free(policy);
	for (size_t i = 0; i < policy->identities_count; i++)
		free(policy->identities[i].path);
	for (size_t i = 0; i < policy->names_count; i++)
		free(policy->names[i].pattern);
	for (size_t i = 0; i < policy->sysctls_count; i++)
		free(policy->sysctls[i].pattern);
	for (size_t i = 0; i < policy->containers_count; i++)
		free(policy->containers[i]);
	free(policy->identities);
	free(policy->names);
	free(policy->sysctls);
	free(policy->containers);
	free(policy->nodes);
	free(policy->rules);
	free(policy->cidrs);
	free(policy->ports);
	free(policy->name);
	free(policy);
}
