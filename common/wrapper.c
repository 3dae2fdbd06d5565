/* SPDX-License-Identifier: GPL-2.0-only */
#include "wrapper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <bpf/bpf.h>

#include "log.h"

static bool is_program(const char *path)
{
	struct stat st;

	return !access(path, X_OK) && !stat(path, &st) && S_ISREG(st.st_mode);
}

/* The file that a shell would run by this name: found before the watch begins, so
 * that its misses are no events. NULL: there is none, also if the current directory,
 * which PATH does not name, has one. */
static const char *find_program(const char *name, char *out, size_t size)
{
	const char *path = getenv("PATH") ?: "/bin:/usr/bin";
	size_t length;

	if (strchr(name, '/'))
		return name;
	for (; *name; path += length + 1) {
		length = strcspn(path, ":");
		snprintf(out, size, "%.*s/%s", length ? (int)length : 1, length ? path : ".", name);
		if (is_program(out))
			return out;
		if (!path[length])
			break;
	}
	return NULL;
}

/* Never returns. */
static void child_run(char **argv, int gate, int enroll_fd)
{
	sigset_t none;
	char byte, path[4096];
	const char *program;
	int err;

	/* If kwp dies before it opens the gate, the command must not run unwatched:
	 * the gate then shows its end without a byte. */
	if (read(gate, &byte, 1) != 1)
		_exit(127);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	program = find_program(argv[0], path, sizeof(path));
	if (!program) {
		log_errno(-ENOENT, "cannot run '%s'", argv[0]);
		_exit(127);
	}
	err = bpf_prog_test_run_opts(enroll_fd, NULL);
	if (err) {
		log_errno(err, "cannot watch %s, so it does not run", argv[0]);
		_exit(127);
	}
	execv(program, argv);
	err = errno;
	log_errno(-err, "cannot run %s", argv[0]);
	_exit(err == ENOENT ? 127 : 126);
}

int wrapper_start(struct wrapper *wrapper, char **argv, int enroll_fd)
{
	int gate[2];
	pid_t pid;

	if (pipe2(gate, O_CLOEXEC))
		return log_errno(-errno, "cannot make a pipe");
	pid = fork();
	if (pid < 0) {
		close(gate[0]);
		close(gate[1]);
		return log_errno(-errno, "cannot fork");
	}
	if (!pid) {
		close(gate[1]);
		child_run(argv, gate[0], enroll_fd);
	}
	close(gate[0]);
	wrapper->pid = pid;
	wrapper->gate = gate[1];
	return 0;
}

void wrapper_go(struct wrapper *wrapper)
{
	if (wrapper->gate < 0)
		return;
	if (write(wrapper->gate, "", 1) != 1)
		log_warning("the command has ended before it began");
	close(wrapper->gate);
	wrapper->gate = -1;
}

bool wrapper_poll(struct wrapper *wrapper)
{
	if (wrapper->pid && !wrapper->ended &&
	    waitpid(wrapper->pid, &wrapper->status, WNOHANG) == wrapper->pid)
		wrapper->ended = true;
	return wrapper->ended;
}

int wrapper_status(const struct wrapper *wrapper)
{
	return WIFSIGNALED(wrapper->status) ? 128 + WTERMSIG(wrapper->status)
					    : WEXITSTATUS(wrapper->status);
}

void wrapper_end(struct wrapper *wrapper)
{
	if (wrapper->pid && wrapper->gate >= 0) {
		close(wrapper->gate); /* it exits by itself */
		waitpid(wrapper->pid, &wrapper->status, 0);
		wrapper->gate = -1;
	}
}
