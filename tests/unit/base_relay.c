/* SPDX-License-Identifier: GPL-2.0-only */
/* The rules of profiles/base.yaml about shells that other processes carry bytes to: each on what it is for and on
 * what looks like it. */
#include "../../common/process.h"
#include "../../common/profile.h"
#include "check.h"

#include <sys/socket.h>

static struct profile *profile;

/* A program whose streams lead to a connection; what is not said is bash on pipes to nc. */
struct scene {
	const char *executable, *args; /* args: one */
	const char *relay, *command, *peer;
	enum { BOTH, INPUT, OUTPUT, LOCAL } streams;
	unsigned accepted, family, repeats, kind;
};

static struct process process_of(const char *executable, const char *command)
{
	struct process process = {.executable = (char *)executable,
				  .command_line = (char *)(command ? command : executable)};
	const char *slash = strrchr(executable, '/');

	snprintf(process.comm, sizeof(process.comm), "%s", slash ? slash + 1 : executable);
	return process;
}

/* Ids of the rules that see it, each with a space. */
static const char *found(struct scene scene)
{
	static const uint8_t streams[] = {3, 1, 2, KWP_RELAY_LOCAL};
	static char ids[500], args[100];
	struct process parent = process_of("/usr/bin/bash", NULL);
	struct process process = process_of(scene.executable ?: "/usr/bin/bash", scene.args);
	struct process relay = process_of(scene.relay ?: "/usr/bin/nc", scene.command);
	struct process peer = process_of(scene.peer ?: relay.executable, scene.command);
	struct kwp_relay facts = {.streams = streams[scene.streams],
				  .accepted = scene.accepted,
				  .repeats = scene.repeats,
				  .remote.family = scene.family ?: AF_INET,
				  .socket_type = SOCK_STREAM};
	struct kwp_record record = {.type = KWP_RELAY};
	struct event event = {.record = &record, .process = &process, .facts = &facts,
			      .relay = &relay, .peer = &peer};

	for (int fd = 0; fd < 3; fd++)
		facts.io.fd[fd].kind = scene.kind ?: KWP_IO_PIPE;
	process.parent = &parent;
	process.args_size = snprintf(args, sizeof(args), "%s%c%s", process.comm, 0,
				     scene.args ?: "-i") + 1;
	process.args = args;
	ids[0] = '\0';
	for (size_t i = 0; i < profile->rules_count; i++) {
		struct rule *rule = &profile->rules[i];

		if ((rule->types & TYPE(RELAY)) && rule_match(rule, &event)) {
			strcat(ids, rule->id);
			strcat(ids, " ");
		}
	}
	return ids;
}
#define FOUND(...) found((struct scene){__VA_ARGS__})

static void test_reverse(void)
{
	CHECK_STR(FOUND(.relay = "/usr/bin/ncat"), "reverse-shell-relay ");
	CHECK_STR(FOUND(.relay = "/tmp/sshd"), "reverse-shell-relay ");
	CHECK_STR(FOUND(.family = AF_VSOCK, .kind = KWP_IO_TTY), "reverse-shell-relay ");
	CHECK_STR(FOUND(.executable = "/usr/bin/python3.11"), "reverse-shell-relay ");
	CHECK_STR(FOUND(.streams = OUTPUT), "reverse-shell-relay ");
	CHECK_STR(FOUND(.streams = OUTPUT, .args = "-s"), "");
	CHECK_STR(FOUND(.executable = "/usr/bin/sort"), "");
	CHECK_STR(FOUND(.executable = "/bin/busybox", .args = "cat"), "");
	CHECK_STR(FOUND(.relay = "/usr/bin/gitlab-runner"), "");
	CHECK_STR(FOUND(.relay = "/usr/bin/java", .command = "java -jar agent.jar -url x"), "");
}

static void test_inbound(void)
{
	CHECK_STR(FOUND(.accepted = 1), "bind-shell-relay ");
	CHECK_STR(FOUND(.accepted = 1, .relay = "/usr/bin/socat", .kind = KWP_IO_TTY),
		  "bind-shell-relay ");
	CHECK_STR(FOUND(.accepted = 1, .relay = "/usr/sbin/php-fpm8.2"), "web-shell-relay ");
	CHECK_STR(FOUND(.accepted = 1, .relay = "/usr/sbin/nginx"), "web-shell-relay ");
	/* Whose work it is. */
	CHECK_STR(FOUND(.accepted = 1, .relay = "/usr/sbin/sshd"), "");
	CHECK_STR(FOUND(.accepted = 1, .relay = "/usr/sbin/sshd", .peer = "/usr/bin/sudo"), "");
	CHECK_STR(FOUND(.accepted = 1, .relay = "/usr/bin/kata-agent", .family = AF_VSOCK), "");
	CHECK_STR(FOUND(.accepted = 1, .relay = "/usr/bin/mosh-server"), "");
	CHECK_STR(FOUND(.accepted = 1, .relay = "/usr/bin/python3.11",
			.command = "/usr/bin/python3 /usr/local/bin/jupyter-lab --ip=0.0.0.0"),
		  "");
	CHECK_STR(FOUND(.accepted = 1, .relay = "/usr/bin/python3.11",
			.command = "python3 -m ipykernel_launcher -f x.json"),
		  "");
}

static void test_unix(void)
{
	CHECK_STR(FOUND(.family = AF_UNIX, .accepted = 1, .relay = "/usr/bin/socat"),
		  "bind-shell-unix ");
	CHECK_STR(FOUND(.family = AF_UNIX, .accepted = 1, .relay = "/usr/bin/tmux",
			.kind = KWP_IO_TTY),
		  "");
	CHECK_STR(FOUND(.family = AF_UNIX, .accepted = 1, .relay = "/usr/bin/conmon"), "");
	CHECK_STR(FOUND(.family = AF_UNIX, .accepted = 1, .relay = "/usr/bin/node",
			.kind = KWP_IO_TTY),
		  "");
}

static void test_input(void)
{
	CHECK_STR(FOUND(.streams = INPUT, .relay = "/usr/bin/curl"), "pipe-to-shell ");
	CHECK_STR(FOUND(.streams = INPUT, .relay = "/usr/bin/wget", .repeats = 1),
		  "pipe-to-shell pipe-to-shell-again ");
	CHECK_STR(FOUND(.streams = INPUT, .accepted = 1, .relay = "/usr/sbin/sshd"), "");
	CHECK_STR(FOUND(.streams = INPUT, .executable = "/usr/bin/tar", .args = "-x"), "");
}

static void test_decoders(void)
{
#define DECODED(line) FOUND(.streams = LOCAL, .relay = "/usr/bin/base64", .command = line)
	CHECK_STR(DECODED("base64 -d"), "decoded-code ");
	CHECK_STR(DECODED("base64 --decode"), "decoded-code ");
	CHECK_STR(DECODED("base64 -w0"), "");
	CHECK_STR(FOUND(.streams = LOCAL, .relay = "/usr/bin/base64", .command = "base64 -d",
			.executable = "/usr/bin/tar", .args = "-x"),
		  "");
	CHECK_STR(FOUND(.streams = LOCAL, .relay = "/usr/bin/cat", .command = "cat x.sh"), "");
}

int main(void)
{
	if (profile_read("base", &profile, NULL))
		return 1;
	test_reverse();
	test_inbound();
	test_unix();
	test_input();
	test_decoders();
	profile_free(profile);
	return check_end();
}
