/* SPDX-License-Identifier: GPL-2.0-only */
#include "oci.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <yaml.h>

#define SIZE_MAX_OCI (4 << 20)

static const struct {
	const char *key;
	size_t offset;
} annotations[] = {
	{"io.kubernetes.cri.container-name", offsetof(struct oci_names, container)},
	{"io.kubernetes.cri.image-name", offsetof(struct oci_names, image)},
	{"io.kubernetes.cri.sandbox-name", offsetof(struct oci_names, pod)},
	{"io.kubernetes.cri.sandbox-namespace", offsetof(struct oci_names, namespace)},
	{"io.kubernetes.container.name", offsetof(struct oci_names, container)},
	{"io.kubernetes.cri-o.ImageName", offsetof(struct oci_names, image)},
	{"io.kubernetes.pod.name", offsetof(struct oci_names, pod)},
	{"io.kubernetes.pod.namespace", offsetof(struct oci_names, namespace)},
};

/* Keeps the value if the key is one of ours; the first of a kind stays. */
static void take(struct oci_names *names, const char *key, const char *value)
{
	for (size_t i = 0; i < ARRAY_SIZE(annotations); i++) {
		char **name = (char **)((char *)names + annotations[i].offset);

		if (!strcmp(key, annotations[i].key) && !*name)
			*name = strdup(value);
	}
}

/* Scalars of the mapping "annotations" come as key, value, key, value; every
 * other part of the document is passed over. JSON is YAML's flow style. */
static int scan(yaml_parser_t *parser, struct oci_names *names)
{
	_cleanup_free_ char *key = NULL;
	int depth = 0, inside = 0;
	bool is_key = true;

	for (bool more = true; more;) {
		yaml_event_t event;
		const char *text;

		if (!yaml_parser_parse(parser, &event))
			return -EINVAL;
		text = event.type == YAML_SCALAR_EVENT ? (char *)event.data.scalar.value : NULL;
		if (event.type == YAML_MAPPING_START_EVENT || event.type == YAML_SEQUENCE_START_EVENT) {
			depth++;
			if (depth == 2 && key && !strcmp(key, "annotations") &&
			    event.type == YAML_MAPPING_START_EVENT)
				inside = depth;
			is_key = true;
		} else if (event.type == YAML_MAPPING_END_EVENT ||
			   event.type == YAML_SEQUENCE_END_EVENT) {
			inside = depth-- == inside ? 0 : inside;
			is_key = true;
		} else if (text && (depth == 1 || depth == inside)) {
			if (!is_key && inside && key)
				take(names, key, text);
			free(key);
			key = is_key ? strdup(text) : NULL;
			is_key = !is_key;
		}
		more = event.type != YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	return 0;
}

int oci_parse_names(const char *bytes, size_t size, struct oci_names *names)
{
	yaml_parser_t parser;
	int err;

	if (!yaml_parser_initialize(&parser))
		return -ENOMEM;
	yaml_parser_set_input_string(&parser, (const unsigned char *)bytes, size);
	err = scan(&parser, names);
	yaml_parser_delete(&parser);
	return err;
}

int oci_read_names(const char *path, struct oci_names *names)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	void *bytes;
	int err;

	if (fd < 0 || fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode) || !st.st_size || st.st_size > SIZE_MAX_OCI)
		return -EINVAL;
	bytes = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return -errno;
	err = oci_parse_names(bytes, st.st_size, names);
	munmap(bytes, st.st_size);
	return err;
}

void oci_names_free(struct oci_names *names)
{
	free(names->container);
	free(names->image);
	free(names->pod);
	free(names->namespace);
	*names = (struct oci_names){};
}
