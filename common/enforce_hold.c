/* SPDX-License-Identifier: GPL-2.0-only */
#include "enforce_hold.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "enforce_proof.h"
#include "enforce_stage.h"
#include "enforce_turn.h"
#include "log.h"
#include "rule_record.h"

struct hold {
	struct canary canary;
	struct turn turn;
	bool told; /* the rules, in words */
	uint32_t stage;	 /* parent of the processes that proved */
	uint64_t proven; /* when they had: ns of CLOCK_BOOTTIME */
};

static uint64_t now_boot(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* In force, and seen to be. After an error nothing is. */
static int switch_on(struct hold *hold, struct sensor *sensor, const struct sensor_view *view,
		     struct enforce_report *report)
{
	const struct policy *policy = &hold->canary.policy;
	struct stage stage;
	int err = stage_start(&stage, &hold->canary,
			      sensor_part(sensor, SENSOR_PROGRAM, "kwp_enroll"))
		  ?: turn_begin(&hold->turn, sensor, policy, stage.pid);

	if (err) {
		snprintf(report->reason, sizeof(report->reason), "cannot write the policy: %s",
			 strerror(-err));
		stage_end(&stage);
		return err;
	}
	hold->stage = stage.pid;
	turn_switch(&hold->turn, policy->mode);
	proof_try(&stage, &hold->turn, view, report);
	stage_end(&stage);
	hold->proven = now_boot();
	if (!(report->proven & ~(1u << KWP_CLASS_PROTECT)) && report->unproven) {
		turn_back(&hold->turn);
		return -ENOTSUP;
	}
	if (report->unproven == 1u << KWP_CLASS_PROTECT) {
		/* Nobody asked for it; where it can be had it is there. */
		log_info("kwp itself is not protected here");
		report->unproven = 0;
	}
	report->generation = hold->turn.new;
	turn_report(&hold->turn, view, report);
	return 0;
}

int hold_begin(struct sensor *sensor, const struct sensor_view *view, const struct policy *policy,
	       struct hold **out, struct enforce_report *report)
{
	struct hold *hold = calloc(1, sizeof(*hold));
	int err = hold ? canary_make(policy, &hold->canary) : -ENOMEM;

	*report = (struct enforce_report){};
	if (!err)
		err = switch_on(hold, sensor, view, report);
	else
		snprintf(report->reason, sizeof(report->reason), "%s", strerror(-err));
	if (err) {
		hold_end(hold);
		return err;
	}
	*out = hold;
	return 0;
}

void hold_end(struct hold *hold)
{
	if (!hold)
		return;
	canary_free(&hold->canary);
	free(hold);
}

/* The RULE records of all rules, for what comes behind them. */
static void tell(const struct hold *hold,
		 void (*take)(void *data, const void *record, size_t size), void *data)
{
	const struct policy *policy = &hold->canary.policy;
	_cleanup_buffer_ struct buffer record = {};

	for (uint32_t i = 1; i < hold->canary.first && !record.failed; i++) {
		const struct policy_text *text = &policy->texts[i];
		const struct kwp_rule_text facts = {.generation = hold->turn.new,
						    .rule = i,
						    .class = policy->rules[i].class};
		const struct rule_words words = {text->name, policy->name, text->reference,
						 text->words};

		rule_record(&record, &facts, &words);
		if (!record.failed)
			take(data, record.bytes, record.size);
	}
}

bool hold_skips(struct hold *hold, const struct kwp_record *record,
		void (*take)(void *data, const void *record, size_t size), void *data)
{
	if (!(record->flags & KWP_F_VERDICT))
		return false;
	if (!hold->told)
		tell(hold, take, data);
	hold->told = true;
	if (record->time <= hold->proven && record->view_parent_pid == hold->stage)
		return true;
	return record->rule >= hold->canary.first;
}
