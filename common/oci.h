/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of a container, from the config.json of its OCI bundle. */
#ifndef KWP_OCI_H
#define KWP_OCI_H

#include <stdbool.h>

#include "util.h"

struct oci_names {
	char *container, *image, *pod, *namespace; /* each NULL: not given */
};

/* Reads the annotations that containerd and CRI-O put there. 0, -errno if the
 * file can't be read (4 MiB at most), -EINVAL if it is no JSON object. What was read
 * before a fault stays in *names. */
int oci_read_names(const char *path, struct oci_names *names);
int oci_parse_names(const char *bytes, size_t size, struct oci_names *names);
void oci_names_free(struct oci_names *names);

#endif
