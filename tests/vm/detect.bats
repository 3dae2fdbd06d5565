#!/usr/bin/env bats
# detect.bats: detections that the kernel side decides, in a guest: what they refuse, and what they leave alone.
bats_require_minimum_version 1.5.0
load guest
load ../helpers

setup_file() {
	load_profile <<-'Y'
		kwp: 1
		name: attacks
		detect: {fileless-exec: block, exec-deleted: block, exec-shared-memory: block, reverse-shell: block, bind-shell: block,
		  exec-on-socket: block, process-injection: block, mount-escape: block, block-device: block}
	Y
}

teardown_file() { "$KWP" load -q --unload || true; }

setup() {
	need_kwp
	need_btf
	cd "$BATS_TEST_TMPDIR"
	port=$((20000 + BATS_TEST_NUMBER))
	background=()
}
teardown() { [ ${#background[@]} = 0 ] || kill "${background[@]}" || true; } 2>/dev/null

hits() {
	"$KWP" load --status -o json 3>&- | jq --arg w "$1: " '.rules[] | select(.words | startswith($w)).hits'
}

# detected NAME COMMAND...: it counts as NAME.
detected() {
	local name=$1 before
	shift
	before=$(hits "$name")
	timeout 10 "$@" >said 2>&1 </dev/null 3>&- || true
	[ "$(hits "$name")" -gt "$before" ] || { echo "not $name: $*: $(cat said)"; return 1; }
}

# shell_at: someone listens at $port who says what a shell would do, and hears it in the file heard.
shell_at() {
	peer "$port" $'echo OBEYED\n' >heard 3>&- &
	background+=($!)
	until_true 20 grep -q ready heard
}
unheard() { sleep 0.2; run ! grep OBEYED heard; }

@test "what is loaded is proven" { proven 'detect'; }

@test "a program in memory" {
	cp /bin/true t
	detected fileless-exec act memfd-exec hidden ./t x
	cd /tmp
	detected fileless-exec bash -c 'cp /bin/echo e; exec 9<e; rm e; exec /proc/self/fd/9 RAN'
	run ! grep RAN said
}

@test "a program without a name" {
	cd /root
	detected exec-deleted bash -c 'cp /bin/echo e; exec 9<e; rm e; exec /proc/self/fd/9 RAN'
	run ! grep RAN said
}

@test "a program in shared memory" {
	mkdir -p /dev/shm/below
	cp /bin/echo /dev/shm/below/e
	detected exec-shared-memory /dev/shm/below/e RAN
	run ! grep RAN said
	cp /bin/echo /tmp/e
	[ "$(/tmp/e RAN)" = RAN ]
}

@test "a shell that starts on a connection" {
	shell_at
	detected reverse-shell bash -c "bash -i >&/dev/tcp/127.0.0.1/$port 0>&1"
	unheard
}

@test "a shell by another name that starts on a connection" {
	cp /bin/bash bash-5.2
	shell_at
	detected reverse-shell bash -c "exec -a worker ./bash-5.2 >&/dev/tcp/127.0.0.1/$port 0>&1"
	unheard
}

@test "a shell with a distribution's name for it" {
	cp /bin/dash sh.distrib
	shell_at
	detected reverse-shell bash -c "exec -a worker ./sh.distrib >&/dev/tcp/127.0.0.1/$port 0>&1"
	unheard
}

@test "a program whose name only begins as a shell's" {
	cp /bin/cat bash-completion-helper
	shell_at
	detected exec-on-socket bash -c "exec ./bash-completion-helper >&/dev/tcp/127.0.0.1/$port 0>&1"
}

@test "a shell that becomes one" {
	shell_at
	detected reverse-shell bash -c "exec 0<>/dev/tcp/127.0.0.1/$port 1>&0 2>&0; while read -r l; do eval \"\$l\"; done"
	unheard
}

@test "an interpreter that becomes one" {
	shell_at
	detected reverse-shell perl -e 'use Socket; socket(S, PF_INET, SOCK_STREAM, 0);
		connect(S, sockaddr_in($ARGV[0], inet_aton("127.0.0.1"))) or die; open(STDIN, "<&S"); open(STDOUT, ">&S");
		system $_ while <STDIN>' "$port"
	unheard
}

@test "a script's interpreter that starts on a connection" {
	printf '#!/bin/sh\necho RAN\n' >script
	chmod +x script
	shell_at
	detected reverse-shell bash -c "exec ./script >&/dev/tcp/127.0.0.1/$port 0>&1"
	run ! grep RAN heard
}

@test "a shell that waits for connections" {
	perl -e 'use Socket; socket(S, PF_INET, SOCK_STREAM, 0); setsockopt(S, SOL_SOCKET, SO_REUSEADDR, 1);
		bind(S, sockaddr_in($ARGV[0], inet_aton("127.0.0.1"))); listen(S, 1); accept(C, S) or die;
		open(STDIN, "<&C"); open(STDOUT, ">&C"); exec "/bin/sh"; print "refused\n"' "$port" 3>&- &
	background+=($!)
	until_true 20 bash -c "exec 5<>/dev/tcp/127.0.0.1/$port; echo 'echo OBEYED' >&5; read -r -t 5 line <&5; echo \$line >heard; [ \$line ]"
	unheard
	grep -q refused heard
	[ "$(hits bind-shell)" -gt 0 ]
}

@test "a program that is no shell" {
	shell_at
	detected exec-on-socket bash -c "exec cat >&/dev/tcp/127.0.0.1/$port 0>&1"
	unheard
}

@test "what reads and writes connections otherwise goes on" {
	shell_at
	[ "$(timeout 5 bash -c "exec 5<>/dev/tcp/127.0.0.1/$port; read -r line <&5; echo \"\$line\"")" = "echo OBEYED" ]
	background=()
	: >heard
	shell_at
	[ "$(timeout 5 bash -c "cat </dev/tcp/127.0.0.1/$port" | head -n 1)" = "echo OBEYED" ]
	[ "$(echo x | cat)" = x ]
}

@test "another process's memory and registers" {
	sleep 60 3>&- &
	background+=($!)
	detected process-injection strace -p $!
	detected process-injection python3 -c 'import sys; open("/proc/%s/mem" % sys.argv[1], "r+b")' $!
	kill -0 $!
}

@test "the memory of an own child that is not debugged" {
	detected process-injection python3 -c 'import os, time
child = os.fork()
if not child: time.sleep(5)
else: open("/proc/%d/mem" % child, "r+b")'
	before=$(hits process-injection)
	python3 -c 'open("/proc/self/mem", "r+b")'
	[ "$(hits process-injection)" = "$before" ]
}

@test "a debugger may hold its own child" {
	before=$(hits process-injection)
	strace -o trace true
	grep -q exit_group trace
	[ "$(hits process-injection)" = "$before" ]
}

@test "a shell that only reads its commands from a connection" {
	shell_at
	detected reverse-shell bash -c "bash </dev/tcp/127.0.0.1/$port"
	unheard
	run ! grep OBEYED said
}

# server PORT COMMAND...: hands its connection to a program, as a super server does.
server() {
	python3 -c 'import os, socket, sys
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(sys.argv[1])))
s.listen(1)
c = s.accept()[0]
for i in range(3): os.dup2(c.fileno(), i)
os.execvp(sys.argv[2], sys.argv[2:])' "$@" 3>&- &
	background+=($!)
}
answer() {
	# What closes its end unread resets the connection: cat fails, and it was an answer.
	until_true 20 bash -c "exec 5<>/dev/tcp/127.0.0.1/$1 || exit; echo 'echo OBEYED' >&5; cat <&5 >answered || true"
	cat answered
}

@test "a script is a service to those who come in, a shell is none" {
	printf '#!/bin/bash -e\nread -r -t 5 line\necho "told: $line"\n' >service
	chmod +x service
	server "$port" ./service
	answer "$port" | grep -q 'told: echo OBEYED'
	server "$((port + 100))" /bin/bash ./service
	answer "$((port + 100))" | grep -q 'told: echo OBEYED'
	for shell in "bash" "bash -i" "bash -c id" "sh -s x" "python3 -c 1"; do
		port=$((port + 107))
		server "$port" $shell
		answer "$port" >said
		run ! grep -E '^OBEYED|uid=' said
	done
	[ "$(hits bind-shell)" -ge 5 ]
}

@test "a script in memory" {
	detected fileless-exec python3 -c 'import os
f = os.memfd_create("s", 0)
os.write(f, b"print qq(RAN\n)")
os.execv("/usr/bin/perl", ["perl", "/proc/self/fd/%d" % f])'
	run ! grep RAN said
}

@test "a mount that leads out; others go on" {
	mkdir m
	for type in cgroup2 tracefs debugfs binfmt_misc pstore udf; do detected mount-escape mount -t $type none m; done
	run ! mountpoint -q m
	mount -t proc proc m
	mount -o remount,bind,ro m
	detected mount-escape mount -o remount,bind,rw m
	umount m
	mount -t tmpfs none m
	umount m
	mount --bind / m
	umount m
	detected mount-escape dodge made debugfs
	run ! grep done said
	[ "$(dodge made tmpfs)" = done ]
	dodge moved /kwp m README.md | grep -q kwp
	umount m
}

@test "device files of disks and of memory; others are made" {
	detected block-device mknod disk b 254 0
	detected block-device mknod mem c 1 1
	[ ! -e disk ] && [ ! -e mem ]
	mkfifo fifo
	mknod null c 1 3
}

@test "an exception lets one program through, and no copy of it" {
	{ cat "$BATS_FILE_TMPDIR/p.yaml"; echo 'except: [{id: exec-on-socket, when: process.executable == /usr/bin/cat}]'; } >excused.yaml
	"$KWP" load -q excused.yaml 3>&-
	shell_at
	timeout 5 bash -c "exec cat >&/dev/tcp/127.0.0.1/$port 0>&1" 3>&- || true
	until_true 5 grep -q OBEYED heard
	background=()
	cp /usr/bin/cat copy
	shell_at
	detected exec-on-socket bash -c "exec ./copy >&/dev/tcp/127.0.0.1/$port 0>&1"
	unheard
	background=()
	shell_at
	detected reverse-shell bash -c "exec -a /usr/bin/cat bash >&/dev/tcp/127.0.0.1/$port 0>&1"
	unheard
	"$KWP" load -q "$BATS_FILE_TMPDIR/p.yaml" 3>&-
}

@test "to kill is to end what did it" {
	sed 's/: block/: kill/g' "$BATS_FILE_TMPDIR/p.yaml" >kill.yaml
	"$KWP" load -q kill.yaml 3>&-
	cp /bin/echo /dev/shm/e
	status=0
	/dev/shm/e RAN >said || status=$?
	[ "$status" = 137 ] && [ ! -s said ]
	"$KWP" load -q "$BATS_FILE_TMPDIR/p.yaml" 3>&-
}

@test "in monitor mode all of it is counted and goes on" {
	"$KWP" load -q --mode=monitor 3>&-
	cp /bin/echo /dev/shm/e
	detected exec-shared-memory /dev/shm/e RAN
	grep -q RAN said
	shell_at
	detected reverse-shell bash -c "bash >&/dev/tcp/127.0.0.1/$port 0>&1"
	until_true 5 grep -q OBEYED heard
	"$KWP" load -q --mode=enforce 3>&-
}
