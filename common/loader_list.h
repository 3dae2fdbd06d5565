/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by loader*.c only: what was loaded, as the parent is told of it. */
#ifndef KWP_LOADER_LIST_H
#define KWP_LOADER_LIST_H

#include "loader_choose.h"

/* Where a global variable of the object is in its section (".bss"), in bytes; -ENOENT. */
int list_variable(const struct bpf_object *object, const char *section, const char *name);
/* Lists programs and maps in *out. 0, or -errno with the reason. */
int list_all(const struct loader *loader, struct loaded *out) MUST_CHECK;

#endif
