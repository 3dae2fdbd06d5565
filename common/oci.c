/* SPDX-License-Identifier: GPL-2.0-only */
#include "oci.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include <yaml.h>

#define SIZE_MAX_OCI (4 << 20)
#define DEPTH_MAX 64 /* libyaml takes quadratic time for depth */

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

/* Where the reading of a document stands. */
struct scan {
	struct oci_names *names;
	char *key;	  /* the last one, of the outermost mapping or of the annotations */
	int depth, inside; /* inside: depth of the annotations, 0: elsewhere */
	bool is_key;	  /* the next scalar is one */
	bool object;	  /* the outermost is a mapping */
};

static void scan_open(struct scan *scan, bool mapping)
{
	if (++scan->depth == 1)
		scan->object = mapping;
	if (scan->depth == 2 && mapping && scan->key && !strcmp(scan->key, "annotations"))
		scan->inside = scan->depth;
	scan->is_key = true;
}

static void scan_close(struct scan *scan)
{
	if (scan->depth-- == scan->inside)
		scan->inside = 0;
	scan->is_key = true;
}

static void scan_text(struct scan *scan, const char *text)
{
	if (scan->depth != 1 && scan->depth != scan->inside)
		return;
	if (!scan->is_key && scan->inside && scan->key)
		take(scan->names, scan->key, text);
	free(scan->key);
	scan->key = scan->is_key ? strdup(text) : NULL;
	scan->is_key = !scan->is_key;
}

/* One event of the parser; false: the file is none of ours. */
static bool scan_event(struct scan *scan, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_MAPPING_START_EVENT:
	case YAML_SEQUENCE_START_EVENT:
		scan_open(scan, event->type == YAML_MAPPING_START_EVENT);
		break;
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		scan_close(scan);
		break;
	case YAML_SCALAR_EVENT:
		scan_text(scan, (const char *)event->data.scalar.value);
		break;
	case YAML_DOCUMENT_START_EVENT:
		return !scan->object; /* a second document */
	case YAML_DOCUMENT_END_EVENT:
	case YAML_STREAM_END_EVENT:
		return scan->object;
	default:
		break;
	}
	return scan->depth <= DEPTH_MAX && (!scan->depth || scan->object);
}

/* Scalars of the mapping "annotations" come as key, value, key, value; every
 * other part of the document is passed over. JSON is YAML's flow style. */
static int scan_names(yaml_parser_t *parser, struct oci_names *names)
{
	struct scan scan = {.names = names, .is_key = true};
	bool more = true, right = true;

	while (more && right) {
		yaml_event_t event;

		right = yaml_parser_parse(parser, &event);
		if (!right)
			break;
		more = event.type != YAML_STREAM_END_EVENT;
		right = scan_event(&scan, &event);
		yaml_event_delete(&event);
	}
	free(scan.key);
	return right ? 0 : -EINVAL;
}

int oci_parse_names(const char *bytes, size_t size, struct oci_names *names)
{
	yaml_parser_t parser;
	int err;

	if (!yaml_parser_initialize(&parser))
		return -ENOMEM;
	yaml_parser_set_input_string(&parser, (const unsigned char *)bytes, size);
	err = scan_names(&parser, names);
	yaml_parser_delete(&parser);
	return err;
}

int oci_read_names(const char *path, struct oci_names *names)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	_cleanup_free_ char *bytes = NULL;
	struct stat st;
	ssize_t size;

	if (fd < 0 || fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode) || !st.st_size || st.st_size > SIZE_MAX_OCI)
		return -EINVAL;
	/* Not mmap(2): the file may shrink while it is read. */
	bytes = malloc(st.st_size);
	size = bytes ? read(fd, bytes, st.st_size) : -1;
	return size < 0 ? -errno : oci_parse_names(bytes, size, names);
}

void oci_names_free(struct oci_names *names)
{
	free(names->container);
	free(names->image);
	free(names->pod);
	free(names->namespace);
	*names = (struct oci_names){};
}
