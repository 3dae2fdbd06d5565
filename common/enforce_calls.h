/* SPDX-License-Identifier: GPL-2.0-only */
/* System calls that can be tried without harm, so that their refusal is seen. */
#ifndef KWP_ENFORCE_CALLS_H
#define KWP_ENFORCE_CALLS_H

#include <stdbool.h>

/* Can this native call be tried? */
bool calls_have(int nr);
/* Tries it in a process that is for nothing else; a number without a row without arguments.
 * As syscall(2). */
long calls_try(int nr);

#endif
