/* SPDX-License-Identifier: GPL-2.0-only */
#include "enforce_say.h"

#include "buffer.h"
#include "log.h"
#include "status.h"

bool enforce_say(const struct policy *policy, const struct enforce_report *report)
{
	_cleanup_buffer_ struct buffer words = {}, detects = {};
	const bool unresolved = policy->names_count && (!policy->fixed.resolvers || !report->names);

	status_enforced(report->proven, report->kill_only, &words);
	buffer_byte(&words, 0);
	status_detects(report->unstopped, &detects);
	buffer_byte(&detects, 0);
	log_info("%s is in force as generation %u, and %s: %s", policy->name, report->generation,
		 policy->mode == KWP_MODE_ENFORCE ? "enforces" : "only reports",
		 words.failed ? "" : words.bytes);
	if (report->unproven)
		log_warning("not enforced here: %s", report->reason);
	if (report->unstopped)
		log_warning("not stopped here, where no hook can deny: %s",
			    detects.failed ? "" : detects.bytes);
	if (report->missing[0])
		log_warning("no container '%s' runs here: load again when it does",
			    report->missing);
	if (report->locked)
		log_warning("the profile refuses kwp itself: whom it is about can't load or unload "
			    "any more");
	if (report->partial)
		log_warning("too many files have several names: some are protected by their paths, "
			    "not by other names");
	for (int type = 1; type < KWP_TYPE_COUNT; type++)
		if (report->unwatched & 1ull << type)
			log_warning("not watched here: %s", event_type_name(type));
	if (unresolved)
		log_warning("not enforced here: names of addresses: %s",
			    policy->fixed.resolvers ? "this kernel can't read answers"
						    : "/etc/resolv.conf names no resolver");
	return !unresolved && !report->unproven && !report->unstopped && !report->missing[0] &&
	       !report->unwatched && !report->partial;
}
