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

static bool forbids(const struct policy *policy, uint16_t rule)
{
	for (int i = 0; i < KWP_ACCESS_COUNT; i++)
		if (policy->rules[rule].action[i] >= KWP_MONITOR)
			return true;
	return false;
}

/* A file by its number, with the rules that its path has. */
static void add_file(struct search *search, int fd, const struct stat *st,
		     const uint16_t rule[KWP_PATH_CLASSES])
{
	const struct kwp_seed *seed = &search->policy->fixed.seed;
	const uint32_t device = root_device(search->root, fd);
	struct policy_node *node;

	if (!device)
		return;
	if (search->nodes_count == FILES_MOST) {
		search->partial = true;
		return;
	}
	node = &search->nodes[search->nodes_count++];
	*node = (struct policy_node){
		.key = kwp_hash_pair(seed, kwp_hash_pair(seed, KWP_DOMAIN_INODE, device),
				     st->st_ino)};
	for (int class = 0; class < KWP_PATH_CLASSES; class ++)
		if (forbids(search->policy, rule[class]))
			node->node.exact[class] = rule[class];
}

/* ---- what is below a directory and has other names elsewhere ---- */

static void add_named(struct search *search, int directory, const char *name)
{
	_cleanup_close_ int fd = openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	uint16_t rule[KWP_PATH_CLASSES];

	if (fd < 0 || fstat(fd, &st) || S_ISDIR(st.st_mode) || S_ISLNK(st.st_mode) ||
	    st.st_nlink < 2)
		return;
	/* Not the rule of the directory: a more specific one may speak for the file. */
	rule[KWP_PATH_PROCESS] =
		policy_find(search->policy, search->path, NULL, KWP_PATH_PROCESS, KWP_EXECUTE);
	rule[KWP_PATH_FILE] =
		policy_find(search->policy, search->path, NULL, KWP_PATH_FILE, KWP_WRITE);
	if (forbids(search->policy, rule[0]) || forbids(search->policy, rule[1]))
		add_file(search, fd, &st, rule);
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
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return;
	if (!identity->subtree) {
		add_file(search, fd, &st, identity->rule);
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
	const uint16_t rule[KWP_PATH_CLASSES] = {
		[KWP_PATH_FILE] = search->policy->fixed.protect};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		_cleanup_close_ int fd = open(paths[i], O_PATH | O_CLOEXEC);
		struct stat st;

		if (fd >= 0 && !fstat(fd, &st))
			add_file(search, fd, &st, rule);
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
