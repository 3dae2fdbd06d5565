/* SPDX-License-Identifier: GPL-2.0-only */
#include "enforce_canary.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#define MOST 4	/* canaries of a policy */
#define NODES 6 /* that their paths need: the root, the place, the names */

/* A copy with room for more; NULL: no memory. */
static void *copy(const void *list, size_t count, size_t more, size_t size)
{
	void *out = calloc(count + more, size);

	if (out && count)
		memcpy(out, list, count * size);
	return out;
}

static uint16_t add_rule(struct canary *canary, enum kwp_class class, enum kwp_access access)
{
	static char name[] = "canary", none[] = "", words[] = "a proof by kwp itself";
	struct policy *policy = &canary->policy;
	const uint16_t number = policy->rules_count++;

	policy->rules[number] = (struct kwp_rule){.class = class};
	policy->rules[number].action[access] = KWP_BLOCK;
	policy->texts[number] = (struct policy_text){name, none, words};
	canary->rule[class] = number;
	return number;
}

static struct kwp_node *node_of(struct policy *policy, const char *path)
{
	return policy_node_add(policy, policy_key_path(&policy->fixed.seed, path));
}

static void add_path(struct canary *canary, enum kwp_class class, const char *path)
{
	const bool process = class == KWP_CLASS_PROCESS;
	const uint16_t rule = add_rule(canary, class, process ? KWP_EXECUTE : KWP_WRITE);

	/* Every directory on the way has a node. */
	node_of(&canary->policy, "/");
	node_of(&canary->policy, CANARY_PLACE);
	node_of(&canary->policy, path)->exact[process ? KWP_PATH_PROCESS : KWP_PATH_FILE] = rule;
}

/* The address alone, any port: no range around it has to be heard for it. */
static void add_address(struct canary *canary)
{
	struct policy *policy = &canary->policy;
	struct kwp_cidr key = {.prefix = 8 * 4 + 128, .address = {[10] = 0xff, [11] = 0xff}};

	memcpy(key.address + 12, &canary->address, sizeof(canary->address));
	policy->ports[policy->ports_count] = (struct kwp_port){
		.high = UINT16_MAX, .rule = add_rule(canary, KWP_CLASS_NETWORK, 0)};
	policy->fixed.ranges |= 1u << key.ingress;
	policy->cidrs[policy->cidrs_count++] = (struct policy_cidr){
		.key = key, .value = {.first = policy->ports_count++, .count = 1}};
}

static void add_all(struct canary *canary, uint32_t guards)
{
	if (guards & 1u << KWP_CLASS_FILE)
		add_path(canary, KWP_CLASS_FILE, canary->write_path);
	if (guards & 1u << KWP_CLASS_PROCESS)
		add_path(canary, KWP_CLASS_PROCESS, canary->exec_path);
	if ((guards & 1u << KWP_CLASS_NETWORK) && canary->policy.ports_count < KWP_PORTS_TOTAL)
		add_address(canary);
	/* A number without a call can only be refused at the start of it. */
	if (guards & KWP_GUARD_WAY(KWP_WAY_ENTER))
		canary->policy.fixed.call[CANARY_CALL] = add_rule(canary, KWP_CLASS_SYSCALL, 0);
}

static void choose_names(struct canary *canary)
{
	uint64_t random = 0;

	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		random = (uintptr_t)canary; /* a name that nobody else has is enough */
	snprintf(canary->write_path, sizeof(canary->write_path), CANARY_PLACE "/kwp-canary-%016llx",
		 (unsigned long long)random);
	snprintf(canary->exec_path, sizeof(canary->exec_path), CANARY_PLACE "/kwp-canary-%016llx-x",
		 (unsigned long long)random);
	canary->address.s_addr = htonl(0xf0000000u | (random & 0x0fffffff));
}

int canary_make(const struct policy *policy, struct canary *out)
{
	struct policy *own = &out->policy;

	*out = (struct canary){.policy = *policy, .first = policy->rules_count};
	own->rules = copy(policy->rules, policy->rules_count, MOST, sizeof(*own->rules));
	own->texts = copy(policy->texts, policy->rules_count, MOST, sizeof(*own->texts));
	own->nodes = copy(policy->nodes, policy->nodes_count, NODES, sizeof(*own->nodes));
	own->cidrs = copy(policy->cidrs, policy->cidrs_count, 1, sizeof(*own->cidrs));
	own->ports = copy(policy->ports, policy->ports_count, 1, sizeof(*own->ports));
	if (!own->rules || !own->texts || !own->nodes || !own->cidrs || !own->ports) {
		canary_free(out);
		return -ENOMEM;
	}
	choose_names(out);
	if (policy->rules_count + MOST <= KWP_RULES_MAX)
		add_all(out, policy->guards);
	return 0;
}

void canary_free(struct canary *canary)
{
	free(canary->policy.rules);
	free(canary->policy.texts);
	free(canary->policy.nodes);
	free(canary->policy.cidrs);
	free(canary->policy.ports);
	*canary = (struct canary){};
}
