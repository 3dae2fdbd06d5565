/* SPDX-License-Identifier: GPL-2.0-only */
/* Containers: ids in cgroup paths, and the table of those that are known. */
#include "../../common/container.h"
#include "check.h"

#include <stdlib.h>

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define UID "6a0cfd1e-8f1c-4a52-9d2c-2f1d6f4c9e11"
#define UNIT_UID "6a0cfd1e_8f1c_4a52_9d2c_2f1d6f4c9e11"
#define UNIT "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UNIT_UID ".slice"

static void test_id_of(void)
{
	static const struct {
		const char *path, *id;
	} cases[] = {
		/* containerd: without systemd, with it, with it on the host only */
		{"/kubepods/burstable/pod" UID "/" ID, ID},
		{"/kubepods/pod" UID "/" ID, ID},
		{UNIT "/cri-containerd-" ID ".scope", ID},
		{"/kubepods-burstable-pod" UNIT_UID ".slice/cri-containerd/" ID, ID},
		/* CRI-O, docker, podman, ctr, nerdctl, no path given */
		{UNIT "/crio-" ID ".scope", ID},
		{"/kubepods-burstable-pod" UNIT_UID ".slice/crio/" ID, ID},
		{"/system.slice/docker-" ID ".scope", ID},
		{"/machine.slice/libpod-" ID ".scope", ID},
		{"/default/" ID, ID},
		{"/default/web-1", "web-1"},
		{"/" ID, ID},
		{"/0123456789ab", "0123456789ab"},
		/* Below a pod any name is a container's, whatever it looks like. */
		{"/kubepods/burstable/pod" UID "/web", "web"},
		/* What a container makes below itself is still that container. */
		{"/kubepods/burstable/pod" UID "/" ID "/init", ID},
		{"/kubepods/burstable/pod" UID "/" ID "/system.slice/ssh.service", ID},
		{"/kubepods/burstable/pod" UID "/web/init", "web"},
		{"/kubepods/burstable/pod" UID "/" ID "/docker/fedcba9876543210", ID},
		{UNIT "/cri-containerd-" ID ".scope/init.scope", ID},
		{"/default/" ID "/init", ID},
		{"/" ID "/fedcba9876543210", ID},
		/* The guest itself. */
		{"", NULL},
		{"/", NULL},
		{"/init.scope", NULL},
		{"/system.slice/ssh.service", NULL},
		{"/user.slice/user-0.slice/session-1.scope", NULL},
		{"/kubepods", NULL},
		{"/kubepods/burstable", NULL},
		{"/kubepods/burstable/pod" UID, NULL},
		{"/kubepods/burstable/pod" UID "/", NULL},
		{UNIT, NULL},
		{UNIT "/", NULL},
		{"/default", NULL},
		{"/0123456789a", NULL}, /* too short */
		{"/0123456789A0", NULL},
		{"/deadbeef.service", NULL},
		{"/docker-.scope", NULL},
		{"/.scope", NULL},
		{"//", NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *id = container_id_of(cases[i].path);
		bool right = cases[i].id ? id && !strcmp(id, cases[i].id) : !id;

		CHECK(right);
		if (!right)
			printf("# %s gives %s\n", cases[i].path, id ? id : "none");
	}
}

static const struct container *learn(struct container_table *table, uint64_t cgroup,
				     const char *path, const char *name)
{
	struct text names[5] = {{path, strlen(path)}, {name, strlen(name)}};

	return container_learn(table, cgroup, names);
}

static void test_table(void)
{
	struct container_table *table = container_table_new();
	const struct container *c, *guest;

	CHECK(!container_find(table, 5));
	c = learn(table, 5, "/" ID, "web");
	CHECK(c && c->cgroup == 5 && container_find(table, 5) == c);
	CHECK_STR(c->id, ID);
	CHECK_STR(c->path, "/" ID);
	CHECK_STR(c->name, "web");
	CHECK(!c->image && !c->pod && !c->namespace);
	guest = learn(table, 6, "/system.slice", "");
	CHECK(guest && !guest->id && !guest->name && container_find(table, 6) == guest);
	/* The first word stays: processes point at it. */
	CHECK(learn(table, 5, "/other", "other") == c);
	CHECK_STR(c->name, "web");
	container_table_free(table);
	container_table_free(NULL);
}

static void test_absent(void)
{
	struct container_table *table = container_table_new();
	const struct text none[5] = {};
	const struct container *c = container_learn(table, 7, none);

	CHECK(c && !c->path && !c->id && container_find(table, 7) == c);
	container_table_free(table);
}

static void test_limit(void)
{
	struct container_table *table = container_table_new();
	unsigned learnt = 0;

	for (uint64_t cgroup = 1; cgroup <= 5000; cgroup++)
		learnt += learn(table, cgroup, "/" ID, "web") != NULL;
	CHECK(learnt == 4096);
	CHECK(container_find(table, 1) && container_find(table, 4096));
	CHECK(!container_find(table, 4097));
	CHECK(container_table_refused(table) == 5000 - 4096);
	CHECK(learn(table, 1, "/" ID, "web"));
	CHECK(container_table_refused(table) == 5000 - 4096);
	container_table_free(table);
}

int main(void)
{
	test_id_of();
	test_table();
	test_absent();
	test_limit();
	return check_end();
}
