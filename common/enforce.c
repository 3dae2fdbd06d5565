/* SPDX-License-Identifier: GPL-2.0-only */
#include "enforce.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include <bpf/bpf.h>

#include "enforce_dir.h"
#include "enforce_own.h"
#include "enforce_proof.h"
#include "enforce_set.h"
#include "enforce_turn.h"
#include "guest.h"
#include "log.h"
#include "object.h"

#define LOADED_MOST 256	 /* programs */
#define RING (512 << 10) /* bytes of the ring of a policy that nobody may read for long */

/* A load on its way. */
struct load {
	const struct policy *policy; /* with canaries */
	struct enforce_report *report;
	struct canary canary;
	struct stage stage;
	struct about_head head;
	struct set old;
	bool had_old;
	struct turn turn;
};

#define WHY(load) (load)->report->reason, sizeof((load)->report->reason)

static uint64_t now_real(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* ---- what is to be known of it ---- */

static void describe(struct load *load, const struct sensor *sensor, const struct sensor_view *view)
{
	const struct policy *policy = load->policy;
	struct about_head *head = &load->head;

	*head = (struct about_head){
		.generation = load->turn.new,
		.programs = object_sum(),
		.guards = policy->guards,
		.types = policy->types,
		.loaded = now_real(),
		.canaries = load->canary.first,
		.cover = policy->fixed.cover,
		.layout = sensor_layout(sensor),
		.view = *view,
	};
	snprintf(head->version, sizeof(head->version), "%s", KWP_VERSION);
}

/* ---- one generation to the next ---- */

/* Beside the one in force. After an error nothing of it is left. */
static int turn_prepare(struct load *load, struct sensor *sensor)
{
	int err = stage_start(&load->stage, &load->canary,
			      sensor_part(sensor, SENSOR_PROGRAM, "kwp_enroll"))
			  ?: turn_begin(&load->turn, sensor, load->policy, load->stage.pid);

	if (!err)
		return 0;
	snprintf(WHY(load), "cannot write the policy: %s", strerror(-err));
	stage_end(&load->stage);
	return err;
}

/* In force, and seen to be. After an error the one before is in force. */
static int turn_over(struct load *load, const struct sensor_view *view)
{
	struct enforce_report *report = load->report;

	turn_switch(&load->turn, load->policy->mode);
	proof_try(&load->stage, &load->turn, view, report);
	stage_end(&load->stage);
	load->head.proven = report->proven;
	load->head.unproven = report->unproven;
	/* Protecting itself is not what a profile is loaded for. */
	if ((report->proven & ~(1u << KWP_CLASS_PROTECT)) || !report->unproven)
		return 0;
	turn_back(&load->turn);
	return -ENOTSUP;
}

/* ---- the programs that are there take the next generation ---- */

/* Are they the ones that this policy needs? What else a profile may change is data. */
static bool programs_serve(const struct load *load)
{
	const struct about_head *head = load->old.about.head;

	return head->programs == object_sum() && head->guards == load->policy->guards &&
	       head->types == load->policy->types;
}

/* The about goes first: whenever kwp is killed, the generation in force has one. */
static int reload(struct load *load)
{
	const struct about_head *head = load->old.about.head;
	struct sensor *sensor = load->old.sensor;
	int err = turn_prepare(load, sensor);

	if (err)
		return err;
	describe(load, sensor, &head->view);
	load->head.links_count = head->links_count;
	err = set_pin_about(load->old.number, &load->head, load->old.about.links, load->policy,
			    WHY(load));
	if (err) {
		stage_end(&load->stage);
		turn_back(&load->turn);
		return err;
	}
	err = turn_over(load, &head->view)
	      ?: set_settle_about(load->old.number, &load->head, WHY(load)) ?: turn_end(&load->turn)
	      ?: set_sweep(load->old.number, load->turn.new);
	if (sensor_switch(sensor)->generation != load->turn.new)
		set_drop_about(load->old.number, load->turn.new);
	load->report->switched = !err;
	return err;
}

/* ---- other programs beside those that are there ---- */

static int load_beside(struct load *load, unsigned number, struct sensor *sensor,
		       const struct sensor_view *view)
{
	_cleanup_free_ struct about_link *links = NULL;
	int err;

	/* Generations count on, so that records of the set before can be told apart. */
	if (load->had_old)
		sensor_switch(sensor)->generation = sensor_switch(load->old.sensor)->generation;
	err = own_fill(sensor);
	if (err)
		snprintf(WHY(load), "cannot protect kwp's own programs: %s", strerror(-err));
	err = err ?: turn_prepare(load, sensor);
	if (err)
		return err;
	describe(load, sensor, view);
	err = turn_over(load, view) ?: turn_end(&load->turn);
	if (err)
		return err;
	links = about_links(sensor, &load->head.links_count);
	err = !links ? -ENOMEM : set_pin(sensor, number, WHY(load))
	      ?: set_pin_about(number, &load->head, links, load->policy, WHY(load))
	      ?: set_settle_about(number, &load->head, WHY(load));
	if (err && enforce_dir_remove(number))
		log_debug("what was pinned in vain is left in " ENFORCE_DIR);
	return err;
}

/* The kernel takes programs away some time after their last pin: until then they say nothing. */
static void switch_off(const struct set *set)
{
	__atomic_store_n(&sensor_switch(set->sensor)->mode, KWP_MODE_OFF, __ATOMIC_SEQ_CST);
}

/* fitted: see sensor_options. */
static int load_new(struct load *load, bool fitted)
{
	const struct sensor_options options = {
		.types = load->policy->types,
		.stdio = true,
		.ring = RING,
		.policy = load->policy,
		.pinned = true,
		.fitted = fitted,
	};
	unsigned sets[ENFORCE_SETS], number = 1;
	struct sensor_view view;
	struct sensor *sensor;
	int err = sensor_open(&options, &sensor, &view);

	if (err) {
		snprintf(WHY(load), "%s", view.reason);
		return err;
	}
	sensor_switch(sensor)->unread = 1; /* until a reader takes it back */
	if (enforce_dir_sets(sets, ENFORCE_SETS))
		number = sets[0] + 1;
	err = load_beside(load, number, sensor, &view);
	if (!err && load->had_old)
		switch_off(&load->old);
	err = err ?: set_sweep(number, load->turn.new);
	sensor_close(sensor);
	return err;
}

/* ---- from outside ---- */

/* What a kwp that was killed left behind goes first. */
static int begin(struct load *load)
{
	int err = set_open(false, &load->old, WHY(load));

	load->had_old = !err;
	if (err && err != -ENOENT && err != -EPROTO)
		return err;
	/* Where no set is whole, what is there stays until the new one is in force. */
	return load->had_old
		       ? set_sweep(load->old.number, sensor_switch(load->old.sensor)->generation)
		       : 0;
}

/* What is there has room for policies like the one that it was made for: another brings its own
 * maps, and if the files that it names have very many names, maps for the largest. */
static int load_somewhere(struct load *load)
{
	int err = load->had_old && programs_serve(load) ? reload(load) : -E2BIG;

	for (int tries = 0; err == -E2BIG && tries < 2; tries++) {
		load->report->reason[0] = '\0';
		err = load_new(load, !tries);
	}
	return err;
}

/* With the lock, and the canaries. */
static int load_locked(struct load *load)
{
	int err = begin(load);

	if (!err)
		err = load_somewhere(load);
	if (err && !load->report->reason[0])
		snprintf(WHY(load), "cannot load the policy: %s", strerror(-err));
	load->report->generation = err ? 0 : load->turn.new;
	load->report->unwatched = load->head.view.unwatched;
	turn_report(&load->turn, &load->head.view, load->report);
	if (load->turn.missing)
		snprintf(load->report->missing, sizeof(load->report->missing), "%s",
			 load->turn.missing);
	set_close(&load->old);
	return err;
}

int enforce_load(const struct policy *policy, struct enforce_report *report)
{
	struct load load = {.report = report};
	_cleanup_close_ int lock = -1;
	int err;

	*report = (struct enforce_report){};
	if (!guest_is_privileged()) {
		snprintf(WHY(&load), "needs root, or CAP_BPF and CAP_PERFMON");
		return -EPERM;
	}
	err = enforce_dir_make(WHY(&load));
	if (err)
		return err;
	lock = enforce_dir_lock(WHY(&load));
	if (lock < 0)
		return lock;
	err = canary_make(policy, &load.canary);
	if (err)
		return err;
	load.policy = &load.canary.policy;
	err = load_locked(&load);
	canary_free(&load.canary);
	return err;
}

static void wait_until_gone(const uint32_t *ids, size_t count)
{
	const struct timespec pause = {.tv_nsec = 5 * NS_PER_MS};

	for (int tries = 400; count && tries; tries--) {
		int fd = ids[count - 1] ? bpf_prog_get_fd_by_id(ids[count - 1]) : -1;

		if (fd < 0) {
			count--;
			continue;
		}
		close(fd);
		nanosleep(&pause, NULL);
	}
	if (count)
		log_debug("%zu programs are still there", count);
}

int enforce_unload(void)
{
	char why[512];
	_cleanup_close_ int lock = enforce_dir_lock(why, sizeof(why));
	struct set set = {};
	uint32_t ids[LOADED_MOST];
	size_t count = 0;
	int err;

	if (lock < 0) {
		log_error("%s", why);
		return lock;
	}
	if (!set_open(false, &set, why, sizeof(why))) {
		count = set_programs(&set, ids, ARRAY_SIZE(ids));
		switch_off(&set);
		set_close(&set);
	}
	err = enforce_dir_clear();
	if (err)
		return log_errno(err, "cannot take away all of " ENFORCE_DIR);
	wait_until_gone(ids, count);
	return 0;
}

int enforce_set_mode(enum kwp_mode mode)
{
	char why[256];
	_cleanup_close_ int lock = enforce_dir_lock(why, sizeof(why));
	_cleanup_set_ struct set set = {};
	int err = lock < 0 ? lock : set_open(false, &set, why, sizeof(why));

	if (err)
		log_error("%s", why);
	else
		__atomic_store_n(&sensor_switch(set.sensor)->mode, mode, __ATOMIC_SEQ_CST);
	return err;
}
