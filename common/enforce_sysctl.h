/* SPDX-License-Identifier: GPL-2.0-only */
/* Sysctls that can be written without harm. */
#ifndef KWP_ENFORCE_SYSCTL_H
#define KWP_ENFORCE_SYSCTL_H

/* Writes a sysctl that fits the pattern ("kernel.core_pattern", "kernel.*") with what it holds
 * already. 0, or -1 and errno; ENOENT: none fits that can be read and written. */
int sysctl_rewrite(const char *pattern);

#endif
