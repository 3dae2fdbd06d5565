/* SPDX-License-Identifier: GPL-2.0-only */
/* What an event knows besides its record: processes, containers, looked-up names. */
#include "seen.h"

#include <sys/socket.h>

#define ARGS(literal) literal, sizeof(literal) - 1

/* The entity id in a line, behind this key. */
static struct text entity_of(unsigned i, const char *key)
{
	const char *at = i < seen_count ? strstr(seen[i].json, key) : NULL;

	at = at ? strstr(at, "\"entity_id\":\"") : NULL;
	return at ? (struct text){at + 13, 16} : (struct text){};
}

static bool same(struct text a, struct text b)
{
	return a.bytes && b.bytes && !memcmp(a.bytes, b.bytes, 16);
}

static struct draft open_draft(uint32_t pid, uint32_t parent)
{
	struct draft draft = draft_of(KWP_OPEN, pid, parent);

	draft_text(&draft, 0, "/etc/passwd");
	return draft;
}

static void feed_fork(uint32_t pid, uint32_t parent, uint32_t child)
{
	struct draft draft = draft_fork(pid, parent, child);

	CHECK(!feed(&draft));
}

static void feed_exec(uint32_t pid, uint32_t parent, const char *path, const char *args,
		      size_t size)
{
	struct draft draft = draft_exec(pid, parent, path, args, size);

	CHECK(!feed(&draft));
}

static void feed_exit(uint32_t pid, uint32_t parent)
{
	struct draft draft = draft_exit(pid, parent, 3 << 8);

	CHECK(!feed(&draft));
}

static void feed_open(uint32_t pid, uint32_t parent)
{
	struct draft draft = open_draft(pid, parent);

	CHECK(!feed(&draft));
}

static void test_life(void)
{
	seen_open((struct enrich_options){.boot_time = 1700000000ull * NS_PER_S});
	feed_exec(1, 0, "/sbin/init", ARGS("init\0"));
	feed_fork(1, 0, 20);
	feed_open(20, 1);
	feed_exec(20, 1, "/bin/ls", ARGS("ls\0-l\0/a b\0"));
	feed_open(20, 1);
	feed_exit(20, 1);
	CHECK(seen_count == 6);
	CHECK(seen_has(1, "\"child\":{\"pid\":20,"));
	CHECK(seen_has(1, "\"pid\":1,"));
	/* Until its exec the child is its parent's image. */
	CHECK(seen_has(2, "\"executable\":\"/sbin/init\",\"args\":[\"init\"]"));
	CHECK(seen_has(3, "\"executable\":\"/bin/ls\",\"args\":[\"ls\",\"-l\",\"/a b\"],"
			  "\"args_count\":3,\"command_line\":\"ls -l /a b\""));
	CHECK(seen_has(3, "\"working_directory\":\"/work\""));
	CHECK(seen_has(3, "\"file\":{\"path\":\"/bin/ls\",\"name\":\"ls\""));
	CHECK(seen_has(4, "\"parent\":{\"pid\":1,"));
	CHECK(seen_has(5, "\"exit_code\":3"));
	CHECK(seen_has(0, "\"@timestamp\":\"2023-11-14T22:13:20."));
	CHECK(same(entity_of(1, "\"child\""), entity_of(2, "\"process\"")));
	CHECK(same(entity_of(2, "\"process\""), entity_of(5, "\"process\"")));
	CHECK(same(entity_of(5, "\"parent\""), entity_of(0, "\"process\"")));
	seen_close();
}

/* A daemon's way: the chain reaches pid 1 though those in between have ended. */
static void test_chain(void)
{
	seen_open((struct enrich_options){});
	feed_exec(1, 0, "/sbin/init", ARGS("init\0"));
	feed_fork(1, 0, 30);
	feed_exec(30, 1, "/bin/sh", ARGS("sh\0"));
	feed_fork(30, 1, 31);
	feed_exit(30, 1);
	feed_fork(31, 1, 32);
	feed_exit(31, 1);
	seen_clear();
	/* The kernel says by now that pid 1 is its parent. */
	feed_exec(32, 1, "/usr/sbin/daemon", ARGS("daemon\0"));
	CHECK(seen_has(0, "\"parent\":{\"pid\":31,"));
	CHECK(seen_has(0, "\"ancestors\":[{\"pid\":31,"));
	CHECK(seen_has(0, "{\"pid\":30,\"name\":\"comm-30\""));
	CHECK(seen_has(0, "{\"pid\":1,\"name\":\"comm-1\"}]"));
	seen_close();
}

/* Nobody told of the parent but the child's own records. */
static void test_unknown_parent(void)
{
	seen_open((struct enrich_options){});
	feed_open(50, 40);
	CHECK(seen_has(0, "\"parent\":{\"pid\":40,"));
	CHECK(seen_has(0, "\"name\":\"comm-40\""));
	CHECK(seen_has(0, "\"ancestors\":[{\"pid\":40,\"name\":\"comm-40\"}]"));
	/* Then it speaks itself: one process, with all that its own head tells. */
	feed_open(40, 1);
	CHECK(seen_has(1, "\"pid_namespace\":4026531836"));
	CHECK(seen_has(1, "\"parent\":{\"pid\":1,"));
	feed_open(50, 40);
	CHECK(seen_has(2, "\"ancestors\":[{\"pid\":40,"));
	CHECK(seen_has(2, "{\"pid\":1,\"name\":\"comm-1\""));
	CHECK(same(entity_of(0, "\"parent\""), entity_of(1, "\"process\"")));
	CHECK(process_table_count(enrich_processes(seen_enrich)) == 3);
	seen_close();
}

/* What only a process of a container has, also when its child spoke first. */
static void test_entry(void)
{
	struct draft draft = open_draft(60, 41);

	seen_open((struct enrich_options){});
	CHECK(!feed(&draft));
	draft = open_draft(41, 1);
	draft.head.own_pid = 1;
	draft.head.flags = KWP_F_ENTERED | KWP_F_NSINIT;
	CHECK(!feed(&draft));
	CHECK(seen_has(1, "\"vpid\":1"));
	CHECK(seen_has(1, "\"entry\":\"container-init\""));
	seen_close();
}

static void test_entity(void)
{
	struct draft draft = open_draft(70, 1);

	seen_open((struct enrich_options){});
	CHECK(!feed(&draft));
	CHECK(!feed(&draft));
	draft.head.start++;
	CHECK(!feed(&draft));
	draft.head.start--;
	draft.head.pid++;
	CHECK(!feed(&draft));
	CHECK(same(entity_of(0, "\"process\""), entity_of(1, "\"process\"")));
	CHECK(!same(entity_of(0, "\"process\""), entity_of(2, "\"process\"")));
	CHECK(!same(entity_of(0, "\"process\""), entity_of(3, "\"process\"")));
	CHECK(!same(entity_of(2, "\"process\""), entity_of(3, "\"process\"")));
	seen_close();
}

/* Each change of what a line shows, of the process and of those above it. */
static void test_cache(void)
{
	static const struct {
		size_t offset, size;
		const char *shown;
	} changes[] = {
#define CHANGE(member, shown)                                                                      \
	{offsetof(struct kwp_record, member), sizeof(((struct kwp_record *)0)->member), shown}
		CHANGE(uid, "\"user\":{\"id\":77"),
		CHANGE(euid, "\"effective\":{\"id\":77"),
		CHANGE(gid, "\"group\":{\"id\":77"),
		CHANGE(session, "\"session_leader\":{\"pid\":77"),
		CHANGE(mnt_ns, "\"mount_namespace\":77"),
		CHANGE(cgroup, "\"cgroup\":77"),
		CHANGE(tty, "\"tty\":\"0:77\""),
		CHANGE(view_pid, "\"pid\":77"),
		CHANGE(comm, "\"name\":\"M\""),
	};
	struct draft draft;

	seen_open((struct enrich_options){});
	feed_fork(1, 0, 80);
	feed_fork(80, 1, 81);
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		uint64_t value = 77;

		draft = open_draft(81, 80);
		seen_clear();
		CHECK(!feed(&draft));
		CHECK(seen_lacks(0, changes[i].shown));
		memcpy((char *)&draft.head + changes[i].offset, &value,
		       MIN(changes[i].size, sizeof(value)));
		CHECK(!feed(&draft));
		CHECK(seen_has(1, changes[i].shown));
	}
	/* The grandparent gets another name, the parent becomes another program. */
	seen_clear();
	draft = open_draft(1, 0);
	strcpy(draft.head.comm, "renamed");
	CHECK(!feed(&draft));
	feed_exec(80, 1, "/bin/dash", ARGS("dash\0"));
	feed_open(81, 80);
	CHECK(seen_has(2, "\"executable\":\"/bin/dash\""));
	CHECK(seen_has(2, "{\"pid\":1,\"name\":\"renamed\""));
	seen_close();
}

static void test_threads(void)
{
	struct draft draft = open_draft(90, 1);

	seen_open((struct enrich_options){});
	CHECK(!feed(&draft));
	draft.head.tid = draft.head.view_tid = 91;
	strcpy(draft.head.comm, "worker");
	CHECK(!feed(&draft));
	/* A thread's name is not the process's. */
	CHECK(seen_has(1, "\"name\":\"comm-90\""));
	CHECK(seen_has(1, "\"thread\":{\"id\":91,\"name\":\"worker\"}"));
	/* Its end is not the end of the process. */
	draft = draft_exit(90, 1, 0);
	draft.head.tid = 91;
	DRAFT_FACTS(&draft, kwp_exit)->last = 0;
	CHECK(!feed(&draft));
	CHECK(!process_find(enrich_processes(seen_enrich), 90)->exited);
	draft = draft_exit(90, 1, 9);
	CHECK(!feed(&draft));
	CHECK(process_find(enrich_processes(seen_enrich), 90)->exited);
	CHECK(seen_has(3, "\"exit_signal\":\"SIGKILL\""));
	seen_close();
}

static void test_container(void)
{
	struct draft open = open_draft(100, 1), learn = draft_of(KWP_CONTAINER, 0, 0);

	seen_open((struct enrich_options){});
	open.head.cgroup = DRAFT_FACTS(&learn, kwp_container)->cgroup = 4242;
	CHECK(!feed(&open));
	CHECK(!enrich_knows_cgroup(seen_enrich, 4242));
	draft_text(&learn, 0, "/kubepods/podx/0123456789abcdef");
	draft_text(&learn, 1, "web");
	draft_text(&learn, 2, "nginx:1");
	draft_text(&learn, 3, "pod-1");
	draft_text(&learn, 4, "prod");
	CHECK(!feed(&learn));
	CHECK(seen_count == 1);
	CHECK(enrich_knows_cgroup(seen_enrich, 4242));
	CHECK(!feed(&open));
	CHECK(seen_lacks(0, "\"container\""));
	CHECK(seen_has(1, "\"container\":{\"id\":\"0123456789abcdef\",\"name\":\"web\","
			  "\"image\":{\"name\":\"nginx:1\"}}"));
	CHECK(seen_has(1, "\"orchestrator\":{\"namespace\":\"prod\","
			  "\"resource\":{\"name\":\"pod-1\"}"));
	/* It moves out, and is the guest's own again. */
	open.head.cgroup = 1;
	CHECK(!feed(&open));
	CHECK(seen_lacks(2, "\"container\""));
	seen_close();
}

/* A child that has not spoken yet is in its parent's container. */
static void test_container_inherited(void)
{
	struct draft learn = draft_of(KWP_CONTAINER, 0, 0), fork = draft_fork(110, 1, 111);
	struct draft open = open_draft(111, 110);

	seen_open((struct enrich_options){});
	fork.head.cgroup = open.head.cgroup = DRAFT_FACTS(&learn, kwp_container)->cgroup = 9;
	draft_text(&learn, 0, "/0123456789abcdef");
	CHECK(!feed(&learn));
	CHECK(!feed(&fork));
	CHECK(process_find(enrich_processes(seen_enrich), 111)->container);
	CHECK(!feed(&open));
	CHECK(seen_has(1, "\"container\":{\"id\":\"0123456789abcdef\"}"));
	seen_close();
}

static void test_dns(void)
{
	static const char answer[] = "\x12\x34\x81\x80\0\1\0\2\0\0\0\0\3www\7example\3com\0\0\1\0\1"
				     "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"
				     "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\2";
	struct draft dns = draft_of(KWP_DNS, 120, 1), connect = draft_of(KWP_CONNECT, 121, 1);
	struct kwp_net *net = DRAFT_FACTS(&connect, kwp_net);

	seen_open((struct enrich_options){});
	net->family = net->remote.family = AF_INET;
	net->remote.port = 443;
	memcpy(net->remote.addr, "\xc0\0\2\2", 4);
	CHECK(!feed(&connect));
	CHECK(seen_lacks(0, "\"domain\""));
	DRAFT_FACTS(&dns, kwp_dns)->answer = 1;
	draft_bytes(&dns, 0, answer, sizeof(answer) - 1);
	CHECK(!feed(&dns));
	CHECK(seen_has(1, "\"question\":{\"name\":\"www.example.com\",\"type\":\"A\"}"));
	CHECK(seen_has(1, "\"answers\":[\"A 192.0.2.1\",\"A 192.0.2.2\"]"));
	CHECK(seen_has(1, "\"resolved_ip\":[\"192.0.2.1\",\"192.0.2.2\"]"));
	CHECK(!feed(&connect));
	CHECK(seen_has(2, "\"destination\":{\"ip\":\"192.0.2.2\",\"port\":443,"
			  "\"domain\":\"www.example.com\"}"));
	/* The same address through an IPv6 socket. */
	net->family = net->remote.family = AF_INET6;
	memcpy(net->remote.addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\2\1", 16);
	CHECK(!feed(&connect));
	CHECK(seen_has(3, "\"ip\":\"192.0.2.1\",\"port\":443,\"domain\":\"www.example.com\""));
	/* A message without a byte is no reason to fall. */
	dns = draft_of(KWP_DNS, 120, 1);
	CHECK(!feed(&dns));
	seen_close();
}

static void test_existing(void)
{
	struct draft draft = draft_exec(130, 1, "/bin/old", ARGS("old\0"));

	draft.head.backend = KWP_BY_ITER;
	draft.head.flags = 0;
	seen_open((struct enrich_options){});
	CHECK(!feed(&draft));
	CHECK(!seen_count);
	feed_open(130, 1);
	CHECK(seen_has(0, "\"executable\":\"/bin/old\""));
	seen_close();
	seen_open((struct enrich_options){.existing = true});
	CHECK(!feed(&draft));
	CHECK(seen_has(0, "\"backend\":\"iterator\""));
	seen_close();
}

/* Arguments that the iterator had to cut have no rest that could follow. */
static void test_existing_long(void)
{
	struct draft draft = draft_exec(140, 1, "/bin/old", ARGS("old\0cu"));

	draft.head.backend = KWP_BY_ITER;
	draft.head.flags = 0;
	draft.head.incomplete = KWP_NO_ARGS;
	DRAFT_FACTS(&draft, kwp_exec)->args_size = 100000;
	seen_open((struct enrich_options){});
	CHECK(!feed(&draft));
	CHECK(process_find(enrich_processes(seen_enrich), 140));
	feed_open(140, 1);
	CHECK(seen_count == 1);
	CHECK(seen_has(0, "\"args\":[\"old\",\"cu\"]"));
	CHECK(seen_has(0, "\"incomplete\":[\"process.args\"]"));
	seen_close();
}

static void test_loss(void)
{
	struct draft draft = draft_of(KWP_LOSS, 0, 0);

	DRAFT_FACTS(&draft, kwp_loss)->lost[KWP_OPEN] = 3;
	DRAFT_FACTS(&draft, kwp_loss)->lost[KWP_EXEC] = 4;
	draft.head.start = draft.head.parent_start = 0;
	seen_open((struct enrich_options){});
	CHECK(!feed(&draft));
	CHECK(seen_has(0, "\"loss\":{\"total\":7,\"events\":[\"exec=4\",\"open=3\"]}"));
	CHECK(seen_lacks(0, "\"process\""));
	CHECK(!process_table_count(enrich_processes(seen_enrich)));
	seen_close();
}

int main(void)
{
	test_life();
	test_chain();
	test_unknown_parent();
	test_entry();
	test_entity();
	test_cache();
	test_threads();
	test_container();
	test_container_inherited();
	test_dns();
	test_existing();
	test_existing_long();
	test_loss();
	return check_end();
}
