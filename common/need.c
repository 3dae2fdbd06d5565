/* SPDX-License-Identifier: GPL-2.0-only */
#include "need.h"

#include "../bpf/policy.h"
#include "log.h"

/* Do they fit into the kernel's table? */
static bool names_fit(const struct filter_names *names)
{
	for (size_t i = 0; i < names->count; i++) {
		const struct text *name = &names->name[i];

		if (name->size && name->size < sizeof(struct kwp_basename))
			continue;
		log_debug("the name '%.*s' is too long: every open for reading is told",
			  (int)name->size, name->bytes);
		return false;
	}
	return true;
}

/* What an exec that found no file says of its process, the exec before has said; only these
 * fields speak of itself. */
static bool wants_missing(const struct rule *rule)
{
	static const char *const fields_of[] = {"error.code", "event.outcome", "kwp.result",
						"kwp.attempt.args"};

	for (size_t i = 0; i < ARRAY_SIZE(fields_of); i++)
		if (filter_mentions(rule->when, fields_of[i]))
			return true;
	return !rule->when;
}

void need_of(const struct profile *profile, struct need *out)
{
	static const enum kwp_type mappings[] = {KWP_MMAP_EXEC, KWP_MPROTECT};

	*out = (struct need){.found_only = true, .odd = TYPE(MMAP_EXEC) | TYPE(MPROTECT)};
	for (size_t i = 0; i < profile->rules_count; i++) {
		const struct rule *rule = &profile->rules[i];

		if (rule->types & ~TYPE(DRIFT)) /* a drift brings its own */
			out->environ |= filter_mentions(rule->when, "process.env_vars");
		if ((rule->types & TYPE(EXEC)) && wants_missing(rule))
			out->found_only = false;
		if ((rule->types & TYPE(OPEN)) &&
		    filter_wants(rule->when, KWP_OPEN, FILTER_READ, &out->names)) {
			log_debug("rule %s needs every open for reading", rule->id);
			out->reads = true;
		}
		for (size_t t = 0; t < ARRAY_SIZE(mappings); t++)
			if ((rule->types >> mappings[t] & 1) &&
			    filter_wants(rule->when, mappings[t], FILTER_PLAIN, &out->names))
				out->odd &= ~(1ull << mappings[t]);
	}
	out->reads |= !names_fit(&out->names);
}
