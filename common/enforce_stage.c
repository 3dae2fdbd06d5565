/* SPDX-License-Identifier: GPL-2.0-only */
#include "enforce_stage.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <bpf/bpf.h>

#include "enforce_calls.h"
#include "enforce_sysctl.h"
#include "guest.h"
#include "log.h"
#include "self.h"

#define DRIFT_PATH CANARY_PLACE "/kwp-canary-drift"

/* What the parent asks for; act STAGE_ACTS: prepare. */
struct order {
	int act, word;
};

/* ---- the acts, each in a process of its own ---- */

static char *const own_version[] = {"kwp", "--version", NULL};

static int act_connect(const struct canary *canary)
{
	const struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(9), .sin_addr = canary->address};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd < 0 ? fd : connect(fd, (const void *)&to, sizeof(to));
}

static int act_memory(void)
{
	int fd = memfd_create("kwp-canary", MFD_CLOEXEC);

	if (self_copy(fd))
		return -1;
	return syscall(SYS_execveat, fd, "", own_version, NULL, AT_EMPTY_PATH);
}

/* Back to where kwp is started: what has mounts of its own is a container to some rules. */
static void act_return(const struct stage *stage)
{
	if (stage->canary->policy.fixed.cover == KWP_COVER_ALL && setns(stage->mounts, CLONE_NEWNS))
		log_debug("the proof of kwp's own start is tried in a mount namespace");
}

static int act_do(const struct stage *stage, const struct order *order)
{
	const struct canary *canary = stage->canary;

	switch (order->act) {
	case STAGE_WRITE:
		return open(canary->write_path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	case STAGE_EXEC:
		return execve(canary->exec_path, own_version, NULL);
	case STAGE_CONNECT:
		return act_connect(canary);
	case STAGE_CALL:
		return calls_try(order->word);
	case STAGE_SYSCTL:
		return sysctl_rewrite(canary->policy.sysctls[order->word].pattern);
	case STAGE_MEMORY:
		return act_memory();
	case STAGE_DEVICE:
		return mknod(CANARY_PLACE "/kwp-canary-device", S_IFBLK | 0600, 0);
	case STAGE_DRIFT:
		return execve(DRIFT_PATH, own_version, NULL);
	case STAGE_MAP:
		return bpf_map_get_fd_by_id(order->word);
	case STAGE_SELF:
		act_return(stage);
		return execve(stage->self, own_version, NULL);
	}
	errno = EINVAL;
	return -1;
}

/* Into the scope of the policy, if it has one that kwp is not in. */
static int act_enter(const struct stage *stage)
{
	_cleanup_close_ int fd = -1;
	char path[128];

	if (stage->canary->policy.fixed.cover == KWP_COVER_SCOPE)
		return bpf_prog_test_run_opts(stage->enroll, NULL);
	if (!stage->cgroup)
		return 0;
	snprintf(path, sizeof(path), "%s/kwp-canary-%d/cgroup.procs", guest_cgroup_root(),
		 getppid());
	fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd < 0 || write(fd, "0", 1) != 1 ? -1 : 0;
}

/* Exit status of an act's process: 0 done, 255 it could not be tried, else the errno. */
static void act_run(const struct stage *stage, const struct order *order)
{
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
	signal(SIGSYS, SIG_DFL);
	prctl(PR_SET_NAME, "kwp-canary"); /* by which it is not kwp to the policy */
	if (act_enter(stage))
		_exit(255);
	errno = 0;
	_exit(act_do(stage, order) < 0 ? errno : 0);
}

/* ---- the stage ---- */

static int make_program(const char *path)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);

	return self_copy(fd);
}

/* A control group for the acts, which the policy is told of. */
static int make_cgroup(struct stage *stage)
{
	char path[128];
	struct stat st;

	snprintf(path, sizeof(path), "%s/kwp-canary-%d", guest_cgroup_root() ?: "", getpid());
	if (mkdir(path, 0700) || stat(path, &st))
		return -1;
	stage->cgroup = st.st_ino;
	return 0;
}

static void remove_cgroup(const struct stage *stage)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/kwp-canary-%d", guest_cgroup_root() ?: "", getpid());
	if (stage->cgroup)
		rmdir(path);
}

/* Where the kernel's types are unknown, a control group is what tells a container. */
static bool needs_cgroup(const struct policy *policy)
{
	return policy->fixed.cover == KWP_COVER_CGROUPS ||
	       (policy->fixed.cover == KWP_COVER_CONTAINERS && !guest_has_btf() &&
		guest_cgroup_root());
}

static struct stage_outcome prepare(struct stage *stage)
{
	const struct policy *policy = &stage->canary->policy;
	bool failed;

	failed = (needs_cgroup(policy) && make_cgroup(stage)) || unshare(CLONE_NEWNS) ||
		 mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		 mount("kwp-canary", CANARY_PLACE, "tmpfs", MS_NOSUID, "mode=0755") ||
		 (stage->canary->rule[KWP_CLASS_PROCESS] &&
		  make_program(stage->canary->exec_path)) ||
		 (policy->fixed.drift && make_program(DRIFT_PATH));
	return (struct stage_outcome){.err = failed ? -errno : 0, .failed = failed};
}

static struct stage_outcome try(const struct stage *stage, const struct order *order)
{
	struct stage_outcome outcome = {};
	pid_t pid = fork();
	int status;

	if (!pid)
		act_run(stage, order);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		outcome.failed = true;
	else if (WIFSIGNALED(status))
		outcome.killed = WTERMSIG(status) == SIGKILL;
	else if (WEXITSTATUS(status) == 255)
		outcome.failed = true;
	else
		outcome.err = -WEXITSTATUS(status);
	return outcome;
}

/* Never returns. */
static void stage_run(struct stage *stage)
{
	struct order order;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGCHLD, SIG_DFL);
	while (recv(stage->socket, &order, sizeof(order), MSG_WAITALL) == sizeof(order)) {
		struct stage_outcome outcome =
			order.act == STAGE_ACTS ? prepare(stage) : try(stage, &order);

		if (send(stage->socket, &outcome, sizeof(outcome), MSG_NOSIGNAL) !=
			    sizeof(outcome) ||
		    send(stage->socket, &stage->cgroup, sizeof(stage->cgroup), MSG_NOSIGNAL) < 0)
			break;
	}
	remove_cgroup(stage);
	_exit(0);
}

/* ---- its parent ---- */

int stage_start(struct stage *stage, const struct canary *canary, int enroll)
{
	int pair[2];

	*stage = (struct stage){.canary = canary, .enroll = enroll, .mounts = -1, .socket = -1};
	if (readlink("/proc/self/exe", stage->self, sizeof(stage->self) - 1) < 0)
		return -errno;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -errno;
	stage->mounts = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	stage->pid = fork();
	if (!stage->pid) {
		close(pair[0]);
		stage->socket = pair[1];
		stage_run(stage);
	}
	close(pair[1]);
	stage->socket = pair[0];
	if (stage->pid > 0)
		return 0;
	stage->pid = 0;
	stage_end(stage);
	return -EAGAIN;
}

struct stage_outcome stage_do(struct stage *stage, enum stage_act act, int word)
{
	const struct order order = {act, word};
	struct stage_outcome outcome;

	if (send(stage->socket, &order, sizeof(order), MSG_NOSIGNAL) != sizeof(order) ||
	    recv(stage->socket, &outcome, sizeof(outcome), MSG_WAITALL) != sizeof(outcome) ||
	    recv(stage->socket, &stage->cgroup, sizeof(stage->cgroup), MSG_WAITALL) !=
		    sizeof(stage->cgroup))
		outcome = (struct stage_outcome){.err = -EPIPE, .failed = true};
	return outcome;
}

int stage_prepare(struct stage *stage)
{
	struct stage_outcome outcome = stage_do(stage, STAGE_ACTS, 0);

	return outcome.failed ? outcome.err ?: -EIO : 0;
}

void stage_end(struct stage *stage)
{
	if (stage->socket >= 0)
		close(take_fd(stage->socket));
	if (stage->mounts >= 0)
		close(take_fd(stage->mounts));
	if (stage->pid > 0)
		waitpid(stage->pid, NULL, 0);
	stage->pid = 0;
}
