/* SPDX-License-Identifier: GPL-2.0-only */
#include "enforce_fill.h"

#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>

#define SWEEP_BATCH 1024
#define KEY_MOST 512 /* bytes of a key */

/* ---- many entries at once ---- */

/* A kernel without batches takes them one by one. */
int fill_add(int map, const void *keys, const void *values, uint32_t count, size_t key_size,
	     size_t value_size)
{
	LIBBPF_OPTS(bpf_map_batch_opts, options, .elem_flags = BPF_ANY);
	uint32_t done = count;

	if (!count)
		return 0;
	if (map < 0)
		return -ENOENT;
	if (!bpf_map_update_batch(map, keys, values, &done, &options))
		return 0;
	for (uint32_t i = 0; i < count; i++)
		if (bpf_map_update_elem(map, (const char *)keys + i * key_size,
					(const char *)values + i * value_size, BPF_ANY))
			return -errno;
	return 0;
}

/* Elements of an array that all generations share, from number 0 on. */
static int put_array(int map, uint32_t generation, const void *values, uint32_t count,
		     size_t value_size)
{
	_cleanup_free_ uint32_t *keys = calloc(count + 1, sizeof(*keys));

	if (!keys)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++)
		keys[i] = KWP_AT(generation, i);
	return fill_add(map, keys, values, count, sizeof(*keys), value_size);
}

/* ---- a generation ---- */

int fill_nodes(const struct sensor *sensor, const struct policy_node *list, size_t count,
	       uint32_t generation)
{
	const int map = sensor_part(sensor, SENSOR_MAP, "kwp_nodes");
	_cleanup_free_ uint64_t *keys = calloc(count + 1, sizeof(*keys));
	_cleanup_free_ struct kwp_node *nodes = calloc(count + 1, sizeof(*nodes));

	/* Programs that know addresses only have no map of names. */
	if (map < 0)
		return 0;
	if (!keys || !nodes)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		keys[i] = list[i].key;
		nodes[i] = list[i].node;
		nodes[i].generation = generation;
	}
	return fill_add(map, keys, nodes, count, sizeof(*keys), sizeof(*nodes));
}

static int put_cidrs(int map, const struct policy *policy, uint32_t slot)
{
	_cleanup_free_ struct kwp_cidr *keys = calloc(policy->cidrs_count + 1, sizeof(*keys));
	_cleanup_free_ struct kwp_cidr_rules *rules =
		calloc(policy->cidrs_count + 1, sizeof(*rules));

	if (!keys || !rules)
		return -ENOMEM;
	for (size_t i = 0; i < policy->cidrs_count; i++) {
		keys[i] = policy->cidrs[i].key;
		keys[i].slot = slot;
		rules[i] = policy->cidrs[i].value;
	}
	return fill_add(map, keys, rules, policy->cidrs_count, sizeof(*keys), sizeof(*rules));
}

/* Nothing if there are none: then the programs have no map of names either. */
static int put_names(const struct sensor *sensor, const struct policy *policy, uint32_t slot)
{
	const uint32_t count = policy->names_count;
	_cleanup_free_ struct kwp_name *names = calloc(count + 1, sizeof(*names));
	_cleanup_free_ struct kwp_name_key *keys = calloc(count + 1, sizeof(*keys));
	_cleanup_free_ struct kwp_cidr_rules *rules = calloc(count + 1, sizeof(*rules));
	_cleanup_free_ uint64_t *ids = calloc(count + 1, sizeof(*ids));

	if (!names || !keys || !rules || !ids)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++) {
		names[i] = policy_name_key(policy->names[i].pattern);
		names[i].slot = slot;
		ids[i] = policy->names[i].id;
		keys[i] = (struct kwp_name_key){.id = ids[i], .slot = slot};
		rules[i] = policy->names[i].value;
	}
	return fill_add(sensor_part(sensor, SENSOR_MAP, "kwp_names"), names, ids, count,
			sizeof(*names), sizeof(*ids))
		       ?: fill_add(sensor_part(sensor, SENSOR_MAP, "kwp_name_rules"), keys, rules,
				   count, sizeof(*keys), sizeof(*rules));
}

static int put_rules(const struct sensor *sensor, const struct policy *policy, uint32_t generation)
{
	const uint32_t count = policy->rules_count;
	_cleanup_free_ struct kwp_hits *none = calloc(count + 1, sizeof(*none));

	if (!none)
		return -ENOMEM;
	return put_array(sensor_part(sensor, SENSOR_MAP, "kwp_hits"), generation, none, count,
			 sizeof(*none))
		       ?: put_array(sensor_part(sensor, SENSOR_MAP, "kwp_rules"), generation,
				    policy->rules, count, sizeof(*policy->rules));
}

int fill_generation(const struct sensor *sensor, const struct policy *policy, uint32_t generation)
{
	const uint32_t slot = generation % KWP_GENERATIONS;

	return put_rules(sensor, policy, generation)
	       ?: put_array(sensor_part(sensor, SENSOR_MAP, "kwp_ports"), generation,
			    policy->ports, policy->ports_count, sizeof(*policy->ports))
	       ?: fill_nodes(sensor, policy->nodes, policy->nodes_count, generation)
	       ?: put_cidrs(sensor_part(sensor, SENSOR_MAP, "kwp_cidrs"), policy, slot)
	       ?: put_names(sensor, policy, slot)
	       ?: put_array(sensor_part(sensor, SENSOR_MAP, "kwp_policies"), generation,
			    &policy->fixed, 1, sizeof(policy->fixed));
}

/* ---- what is left behind ---- */

/* Moves the keys of the stale among count entries to the front; returns how many those are. */
static uint32_t keep_stale(char *keys, const char *values, uint32_t count, size_t key_size,
			   size_t value_size,
			   bool (*stale)(const void *key, const void *value, const void *data),
			   const void *data)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < count; i++)
		if (stale(keys + i * key_size, values + i * value_size, data))
			memmove(keys + kept++ * key_size, keys + i * key_size, key_size);
	return kept;
}

/* Removes the entries for which stale() is true. All are read first: a walk that deletes under
 * itself may begin anew. */
static int sweep(int map, size_t key_size, size_t value_size,
		 bool (*stale)(const void *key, const void *value, const void *data),
		 const void *data)
{
	LIBBPF_OPTS(bpf_map_batch_opts, options);
	_cleanup_free_ char *keys = NULL, *values = malloc(SWEEP_BATCH * value_size);
	char at[KEY_MOST] = {}, *more;
	uint32_t count = 0, got;
	int err = map < 0 ? -1 : 0;

	for (bool first = true; values && !err; first = false) {
		more = realloc(keys, (count + SWEEP_BATCH) * key_size);
		if (!more)
			return -ENOMEM;
		keys = more;
		got = SWEEP_BATCH;
		err = bpf_map_lookup_batch(map, first ? NULL : at, at, keys + count * key_size,
					   values, &got, &options);
		if (err && errno != ENOENT)
			return -errno;
		count += keep_stale(keys + count * key_size, values, got, key_size, value_size,
				    stale, data);
	}
	if (count && bpf_map_delete_batch(map, keys, &count, &options) && errno != ENOENT)
		return -errno;
	return values ? 0 : -ENOMEM;
}

static bool node_stale(const void *key, const void *value, const void *data)
{
	return ((const struct kwp_node *)value)->generation != *(const uint32_t *)data;
}

static bool cidr_stale(const void *key, const void *value, const void *data)
{
	return ((const struct kwp_cidr *)key)->slot != *(const uint32_t *)data % KWP_GENERATIONS;
}

static bool name_stale(const void *key, const void *value, const void *data)
{
	return ((const struct kwp_name *)key)->slot != *(const uint32_t *)data % KWP_GENERATIONS;
}

static bool name_rules_stale(const void *key, const void *value, const void *data)
{
	return ((const struct kwp_name_key *)key)->slot !=
	       *(const uint32_t *)data % KWP_GENERATIONS;
}

static int sweep_names(const struct sensor *sensor, uint32_t generation)
{
	const int names = sensor_part(sensor, SENSOR_MAP, "kwp_names");

	if (names < 0)
		return 0;
	return sweep(names, sizeof(struct kwp_name), sizeof(uint64_t), name_stale, &generation)
		       ?: sweep(sensor_part(sensor, SENSOR_MAP, "kwp_name_rules"),
				sizeof(struct kwp_name_key), sizeof(struct kwp_cidr_rules),
				name_rules_stale, &generation);
}

int fill_sweep(const struct sensor *sensor, uint32_t generation)
{
	return sweep(sensor_part(sensor, SENSOR_MAP, "kwp_nodes"), sizeof(uint64_t),
		     sizeof(struct kwp_node), node_stale, &generation)
		       ?: sweep(sensor_part(sensor, SENSOR_MAP, "kwp_cidrs"),
				sizeof(struct kwp_cidr), sizeof(struct kwp_cidr_rules), cidr_stale,
				&generation)
		       ?: sweep_names(sensor, generation);
}

struct wanted {
	const char *keys;
	uint32_t count;
	size_t size;
};

static bool not_wanted(const void *key, const void *value, const void *data)
{
	const struct wanted *wanted = data;

	for (uint32_t i = 0; i < wanted->count; i++)
		if (!memcmp(wanted->keys + i * wanted->size, key, wanted->size))
			return false;
	return true;
}

int fill_exactly(int map, const void *keys, const void *values, uint32_t count, size_t key_size,
		 size_t value_size)
{
	const struct wanted wanted = {keys, count, key_size};

	return fill_add(map, keys, values, count, key_size, value_size)
		       ?: sweep(map, key_size, value_size, not_wanted, &wanted);
}
