/* SPDX-License-Identifier: GPL-2.0-only */
#include "class.h"

#include "util.h"

static const char *const names[] = {
	[KWP_CLASS_NONE] = "none",	 [KWP_CLASS_PROCESS] = "process",
	[KWP_CLASS_FILE] = "file",	 [KWP_CLASS_NETWORK] = "network",
	[KWP_CLASS_SYSCALL] = "syscall", [KWP_CLASS_SYSCTL] = "sysctl",
	[KWP_CLASS_DETECT] = "detect",	 [KWP_CLASS_DRIFT] = "drift",
	[KWP_CLASS_PROTECT] = "protect",
};
_Static_assert(ARRAY_SIZE(names) == KWP_CLASS_COUNT, "a class without a name");

const char *class_name(unsigned class)
{
	return class < KWP_CLASS_COUNT ? names[class] : "?";
}
