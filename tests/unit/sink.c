/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines arrive whole, nothing blocks, and what is lost is counted. */
#include "check.h"

#include "../../common/log.h"
#include "../../common/sink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

static char dir[] = "/tmp/kwp-sink-XXXXXX";

static const char *path_of(const char *name)
{
	static char path[2][64];
	static int turn;

	turn = !turn;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", dir, name);
	return path[turn];
}

static const char *dest_of(const char *scheme, const char *name)
{
	static char dest[128];

	snprintf(dest, sizeof(dest), "%s%s", scheme, path_of(name));
	return dest;
}

static long ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void put(struct sink *sink, const char *lines)
{
	sink_write(sink, lines, strlen(lines));
}

/* Everything that can be read now, waiting for the first of it. */
static char *take(int fd)
{
	static char text[1 << 16];
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	size_t size = 0;
	ssize_t got;

	while (size < sizeof(text) - 1 && poll(&wait, 1, size ? 0 : 1000) > 0) {
		got = read(fd, text + size, sizeof(text) - 1 - size);
		if (got <= 0)
			break;
		size += got;
	}
	text[size] = '\0';
	return text;
}

static int unix_listen(const char *name, int type)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type, 0);

	strcpy(un.sun_path, path_of(name));
	unlink(un.sun_path);
	CHECK(!bind(fd, (struct sockaddr *)&un, sizeof(un)));
	if (type == SOCK_STREAM)
		CHECK(!listen(fd, 4));
	return fd;
}

/* Flushes as a loop does until a peer came or a second went by. */
static int peer_of(struct sink *sink, int listener)
{
	struct pollfd wait = { .fd = listener, .events = POLLIN };

	for (long end = ms() + 1000; ms() < end;) {
		CHECK(!sink_flush(sink));
		if (poll(&wait, 1, 20) > 0)
			return accept(listener, NULL, NULL);
	}
	return -1;
}

static void test_bad_destinations(void)
{
	static const char *const bad[] = {
		"", "unix:", "tcp:", "tcp:127.0.0.1", "tcp:127.0.0.1:", "tcp::80",
		"tcp:127.0.0.1:0", "tcp:127.0.0.1:65536", "tcp:127.0.0.1:8o", "tcp:127.0.0.1:-1",
		"tcp:no.such.host.invalid:80", "tcp:fd00::1:80", "tcp:[fd00::1]80", "tcp:[]:80",
		"vsock:", "vsock:2", "vsock:2:", "vsock::1", "vsock:x:1", "vsock:2:x",
		"vsock:2:4294967296", "vsock:99999999999999:1", "udp:127.0.0.1:1",
		"tpc:127.0.0.1:1",
		"unix:/a-path-that-is-longer-than-what-a-socket-address-has-room-for/"
		"012345678901234567890123456789012345678901234567890123456789",
	};
	struct sink *sink = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		unsigned errors = log_count(LOG_ERROR);

		CHECK(sink_open(bad[i], &sink) == -EINVAL);
		CHECK(log_count(LOG_ERROR) == errors + 1);
	}
	CHECK(sink_open("/nonexistent/file", &sink) == -ENOENT);
	CHECK(sink_open("/", &sink) == -EISDIR);
	CHECK(!sink);
	CHECK(!sink_close(NULL));
}

static void test_file(void)
{
	const char *path = path_of("out.json");
	struct sink *sink;
	struct stat st;
	int fd;

	umask(0);
	for (int round = 0; round < 2; round++) {
		CHECK(!sink_open(path, &sink));
		put(sink, "one\n");
		put(sink, "two\nthree\n");
		CHECK(sink_timeout(sink) == -1);
		CHECK(!sink_flush(sink));
		CHECK(!sink_dropped(sink));
		CHECK(!sink_close(sink));
	}
	fd = open(path, O_RDONLY);
	CHECK_STR(take(fd), "one\ntwo\nthree\none\ntwo\nthree\n");
	CHECK(!fstat(fd, &st) && (st.st_mode & 0777) == 0600);
	close(fd);
	/* Unflushed lines go out at the end; many do not wait that long. */
	CHECK(!sink_open(path, &sink));
	for (int i = 0; i < 100000; i++)
		put(sink, "0123456789012345678\n");
	CHECK(!stat(path, &st) && st.st_size > 1900000);
	CHECK(!sink_close(sink));
	CHECK(!stat(path, &st) && st.st_size == 28 + 2000000);
}

static void test_full(void)
{
	unsigned errors = log_count(LOG_ERROR);
	struct sink *sink;

	CHECK(!sink_open("/dev/full", &sink));
	put(sink, "one\n");
	CHECK(sink_flush(sink) == -ENOSPC);
	put(sink, "two\n");
	CHECK(sink_flush(sink) == -ENOSPC);
	CHECK(log_count(LOG_ERROR) == errors + 1);
	CHECK(!sink_dropped(sink));
	for (int i = 0; i < 100000; i++)
		put(sink, "0123456789012345678\n");
	/* 1 MiB waits, the rest is counted. */
	CHECK(sink_dropped(sink) > 47000 && sink_dropped(sink) < 48000);
	CHECK(sink_close(sink) == -ENOSPC);
	CHECK(log_count(LOG_ERROR) == errors + 1);
}

static void test_pipe(void)
{
	int ends[2], saved = dup(STDOUT_FILENO), flushed[2];
	struct sink *sink;
	uint64_t dropped;
	int closed;

	fflush(stdout);
	CHECK(!pipe(ends));
	fflush(stdout);
	dup2(ends[1], STDOUT_FILENO);
	closed = sink_open("-", &sink);
	put(sink, "one\n");
	flushed[0] = sink_flush(sink);
	close(ends[0]);
	put(sink, "two\nthree\n");
	flushed[1] = sink_flush(sink);
	put(sink, "four\n");
	dropped = sink_dropped(sink);
	if (!closed)
		closed = sink_close(sink);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(ends[1]);
	CHECK(flushed[0] == 0);
	CHECK(flushed[1] == -EPIPE);
	CHECK(dropped == 3);
	CHECK(closed == -EPIPE);
}

static void test_unix(void)
{
	int listener = unix_listen("stream", SOCK_STREAM), peer;
	struct sink *sink;

	CHECK(!sink_open(dest_of("unix:", "stream"), &sink));
	put(sink, "one\n");
	CHECK(!sink_flush(sink));
	peer = accept(listener, NULL, NULL);
	CHECK_STR(take(peer), "one\n");
	CHECK(sink_timeout(sink) == -1);
	/* The reader goes and a new one comes: no line is lost or cut. */
	close(peer);
	put(sink, "two\nthree\n");
	CHECK(!sink_flush(sink));
	CHECK(sink_timeout(sink) >= 0 && sink_timeout(sink) <= 100);
	peer = peer_of(sink, listener);
	CHECK(!sink_flush(sink));
	CHECK_STR(take(peer), "two\nthree\n");
	put(sink, "four\n");
	CHECK(!sink_close(sink));
	CHECK_STR(take(peer), "four\n");
	close(peer);
	close(listener);
}

static void test_late_listener(void)
{
	struct sink *sink;
	int listener, peer;

	unlink(path_of("late"));
	CHECK(!sink_open(dest_of("unix:", "late"), &sink));
	put(sink, "one\n");
	CHECK(!sink_flush(sink));
	for (int i = 0; i < 100000; i++)
		put(sink, "0123456789012345678\n");
	CHECK(!sink_flush(sink));
	CHECK(sink_dropped(sink) > 47000 && sink_dropped(sink) < 48000);
	listener = unix_listen("late", SOCK_STREAM);
	peer = peer_of(sink, listener);
	CHECK(peer >= 0);
	CHECK(!strncmp(take(peer), "one\n0123456789012345678\n", 24));
	close(peer);
	close(listener);
	CHECK(sink_close(sink) == -EIO);
}

/* A reader that reads nothing must not hold us up; then it breaks in the
 * middle of a line, which its successor gets from the start. */
static void test_slow_reader(void)
{
	int listener = unix_listen("slow", SOCK_STREAM), peer;
	long start = ms();
	struct sink *sink;
	char *text;

	CHECK(!sink_open(dest_of("unix:", "slow"), &sink));
	peer = accept(listener, NULL, NULL);
	for (int i = 0; i < 40000; i++) {
		put(sink, "0123456789012345678\n");
		if (i % 100 == 0 && sink_flush(sink))
			CHECK(!"sink_flush() failed");
	}
	CHECK(ms() - start < 500);
	CHECK(sink_timeout(sink) >= 0);
	close(peer);
	peer = peer_of(sink, listener);
	CHECK(!sink_flush(sink));
	text = take(peer);
	CHECK(!strncmp(text, "0123456789012345678\n", 20));
	close(peer);
	start = ms();
	CHECK(sink_close(sink) == -EIO);
	CHECK(ms() - start < 1500);
	close(listener);
}

static void test_tcp(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(in);
	int listener = socket(AF_INET, SOCK_STREAM, 0), peer;
	struct sink *sink;
	char dest[40];

	CHECK(!bind(listener, (struct sockaddr *)&in, sizeof(in)) && !listen(listener, 4));
	CHECK(!getsockname(listener, (struct sockaddr *)&in, &size));
	snprintf(dest, sizeof(dest), "tcp:localhost:%d", ntohs(in.sin_port));
	CHECK(!sink_open(dest, &sink));
	put(sink, "one\n");
	peer = peer_of(sink, listener);
	CHECK(!sink_flush(sink));
	CHECK_STR(take(peer), "one\n");
	put(sink, "two\n");
	CHECK(!sink_close(sink));
	CHECK_STR(take(peer), "two\n");
	close(peer);
	close(listener);
	/* Nobody listens: no error, no wait. */
	snprintf(dest, sizeof(dest), "tcp:127.0.0.1:%d", ntohs(in.sin_port));
	CHECK(!sink_open(dest, &sink));
	put(sink, "one\n");
	CHECK(!sink_flush(sink));
	CHECK(sink_timeout(sink) >= 0);
	CHECK(sink_close(sink) == -EIO);
}

static void test_vsock(void)
{
	struct sink *sink;

	/* Whether this machine has vsock or not. */
	CHECK(!sink_open("vsock:1:54321", &sink));
	put(sink, "one\n");
	CHECK(!sink_flush(sink));
	CHECK(sink_close(sink) == -EIO);
}

static void test_syslog(void)
{
	int server = unix_listen("log", SOCK_DGRAM);
	char line[200], *long_line = malloc(1 << 19);
	struct sink *sink;
	ssize_t size;

	CHECK(!sink_open(dest_of("syslog:", "log"), &sink));
	put(sink, "{\"a\":1}\n{\"b\":2}\n");
	CHECK(!sink_flush(sink));
	size = recv(server, line, sizeof(line) - 1, 0);
	line[MAX(size, 0)] = '\0';
	printf("# %s\n", line);
	CHECK(!strncmp(line, "<85>1 20", 8) && strstr(line, "Z ") && strstr(line, " kwp "));
	CHECK(size > 12 && !strcmp(line + size - 12, " - - {\"a\":1}"));
	size = recv(server, line, sizeof(line) - 1, 0);
	CHECK(size > 7 && !memcmp(line + size - 7, "{\"b\":2}", 7));
	/* What no datagram can hold is dropped, what comes after is not. */
	memset(long_line, 'x', 1 << 19);
	long_line[(1 << 19) - 1] = '\n';
	sink_write(sink, long_line, 1 << 19);
	put(sink, "c\n");
	CHECK(!sink_flush(sink));
	CHECK(sink_dropped(sink) == 1);
	size = recv(server, line, sizeof(line) - 1, MSG_DONTWAIT);
	CHECK(size > 2 && line[size - 1] == 'c');
	/* The daemon is restarted. */
	close(server);
	put(sink, "d\n");
	CHECK(!sink_flush(sink));
	server = unix_listen("log", SOCK_DGRAM);
	usleep(120000);
	CHECK(!sink_flush(sink));
	size = recv(server, line, sizeof(line) - 1, MSG_DONTWAIT);
	CHECK(size > 2 && line[size - 1] == 'd');
	CHECK(!sink_close(sink));
	close(server);
	free(long_line);
}

int main(void)
{
	char command[64];

	/* As main() does. */
	signal(SIGPIPE, SIG_IGN);
	log_open("sink");
	CHECK(mkdtemp(dir) != NULL);
	test_bad_destinations();
	test_file();
	test_full();
	test_pipe();
	test_unix();
	test_late_listener();
	test_slow_reader();
	test_tcp();
	test_vsock();
	test_syslog();
	snprintf(command, sizeof(command), "rm -r %s", dir);
	CHECK(!system(command));
	return check_end();
}
