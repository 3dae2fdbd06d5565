/* SPDX-License-Identifier: GPL-2.0-only */
/* Any bytes as a bundle's config.json: names or a refusal, in time and without a leak. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../common/container.h"
#include "../../common/oci.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The same bytes as a path of a control group. */
static void path_check(const uint8_t *data, size_t size)
{
	char *path = malloc(size + 1), *id;

	memcpy(path, data, size);
	path[size] = 0;
	id = container_id_of(path);
	if (id && (!id[0] || strchr(id, '/') || !strstr(path, id)))
		abort();
	free(id);
	free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oci_names names = {};
	int err = oci_parse_names((const char *)data, size, &names);

	if (err && err != -EINVAL)
		abort();
	oci_names_free(&names);
	path_check(data, size);
	return 0;
}
