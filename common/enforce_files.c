/* SPDX-License-Identifier: GPL-2.0-only */
#include "enforce_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include <bpf/bpf.h>

#include "enforce.h"
#include "enforce_fill.h"
#include "log.h"

#define FILES_MOST 4096	   /* files that are known by their inode */
#define ENTRIES_MOST 65536 /* names that are looked at for that */
#define DEPTH_MOST 32

struct search {
	const struct policy *policy;
	const struct root *root;
	struct policy_node *nodes;
	size_t nodes_count;
	size_t entries;
	bool shallow, partial;
	char path[KWP_PATH_MAX];
};

/* The rules of a file, by access. */
struct rules {
	uint16_t of[KWP_ACCESS_COUNT];
};

static unsigned action_of(const struct policy *policy, uint16_t rule, enum kwp_access access)
{
	return policy->rules[rule].action[access];
}

static bool forbids(const struct policy *policy, const struct rules *rules, enum kwp_access access)
{
	return action_of(policy, rules->of[access], access) >= KWP_MONITOR;
}

/* The node with this key, which several names of a file lead to; NULL: there is no room. */
static struct kwp_node *find_node(struct search *search, uint64_t key)
{
	struct policy_node *node = search->nodes, *const end = node + search->nodes_count;

	while (node < end && node->key != key)
		node++;
	if (node == end) {
		if (search->nodes_count == FILES_MOST) {
			search->partial = true;
			return NULL;
		}
		search->nodes_count++;
		*node = (struct policy_node){.key = key};
	}
	return &node->node;
}

/* A file by its number, with the rules that its path has; of all its paths the strictest hold. */
static void add_file(struct search *search, int fd, const struct stat *st,
		     const struct rules *rules)
{
	const struct policy *policy = search->policy;
	const struct kwp_seed *seed = &policy->fixed.seed;
	const uint32_t device = root_device(search->root, fd);
	struct kwp_node *node;

	node = device ? find_node(search, kwp_hash_pair(seed,
							kwp_hash_pair(seed, KWP_DOMAIN_INODE, device),
							st->st_ino))
		      : NULL;
	for (enum kwp_access i = 0; node && i < KWP_ACCESS_COUNT; i++) {
		uint16_t *rule = KWP_INODE_RULE(node, i);

		if (forbids(policy, rules, i) &&
		    action_of(policy, rules->of[i], i) > action_of(policy, *rule, i))
			*rule = rules->of[i];
	}
}

/* ---- what is below a directory and has other names elsewhere ---- */

/* Not the rule of the directory: a more specific one may speak for the file. What stands for all
 * paths that no pattern names says nothing of a file's other names. */
static uint16_t rule_named(const struct search *search, enum kwp_access access)
{
	const enum kwp_path_class class = access >= KWP_READ ? KWP_PATH_FILE : KWP_PATH_PROCESS;
	const uint16_t rule = policy_find(search->policy, search->path, NULL, class, access);

	return rule == search->policy->fixed.fallback[class] ? 0 : rule;
}

static void add_named(struct search *search, int directory, const char *name)
{
	_cleanup_close_ int fd = openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct rules rules;
	bool any = false;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) || S_ISDIR(st.st_mode) || S_ISLNK(st.st_mode) ||
	    st.st_nlink < 2)
		return;
	for (enum kwp_access i = 0; i < KWP_ACCESS_COUNT; i++) {
		rules.of[i] = rule_named(search, i);
		any |= forbids(search->policy, &rules, i);
	}
	if (any)
		add_file(search, fd, &st, &rules);
}

/* Stays on the file system of the directory. Takes the descriptor. */
static void search_below(struct search *search, int directory, dev_t device, int depth)
{
	const size_t size = strlen(search->path);
	const struct dirent *entry;
	DIR *dir = fdopendir(directory);
	struct stat st;

	if (!dir)
		close(directory);
	while (dir && (entry = readdir(dir)) && !search->partial) {
		const size_t more = strlen(entry->d_name);
		int below = -1;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") ||
		    size + more + 2 > sizeof(search->path))
			continue;
		if (++search->entries > ENTRIES_MOST)
			search->partial = true;
		snprintf(search->path + size, sizeof(search->path) - size, "/%s", entry->d_name);
		if (entry->d_type == DT_DIR && !search->shallow && depth)
			below = openat(dirfd(dir), entry->d_name,
				       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		else if (entry->d_type == DT_REG || entry->d_type == DT_UNKNOWN)
			add_named(search, dirfd(dir), entry->d_name);
		if (below >= 0 && !fstat(below, &st) && st.st_dev == device)
			search_below(search, below, device, depth - 1);
		else if (below >= 0)
			close(below);
	}
	if (dir)
		closedir(dir);
	search->path[size] = 0;
}

/* ---- the files of a policy ---- */

static void add_identity(struct search *search, const struct policy_identity *identity)
{
	_cleanup_close_ int fd = root_open(search->root, identity->path,
					   identity->subtree ? O_RDONLY | O_DIRECTORY : O_PATH);
	struct rules rules;
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return;
	if (!identity->subtree) {
		for (enum kwp_access i = 0; i < KWP_ACCESS_COUNT; i++)
			rules.of[i] = identity->rule[i >= KWP_READ];
		add_file(search, fd, &st, &rules);
		return;
	}
	search->shallow = identity->shallow;
	snprintf(search->path, sizeof(search->path), "%s",
		 strcmp(identity->path, "/") ? identity->path : "");
	search_below(search, take_fd(fd), st.st_dev, DEPTH_MOST);
}

/* kwp's own, for its protection. Nobody from outside has a way to them but a mount that someone
 * made for it. */
static void add_own(struct search *search)
{
	static const char *const paths[] = {"/proc/self/exe", "/etc/kwp", ENFORCE_DIR};
	const struct rules rules = {{[KWP_WRITE] = search->policy->fixed.protect}};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		_cleanup_close_ int fd = open(paths[i], O_PATH | O_CLOEXEC);
		struct stat st;

		if (fd >= 0 && !fstat(fd, &st))
			add_file(search, fd, &st, &rules);
	}
}

int files_add(const struct sensor *sensor, const struct policy *policy, uint32_t generation,
	      const struct roots *roots, bool *partial)
{
	_cleanup_free_ struct search *search = calloc(1, sizeof(*search));
	_cleanup_free_ struct policy_node *nodes = calloc(FILES_MOST, sizeof(*nodes));

	if (!search || !nodes)
		return -ENOMEM;
	*search = (struct search){.policy = policy, .nodes = nodes};
	for (size_t i = 0; i < roots->count; i++) {
		search->root = &roots->list[i];
		if (!i) /* the guest's own */
			add_own(search);
		for (size_t j = 0; j < policy->identities_count; j++)
			add_identity(search, &policy->identities[j]);
	}
	*partial = search->partial || roots->cut;
	return fill_nodes(sensor, nodes, search->nodes_count, generation);
}

/* The program looks at the place only: nothing is opened that might do something. */
static void visit(int program, uint32_t generation, const struct root *root,
		  const struct root_mount *mount)
{
	_cleanup_close_ int place = root_open(root, mount->path, O_PATH | O_NOFOLLOW);
	const uint64_t args[] = {place, generation};
	LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = args, .ctx_size_in = sizeof(args));

	if (place >= 0 && bpf_prog_test_run_opts(program, &options))
		log_debug("cannot show the mount at %s to the policy", mount->path);
}

void files_visit(const struct sensor *sensor, uint32_t generation, const struct roots *roots)
{
	const int program = sensor_part(sensor, SENSOR_PROGRAM, "kwp_learn");

	if (program < 0) /* no rule is about paths */
		return;
	for (size_t i = 0; i < roots->count; i++)
		for (size_t j = 0; j < roots->list[i].mounts_count; j++)
			if (!roots->list[i].mounts[j].remote)
				visit(program, generation, &roots->list[i],
				      &roots->list[i].mounts[j]);
}
