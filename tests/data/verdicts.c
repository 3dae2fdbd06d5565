/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes a recording of verdicts to standard output, in records as the kernel's side makes
 * them: no policy is needed to have it, and each verdict is there. */
#include <stdio.h>

#include "../../bpf/policy.h"
#include "../../common/replay.h"
#include "../unit/build.h"

static void write_record(const struct draft *draft)
{
	_cleanup_built_ struct built built = draft_build(draft);

	fwrite(built.record, built.size, 1, stdout);
}

static void write_rule(uint32_t rule, uint32_t class, const char *name, const char *reference,
		       const char *words)
{
	struct draft draft =
		draft_rule(3, rule, class, (const char *const[]){name, "sandbox", reference, words});

	write_record(&draft);
}

/* A shell in a container, as the iterator tells of it. */
static void write_shell(void)
{
	struct draft draft = draft_exec(41, 1, "/usr/bin/dash", "sh\0-c\0sleep 1", 14);

	draft.head.backend = KWP_BY_ITER;
	draft.head.flags = KWP_F_EXECED;
	write_record(&draft);
}

static void write_file(unsigned type, unsigned verdict, unsigned access, const char *path)
{
	struct draft draft = draft_verdict(type, 41, 3, 1, verdict);

	draft.head.access = access;
	DRAFT_FACTS(&draft, kwp_file_act)->flags = access == KWP_WRITE ? 01 : 0;
	draft_text(&draft, 0, path);
	write_record(&draft);
	/* The act goes on, or fails by what the hook said. */
	draft.head.backend = KWP_BY_TRACEPOINT;
	draft.head.flags = KWP_F_RET;
	draft.head.ret = verdict >= KWP_SAID_BLOCK ? -1 : 3;
	draft.head.rule = draft.head.verdict = draft.head.generation = draft.head.access = 0;
	draft.head.time = ++draft_clock;
	write_record(&draft);
}

static void write_exec(void)
{
	struct draft draft = draft_verdict(KWP_EXEC, 41, 3, 2, KWP_SAID_KILL);

	draft.head.signal = KWP_SIGNAL_CTIME;
	draft_text(&draft, 0, "/tmp/esc\033[31m x");
	draft_text(&draft, 3, "./x");
	write_record(&draft);
}

/* Of a rule that no record explains. */
static void write_connect(void)
{
	struct draft draft = draft_verdict(KWP_CONNECT, 41, 3, 99, KWP_SAID_BLOCK);
	struct kwp_net *net = DRAFT_FACTS(&draft, kwp_net);

	net->family = net->remote.family = 2;
	net->type = 1;
	net->protocol = 6;
	net->remote.port = 443;
	memcpy(net->remote.addr, "\xc0\x00\x02\x01", 4);
	write_record(&draft);
}

static void write_shed(uint32_t on)
{
	struct draft draft = {.head = {.type = KWP_SHED, .nr = -1, .time = ++draft_clock,
				       .facts_size = sizeof(struct kwp_shed)}};

	*DRAFT_FACTS(&draft, kwp_shed) =
		(struct kwp_shed){.events = on ? 9000 : 10, .cpu = 31000, .on = on};
	write_record(&draft);
}

int main(void)
{
	struct recording head = {.magic = {'k', 'w', 'p', '-', 'r', 'e', 'c', '\n'},
				 .schema = KWP_SCHEMA,
				 .head_size = sizeof(struct kwp_record),
				 .boot_time = 1767323045ull * NS_PER_S,
				 .host = "verdicts"};

	fwrite(&head, sizeof(head), 1, stdout);
	write_rule(1, KWP_CLASS_FILE, "file", "sandbox.yaml:13", "/etc/**: read monitor, write block");
	write_rule(2, KWP_CLASS_DRIFT, "drift", "sandbox.yaml:7", "what the image did not bring: kill");
	write_shell();
	write_file(KWP_OPEN, KWP_SAID_MONITOR, KWP_READ, "/etc/hosts");
	write_file(KWP_UNLINK, KWP_SAID_WOULD_BLOCK, KWP_WRITE, "/etc/hosts");
	write_file(KWP_OPEN, KWP_SAID_BLOCK, KWP_WRITE, "/etc/passwd");
	write_exec();
	write_shed(1);
	write_connect();
	write_shed(0);
	return fflush(stdout) || ferror(stdout);
}
