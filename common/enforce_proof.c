/* SPDX-License-Identifier: GPL-2.0-only */
#include "enforce_proof.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>

#include <bpf/bpf.h>

#include "act.h"
#include "class.h"
#include "enforce_calls.h"
#include "guest.h"
#include "log.h"
#include "profile_detect.h"

/* An act that a rule of the policy forbids. rule 0: there is none. */
struct trial {
	enum stage_act act;
	int word;
	uint16_t rule;
};

/* ---- what to try ---- */

static struct trial trial_call(const struct canary *canary)
{
	const uint16_t own = canary->rule[KWP_CLASS_SYSCALL];
	const struct kwp_policy *fixed = &canary->policy.fixed;

	if (own)
		return (struct trial){STAGE_CALL, CANARY_CALL, own};
	for (int nr = 0; nr < KWP_SYSCALLS; nr++)
		if (fixed->call[nr] && calls_have(nr) &&
		    canary->policy.rules[fixed->call[nr]].action[0] >= KWP_MONITOR)
			return (struct trial){STAGE_CALL, nr, fixed->call[nr]};
	return (struct trial){};
}

static struct trial trial_sysctl(const struct canary *canary)
{
	for (size_t i = 0; i < canary->policy.sysctls_count; i++) {
		uint16_t rule = canary->policy.sysctls[i].rule;

		if (canary->policy.rules[rule].action[0] >= KWP_MONITOR)
			return (struct trial){STAGE_SYSCTL, i, rule};
	}
	return (struct trial){};
}

static struct trial trial_protect(const struct canary *canary, const struct sensor *sensor)
{
	struct bpf_map_info info = {};
	uint32_t size = sizeof(info);

	/* A rule on the system call comes first. */
	if (canary->policy.fixed.call[SYS_bpf] ||
	    bpf_obj_get_info_by_fd(sensor_part(sensor, SENSOR_MAP, "kwp_rules"), &info, &size))
		return (struct trial){};
	return (struct trial){STAGE_MAP, info.id, canary->policy.fixed.protect};
}

static struct trial trial_detect(const struct kwp_policy *fixed)
{
	const uint16_t memory = fixed->detect[KWP_DETECT_FILELESS_EXEC];
	const uint16_t device = fixed->detect[KWP_DETECT_BLOCK_DEVICE];

	if (memory)
		return (struct trial){STAGE_MEMORY, 0, memory};
	return (struct trial){STAGE_DEVICE, 0, device};
}

static struct trial trial_of(const struct canary *canary, const struct sensor *sensor,
			     enum kwp_class class)
{
	const struct kwp_policy *fixed = &canary->policy.fixed;

	switch (class) {
	case KWP_CLASS_PROCESS:
		return (struct trial){STAGE_EXEC, 0, canary->rule[class]};
	case KWP_CLASS_FILE:
		return (struct trial){STAGE_WRITE, 0, canary->rule[class]};
	case KWP_CLASS_NETWORK:
		return (struct trial){STAGE_CONNECT, 0, canary->rule[class]};
	case KWP_CLASS_SYSCALL:
		return trial_call(canary);
	case KWP_CLASS_SYSCTL:
		return trial_sysctl(canary);
	case KWP_CLASS_DETECT:
		return trial_detect(fixed);
	case KWP_CLASS_DRIFT:
		return (struct trial){STAGE_DRIFT, 0, fixed->drift};
	case KWP_CLASS_PROTECT:
		return trial_protect(canary, sensor);
	default:
		return (struct trial){};
	}
}

/* ---- trying it ---- */

static uint64_t hits_of(const struct sensor *sensor, uint32_t generation, uint16_t rule)
{
	const uint32_t at = KWP_AT(generation, rule);
	struct kwp_hits hits = {};

	if (bpf_map_lookup_elem(sensor_part(sensor, SENSOR_MAP, "kwp_hits"), &at, &hits))
		return 0;
	return hits.count;
}

/* Does this rule refuse, or only report? */
static bool refuses(const struct policy *policy, uint16_t rule)
{
	enum kwp_action strictest = KWP_NO_OPINION;

	for (int i = 0; i < KWP_ACCESS_COUNT; i++)
		strictest = MAX(strictest, policy->rules[rule].action[i]);
	return strictest >= KWP_BLOCK;
}

/* NULL: it is enforced, else why not. */
static const char *try(struct stage *stage, const struct turn *turn, const struct trial *trial)
{
	const struct policy *policy = &stage->canary->policy;
	const uint64_t before = hits_of(turn->sensor, turn->new, trial->rule);
	const struct stage_outcome outcome = stage_do(stage, trial->act, trial->word);
	const bool counted = hits_of(turn->sensor, turn->new, trial->rule) > before;

	log_debug("proof %d: rule %u, %s, %s", trial->act, trial->rule,
		  outcome.failed   ? "could not be tried"
		  : outcome.killed ? "killed"
				   : strerror(-outcome.err),
		  counted ? "counted" : "not counted");
	if (outcome.failed)
		return "its proof could not be tried";
	if (!counted)
		return "its programs do not fire";
	if (policy->mode == KWP_MODE_ENFORCE && refuses(policy, trial->rule) && !outcome.killed &&
	    outcome.err != -EPERM)
		return "its programs fire and what they refuse is done all the same";
	return NULL;
}

/* Could nobody whom the policy is about start kwp any more? */
static bool is_locked_out(struct stage *stage)
{
	const struct stage_outcome outcome = stage_do(stage, STAGE_SELF, 0);

	return outcome.killed || outcome.err == -EPERM;
}

static void not_proven(struct enforce_report *report, enum kwp_class class, const char *why)
{
	const size_t used = strlen(report->reason);

	report->unproven |= 1u << class;
	snprintf(report->reason + used, sizeof(report->reason) - used, "%s%s: %s", used ? "; " : "",
		 class_name(class), why);
}

/* Classes that this kwp has programs for, in whatever kernel. */
static uint32_t known_classes(void)
{
	uint32_t guards = 1u << KWP_CLASS_SYSCALL;

	for (size_t i = 0; i < act_programs_count; i++)
		guards |= act_programs[i].guards;
	return guards;
}

/* Detections that the policy stops, 1 << enum kwp_detect: those that need a hook, or the others. */
static uint32_t stopped(const struct policy *policy, bool hooked)
{
	uint32_t found = 0;

	for (int i = 0; i < KWP_DETECT_COUNT; i++)
		if (detect_needs_hook(i) == hooked && refuses(policy, policy->fixed.detect[i]))
			found |= 1u << i;
	return found;
}

static const char *why_not(const struct policy *policy, const struct sensor_view *view,
			   enum kwp_class class)
{
	const uint32_t bit = 1u << class;

	if (class == KWP_CLASS_DETECT && view->kill_only && !stopped(policy, false) &&
	    stopped(policy, true))
		return "what it is to stop only a hook could, and none can deny here";
	if ((view->guards & bit) && !(view->partial & bit))
		return NULL;
	if ((class == KWP_CLASS_NETWORK || class == KWP_CLASS_SYSCTL) && !guest_cgroup_root())
		return "no control groups of version 2 are mounted";
	if (class == KWP_CLASS_DETECT && (view->guards & bit) && !guest_has_btf())
		return "this kernel has a way for block-device alone";
	return view->guards & bit ? "this kernel refuses some of its programs"
				  : "this kernel has no way to enforce it";
}

void proof_try(struct stage *stage, const struct turn *turn, const struct sensor_view *view,
	       struct enforce_report *report)
{
	const struct policy *policy = &stage->canary->policy;
	const uint32_t wanted = policy->guards & known_classes();
	int err = stage_prepare(stage);

	if (!err && stage->cgroup)
		err = cover_add(&turn->cover, stage->cgroup);
	report->reason[0] = 0;
	for (enum kwp_class class = KWP_CLASS_PROCESS; class < KWP_CLASS_COUNT; class++) {
		const struct trial trial = trial_of(stage->canary, turn->sensor, class);
		const char *why = why_not(policy, view, class);

		if (!(wanted & 1u << class))
			continue;
		if (!why && trial.rule) /* else no act of it is harmless */
			why = err ? strerror(-err) : try(stage, turn, &trial);
		if (why)
			not_proven(report, class, why);
		else
			report->proven |= 1u << class;
	}
	if (view->kill_only && (report->proven & 1u << KWP_CLASS_DETECT))
		report->unstopped = stopped(policy, true);
	report->locked = !err && is_locked_out(stage);
}
