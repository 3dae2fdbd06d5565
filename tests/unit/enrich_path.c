/* SPDX-License-Identifier: GPL-2.0-only */
/* Paths in the caller's words, behind the directories that they start from. */
#include "seen.h"

#include <sys/mount.h>

static uint64_t flags; /* of the acts */

static void check_paths(unsigned type, const char *const strings[KWP_STRINGS], const char *path,
			const char *target)
{
	struct draft draft = draft_of(type, 50, 1);

	DRAFT_FACTS(&draft, kwp_file_act)->flags = flags;
	for (unsigned n = 0; n < KWP_STRINGS; n++)
		if (strings[n])
			draft_text(&draft, n, strings[n]);
	seen_clear();
	CHECK(!feed(&draft));
	CHECK(seen_has(0, path));
	CHECK(!target || seen_has(0, target));
}

#define WORDS(...) ((const char *const[KWP_STRINGS]){__VA_ARGS__})

static void test_paths(void)
{
	seen_open((struct enrich_options){});
	check_paths(KWP_OPEN, WORDS("a", NULL, NULL, NULL, "/d"), "\"path\":\"/d/a\"", NULL);
	check_paths(KWP_OPEN, WORDS("a", NULL, NULL, NULL, "/"), "\"path\":\"/a\"", NULL);
	check_paths(KWP_OPEN, WORDS("/a", NULL, NULL, NULL, "/d"), "\"path\":\"/a\"", NULL);
	check_paths(KWP_OPEN, WORDS("a"), "\"path\":\"a\"", NULL);
	check_paths(KWP_OPEN, WORDS("a", NULL, NULL, NULL, ""), "\"path\":\"a\"", NULL);
	check_paths(KWP_OPEN, WORDS("", NULL, NULL, NULL, "/d"), "\"path\":\"\"", NULL);
	check_paths(KWP_RENAME, WORDS("a", "b", NULL, "/two", "/one"), "\"path\":\"/one/a\"",
		    "\"target_path\":\"/two/b\"");
	check_paths(KWP_RENAME, WORDS("a", "b", NULL, NULL, "/one"), "\"path\":\"/one/a\"",
		    "\"target_path\":\"/one/b\"");
	check_paths(KWP_LINK, WORDS("/a", "b", NULL, "/two"), "\"path\":\"/a\"",
		    "\"target_path\":\"/two/b\"");
	check_paths(KWP_LINK, WORDS("a", "b"), "\"path\":\"a\"", "\"target_path\":\"b\"");
	seen_close();
}

/* Of a mount one directory is told, and string 0 need not be a path at all. */
static void test_mounts(void)
{
	static const char *const relative[KWP_STRINGS] = {"a", "b", NULL, NULL, "/d"};

	seen_open((struct enrich_options){});
	flags = MS_NOSUID;
	check_paths(KWP_MOUNT, WORDS("proc", "/p", "proc", NULL, "/d"), "\"path\":\"proc\"",
		    "\"target_path\":\"/p\"");
	check_paths(KWP_MOUNT, WORDS("none", "/", NULL, NULL, "/d"), "\"path\":\"none\"", NULL);
	flags = MS_BIND;
	check_paths(KWP_MOUNT, relative, "\"path\":\"/d/a\"", "\"target_path\":\"/d/b\"");
	/* Without flags: mount(2) with a type, or move_mount(2). */
	flags = 0;
	check_paths(KWP_MOUNT, WORDS("tmpfs", "t", "tmpfs", NULL, "/d"), "\"path\":\"tmpfs\"",
		    "\"target_path\":\"/d/t\"");
	check_paths(KWP_MOUNT, relative, "\"path\":\"a\"", "\"target_path\":\"/d/b\"");
	check_paths(KWP_MOUNT, WORDS("a", "/b", NULL, NULL, "/d"), "\"path\":\"/d/a\"",
		    "\"target_path\":\"/b\"");
	seen_close();
}

/* Both strings of the longest kind: the join is cut, not overrun. */
static void test_paths_long(void)
{
	static char path[12000];
	struct draft draft = draft_of(KWP_OPEN, 51, 1);

	memset(path, 'p', sizeof(path) - 1);
	seen_open((struct enrich_options){});
	draft_text(&draft, 0, path);
	draft_text(&draft, KWP_DIR, "/d");
	CHECK(!feed(&draft));
	CHECK(seen_has(0, "\"path\":\"/d/pppp"));
	path[0] = '/';
	draft_text(&draft, 0, "x");
	draft_text(&draft, KWP_DIR, path);
	CHECK(!feed(&draft));
	CHECK(seen_has(1, "\"path\":\"/pppp"));
	seen_close();
}

int main(void)
{
	test_paths();
	test_mounts();
	test_paths_long();
	return check_end();
}
