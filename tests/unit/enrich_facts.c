/* SPDX-License-Identifier: GPL-2.0-only */
/* Facts that are of a process's whole life, or of a connection's. */
#include "seen.h"

#include <netinet/in.h>
#include <sys/socket.h>

#define ARGS(literal) literal, sizeof(literal) - 1

/* What an exec found in its environment stays with the process, and names what is injected. */
static void test_environ(void)
{
	struct draft exec = draft_exec(150, 1, "/bin/new", ARGS("new\0"));
	struct draft drift = draft_of(KWP_DRIFT, 150, 1);
	static const char environ[] = "LD_PRELOAD=libc.so.6:/x/a.so b.so\0LD_LIBRARY_PATH=/y/c.so";

	seen_open((struct enrich_options){});
	draft_bytes(&exec, 5, environ, sizeof(environ));
	CHECK(!feed(&exec));
	CHECK(seen_has(0, "\"env_vars\":[\"LD_PRELOAD=libc.so.6:/x/a.so b.so\","
			  "\"LD_LIBRARY_PATH=/y/c.so\"]"));
	CHECK(seen_lacks(0, "injected"));
	for (unsigned i = 0; i < 5; i++) {
		static const char *const paths[] = {"/z/a.so", "/b.so", "/y/c.so", "/y/.so", "/y/"};

		draft_text(&drift, 0, paths[i]);
		CHECK(!feed(&drift));
		CHECK(seen_has(1 + i, i < 2 ? "\"injected\":true" : "\"injected\":false"));
	}
	exec.string[5].bytes = NULL;
	CHECK(!feed(&exec));
	CHECK(seen_lacks(6, "env_vars"));
	CHECK(!feed(&drift));
	CHECK(seen_lacks(7, "injected"));
	draft_text(&drift, 0, "/z/a.so");
	draft_bytes(&drift, 5, environ, sizeof(environ));
	CHECK(!feed(&drift));
	CHECK(seen_has(8, "\"injected\":true") && seen_has(8, "\"LD_LIBRARY_PATH=/y/c.so\""));
	seen_close();
}

/* The end of a connection: the head is of its beginning, the process is as it is known. */
static void test_close(void)
{
	struct draft draft = draft_of(KWP_CLOSE, 140, 1);
	struct draft exec = draft_exec(140, 1, "/bin/new", ARGS("new\0"));
	struct kwp_close *close = DRAFT_FACTS(&draft, kwp_close);

	seen_open((struct enrich_options){});
	memcpy(exec.head.comm, "new", 4);
	CHECK(!feed(&exec));
	memcpy(draft.head.comm, "old", 4);
	*close = (struct kwp_close){.net = {.family = AF_INET, .protocol = IPPROTO_TCP,
					    .local = {AF_INET, 80, 0, {192, 0, 2, 1}},
					    .remote = {AF_INET, 5555, 0, {192, 0, 2, 2}}},
				    .sent = 7, .received = 9, .duration = 1000, .inbound = 1};
	CHECK(!feed(&draft));
	CHECK(seen_has(1, "\"source\":{\"ip\":\"192.0.2.2\",\"port\":5555,\"bytes\":9}"));
	CHECK(seen_has(1, "\"destination\":{\"ip\":\"192.0.2.1\",\"port\":80,\"bytes\":7}"));
	CHECK(seen_has(1, "\"direction\":\"ingress\"") && seen_has(1, "\"duration\":1000"));
	CHECK(seen_has(1, "\"name\":\"new\",\"executable\":\"/bin/new\""));
	close->inbound = 0;
	close->duration = 0;
	memset(&draft.head.pid, 0,
	       offsetof(struct kwp_record, uid) - offsetof(struct kwp_record, pid));
	draft.head.comm[0] = 0;
	CHECK(!feed(&draft));
	CHECK(seen_has(2, "\"source\":{\"ip\":\"192.0.2.1\",\"port\":80,\"bytes\":7}"));
	CHECK(seen_has(2, "\"direction\":\"egress\"") && seen_lacks(2, "\"duration\""));
	CHECK(seen_lacks(2, "\"process\":"));
	seen_close();
}

int main(void)
{
	test_environ();
	test_close();
	return check_end();
}
