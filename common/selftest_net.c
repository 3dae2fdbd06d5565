/* SPDX-License-Identifier: GPL-2.0-only */
/* Acts on sockets, on 127.0.0.1. */
#include "selftest.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/vm_sockets.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "selftest_act.h"

#define RELAY_US 400000

extern char **environ;

static struct sockaddr_in address(const char *ip, uint16_t port)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
				    .sin_port = htons(port),
				    .sin_addr.s_addr = inet_addr(ip)};
}

/* Two ends of a connection: the one that was made, the one that came in. 0 or -errno. */
static int connection(int *out, int *in)
{
	_cleanup_close_ int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in local = address("127.0.0.1", 0);
	socklen_t size = sizeof(local);

	*out = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener < 0 || *out < 0 || bind(listener, (void *)&local, size) ||
	    listen(listener, 1) || getsockname(listener, (void *)&local, &size) ||
	    connect(*out, (void *)&local, size))
		return -errno;
	*in = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	return *in < 0 ? -errno : 0;
}

/* The same of a unix socket, whose name is removed at once. */
static int unix_connection(int *out, int *in)
{
	_cleanup_close_ int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int err = 0;

	snprintf(name.sun_path, sizeof(name.sun_path), "%s/relay",
		 getenv(SELFTEST_DIRECTORY) ?: ".");
	*out = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener < 0 || *out < 0 || bind(listener, (void *)&name, sizeof(name)) ||
	    listen(listener, 1) || connect(*out, (void *)&name, sizeof(name)) ||
	    (*in = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) < 0)
		err = -errno;
	unlink(name.sun_path);
	return err;
}

/* out and in are of TCP. */
static int connection_of(const char *kind, int *out, int *in)
{
	return strcmp(kind, "unix") ? connection(out, in) : unix_connection(out, in);
}

/* Runs a copy of kwp with so many of its streams on an end. */
static int run_on(int end, int streams, char **argv)
{
	char path[4096];
	int err = selftest_copy(argv[0], path);
	pid_t pid = err ? -1 : fork();

	if (err)
		return err;
	if (!pid) {
		for (int fd = 0; fd < streams; fd++)
			dup2(end, fd);
		execve(path, argv, environ);
		_exit(errno);
	}
	err = selftest_wait(pid);
	return err == -2 || err == -1 ? 0 : err;
}

static int on_connection(char **words, int streams)
{
	_cleanup_close_ int out = -1, in = -1;
	int err = connection_of(words[0], &out, &in);

	return err ?: run_on(strcmp(words[0], "out") ? in : out, streams, words + 1);
}

/* stdio out|in|unix NAME ARG...: standard input, output and error on it. */
int act_stdio(char **words, size_t count)
{
	return on_connection(words, 3);
}

int act_stdin(char **words, size_t count)
{
	return on_connection(words, 1);
}

/* ---- relays ---- */

/* The end of a pipe that nobody reads and that is full, so that who writes to it waits. */
static int full_pipe(int ends[2])
{
	static const char bytes[4096];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	while (write(ends[1], bytes, sizeof(bytes)) > 0)
		;
	return fcntl(ends[1], F_SETFL, 0) ? -errno : 0;
}

/* Runs a copy of kwp as a shell between two pipes, for as long as kwp may need to look at who
 * holds their other ends. What it wants to say of its arguments never ends. */
static int run_between(const int input[2], const int output[2], bool both, char **argv)
{
	const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	char path[4096];
	int errors[2];
	int err = selftest_copy(argv[0], path) ?: full_pipe(errors);
	pid_t pid = err ? -1 : fork();

	if (err)
		return err;
	if (!pid) {
		dup2(input[0], 0);
		dup2(both ? output[1] : null, 1);
		dup2(errors[1], 2);
		fcntl(errors[0], F_SETFD, 0); /* else nobody has it, and writing fails */
		execve(path, argv, environ);
		_exit(errno);
	}
	close(input[0]);
	close(output[1]);
	close(errors[0]);
	close(errors[1]);
	usleep(RELAY_US);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return 0;
}

/* relay out|in|unix both|input NAME ARG...: this process holds the connection and the pipes. */
int act_relay(char **words, size_t count)
{
	int out = -1, in = -1, input[2], output[2];
	int err = connection_of(words[0], &out, &in);

	if (err || pipe2(input, O_CLOEXEC) || pipe2(output, O_CLOEXEC))
		return err ?: -errno;
	close(strcmp(words[0], "out") ? out : in);
	return run_between(input, output, !strcmp(words[1], "both"), words + 2);
}

/* A copy of kwp as a decoder, whose output another one reads as a shell. */
int act_decode(char **words, size_t count)
{
	char *decoder[] = {"base64", "-d", NULL}, *shell[] = {"sh", NULL};
	int input[2], output[2];
	char path[4096];
	int err = selftest_copy(decoder[0], path);
	pid_t pid;

	if (err || pipe2(input, O_CLOEXEC) || pipe2(output, O_CLOEXEC))
		return err ?: -errno;
	pid = fork();
	if (!pid) {
		dup2(input[1], 1);
		execve(path, decoder, environ);
		_exit(errno);
	}
	waitpid(pid, NULL, 0);
	return pid < 0 ? -errno : run_between(input, output, false, shell);
}

/* ---- sockets ---- */

/* A port that nobody listens on will do. */
static int try_connect(const char *ip, uint16_t port)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in remote = address(ip, port);

	return fd < 0 ? -errno : connect(fd, (void *)&remote, sizeof(remote)) * 0;
}

int act_connect(char **words, size_t count)
{
	return try_connect("127.0.0.1", strtol(words[0], NULL, 10));
}

/* In a network namespace that has no way there. */
int act_metadata(char **words, size_t count)
{
	return try_connect("169.254.169.254", 80);
}

int act_listen(char **words, size_t count)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in local = address("127.0.0.1", 0);

	return fd < 0 || bind(fd, (void *)&local, sizeof(local)) || listen(fd, 1) ? -errno : 0;
}

/* In the directory of the self test. */
int act_unix(char **words, size_t count)
{
	_cleanup_close_ int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0),
			    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int err = 0;

	snprintf(name.sun_path, sizeof(name.sun_path), "%s/%s",
		 getenv(SELFTEST_DIRECTORY) ?: ".", words[0]);
	if (listener < 0 || fd < 0 || bind(listener, (void *)&name, sizeof(name)) ||
	    listen(listener, 1) || connect(fd, (void *)&name, sizeof(name)))
		err = -errno;
	unlink(name.sun_path);
	return err;
}

/* To the guest itself, where nobody listens. */
int act_vsock(char **words, size_t count)
{
	_cleanup_close_ int fd = socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_vm remote = {
		.svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_LOCAL, .svm_port = 1};

	return fd < 0 ? -errno : connect(fd, (void *)&remote, sizeof(remote)) * 0;
}

int act_raw(char **words, size_t count)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);

	return fd < 0 ? -errno : 0;
}

/* Whether the kernel has that family does not matter. */
int act_odd(char **words, size_t count)
{
	const int fd = socket(AF_RDS, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd >= 0)
		close(fd);
	return 0;
}
