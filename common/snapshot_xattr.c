/* SPDX-License-Identifier: GPL-2.0-only */
#include "snapshot_xattr.h"

#include <endian.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
#include <string.h>
#include <sys/xattr.h>

#include <nettle/sha2.h>

#include "names.h"

#define LIST_MAX 65536 /* XATTR_LIST_MAX, XATTR_SIZE_MAX */
#define SHOWN 64       /* bytes of a value that stands there as it is */
#define ALL_SHOWN 4096 /* bytes of all of them; whoever has more has a digest of them */

/* One of the two is what the attributes are of. */
struct subject {
	int fd;
	const char *path;
};

static ssize_t list_get(const struct subject *of, char *out, size_t size)
{
	return of->path ? llistxattr(of->path, out, size) : flistxattr(of->fd, out, size);
}

static ssize_t value_get(const struct subject *of, const char *name, void *out, size_t size)
{
	return of->path ? lgetxattr(of->path, name, out, size) : fgetxattr(of->fd, name, out, size);
}

void capabilities_print(const void *bytes, size_t size, struct buffer *out)
{
	struct vfs_ns_cap_data data = {};
	uint64_t permitted, inheritable;
	char names[2048];
	uint32_t magic;

	if (size < XATTR_CAPS_SZ_1 || size > sizeof(data)) {
		buffer_addf(out, "damaged:%zu", size);
		return;
	}
	memcpy(&data, bytes, size);
	magic = le32toh(data.magic_etc);
	permitted = le32toh(data.data[0].permitted) | (uint64_t)le32toh(data.data[1].permitted)
							      << 32;
	inheritable = le32toh(data.data[0].inheritable) |
		      (uint64_t)le32toh(data.data[1].inheritable) << 32;
	name_set(NAME_CAPABILITY, permitted, ',', names, sizeof(names));
	buffer_addf(out, "%s=%sp", names, magic & VFS_CAP_FLAGS_EFFECTIVE ? "e" : "");
	if (inheritable) {
		name_set(NAME_CAPABILITY, inheritable, ',', names, sizeof(names));
		buffer_addf(out, " %s=i", names);
	}
	if (size == XATTR_CAPS_SZ_3 && data.rootid)
		buffer_addf(out, " root=%u", le32toh(data.rootid));
}

static bool is_shown(const char *bytes, ssize_t size)
{
	for (ssize_t i = 0; i < size; i++)
		if (bytes[i] <= ' ' || bytes[i] > '~' || size > SHOWN)
			return false;
	return true;
}

static void digest_print(const char *bytes, size_t size, struct buffer *out)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx sha;

	sha256_init(&sha);
	sha256_update(&sha, size, (const uint8_t *)bytes);
	sha256_digest(&sha, sizeof(digest), digest);
	buffer_string(out, "sha256:");
	for (int i = 0; i < 8; i++)
		buffer_addf(out, "%02x", digest[i]);
}

static void other_print(const char *name, const char *value, ssize_t size, struct buffer *out)
{
	buffer_addf(out, "%s%s=", out->size ? " " : "", name);
	if (is_shown(value, size))
		buffer_add(out, value, (size_t)size);
	else
		digest_print(value, (size_t)size, out);
}

static int name_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void values_print(const struct subject *of, char **names, size_t count,
			 struct buffer *capabilities, struct buffer *others)
{
	_cleanup_free_ char *value = malloc(LIST_MAX);

	qsort(names, count, sizeof(*names), name_order);
	for (size_t i = 0; value && i < count; i++) {
		ssize_t size = value_get(of, names[i], value, LIST_MAX);

		if (size < 0)
			continue;
		if (!strcmp(names[i], "security.capability"))
			capabilities_print(value, (size_t)size, capabilities);
		else
			other_print(names[i], value, size, others);
	}
}

static void all_read(const struct subject *of, struct buffer *capabilities, struct buffer *others)
{
	_cleanup_free_ char **names = NULL;
	_cleanup_free_ char *list = NULL;
	ssize_t size = list_get(of, NULL, 0);
	size_t count = 0;

	/* Most files have none, and are asked once. */
	if (size <= 0)
		return;
	list = malloc(LIST_MAX);
	size = list ? list_get(of, list, LIST_MAX) : 0;
	names = size > 0 ? calloc((size_t)size, sizeof(*names)) : NULL;
	for (ssize_t at = 0; names && at < size; at += (ssize_t)strlen(list + at) + 1)
		names[count++] = list + at;
	if (count)
		values_print(of, names, count, capabilities, others);
	if (others->size > ALL_SHOWN) {
		struct buffer all = *others;

		*others = (struct buffer){};
		digest_print(all.bytes, all.size, others);
		buffer_free(&all);
	}
}

void xattrs_read(int fd, struct buffer *capabilities, struct buffer *others)
{
	all_read(&(struct subject){fd, NULL}, capabilities, others);
}

void xattrs_read_path(const char *path, struct buffer *capabilities, struct buffer *others)
{
	all_read(&(struct subject){-1, path}, capabilities, others);
}
