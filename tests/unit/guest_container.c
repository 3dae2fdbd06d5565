/* SPDX-License-Identifier: GPL-2.0-only */
/* Containers in a tree of control groups, which here is one of plain directories. */
#include "../../common/guest_container.c"

#include "check.h"

#include <ftw.h>

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define POD "/kubepods/burstable/pod6a0cfd1e"

static char root[] = "/tmp/kwp-cgroup-XXXXXX";
static bool no_root;

const char *guest_cgroup_root(void)
{
	return no_root ? NULL : root;
}

/* Makes a directory below the root; returns its id. */
static uint64_t make(const char *path)
{
	char full[4096];
	struct stat st = {};

	snprintf(full, sizeof(full), "%s%s", root, path);
	if (mkdir(full, 0700) || stat(full, &st))
		perror(full);
	return st.st_ino;
}

static int drop(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	return remove(path);
}

static void test_record(uint64_t id)
{
	_cleanup_buffer_ struct buffer out = {};
	struct event event;

	buffer_add(&out, "8 before", 8);
	CHECK(guest_container_record(id, &out));
	CHECK(!event_decode(out.bytes + 8, out.size - 8, &event));
	CHECK(event.record->type == KWP_CONTAINER && !event.record->pid);
	CHECK(((const struct kwp_container *)event.facts)->cgroup == id);
	CHECK_STR(event.string[0].bytes, POD "/" ID);
	/* One that is gone gives a record too, so that nobody asks again. */
	out.size = 8;
	CHECK(!guest_container_record(~0ull, &out));
	CHECK(!event_decode(out.bytes + 8, out.size - 8, &event));
	CHECK(!event.string[0].bytes);
	out.size = 8;
	no_root = true;
	CHECK(!guest_container_record(id, &out));
	CHECK(!event_decode(out.bytes + 8, out.size - 8, &event));
	no_root = false;
}

static void check_find(const char *name, int want, uint64_t id, uint32_t depth)
{
	uint64_t cgroup = 7;
	uint32_t level = 7;
	int err = guest_find_container(name, &cgroup, &level);

	CHECK(err == want);
	CHECK(err ? cgroup == 7 && level == 7 : cgroup == id && level == depth);
	if (err != want)
		printf("# %s: %d\n", name, err);
}

int main(void)
{
	uint64_t full, init, other, web;
	char deep[400] = "/deep";

	if (!mkdtemp(root))
		return 1;
	make("/kubepods");
	make("/kubepods/burstable");
	make(POD);
	full = make(POD "/" ID);
	init = make(POD "/" ID "/init");
	other = make(POD "/0123fedcba9876543210");
	make("/default");
	web = make("/default/web");
	make("/default/web/0123456789abffff");
	make("/system.slice");
	make("/fedc00000000");
	make("/fedc11111111");
	test_record(full);
	check_find(ID, 0, full, 4);
	check_find("0123456", 0, full, 4);
	check_find("0123", -EEXIST, 0, 0);
	check_find("0123f", 0, other, 4);
	check_find("web", 0, web, 2);
	check_find("/default/web", 0, web, 2);
	check_find(POD "/" ID "/init", 0, init, 5);
	check_find("fedc", -EEXIST, 0, 0);
	check_find("nobody", -ENOENT, 0, 0);
	no_root = true;
	check_find("web", -ENOENT, 0, 0);
	no_root = false;
	/* Deeper than anybody nests them: the walk ends. */
	for (int i = 0; i < 30; i++) {
		make(deep);
		strcat(deep, "/d");
	}
	check_find("nobody", -ENOENT, 0, 0);
	nftw(root, drop, 16, FTW_DEPTH | FTW_PHYS);
	return check_end();
}
