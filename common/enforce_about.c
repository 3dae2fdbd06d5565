/* SPDX-License-Identifier: GPL-2.0-only */
#include "enforce_about.h"

#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>

#include "buffer.h"

static const char magic[8] = "kwp 1";

/* ---- writing ---- */

static void add_text(struct buffer *out, const char *text)
{
	buffer_add(out, text, strlen(text) + 1);
}

struct about_link *about_links(const struct sensor *sensor, uint32_t *count)
{
	size_t parts;
	const struct sensor_part *part = sensor_parts(sensor, &parts);
	struct about_link *links = calloc(parts + 1, sizeof(*links)), *to = links;

	for (size_t i = 0; links && i < parts; i++) {
		if (part[i].kind != SENSOR_LINK)
			continue;
		memcpy(to->name, part[i].name, sizeof(to->name));
		memcpy(to->hook, part[i].hook, sizeof(to->hook));
		to++->by = part[i].by;
	}
	*count = to - links;
	return links;
}

static void add_rules(struct buffer *out, const struct policy *policy)
{
	for (size_t i = 0; i < policy->rules_count; i++) {
		struct about_rule rule = {.class = policy->rules[i].class};

		for (int a = 0; a < KWP_ACCESS_COUNT; a++)
			rule.action = MAX(rule.action, policy->rules[i].action[a]);
		buffer_add(out, (const char *)&rule, sizeof(rule));
	}
	add_text(out, policy->name);
	add_text(out, policy->digest);
	for (size_t i = 0; i < policy->rules_count; i++) {
		const struct policy_text *text = &policy->texts[i];

		add_text(out, text->name ?: "");
		add_text(out, text->reference ?: "");
		add_text(out, text->words ?: "");
	}
}

int about_pin(const char *path, struct about_head *head, const struct about_link *links,
	      const struct policy *policy)
{
	LIBBPF_OPTS(bpf_map_create_opts, options);
	_cleanup_buffer_ struct buffer out = {};
	_cleanup_close_ int map = -1;
	uint32_t zero = 0;

	memcpy(head->magic, magic, sizeof(magic));
	head->rules_count = policy->rules_count;
	buffer_add(&out, (const char *)head, sizeof(*head));
	buffer_add(&out, (const char *)links, head->links_count * sizeof(*links));
	add_rules(&out, policy);
	if (out.failed)
		return -ENOMEM;
	head->size = out.size;
	memcpy(out.bytes, head, sizeof(*head));
	map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "kwp_about", sizeof(zero), out.size, 1, &options);
	if (map < 0 || bpf_map_update_elem(map, &zero, out.bytes, BPF_ANY) ||
	    bpf_obj_pin(map, path))
		return -errno;
	return 0;
}

/* ---- reading ---- */

/* The next text and where the one behind it begins; NULL when there is none. */
static const char *next_text(const char **at, const char *end)
{
	const char *text = *at, *nul = text ? memchr(text, 0, end - text) : NULL;

	*at = nul ? nul + 1 : NULL;
	return nul ? text : NULL;
}

/* Finds the parts in an element of this size. */
static int about_parse(struct about *about, size_t size)
{
	const struct about_head *head = about->head;
	const char *bytes = (const char *)head, *end = bytes + size, *at;
	uint64_t used;

	if (size < sizeof(*head) || memcmp(head->magic, magic, sizeof(magic)))
		return -EPROTO;
	used = sizeof(*head) + (uint64_t)head->links_count * sizeof(*about->links) +
	       (uint64_t)head->rules_count * sizeof(*about->rules);
	if (head->size != size || used > size)
		return -EPROTO;
	about->links = (void *)(bytes + sizeof(*head));
	about->rules = (void *)(about->links + head->links_count);
	at = bytes + used;
	about->name = next_text(&at, end);
	about->digest = next_text(&at, end);
	about->texts = calloc(3 * (size_t)head->rules_count + 1, sizeof(*about->texts));
	if (!about->texts)
		return -ENOMEM;
	for (size_t i = 0; i < 3 * (size_t)head->rules_count; i++)
		about->texts[i] = next_text(&at, end);
	return at ? 0 : -EPROTO;
}

/* The element of the map at path, to be freed. 0 or -errno. */
static int read_element(int map, struct about_head **out, size_t *out_size)
{
	struct bpf_map_info info = {};
	uint32_t size = sizeof(info), zero = 0;
	_cleanup_free_ struct about_head *head = NULL;

	if (map < 0 || bpf_obj_get_info_by_fd(map, &info, &size))
		return -errno;
	/* The kernel copies whole words of 8 bytes. */
	head = calloc(1, MAX((info.value_size + 7) & ~7u, sizeof(*head)));
	if (!head)
		return -ENOMEM;
	if (bpf_map_lookup_elem(map, &zero, head))
		return -errno;
	*out = take_ptr(head);
	*out_size = info.value_size;
	return 0;
}

int about_read(const char *path, struct about *out)
{
	_cleanup_close_ int map = bpf_obj_get(path);
	struct about about = {};
	size_t size = 0;
	int err = read_element(map, &about.head, &size) ?: about_parse(&about, size);

	if (err) {
		about_free(&about);
		return err;
	}
	*out = about;
	return 0;
}

int about_settle(const char *path, uint32_t proven, uint32_t unproven)
{
	_cleanup_close_ int map = bpf_obj_get(path);
	_cleanup_free_ struct about_head *head = NULL;
	uint32_t zero = 0;
	size_t size;
	int err = read_element(map, &head, &size);

	if (err)
		return err;
	head->proven = proven;
	head->unproven = unproven;
	if (bpf_map_update_elem(map, &zero, head, BPF_ANY) || bpf_map_freeze(map))
		return -errno;
	return 0;
}

void about_free(struct about *about)
{
	free(about->head);
	free(about->texts);
	*about = (struct about){};
}
