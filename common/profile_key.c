/* SPDX-License-Identifier: GPL-2.0-only */
#include "profile_key.h"

const struct profile_section *const profile_sections[] = {
	&profile_section,     &scope_section,	    &process_section, &process_entry_section,
	&file_section,	      &file_except_section, &network_section, &egress_section,
	&ingress_section,     &syscall_section,	    &sysctl_section,  &rule_section,
	&rule_except_section, &exception_section,   &limits_section,
};
const size_t profile_sections_count = ARRAY_SIZE(profile_sections);
_Static_assert(ARRAY_SIZE(profile_sections) == 15, "each map of the language");
